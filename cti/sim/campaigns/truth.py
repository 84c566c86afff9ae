"""N: nobody is called whom the campaign was not given, not yet, not on this number, not twice at a time, nor once they
asked to be left alone; judged from the requests as they leave, and the carrier's lines."""

from collections.abc import Mapping, Sequence

import msgspec

from cti.core.commands import Originate
from cti.core.config import SiteConfig
from cti.core.events import (
    AttemptStarted,
    DialCleared,
    LeadScheduled,
    LeadsClaimed,
    LeadTaken,
    SuppressionAdded,
)
from cti.core.record import TurnRecord
from cti.core.states import LeadStatus
from cti.sim.campaigns.centre import CALLS_MAX, DAY_MIN, HOURS, RING_S
from cti.sim.campaigns.leads import Lead
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Fact
from cti.sim.line import Line

CLOCK_MS = 1_000
"""By so much the clocks of two workers may differ."""

RINGS_LEAST_MS = 15_000


def is_closed(closes: int, at: int) -> bool:
    """Whether the day is over at `at` (ms), which lasts from midnight to a minute."""
    return at // 60_000 % DAY_MIN >= closes


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """Which lead a leg was to call, for which campaign; it was cleared at `at` (ms)."""

    campaign_id: str
    lead_id: str
    at: int = 0


class LeadChecks:
    """Reads every record, and each request to ring somebody for a campaign as it leaves."""

    def __init__(
        self, leads: Mapping[str, Lead], lines: Mapping[str, Line], config: SiteConfig, durable_at: Sequence[int]
    ) -> None:
        self.attempts: dict[str, Attempt] = {}
        self._leads = leads
        self._lines = lines
        self._config = config
        self._durable_at = durable_at
        self._given: dict[tuple[str, str], int] = {}
        self._scheduled: dict[tuple[str, str], LeadScheduled] = {}
        self._alone: dict[str, int] = {}
        self._cleared: dict[str, DialCleared] = {}
        self._rung: dict[str, str] = {}
        self._calls: dict[str, set[str]] = {}

    def take(self, record: TurnRecord, now: int) -> None:
        """What was given, put off, asked for. Raises `Violation` when a lead is called that is not to be."""
        for event in (record.input, *record.events):
            match event:
                case LeadsClaimed():
                    for lead in event.leads:
                        self._given[event.campaign_id, lead.lead_id] = lead.number_index
                case LeadScheduled():
                    self._scheduled[event.campaign_id, event.lead_id] = event
                case SuppressionAdded():
                    self._alone.setdefault(event.value, now)
                case LeadTaken():
                    self._taken(event, record.at)
                case DialCleared():
                    self._cleared[event.leg_id] = event
                case AttemptStarted():
                    self._started(event, record.at)
                case _:
                    pass

    def _taken(self, event: LeadTaken, at: int) -> None:
        """Not outside the hours at which the campaign works."""
        spec = self._config.calling.campaigns[event.campaign_id].dialling
        if spec and spec.spans and is_closed(spec.spans[0].closes, at):
            raise Violation("N", f"{event.campaign_id} goes on at night", event.leg_id)

    def _started(self, event: AttemptStarted, at: int) -> None:
        """It was given, and since it was called last it was decided to call it again, by now, on this number."""
        key, leg_id = (event.campaign_id, event.lead_id), event.leg_id
        lead = self._leads[event.lead_id]
        spec = self._config.calling.campaigns[event.campaign_id].dialling
        if key not in self._given or spec is None or lead.list_id not in spec.claim.lists:
            raise Violation("N", f"{event.lead_id} is called, and nobody gave it to {event.campaign_id}", leg_id)
        before = any((each.campaign_id, each.lead_id) == key for each in self.attempts.values())
        scheduled = self._scheduled.pop(key, None)
        if before and scheduled is None:
            raise Violation("N", f"{event.lead_id} is called again by {event.campaign_id}, and nobody said so", leg_id)
        if scheduled and scheduled.status not in (LeadStatus.RETRY, LeadStatus.CALLBACK):
            raise Violation("N", f"{event.lead_id} is called again, and was {scheduled.status}", leg_id)
        if scheduled and scheduled.next_at > at + CLOCK_MS:
            early_s = (scheduled.next_at - at) / 1_000
            raise Violation("N", f"{event.lead_id} is called {early_s:g} s too early", leg_id)
        index = scheduled.number_index if scheduled else 0
        if self._cleared[leg_id].number != lead.numbers[index]:
            raise Violation("N", f"{event.lead_id} is called on another number than the one whose turn it is", leg_id)
        self.attempts[leg_id] = Attempt(campaign_id=event.campaign_id, lead_id=event.lead_id, at=at)

    def leaves(self, command: Originate, now: int) -> None:
        """A request to ring somebody for a campaign leaves us. Raises `Violation`."""
        leg_id, number = command.leg_id, command.endpoint.removeprefix("tel:")
        attempt = self.attempts.get(leg_id)
        if attempt is None:
            raise Violation("N", f"{number} is rung, and no attempt was begun", leg_id)
        since = self._alone.get(number)
        if since is not None and since < now:
            raise Violation(
                "N", f"{number} is rung, and asked {(now - since) / 1_000:g} s ago to be left alone", leg_id
            )
        self._by_hours(leg_id, now)
        calls = self._calls.setdefault(number, set())
        calls.add(leg_id)
        if len(calls) > CALLS_MAX:
            raise Violation("N", f"{number} is rung {len(calls)} times within a day", leg_id)

    def _by_hours(self, leg_id: str, now: int) -> None:
        """From the first ring to the last."""
        rule = next(rule for rule in self._config.calling.rules if rule.rule_id == HOURS)
        closes = rule.demand.spans[0].closes  # type: ignore[union-attr]
        for at in (now, now + 1_000 * RING_S):
            # The clock of who cleared it may be behind, as the day ends, or ahead, as the next one begins.
            if all(is_closed(closes, at + off) for off in (-CLOCK_MS, 0, CLOCK_MS)):
                minute = at // 60_000 % DAY_MIN
                raise Violation("N", f"it rings until {minute // 60:02}:{minute % 60:02}, when nobody may", leg_id)

    def judge(self, fact: Fact) -> None:
        """Never two lines to one person, and nobody's telephone stops after a moment. Raises `Violation`."""
        attempt = self.attempts.get(fact.label)
        if fact.kind == "dialled" and attempt:
            person_id = self._leads[attempt.lead_id].person_id
            for ref, other in self._rung.items():
                line, theirs = self._lines[ref], self._leads[self.attempts[other].lead_id]
                is_same = theirs.person_id == person_id or line.endpoint == fact.other
                if is_same and not line.over and other != fact.label:
                    raise Violation("N", f"two lines to {person_id}: {other} and {fact.label}", fact.label)
            self._rung[fact.ref] = fact.label
        elif fact.kind == "ended" and fact.ref in self._rung:
            label = self._rung.pop(fact.ref)
            line = self._lines[fact.ref]
            if fact.ended == "the server's request" and line.alerted_at and not line.answered_at:
                rang_ms = fact.at - line.alerted_at
                is_time_up = fact.at - self.attempts[label].at >= 1_000 * RING_S
                alone = line.endpoint.removeprefix("tel:") in self._alone
                if rang_ms < RINGS_LEAST_MS - CLOCK_MS and not (is_time_up or alone):
                    raise Violation("N", f"the server let it ring for {rang_ms / 1_000:g} s only", label)
