"""The three guards on which everything stands, and the same without them: a simulation that does not notice that one
is missing would be worth nothing."""

from enum import StrEnum
from types import ModuleType
from typing import Any

import msgspec

from cti.core.record import Batch
from cti.journal.memory import MemoryJournal
from cti.runtime import outbox
from cti.runtime.decider import Repeat, Seen
from cti.runtime.outbox import Entry, Status


class Guard(StrEnum):
    """What can be left out of the server, to see whether the checks notice."""

    FENCE = "fence"
    DUPLICATES = "duplicates"
    IN_DOUBT = "in-doubt"


class UnfencedJournal(MemoryJournal):
    """Takes records from whoever brings them, in whatever order."""

    def _check(self, batch: Batch, changes: Any) -> None:
        pass


class ForgetfulSeen(Seen):
    """Has never seen anything before."""

    def find(self, key: str, token: str) -> Repeat | None:
        """Nothing."""
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
    """What to do with commands, or one that dials again in doubt."""
    return BlindPolicy() if without is Guard.IN_DOUBT else Policy()
