"""What became of the calls that were asked for."""

from collections import Counter
from typing import Any

from cti.core.events import DialCleared, DialRefused, DialRequested
from cti.core.record import TurnRecord


class Tally:
    """How many were asked for, allowed, and refused, by the first rule that says no. What is neither was given up, or
    asked for when nobody was there to record it."""

    def __init__(self) -> None:
        self.asked = 0
        self.allowed = 0
        self.refused: Counter[str] = Counter()

    def take(self, record: TurnRecord) -> None:
        """The next record."""
        self.asked += isinstance(record.input, DialRequested)
        for event in record.events:
            if isinstance(event, DialCleared):
                self.allowed += 1
            elif isinstance(event, DialRefused):
                self.refused[event.rule] += 1

    def add(self, other: "Tally") -> None:
        """Those of another world as well."""
        self.asked += other.asked
        self.allowed += other.allowed
        self.refused += other.refused

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"asked": self.asked, "allowed": self.allowed, "refused": dict(self.refused.most_common())}

    def words(self) -> str:
        """For people."""
        rules = ", ".join(f"{rule} {count}" for rule, count in self.refused.most_common())
        return f"{self.asked} calls asked for, {self.allowed} allowed, {self.refused.total()} refused: {rules}"
