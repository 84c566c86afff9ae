"""Legs that are recorded, until the carrier has said of each recording what became of it."""

from cti.core.base import Record

CONVERSATION, VOICEMAIL = "conversation", "voicemail"
"""What a recording is of: people who talk, or a message for us."""

WATCH_MS = 90_000
"""How long nothing may be heard of a recording before it is looked at again."""

AGAIN_MS = 15_000
"""The same once its leg is over: then its end is the next thing to be heard."""


class RecordedLeg(Record):
    """A leg of which a recording was asked for. `open_ids` were begun, and nobody has said that they are complete;
    `ended_ids` are over. `unnamed`: one more was asked for, and has no name yet. `check_at` is when to look (ms), 0
    while all is accounted for. `asks` counts how often the carrier was asked, `checks` its answers, `refusals` how
    often it would not say; once the leg is over they are counted anew."""

    leg_id: str
    contact_id: str
    provider_ref: str
    open_ids: tuple[str, ...] = ()
    ended_ids: tuple[str, ...] = ()
    unnamed: bool = False
    check_at: int = 0
    checks: int = 0
    asks: int = 0
    refusals: int = 0


def is_settled(row: RecordedLeg) -> bool:
    """Nothing more is to be heard of its recordings."""
    return not row.open_ids and not row.unnamed
