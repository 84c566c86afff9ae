"""Numbers as lists of leads have them: most are plain, and read at a glance; the others are read with all care."""

import re

from phonenumbers import PhoneMetadata

from cti.dialer.numbering.normalise import Unusable, normalise
from cti.lists.country import country
from cti.lists.spelling import WITHOUT_BETWEEN

KEPT = 100_000


class NumberReader:
    """`region` is the country (ISO 3166-1) of numbers without a country code."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._country = country(region)
        plan = PhoneMetadata.metadata_for_region(region) if region else None
        premium = plan.premium_rate.national_number_pattern if plan and plan.premium_rate else None
        self._premium = re.compile(premium) if premium else None
        self._others: dict[tuple[str, str], str | Unusable] = {}

    def e164(self, written: str, region: str = "") -> str | Unusable:
        """The number, or why it is none that can be rung. `region` is that of the row, where it says so."""
        region = region or self._region
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
        return Unusable("it has an extension, which cannot be rung", "give the number of a direct line")
    return found.number
