"""Customers looked up in the site's own store, through a function that whoever builds the server hands in."""

import time
from collections.abc import Callable

from cti.core.events import Customer
from cti.directory.lookups import Ask, LookUps


class SqlDirectory:
    """A `Directory` over `ask`, which is given a number in E.164. Numbers without a country code are of `region`."""

    def __init__(self, ask: Ask, *, region: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._look_ups = LookUps(ask, region, clock)

    async def find(self, number: str) -> tuple[Customer, ...]:
        """Who has this number: at most 10 customers, as they were at most 30 s ago. Raises whatever `ask` raises."""
        return await self._look_ups.find(number)

    async def close(self) -> None:
        """Nothing to let go of: `ask` is somebody else's."""
