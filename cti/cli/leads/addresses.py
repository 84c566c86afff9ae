"""What a row says of where its person is, and whether the calling rules can tell where that is.

A call to somebody whose address is not understood is refused, and its lead never called: better the row is rejected,
with what to mend, while somebody looks.
"""

from collections.abc import Mapping, Sequence

from cti.core.numbering import Address, Numbering
from cti.dialer.numbering.address import Home, home
from cti.dialer.numbering.index import index_of
from cti.dialer.numbering.locate import NOWHERE, locate
from cti.dialer.numbering.normalise import Unusable
from cti.dialer.numbering.states import state_code

KEPT = 100_000
REMEDIES = {
    "state": "write its code, such as FL, and the country in a column of its own where the number is of another one",
    "postcode": "write it whole, such as 33101 or K1A 0B1",
    "zone": "write a name such as America/New_York",
    "country": "write the two letters of ISO 3166, such as US",
}


def address_of(said: Mapping[str, str], country: str, *, verified: bool = False) -> Address:
    """From the fields of a row. `country` is its country's code, or empty. Where nothing is said, nothing is
    `verified`."""
    state, postcode, zone = state_code(said.get("state", "")), said.get("postcode", ""), said.get("zone", "")
    is_said = bool(country or state or postcode or zone)
    return Address(country=country, state=state, postcode=postcode, zone=zone, verified=verified and is_said)


class AddressReader:
    """Reads addresses by the site's `numbering`; without one, or with none of any country, all are taken as they
    are."""

    def __init__(self, numbering: Numbering | None) -> None:
        self._numbering = numbering if numbering and numbering.countries else None
        self._homes: dict[tuple[Address, str], Home] = {}

    def why_not(self, address: Address, numbers: Sequence[str]) -> Unusable | None:
        """What of an address is not understood, whichever of the lead's numbers (E.164) is rung."""
        if self._numbering is None or address == NOWHERE:
            return None
        homes = [self._home(address, number, self._numbering) for number in numbers]
        if not homes or not all(each.problem for each in homes):
            return None
        found = homes[0]
        part = next((part for part in REMEDIES if f"the {part} " in found.problem), "")
        written = f" ({found.written[:40]!r})" if found.written else ""
        return Unusable(f"{found.problem}{written}", REMEDIES.get(part, "write where the person is"))

    def _home(self, address: Address, number: str, numbering: Numbering) -> Home:
        key = (address, locate(number, NOWHERE, numbering).country)
        known = self._homes.get(key)
        if known is None:
            if len(self._homes) >= KEPT:
                self._homes.clear()
            known = self._homes[key] = home(address, key[1], index_of(numbering))
        return known
