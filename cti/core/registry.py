"""Which version of a registry, such as a national do-not-call list, is looked into."""

from cti.core.base import Record

SHRINK_PERCENT_MAX = 1


class HeldVersion(Record):
    """A version that waits for a second operator's word. `by` is who brought it."""

    version: str
    count: int
    as_of: int
    by: str
    reason: str
    added: int = 0
    removed: int = 0


class RegistryInForce(Record):
    """`version` names what is in it, `as_of` (ms) is of when it is; none yet where the version is empty. Switched in
    record `seq`."""

    registry_id: str
    version: str = ""
    as_of: int = 0
    count: int = 0
    seq: int = 0
    held: HeldVersion | None = None


def shrinks(before: int, after: int) -> bool:
    """By more than may go unasked."""
    return (before - after) * 100 > before * SHRINK_PERCENT_MAX
