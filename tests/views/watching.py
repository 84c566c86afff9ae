"""A player whose every turn is also told to desks and to a wallboard."""

from cti.core.codec import decode
from cti.core.config import Membership
from cti.core.contact import Contact
from cti.core.events import ScreenPop
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.screenpop.rules import make_pop
from cti.views.apply_frame import apply_frame
from cti.views.desk import Desk
from cti.views.desktop import EVERYONE, Told, frames_of, snapshot_of
from cti.views.wallboard import Wallboard
from tests.centre import agent, centre, queue, straight_to
from tests.player import Player

HELP = "+12025550103"
BOTH = (Membership(queue_id="sales", rank=2), Membership(queue_id="help"))
REACHED = {"flows": (straight_to("help"),), "numbers": {HELP: "to_help"}}
CONFIGS = (
    centre(
        agent("anna"),
        agent("ben", *BOTH),
        agent("carl", "help"),
        queues=(queue("sales", contacts_max=4, wrap_up_s=5), queue("help", wrap_up_s=0)),
        **REACHED,
    ),
    centre(
        agent("anna"), agent("carl", *BOTH), queues=(queue("sales", ring_s=5), queue("help", contacts_max=2)), **REACHED
    ),
    centre(agent("ben"), queues=(queue("sales"),), **REACHED),
)


def pop_of(state: State, contact: Contact) -> ScreenPop:
    """What the room of screen-pops knows now."""
    return make_pop(state, contact, 0)


class Watcher(Player):
    """Keeps a desk for each agent and one wallboard, by frames and records alone, and looks after every step."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, CONFIGS)
        self.site.checked = False
        self.seen = len(self.site.records)
        self.told: list[Told] = []
        self.desks = {agent_id: self.whole(agent_id) for agent_id in self.site.state.agents.rows}
        self.wallboard = Wallboard()
        self.wallboard.begin(self.site.state)

    def whole(self, agent_id: str) -> Desk:
        return snapshot_of(self.site.state, agent_id, pop_of)

    def note(self) -> None:
        super().note()
        for row in self.site.records[self.seen :]:
            self.watch(decode(row))
        self.seen = len(self.site.records)
        self.look()

    def watch(self, record: TurnRecord) -> None:
        self.wallboard.take(record)
        told = frames_of(record)
        self.told += told
        for agent_id, frame in told:
            for other_id, desk in self.desks.items():
                if agent_id in (EVERYONE, other_id):
                    self.desks[other_id] = apply_frame(desk, frame)

    def look(self) -> None:
        """What came about frame by frame is what is there."""
        agents = self.site.state.agents.rows
        self.desks = {agent_id: self.desks.get(agent_id) or self.whole(agent_id) for agent_id in agents}
        for agent_id, desk in self.desks.items():
            assert desk == self.whole(agent_id), self.site.names()
