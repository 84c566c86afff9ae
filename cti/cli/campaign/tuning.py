"""What is said to `cti campaign tune`, as the server is told it."""

from collections.abc import Mapping, Sequence
from typing import Any

from cti.core.errors import CtiError
from cti.core.tuning import KEYS

HOW = "write KEY=VALUE, such as aim=2"


def values_of(settings: Sequence[str]) -> dict[str, Any]:
    """`KEY=VALUE`, each key once. Raises `CtiError` otherwise."""
    values: dict[str, str] = {}
    for setting in settings:
        key, equals, value = (part.strip() for part in setting.partition("="))
        if not equals or not value:
            remedy = f"write {setting}=VALUE, or --reset to have it as in the file" if setting in KEYS else HOW
            raise CtiError(f"{setting!r} says no value: {remedy}.")
        if key in values:
            raise CtiError(f"{key} is there twice: keep one of them.")
        values[key] = value
    return {"values": values}


def back_of(keys: Sequence[str], tuned: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """These keys are to be as in the file; without any, all that are `tuned`. Raises `CtiError` for a value."""
    for key in keys:
        if "=" in key:
            raise CtiError(f"{key!r} has a value, and --reset takes the file's: write {key.partition('=')[0]} alone.")
    return {"back": list(keys) or [each["key"] for each in tuned]}
