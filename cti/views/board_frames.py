"""What is said on a supervisor's socket: the wallboard, row by row, and every contact that is closed."""

import msgspec

from cti.core.base import FrozenMeta
from cti.core.states import AgentState, ContactState, Direction, PartyState, RecordingState, SupervisorMode
from cti.views.desk import Shown
from cti.views.frames import tag_of
from cti.views.record import ContactRecord


class QueueRow(Shown):
    """`waiting` are not on offer to anybody, `offered` are, or are being connected. `oldest_queued_at` (ms) is since
    when the first of both waits, 0 when nobody does. `agents` counts the members of the queue by state."""

    queue_id: str
    name: str
    waiting: int
    offered: int
    connected: int
    oldest_queued_at: int
    agents: dict[AgentState, int]


class AgentRow(Shown):
    """`since` is when state or reason last changed (ms). `contact_ids` are on offer, in talk or in wrap-up."""

    agent_id: str
    name: str
    state: AgentState
    reason: str
    suspected: bool
    since: int
    contact_ids: tuple[str, ...]


class BoardParty(Shown):
    """Somebody asked into a conversation. Without an `agent_id` it is an outside number."""

    party_id: str
    agent_id: str
    state: PartyState
    on_hold: bool


class BoardSupervision(Shown):
    """A supervisor whose phone rings for a conversation, or who hears it."""

    supervisor_id: str
    mode: SupervisorMode


class ContactRow(Shown):
    """`since` is when the state last changed; `agent_id` is who has it on offer or talks to it. Who talks, and
    whether that is recorded, is there while CONNECTED; `on_hold` is the customer."""

    contact_id: str
    direction: Direction
    state: ContactState
    to_number: str
    arrived_at: int
    since: int
    step_id: str = ""
    queue_id: str = ""
    queued_at: int = 0
    agent_id: str = ""
    on_hold: bool = False
    recording: RecordingState = RecordingState.OFF
    parties: tuple[BoardParty, ...] = ()
    supervisions: tuple[BoardSupervision, ...] = ()


class Rows(Shown):
    """Rows that are new or have changed, and the ids of those that are gone."""

    queues: tuple[QueueRow, ...]
    agents: tuple[AgentRow, ...]
    contacts: tuple[ContactRow, ...]
    queues_gone: tuple[str, ...] = ()
    agents_gone: tuple[str, ...] = ()
    contacts_gone: tuple[str, ...] = ()


class Dials(Shown):
    """Legs that wait until the carrier's rate has room for them: how many, since when the first was asked for (ms), and
    how long the last will wait if nothing more important comes. `stopped` is the alarm: the site rang more outside
    numbers than it may, and rings none until a supervisor resumes."""

    waiting: int = 0
    oldest_asked_at: int = 0
    wait_ms: int = 0
    stopped: bool = False


class BoardFrame(msgspec.Struct, metaclass=FrozenMeta, tag_field="type", tag=tag_of):
    """`seq` is the newest turn that it takes into account."""

    seq: int


class BoardHello(BoardFrame, tag="hello"):
    """The first frame of every connection."""

    supervisor_id: str
    site: str
    version: str


class WholeBoard(BoardFrame, tag="wallboard"):
    """The board as a whole, to begin with."""

    rows: Rows
    finished: tuple[ContactRecord, ...]
    outcomes: dict[str, int]
    dials: Dials


class BoardChanged(BoardFrame, tag="wallboard_changed"):
    """What is different from what was said before. At most four a second."""

    rows: Rows
    outcomes: dict[str, int]
    dials: Dials


class ContactDone(BoardFrame, tag="contact_closed"):
    """A contact is over, its wrap-up too."""

    contact: ContactRecord


class BoardDone(BoardFrame, tag="done"):
    """What was asked for was done, or was so already."""

    request_id: str


class BoardRefused(BoardFrame, tag="refused"):
    """What was asked for was not done. `code` is stable, `detail` says what to do instead."""

    code: str
    detail: str
    request_id: str = ""


AnyBoardFrame = BoardHello | WholeBoard | BoardChanged | ContactDone | BoardDone | BoardRefused
