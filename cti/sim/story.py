"""What happened to a contact, in words: what the server recorded, and what the carrier's ledger says."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from cti.core.events import AnyEvent, ContactStarted, LegStarted
from cti.core.record import TurnRecord
from cti.sim.checks.journal import JournalChecks
from cti.sim.ledger import Fact, Ledger
from cti.sim.nature import Nature

LINES_MAX = 400
NEXT_LINE = "\n" + 14 * " "


class Told(Protocol):
    """A world, as far as its story is told."""

    nature: Nature
    ledger: Ledger
    journal_checks: JournalChecks


def story(world: Told, about: str) -> list[str]:
    """Lines in the order of time. `about` is a contact, a leg, a line or an agent; empty for everything."""
    checks = world.journal_checks
    names = _names(about, checks.records)
    dated = list(zip(checks.became_durable_at, checks.records, strict=True))
    lines = [*_recorded(names, dated), *_noted(names, world.ledger.facts)]
    lines.sort(key=lambda line: line[0])
    began_at = world.nature.began_at
    return [f"{(at - began_at) / 1000:9.3f} s {text}" for at, text in lines[-LINES_MAX:]]


def _names(about: str, records: Sequence[TurnRecord]) -> set[str]:
    """The contact with everything that belongs to it: its legs, and what the carrier calls them."""
    names = {about} if about else set()
    grew = bool(names)
    while grew:
        before = len(names)
        for event in _events(records):
            owned = _owned(event)
            if owned and not names.isdisjoint(owned):
                names.update(owned)
        grew = len(names) > before
    return names


def _owned(event: AnyEvent) -> tuple[str, ...]:
    """Names of one thing, as far as an event ties them together."""
    if isinstance(event, ContactStarted):
        return (event.contact_id, event.leg_id)
    if isinstance(event, LegStarted):
        owned = (event.leg_id, event.contact_id, event.provider_ref)
        return tuple(name for name in owned if name)
    provider_ref, leg_id = getattr(event, "provider_ref", ""), getattr(event, "leg_id", "")
    return (leg_id, provider_ref) if provider_ref and leg_id else ()


def _events(records: Sequence[TurnRecord]) -> Iterator[AnyEvent]:
    for record in records:
        yield record.input
        yield from record.events


def _recorded(names: set[str], dated: Sequence[tuple[int, TurnRecord]]) -> Iterator[tuple[int, str]]:
    for at, record in dated:
        texts = [_words(message) for message in (record.input, *record.events) if _names_one(message, names)]
        texts += [f"asks for {_words(command)}" for command in record.commands if _names_one(command, names)]
        if texts:
            yield at, f"record {record.seq} ({record.actor}) " + NEXT_LINE.join(texts)


def _noted(names: set[str], facts: Sequence[Fact]) -> Iterator[tuple[int, str]]:
    for fact in facts:
        if not names or not names.isdisjoint((fact.ref, fact.label)):
            yield fact.at, f"carrier: {fact.ref} {fact.text}"


def _names_one(message: Any, names: set[str]) -> bool:
    fields = msgspec.structs.asdict(message)
    return not names or any(isinstance(value, str) and value in names for value in fields.values())


def _words(message: Any) -> str:
    """Short: what is not said is as usual."""
    fields = [
        f"{field.name}={getattr(message, field.name)}"
        for field in msgspec.structs.fields(message)
        if getattr(message, field.name) not in ("", 0, (), None, -1, False)
        if field.name not in ("config", "pop", "exclusions")
    ]
    return f"{type(message).__name__} {' '.join(fields)}"
