"""Which leads a campaign may be given: its lists, in which order, and how they are mixed."""

from enum import StrEnum

from cti.core.base import Record


class LeadOrder(StrEnum):
    """In which order those are called who were never called. PRIORITY: highest first, then first come; NEWEST: highest
    first, then last come; SHUFFLED: no order that anybody could see."""

    PRIORITY = "PRIORITY"
    NEWEST = "NEWEST"
    SHUFFLED = "SHUFFLED"


NOWHERE = "-"
"""The segment of a lead that is in none of a campaign's: it is not called."""


class Segment(Record):
    """The leads of which `when` (CEL over a lead's fields) holds, and no earlier segment's. Out of every so many calls
    that all shares add up to, `share` are for them; once `quota` of them came to a success, no more (0: no end)
    but calls that were promised."""

    segment_id: str
    when: str
    share: int = 1
    quota: int = 0


class ClaimSpec(Record):
    """What a campaign calls. Without segments all leads are alike; with some, leads in none are not called. Whoever
    was called `attempts_max` times is not any more (0: no end)."""

    lists: tuple[str, ...] = ()
    order: LeadOrder = LeadOrder.PRIORITY
    segments: tuple[Segment, ...] = ()
    attempts_max: int = 0
