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
    """The personal values of a record; the salt keeps a digest from being guessed. `values` has, for every message that
    holds any, its place in the record (the input is 0) and the values by name. A record without any has none of this.
    `v` 1 had bare values in the order of the fields, which is why no field could become personal later."""

    salt: str
    values: list[Any]
    v: int = 1


Values = list[tuple[int, dict[str, Any]]]

_PERSONAL_1 = {
    "CallArrived": ("from_number", "caller_name"),
    "PlanRequested": ("digits",),
    "LegRefused": ("detail",),
    "CommandFailed": ("detail",),
    "ContactStarted": ("from_number",),
    "AttributeSet": ("value",),
    "OfferMade": ("from_number",),
    "DispositionRecorded": ("note",),
    "CustomersFound": ("matches",),
    "ScreenPopped": ("pop",),
    "ScreenPopUpdated": ("pop",),
    "CallbackScheduled": ("number",),
    "DispositionGiven": ("note",),
    "DialRequested": ("number",),
    "LeadsClaimed": ("leads",),
    "Originate": ("endpoint",),
    "LookUpCustomer": ("number",),
}
"""Which fields version 1 put aside."""

_json = msgspec.json.Encoder(order="deterministic")
_body = msgspec.json.Decoder(Body)
_personal = msgspec.json.Decoder(Personal)
_version = msgspec.json.Decoder(_Version)


def encode(record: TurnRecord, previous_hash: str, salt: str) -> StoredRecord:
    """The record as columns, chained to the one before. `salt` is random and comes from the shell."""
    values: Values = []
    first_command = 1 + len(record.events)
    body = Body(
        VOCABULARY,
        _without_personal(record.input, 0, values),
        tuple([_without_personal(event, place, values) for place, event in enumerate(record.events, 1)]),
        tuple([_without_personal(each, place, values) for place, each in enumerate(record.commands, first_command)]),
    )
    personal = _json.encode(Personal(salt, values, 2)).decode() if values else None
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
            body = _with_personal(body, _personal.decode(row.personal))
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


def _without_personal(message: Any, place: int, values: Values) -> Any:
    names = message.personal
    if not names:
        return message
    held = {name: value for name in names if (value := getattr(message, name))}
    if not held:
        return message
    values.append((place, held))
    return msgspec.structs.replace(message, **_defaults(type(message)))


def _with_personal(body: Body, personal: Personal) -> Body:
    messages: list[Any] = [body.input, *body.events, *body.commands]
    values = _values_1(messages, personal.values) if personal.v == 1 else personal.values
    for place, fields in values:
        message = messages[place]
        types = _field_types(type(message))
        converted = {name: msgspec.convert(value, types[name]) for name, value in fields.items()}
        messages[place] = msgspec.structs.replace(message, **converted)
    first_command = 1 + len(body.events)
    return Body(body.v, messages[0], tuple(messages[1:first_command]), tuple(messages[first_command:]))


def _values_1(messages: list[Any], rows: list[Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What version 1 wrote, as later versions do."""
    rest = iter(rows)
    for place, message in enumerate(messages):
        names = _PERSONAL_1.get(type(message).__name__)
        if names:
            yield place, dict(zip(names, next(rest, ()), strict=True))
    if next(rest, None) is not None:
        raise ValueError("more personal values than fields for them")


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
