"""The server's one way in. It is there before the driver is, and after it: then it says what is the matter."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable

from cti.core.codec import decode
from cti.core.errors import JournalUnavailable
from cti.core.events import AnyEvent, CallArrived
from cti.core.ports import Journal
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.runtime.driver import Driver
from cti.runtime.inbox import Load
from cti.runtime.ranks import Rank
from cti.runtime.stalls import LoopWatch

SECRETS_MAX = 10_000

FIND_S = 2.0
"""How long the journal may take to say whether a call is new. Then its caller is held, and comes again."""


class Gate:
    """`Intake` of `cti.core.ports`, and what sockets may see of the site."""

    def __init__(self, site: str, watch: LoopWatch | None = None) -> None:
        """`watch` says whether what comes in may have waited to be read."""
        self._watch = watch
        self._why = "the server is starting"
        self._driver: Driver | None = None
        self._journal: Journal | None = None
        self._empty = State(site)
        self.opened = asyncio.Event()
        """Set once there is something to answer with: the driver, or the reason why there is none."""
        self._secrets: OrderedDict[str, str] = OrderedDict()

    def open(self, driver: Driver, journal: Journal) -> None:
        """The driver runs: everything may come in."""
        self._driver, self._journal, self._why = driver, journal, ""
        self.opened.set()

    def hold(self, why: str) -> None:
        """Nothing can be recorded, for this reason."""
        self._driver, self._why = None, why
        self.opened.set()

    @property
    def holding(self) -> str:
        """Why nothing can be recorded now, in words; empty when all is well."""
        return self._why or (self._driver.holding if self._driver else "")

    @property
    def load(self) -> dict[str, dict[str, int]]:
        """How many inputs wait, and how many were refused, by rank."""
        load = self._driver.inbox.load if self._driver else Load({}, {})
        return {"waiting": load.waiting, "refused": load.refused}

    @property
    def busy(self) -> str:
        """Why reports have to wait; empty when they do not."""
        return self._driver.inbox.refuses(Rank.REPORTS) if self._driver else ""

    @property
    def state(self) -> State:
        """The state as decided; empty until the journal has been read."""
        return self._driver.decider.state if self._driver else self._empty

    def post(self, event: AnyEvent, *, key: str, token: str = "", actor: str) -> Awaitable[str]:
        """As `Intake.post`. A call that looks new, but of which memory cannot be sure, is looked up in the journal: or
        a request from last year, sent again by whoever recorded it, would make a call."""
        if self._driver is None:
            raise JournalUnavailable(self._why)
        if self._watch:
            event = self._watch.stamped(event)
        decider = self._driver.decider
        is_arrival = type(event) is CallArrived and event.provider_ref not in decider.state.leg_by_ref
        if is_arrival and not decider.seen.knows(key):
            return asyncio.shield(self._post_if_new(event, key, token, actor))
        return self._driver.post(event, key=key, token=token, actor=actor)

    async def _post_if_new(self, event: AnyEvent, key: str, token: str, actor: str) -> str:
        assert self._journal is not None
        try:
            async with asyncio.timeout(FIND_S):
                if await self._journal.arrival(key):
                    reply = await self._journal.reply_for(key, token)
                    return reply.content if reply else ""
        except TimeoutError as error:
            raise JournalUnavailable(f"the journal did not say within {FIND_S} s whether the call is new") from error
        if self._driver is None:
            raise JournalUnavailable(self._why)
        return await self._driver.post(event, key=key, token=token, actor=actor)

    def keep_secret(self, value: str) -> str:
        """The reference ends in how many digits there were, which is all that a flow may know of them."""
        reference = f"secret:{secrets.token_hex(8)}:{len(value)}"
        self._secrets[reference] = value
        if len(self._secrets) > SECRETS_MAX:
            self._secrets.popitem(last=False)
        return reference

    async def read(self, after: int) -> AsyncIterator[TurnRecord]:
        """Durable records after `after`, in order."""
        if self._journal is not None:
            async for row in self._journal.read(after):
                yield decode(row)
