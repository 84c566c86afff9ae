"""A site without clock, carrier or desktops: tests play all three, and time is what they say it is.

Every turn is recorded, encoded, decoded and folded into a second state; `tests.holds` then looks at both.
"""

from collections.abc import Callable
from copy import copy
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

from cti import engine
from cti.core import events as e
from cti.core.agent import agent_state
from cti.core.base import Moment
from cti.core.codec import decode, encode
from cti.core.commands import AnyCommand
from cti.core.config import SiteConfig
from cti.core.contact import Contact
from cti.core.plan import AnyVerb, Door
from cti.core.record import FIRST_HASH, StoredRecord, TurnRecord
from cti.core.state import State
from cti.core.states import AgentState, EndCause, LeaveResult, LegState, OfferState
from tests import holds
from tests.centre import CALLER, DIRECT, centre

STARTED_AT = 1_750_000_000_000
"""ms UTC; a Sunday afternoon."""

LATE_MS = 6
"""How little late a token may be taken and still count as taken in time, and a millisecond of rounding."""

E = TypeVar("E", bound=e.Event)


class Site:
    """One site's state, everything that happened in it (`history`) and every command it gave (`asked`)."""

    def __init__(self, config: SiteConfig | None = None, *, checked: bool = True) -> None:
        self.state: State = engine.new_state("main")
        self.twin: State = engine.new_state("main")
        self.at = STARTED_AT
        self.checked = checked
        self.outcome = engine.Outcome((), (), ())
        self.history: list[e.AnyEvent] = []
        self.asked: list[AnyCommand] = []
        self.records: list[StoredRecord] = []
        self.plans: dict[str, tuple[AnyVerb, ...]] = {}
        self._calls = 0
        self._placed_at: list[int] = []
        self.take(e.ServerStarted(epoch=1, logic=engine.LOGIC))
        self.apply(config or centre())

    # Turns

    def take(self, event: e.AnyEvent, after_ms: int = 10) -> engine.Outcome:
        """One turn. What was decided stands in `outcome`, `events`, `commands`."""
        self.at += after_ms
        now = Moment(self.state.last.seq + 1, self.at)
        before = engine.capture(self.state) if self.checked else b""
        sealed: list[StoredRecord] = []
        try:
            self.outcome = engine.advance(
                self.state, event, now, lambda outcome: sealed.append(self._seal(event, now, outcome))
            )
        except Exception:
            assert not self.checked or engine.capture(self.state) == before, "a turn that failed left something behind"
            holds.check(self.state)
            raise
        self.records += sealed
        self.history += [event, *self.outcome.events]
        self.asked += self.outcome.commands
        for reply in self.outcome.replies:
            self.plans[reply.leg_id] = reply.plan.verbs
        for event_ in self.outcome.events:
            if isinstance(event_, e.LegPlanned):
                self.plans[event_.leg_id] = event_.plan.verbs
        self._check_rate()
        engine.fold(self.twin, decode(sealed[0]))
        if self.checked:
            holds.check(self.state)
            holds.check_twin(self.state, self.twin)
        return self.outcome

    def _check_rate(self) -> None:
        """Never more legs in a second than the carrier places."""
        rate = self.state.config.calls_per_second
        if isinstance(self.history[-len(self.events) - 1], e.ConfigApplied) or not rate:
            self._placed_at = []
        placed_now = [self.at for event in self.happened(e.DialCleared) if event.leg_id]
        self._placed_at = [*self._placed_at[-rate - 1 :], *placed_now]
        if rate:
            for place, later in enumerate(self._placed_at[rate:]):
                assert later - self._placed_at[place] >= 1_000 - LATE_MS, self._placed_at

    def _seal(self, event: e.AnyEvent, now: Moment, outcome: engine.Outcome) -> StoredRecord:
        record = TurnRecord(
            site="main",
            epoch=1,
            seq=now.seq,
            at=now.at,
            actor="test",
            source_key=f"test:{now.seq}",
            logic=engine.LOGIC,
            config_hash=self.state.config_hash,
            input=event,
            events=outcome.events,
            commands=outcome.commands,
        )
        stored = encode(record, self.records[-1].hash if self.records else FIRST_HASH, salt=f"salt{now.seq}")
        assert decode(stored) == record
        return stored

    @property
    def events(self) -> tuple[e.AnyEvent, ...]:
        """What the last turn decided."""
        return self.outcome.events

    @property
    def commands(self) -> tuple[AnyCommand, ...]:
        return self.outcome.commands

    def names(self) -> list[str]:
        """The last turn's events by name."""
        return [type(event).__name__ for event in self.events]

    def happened(self, kind: type[E]) -> list[E]:
        """The last turn's events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def ever(self, kind: type[E]) -> list[E]:
        """All events of a kind, oldest first."""
        return [event for event in self.history if isinstance(event, kind)]

    def ignored(self) -> str:
        """Why the last input was ignored; empty when it was not."""
        return "".join(event.reason for event in self.happened(e.ReportIgnored))

    def refused(self) -> str:
        """The code with which a person's last request was refused; empty when it was not."""
        return "".join(event.code for event in self.happened(e.RequestRefused))

    def fork(self) -> "Site":
        """Another site that has come as far as this one, and goes its own way."""
        other = copy(self)
        other.state = engine.restore("main", engine.capture(self.state))
        other.twin = engine.restore("main", engine.capture(self.twin))
        other.history, other.asked = list(self.history), list(self.asked)
        other.records, other.plans = list(self.records), dict(self.plans)
        return other

    # Time

    def wait_until(self, at: int) -> None:
        """Let time pass; promises are kept on the way, as the driver would."""
        deadlines = self.state.deadlines
        while (next_at := deadlines.next_at()) is not None and next_at <= at:
            self.at = max(self.at, next_at)
            due = deadlines.take_due(self.state, self.at, engine.PROMISES)
            if due:
                self.take(e.DeadlinesReached(due=due), after_ms=0)
            deadlines = self.state.deadlines
        self.at = max(self.at, at)

    def wait(self, ms: int) -> None:
        self.wait_until(self.at + ms)

    # The site

    def apply(self, config: SiteConfig) -> None:
        config_hash = sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:12]
        self.take(e.ConfigApplied(config_hash=config_hash, config=config))

    def restart(self) -> None:
        """The worker dies; the next one has what a snapshot of the state holds, and no open request."""
        self.state = engine.restore("main", engine.capture(self.state))
        self.take(e.ServerStarted(epoch=2, logic=engine.LOGIC))

    # Callers, and what the carrier tells of them

    def call(self, from_number: str = CALLER, to: str = DIRECT) -> str:
        """Somebody calls. Returns the leg's id."""
        self._calls += 1
        seq = self.state.last.seq + 1
        arrived = e.CallArrived(provider="test", provider_ref=f"CA{self._calls}", to_number=to, from_number=from_number)
        self.take(arrived)
        return f"main-l{seq}"

    def contact(self, leg_id: str) -> Contact:
        return self.state.contacts[leg_id.replace("-l", "-c")]

    def is_gone(self, leg_id: str) -> bool:
        """The contact of this caller is closed and forgotten."""
        return leg_id.replace("-l", "-c") not in self.state.contacts

    def closed(self, leg_id: str) -> e.ContactClosed:
        """What is left of a closed contact."""
        contact_id = leg_id.replace("-l", "-c")
        return next(event for event in self.ever(e.ContactClosed) if event.contact_id == contact_id)

    def ask(self, leg_id: str, door: Door, nonce: int | None = None, **fields: Any) -> None:
        """The carrier asks at a door what the leg shall do; by default with the nonce it has last been given."""
        leg = self.state.legs.get(leg_id)
        given = nonce if nonce is not None else (leg.nonce if leg else 0)
        self.take(e.PlanRequested(leg_id=leg_id, door=door, nonce=given, **fields))

    def press(self, leg_id: str, digits: str) -> None:
        self.ask(leg_id, Door.DIGITS, digits=digits)

    def stay_silent(self, leg_id: str) -> None:
        """The caller pressed nothing and the document ran out."""
        self.ask(leg_id, Door.NEXT)

    def go_on_waiting(self, leg_id: str) -> None:
        self.ask(leg_id, Door.WAIT)

    def leave_waiting_room(self, leg_id: str, result: str = LeaveResult.REDIRECTED) -> None:
        self.ask(leg_id, Door.PARKED, result=result)

    def come_back(self, leg_id: str, result: str = LeaveResult.BRIDGED, nonce: int | None = None) -> None:
        """The customer's leg is out of the room, and asks."""
        self.ask(leg_id, Door.JOINED, nonce=nonce, result=result)

    def heard(self, leg_id: str) -> tuple[AnyVerb, ...]:
        """The verbs the leg was last given."""
        return self.plans[leg_id]

    def ref(self, leg_id: str) -> str:
        leg = self.state.legs.get(leg_id)
        return (leg.provider_ref if leg else "") or f"CB-{leg_id}"

    def place(self, leg_id: str) -> None:
        self.take(e.LegPlaced(leg_id=leg_id, provider_ref=self.ref(leg_id)))

    def alert(self, leg_id: str) -> None:
        self.take(e.LegAlerting(leg_id=leg_id, provider_ref=self.ref(leg_id)))

    def answer(self, leg_id: str) -> None:
        self.take(e.LegAnswered(leg_id=leg_id, provider_ref=self.ref(leg_id)))

    def join(self, leg_id: str, call_id: str = "") -> None:
        """The leg is in the room it was sent to."""
        bound_for = call_id or self.state.legs[leg_id].bound_for
        self.take(e.CallJoined(call_id=bound_for, leg_id=leg_id, provider_ref=self.ref(leg_id)))

    def leave(self, leg_id: str, cause: EndCause = EndCause.NORMAL) -> None:
        leg = self.state.legs[leg_id]
        left = e.CallLeft(call_id=leg.call_id, leg_id=leg_id, provider_ref=self.ref(leg_id), cause=cause)
        self.take(left)

    def end(self, leg_id: str, cause: EndCause = EndCause.NORMAL) -> None:
        """The leg is over. The carrier knows callers by its own reference only."""
        leg = self.state.legs.get(leg_id)
        ours = "" if leg and leg.agent_id == "" else leg_id
        self.take(e.LegEnded(leg_id=ours, cause=cause, provider_ref=self.ref(leg_id)))

    def check(
        self, leg_id: str, *, call_id: str = "", sought: str = "", alive: bool = True, nonce: int | None = None
    ) -> None:
        """The carrier answers what became of a leg; `sought` is the room in which we asked for it, `nonce` what the
        question named, by default the leg's last plan."""
        last = self.state.legs[leg_id].nonce if sought else 0
        named = last if nonce is None else nonce
        self.take(e.LegChecked(leg_id=leg_id, alive=alive, call_id=call_id, sought=sought, nonce=named))

    def refuse(self, leg_id: str, code: str = "REFUSED") -> None:
        self.take(e.LegRefused(leg_id=leg_id, code=code))

    hang_up = end

    # Agents

    def sign_in(self, *agent_ids: str, ready: bool = True) -> None:
        for agent_id in agent_ids:
            self.connect(agent_id)
            self.take(e.SignInRequested(agent_id=agent_id))
            if ready:
                self.ready(agent_id)

    def connect(self, agent_id: str, socket_id: str = "desk") -> None:
        self.take(e.DesktopConnected(agent_id=agent_id, socket_id=socket_id))

    def disconnect(self, agent_id: str, socket_id: str = "desk") -> None:
        self.take(e.DesktopDisconnected(agent_id=agent_id, socket_id=socket_id))

    def ready(self, agent_id: str) -> None:
        self.take(e.ReadyRequested(agent_id=agent_id))

    def not_ready(self, agent_id: str, reason: str = "break") -> None:
        self.take(e.NotReadyRequested(agent_id=agent_id, reason=reason))

    def sign_out(self, agent_id: str) -> None:
        self.take(e.SignOutRequested(agent_id=agent_id))

    def agent_is(self, agent_id: str) -> AgentState:
        return agent_state(self.state.agents[agent_id])

    def offered(self, agent_id: str) -> Contact | None:
        """The contact now offered to the agent, not yet accepted."""
        return self._held(agent_id, lambda contact: contact.offer.state is OfferState.PENDING)

    def _held(self, agent_id: str, wanted: Callable[[Any], bool]) -> Contact | None:
        for held in self.state.agents[agent_id].assignments:
            contact = self.state.contacts.get(held.contact_id)
            if contact and contact.offer and contact.offer.agent_id == agent_id and wanted(contact):
                return contact
        return None

    def offer_id(self, agent_id: str) -> str:
        """The agent's running offer, accepted or not; else the last one ever."""
        contact = self._held(agent_id, lambda contact: True)
        if contact and contact.offer:
            return contact.offer.offer_id
        return [offer for offer in self.ever(e.OfferMade) if offer.agent_id == agent_id][-1].offer_id

    def acknowledge(self, agent_id: str) -> None:
        self.take(e.OfferAcknowledged(agent_id=agent_id, offer_id=self.offer_id(agent_id)))

    def accept(self, agent_id: str, offer_id: str = "") -> str:
        """The agent accepts what is offered. Returns the id of the leg that is asked for; empty for none."""
        self.take(e.AcceptRequested(agent_id=agent_id, offer_id=offer_id or self.offer_id(agent_id)))
        return next((event.leg_id for event in self.happened(e.LegStarted)), "")

    def ringing(self, agent_id: str) -> str:
        """The leg on the agent's telephone that is an offer; empty for none."""
        offers = [
            offer
            for contact in self.state.contacts.in_order()
            for offer in (contact.offer, *[party.offer for party in contact.parties])
            if offer and offer.agent_id == agent_id and offer.state is OfferState.PENDING
        ]
        return offers[0].leg_id if offers else ""

    def answer_phone(self, agent_id: str) -> str:
        """Somebody answers the agent's telephone, and is asked who it is. Returns the leg."""
        leg_id = self.ringing(agent_id)
        assert leg_id, f"no telephone of {agent_id} rings"
        self.place(leg_id)
        self.alert(leg_id)
        self.answer(leg_id)
        self.ask(leg_id, Door.SCREEN, 0)
        return leg_id

    def take_phone(self, agent_id: str) -> str:
        """The agent answers, presses 1 and is in the room. Returns the leg."""
        leg_id = self.answer_phone(agent_id)
        self.press(leg_id, "1")
        self.join(leg_id)
        return leg_id

    def decline(self, agent_id: str, reason: str = "") -> None:
        self.take(e.DeclineRequested(agent_id=agent_id, offer_id=self.offer_id(agent_id), reason=reason))

    def press_hang_up(self, agent_id: str, leg_id: str) -> None:
        contact_id = leg_id.replace("-l", "-c")
        self.take(e.HangUpRequested(agent_id=agent_id, contact_id=contact_id))

    def dispose(self, agent_id: str, leg_id: str, disposition: str = "sold") -> None:
        contact_id = leg_id.replace("-l", "-c")
        given = e.DispositionGiven(agent_id=agent_id, contact_id=contact_id, disposition=disposition)
        self.take(given)

    def find(self, leg_id: str, *matches: e.Customer, error: str = "") -> None:
        """The directory answers for this caller."""
        contact_id = leg_id.replace("-l", "-c")
        found = e.CustomersFound(contact_id=contact_id, matches=matches, count=len(matches), error=error)
        self.take(found)

    def dial_in(self, agent_id: str) -> str:
        """The softphone of a nailed-up agent calls, to stay. Returns the leg; empty when it was turned away."""
        self._calls += 1
        arrived = e.CallArrived(
            provider="test", provider_ref=f"CA{self._calls}", to_number="app", from_number=f"client:{agent_id}"
        )
        self.take(arrived)
        return next((event.leg_id for event in self.happened(e.LegStarted)), "")

    def nail_up(self, agent_id: str) -> str:
        """The agent's leg comes up, by whichever way, and is in its room; who was rung has pressed 1. Returns it."""
        leg_id = self.state.agents[agent_id].leg_id or self.dial_in(agent_id)
        if not self.state.legs[leg_id].provider_ref:
            self.place(leg_id)
            self.answer(leg_id)
            self.ask(leg_id, Door.SCREEN)
            self.press(leg_id, "1")
        self.join(leg_id)
        return leg_id

    # Stretches of the walk

    def bring_agent(self, agent_id: str) -> str:
        """From the offer to the agent's leg in the room. Returns that leg."""
        if self.ringing(agent_id):
            return self.take_phone(agent_id)
        self.acknowledge(agent_id)
        leg_id = self.accept(agent_id)
        assert leg_id, f"{agent_id} has no offer to accept"
        self.place(leg_id)
        self.alert(leg_id)
        self.answer(leg_id)
        self.join(leg_id)
        return leg_id

    def talk(self, leg_id: str, agent_id: str) -> str:
        """From the offer to the conversation. Returns the agent's leg."""
        agent_leg = self.bring_agent(agent_id)
        self.leave_waiting_room(leg_id)
        self.join(leg_id)
        return agent_leg

    def part(self, leg_id: str, agent_leg: str) -> None:
        """The caller hangs up: both are out of the room, the room ends, both legs end."""
        call_id = self.state.legs[leg_id].call_id
        self.leave(leg_id)
        self.leave(agent_leg, EndCause.CANCELLED)
        self.take(e.CallEnded(call_id=call_id))
        self.end(leg_id)
        self.end(agent_leg)

    def everybody_goes(self) -> None:
        """The carrier says of every leg that it is over, wrap-ups run out; then nothing may be left."""
        for agent in self.state.agents.in_order():
            if agent.leg_id:  # a nailed-up leg goes with its agent
                self.sign_out(agent.agent_id)
        for _ in range(5):
            for leg in self.state.legs.in_order():
                if leg.leg_id in self.state.legs and leg.state is not LegState.ENDED:
                    if leg.provider_ref:
                        self.take(e.LegChecked(leg_id=leg.leg_id, alive=False))
                    else:
                        self.refuse(leg.leg_id, "ABSENT")
            self.wait(600_000)
        for row in self.state.recorded.in_order():
            while row.leg_id in self.state.recorded:
                self.take(e.RecordingsChecked(leg_id=row.leg_id))
        holds.check_empty(self.state)
