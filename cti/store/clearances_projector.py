"""From the journal to the proof of each verdict, chained, and to the rules by which it was given."""

import os
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection, select

from cti.core.calling import CallingConfig, rules_version
from cti.core.events import ConfigApplied, DialCleared, DialRefused
from cti.core.record import TurnRecord
from cti.core.times import ZoneTable
from cti.store.clearance_chain import FIRST_HASH, ClearanceRow, chained, digest_of
from cti.store.clearance_names import entries_of, unnamed
from cti.store.errors import StoreError
from cti.store.projection import Columns, Projection
from cti.store.store import Store
from cti.store.tables import clearance_numbers, clearances, rulebooks


class RulebookContent(msgspec.Struct, frozen=True):
    """The rules by which verdicts were given, whole: nobody needs the journal to judge again."""

    calling: CallingConfig
    zones: dict[str, ZoneTable]


def _salt() -> str:
    return os.urandom(16).hex()


class ClearancesProjector(Projection):
    """One row for each verdict of the calling rules, in the order in which they were given."""

    name = "clearances"
    tables = (clearances, clearance_numbers, rulebooks)

    def __init__(self, store: Store, site: str, salt: Callable[[], str] = _salt) -> None:
        super().__init__(store, site)
        self._new_salt = salt

    async def reset(self) -> None:
        """Raises `StoreError`: with other salts it would be another chain, which proves nothing."""
        raise StoreError("the clearances are a proof, and cannot be made anew")

    def take(self, connection: Connection, news: Sequence[TurnRecord]) -> None:
        """Each follows the one before."""
        told = [(record, event) for record in news for event in record.events]
        applied = [(record.seq, record.input) for record in news]
        self.put(connection, rulebooks, [_book(seq, each) for seq, each in applied if isinstance(each, ConfigApplied)])
        verdicts = [
            (record, event)
            for record, event in told
            if isinstance(event, DialCleared | DialRefused) and event.clearance is not None
        ]
        if not verdicts:
            return
        position, last_hash = self._head(connection)
        rows: list[Columns] = []
        numbers: list[Columns] = []
        for record, event in verdicts:
            position += 1
            salt = self._new_salt()
            row = chained(_row(position, record, event, salt), last_hash)
            last_hash = row.hash
            rows.append(msgspec.structs.asdict(row))
            numbers.append(
                {
                    "position": position,
                    "at": record.at,
                    "number": event.number,
                    "salt": salt,
                    "entries": " ".join(entries_of(event.clearance)) if event.clearance else "",
                }
            )
        self.put(connection, clearances, rows)
        self.put(connection, clearance_numbers, numbers)

    def _head(self, connection: Connection) -> tuple[int, str]:
        columns = clearances.c
        last = select(columns.position, columns.hash).where(columns.site == self._site)
        found = connection.execute(last.order_by(columns.position.desc()).limit(1)).first()
        return (found[0], found[1]) if found else (0, FIRST_HASH)


def _row(position: int, record: TurnRecord, event: DialCleared | DialRefused, salt: str) -> ClearanceRow:
    proof = event.clearance
    assert proof is not None
    said = unnamed(proof, salt)
    return ClearanceRow(
        position=position,
        seq=record.seq,
        dial_id=event.dial_id,
        at=record.at,
        rules_version=proof.rules_version,
        facts=msgspec.json.encode(said.facts).decode(),
        blocks=msgspec.json.encode(said.blocks).decode(),
        number_digest=digest_of(event.number, salt),
    )


def _book(seq: int, applied: ConfigApplied) -> Columns:
    config = applied.config
    content = RulebookContent(config.calling, config.zones)
    return {
        "rules_version": rules_version(config.calling, config.zones),
        "seq": seq,
        "content": msgspec.json.encode(content).decode(),
    }
