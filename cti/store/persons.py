"""Who has a number, and by which others the same person is reached: from the customers, and from earlier calls."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select, union

from cti.core.base import changed
from cti.core.calling import Subject
from cti.store.projection import storable
from cti.store.tables import call_attempts, customer_numbers

CUSTOMERS_MAX = 50
"""A number of more customers, such as a switchboard's, says of none that it is theirs; the first count."""

NUMBERS_MAX = 200
"""More numbers than a person has; the first count."""

NOBODY = Subject()

# The statements are made once: making one takes longer than carrying it out.
_OURS: BindParameter[str] = bindparam("ours")
_C, _A = customer_numbers.c, call_attempts.c
HOLDERS = (
    select(_C.customer_id).where(_C.site == _OURS, _C.number == bindparam("number")).order_by(_C.customer_id)
).limit(CUSTOMERS_MAX)
NUMBERS = (
    select(_C.number)
    .where(_C.site == _OURS, _C.customer_id.in_(bindparam("customers", expanding=True)))
    .order_by(_C.customer_id, _C.number)  # by their position databases would walk over all numbers
).limit(NUMBERS_MAX)
CALLED = union(
    select(_A.number).where(_A.site == _OURS, _A.person_id == bindparam("person")),
    select(_A.number).where(_A.site == _OURS, _A.lead_id == bindparam("lead")),
)
CALLED_AS = select(_A.person_id).where(_A.site == _OURS, _A.number == bindparam("number"), _A.person_id != "")

KNOWN = select(_C.number).distinct().where(_C.site == _OURS, _C.number.in_(bindparam("numbers", expanding=True)))

NEVER = "\x1f"
"""What nobody is called."""


def subject_of(connection: Connection, site: str, number: str, subject: Subject | None) -> Subject | None:
    """The subject with all that is known of the person. Who is named is that customer, if there is one, and has the
    numbers at which they were called; else whoever has the number may be meant. None when nothing is known."""
    said = subject or NOBODY
    named = storable(said.person_id)
    numbers = _numbers(connection, site, [named]) if named else []
    holders: list[str] = []
    if not numbers:
        holders = list(connection.execute(HOLDERS, {"ours": site, "number": storable(number)}).scalars())
        numbers = _numbers(connection, site, holders) if holders else []
    if named or said.lead_id:
        wanted = {"ours": site, "person": named or NEVER, "lead": storable(said.lead_id) or NEVER}
        numbers += sorted(connection.execute(CALLED, wanted).scalars())
    others = _without(number, (*said.other_numbers, *numbers))
    known_as = tuple(dict.fromkeys((*said.known_as, *holders)))
    known = changed(said, other_numbers=others, known_as=known_as)
    return None if known == NOBODY else known


def names_of(connection: Connection, site: str, number: str) -> tuple[str, ...]:
    """Those whose number it is: the customers who have it, and the people for whom it was called."""
    asked = {"ours": site, "number": storable(number)}
    called_as = sorted(set(connection.execute(CALLED_AS, asked).scalars()))
    return tuple(dict.fromkeys((*connection.execute(HOLDERS, asked).scalars(), *called_as)))


def holders_of(connection: Connection, site: str, numbers: Collection[str]) -> dict[str, Subject]:
    """As `subject_of`, of a thousand numbers at most for which nobody is named; those of which nothing is known are
    left out."""
    wanted = {"ours": site, "numbers": [storable(number) for number in numbers]}
    known = sorted(connection.execute(KNOWN, wanted).scalars())
    found = {number: subject_of(connection, site, number, None) for number in known}
    return {number: subject for number, subject in found.items() if subject}


def _numbers(connection: Connection, site: str, customers: list[str]) -> list[str]:
    rows: Any = connection.execute(NUMBERS, {"ours": site, "customers": customers})
    return list(rows.scalars())


def _without(number: str, numbers: Iterable[str]) -> tuple[str, ...]:
    return tuple(other for other in dict.fromkeys(numbers) if other and other != number)[:NUMBERS_MAX]
