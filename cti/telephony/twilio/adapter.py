"""The whole adapter, put together for the server."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Self

from aiohttp import web

from cti.core.config import Prompt
from cti.core.ports import Audio, Intake
from cti.telephony.twilio.account import Account
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.audio import recording_audio
from cti.telephony.twilio.carrier import Carrier, wall_clock
from cti.telephony.twilio.memory import Memory
from cti.telephony.twilio.rest import Rest
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.twiml import Documents
from cti.telephony.twilio.webhooks import routes


class Adapter:
    """What the server is handed: `documents` (the renderer), `carrier` and the webhooks' routes. `open` it inside the
    event loop, `close` it at the end."""

    def __init__(self, account: Account, rest: Rest, now: Callable[[], int]) -> None:
        self._account = account
        self._rest = rest
        self._shelf = Shelf()
        self._memory = Memory()
        self.addresses = Addresses(account.public_url, account.site)
        self.documents = Documents(self.addresses)
        self.carrier = Carrier(rest, self.addresses, self.documents, self._shelf, self._memory, now)

    @classmethod
    async def open(
        cls,
        account: Account,
        *,
        waiting: Prompt = (),
        apology: Prompt = (),
        hold_music: Prompt = (),
        answered: Callable[[], None] = lambda: None,
        now: Callable[[], int] = wall_clock,
    ) -> Self:
        """The prompts are what a caller hears while nothing can be recorded, where nothing else can be said, and on
        hold; `documents.announce` changes them. `answered` is called when the carrier has carried a request out, before
        its answer is read; `now` is the clock, in ms since 1970."""
        adapter = cls(account, await Rest.open(account, answered=answered), now)
        adapter.documents.announce(waiting, apology, hold_music)
        return adapter

    def audio(self, recording_id: str) -> AbstractAsyncContextManager[Audio]:
        """The sound of a recording, by the carrier's name for it."""
        return recording_audio(self._rest, recording_id)

    def routes(self, intake: Intake) -> list[web.RouteDef]:
        """Every address under /twilio/, for the server's aiohttp application."""
        return routes(intake, self._account, self.addresses, self.documents, self._shelf, self._memory)

    async def close(self) -> None:
        """Give up the requests that are on their way."""
        await self._rest.close()
