"""Is this list the registry's? Told from a few of its numbers: whether they can be numbers of its country or state."""

from pathlib import Path

import phonenumbers

from cti.cli.dialer.site import Site
from cti.core.numbering import Address
from cti.dialer.numbering.locate import locate
from cti.dialer.numbering.plan import NUMBER
from cti.lists.number_list import NumberList

SAMPLE = 1_000
SHOWN = 3
EVERYWHERE = "*"

COUNTRY_PERCENT_MAX = 10
"""New ranges are in use years before phonenumbers knows of them, and registries keep numbers that nobody has."""

STATE_PERCENT_MAX = 50
"""Who moves takes the number along."""


def doubt(site: Site, jurisdiction: str, path: Path) -> str:
    """Why the list in this file is perhaps that of somewhere else; empty where nothing speaks for it."""
    if jurisdiction == EVERYWHERE or not site.config.calling.numbering.areas:
        return ""
    with NumberList.open(path) as numbers:
        sample = [f"+{number}" for number in numbers.sample(SAMPLE)]
    country = jurisdiction.partition("-")[0]
    for where, percent_max in ((country, COUNTRY_PERCENT_MAX), (jurisdiction, STATE_PERCENT_MAX)):
        strange = [number for number in sample if not _may_be_in(site, number, where)]
        if len(strange) * 100 > len(sample) * percent_max:
            percent = len(strange) * 100 // len(sample)
            such = ", ".join(map(_shown, strange[:SHOWN]))
            return f"{percent} % of its numbers cannot be of {where}: they were read as {such} and the like"
    return ""


def _may_be_in(site: Site, number: str, jurisdiction: str) -> bool:
    place = locate(number, Address(), site.config.calling.numbering)
    if place.reason.startswith(NUMBER):
        return False
    return jurisdiction in place.jurisdictions or not place.jurisdictions  # toll-free numbers are in no place


def _shown(number: str) -> str:
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
