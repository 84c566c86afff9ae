"""Identifiers as the carrier makes them: two letters and 32 hexadecimal digits."""

import uuid


def new_sid(prefix: str) -> str:
    """A fresh identifier. Never seeded: a second run must not repeat the identifiers of the first."""
    return prefix + uuid.uuid4().hex
