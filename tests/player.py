"""Plays callers, carrier, desktops and clock by dice: mostly what usually comes next, sometimes anything."""

import random
from collections.abc import Callable

from cti import engine
from cti.core import events as e
from cti.core.commands import AnyCommand, HangUpLeg, HoldLeg, MuteLeg, Originate, RecordLeg
from cti.core.config import SiteConfig
from cti.core.plan import Door
from cti.core.states import (
    ContactState,
    EndCause,
    LeaveResult,
    LegState,
    Presence,
    RecordingAction,
    SupervisorMode,
    TransferKind,
)
from tests.site import Site

CALLERS = ("+12025550180", "+12025550181", "anonymous", "")
UNKNOWN = "+12025550199"


class Player:
    """Plays to a site, whose first configuration has the agents and the numbers. Every now and then it applies another
    of the configurations, kills the worker, or lets rules fail."""

    def __init__(self, seed: int, configs: tuple[SiteConfig, ...]) -> None:
        self.dice = random.Random(seed)
        self.site = Site(configs[0])
        self.configs = configs
        self.agents = sorted(configs[0].agents)
        self.numbers = sorted(configs[0].entry_points)
        self.legs: list[str] = []
        self.calls: list[str] = []
        self.actions: list[Callable[[], None]] = [
            *[self.arrive] * 4,
            *[self.contact_goes_on] * 20,
            *[self.agent_goes_on] * 25,
            *[self.time_passes] * 8,
            *[self.customer_asks] * 4,
            *[self.leg_reports] * 8,
            *[self.agent_asks] * 8,
            *[self.talk_goes_on] * 12,
            *[self.supervisor_asks] * 2,
            *[self.line_goes_on] * 6,
            *[self.directory_answers] * 2,
            self.room_ends,
            self.command_fails,
            self.reply_overdue,
            self.rarely,
        ]
        self.site.sign_in(*self.agents)

    def talk_more(self) -> None:
        """From now on most of what happens is in conversations."""
        self.actions += [
            *[self.connect_somebody] * 60,
            *[self.talk_goes_on] * 120,
            *[self.carrier_obeys] * 80,
            *[self.bring_somebody] * 20,
            *[self.supervisor_asks] * 10,
            *[self.browser_vanishes] * 2,
        ]

    def play(self, steps: int) -> None:
        for _ in range(steps):
            self.dice.choice(self.actions)()
            self.note()

    def note(self) -> None:
        """Remember legs and rooms, also when they are gone."""
        for event in self.site.events:
            if isinstance(event, e.LegStarted):
                self.legs.append(event.leg_id)
            if isinstance(event, e.CallStarted):
                self.calls.append(event.call_id)

    def any_leg(self) -> str:
        live = sorted(self.site.state.legs.rows)
        if live and self.dice.random() < 0.85:
            return self.dice.choice(live)
        return self.dice.choice(self.legs[-8:]) if self.legs else "main-l0"

    def any_call(self) -> str:
        live = sorted(self.site.state.calls.rows)
        if live and self.dice.random() < 0.85:
            return self.dice.choice(live)
        return self.dice.choice(self.calls[-4:]) if self.calls else "main-r0"

    def contact_goes_on(self) -> None:
        """What usually comes next for some contact."""
        site, contacts = self.site, self.site.state.contacts.in_order()
        if not contacts:
            self.arrive()
            return
        contact = self.dice.choice(contacts)
        leg_id, agent_leg = contact.leg_id, contact.offer.leg_id if contact.offer else ""
        leg = site.state.legs[leg_id]
        match contact.state:
            case ContactState.IN_FLOW if self.dice.random() < 0.9:
                site.press(leg_id, self.dice.choice(["1", "1", "2", "9", "1234", "123456"]))
            case ContactState.QUEUED if self.dice.random() < 0.9:
                site.go_on_waiting(leg_id)
            case ContactState.CONNECTING if self.dice.random() < 0.9:
                self.dice.choice([site.join, site.leave_waiting_room])(leg_id)
            case ContactState.CONNECTED if self.dice.random() < 0.7:
                ends = [lambda: site.leave(leg_id), lambda: site.come_back(leg_id), lambda: site.end(leg_id)]
                if agent_leg in site.state.legs:
                    ends += [lambda: site.end(agent_leg), lambda: site.leave(agent_leg)]
                self.dice.choice(ends)()
            case ContactState.FORWARDED if self.dice.random() < 0.8:
                result = self.dice.choice([LeaveResult.BRIDGED, LeaveResult.NO_ANSWER, LeaveResult.BUSY])
                site.ask(leg_id, Door.FORWARDED, result=result)
            case _ if leg.state is not LegState.ENDED:
                site.end(leg_id)
            case _ if agent_leg in site.state.legs:
                site.end(agent_leg)

    def agent_goes_on(self) -> None:
        """What usually comes next for some agent: at the desk, or of the leg on its way."""
        site, agent_id = self.site, self.dice.choice(self.agents)
        agent = site.state.agents.get(agent_id)
        legs = [leg for leg in site.state.legs.in_order() if leg.agent_id == agent_id and not leg.released]
        if agent is None or not agent.sockets or agent.presence is not Presence.SIGNED_IN:
            site.sign_in(agent_id)
        elif agent.suspected:
            site.take(e.ProbeAnswered(agent_id=agent_id))
        elif leg_id := site.ringing(agent_id):
            self.phone_goes_on(leg_id)
        elif site.offered(agent_id):
            self.dice.choice([site.acknowledge, site.acknowledge, site.accept, site.accept, site.accept, site.decline])(
                agent_id
            )
        elif legs and not legs[-1].call_id:
            self.dice.choice([site.place, site.alert, site.answer, site.join, site.join])(legs[-1].leg_id)
        elif agent.assignments and agent.assignments[0].wrap_up_ends_at:
            site.dispose(agent_id, agent.assignments[0].contact_id.replace("-c", "-l"))
        elif not agent.ready:
            site.ready(agent_id)

    def phone_goes_on(self, leg_id: str) -> None:
        """What usually comes next for a telephone that is an offer."""
        site = self.site
        leg = site.state.legs[leg_id]
        if not leg.provider_ref:
            self.dice.choice([site.place, site.alert, site.answer])(leg_id)
        elif leg.plan is None:
            ways = [lambda: site.ask(leg_id, Door.SCREEN, 0)] * 4
            ways += [lambda: site.alert(leg_id), lambda: site.answer(leg_id)]
            ways += [lambda: site.end(leg_id, EndCause.NO_ANSWER), lambda: site.end(leg_id, EndCause.BUSY)]
            self.dice.choice(ways)()
        else:
            keys = [lambda: site.press(leg_id, "1")] * 5
            self.dice.choice(
                [
                    *keys,
                    lambda: site.press(leg_id, "2"),
                    lambda: site.stay_silent(leg_id),
                    lambda: site.end(leg_id),
                    lambda: site.ask(leg_id, Door.DIGITS, digits="1", result=LeaveResult.HUNG_UP),
                ]
            )()

    def talk_goes_on(self) -> None:
        """What usually comes next in some conversation: a request, the report of what was asked for, a party."""
        site = self.site
        talks = [each for each in site.state.contacts.in_order() if each.state is ContactState.CONNECTED]
        if not talks:
            return
        contact = self.dice.choice(talks)
        parties = list(contact.parties)
        party = self.dice.choice(parties) if parties else None
        named = {"agent_id": contact.agent_id or self.agents[0], "contact_id": contact.contact_id, "request_id": "r"}
        party_id = party.party_id if party and self.dice.random() < 0.5 else ""
        others = [f"agent:{agent_id}" for agent_id in self.agents]
        numbers = ["number:+12025550111", "number:+19005550111", "number:12"]
        legs = [leg for leg in site.state.legs_of(contact) if leg.state is not LegState.ENDED]
        leg = self.dice.choice(legs)
        ref = {"leg_id": leg.leg_id, "provider_ref": site.ref(leg.leg_id)}
        asked = [
            e.HoldRequested(party_id=party_id, **named),
            e.RetrieveRequested(party_id=party_id, **named),
            e.MuteRequested(muted=self.dice.random() < 0.5, **named),
            e.DigitsRequested(digits=self.dice.choice(["1#", "", "abc"]), party_id=party_id, **named),
            e.TransferRequested(
                kind=TransferKind.BLIND,
                destination=self.dice.choice(["queue:sales", "queue:help", "queue:none", *others, *numbers, ""]),
                **named,
            ),
            *[e.TransferRequested(kind=TransferKind.ATTENDED, **named)] * 2,
            *[e.ConsultRequested(destination=self.dice.choice([*others, *others, *numbers, "queue:x"]), **named)] * 6,
            e.ConsultEndRequested(party_id=party.party_id if party else "main-p0", **named),
            *[e.ConferenceRequested(**named)] * 4,
            e.HangUpRequested(**named),
            *[e.RecordingRequested(action=action, **named) for action in RecordingAction],
        ]
        reported = [
            e.LegHeld(**ref),
            e.LegRetrieved(**ref),
            e.LegMuted(muted=True, **ref),
            e.RecordingStarted(leg_id=contact.leg_id, recording_id="RE1"),
            e.RecordingPaused(leg_id=contact.leg_id, recording_id="RE1"),
            e.RecordingResumed(leg_id=contact.leg_id, recording_id="RE1"),
            e.RecordingEnded(leg_id=contact.leg_id, recording_id="RE1", duration_s=3),
            e.RecordingFailed(leg_id=contact.leg_id, reason="GONE"),
        ]
        if leg.bound_for and not leg.call_id:
            reported += [e.CallJoined(call_id=leg.bound_for, **ref)] * 6
        if any(each.present for each in parties) and self.dice.random() < 0.5:
            asked = [
                *[e.ConferenceRequested(**named)] * 3,
                *[e.TransferRequested(kind=TransferKind.ATTENDED, **named)] * 2,
                e.HoldRequested(party_id=party_id, **named),
                e.ConsultRequested(destination=self.dice.choice([*others, *numbers]), **named),
                e.HangUpRequested(**named),
            ]
        site.take(self.dice.choice([*asked, *reported]))

    def carrier_obeys(self) -> None:
        """The carrier did what it was asked for a moment ago, and says so; sometimes again."""
        site = self.site
        asked = [each for each in site.asked[-12:] if self._leg_is_up(each)]
        if not asked:
            return
        command = self.dice.choice(asked)
        named = {"leg_id": command.leg_id, "provider_ref": site.ref(command.leg_id)}
        recording = {"leg_id": command.leg_id, "recording_id": getattr(command, "recording_id", "") or "RE1"}
        match command:
            case HoldLeg():
                site.take(e.LegHeld(**named) if command.held else e.LegRetrieved(**named))
            case MuteLeg():
                site.take(e.LegMuted(muted=command.muted, **named))
            case HangUpLeg():
                site.take(e.LegEnded(cause=EndCause.NORMAL, **named))
            case Originate():
                site.take(e.LegAnswered(**named))
                site.take(e.CallJoined(call_id=command.call_id, **named))
            case RecordLeg():
                reports = {
                    RecordingAction.START: e.RecordingStarted(**recording),
                    RecordingAction.PAUSE: e.RecordingPaused(**recording),
                    RecordingAction.RESUME: e.RecordingResumed(**recording),
                    RecordingAction.STOP: e.RecordingEnded(duration_s=1, **recording),
                }
                site.take(reports[command.action])

    def bring_somebody(self) -> None:
        """The short way into a consultation with an outside number, and now and then into a conference."""
        site = self.site
        talks = [each for each in site.state.contacts.in_order() if each.state is ContactState.CONNECTED]
        contact = self.dice.choice(talks) if talks else None
        if contact is None or not contact.agent_id or contact.parties:
            return
        named = {"agent_id": contact.agent_id, "contact_id": contact.contact_id, "request_id": "r"}
        site.take(e.ConsultRequested(destination="number:+12025550111", **named))
        started = site.happened(e.ConsultStarted)
        leg_id = started[0].leg_id if started and not site.refused() else ""
        if leg_id and leg_id not in site.state.dials:
            site.take(e.LegHeld(leg_id=contact.leg_id))
            site.place(leg_id)
            site.join(leg_id)
            if self.dice.random() < 0.5:
                site.take(e.ConferenceRequested(**named))
                site.take(e.LegRetrieved(leg_id=contact.leg_id))

    def _leg_is_up(self, command: AnyCommand) -> bool:
        leg = self.site.state.legs.get(getattr(command, "leg_id", ""))
        return leg is not None and leg.state is not LegState.ENDED

    def browser_vanishes(self) -> None:
        """With everything that is in it; noticed once the grace is over."""
        agent_id = self.dice.choice(self.agents)
        agent = self.site.state.agents.get(agent_id)
        for socket_id in agent.sockets if agent else ():
            self.site.disconnect(agent_id, socket_id)
        self.site.wait(15_000)

    def connect_somebody(self) -> None:
        """The short way into a conversation: whoever is offered something takes it, and comes."""
        site = self.site
        for agent_id in self.dice.sample(self.agents, len(self.agents)):
            agent = site.state.agents.get(agent_id)
            if agent is None or not agent.sockets or agent.presence is not Presence.SIGNED_IN:
                site.sign_in(agent_id)
            elif not agent.ready:
                site.ready(agent_id)
            elif agent.suspected:
                site.take(e.ProbeAnswered(agent_id=agent_id))
            if site.ringing(agent_id):
                contact_id = site.state.legs[site.ringing(agent_id)].contact_id
                site.take_phone(agent_id)
                contact = site.state.contacts.get(contact_id)
                if contact and contact.state is ContactState.CONNECTING:
                    site.join(contact.leg_id)
                return
            running = {held.offer_id for held in agent.assignments} if agent else set()
            offers = [each for each in site.ever(e.OfferMade)[-9:] if each.offer_id in running]
            leg_id = site.accept(agent_id, offers[-1].offer_id) if offers else ""
            accepted = bool(offers) and bool(site.happened(e.OfferAccepted))
            if leg_id:
                site.place(leg_id)
                site.join(leg_id)
            if accepted:
                contact = site.state.contacts.get(offers[-1].contact_id)
                if contact and contact.state is ContactState.CONNECTING:
                    site.join(contact.leg_id)
                return
        if len(site.state.contacts) < 3:
            self.arrive()

    def line_goes_on(self) -> None:
        """What usually comes next for a nailed-up leg: it comes up, it goes where it was sent; or a softphone calls."""
        site, agent_id = self.site, self.dice.choice(self.agents)
        agent = site.state.agents.get(agent_id)
        leg = site.state.legs.get(agent.leg_id) if agent else None
        if leg is None:
            site.dial_in(agent_id)
        elif not leg.provider_ref:
            self.dice.choice([site.place, site.answer])(leg.leg_id)
        elif leg.call_id != leg.bound_for:
            site.join(leg.leg_id)
        elif self.dice.random() < 0.1:
            site.ask(leg.leg_id, self.dice.choice([Door.JOINED, Door.NEXT]), result=LeaveResult.BRIDGED)

    def supervisor_asks(self) -> None:
        rows = self.site.state.contacts.in_order()
        talks = [each.contact_id for each in rows if each.state is ContactState.CONNECTED]
        contacts = talks if talks and self.dice.random() < 0.8 else [each.contact_id for each in rows]
        named = {
            "supervisor_id": self.dice.choice(["sue", "tom", "nobody"]),
            "contact_id": self.dice.choice(contacts) if contacts else "main-c0",
            "request_id": "r",
        }
        modes = [e.SupervisionRequested(mode=mode, **named) for mode in SupervisorMode]
        self.site.take(self.dice.choice([*modes, e.SupervisionEndRequested(**named)]))

    def arrive(self) -> None:
        self.site.call(self.dice.choice(CALLERS), self.dice.choice([*self.numbers, *self.numbers, UNKNOWN]))

    def customer_asks(self) -> None:
        leg_id = self.any_leg()
        doors = [
            Door.DIGITS,
            Door.DIGITS,
            Door.NEXT,
            Door.WAIT,
            Door.PARKED,
            Door.JOINED,
            Door.FORWARDED,
            Door.RECORDED,
        ]
        door = self.dice.choice(doors)
        nonce = None if self.dice.random() < 0.8 else self.dice.randint(0, self.site.state.last.seq)
        fields = {}
        if door is Door.DIGITS:
            fields["digits"] = self.dice.choice(["1", "1", "9", "123", "", "#", "secret:abc:3"])
        if door is Door.RECORDED:
            fields = {"recording_id": self.dice.choice(["RE2", "RE2", ""]), "duration_s": 7}
            fields["result"] = self.dice.choice([LeaveResult.HUNG_UP, "", "", ""])
        if door in (Door.PARKED, Door.JOINED, Door.FORWARDED):
            fields["result"] = self.dice.choice([*LeaveResult, LeaveResult.REDIRECTED, ""])
        self.site.ask(leg_id, door, nonce, **fields)

    def leg_reports(self) -> None:
        leg_id, ref = self.any_leg(), ""
        ref = self.site.ref(leg_id) if self.dice.random() < 0.95 else "CA-other"
        cause = self.dice.choice([EndCause.NORMAL, EndCause.NORMAL, EndCause.BUSY, EndCause.FAILED, EndCause.CANCELLED])
        leg = self.site.state.legs.get(leg_id)
        room = (leg.bound_for if leg else "") or self.any_call()
        named = leg_id if self.dice.random() < 0.8 else ""
        alive, found = self.dice.random() < 0.8, self.dice.choice(["", room])
        over = EndCause.LOST_SIGHT if self.dice.random() < 0.1 else cause
        self.site.take(
            self.dice.choice(
                [
                    e.LegPlaced(leg_id=leg_id, provider_ref=ref),
                    e.LegAlerting(leg_id=leg_id, provider_ref=ref),
                    e.LegAnswered(leg_id=named, provider_ref=ref),
                    e.CallJoined(call_id=room, leg_id=named, provider_ref=ref),
                    e.CallJoined(call_id=room, leg_id=leg_id, provider_ref=ref),
                    e.CallJoined(call_id=self.any_call(), leg_id=leg_id, provider_ref=ref),
                    e.CallLeft(call_id=room, leg_id=leg_id, provider_ref=ref, cause=cause),
                    e.LegEnded(leg_id=named, provider_ref=ref, cause=cause),
                    e.LegRefused(leg_id=leg_id, code="REFUSED"),
                    e.LegChecked(leg_id=leg_id, alive=alive, cause=over, call_id=found),
                    e.LegHeld(leg_id=leg_id),
                    e.LegRetrieved(leg_id=leg_id),
                    e.LegMuted(leg_id=leg_id, muted=True),
                ]
            )
        )

    def agent_asks(self) -> None:
        agent_id = self.dice.choice([*self.agents, *self.agents, "nobody"])
        offers = [offer for offer in self.site.ever(e.OfferMade)[-6:] if offer.agent_id == agent_id]
        offer_id = offers[-1].offer_id if offers else "main-o0"
        contacts = sorted(self.site.state.contacts.rows)
        contact_id = offers[-1].contact_id if offers else (contacts[0] if contacts else "main-c0")
        named = {"agent_id": agent_id, "request_id": "r"}
        self.site.take(
            self.dice.choice(
                [
                    e.DesktopConnected(agent_id=agent_id, socket_id=self.dice.choice("xy")),
                    e.DesktopConnected(agent_id=agent_id, socket_id="x"),
                    e.DesktopDisconnected(agent_id=agent_id, socket_id=self.dice.choice("xy")),
                    e.SignInRequested(**named),
                    e.SignInRequested(**named),
                    e.SignOutRequested(**named),
                    *[e.ReadyRequested(**named)] * 4,
                    e.NotReadyRequested(reason=self.dice.choice(["break", "nonsense"]), **named),
                    *[e.OfferAcknowledged(offer_id=offer_id, **named)] * 3,
                    *[e.AcceptRequested(offer_id=offer_id, **named)] * 5,
                    e.DeclineRequested(offer_id=offer_id, **named),
                    e.HangUpRequested(contact_id=contact_id, **named),
                    *[e.DispositionGiven(contact_id=contact_id, disposition="sold", **named)] * 2,
                    e.WrapUpEndRequested(contact_id=contact_id, **named),
                    *[e.ProbeAnswered(**named)] * 2,
                ]
            )
        )

    def time_passes(self) -> None:
        self.site.wait(self.dice.choice([100, 100, 1_000, 1_000, 1_000, 2_500, 7_000, 21_000, 100_000]))

    def directory_answers(self) -> None:
        leg_id = self.any_leg()
        matches = tuple(e.Customer(customer_id=f"c{number}") for number in range(self.dice.choice([0, 1, 2])))
        self.site.find(leg_id, *matches, error=self.dice.choice(["", "", "TIMEOUT"]))

    def room_ends(self) -> None:
        self.site.take(e.CallEnded(call_id=self.any_call()))

    def command_fails(self) -> None:
        code = self.dice.choice(["GONE", "REFUSED", "UNREACHABLE"])
        self.site.take(e.CommandFailed(command_id="1.0", leg_id=self.any_leg(), code=code))

    def reply_overdue(self) -> None:
        for leg in self.site.state.legs.in_order():
            if leg.awaiting:
                self.site.take(e.ReplyOverdue(leg_id=leg.leg_id, nonce=leg.nonce))
                return

    def rarely(self) -> None:
        what = self.dice.random()
        if what < 0.05:
            self.site.take(e.DialsResumeRequested(supervisor_id="sue", request_id="r"))
        elif what < 0.3:
            self.site.restart()
        elif what < 0.6:
            self.site.apply(self.dice.choice(self.configs))
        elif what < 0.8:
            leg_id = self.any_leg()
            kind = self.dice.choice(
                [
                    e.PlanRequested(leg_id=leg_id, door=Door.NEXT, nonce=1),
                    e.LegAnswered(leg_id=leg_id),
                    e.CallArrived(provider="test", provider_ref="CA-poison", to_number=self.numbers[0]),
                    e.AcceptRequested(agent_id=self.agents[0], offer_id="main-o0", request_id="r"),
                ]
            )
            self.site.take(engine.rejected(kind, "a rule failed", "key"))
