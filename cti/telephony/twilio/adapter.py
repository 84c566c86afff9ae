"""The whole adapter, put together for the server."""

from collections.abc import Callable
from typing import Self

from aiohttp import web

from cti.core.config import Prompt
from cti.core.ports import Intake
from cti.telephony.twilio.account import Account
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.carrier import Carrier
from cti.telephony.twilio.rest import Rest
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.twiml import Documents
from cti.telephony.twilio.webhooks import routes


class Adapter:
    """What the server is handed: `documents` (the renderer), `carrier` and the webhooks' routes. `open` it inside the
    event loop, `close` it at the end."""

    def __init__(self, account: Account, rest: Rest, waiting: Prompt, apology: Prompt) -> None:
        self._account = account
        self._rest = rest
        self._shelf = Shelf()
        self.addresses = Addresses(account.public_url, account.site)
        self.documents = Documents(self.addresses, waiting=waiting, apology=apology)
        self.carrier = Carrier(rest, self.addresses, self.documents, self._shelf)

    @classmethod
    async def open(
        cls,
        account: Account,
        *,
        waiting: Prompt = (),
        apology: Prompt = (),
        answered: Callable[[], None] = lambda: None,
    ) -> Self:
        """The prompts are what a caller hears while nothing can be recorded, and where nothing else can be said.
        `answered` is called when the carrier has carried a request out, before its answer is read."""
        return cls(account, await Rest.open(account, answered=answered), waiting, apology)

    def routes(self, intake: Intake) -> list[web.RouteDef]:
        """Every address under /twilio/, for the server's aiohttp application."""
        return routes(intake, self._account, self.addresses, self.documents, self._shelf)

    async def close(self) -> None:
        """Give up the requests that are on their way."""
        await self._rest.close()
