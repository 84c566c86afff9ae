"""Every leg the carrier knows, and which of them are alive."""

import asyncio
from collections.abc import Iterator

from cti.fakecarrier.legs.leg import Leg


class Legs:
    """Legs by identifier. Ended legs stay readable until REST deletes them."""

    def __init__(self) -> None:
        self._known: dict[str, Leg] = {}
        self._live: dict[str, Leg] = {}
        self._quiet = asyncio.Event()
        self._quiet.set()

    def add(self, leg: Leg) -> None:
        """A new leg, alive."""
        self._known[leg.sid] = leg
        self._live[leg.sid] = leg
        self._quiet.clear()

    def find(self, sid: str) -> Leg | None:
        """The leg, alive or ended, or None."""
        return self._known.get(sid)

    def newest_first(self, *, only_live: bool = False) -> Iterator[Leg]:
        """All legs, the newest first."""
        return reversed((self._live if only_live else self._known).values())

    def ended(self, leg: Leg) -> None:
        """The leg is alive no more."""
        self._live.pop(leg.sid, None)
        if not self._live:
            self._quiet.set()

    def forget(self, leg: Leg) -> None:
        """REST deleted the ended leg; the ledger keeps it."""
        self._known.pop(leg.sid, None)

    @property
    def live(self) -> list[Leg]:
        """The legs alive now, oldest first."""
        return list(self._live.values())

    async def quiet(self) -> None:
        """Return when no leg is alive."""
        await self._quiet.wait()
