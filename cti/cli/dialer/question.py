"""What is asked, as people write it: an instant, a number, an address. Every slip is told in one sentence."""

from collections.abc import Iterable
from datetime import UTC, datetime
from time import time_ns

import phonenumbers

from cti.cli.dialer.remedies import ADDRESS_FLAGS
from cti.configuration.mistake import suggest
from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig
from cti.core.errors import CtiError
from cti.core.ledgers import programme_of
from cti.core.numbering import Address, Numbering
from cti.dialer.numbering.address import home, shown
from cti.dialer.numbering.index import index_of
from cti.dialer.numbering.locate import locate
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.dialer.numbering.plan import NUMBER

FIRST_YEAR, LAST_YEAR = 1970, 2199
SHORT_ZIP_DIGITS = (3, 4)
NOW = "now"
EXAMPLE = "2026-11-24T20:59:00-05:00"


def instant(written: str) -> int:
    """In ms UTC. A time that does not say where it is shown is no instant."""
    if written == NOW:
        return time_ns() // 1_000_000
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise CtiError(f"--at: {written!r} is no instant that exists: write it like {EXAMPLE}, or now.") from error
    if found.tzinfo is None:
        raise CtiError(
            f"--at: {written!r} does not say where clocks show it: add Z, or the offset there, as in {EXAMPLE}."
        )
    if not FIRST_YEAR < found.year <= LAST_YEAR:
        raise CtiError(f"--at: nothing is known of the year {found.year}; ask about {FIRST_YEAR + 1} to {LAST_YEAR}.")
    return round(found.timestamp() * 1_000)


def iso(at: int) -> str:
    """The instant in UTC, with milliseconds only where there are any."""
    whole, ms = divmod(at, 1_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}" + (f".{ms:03d}Z" if ms else "Z")


def campaign_of(config: SiteConfig, name: str, source: str) -> CampaignConfig:
    """By its id."""
    campaigns = config.calling.campaigns
    if name in campaigns:
        return campaigns[name]
    if not campaigns:
        raise CtiError(f"There is no campaign {name!r}: the configuration has none at all ({source}).")
    raise CtiError(f"There is no campaign {name!r}: {_instead(name, campaigns)}")


def check_seller(config: SiteConfig, seller: str, source: str) -> None:
    """Raises `CtiError` where no campaign is of this seller."""
    found = {campaign.seller for campaign in config.calling.campaigns.values()}
    if not found:
        raise CtiError(f"There is no seller {seller!r}: the configuration has no campaigns at all ({source}).")
    if seller not in found:
        raise CtiError(f"There is no seller {seller!r}: {_instead(seller, found)}")


def check_programme(campaigns: Iterable[CampaignConfig], programme: str) -> None:
    """Raises `CtiError` where none of these campaigns calls for this purpose, or for this programme of it. What they
    call for is named as in the reports: `sales`, and `sales/loans` where the file names the programme `loans`."""
    found = {programme_of(each) for each in campaigns}
    found |= {name.partition("/")[0] for name in found}
    if programme in found:
        return
    nearest = [name for name in sorted(found) if name.endswith(f"/{programme}")]
    remedy = f'did you mean "{nearest[0]}"?' if nearest else _instead(programme, found)
    raise CtiError(f"None of these campaigns calls for the programme {programme!r}: {remedy}")


class NoNumber(CtiError):
    """What is written is no number that can be rung: `detail` says why, and what to do. `rules_version` names the rules
    that were asked, as far as they are known."""

    def __init__(self, written: str, found: Unusable) -> None:
        self.detail = f"{found.what}; {found.remedy}"
        self.rules_version = ""
        super().__init__(f"{shown(written)} cannot be rung: {self.detail}.")


def number(written: str, region: str) -> tuple[str, str]:
    """In E.164, and as people read it. `region` is the country of numbers without a country code. Raises `NoNumber`."""
    found = normalise(written, region)
    if isinstance(found, Unusable):
        raise NoNumber(written, found)
    parsed = phonenumbers.parse(found.number)
    return found.number, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def check_address(address: Address, number: str, region: str, numbering: Numbering) -> None:
    """What is written of it must be understood, as it will be for this number in E.164. `region` is the country
    that is meant most likely."""
    if address.zone and address.zone not in numbering.zones:
        remedy = _instead(address.zone, numbering.zones, "America/New_York")
        raise CtiError(f"--zone: there is no time zone {address.zone!r}: {remedy}")
    bare = locate(number, Address(), numbering)
    country = region if bare.reason.startswith(NUMBER) else bare.country
    found = home(address, country, index_of(numbering))
    if found.problem and not (found.country or found.written):
        raise CtiError(
            "The address is not understood: neither it nor the number names a country: add --address-country "
            f"{region}, or wherever it is. In one go: {ADDRESS_FLAGS}."
        )
    if found.problem and "military" not in found.problem:  # which is understood, and an answer
        written = f" ({shown(found.written)})" if found.written else ""
        raise CtiError(f"The address is not understood: {found.problem}{written}.")


def address_words(address: Address) -> str:
    """After "by the number"; empty where nothing is known."""
    parts = [part for part in (_as_read(address), address.state, address.country, address.zone) if part]
    if not parts:
        return ""
    return f" and {'the verified' if address.verified else 'the'} address {' '.join(parts)}"


def _as_read(address: Address) -> str:
    """The postcode, and what a US one is taken for that has lost its leading zeros to a spreadsheet."""
    code = address.postcode
    is_short = code.isascii() and code.isdecimal() and len(code) in SHORT_ZIP_DIGITS
    return f"{code} (read as {code.zfill(5)})" if is_short and address.country in ("", "US") else code


def _instead(word: str, known: Iterable[str], example: str = "") -> str:
    names = list(known)
    otherwise = f"write one like {example}." if example else f"there are {', '.join(sorted(names))}."
    return suggest(word, names, otherwise)
