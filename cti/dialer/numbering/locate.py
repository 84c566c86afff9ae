"""Where may the person be who is rung at this number?

Every place is a candidate that the number's area code, the codes that lie over the same places, the address or the
stated zone allow; a call must be lawful in all of them, and who cannot be placed is not called.

A verified address takes the place of the number's zones, but not of its states: Florida and Oklahoma presume by statute
that a number with an area code of theirs is rung in the state, and we may not rebut that in advance. So their rules
still bind, at the hours of the place where the person is.
"""

from cti.core.numbering import Address, Numbering, Place
from cti.dialer.numbering import plan
from cti.dialer.numbering.address import Home, home
from cti.dialer.numbering.index import E164, TERRITORIES, Index, index_of, union
from cti.dialer.numbering.plan import NUMBER, Line

ZONE_UNKNOWN = "ZONE-UNKNOWN"
NOWHERE = Address()
BY_AREA_CODE = ("US", "CA")

# What such a number is, in words. It is nobody's home: only an address that was verified says where its person is.
PLACELESS = {
    "toll_free": "toll-free numbers are",
    "shared_cost": "shared-cost numbers are",
    "personal": "personal numbers are",
    "uan": "company numbers are",
}

# Territories whose numbers, or whose people, are under the law of another country as well. A mobile of the Crown
# dependencies begins with +44 7 like any other, and may be in Great Britain.
ALSO_UNDER = {
    "GG": "GB",
    "IM": "GB",
    "JE": "GB",
    "AX": "FI",
    "SJ": "NO",
    "CC": "AU",
    "CX": "AU",
    "NF": "AU",
    "BL": "FR",
    "GF": "FR",
    "GP": "FR",
    "MF": "FR",
    "MQ": "FR",
    "PM": "FR",
    "RE": "FR",
    "YT": "FR",
    "EH": "MA",
}

# Territories whose mobiles are numbered like those of the country, with clocks of their own: one may be there.
MOBILES_ALSO_OF = {"AU": ("CC", "CX")}


def locate(number: str, address: Address, numbering: Numbering) -> Place:
    """The place of a number in E.164 with what is known about its person's address. Never raises, whatever the text."""
    index = index_of(numbering)
    if E164.fullmatch(number) is None:
        return _nowhere(f"{NUMBER}: {plan.malformed(number)}")
    said = index.north_american(number) or _elsewhere(number, index)
    if address == NOWHERE or said.reason.startswith(NUMBER):
        return said
    return _with_address(said, home(address, said.country, index), verified=address.verified)


def _nowhere(reason: str) -> Place:
    return Place(country="", jurisdictions=(), zones=(), line="unknown", reason=reason)


def _elsewhere(number: str, index: Index) -> Place:
    """What a number says that is in none of the area codes of our tables."""
    said = plan.read(number)
    if said.why_not:
        return Place(
            country=said.region, jurisdictions=(), zones=(), line=said.line, reason=f"{NUMBER}: {said.why_not}"
        )
    shared = said.country_code == plan.NORTH_AMERICA  # by some twenty countries
    if said.line in PLACELESS or not said.region:
        country = "" if shared else said.region
        kind = PLACELESS.get(said.line, "numbers of this country code are")
        reason = f"{ZONE_UNKNOWN}: {kind} in no place, so only a verified address can say where the person is"
        return Place(country=country, jurisdictions=_laws(country), zones=(), line=said.line, reason=reason)
    if shared and (said.region in BY_AREA_CODE or said.region in TERRITORIES):
        country = "US" if said.region in TERRITORIES else said.region
        reason = f"{ZONE_UNKNOWN}: the area code {number[2:5]} is not in nanp.yaml"
        return Place(country=country, jurisdictions=(country,), zones=(), line=said.line, reason=reason)
    zones = _zones(number, said, index)
    reason = "" if zones else f"{ZONE_UNKNOWN}: no zone is known for its country"
    return Place(country=said.region, jurisdictions=_laws(said.region), zones=zones, line=said.line, reason=reason)


def _zones(number: str, said: Line, index: Index) -> tuple[str, ...]:
    """Our own tables first, then all zones of the country for what may be anywhere in it, then the area code."""
    own = index.area(number) if said.region == said.main else None
    if own is not None:
        return index.used(own.zones)
    countries = index.numbering.countries
    whole = countries.get(said.region, ())
    if not plan.has_area_code(said):
        return index.used(union(whole, *(countries.get(island, ()) for island in MOBILES_ALSO_OF.get(said.region, ()))))
    if len(whole) == 1:
        return index.used(whole)
    return index.used(plan.zones_of_area_code(number)) or index.used(whole)


def _laws(region: str) -> tuple[str, ...]:
    if not region:
        return ()
    return (region, ALSO_UNDER[region]) if region in ALSO_UNDER else (region,)


def _with_address(said: Place, where: Home, *, verified: bool) -> Place:
    jurisdictions = union(said.jurisdictions, _laws(where.country), where.jurisdictions)
    country = said.country or where.country
    elsewhere = where.country not in ("", said.country)
    tells = where.zones if where.exact or elsewhere or not said.zones else ()
    if where.problem:
        zones, reason = union(said.zones, tells), f"{ZONE_UNKNOWN}: {where.problem}"
    elif verified and tells:
        zones, reason = tells, ""
    else:
        zones, reason = union(said.zones, tells), said.reason
    return Place(
        country=country, jurisdictions=jurisdictions, zones=tuple(sorted(zones)), line=said.line, reason=reason
    )
