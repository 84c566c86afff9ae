"""C: who is held, instead of being told what the server decided, is not held for long while the server could decide."""

from collections.abc import Callable

from cti.sim.checks.violation import Violation
from cti.sim.ledger import Fact

HELD_MAX_MS = 20_000
"""A commit may take 5 s, and a filler lasts 10 s: more than one after the other is too many."""

ServingSince = Callable[[], int | None]
"""Since when (ms) there has been a worker that could answer and record, without a break; None: there is none now."""


class HoldingChecks:
    """Follows each line from fact to fact: `held` begins or prolongs a stretch, and whatever else it is given ends it.
    Time in which nobody could have answered does not count."""

    def __init__(self, serving_since: ServingSince) -> None:
        self._serving_since = serving_since
        self._since: dict[str, int] = {}

    def take(self, fact: Fact) -> None:
        """Raises `Violation`."""
        if fact.kind == "held":
            since = self._since.setdefault(fact.ref, fact.at)
            serving_since = self._serving_since()
            if serving_since is None:
                return
            held_ms = fact.at - max(since, serving_since)
            if held_ms > HELD_MAX_MS:
                words = f"the caller was held for {held_ms / 1_000:g} s although the server could have answered"
                raise Violation("C", words, fact.ref)
        elif fact.kind in ("given", "ended"):
            self._since.pop(fact.ref, None)
