"""Agents, at their desktops and telephones: most do their work, and each has habits of its own."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec

from cti.core.base import changed
from cti.core.config import AgentConfig
from cti.core.events import (
    AcceptRequested,
    AnyEvent,
    DeclineRequested,
    DispositionGiven,
    HangUpRequested,
    NotReadyRequested,
    OfferAcknowledged,
    ProbeAnswered,
    ReadyRequested,
    SignInRequested,
    SignOutRequested,
    WrapUpEndRequested,
)
from cti.core.states import EndCause, Presence
from cti.sim.carrier import Carrier
from cti.sim.centre import DISPOSITIONS, REASONS
from cti.sim.desktop import Desktop
from cti.sim.line import Line, Part
from cti.sim.nature import Nature
from cti.sim.talking import Talking
from cti.sim.telephones import Ring
from cti.sim.voicemail import Voicemail
from cti.views import frames as f
from cti.views.desk import Desk

NOT_ANSWERED = (EndCause.BUSY, EndCause.REJECTED, EndCause.NO_ANSWER, EndCause.UNREACHABLE)


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """How likely an agent does what, whenever there is occasion."""

    never_acknowledges: float
    acknowledges_late: float
    declines: float
    ignores: float
    presses_twice: float
    asks_stale: float
    repeats: float
    does_not_pick_up: float
    hangs_up_at_once: float
    hangs_up_telephone: float
    hangs_up_desktop: float
    never_disposes: float
    vanishes: float
    restless: float
    calls_in: float


def habits_of(nature: Nature) -> Habits:
    """Half of the agents are nearly perfect."""
    strength = 0.1 if nature.chance(0.5) else 1.0
    greatest = {
        "never_acknowledges": 0.1,
        "acknowledges_late": 0.1,
        "declines": 0.2,
        "ignores": 0.2,
        "presses_twice": 0.3,
        "asks_stale": 0.2,
        "repeats": 0.3,
        "does_not_pick_up": 0.2,
        "hangs_up_at_once": 0.15,
        "never_disposes": 0.4,
        "vanishes": 0.1,
        "restless": 0.5,
        "calls_in": 0.02,
    }
    drawn = {name: strength * nature.random.random() * most for name, most in greatest.items()}
    return Habits(**drawn, hangs_up_telephone=0.25, hangs_up_desktop=0.25)


class Agent:
    """Sees frames, feels like doing something, asks. The telephone is beside the desktop."""

    def __init__(self, nature: Nature, config: AgentConfig, colleagues: Sequence[str] = ()) -> None:
        self.agent_id = config.agent_id
        self.endpoint = config.endpoint
        self.nailed_up = config.nailed_up
        self._talking = Talking(nature, self, (*colleagues, config.agent_id))
        self._line: Line | None = None
        self.desktop: Desktop
        self.carrier: Carrier
        self._nature = nature
        self._habits = habits_of(nature)
        self._asked: list[tuple[str, AnyEvent]] = []
        self._offers: list[str] = []
        self._contact_id = ""
        self._second: Desktop | None = None
        self._going_home = False
        self._gone = False
        self._fired = False

    def begin(self, desktop: Desktop, carrier: Carrier) -> None:
        """A shift begins."""
        self.desktop, self.carrier = desktop, carrier
        self._nature.after(0, 20_000, desktop.come)
        self._nature.after(0, 30_000, self._look_around)

    def begin_twice(self, second: Desktop) -> None:
        """Some have the desktop open twice."""
        self._second = second
        self._nature.after(20_000, 60_000, second.come)

    def see_again(self, frame: f.AgentFrame) -> None:
        """The second desktop shows it, too: some press there as well."""
        if self._second and isinstance(frame, f.Alerting) and self._nature.chance(0.5):
            second, event = self._second, AcceptRequested(agent_id=self.agent_id, offer_id=frame.offer_id)
            request_id = second.new_request()
            self._nature.after(100, 5_000, lambda: second.ask(request_id, changed(event, request_id=request_id)))

    def be_steady(self) -> None:
        """Some have no habits at all."""
        self._habits = msgspec.structs.replace(
            self._habits, **{name: 0.0 for name in Habits.__struct_fields__ if not name.startswith("hangs_up")}
        )

    def settle_down(self) -> None:
        """From now on the agent only works."""
        self._going_home = True
        self._talking.settle_down()

    def go_home(self) -> None:
        """The shift is over: the telephone line that stays up is given back."""
        self._gone = True
        if self.nailed_up and not self._fired:
            self.ask(SignOutRequested)

    def shown(self) -> Desk | None:
        """What the desktop shows; None while it is not connected."""
        return self.desktop.desk if self.desktop.socket_id else None

    def unanswered(self) -> tuple[str, ...]:
        """Requests that the desktop waits for."""
        return self.desktop.unanswered()

    # Asking

    def ask(self, kind: Callable[..., AnyEvent], /, **fields: Any) -> None:
        """Ask the server for something, and perhaps once more later."""
        request_id = self.desktop.new_request()
        event = kind(agent_id=self.agent_id, request_id=request_id, **fields)
        self._asked.append((request_id, event))
        self.desktop.ask(request_id, event)
        if self._has_habit("repeats"):
            self._nature.after(10, 20_000, lambda: self.desktop.repeat(request_id, event))

    def _ask_later(self, lowest_ms: int, highest_ms: int, kind: Callable[..., AnyEvent], /, **fields: Any) -> None:
        self._nature.after(lowest_ms, highest_ms, lambda: self.ask(kind, **fields))

    def _has_habit(self, habit: str) -> bool:
        return not self._going_home and self._nature.chance(getattr(self._habits, habit))

    # Seeing

    def see(self, frame: f.AgentFrame) -> None:
        """A frame came, and the desk shows it."""
        react = self._REACTIONS.get(type(frame))
        if react:
            react(self, frame)

    def _see_offer(self, frame: f.Offer) -> None:
        self._offers.append(frame.offer_id)
        if self._has_habit("never_acknowledges"):
            return
        late = self._has_habit("acknowledges_late")
        self._ask_later(1_500 if late else 5, 4_000 if late else 150, OfferAcknowledged, offer_id=frame.offer_id)

    def _see_alerting(self, frame: f.Alerting) -> None:
        if self._has_habit("ignores"):
            return
        kind = DeclineRequested if self._has_habit("declines") else AcceptRequested
        self._ask_later(100, 5_000, kind, offer_id=frame.offer_id)
        if self._has_habit("presses_twice"):
            self._ask_later(100, 5_200, AcceptRequested, offer_id=frame.offer_id)

    def _see_connected(self, frame: f.Connected) -> None:
        self._contact_id = frame.contact_id
        if self._nature.chance(self._habits.hangs_up_desktop):
            self._ask_later(10, 40_000, HangUpRequested, contact_id=frame.contact_id)
        if self._has_habit("vanishes"):
            self._vanish()
        self._talking.begin(frame.contact_id)

    def _see_joined(self, frame: f.Joined) -> None:
        self._contact_id = frame.contact_id
        if self._nature.chance(self._habits.hangs_up_desktop):
            self._ask_later(10, 40_000, HangUpRequested, contact_id=frame.contact_id)
        self._talking.begin(frame.contact_id)

    def _see_wrap_up(self, frame: f.WrapUp) -> None:
        if self._has_habit("never_disposes"):
            return
        if self._nature.chance(0.2):
            self._ask_later(50, 15_000, WrapUpEndRequested, contact_id=frame.contact_id)
        else:
            disposition = self._nature.pick((*DISPOSITIONS, "nonsense"))
            self._ask_later(50, 15_000, DispositionGiven, contact_id=frame.contact_id, disposition=disposition)

    def _see_offer_over(self, frame: f.OfferOver) -> None:
        if self._has_habit("asks_stale"):
            self._ask_later(5, 5_000, AcceptRequested, offer_id=frame.offer_id)

    def _see_refused(self, frame: f.Refused) -> None:
        if frame.code == "unknown_agent":  # fired, in the middle of the day
            self._gone = self._fired = True

    def _see_probe(self, frame: f.Probe) -> None:
        self._ask_later(50, 20_000 if self._has_habit("acknowledges_late") else 1_000, ProbeAnswered)

    # Being somebody

    def _vanish(self) -> None:
        self.desktop.leave()
        self._nature.after(500, 40_000, self.desktop.come)
        line = self._line
        if line and line.inbound and self._nature.chance(0.5):  # the softphone was in that browser
            self.carrier.hang_up(line)

    def walk_out(self) -> None:
        """Out of the house, with everybody else, for a while: the telephone is put down as it is."""
        self.desktop.leave()
        self._nature.after(20_000, 45_000, self.desktop.come)
        if self._line and not self._line.over:
            self.carrier.hang_up(self._line)

    def _look_around(self) -> None:
        """Every now and then: be where one should be, or do something else."""
        if self._gone:
            return
        nature = self._nature
        nature.after(3_000, 12_000 if self._going_home else 20_000, self._look_around)
        desk = self.desktop.desk
        if desk is None or not self.desktop.socket_id:
            return
        self._call_in(desk)
        if self._has_habit("restless"):
            nature.pick((self._take_break, self._go, self._drop_out, self._ask_nonsense, self._vanish))()
        elif desk.suspected:
            self.ask(ProbeAnswered)
        elif desk.presence is not Presence.SIGNED_IN:
            self.ask(SignInRequested)
        elif not desk.ready:
            self.ask(ReadyRequested)

    def _call_in(self, desk: Desk) -> None:
        """A softphone that is to stay up dials by itself; now and then anybody's does, to no end."""
        is_softphone = self.endpoint.startswith("client:")
        if not is_softphone or (self._line and not self._line.over):
            return
        if (self.nailed_up and desk.presence is Presence.SIGNED_IN) or self._has_habit("calls_in"):
            self._line = self.carrier.call(self.endpoint, "", self, Part.AGENT)

    def _take_break(self) -> None:
        self.ask(NotReadyRequested, reason=self._nature.pick((*REASONS, "nonsense")))

    def _go(self) -> None:
        self.ask(SignOutRequested)

    def _drop_out(self) -> None:
        self.desktop.drop()

    def _ask_nonsense(self) -> None:
        """Something that is over, or an old request once more."""
        if self._asked and self._nature.chance(0.5):
            self.desktop.repeat(*self._nature.pick(self._asked))
        elif self._offers and self._nature.chance(0.5):
            self.ask(AcceptRequested, offer_id=self._nature.pick(self._offers))
        else:
            self.ask(HangUpRequested, contact_id=self._contact_id)

    # The telephone

    def ring(self, line: Line) -> Ring:
        """Pick up, or not. Of a telephone that is asked who is there the voicemail may."""
        nature = self._nature
        if self._line and not self._line.over:
            return Ring(100, EndCause.BUSY)
        self._line = line
        if self._has_habit("does_not_pick_up"):
            if line.screened and nature.chance(0.5):
                return Ring(nature.between(2_000, 9_000), voicemail=Voicemail(nature, self.carrier, line))
            end = nature.pick(NOT_ANSWERED)
            return Ring(60_000) if end is EndCause.NO_ANSWER else Ring(nature.between(50, 5_000), end)
        return Ring(nature.between(50, 6_000) if nature.chance(0.2) else nature.between(20, 800))

    def answered(self, line: Line) -> None:
        """In the room, or asked who is there. Some think better of it at once, some lines do not last."""
        if self._nature.strikes("line_broken"):
            self._nature.after(50, 60_000, lambda: self.carrier.break_off(line))
        if self._has_habit("hangs_up_at_once"):
            self._nature.after(5, 2_500, lambda: self.carrier.hang_up(line))

    def heard_menu(self, line: Line) -> None:
        """A telephone is asked whether it takes the call: by the key 1. Some say nothing, some hang up."""
        if not self._has_habit("ignores"):
            key = "2" if self._has_habit("declines") else "1"
            self._nature.after(100, 7_000, lambda: self.carrier.press(line, key))

    def bridged(self, line: Line) -> None:
        """Talk, until somebody hangs up."""
        if self._nature.chance(self._habits.hangs_up_telephone):
            self._nature.after(10, 40_000, lambda: self.carrier.hang_up(line))

    def parted(self, line: Line) -> None:
        """Nobody there any more. Who is nailed up waits for the next caller."""
        if not self.nailed_up or self._has_habit("hangs_up_at_once"):
            self._nature.after(200, 20_000, lambda: self.carrier.hang_up(line))

    def moved(self, line: Line) -> None:
        """From one room to the next."""

    def ended(self, line: Line) -> None:
        """The tone says so."""

    _REACTIONS: ClassVar[dict[type, Callable[["Agent", Any], None]]] = {
        f.Offer: _see_offer,
        f.Alerting: _see_alerting,
        f.Connected: _see_connected,
        f.Joined: _see_joined,
        f.WrapUp: _see_wrap_up,
        f.OfferOver: _see_offer_over,
        f.Probe: _see_probe,
        f.Refused: _see_refused,
    }
