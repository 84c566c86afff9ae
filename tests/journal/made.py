"""Batches as the driver would make them: records chained by the real codec, with their answers and commands."""

from collections.abc import Iterable

from cti.core.codec import encode
from cti.core.commands import CheckLeg, LookUpCustomer
from cti.core.events import CallArrived, LegStarted
from cti.core.ids import command_id
from cti.core.ports import Tail
from cti.core.record import ARRIVAL, FIRST_HASH, Batch, OutboxRow, OutboxState, StoredRecord, StoredReply, TurnRecord
from cti.core.states import PartyRole

SITE = "main"
START_AT = 1_700_000_000_000
BEFORE_FIRST = Tail(0, FIRST_HASH, 0)


def number_of(seq: int) -> str:
    """The personal value in a record."""
    return f"+1555{seq:07}"


def record(after: Tail, *, epoch: int = 1, site: str = SITE) -> StoredRecord:
    """The next record: a call arrives, a leg starts, the caller is to be looked up. One millisecond a record."""
    seq = after.seq + 1
    leg = f"{site}-l{seq}"
    turn = TurnRecord(
        site=site,
        epoch=epoch,
        seq=seq,
        at=START_AT + seq,
        actor="carrier",
        source_key=f"{ARRIVAL}CA{seq:032}",
        logic="1",
        config_hash="c" * 64,
        input=CallArrived(
            provider="twilio", provider_ref=f"CA{seq:032}", to_number="+15550000000", from_number=number_of(seq)
        ),
        events=(LegStarted(leg_id=leg, role=PartyRole.CUSTOMER, endpoint_kind="number", provider_ref=f"CA{seq:032}"),),
        commands=(
            LookUpCustomer(contact_id=f"{site}-c{seq}", number=number_of(seq)),
            CheckLeg(leg_id=leg, provider_ref="CA"),
        ),
    )
    return encode(turn, after.hash, f"salt{seq}")


def chain(after: Tail, count: int, *, epoch: int = 1, site: str = SITE) -> list[StoredRecord]:
    rows: list[StoredRecord] = []
    for _ in range(count):
        rows.append(record(end_of(rows, after), epoch=epoch, site=site))
    return rows


def end_of(rows: list[StoredRecord], before: Tail = BEFORE_FIRST) -> Tail:
    return Tail(rows[-1].seq, rows[-1].hash, rows[-1].at) if rows else before


def reply(row: StoredRecord, *, token: str = "") -> StoredReply:
    return StoredReply(
        key=row.source_key, seq=row.seq, at=row.at, content=f"<Response>{row.seq}</Response>", token=token
    )


def command(row: StoredRecord, ordinal: int = 0, *, status: str = "intent") -> OutboxRow:
    return OutboxRow(
        command_id=command_id(row.seq, ordinal),
        seq=row.seq,
        ordinal=ordinal,
        effect="QUERY",
        status=status,
        at=row.at,
        epoch=row.epoch,
    )


def change(row: OutboxRow, status: str, *, at: int = START_AT, detail: str = "") -> OutboxState:
    return OutboxState(command_id=row.command_id, seq=row.seq, status=status, at=at, detail=detail)


def batch(rows: Iterable[StoredRecord], *, epoch: int = 1) -> Batch:
    """Records, with an answer (and its token) and two commands for each."""
    rows = tuple(rows)
    return Batch(
        epoch=epoch,
        records=rows,
        replies=tuple(reply(row, token=f"token-{row.seq}") for row in rows),
        outbox=tuple(command(row, ordinal) for row in rows for ordinal in (0, 1)),
    )
