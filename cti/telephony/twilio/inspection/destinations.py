"""Geographic permissions: is all open at the carrier that the configuration dials, and nothing that costs dearly?"""

from collections.abc import Iterator

from cti.telephony.twilio.inspection.finding import Finding, listed, mistake, note, shown, warning
from cti.telephony.twilio.inspection.geography import regions_of
from cti.telephony.twilio.inspection.needs import Needs
from cti.telephony.twilio.inspection.reading import Facts, reason
from cti.telephony.twilio.inspection.resources import Country
from cti.telephony.twilio.rest import RestError

WHERE = "geographic permissions"
OPEN_IT = "open it in the carrier's console under Voice, Settings, Geographic permissions, or do not allow it here"


def destination_findings(needs: Needs, facts: Facts) -> Iterator[Finding]:
    """What is closed and needed, and what is open at high risk and not needed."""
    if isinstance(facts.countries, RestError):
        what = f"they cannot be read: {reason(facts.countries)}"
        yield warning("unreadable", WHERE, what, "look at them in the carrier's console")
        return
    known = {country.iso_code: country for country in facts.countries}
    yield from _closed(needs, known)
    yield from _special_closed(needs, facts, known)
    yield from _high_risk(needs, facts, known)


def _closed(needs: Needs, known: dict[str, Country]) -> Iterator[Finding]:
    wanted = [(f"dial_prefixes {prefix}", prefix) for prefix in needs.prefixes]
    wanted += [(f"endpoint tel:{number}", number) for number in needs.agent_numbers]
    for where, prefix in wanted:
        meant, covered = regions_of(prefix)
        countries = _permissions(meant, prefix, known)
        closed = [country.label for country in countries if not country.low_risk_numbers_enabled]
        if meant and not countries:
            what = f"the carrier knows no such country as {listed(meant)}"
            yield mistake("destination_unknown", where, what, "check the prefix")
        if closed:
            what = f"calls to {shown(listed(closed))} are closed at the carrier, which refuses every one"
            yield mistake("destination_closed", where, what, OPEN_IT)
        also = [country for country in _permissions(covered, "", known) if country not in countries]
        also_closed = [country.label for country in also if not country.low_risk_numbers_enabled]
        if not meant and also and len(also_closed) == len(also):
            what = f"it covers {shown(listed(also_closed))}, all of them closed at the carrier"
            yield mistake("destination_closed", where, what, OPEN_IT)
        elif also_closed:
            what = f"it also covers {shown(listed(also_closed))}, where calls are closed at the carrier"
            yield note("destination_partly", where, what, "open them there if they are meant, else allow less here")
    for iso_code in needs.countries:
        country = known.get(iso_code)
        if country is None or not country.low_risk_numbers_enabled:
            label = country.label if country else iso_code
            what = f"calls to {shown(label)} are closed at the carrier, which refuses every one"
            yield mistake("destination_closed", f"dial_countries {iso_code}", what, OPEN_IT)


def _special_closed(needs: Needs, facts: Facts, known: dict[str, Country]) -> Iterator[Finding]:
    """A prefix that is nothing but numbers of high risk needs them open."""
    for iso_code, prefix in _special_needed(needs, facts):
        country = known.get(iso_code)
        if country is not None and not country.high_risk_special_numbers_enabled:
            what = f"these are special numbers of high risk in {shown(country.label)}, which are closed at the carrier"
            yield mistake("destination_closed", f"dial_prefixes {prefix}", what, OPEN_IT)


def _high_risk(needs: Needs, facts: Facts, known: dict[str, Country]) -> Iterator[Finding]:
    needed = {iso_code for iso_code, _ in _special_needed(needs, facts)}
    special = [
        country.label
        for country in known.values()
        if country.high_risk_special_numbers_enabled and country.iso_code not in needed
    ]
    tollfraud = [country.label for country in known.values() if country.high_risk_tollfraud_numbers_enabled]
    remedy = "close them in the carrier's console under Voice, Settings, Geographic permissions"
    if special:
        what = f"special numbers of high risk are open in {shown(listed(special))}, and nothing here needs them"
        yield warning("high_risk_open", WHERE, what, remedy)
    if tollfraud:
        what = f"numbers known for toll fraud are open in {shown(listed(tollfraud))}, and nothing here needs them"
        yield warning("high_risk_open", WHERE, what, remedy)


def _special_needed(needs: Needs, facts: Facts) -> list[tuple[str, str]]:
    """Prefixes of ours that lie within one of high risk, each with its country."""
    return [
        (iso_code, prefix)
        for prefix in needs.prefixes
        for iso_code in regions_of(prefix).meant
        if prefix.startswith(tuple(facts.special.get(iso_code, ())))
    ]


def _permissions(regions: tuple[str, ...], prefix: str, known: dict[str, Country]) -> list[Country]:
    """The carrier's entries for these. It keeps some countries that share a code under one of them."""
    found = [known[region] for region in regions if region in known]
    if found or not prefix:
        return found
    sharing = [country for country in known.values() if prefix.startswith(_codes(country))]
    longest = max((len(code) for country in sharing for code in _codes(country) if prefix.startswith(code)), default=0)
    return [country for country in sharing if any(len(code) == longest for code in _codes(country))]


def _codes(country: Country) -> tuple[str, ...]:
    return tuple(f"+{''.join(filter(str.isdecimal, code))}" for code in country.country_codes or ())
