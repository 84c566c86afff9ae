"""Golden journals: recorded days as JSON lines. Read them, fold them, decide them again.

`python -m tests.engine.golden.replay FILE` does so and prints the digest of the state it came to.
"""

import sys
from hashlib import sha256
from pathlib import Path

import msgspec

from cti import engine
from cti.core.base import Moment
from cti.core.codec import decode
from cti.core.record import FIRST_HASH, StoredRecord, TurnRecord, chain_hash
from cti.core.state import State

FOLDER = Path(__file__).parent


def read(path: Path) -> list[StoredRecord]:
    """The records of a journal, each verified against the one before."""
    rows = [msgspec.json.decode(line, type=StoredRecord) for line in path.read_bytes().splitlines()]
    before = FIRST_HASH
    for row in rows:
        assert row.previous_hash == before, f"record {row.seq} does not follow the one before"
        assert chain_hash(row) == row.hash, f"record {row.seq} does not verify"
        before = row.hash
    return rows


def fold(rows: list[StoredRecord]) -> State:
    state = engine.new_state("main")
    for row in rows:
        engine.fold(state, decode(row))
    return state


def decide_again(rows: list[StoredRecord]) -> State:
    """The state that the rules of today come to. Fails at the first turn that comes out otherwise than recorded."""
    state = engine.new_state("main")
    for row in rows:
        record = decode(row)
        outcome = engine.advance(state, record.input, Moment(record.seq, record.at))
        assert (outcome.events, outcome.commands) == (record.events, record.commands), explain(record, outcome)
    return state


def explain(record: TurnRecord, outcome: engine.Outcome) -> str:
    recorded, decided = (*record.events, *record.commands), (*outcome.events, *outcome.commands)
    pairs = zip((*recorded, None), (*decided, None), strict=False)
    was, is_now = next((was, is_now) for was, is_now in pairs if was != is_now)
    return (
        f"record {record.seq}, a {type(record.input).__name__}, is decided otherwise:\n  {was}\nis now\n  {is_now}\n"
        "If that is meant, raise engine.LOGIC once it was released, and run python -m tests.engine.golden.make"
    )


def digest(state: State) -> str:
    return sha256(engine.capture(state)).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(digest(decide_again(read(Path(sys.argv[1])))))
