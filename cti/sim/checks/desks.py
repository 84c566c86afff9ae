"""E: a desk that took every frame shows what the state says; each request is answered once."""

from cti.core.contact import Contact
from cti.core.events import ScreenPop
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.screenpop.rules import make_pop
from cti.sim.checks.violation import Violation
from cti.views.apply_frame import apply_frame
from cti.views.desk import Desk
from cti.views.desktop import EVERYONE, Told, frames_of, snapshot_of
from cti.views.frames import Done, Refused

Cursor = tuple[int, int]


def pop_of(state: State, contact: Contact) -> ScreenPop:
    """Who is calling, as far as the state knows. How long the caller waits is no part of a desk."""
    return make_pop(state, contact, waited_ms=0)


class DeskChecks:
    """Keeps every agent's desk frame by frame, and the cursor of the last frame."""

    def __init__(self) -> None:
        self.desks: dict[str, Desk] = {}
        self.cursors: dict[str, Cursor] = {}
        self._answered: set[tuple[str, str]] = set()
        self._touched: dict[str, None] = {}

    def take(self, state: State, record: TurnRecord) -> list[Told]:
        """The frames of a record that became durable. Raises `Violation` when a request is answered again."""
        told = frames_of(record)
        for agent_id, frame in told:
            for each in sorted(state.agents.rows) if agent_id == EVERYONE else (agent_id,):
                desk = self.desks.get(each)
                if desk is not None:
                    self.desks[each] = apply_frame(desk, frame)
                self.cursors[each] = (frame.seq, frame.index)
                self._touched[each] = None
            if isinstance(frame, (Done, Refused)) and frame.request_id:
                self._check_answer(agent_id, frame.request_id)
        return told

    def check_touched(self, state: State) -> None:
        """Compare the desks that changed with the state. Raises `Violation`."""
        for agent_id in self._touched:
            self.check(state, agent_id)
        self._touched.clear()

    def check(self, state: State, agent_id: str) -> None:
        """Raises `Violation` when the desk does not show what the state says."""
        if agent_id not in state.agents:  # removed since
            self.desks.pop(agent_id, None)
            return
        shown = snapshot_of(state, agent_id, pop_of)
        desk = self.desks.setdefault(agent_id, shown)
        if desk != shown:
            different = [
                f"{name} {getattr(desk, name)} instead of {getattr(shown, name)}"
                for name in shown.__struct_fields__
                if getattr(desk, name) != getattr(shown, name)
            ]
            raise Violation("E", f"the desk of {agent_id} shows {'; '.join(different)}", agent_id)

    def check_all(self, state: State) -> None:
        """The same for everybody."""
        for agent_id in sorted(state.agents.rows):
            self.check(state, agent_id)

    def _check_answer(self, agent_id: str, request_id: str) -> None:
        if (agent_id, request_id) in self._answered:
            raise Violation("E", f"request {request_id} of {agent_id} was answered twice", agent_id)
        self._answered.add((agent_id, request_id))
