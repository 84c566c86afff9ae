"""What an address says about where its person is.

The finest part that is understood counts: the postcode, or else the state, or else the country with all its zones. What
is written and not understood is a problem, since it may say that the person is somewhere else.
"""

import re
from typing import NamedTuple

from cti.core.numbering import Address, Area
from cti.dialer.numbering.index import TERRITORIES, Index, union

STATE = re.compile(r"[A-Z0-9]{1,3}")
ALIASES = {"UK": "GB"}
WITH_POSTCODES = ("US", "CA")


class Home(NamedTuple):
    """`exact`: the zones are those of the place itself, not of all its country. `problem`: words for what of the
    address is not understood, fit to be kept for years; `written` is the text itself, and only for who wrote it."""

    country: str = ""
    jurisdictions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    exact: bool = False
    problem: str = ""
    written: str = ""


def home(address: Address, country: str, index: Index) -> Home:
    """`country` is the number's, for an address that does not name its own."""
    found = _place(address, country, index)
    if found.problem or not address.zone:
        return found
    zone = index.numbering.zones.get(address.zone)
    if zone is None:
        return found._replace(problem="the zone of its address is not known", written=address.zone)
    alone = address.verified and (not found.exact or zone in found.zones)
    zones = (zone,) if alone or not found.exact else union(found.zones, (zone,))
    return found._replace(zones=zones, exact=True)


def _place(address: Address, country: str, index: Index) -> Home:
    """Without the stated zone."""
    own, state = _country_and_state(address, country)
    if not own:
        told = address.state or address.postcode
        return Home(problem="its address names no country" if told else "")
    states, countries = index.numbering.states, index.numbering.countries
    if own not in countries:
        return Home(problem="the country of its address is not known", written=own)
    code = f"{own}-{state}" if state else ""
    if code and code not in states and any(known.startswith(f"{own}-") for known in states):
        return Home(own, (own,), problem="the state of its address is not known", written=state)
    coded = bool(address.postcode) and own in WITH_POSTCODES
    area = _postcode(own, address.postcode, index) if coded else None
    if coded and area is None:
        return Home(own, (own,), problem="the postcode of its address is not known", written=address.postcode)
    in_states = union((code,) if code in states else (), area.states if area and code not in area.states else ())
    jurisdictions = union((own,), in_states, (code,) if STATE.fullmatch(state) else ())
    zones = _zones(code, area, index)
    if zones is None:
        whole = countries[own]
        return Home(own, jurisdictions, whole, exact=len(whole) == 1)
    if not zones:
        return Home(own, jurisdictions, problem="it is a military address, which may be anywhere")
    return Home(own, jurisdictions, zones, exact=True)


def _country_and_state(address: Address, country: str) -> tuple[str, str]:
    own, state = address.country.strip().upper(), address.state.strip().upper()
    before, dash, after = state.partition("-")
    if dash and own in ("", before):  # US-FL
        own, state = before, after
    own = ALIASES.get(own, own)
    if not own and (state or address.postcode):
        own = country
    if own in TERRITORIES:
        own, _, state = TERRITORIES[own].partition("-")
    return own, state


def _postcode(country: str, written: str, index: Index) -> Area | None:
    """The postcode's area; None when it is not known."""
    bare = re.sub(r"\s", "", written).upper()
    key = _zip(bare) if country == "US" else bare[:1]
    return index.numbering.postcodes.get(key)


def _zip(bare: str) -> str:
    """The first three digits of a ZIP code, also where a spreadsheet has taken the leading zeros."""
    five, dash, four = bare.partition("-")
    if not (five + four).isascii() or not five.isdigit() or (dash and not four.isdigit()):
        return ""
    if len(five) in (8, 9) and not dash:
        return five.zfill(9)[:3]
    return five.zfill(5)[:3] if 3 <= len(five) <= 5 else ""


def _zones(code: str, area: Area | None, index: Index) -> tuple[str, ...] | None:
    """Those of the postcode where it agrees with the state, of both where they do not; None when neither is known."""
    state = index.numbering.states.get(code)
    if area is None:
        return None if state is None else index.used(state)
    if state is None:
        return index.used(area.zones)
    if code in area.states:
        both = index.used(zone for zone in area.zones if zone in state)
        return both or index.used(area.zones)
    return index.used((*state, *area.zones)) if state and area.zones else ()


def shown(text: str) -> str:
    """What a list holds, fit for one line."""
    return repr(text[:40])
