"""Numbers as lists of leads have them: most are plain, and read at a glance; the others are read with all care."""

import re

from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

from cti.core.errors import CtiError
from cti.core.numbering import Numbering
from cti.dialer.numbering.countries import COUNTRIES
from cti.dialer.numbering.locate import NOWHERE, locate
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.dialer.numbering.plan import NUMBER
from cti.lists.country import country
from cti.lists.spelling import WITHOUT_BETWEEN

KEPT = 100_000
EXTENSION = Unusable("it has an extension, which cannot be rung", "give the number of a direct line")


def region_said(written: str) -> str:
    """What `--country` names, in capitals. Raises `CtiError` where it is no country; empty where nothing is said."""
    region = written.strip().upper()
    if not region or region in SUPPORTED_REGIONS:
        return region
    remedy = f"write {COUNTRIES[region]}" if region in COUNTRIES else "write the two letters of ISO 3166, such as US"
    raise CtiError(f"--country: there is no country {written[:40]!r}; {remedy}.")


class NumberReader:
    """`region` is the country (ISO 3166-1) of numbers without a country code. With the site's `numbering`, numbers that
    nobody can have are none, as for `cti leads wash`."""

    def __init__(self, region: str, numbering: Numbering | None = None) -> None:
        self._region = region
        self.numbering = numbering
        self._country = country(region)
        plan = PhoneMetadata.metadata_for_region(region) if region else None
        premium = plan.premium_rate.national_number_pattern if plan and plan.premium_rate else None
        self._premium = re.compile(premium) if premium else None
        self._others: dict[tuple[str, str], str | Unusable] = {}

    def e164(self, written: str, region: str = "") -> str | Unusable:
        """The number, or why it is none that can be rung. `region` is that of the row, where it says so."""
        found = self._written(written, region or self._region)
        return found if isinstance(found, Unusable) else self._in_plan(found)

    def _in_plan(self, number: str) -> str | Unusable:
        if self.numbering is None:
            return number
        rule, _, words = locate(number, NOWHERE, self.numbering).reason.partition(": ")
        return Unusable(words, "ask for another") if rule == NUMBER else number

    def _written(self, written: str, region: str) -> str | Unusable:
        if region == self._region and self._country:
            found = self._country.plain.fullmatch(written.translate(WITHOUT_BETWEEN))
            if found and not (self._premium and self._premium.fullmatch(found[1])):
                return f"+{self._country.code}{found[1]}"
        key = (written, region)
        known = self._others.get(key)
        if known is None:
            if len(self._others) >= KEPT:
                self._others.clear()
            known = self._others[key] = _read(written, region)
        return known

    def is_number(self, written: str) -> bool:
        """Whether it can be rung."""
        return isinstance(self.e164(written.strip()), str) and sum(map(str.isdigit, written)) > 6


def _read(written: str, region: str) -> str | Unusable:
    found = normalise(written, region)
    if isinstance(found, Unusable):
        return found
    if found.extension:
        return EXTENSION
    return found.number
