"""From the journal to a state: the newest snapshot that fits, then every record after it, verified link by link."""

import contextlib
from collections.abc import AsyncIterator, Callable

import msgspec

from cti import engine
from cti.core.codec import decode
from cti.core.errors import JournalDamaged
from cti.core.ports import Journal
from cti.core.record import FIRST_HASH, OutboxRow, StoredRecord, chain_hash
from cti.core.state import State
from cti.runtime.decider import Seen
from cti.runtime.outbox import Entry, Status
from cti.runtime.snapshots import Snapshots

REPLIES_READ_MAX = 5_000
"""How many stored answers a start reads. What is older is looked up when it matters: see `Gate.post`."""
KEYS_READ_MAX = 10_000
"""How many records before the snapshot are asked for their keys: who repeats a request does it soon."""


class Recovered(msgspec.Struct):
    """What a new owner starts from. `folded` counts the records read after the snapshot."""

    state: State
    last_hash: str
    seen: Seen
    unfinished: list[Entry]
    folded: int
    snapshot_seq: int


async def recover(
    site: str, journal: Journal, snapshots: Snapshots | None, progress: Callable[[int], None] | None = None
) -> Recovered:
    """Fold the journal. Raises `JournalDamaged` at the first record that does not verify."""
    state, last_hash = await _beginning(site, journal, snapshots)
    began_at = state.last.seq
    seen = Seen()
    seen.complete = began_at <= KEYS_READ_MAX
    for reply in await journal.recent_replies(REPLIES_READ_MAX):
        seen.add(reply.key, reply.token, reply.seq)
    async for row in journal.read(began_at - KEYS_READ_MAX, began_at):  # most inputs have no reply
        seen.add(row.source_key, "", row.seq)
    async for row in _folded(state, last_hash, journal):
        seen.add(row.source_key, "", row.seq)
        last_hash = row.hash
        if progress and row.seq % 1_000 == 0:
            progress(row.seq)
    unfinished = [await _entry(journal, row) for row in await journal.open_commands()]
    return Recovered(state, last_hash, seen, unfinished, state.last.seq - began_at, began_at)


async def standing(site: str, journal: Journal, snapshots: Snapshots | None) -> State:
    """The state as the journal has it, for who only looks. Raises `JournalDamaged` like `recover`."""
    state, last_hash = await _beginning(site, journal, snapshots)
    async for _ in _folded(state, last_hash, journal):
        pass
    return state


async def _beginning(site: str, journal: Journal, snapshots: Snapshots | None) -> tuple[State, str]:
    """What folding begins with, and the hash of its last record."""
    fitting = await _fitting_snapshot(site, journal, snapshots) if snapshots else None
    return fitting or (engine.new_state(site), FIRST_HASH)


async def _folded(state: State, last_hash: str, journal: Journal) -> AsyncIterator[StoredRecord]:
    """Every record after the state's last one, once it is verified and folded."""
    async for row in journal.read(state.last.seq):
        if row.seq != state.last.seq + 1:
            raise JournalDamaged(f"record {state.last.seq + 1} of site {state.site} is missing")
        if row.previous_hash != last_hash or chain_hash(row) != row.hash:
            raise JournalDamaged(f"record {row.seq} of site {state.site} does not verify")
        engine.fold(state, decode(row))
        last_hash = row.hash
        yield row


async def _fitting_snapshot(site: str, journal: Journal, snapshots: Snapshots) -> tuple[State, str] | None:
    """The newest snapshot that this version can read, and whose place in the journal has the hash it was taken at. Any
    other is passed over: the journal has everything."""
    for found in snapshots.newest_first():
        async for row in journal.read(found.seq - 1, found.seq):
            if row.hash == found.hash:
                with contextlib.suppress(JournalDamaged):
                    return engine.restore(site, found.content), found.hash
    return None


async def _entry(journal: Journal, row: OutboxRow) -> Entry:
    async for stored in journal.read(row.seq - 1, row.seq):
        command = decode(stored).commands[row.ordinal]
        return Entry(
            command_id=row.command_id, seq=row.seq, command=command, status=Status(row.status), sent_at=row.sent_at
        )
    raise JournalDamaged(f"command {row.command_id} has no record")
