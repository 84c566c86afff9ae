"""Somebody else's JSON as customers."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cti.core.events import Customer
from cti.directory.errors import DirectoryUnavailable
from cti.directory.lookups import CUSTOMERS_MAX

TEXT_CHARACTERS_MAX = 200


def customers_in(body: bytes, path: str, fields: Mapping[str, str]) -> tuple[Customer, ...]:
    """The customers at `path` in the body: a list, one object, or nothing. `fields` says under which name each of ours
    stands. Paths have their names separated by points; the empty path is the whole. Raises `DirectoryUnavailable`."""
    try:
        return _customers(msgspec.json.decode(body), path, fields)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        # `ValueError` is also what a number of thousands of digits raises.
        raise DirectoryUnavailable("the service's answer is not JSON that can be read") from error


def _customers(document: Any, path: str, fields: Mapping[str, str]) -> tuple[Customer, ...]:
    found = _at(document, path)
    if isinstance(found, dict):
        found = [found] if found else []
    if found is not None and not isinstance(found, list):
        raise DirectoryUnavailable(f"the service's answer has no customers at {path!r}")
    return tuple(_customer(each, fields) for each in (found or [])[:CUSTOMERS_MAX])


def _customer(found: Any, fields: Mapping[str, str]) -> Customer:
    customer = Customer(**{name: _text(_at(found, path)) for name, path in fields.items()})
    if not customer.customer_id:
        raise DirectoryUnavailable(f"the service's answer has a customer without {fields['customer_id']!r}")
    return customer


def _at(document: Any, path: str) -> Any:
    for name in path.split(".") if path else ():
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _text(value: Any) -> str:
    """One line to show to a person; nothing for what is neither text nor a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    line = " ".join(str(value).split())
    return "".join(character for character in line if character.isprintable())[:TEXT_CHARACTERS_MAX]
