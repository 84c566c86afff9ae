"""In which countries numbers lie that begin with a prefix."""

from typing import NamedTuple

import phonenumbers

SPECIFIC_DIGITS = 3
"""So many digits after a country code that several countries share tell which of them is meant."""


class Regions(NamedTuple):
    """ISO codes. Numbers surely lie in `meant`; those of `covered` begin alike, and may or may not be meant."""

    meant: tuple[str, ...]
    covered: tuple[str, ...] = ()


def regions_of(prefix: str) -> Regions:
    """The countries of a prefix with its plus, or of a whole number. Both empty for numbers of no country."""
    digits = prefix[1:]
    code = next((code for length in (1, 2, 3) if (code := int(digits[:length] or 0)) in _REGIONS), None)
    if code is None:  # less than a country code
        beginning = [
            region for known, regions in _REGIONS.items() if str(known).startswith(digits) for region in regions
        ]
        return Regions((), _named(beginning))
    regions = _REGIONS[code]
    if len(regions) > 1 and len(digits) - len(str(code)) >= SPECIFIC_DIGITS:
        found = _sampled(digits)
        regions = tuple(region for region in regions if region in found) or regions
    return Regions(_named(regions[:1]), _named(regions[1:]))  # the first is the one that the code is known for


def _sampled(digits: str) -> set[str]:
    """The countries of some numbers that begin so."""
    samples = {digits.ljust(length, fill) for fill in "0123456789" for length in range(max(8, len(digits)), 16)}
    return {region for sample in samples if (region := _region(f"+{sample}"))}


def _region(number: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return None


def _named(regions: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({region for region in regions if region.isalpha()}))  # 001 is no country


_REGIONS: dict[int, tuple[str, ...]] = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
