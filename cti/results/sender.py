"""Sends results until they were received: at least once, in the order of each lead, with growing waits, for ever. What
the receiver says it will never take is set aside with its words, and the others go on."""

import asyncio
import time
from collections.abc import Callable

import structlog

from cti.core.errors import CtiError
from cti.core.results import ResultsDue, ResultsMessage, ResultsOutbox
from cti.core.times import ZoneTable
from cti.results.destination import why_not
from cti.results.posting import Answer, Poster, Unreachable
from cti.results.signing import signed
from cti.results.timing import due_before, wait_s

log = structlog.get_logger()

ABOUT_US = frozenset((401, 403, 404, 405, 407, 408, 410, 421, 425, 429))
"""What a receiver says of the address, the key or the hurry, and not of what it was sent: that is no reason to set
anything aside."""

LOOK_EVERY_S = 0.5

Keys = Callable[[str], tuple[bytes, ...]]
"""The keys of a secret, by its name; raises a `CtiError` that says what to do where there are none."""


class NotSent(Exception):
    """Not now; perhaps not before so many seconds (0: nothing was said)."""

    def __init__(self, why: str, retry_after_s: float = 0.0) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Sender:
    """One site's. `now` is the site's clock (ms), `zone` its zone. Campaigns do not wait for each other."""

    def __init__(
        self,
        outbox: ResultsOutbox,
        poster: Poster,
        keys: Keys,
        hosts: tuple[str, ...],
        now: Callable[[], int],
        zone: Callable[[], ZoneTable],
        *,
        first_wait_s: float = 1.0,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._outbox = outbox
        self._poster = poster
        self._keys = keys
        self._hosts = hosts
        self._now = now
        self._zone = zone
        self._first_wait_s = first_wait_s
        self._look_every_s = look_every_s
        self._sending: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled. Raises what the outbox raises, with nothing left under way; it may be run again."""
        try:
            while True:
                for due in await self._outbox.due():
                    self._begin(due)
                await asyncio.sleep(self._look_every_s)
                self._gather()
        finally:
            for task in self._sending.values():
                task.cancel()
            await asyncio.gather(*self._sending.values(), return_exceptions=True)
            self._sending.clear()

    def _begin(self, due: ResultsDue) -> None:
        if due.campaign_id not in self._sending and due.next_try_at <= self._now():
            self._sending[due.campaign_id] = asyncio.create_task(self._send(due))

    def _gather(self) -> None:
        for campaign_id in [name for name, task in self._sending.items() if task.done()]:
            self._sending.pop(campaign_id).result()

    async def _send(self, due: ResultsDue) -> None:
        """All that is due, or until it does not work."""
        together = bool(due.target.every_ms) or due.target.daily_at >= 0
        while True:
            before_at = due_before(due.target, self._now(), self._zone())
            messages = await self._outbox.next(due.campaign_id, before_at, together=together)
            if not messages:
                return
            came = await asyncio.gather(*(self._deliver(due, message) for message in messages))
            failed = [each for each in came if each]
            if due.tries and len(failed) < len(came):
                log.info("results_sent_again", campaign=due.campaign_id)
                due = ResultsDue(campaign_id=due.campaign_id, target=due.target)
            if failed:
                await self._put_off(due, failed[0])
                return

    async def _deliver(self, due: ResultsDue, message: ResultsMessage) -> NotSent | None:
        """None when there is nothing more to do about it."""
        try:
            answer = await self._post(due, message)
        except NotSent as error:
            return error
        if answer.status < 300:
            await self._outbox.received(due.campaign_id, message, self._now())
            return None
        why = f"{answer.status}: {answer.words}" if answer.words else str(answer.status)
        await self._outbox.refused(due.campaign_id, message, why, self._now())
        if len(message.positions) == 1:
            log.warning("result_set_aside", campaign=due.campaign_id, result=message.message_id, status=answer.status)
        return None

    async def _post(self, due: ResultsDue, message: ResultsMessage) -> Answer:
        """An answer that is about the message: it was received, or refused. Raises `NotSent` for all else."""
        url = due.target.url
        if why := why_not(url, self._hosts):
            raise NotSent(why)
        try:
            headers = signed(message.message_id, int(time.time()), message.body, self._keys(due.target.secret))
            answer = await self._poster.post(url, message.body, headers)
        except (CtiError, Unreachable) as error:
            raise NotSent(str(error)) from None
        is_received, is_refused = 200 <= answer.status < 300, 400 <= answer.status < 500
        if is_received or (is_refused and answer.status not in ABOUT_US):
            return answer
        raise NotSent(f"{answer.status}: {answer.words}".rstrip(": "), answer.retry_after_s)

    async def _put_off(self, due: ResultsDue, error: NotSent) -> None:
        tries, now = due.tries + 1, self._now()
        wait = max(wait_s(tries, self._first_wait_s), error.retry_after_s)
        if tries == 1:
            log.warning("results_not_sent", campaign=due.campaign_id, remedy="see cti leads results")
        since = due.failing_since or now
        await self._outbox.failing(due.campaign_id, str(error), tries, since, now + int(1_000 * wait))
