"""How often the carrier takes people for machines: counted by what agents heard of the same calls.

An agent hears a call that the carrier takes for a machine's where the finding comes beside the conversation, or where
machines are given to agents. Only the word of somebody who listened counts. That a lead answers later, or calls back,
says nothing: who finds a missed call on a machine does so, too.
"""

from enum import StrEnum

from cti.core.base import Record


class Heard(StrEnum):
    """What an agent heard, if anybody listened and said."""

    NOTHING = ""
    PERSON = "person"
    MACHINE = "machine"


DAYS_KEPT = 400
"""So many days are remembered: a year, and a month to report it."""


class DetectionDay(Record):
    """On a `day` (counted from 1970-01-01) so many calls were taken for `machines`; of those agents `heard` some, and
    some of these were `people`. `missed` are machines that agents met and the carrier did not tell."""

    day: int
    machines: int = 0
    heard: int = 0
    people: int = 0
    missed: int = 0


def judged(days: tuple[DetectionDay, ...], day: int, *, machine: bool, heard: Heard) -> tuple[DetectionDay, ...]:
    """With one call more that the carrier took for a machine, or that an agent did. Days never go back."""
    day = max(day, days[-1].day) if days else day
    last = days[-1] if days and days[-1].day == day else DetectionDay(day=day)
    kept = tuple(each for each in days if day - DAYS_KEPT < each.day < day)
    told = DetectionDay(
        day=day,
        machines=last.machines + machine,
        heard=last.heard + (machine and heard is not Heard.NOTHING),
        people=last.people + (machine and heard is Heard.PERSON),
        missed=last.missed + (not machine and heard is Heard.MACHINE),
    )
    return (*kept, told)
