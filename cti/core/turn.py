"""One turn in the making. Rules read `state`, and speak only through `emit`, `ask` and `plan`."""

from collections import deque

from cti.core.apply import Apply
from cti.core.base import Moment
from cti.core.commands import AnyCommand, HangUpLeg, RedirectLeg
from cti.core.errors import TurnOverflow
from cti.core.events import AnyEvent, LegPlanned, ReleaseRequested
from cti.core.ids import make_id
from cti.core.lines import is_line
from cti.core.plan import AnyVerb, HangUp, Plan
from cti.core.state import State
from cti.core.states import LegState

EVENTS_MAX = 1_000
"""More than any turn may derive. Rules that meet a crowd take a part and promise to go on at once."""


Mark = tuple[int, int, int, int]


class Reply:
    """What to answer the carrier with, for a leg whose request is open."""

    __slots__ = ("endpoint", "leg_id", "nonce", "plan")

    def __init__(self, leg_id: str, plan: Plan, nonce: int, endpoint: str = "") -> None:
        self.leg_id = leg_id
        self.plan = plan
        self.nonce = nonce
        self.endpoint = endpoint


class Turn:
    """An event that a rule emits is applied at once, so the next rule sees it; who reacts to it is asked later."""

    __slots__ = ("_apply", "_events_max", "_made", "commands", "events", "now", "pending", "replies", "said", "state")

    def __init__(self, state: State, now: Moment, apply: dict[type, tuple[Apply, ...]]) -> None:
        self.state = state
        self.now = now
        self.events: list[AnyEvent] = []
        self.commands: list[AnyCommand] = []
        self.replies: list[Reply] = []
        self.pending: deque[AnyEvent] = deque()
        self.said: dict[str, list[AnyVerb]] = {}
        """What a flow has to say to a contact before the plan that another room's answer will complete."""
        self._apply = apply
        self._events_max = EVENTS_MAX
        self._made: dict[str, int] = {}

    def new_id(self, kind: str) -> str:
        ordinal = self._made.get(kind, 0)
        self._made[kind] = ordinal + 1
        return make_id(self.state.site, kind, self.now.seq, ordinal)

    def mark(self) -> Mark:
        """Where the turn stands, to go back to. What follows may be as long as a turn of its own."""
        self._events_max = len(self.events) + EVENTS_MAX
        return len(self.state.undo.steps), len(self.events), len(self.commands), len(self.replies)

    def back_to(self, mark: Mark) -> None:
        """What came after the mark never was."""
        steps, events, commands, replies = mark
        self.state.undo.roll_back(steps)
        del self.events[events:], self.commands[commands:], self.replies[replies:]
        self.pending.clear()
        self.said.clear()

    def emit(self, event: AnyEvent) -> None:
        """It happened."""
        self.events.append(event)
        if len(self.events) > self._events_max:
            raise TurnOverflow(f"more than {EVENTS_MAX} events in one turn, the last a {type(event).__name__}")
        self.apply(event)
        self.pending.append(event)

    def apply(self, event: AnyEvent) -> None:
        for function in self._apply.get(type(event), ()):
            function(self.state, event, self.now)

    def ask(self, command: AnyCommand) -> None:
        """The world shall do this, once the record is durable."""
        self.commands.append(command)

    def asked(self) -> tuple[AnyCommand, ...]:
        """Everything the world shall do. A leg is not sent to where it was to go before another rule had a new plan for
        it: that might be carried out after the later one."""
        return tuple([each for each in self.commands if type(each) is not RedirectLeg or self._is_planned(each)])

    def _is_planned(self, way: RedirectLeg) -> bool:
        leg = self.state.legs.get(way.leg_id)
        return leg is None or leg.plan == way.plan

    def plan(self, leg_id: str, plan: Plan, endpoint: str = "") -> None:
        """The leg's next plan: as the reply if the carrier waits for one, else pushed to it. `endpoint` is where a plan
        that forwards it leads."""
        leg = self.state.legs[leg_id]
        if leg.state is LegState.ENDED or (leg.released and not leg.awaiting):
            return
        if leg.released:  # it asks while we hang it up: this may be the quicker way
            plan = Plan((HangUp(),))
        self.emit(LegPlanned(leg_id=leg_id, plan=plan, replied=leg.awaiting, endpoint=endpoint))
        if leg.awaiting:
            self.replies.append(Reply(leg_id, plan, self.now.seq, endpoint))
        else:
            ref = leg.provider_ref
            self.ask(RedirectLeg(leg_id=leg_id, provider_ref=ref, plan=plan, nonce=self.now.seq, endpoint=endpoint))

    def answer(self, leg_id: str, plan: Plan, nonce: int) -> None:
        """Reply without giving the leg a new plan."""
        leg = self.state.legs.get(leg_id)
        self.replies.append(Reply(leg_id, plan, nonce, leg.endpoint if leg else ""))

    def release(self, leg_id: str) -> None:
        """Have the leg hung up. Until the carrier says where it is, there is nothing to ask: then it is asked. A
        nailed-up leg stays: it only leaves the room, see `cti.acd.nailed_up`, unless it was given up before."""
        leg = self.state.legs.get(leg_id)
        if leg is None or leg.state is LegState.ENDED or is_line(self.state, leg):
            return
        if not leg.released:
            self.emit(ReleaseRequested(leg_id=leg_id))
        if leg.provider_ref:
            self.ask(HangUpLeg(leg_id=leg_id, provider_ref=leg.provider_ref))
