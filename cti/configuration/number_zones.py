"""In which time zones the people may be whom the calling rules let us call."""

from itertools import chain

from cti.configuration import zones
from cti.configuration.numbering import zones_of
from cti.core.calling import CallingConfig

ANYWHERE = "*"


def zones_for(calling: CallingConfig) -> set[str]:
    """Every zone of the countries for which there are rules: of their numbers, of addresses there, and whatever else
    somebody there may state."""
    countries = {rule.jurisdiction.partition("-")[0] for rule in calling.rules} - {ANYWHERE}
    stated = chain.from_iterable(found for country, found in zones.by_country().items() if country in countries)
    return {*zones_of(calling.numbering, countries), *stated}
