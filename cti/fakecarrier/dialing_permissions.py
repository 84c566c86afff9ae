"""Where calls may go: by country, and within a country by the risk of the prefix.

A few countries only. Which prefixes count as risky, and what a new account allows, is the fake carrier's own choice:
everything ordinary, nothing of high risk.
"""

from typing import NamedTuple

import msgspec


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """One country and what is allowed there. `special` prefixes cost more, `tollfraud` ones attract fraud."""

    iso_code: str
    name: str
    continent: str
    country_codes: tuple[str, ...]
    special: tuple[str, ...] = ()
    tollfraud: tuple[str, ...] = ()
    low_risk_numbers_enabled: bool = True
    high_risk_special_numbers_enabled: bool = False
    high_risk_tollfraud_numbers_enabled: bool = False

    def allows(self, number: str) -> bool:
        """Whether a call to this number of the country may be placed."""
        if number.startswith(self.tollfraud):
            return self.high_risk_tollfraud_numbers_enabled
        if number.startswith(self.special):
            return self.high_risk_special_numbers_enabled
        return self.low_risk_numbers_enabled


class _Row(NamedTuple):
    iso_code: str
    name: str
    continent: str
    codes: str
    special: str = ""
    tollfraud: str = ""


_TABLE = (
    _Row("AT", "Austria", "EUROPE", "+43", "+43900 +43901 +43930", "+43939"),
    _Row("AU", "Australia", "OCEANIA", "+61", "+611900", "+6114"),
    _Row("BR", "Brazil", "SOUTH_AMERICA", "+55", "+55900"),
    _Row("CA", "Canada", "NORTH_AMERICA", "+1", "+1900", "+1600"),
    _Row("CH", "Switzerland", "EUROPE", "+41", "+41900 +41901 +41906", "+41860"),
    _Row("CU", "Cuba", "NORTH_AMERICA", "+53", "", "+53"),
    _Row("DE", "Germany", "EUROPE", "+49", "+49900 +49137", "+49700"),
    _Row("ES", "Spain", "EUROPE", "+34", "+34803 +34806", "+34901"),
    _Row("FR", "France", "EUROPE", "+33", "+3389", "+3387"),
    _Row("GB", "United Kingdom", "EUROPE", "+44", "+449", "+4470"),
    _Row("IN", "India", "ASIA", "+91", "+911900"),
    _Row("IT", "Italy", "EUROPE", "+39", "+39899", "+39199"),
    _Row("JP", "Japan", "ASIA", "+81", "+81990"),
    _Row("LV", "Latvia", "EUROPE", "+371", "+37190", "+3718"),
    _Row("MX", "Mexico", "NORTH_AMERICA", "+52", "+52900"),
    _Row("NL", "Netherlands", "EUROPE", "+31", "+31900 +31906"),
    _Row("SO", "Somalia", "AFRICA", "+252", "", "+252"),
    _Row("US", "United States", "NORTH_AMERICA", "+1", "+1900", "+1976"),
    _Row("ZA", "South Africa", "AFRICA", "+27", "+2790"),
)


class DialingPermissions:
    """What is allowed now, country by country."""

    def __init__(self) -> None:
        self.inherited = True
        self.countries = {
            row.iso_code: Country(
                iso_code=row.iso_code,
                name=row.name,
                continent=row.continent,
                country_codes=tuple(row.codes.split()),
                special=tuple(row.special.split()),
                tollfraud=tuple(row.tollfraud.split()),
            )
            for row in _TABLE
        }

    def allow(self, iso_code: str, **allowed: bool) -> Country:
        """Change what is allowed in a country (KeyError if it is none of those known)."""
        country = self.countries[iso_code] = msgspec.structs.replace(self.countries[iso_code], **allowed)
        return country

    def permits(self, address: str) -> bool:
        """Whether a call may be placed there. Countries that share a code must all allow it; addresses that are no
        numbers, and countries that are not known here, are allowed.
        """
        if not address.startswith("+"):
            return True
        found = [one for one in self.countries.values() if address.startswith(one.country_codes)]
        return all(country.allows(address) for country in found)
