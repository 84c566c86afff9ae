"""C for who was called, and O, the ceiling: whoever answers is with an agent in time, or hears the message, or is hung
up on as a machine; and of those who answered no more were left alone than the ceiling says, at every instant, by the
carrier's ledger."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

import msgspec

from cti.core.calling import CampaignConfig, ConductDemand
from cti.core.config import SiteConfig
from cti.core.events import (
    AnyEvent,
    AttemptClassified,
    AttemptConnected,
    GreetingEnded,
    LiveAnswerCounted,
    PlanRequested,
    ReleaseRequested,
)
from cti.core.ledger import MILLION, Ledger, day_of, window
from cti.core.plan import Door
from cti.core.record import TurnRecord
from cti.core.states import Outcome
from cti.core.zone import UTC
from cti.sim.campaigns.carried_over import ledger_id_of
from cti.sim.campaigns.centre import CONNECT_MS, SORRY
from cti.sim.campaigns.losses import Losses
from cti.sim.campaigns.truth import RINGS_LEAST_MS, Attempt
from cti.sim.carrier import DETECT_MAX_MS
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Ended, Fact
from cti.sim.line import Hears, Line, Part
from cti.sim.nature import Nature

LATENCY_MS = 3_000
"""How long a request and its answer, and a request of ours besides, may take while nothing goes wrong."""

GIVEN_UP_MS = 8_000
"""How soon a line is given up that nobody is there for."""

MACHINES = (Outcome.MACHINE, Outcome.FAX)


class Answer(msgspec.Struct, kw_only=True):
    """Somebody, or something, that answered the leg, for a seller. Times are ms, 0 for not yet: when the carrier was
    answered, and the server knew; when the server heard the end of the greeting; when they were with an agent, and the
    server knew. `told` is what the carrier made of them, `glare` that they were given up before anybody knew that they
    answered, `cut_off` that they were hung up on for that; `day`, on which day they count."""

    leg_id: str
    attempt: Attempt
    answered_at: int
    troubles: int
    known_at: int = 0
    greeted_at: int = 0
    told: Outcome | None = None
    joined_at: int = 0
    connected_at: int = 0
    heard_something: bool = False
    glare: bool = False
    left_alone: bool = False
    cut_off: bool = False
    counted: bool | None = None
    day: int = 0


class AnswerChecks:
    """Of lines that were answered, by the carrier's reference. `met` counts who was with an agent, in time or late, and
    who was left alone, or was so over the ceiling because agents were lost."""

    def __init__(
        self,
        nature: Nature,
        config: SiteConfig,
        attempts: Mapping[str, Attempt],
        lines: Mapping[str, Line],
        past: Iterable[Ledger],
    ) -> None:
        self.answers: dict[str, Answer] = {}
        self.met: Counter[str] = Counter()
        self.losses = Losses(lines)
        self._nature = nature
        self._campaigns = config.calling.campaigns
        demands = (rule.demand for rule in config.calling.rules)
        self._demand = next(demand for demand in demands if isinstance(demand, ConductDemand))
        self._attempts = attempts
        self._lines = lines
        self._past = {ledger.ledger_id: ledger for ledger in past}
        self._ref_of_leg: dict[str, str] = {}
        self._excused: Counter[str] = Counter()
        self._released: dict[str, None] = {}
        theirs: dict[str, list[CampaignConfig]] = {}
        for each in self._campaigns.values():
            theirs.setdefault(ledger_id_of(each), []).append(each)
        self._bound = {
            ledger_id: all(_is_certain(config, each) for each in found) for ledger_id, found in theirs.items()
        }
        self._never_alone = self._demand.abandoned_ppm_max == 0 and all(self._bound.values())
        self._never_alone = self._never_alone or all(each.mode == "progressive" for each in self._campaigns.values())
        self._nobody_since = self._nobody_troubles = 0

    # What the records say

    def take(self, record: TurnRecord) -> None:
        """What the server knows of who answered, and what it counts. Raises `Violation`."""
        self.losses.take(record, self._nature.now)
        for event in (record.input, *record.events):
            if isinstance(event, ReleaseRequested):
                self._released[event.leg_id] = None
            leg_id = getattr(event, "leg_id", "") or getattr(event, "attempt_id", "")
            answer = self.answers.get(self._ref_of_leg.get(leg_id, ""))
            if answer:
                self._learn(answer, event, record.at)

    def _learn(self, answer: Answer, event: AnyEvent, at: int) -> None:
        match event:
            case PlanRequested(door=Door.ANSWERED):
                answer.known_at = answer.known_at or at
            case GreetingEnded():
                answer.greeted_at = at - event.ago_ms
            case AttemptConnected():
                answer.connected_at = at
            case AttemptClassified():
                answer.told = event.outcome
            case ReleaseRequested():
                answer.glare = not answer.known_at
            case LiveAnswerCounted():
                answer.counted, answer.day = event.abandoned, day_of(at, UTC)
                if not event.abandoned and not answer.joined_at:
                    words = f"{answer.leg_id} counts as answered by an agent, and never was with one"
                    raise Violation("O", words, answer.leg_id)
                if not event.abandoned and self._came_late(answer):
                    raise Violation("O", f"{answer.leg_id} counts as in time, and an agent came late", answer.leg_id)
            case _:
                pass

    def _came_late(self, answer: Answer) -> bool:
        """By the end of the greeting, where the server heard it, and by the server's clock alone: it may be wrong."""
        agentless = self._campaigns[answer.attempt.campaign_id].mode == "broadcast"
        if agentless or self._demand.connect_from == "answer" or not answer.greeted_at:
            return False
        return answer.connected_at > answer.greeted_at + CONNECT_MS

    # What the ledger says

    def judge(self, fact: Fact) -> None:
        """Raises `Violation`."""
        judge = self._JUDGES.get(fact.kind)
        if judge:
            judge(self, fact)

    def _answered(self, fact: Fact) -> None:
        line = self._lines[fact.ref]
        attempt = self._attempts.get(line.label)
        if line.detect and attempt:
            self._ref_of_leg[line.label] = fact.ref
            troubles = self._nature.met.total()
            self.answers[fact.ref] = Answer(
                leg_id=line.label,
                attempt=attempt,
                answered_at=fact.at,
                troubles=troubles,
                glare=line.label in self._released,
            )

    def _bridged(self, fact: Fact) -> None:
        answer = self.answers.get(fact.ref)
        if answer and not answer.joined_at:
            answer.joined_at = fact.at
            self.met["joined"] += 1
            self.met["joined late"] += fact.at > self._due_at(answer) + LATENCY_MS

    def _given(self, fact: Fact) -> None:
        answer = self.answers.get(fact.ref)
        if answer and ("Say" in fact.text or "Collect" in fact.text or "Play" in fact.text):
            answer.heard_something = True

    def _ended(self, fact: Fact) -> None:
        answer = self.answers.get(fact.ref)
        if answer is None or answer.joined_at:
            return
        campaign = self._campaigns[answer.attempt.campaign_id]
        how = campaign.dialling
        assert how is not None
        if answer.told in MACHINES or not answer.known_at:
            return
        gives_up = answer.glare or (answer.told is Outcome.UNKNOWN and how.answering.unknown == "hang_up")
        if gives_up or campaign.mode == "broadcast":  # no ceiling can be sure of those
            answer.cut_off = gives_up and fact.ended is not Ended.FAR_END
            return
        if fact.ended is not Ended.FAR_END and how.abandoned_flow == SORRY and not answer.heard_something:
            raise Violation("C", f"whoever answered was hung up on without a word: {fact.text}", answer.leg_id)
        if fact.ended is not Ended.FAR_END or fact.at > self._due_at(answer) + LATENCY_MS:
            self._left_alone(answer, fact.at)

    def _due_at(self, answer: Answer) -> int:
        """By when somebody must be there, by what the server could know (ms)."""
        how = self._campaigns[answer.attempt.campaign_id].dialling
        assert how is not None
        if self._demand.connect_from == "answer":
            return answer.known_at + CONNECT_MS
        return (answer.greeted_at or answer.known_at + how.answering.greeting_ms) + CONNECT_MS

    def _left_alone(self, answer: Answer, at: int) -> None:
        """How many of all are so now, of the seller's, by the ledger of days before and the carrier's of today?"""
        answer.left_alone = True
        self.met["left alone"] += 1
        ledger_id = self._ledger_of(answer)
        if not self._bound[ledger_id]:
            return
        answers, abandoned = self._now(ledger_id, at)
        ceiling_ppm = self._demand.abandoned_ppm_max
        over = abandoned - ceiling_ppm * answers // MILLION - self._excused[ledger_id]
        if over <= 0:
            return
        if not self.losses.excuse(over, at):
            words = f"{abandoned} of {answers} were left alone for {ledger_id}, under a ceiling of {ceiling_ppm} ppm"
            raise Violation("O", f"{words}, and no agent was lost", answer.leg_id)
        self._excused[ledger_id] += over
        self.met["excused"] += over

    def _ledger_of(self, answer: Answer) -> str:
        return ledger_id_of(self._campaigns[answer.attempt.campaign_id])

    def _now(self, ledger_id: str, at: int) -> tuple[int, int]:
        """Answers of the window, and how many were left alone. What was not counted yet is so today."""
        today, days = day_of(at, UTC), max(1, self._demand.abandoned_days)
        before = window(self._past.get(ledger_id) or Ledger(ledger_id=""), today, days)
        mine = [
            each
            for each in self.answers.values()
            if self._ledger_of(each) == ledger_id and each.told not in MACHINES and (each.day or today) > today - days
        ]
        left = sum(each.left_alone for each in mine)
        return before[0] + sum(each.joined_at > 0 for each in mine) + left, before[1] + left

    # Looked at now and then

    def look(self, now: int) -> None:
        """Nobody who answered hears nothing for longer than there is time, while nothing goes wrong. Raises
        `Violation`."""
        troubles = self._nature.met.total()
        for ref, answer in self.answers.items():
            line = self._lines[ref]
            if line.over or answer.joined_at or line.hears is not Hears.SILENCE or troubles != answer.troubles:
                continue
            how = self._campaigns[answer.attempt.campaign_id].dialling
            assert how is not None
            assert line.made is not None
            detect_ms = min(line.made.detect_ms, DETECT_MAX_MS) if line.detect == "first" else 0
            longest_ms = max(how.answering.greeting_ms, line.made.greeting_ms) + CONNECT_MS + detect_ms + LATENCY_MS
            if now - line.silent_since > longest_ms:
                words = f"whoever answered hears nothing for {(now - line.silent_since) / 1_000:g} s"
                raise Violation("C", words, answer.leg_id)

    def look_for_agents(self, now: int) -> None:
        """Where nobody may be left alone, a telephone does not ring on once every agent is gone, longer than it must. A
        broadcast plays its message to whoever answers, with or without agents. Raises `Violation`."""
        lines = self._lines.values()
        if any(line.part is Part.AGENT and line.answered_at and not line.over for line in lines):
            self._nobody_since, self._nobody_troubles = 0, 0
            return
        if not self._nobody_since:
            self._nobody_since, self._nobody_troubles = now, self._nature.met.total()
        if not self._never_alone or self._nature.met.total() != self._nobody_troubles:
            return
        for line in lines:
            if line.detect and line.alerted_at and not line.answered_at and not line.over and self._wants_agent(line):
                on_ms = now - max(self._nobody_since, line.alerted_at + RINGS_LEAST_MS)
                if on_ms > GIVEN_UP_MS:
                    raise Violation("N", f"it rings on, {on_ms / 1_000:g} s after nobody is there to talk", line.label)

    def _wants_agent(self, line: Line) -> bool:
        attempt = self._attempts.get(line.label)
        return attempt is None or self._campaigns[attempt.campaign_id].mode != "broadcast"

    def look_closely(self) -> None:
        """Everybody who was left alone counts so. Raises `Violation`."""
        for answer in self.answers.values():
            if (answer.left_alone or answer.cut_off) and not answer.counted:
                raise Violation("O", f"{answer.leg_id} was left alone, and does not count so", answer.leg_id)

    _JUDGES: ClassVar[dict[str, Callable[["AnswerChecks", Fact], None]]] = {
        "answered": _answered,
        "bridged": _bridged,
        "given": _given,
        "told": _given,
        "held": _given,
        "ended": _ended,
    }


def _is_certain(config: SiteConfig, campaign: CampaignConfig) -> bool:
    """Nobody dials ahead without a certificate, and no agent takes longer than there is time."""
    how = campaign.dialling
    assert how is not None
    return config.queues[how.queue_id].takes_itself and (how.pacing.certain or campaign.mode != "predictive")
