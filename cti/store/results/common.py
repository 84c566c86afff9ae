"""What is the same wherever results are written and read."""

from cti.core.base import Record
from cti.store.leads.common import PLACE_BITS

OPEN, WAITING, SENT, ASIDE = "OPEN", "WAITING", "SENT", "ASIDE"
"""The call is still going on; it is to be sent; the receiver has it; the receiver refused it."""


class Told(Record):
    """What the journal says of a result beside the call itself: how often the lead was called, what follows, and when
    (ms); `rule` says why it is never called."""

    last_at: int = 0
    attempts: int = 0
    outcome: str = ""
    status: str = ""
    next_at: int = 0
    callback_for: str = ""
    disposition: str = ""
    amount: int = 0
    currency: str = ""
    success: bool = False
    rule: str = ""


def seq_of(position: int) -> int:
    """The record that a result came with."""
    return position >> PLACE_BITS


MICROS = 1_000_000


def decimal(micros: int) -> str:
    """Millionths as people write amounts: `19.90`, and more places only where there are any."""
    whole, rest = divmod(abs(micros), MICROS)
    places = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{places}"
