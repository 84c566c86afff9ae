"""A player whose every turn is also told to desks and to a wallboard."""

from cti.conversation.telling import talk_of
from cti.core import events as e
from cti.core.codec import decode
from cti.core.config import Membership, SupervisorConfig
from cti.core.contact import Contact
from cti.core.events import ScreenPop
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import ContactState
from cti.screenpop.rules import make_pop
from cti.views.apply_frame import apply_frame
from cti.views.desk import Desk
from cti.views.desktop import EVERYONE, Told, frames_of, snapshot_of
from cti.views.wallboard import Wallboard
from tests.centre import agent, centre, queue, straight_to
from tests.player import Player

HELP = "+12025550103"
BOTH = (Membership(queue_id="sales", rank=2), Membership(queue_id="help"))
SUPERVISORS = {
    name: SupervisorConfig(supervisor_id=name, name=name.title(), endpoint=f"client:{name}") for name in ("sue", "tom")
}
REACHED = {
    "flows": (straight_to("help"),),
    "numbers": {HELP: "to_help"},
    "dial_prefixes": ("+1202",),
    "supervisors": SUPERVISORS,
}
CONFIGS = (
    centre(
        agent("anna"),
        agent("ben", *BOTH),
        agent("carl", "help"),
        queues=(queue("sales", contacts_max=4, wrap_up_s=5, recording="always"), queue("help", wrap_up_s=0)),
        **REACHED,
    ),
    centre(
        agent("anna"),
        agent("carl", *BOTH),
        queues=(queue("sales", ring_s=5, recording="on_request"), queue("help", contacts_max=2)),
        **REACHED,
    ),
    centre(agent("ben"), queues=(queue("sales"),), **REACHED),
)


def pop_of(state: State, contact: Contact) -> ScreenPop:
    """What the room of screen-pops knows now."""
    return make_pop(state, contact, 0)


class Watcher(Player):
    """Keeps a desk for each agent and one wallboard, by frames and records alone, and looks after every step. The odd
    seeds are about conversations."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, CONFIGS)
        self.site.checked = False
        if seed % 2:
            self.talk_more()
        self.actions += [*[self.everybody_hears] * 10, *[self.supervisor_forces] * 2]
        self.seen = len(self.site.records)
        self.told: list[Told] = []
        self.desks = {agent_id: self.whole(agent_id) for agent_id in self.site.state.agents.rows}
        self.wallboard = Wallboard()
        self.wallboard.begin(self.site.state)

    def everybody_hears(self) -> None:
        """Where a party is in the room, the carrier takes the customer off hold."""
        for contact in self.site.state.contacts.in_order():
            if contact.state is ContactState.CONNECTED and any(party.present for party in contact.parties):
                self.site.take(e.LegRetrieved(leg_id=contact.leg_id))
                return

    def supervisor_forces(self) -> None:
        state = self.dice.choice(["ready", "not_ready", "signed_out", "asleep"])
        agent_id = self.dice.choice([*self.agents, "nobody"])
        self.site.take(e.StateForced(supervisor_id="sue", agent_id=agent_id, state=state, request_id="r"))

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
        for contact in self.site.state.contacts.rows.values():
            talks = contact.state is ContactState.CONNECTED
            assert contact.talk == (talk_of(self.site.state, contact) if talks else None), self.site.names()
