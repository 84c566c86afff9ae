"""Logging: JSON lines on standard error, one canonical line a contact, and nobody's personal data.

What may identify a person is left out by name, and any run of digits that could be a card number is masked wherever
it turns up.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any

import orjson
import structlog

from cti.core.events import ContactClosed
from cti.runtime.standard_error import forgive

PERSONAL = frozenset(
    {"from_number", "caller_name", "number", "digits", "name", "note", "customers", "matches", "pop", "endpoint",
     "token", "secret", "password", "authorization", "personal", "value"}
)  # fmt: skip

_TELEPHONES = re.compile(r"\+[0-9](?:[ ().-]*[0-9]){6,}")
_DIGITS = re.compile(r"\d(?:[ -]?\d){12,18}")


class OthersToo(logging.Handler):
    """What a library logs becomes a line of ours: JSON, with nobody's personal data."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it with our own logger."""
        structlog.get_logger().log(record.levelno, record.name, why=record.getMessage(), exc_info=record.exc_info)


class Reminder:
    """Passes on what is wrong, each cause at once and then every 30 s for as long as it stays."""

    def __init__(
        self, write: Callable[..., Any], every_s: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write = write
        self._every_s = every_s
        self._clock = clock
        self._next_at: dict[str, float] = {}

    def __call__(self, event: str, *, why: str, remedy: str) -> None:
        """Something cannot be done, why, and what to do about it."""
        now = self._clock()
        self._next_at = {cause: at for cause, at in self._next_at.items() if at > now}
        if why not in self._next_at:
            self._next_at[why] = now + self._every_s
            self._write(event, why=why, remedy=remedy)


def configure() -> None:
    """Call once a process, before anything is written to standard error."""
    forgive()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            leave_out_personal,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    http = logging.getLogger("aiohttp.server")
    http.handlers, http.propagate = [OthersToo(logging.WARNING)], False


def leave_out_personal(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor for structlog: fields that name people are emptied, card numbers in texts are masked."""
    for name in list(event):
        if name in PERSONAL:
            event[name] = "[left out]"
        elif isinstance(event[name], str):
            event[name] = mask_cards(event[name])
    if isinstance(event.get("exception"), str):  # whoever raised it may have quoted a caller's number
        event["exception"] = _TELEPHONES.sub("[number]", event["exception"])
    return event


def mask_cards(text: str) -> str:
    """Digits that pass the check of payment cards (Luhn) are never shown, in whatever text."""
    return _DIGITS.sub(lambda found: "[card]" if _is_card(found.group()) else found.group(), text)


def _is_card(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def contact_line(event: ContactClosed) -> dict[str, Any]:
    """The canonical line of a contact: how it went, in numbers, without saying who it was."""
    return {
        "contact_id": event.contact_id,
        "direction": event.direction,
        "outcome": event.outcome,
        "cause": event.cause,
        "flow": event.flow_id,
        "last_step": event.last_step,
        "queue": event.queue_id,
        "queue_refused": event.queue_refused,
        "waited_ms": (event.connected_at or event.ended_at) - event.queued_at if event.queued_at else 0,
        "talk_ms": event.talk_ms,
        "total_ms": event.ended_at - event.arrived_at,
        "offers": event.offers,
        "offers_missed": event.offers_missed,
        "offers_declined": event.offers_declined,
        "agents": event.agent_ids,
        "disposition": event.disposition,
    }
