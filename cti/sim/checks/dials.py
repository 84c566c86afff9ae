"""N: nothing is rung, forwarded or pressed that must not be, or twice, or too soon."""

from cti.core.config import SiteConfig
from cti.core.events import ContactForwarded, DialCleared
from cti.core.record import TurnRecord
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Fact

LATE_MAX_MS = 5
"""So late a token still counts as taken in time."""


class DialChecks:
    """Reads the ledger's facts, and from the records what was let out."""

    def __init__(self, config: SiteConfig) -> None:
        self._endpoints = {agent.endpoint for agent in config.agents.values()}
        self._endpoints |= {supervisor.endpoint for supervisor in config.supervisors.values()}
        self._prefixes = tuple(f"tel:{prefix}" for prefix in config.dial_prefixes)
        self._calls_per_second = config.calls_per_second
        self._next_token_at = 0
        self._labels: set[str] = set()
        self._keys: set[str] = set()
        self._asked_for: set[str] = set()
        self._forwards_left: dict[str, int] = {}

    def take(self, record: TurnRecord) -> None:
        """So many legs in a second; one that leaves a little late does not delay the next."""
        for event in record.events:
            if not isinstance(event, DialCleared):
                continue
            if event.number:
                self._asked_for.add(f"tel:{event.number}")
            if event.leg_id and self._calls_per_second:
                if record.at < self._next_token_at:
                    raise Violation("N", f"leg {event.leg_id} was let out too soon after the one before", event.leg_id)
                on_time_at = max(self._next_token_at, record.at - LATE_MAX_MS)
                self._next_token_at = on_time_at + 1_000 // self._calls_per_second

    def may_forward(self, ref: str, event: ContactForwarded) -> None:
        """A caller is sent on, once."""
        self._forwards_left[ref] = self._forwards_left.get(ref, 0) + 1

    def dialled(self, fact: Fact) -> None:
        """We had somebody rung."""
        self._allowed(fact)
        if fact.label in self._labels:
            raise Violation("N", f"leg {fact.label} was dialled twice", fact.label)
        self._labels.add(fact.label)

    def forwarded(self, fact: Fact) -> None:
        """The carrier rings somebody for a caller."""
        self._allowed(fact)
        self._forwards_left[fact.ref] = self._forwards_left.get(fact.ref, 0) - 1
        if self._forwards_left[fact.ref] < 0:
            raise Violation("N", f"the caller was sent on to {fact.other} again", fact.ref)

    def tones(self, fact: Fact) -> None:
        """Keys were pressed for somebody; no two agents ask for the same."""
        if fact.label in self._keys:
            raise Violation("N", f"the keys {fact.label} were pressed twice", fact.ref)
        self._keys.add(fact.label)

    def _allowed(self, fact: Fact) -> None:
        about = fact.label or fact.ref
        if fact.other not in self._endpoints and fact.other not in self._asked_for:
            raise Violation("N", f"{fact.other} is nobody's endpoint", about)
        if fact.other.startswith("tel:") and not fact.other.startswith(self._prefixes):
            raise Violation("N", f"{fact.other} is not allowed to be dialled", about)
