"""One input, one turn, one record: decoded (`TurnRecord`) and as it is stored (`StoredRecord`)."""

from hashlib import sha256

import msgspec

from cti.core.commands import AnyCommand
from cti.core.events import AnyEvent, PlanRequested
from cti.core.states import LeaveResult

FIRST_HASH = "0" * 64

ARRIVAL = "voice:"
"""What the key of a call's arrival begins with. The journal finds these for ever: a call must not come twice."""


def request_key(asked: PlanRequested) -> str:
    """The key of a leg that comes to a door. That it was moved away from a document is told at the same address as what
    became of it otherwise, but nobody waits to hear the answer: its key is another one. A leg that is led through its
    first documents again, after a request was lost, may come there once more, and then it does wait."""
    told = f":{asked.result}" if asked.result == LeaveResult.REDIRECTED else ""
    return f"{asked.door}:{asked.leg_id}:{asked.nonce}{told}"


class TurnRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What happened in one turn. `source_key` is what makes the input a repeat when it is seen again."""

    site: str
    epoch: int
    seq: int
    at: int
    actor: str
    source_key: str
    logic: str
    config_hash: str
    input: AnyEvent
    events: tuple[AnyEvent, ...]
    commands: tuple[AnyCommand, ...]


class StoredRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as columns. `body` is JSON without personal values; `personal` is JSON with them and a salt, or None
    once emptied; `personal_digest` (hex) stays, so that the chain of `hash` (hex SHA-256) goes on verifying."""

    site: str
    epoch: int
    seq: int
    at: int
    actor: str
    source_key: str
    logic: str
    config_hash: str
    body: str
    personal: str | None
    personal_digest: str
    previous_hash: str
    hash: str


def chain_hash(row: StoredRecord) -> str:
    """The hash of a record: over the hash of the one before and every column but `personal` itself."""
    head = (
        f"{row.previous_hash}|{row.site}|{row.epoch}|{row.seq}|{row.at}|{row.actor}|{row.source_key}"
        f"|{row.logic}|{row.config_hash}|{row.personal_digest}|"
    )
    return sha256(head.encode() + row.body.encode()).hexdigest()


def digest_of(personal: str | None) -> str:
    """The digest that stands for the personal column; empty when the record never had one."""
    return sha256(personal.encode()).hexdigest() if personal is not None else ""


class StoredReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer given to a request: the same bytes for its repeats. `token` is the carrier's idempotency token."""

    key: str
    seq: int
    at: int
    content: str
    token: str = ""


class OutboxState(msgspec.Struct, frozen=True, kw_only=True):
    """A command on its way: intent -> sent -> confirmed, in_doubt or void."""

    command_id: str
    seq: int
    status: str
    at: int
    detail: str = ""


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A command that is not finished: its record, its place, how far it came since when (ms), and under which epoch and
    when it was sent last (0: not yet)."""

    command_id: str
    seq: int
    ordinal: int
    effect: str
    status: str
    at: int
    epoch: int
    sent_at: int = 0


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit makes durable, all or nothing. `epoch` must be the current one, `records` follow the last."""

    epoch: int
    records: tuple[StoredRecord, ...] = ()
    replies: tuple[StoredReply, ...] = ()
    outbox: tuple[OutboxRow, ...] = ()
    outbox_changes: tuple[OutboxState, ...] = ()
