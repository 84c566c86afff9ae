"""What of campaigns' results is on its way to other systems."""

from typing import Protocol

from cti.core.base import Record
from cti.core.campaign_config import ResultsTarget


class ResultsMessage(Record):
    """What is sent in one request: the results at these positions. Sent again, it has the same id and the same body."""

    message_id: str
    positions: tuple[int, ...]
    body: bytes


class ResultsDue(Record):
    """A campaign whose results go somewhere. It has not worked `tries` times in a row, since `failing_since` (ms; 0: it
    works), and is tried next at `next_try_at`."""

    campaign_id: str
    target: ResultsTarget
    failing_since: int = 0
    tries: int = 0
    next_try_at: int = 0


class ResultsOutbox(Protocol):
    """Results until they were received. Whatever is said here is durable when it returns."""

    async def due(self) -> list[ResultsDue]:
        """Every campaign that has somewhere to send its results."""

    async def next(self, campaign_id: str, before_at: int, *, together: bool) -> list[ResultsMessage]:
        """What to send next of results from before this instant (ms), in their order: a message with all that fit, or
        one for each, of which none has to wait for another of the same lead."""

    async def received(self, campaign_id: str, message: ResultsMessage, at: int) -> None:
        """The receiver has it."""

    async def refused(self, campaign_id: str, message: ResultsMessage, why: str, at: int) -> None:
        """The receiver will never take it. Of several results, those that it would take are still found out."""

    async def failing(self, campaign_id: str, why: str, tries: int, since: int, next_try_at: int) -> None:
        """It does not work just now."""
