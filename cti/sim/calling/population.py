"""Who may be called: people with several numbers, households that share one, debts of which some are owed together."""

import msgspec

NEW_YORK, LOS_ANGELES, PHOENIX = "America/New_York", "America/Los_Angeles", "America/Phoenix"

ZONES = {
    "1212": NEW_YORK,
    "1718": NEW_YORK,
    "1213": LOS_ANGELES,
    "1415": LOS_ANGELES,
    "1602": PHOENIX,
}
"""By area code."""

STATES = {"1212": "US-NY", "1718": "US-NY", "1213": "US-CA", "1415": "US-CA", "1602": "US-AZ"}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody with a name in the callers' systems, and the numbers at which they are called."""

    person_id: str
    numbers: tuple[str, ...]
    household_id: str = ""
    debts: tuple[str, ...] = ()


PEOPLE = (
    Person(person_id="ada", numbers=("+12125550123", "+12125550124", "+12135550125"), household_id="h1"),
    Person(person_id="ben", numbers=("+17185550131", "+12125550124"), household_id="h1", debts=("d1",)),
    Person(person_id="cleo", numbers=("+12135550126", "+14155550132"), household_id="h2", debts=("d2", "d3")),
    Person(person_id="dan", numbers=("+14155550133",), debts=("d4",)),
    Person(person_id="eve", numbers=("+16025550127", "+16025550128"), debts=("d2",)),
    Person(person_id="fay", numbers=("+12125550129",)),
    Person(person_id="gus", numbers=("+17185550134", "+12125550135", "+12125550136"), debts=("d5",)),
    Person(person_id="hal", numbers=("+12135550137", "+12135550138", "+14155550139"), debts=("d5",)),
    Person(person_id="ida", numbers=("+16025550140",), household_id="h3"),
    Person(person_id="joe", numbers=("+12125550141", "+16025550142"), household_id="h3", debts=("d4",)),
)
"""One number is that of two people; some debts are owed by two."""

NUMBERS = tuple(sorted({number for person in PEOPLE for number in person.numbers}))
HOUSEHOLDS = ("h1", "h2", "h3")
DEBTORS = tuple(person for person in PEOPLE if person.debts)

CROWD_MAX = 600


def crowd(count: int) -> tuple[str, ...]:
    """Numbers of so many people of whom nothing more is known."""
    areas = sorted(ZONES)
    return tuple(f"+{areas[place % len(areas)]}556{place:04d}" for place in range(count))


def zone_of(number: str) -> str:
    """Where who has the number lives, unless somebody says otherwise."""
    return ZONES[number[1:5]]
