"""A row of a file to a lead, or to why it is none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cti.cli.leads.addresses import AddressReader, address_of
from cti.cli.leads.files.table import BadRow, Row
from cti.cli.leads.mapping import ATTRIBUTE, CONSENT, GIVEN, IGNORED, NO, NUMBERS, VERIFIED, YES, Columns
from cti.cli.leads.numbers import NumberReader
from cti.core.calling import Subject
from cti.core.events import Customer, LeadDetails, LeadNumber
from cti.core.numbering import Address
from cti.dialer.numbering.countries import COUNTRIES
from cti.dialer.numbering.normalise import Unusable
from cti.store.customer_csv.cells import BadCell, one_line
from cti.store.leads.common import PRIORITY_MAX
from cti.store.leads.staging import Reject, StagedLead

NONE = "none"
NAME_CHARACTERS_MAX = 200
YEAR_MIN = 1969


class LeadReader:
    """`left_out` counts numbers of leads that have another one, and that could not be used."""

    def __init__(self, columns: Columns, numbers: NumberReader) -> None:
        self._numbers = numbers
        self._addresses = AddressReader(numbers.numbering)
        places = list(enumerate(columns.columns))
        self._number_places = [
            (place, NUMBERS[column.field], column.heading) for place, column in places if column.field in NUMBERS
        ]
        self._plain = [
            (place, column.field) for place, column in places if column.field not in (*NUMBERS, ATTRIBUTE, IGNORED)
        ]
        self._attributes = [(place, column.name) for place, column in places if column.field == ATTRIBUTE]
        self._given = next((column.name for _, column in places if column.field == CONSENT), "")
        self.left_out = 0

    def read(self, row: Row | BadRow) -> StagedLead | Reject:
        """Never raises for what stands in a row."""
        if isinstance(row, BadRow):
            return Reject(row.line, "ROW", row.what, row.remedy, tuple(row.cells))
        try:
            return StagedLead(row.line, self.details(row.cells))
        except BadField as error:
            return Reject(row.line, error.code, error.what, error.remedy, tuple(row.cells))
        except BadCell as error:
            return Reject(row.line, "CELL", error.what, error.remedy, tuple(row.cells))

    def details(self, cells: Sequence[str]) -> LeadDetails:
        """Everything that the row says. Raises `BadCell`."""
        said = {field: text for place, field in self._plain if (text := one_line(cells[place]))}
        country = _country(said.get("country", ""))
        numbers = self._numbers_of(cells, country)
        attributes = [(name, text) for place, name in self._attributes if (text := one_line(cells[place]))]
        names = (said.get("first_name", ""), said.get("last_name", ""))
        name = said.get("name") or " ".join(filter(None, names))
        customer = Customer(
            customer_id=said.get("id", ""),
            name=name,
            account=said.get("account", ""),
            segment=said.get("segment", ""),
        )
        zone = said.get("zone", "")
        address = address_of(said, country, verified=is_verified(said.get(VERIFIED, "")))
        if unusable := self._addresses.why_not(address, [each.number for each in numbers]):
            raise BadField("ADDRESS", unusable.what, unusable.remedy)
        subject = Subject(
            person_id=said.get("person", ""),
            household_id=said.get("household", ""),
            debt_id=said.get("debt", ""),
        )
        return LeadDetails(
            numbers=numbers,
            external_id=_id(said.get("id", "")),
            customer=customer if customer != Customer(customer_id="") else None,
            address=address if address != Address() else None,
            subject=subject if subject != Subject() else None,
            consent=consent_of(said.get(CONSENT, ""), self._given),
            customer_at=_when(said, "customer_since", "UTC"),
            callback_at=_when(said, "callback_at", zone),
            priority=_priority(said.get("priority", "")),
            attributes=tuple(attributes),
        )

    def _numbers_of(self, cells: Sequence[str], country: str) -> tuple[LeadNumber, ...]:
        found: dict[str, LeadNumber] = {}
        wrong: list[tuple[str, Unusable]] = []
        for place, kind, heading in self._number_places:
            written = one_line(cells[place])
            if not written:
                continue
            number = self._numbers.e164(written, country)
            if isinstance(number, Unusable):
                wrong.append((heading, number))
            else:
                found.setdefault(number, LeadNumber(number=number, kind=kind))
        if not found and wrong:
            heading, unusable = wrong[0]
            raise BadField("NUMBER", f"{heading}: {unusable.what}", unusable.remedy)
        if not found:
            raise BadField("NUMBER", "there is no number", "enter one, or leave the row out")
        self.left_out += len(wrong)
        return tuple(found.values())


class BadField(BadCell):
    """What the cell says is nothing of the kind that it should be."""

    def __init__(self, code: str, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.code = code


def _id(text: str) -> str:
    if len(text) > NAME_CHARACTERS_MAX:
        raise BadField("ID", f"its id has more than {NAME_CHARACTERS_MAX} characters", "give it a shorter one")
    return text


def _country(text: str) -> str:
    country = COUNTRIES.get(text.upper(), text.upper())
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise BadField("COUNTRY", f"its country is {text[:40]!r}", "write the two letters of ISO 3166, such as US")
    return country


def is_verified(text: str) -> bool:
    """Whether the person said so lately. Raises `BadField` for what is neither yes nor no."""
    if not text or text.casefold() in NO:
        return False
    if says_yes(text):
        return True
    raise BadField("VERIFIED", f"whether its address is certain is {text[:40]!r}", "write yes or no")


def says_yes(text: str) -> bool:
    """Whether it says that there is a consent, and not which."""
    return text.strip().casefold() in YES


def consent_of(text: str, given: str) -> str:
    """What it says in our words. Where it is told what a yes stands for, `given`, nothing is a no: who ticked no box
    did not agree. Raises `BadField` for what does not say which consent there is."""
    consent = text.casefold()
    if consent in NO or (given and not consent):
        return NONE
    if given and says_yes(consent):
        return given
    if not consent or consent in (NONE, *GIVEN):
        return consent
    remedy = "write yes or no" if given else f"write {NONE}, {' or '.join(GIVEN)}"
    if says_yes(consent):
        remedy += f", or say which a yes is: --map COLUMN={CONSENT}:{GIVEN[0]} or {CONSENT}:{GIVEN[1]}"
    raise BadField("CONSENT", f"its consent is {text[:40]!r}", remedy)


def _priority(text: str) -> int:
    if not text:
        return 0
    try:
        priority = int(text)
    except ValueError:
        priority = PRIORITY_MAX + 1
    if not -PRIORITY_MAX <= priority <= PRIORITY_MAX:
        what = f"its priority is {text[:40]!r}"
        raise BadField("PRIORITY", what, f"write a whole number from {-PRIORITY_MAX} to {PRIORITY_MAX}")
    return priority


def _when(said: dict[str, Any], field: str, zone: str) -> int:
    """An instant (ms); 0 where nothing is said. A day begins at midnight, and a time without an offset is in the
    zone."""
    text = said.get(field, "")
    if not text:
        return 0
    try:
        found = (
            datetime.fromisoformat(text)
            if len(text) > 10
            else datetime.combine(date.fromisoformat(text), datetime.min.time())
        )
    except ValueError:
        what = f"its {field} is {text[:40]!r}"
        raise BadField("TIME", what, "write it like 2026-11-24, or 2026-11-24T15:30-05:00") from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=_zone(zone, field))
    at = int(found.astimezone(UTC).timestamp() * 1_000) if found.year > YEAR_MIN else 0
    if at <= 0:
        raise BadField("TIME", f"its {field} lies before 1970", "leave it empty")
    return at


def _zone(zone: str, field: str) -> ZoneInfo:
    if zone:
        try:
            return ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise BadField("ZONE", f"its zone is {zone[:40]!r}", "write a name such as America/New_York") from None
    raise BadField("TIME", f"its {field} has no offset, and there is no zone", "write it like 2026-11-24T15:30-05:00")
