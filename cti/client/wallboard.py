"""What a supervisor's client is told, as types, and the wallboard that it keeps from them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cti.client.events import Unknown, tag_of

FINISHED_MAX = 50


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting` are not on offer to anybody, `offered` are, or are being connected; `oldest_queued_at` (ms) is since
    when the first of both waits. `agents` counts the members by state."""

    queue_id: str
    name: str = ""
    waiting: int = 0
    offered: int = 0
    connected: int = 0
    oldest_queued_at: int = 0
    agents: dict[str, int] = {}


class AgentRow(msgspec.Struct, frozen=True, kw_only=True):
    """`since` is when state or reason last changed (ms)."""

    agent_id: str
    name: str = ""
    state: str = ""
    reason: str = ""
    suspected: bool = False
    since: int = 0
    contact_ids: tuple[str, ...] = ()


class BoardParty(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked into a conversation; without an `agent_id` an outside number. `state` is ASKED, RINGING or
    HERE."""

    party_id: str
    agent_id: str = ""
    state: str = ""
    on_hold: bool = False


class BoardSupervision(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor whose phone rings for a conversation, or who hears it. `mode` is MONITOR, WHISPER or BARGE."""

    supervisor_id: str
    mode: str = ""


class ContactRow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that is not over. `state` is SCHEDULED, IN_FLOW, QUEUED, CONNECTING, CONNECTED, FORWARDED or ENDED.
    Who talks, and whether that is recorded, is there while CONNECTED; `on_hold` is the customer."""

    contact_id: str
    direction: str = ""
    state: str = ""
    to_number: str = ""
    arrived_at: int = 0
    since: int = 0
    step_id: str = ""
    queue_id: str = ""
    queued_at: int = 0
    agent_id: str = ""
    on_hold: bool = False
    recording: str = "OFF"
    parties: tuple[BoardParty, ...] = ()
    supervisions: tuple[BoardSupervision, ...] = ()


class ContactRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a contact went. Times are ms since 1970, 0 for what did not happen; spans are ms."""

    contact_id: str
    direction: str = ""
    outcome: str = ""
    cause: str = ""
    arrived_at: int = 0
    queued_at: int = 0
    connected_at: int = 0
    ended_at: int = 0
    closed_at: int = 0
    waited_ms: int = 0
    talk_ms: int = 0
    wrap_up_ms: int = 0
    total_ms: int = 0
    flow_id: str = ""
    last_step: str = ""
    queue_id: str = ""
    queue_refused: str = ""
    agent_ids: tuple[str, ...] = ()
    offers: int = 0
    offers_missed: int = 0
    offers_declined: int = 0
    disposition: str = ""


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that are new or have changed, and the ids of those that are gone."""

    queues: tuple[QueueRow, ...] = ()
    agents: tuple[AgentRow, ...] = ()
    contacts: tuple[ContactRow, ...] = ()
    queues_gone: tuple[str, ...] = ()
    agents_gone: tuple[str, ...] = ()
    contacts_gone: tuple[str, ...] = ()


class Dials(msgspec.Struct, frozen=True, kw_only=True):
    """Legs that wait until the carrier's rate has room for them: how many, since when the first was asked for (ms), and
    how long the last will wait. `stopped`: the site rang more outside numbers than it may, and rings none until a
    supervisor resumes."""

    waiting: int = 0
    oldest_asked_at: int = 0
    wait_ms: int = 0
    stopped: bool = False


class BoardEvent(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=tag_of):
    """`seq` is the newest turn of the server that it takes into account."""

    seq: int = 0


class BoardHello(BoardEvent, frozen=True, kw_only=True, tag="hello"):
    """The first word of every connection."""

    supervisor_id: str
    site: str
    version: str


class WholeBoard(BoardEvent, frozen=True, kw_only=True, tag="wallboard"):
    """The board as a whole."""

    rows: Rows
    finished: tuple[ContactRecord, ...] = ()
    outcomes: dict[str, int] = {}
    dials: Dials = Dials()


class BoardChanged(BoardEvent, frozen=True, kw_only=True, tag="wallboard_changed"):
    """What is different from what was said before."""

    rows: Rows
    outcomes: dict[str, int] = {}
    dials: Dials = Dials()


class ContactClosed(BoardEvent, frozen=True, kw_only=True):
    """A contact is over, its wrap-up too."""

    contact: ContactRecord


class BoardDone(BoardEvent, frozen=True, kw_only=True, tag="done"):
    """A request was done."""

    request_id: str


class BoardRefused(BoardEvent, frozen=True, kw_only=True, tag="refused"):
    """A request was not done."""

    code: str
    detail: str
    request_id: str = ""


AnyBoardEvent = BoardHello | WholeBoard | BoardChanged | ContactClosed | BoardDone | BoardRefused

_decoder = msgspec.json.Decoder(AnyBoardEvent)


def decode(frame: bytes) -> AnyBoardEvent | Unknown:
    """Raises `msgspec.DecodeError` for what is not JSON at all."""
    try:
        event: AnyBoardEvent = _decoder.decode(frame)
        return event
    except msgspec.ValidationError:
        data: dict[str, Any] = msgspec.json.decode(frame, type=dict[str, Any])
        return Unknown(type=str(data.get("type", "")), seq=0, index=0, data=data)


class Wallboard:
    """Rows by id, the newest finished contacts (oldest first), how many ended how since the server started, and the
    legs that wait for the carrier's rate."""

    def __init__(self) -> None:
        self.queues: dict[str, QueueRow] = {}
        self.agents: dict[str, AgentRow] = {}
        self.contacts: dict[str, ContactRow] = {}
        self.finished: list[ContactRecord] = []
        self.outcomes: dict[str, int] = {}
        self.dials = Dials()

    def apply(self, event: AnyBoardEvent | Unknown) -> None:
        """Bring it up to date."""
        if isinstance(event, WholeBoard):
            self.queues, self.agents, self.contacts = {}, {}, {}
            self.finished = list(event.finished)
        if isinstance(event, WholeBoard | BoardChanged):
            self._take(event.rows)
            self.outcomes = dict(event.outcomes)
            self.dials = event.dials
        elif isinstance(event, ContactClosed):
            self.finished = [*self.finished, event.contact][-FINISHED_MAX:]

    def _take(self, rows: Rows) -> None:
        self.queues.update({row.queue_id: row for row in rows.queues})
        self.agents.update({row.agent_id: row for row in rows.agents})
        self.contacts.update({row.contact_id: row for row in rows.contacts})
        _forget(self.queues, rows.queues_gone)
        _forget(self.agents, rows.agents_gone)
        _forget(self.contacts, rows.contacts_gone)


def _forget(rows: dict[str, Any], gone: Sequence[str]) -> None:
    for row_id in gone:
        rows.pop(row_id, None)
