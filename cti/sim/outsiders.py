"""People who are nobody's agents: whoever is at an outside number, and supervisors with their telephones."""

from cti.core.base import changed
from cti.core.events import AnyEvent, StateForced, SupervisionEndRequested, SupervisionRequested
from cti.core.state import State
from cti.core.states import ContactState, EndCause, SupervisorMode
from cti.sim.carrier import Carrier
from cti.sim.edge import Edge
from cti.sim.line import Line
from cti.sim.nature import Nature
from cti.sim.telephones import Ring

NOT_ANSWERED = (EndCause.BUSY, EndCause.NO_ANSWER, EndCause.REJECTED, EndCause.UNREACHABLE, EndCause.FAILED)


def rung(nature: Nature, answers: float) -> Ring:
    """Somebody answers, or not."""
    if nature.chance(answers):
        return Ring(nature.between(50, 8_000), talks_ms=nature.between(500, 40_000))
    end = nature.pick(NOT_ANSWERED)
    return Ring(60_000) if end is EndCause.NO_ANSWER else Ring(nature.between(50, 5_000), end)


class Outsider:
    """At an outside number. Answers mostly, talks for a while, hangs up at last."""

    def __init__(self, nature: Nature) -> None:
        self.carrier: Carrier
        self._nature = nature

    def ring(self, line: Line | None) -> Ring:
        """Rung by us, or by the carrier for a caller."""
        return rung(self._nature, 0.7)

    def answered(self, line: Line) -> None:
        """In the room."""
        self._nature.after(500, 90_000, lambda: self.carrier.hang_up(line))

    def heard_menu(self, line: Line) -> None:
        """Nobody asks."""

    def bridged(self, line: Line) -> None:
        """Good day."""

    def parted(self, line: Line) -> None:
        """Alone on the line."""
        self._nature.after(500, 20_000, lambda: self.carrier.hang_up(line))

    def moved(self, line: Line) -> None:
        """Nobody moves them."""

    def ended(self, line: Line) -> None:
        """Good bye."""


class Supervisor:
    """Now and then listens to somebody, whispers, barges in, goes; at any moment, and now and then puts an agent into a
    state."""

    def __init__(self, nature: Nature, supervisor_id: str, endpoint: str, agent_ids: tuple[str, ...]) -> None:
        self.supervisor_id = supervisor_id
        self.endpoint = endpoint
        self.carrier: Carrier
        self.edge: Edge
        self._nature = nature
        self._agent_ids = agent_ids
        self._requests = 0
        self._hears = ""
        self._gone = False

    def begin(self, carrier: Carrier, edge: Edge) -> None:
        """A shift begins."""
        self.carrier, self.edge = carrier, edge
        self._nature.after(5_000, 30_000, self._look_around)

    def settle_down(self) -> None:
        """From now on nobody is disturbed."""
        self._gone = True

    def _look_around(self) -> None:
        if self._gone:
            return
        self._nature.after(300, 12_000, self._look_around)
        owner = self.edge.owner
        if owner is not None and not owner.asleep:
            for event in self._wish(owner.state):
                self._ask(event)

    def _wish(self, state: State) -> list[AnyEvent]:
        nature = self._nature
        if nature.chance(0.08):
            return [self._force()]
        talks = [each.contact_id for each in state.contacts.in_order() if each.state is ContactState.CONNECTED]
        if self._hears and nature.chance(0.3):
            return [SupervisionEndRequested(supervisor_id=self.supervisor_id, contact_id=self._hears)]
        if self._hears not in talks or nature.chance(0.1):
            self._hears = nature.pick(talks) if talks else self._hears
        if not self._hears or not nature.chance(0.5):
            return []
        modes = [nature.pick(tuple(SupervisorMode)) for _ in range(2 if nature.chance(0.1) else 1)]
        return [
            SupervisionRequested(supervisor_id=self.supervisor_id, contact_id=self._hears, mode=mode) for mode in modes
        ]

    def _force(self) -> StateForced:
        state = self._nature.pick(("ready", "not_ready", "signed_out", "nonsense"))
        agent_id = self._nature.pick((*self._agent_ids, "nobody"))
        return StateForced(supervisor_id=self.supervisor_id, agent_id=agent_id, state=state)

    def _ask(self, event: AnyEvent) -> None:
        self._requests += 1
        key = f"supervisor:{self.supervisor_id}:{self._requests}"
        event = changed(event, request_id=f"s{self._requests}")
        actor = f"supervisor:{self.supervisor_id}"
        self._nature.after(5, 80, lambda: self.edge.report(event, key, actor))
        if self._nature.chance(0.1):
            self._nature.after(5, 5_000, lambda: self.edge.report(event, key, actor))

    def ring(self, line: Line | None) -> Ring:
        """The telephone."""
        return rung(self._nature, 0.85)

    def answered(self, line: Line) -> None:
        """Some hang up soon."""
        self._nature.after(100, 90_000, lambda: self.carrier.hang_up(line))

    def heard_menu(self, line: Line) -> None:
        """Nobody asks."""

    def bridged(self, line: Line) -> None:
        """They talk."""

    def parted(self, line: Line) -> None:
        """They are gone; the server hangs up."""

    def moved(self, line: Line) -> None:
        """Nobody moves them."""

    def ended(self, line: Line) -> None:
        """Enough."""
