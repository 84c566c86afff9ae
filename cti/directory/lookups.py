"""What every directory does around the question itself."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence

import phonenumbers

from cti.core.events import Customer
from cti.directory.cache import Cache

IN_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
CUSTOMERS_MAX = 10
LOOK_UPS_MAX = 20

Ask = Callable[[str], Awaitable[Sequence[Customer]]]


class LookUps:
    """Asks only for what is a telephone number, in E.164, and not again while the answer is remembered. At most 20
    questions are open at once, the others wait; at most 10 customers come back. What goes wrong is not remembered."""

    def __init__(self, ask: Ask, region: str, clock: Callable[[], float]) -> None:
        if region and region not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError(f"{region!r} is no region: write two capital letters, such as GB")
        self._ask = ask
        self._region = region
        self._cache = Cache(clock)
        self._places = asyncio.Semaphore(LOOK_UPS_MAX)

    async def find(self, number: str) -> tuple[Customer, ...]:
        """Who has this number. Raises whatever the question raises."""
        number = normalised(number, self._region)
        if not number:
            return ()
        known = self._cache.get(number)
        if known is None:
            async with self._places:
                known = self._cache.get(number)  # whoever had the place before may have asked the same
                if known is None:
                    known = tuple(await self._ask(number))[:CUSTOMERS_MAX]
                    self._cache.put(number, known)
        return known


def normalised(number: str, region: str) -> str:
    """The number in E.164; empty when it is none. Without a country code it is taken to be of `region`."""
    if IN_E164.fullmatch(number):
        return number  # as carriers send it: what could be parsed is parsed already
    try:
        parsed = phonenumbers.parse(number, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
