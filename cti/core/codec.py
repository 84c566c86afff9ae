"""Records to columns and back. Personal values go to a column of their own; old bodies go through upcasters.

The body carries the version of the vocabulary it was written in. A change that new code cannot read with default
values adds an upcaster: a pure function from the body of one version, as plain dictionaries, to the next.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from cti.core.base import Message
from cti.core.commands import AnyCommand
from cti.core.errors import JournalDamaged
from cti.core.events import AnyEvent
from cti.core.record import StoredRecord, TurnRecord, chain_hash, digest_of

VOCABULARY = 1

UPCASTERS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From version n to n + 1."""


class Body(msgspec.Struct, frozen=True):
    v: int
    input: AnyEvent
    events: tuple[AnyEvent, ...] = ()
    commands: tuple[AnyCommand, ...] = ()


class _Version(msgspec.Struct):
    v: int


class Personal(msgspec.Struct, frozen=True):
    """The personal values of a record, message by message, field by field; the salt keeps a digest from being guessed.
    A record in which all of them are empty has none."""

    salt: str
    values: list[list[Any]]


_json = msgspec.json.Encoder(order="deterministic")
_body = msgspec.json.Decoder(Body)
_personal = msgspec.json.Decoder(Personal)
_version = msgspec.json.Decoder(_Version)


def encode(record: TurnRecord, previous_hash: str, salt: str) -> StoredRecord:
    """The record as columns, chained to the one before. `salt` is random and comes from the shell."""
    values: list[list[Any]] = []
    body = Body(
        VOCABULARY,
        _without_personal(record.input, values),
        tuple([_without_personal(event, values) for event in record.events]),
        tuple([_without_personal(command, values) for command in record.commands]),
    )
    personal = _json.encode(Personal(salt, values)).decode() if any(map(any, values)) else None
    row = StoredRecord(
        site=record.site,
        epoch=record.epoch,
        seq=record.seq,
        at=record.at,
        actor=record.actor,
        source_key=record.source_key,
        logic=record.logic,
        config_hash=record.config_hash,
        body=_json.encode(body).decode(),
        personal=personal,
        personal_digest=digest_of(personal),
        previous_hash=previous_hash,
        hash="",
    )
    return msgspec.structs.replace(row, hash=chain_hash(row))


def decode(row: StoredRecord) -> TurnRecord:
    """The record as it was decided; emptied personal fields come back as their defaults. Raises `JournalDamaged`."""
    try:
        body = _decode_body(row.body)
        if row.personal is not None:
            body = _with_personal(body, _personal.decode(row.personal).values)
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError) as error:
        raise JournalDamaged(f"record {row.seq} of site {row.site} cannot be read: {error}") from error
    return TurnRecord(
        site=row.site,
        epoch=row.epoch,
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        source_key=row.source_key,
        logic=row.logic,
        config_hash=row.config_hash,
        input=body.input,
        events=body.events,
        commands=body.commands,
    )


def _decode_body(text: str) -> Body:
    unreadable: msgspec.ValidationError | None = None
    try:
        body = _body.decode(text)
        if body.v == VOCABULARY:
            return body
    except msgspec.ValidationError as error:
        unreadable = error
    version = _version.decode(text).v
    if version > VOCABULARY:
        raise ValueError(f"written by a newer vocabulary ({version}, this is {VOCABULARY})")
    if version == VOCABULARY and unreadable:
        raise unreadable
    plain = msgspec.json.decode(text)
    for step in range(version, VOCABULARY):
        if step not in UPCASTERS:
            raise ValueError(f"nothing reads version {step} of the vocabulary")
        plain = UPCASTERS[step](plain)
    plain["v"] = VOCABULARY
    return msgspec.convert(plain, Body)


def _without_personal(message: Any, values: list[list[Any]]) -> Any:
    names = message.personal
    if not names:
        return message
    values.append([getattr(message, name) for name in names])
    return msgspec.structs.replace(message, **_defaults(type(message)))


def _with_personal(body: Body, values: list[list[Any]]) -> Body:
    rest = iter(values)
    restored = Body(
        body.v,
        _restored(body.input, rest),
        tuple([_restored(event, rest) for event in body.events]),
        tuple([_restored(command, rest) for command in body.commands]),
    )
    if next(rest, None) is not None:
        raise ValueError("more personal values than fields for them")
    return restored


def _restored(message: Any, rest: Iterator[list[Any]]) -> Any:
    names = message.personal
    if not names:
        return message
    fields = dict(zip(names, next(rest, ()), strict=True))
    types = _field_types(type(message))
    return msgspec.structs.replace(message, **{name: msgspec.convert(fields[name], types[name]) for name in names})


_default_values: dict[type[Message], dict[str, Any]] = {}
_types: dict[type[Message], dict[str, Any]] = {}


def _defaults(kind: type[Message]) -> dict[str, Any]:
    """What personal fields hold once their values are out."""
    known = _default_values.get(kind)
    if known is None:
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        known = _default_values[kind] = {name: fields[name].default for name in kind.personal}
    return known


def _field_types(kind: type[Message]) -> dict[str, Any]:
    known = _types.get(kind)
    if known is None:
        known = _types[kind] = {field.name: field.type for field in msgspec.structs.fields(kind)}
    return known
