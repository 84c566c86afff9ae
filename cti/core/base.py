"""The two shapes every message and record has: frozen, keyword-only, cheap to copy and to encode."""

from typing import Any, ClassVar, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class FrozenMeta(msgspec.StructMeta):
    """Makes every subclass frozen and keyword-only, which msgspec itself does not hand down."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> type:
        options.setdefault("frozen", True)
        options.setdefault("kw_only", True)
        return super().__new__(mcs, name, bases, namespace, **options)


class Record(msgspec.Struct, metaclass=FrozenMeta, omit_defaults=True):
    """A row of state. Never changed in place: `changed(row, field=value)` makes the next one."""


class Message(msgspec.Struct, metaclass=FrozenMeta, omit_defaults=True, tag_field="type", tag=True):
    """An event or a command. `personal` names the fields that hold a person's data: the codec keeps their
    values in a column of its own, so that they can be emptied while the chain of hashes still verifies.
    Such a field has a default, which is what a reader sees once the column is empty."""

    personal: ClassVar[tuple[str, ...]] = ()


class Moment(msgspec.Struct, frozen=True):
    """When a turn happens: `seq` counts the site's records from 1, `at` is milliseconds since 1970, UTC."""

    seq: int
    at: int


changed = msgspec.structs.replace
