"""Which column of a file is which part of a lead: guessed from headings and from what stands below, or said.

What is nothing that we know becomes an attribute of the lead: agents see it, and segments may speak of it.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from cti.configuration.mistake import suggest
from cti.core.errors import CtiError
from cti.store.leads.common import ATTRIBUTES_MAX

NUMBERS = {"number": "", "mobile": "mobile", "home": "home", "work": "work", "other": "other"}
"""Numbers to ring, by kind, in the order of their columns."""
PLAIN = (
    "id name first_name last_name account segment country state postcode zone consent customer_since callback_at "
    "priority person household debt verified"
).split()
"""What a lead has at most one of."""
ATTRIBUTE, IGNORED = "attribute", "-"
CONSENT, GIVEN = "consent", ("express", "written")
"""A column that says yes or no: `consent:written` says what yes stands for."""
VERIFIED = "verified"
YES = ("yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "vrai", "si", "s\u00ed")
NO = ("no", "n", "false", "0", "nein", "falsch", "non", "faux")
"""What a column has that says the one or the other: of opt-ins, of addresses that are certain."""
FIELDS = (*NUMBERS, *PLAIN, ATTRIBUTE, IGNORED)

HEADINGS = {
    "number": "phone telephone tel phonenumber telephonenumber number msisdn phone1 primaryphone telefon rufnummer "
    "telefonnummer telefonnr numerodetelephone telefono",
    "mobile": "mobile mobilephone mobilenumber cell cellphone cellular cellnumber mob handy mobil gsm handynummer "
    "mobiltelefon mobilnummer portable telportable telephoneportable movil",
    "home": "home homephone homenumber landline residentialphone festnetz festnetznummer privat "
    "telefonprivat telefonfestnetz domicile fijo",
    "work": "work workphone worknumber office officephone business businessphone dayphone companyphone buero "
    "telefonbuero geschaeftlich telefongeschaeftlich dienstlich bureau oficina",
    "other": "other otherphone altphone alternatephone alternate phone2 phone3 phone4 secondaryphone number2 number3",
    "id": "id leadid externalid contactid customerid recordid crmid vendorleadcode reference ref accountid uid "
    "customerno customernumber custno memberid membernumber "
    "kundennummer kundennr kdnr",
    "name": "name fullname customername contactname contact nombre",
    "first_name": "firstname first givenname forename vorname prenom",
    "last_name": "lastname last surname familyname nachname nom",
    "account": "account accountnumber accountno",
    "segment": "segment tier customersegment",
    "country": "country countrycode land pays nation",
    "state": "state province region stateprovince st bundesland",
    "postcode": "zip zipcode postcode postalcode postal plz codepostal plzzip zippostalcode",
    "zone": "zone timezone tz tzname",
    "verified": "addressverified verifiedaddress zoneverified verifiedzone",
    "consent": "consent optin permission einwilligung zustimmung",
    "customer_since": "lastcustomerat customerat customersince lastpurchase lastorder lastorderdate",
    "callback_at": "callback callbackat callbackdate callme callbacktime callbackon",
    "priority": "priority prio rank",
    "person": "person personid",
    "household": "household householdid hhid",
    "debt": "debt debtid loanid caseid",
}
_FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings.split()}

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

MOSTLY = 0.6
"""The part of a column's cells that have to be numbers for it to be taken for one of numbers."""


class Column(NamedTuple):
    """What a column is. `name` is the attribute's, where it is one; of a consent, what a yes stands for."""

    heading: str
    field: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.field}:{self.name}" if self.name else self.field


class Columns(NamedTuple):
    """Every column of a file, in order."""

    columns: tuple[Column, ...]

    @property
    def has_numbers(self) -> bool:
        """Whether there is anything to ring."""
        return any(column.field in NUMBERS for column in self.columns)


def guess(headings: Sequence[str], sample: Sequence[Sequence[str]], is_number: Callable[[str], bool]) -> Columns:
    """What the columns seem to be. A column that is called a number and has none is an attribute."""
    taken: set[str] = set()
    columns: list[Column] = []
    for place, heading in enumerate(headings):
        cells = [row[place].strip() for row in sample if row[place].strip()]
        numbers = sum(map(is_number, cells)) >= MOSTLY * len(cells) if cells else False
        field = _FIELD_OF.get(_letters(heading), "")
        field = field or _kind_in(heading)
        if (field in NUMBERS and cells and not numbers) or field in taken:
            field = ""
        if not field and numbers and _is_called_number(heading):
            field = "other" if any(column.field in NUMBERS for column in columns) else "number"
        if field == VERIFIED and not all(cell.casefold() in (*YES, *NO) for cell in cells):
            field = ""
        if field in PLAIN:
            taken.add(field)
        columns.append(Column(heading, field) if field else Column(heading, ATTRIBUTE, attribute_name(heading)))
    if not any(column.field in NUMBERS for column in columns):
        columns = _with_a_number(columns, sample, is_number)
    return _distinct(columns)


def of_the_person(headings: Sequence[str], told: Sequence[str]) -> Columns:
    """Which columns say where somebody is, and of their consent, by headings alone; and what is told, as for `said`.
    Raises `CtiError`."""
    taken: set[str] = set()
    columns = []
    for heading in headings:
        field = _FIELD_OF.get(_letters(heading), "")
        field = field if field in PLAIN and field not in taken else IGNORED
        taken.add(field)
        columns.append(Column(heading, field))
    return said(Columns(tuple(columns)), told)


def said(mapping: Columns, told: Sequence[str]) -> Columns:
    """With what the user says (`column=field`) instead. Raises `CtiError`."""
    columns = list(mapping.columns)
    for each in told:
        wanted, equals, field = each.rpartition("=")
        if not equals:
            raise CtiError(f"--map {each}: write column=field, such as --map 'Cell Phone=mobile'.")
        place = _place(wanted.strip(), [column.heading for column in columns])
        columns[place] = _column(columns[place].heading, field.strip() or IGNORED)
    for field in PLAIN:
        several = [column.heading for column in columns if column.field == field]
        if len(several) > 1:
            raise CtiError(f"--map: {' and '.join(several)} are both {field}; a lead has one.")
    return _distinct(columns)


def attribute_name(heading: str) -> str:
    """As conditions can speak of it: letters, digits and underscores."""
    name = re.sub(r"\W+", "_", _plain(heading), flags=re.ASCII).strip("_")[:60]
    return name if name and not name[0].isdigit() else f"column_{name}".rstrip("_")


def _letters(heading: str) -> str:
    """Of a heading, as `HEADINGS` has it."""
    return re.sub(r"[\W_]", "", _plain(heading))


def _plain(heading: str) -> str:
    """In small letters, and without what stands above them: `Büro` is `buero`, `Prénom` is `prenom`."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", heading).casefold().translate(UMLAUTS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _kind_in(heading: str) -> str:
    """That of headings such as `Phone (mobile)` and `Home Tel.`; empty where they do not say."""
    words = set(re.findall(r"[a-z]+", heading.casefold()))
    if not words & {"phone", "tel", "telephone", "number", "no"}:
        return ""
    kinds = {"mobile": "mobile", "cell": "mobile", "home": "home", "work": "work", "office": "work", "alt": "other"}
    return next((kind for word, kind in kinds.items() if word in words), "")


def _is_called_number(heading: str) -> bool:
    return bool(re.search(r"phone|tel|number|numero|nummer|mobil|cell|contact|column", heading, re.IGNORECASE))


def _with_a_number(
    columns: list[Column], sample: Sequence[Sequence[str]], is_number: Callable[[str], bool]
) -> list[Column]:
    """None is called a number: the one column that is full of them is."""
    full = []
    for place, column in enumerate(columns):
        cells = [row[place].strip() for row in sample if row[place].strip()]
        if column.field == ATTRIBUTE and cells and sum(map(is_number, cells)) >= 0.9 * len(cells):
            full.append(place)
    if len(full) == 1:
        columns[full[0]] = Column(columns[full[0]].heading, "number")
    return columns


def _place(wanted: str, headings: Sequence[str]) -> int:
    if wanted in headings:
        return headings.index(wanted)
    if wanted.isdigit() and 1 <= int(wanted) <= len(headings):
        return int(wanted) - 1
    folded = [heading.casefold() for heading in headings]
    if wanted.casefold() in folded:
        return folded.index(wanted.casefold())
    there_are = f"there are {', '.join(headings)}"
    raise CtiError(f"--map: there is no column {wanted!r}: {suggest(wanted, headings, there_are)}")


def _column(heading: str, field: str) -> Column:
    kind, _, name = field.partition(":")
    known = (*FIELDS, *(f"{CONSENT}:{given}" for given in GIVEN))
    if kind != ATTRIBUTE and field not in known:
        there_are = f"there are {', '.join(known)}"
        raise CtiError(f"--map: there is no field {field!r}: {suggest(field, known, there_are)}")
    return Column(heading, kind, attribute_name(name or heading) if kind == ATTRIBUTE else name)


def _distinct(columns: Sequence[Column]) -> Columns:
    """Attributes with a name each. Raises `CtiError` where there are too many."""
    found: list[Column] = []
    known: set[str] = set()
    for place, column in enumerate(columns, 1):
        name = column.name
        if column.field == ATTRIBUTE and name in known:
            name = f"{name}_{place}"
        known.add(name)
        found.append(column._replace(name=name))
    if sum(column.field == ATTRIBUTE for column in found) > ATTRIBUTES_MAX:
        raise CtiError(
            f"More than {ATTRIBUTES_MAX} columns would become attributes. Leave some out with --map COLUMN=-, or with "
            "--no-attributes all that are not mapped."
        )
    return Columns(tuple(found))
