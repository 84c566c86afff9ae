"""What the store answers about our own lists repeats what was asked, all of it: the question itself is forgotten."""

from typing import Any

from cti.core.commands import FindSuppression
from cti.core.events import SuppressionFound

REPEATED = (
    *("scope", "value", "campaign_id", "seller", "entry_id"),
    *("reason", "by", "request_id", "asked_seq", "origin"),
)


def found_for(command: FindSuppression, **told: Any) -> SuppressionFound:
    """The answer to this question; `told` are the fields that the question does not have."""
    return SuppressionFound(**{name: getattr(command, name) for name in REPEATED}, **told)
