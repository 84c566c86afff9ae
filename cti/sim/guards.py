"""The guards on which everything stands, and the same without them: a simulation that does not notice that one is
missing would be worth nothing."""

from collections.abc import Iterable
from enum import StrEnum
from types import ModuleType
from typing import Any

import msgspec

from cti.core.commands import CheckLeg
from cti.core.record import Batch
from cti.core.state import State
from cti.journal.memory import MemoryJournal
from cti.runtime import outbox
from cti.runtime.decider import Decider, Input, Repeat, Seen
from cti.runtime.outbox import Entry, Status, Step


class Guard(StrEnum):
    """What can be left out of the server, to see whether the checks notice."""

    FENCE = "fence"
    DUPLICATES = "duplicates"
    IN_DOUBT = "in-doubt"
    RESUME = "resume"
    PROMISES = "promises"
    WATCH = "watch"
    OVERLAY = "overlay"
    AT_LEAVING = "at-leaving"
    CERTIFICATE = "certificate"
    KEPT = "kept"
    MARKS = "marks"
    CALENDAR = "calendar"


class UnfencedJournal(MemoryJournal):
    """Takes records from whoever brings them, in whatever order."""

    def _check(self, batch: Batch, changes: Any) -> None:
        pass


class ForgetfulSeen(Seen):
    """Has never seen anything before."""

    def find(self, key: str, token: str) -> Repeat | None:
        """Nothing."""
        return None


class TimelessDecider(Decider):
    """Keeps no promise: whatever was to happen later does not."""

    def due(self, clock_ms: int) -> Input | None:
        """Nothing."""
        return None

    def next_due_at(self) -> int | None:
        """Never."""
        return None


class Policy:
    """What the server does with a command next: the product's own rules."""

    def __init__(self, rules: ModuleType = outbox) -> None:
        self.step_of = rules.step_of
        self.after_result = rules.after_result
        self.after_restart = rules.after_restart
        self.voided = rules.voided


class BlindPolicy(Policy):
    """Sends a dial again when it is not known whether it was carried out."""

    def __init__(self) -> None:
        super().__init__()
        self.after_restart = _sent_again


class UnwatchfulPolicy(Policy):
    """Asks after no leg of which nothing was heard."""

    def __init__(self) -> None:
        super().__init__()
        self.step_of = _never_asked


def _never_asked(entry: Entry, state: State) -> Step:
    return Step.VOID if isinstance(entry.command, CheckLeg) else outbox.step_of(entry, state)


def _sent_again(entry: Entry) -> Entry:
    if not outbox.is_dial(entry):
        return outbox.after_restart(entry)
    return msgspec.structs.replace(entry, status=Status.INTENT, tries=0)


def journal_for(site: str, without: Guard | None) -> MemoryJournal:
    """The journal, or one that takes from anybody."""
    return UnfencedJournal(site) if without is Guard.FENCE else MemoryJournal(site)


def seen_for(seen: Seen, without: Guard | None) -> Seen:
    """What was seen before, or one that forgets."""
    return ForgetfulSeen() if without is Guard.DUPLICATES else seen


def policy_for(without: Guard | None) -> Policy:
    """What to do with commands, or one that dials again in doubt, or one that never asks what became of a leg."""
    made = {Guard.IN_DOUBT: BlindPolicy, Guard.WATCH: UnwatchfulPolicy}
    return made.get(without, Policy)() if without else Policy()


def decider_for(without: Guard | None) -> type[Decider]:
    """The server's own, or one that keeps no promise."""
    return TimelessDecider if without is Guard.PROMISES else Decider


def unfinished_for(entries: Iterable[Entry], without: Guard | None) -> Iterable[Entry]:
    """What the worker before did not finish; or nothing, as if it had."""
    return () if without is Guard.RESUME else entries
