"""The dice: decides for each request which faults of the plan it meets, repeatably for a seed."""

import random
import re
from collections import Counter
from typing import TypeVar

import msgspec

from cti.fakecarrier.faults.plan import FaultPlan, RestFault, WebhookFault
from cti.fakecarrier.spans import Range, draw

Rule = TypeVar("Rule", WebhookFault, RestFault)


class WebhookMishap(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one webhook; None and False mean that it does not."""

    delay_ms: int = 0
    duplicate_after_ms: int | None = None
    hold_back_ms: int | None = None
    dropped: bool = False
    slow_ms: int = 0
    reply_lost: bool = False
    late_by_s: float | None = None


class RestMishap(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one REST request after it was carried out."""

    slow_ms: int = 0
    reply_lost: bool = False
    server_error: bool = False


_NO_WEBHOOK_MISHAP = WebhookMishap()
_NO_REST_MISHAP = RestMishap()


class Dice:
    """The plan in force and the random numbers that go with it."""

    def __init__(self, seed: int | None = None) -> None:
        self._seed = seed
        self.follow(FaultPlan())

    def follow(self, plan: FaultPlan) -> None:
        """Replace the plan; its counts and its random numbers begin anew."""
        seed = plan.seed if plan.seed is not None else self._seed
        self.plan = plan
        self._random = random.Random(None if seed is None else f"{seed}:faults")  # noqa: S311 - repeatable, no secret
        self._doors = [(re.compile(rule.door), rule) for rule in plan.webhooks]
        self._paths = [(re.compile(rule.path), rule) for rule in plan.rest]
        self._used: Counter[int] = Counter()

    def for_webhook(self, door: str, *, is_callback: bool) -> WebhookMishap:
        """What happens to a request to this door."""
        kind = "callback" if is_callback else "document"
        doors = [(pattern, rule) for pattern, rule in self._doors if rule.kind in {None, kind}]
        rule = self._first_match(doors, door)
        if rule is None:
            return _NO_WEBHOOK_MISHAP
        return WebhookMishap(
            delay_ms=self._draw(rule.delay_ms),
            duplicate_after_ms=self._draw(rule.duplicate_gap_ms) if self._hits(rule.duplicate) else None,
            hold_back_ms=rule.reorder_within_ms if is_callback and self._hits(rule.reorder) else None,
            dropped=is_callback and self._hits(rule.drop),
            slow_ms=self._draw(rule.slow_ms) if self._hits(rule.slow) else 0,
            reply_lost=self._hits(rule.lost_reply),
            late_by_s=draw(self._random, rule.late_by_s) if is_callback and self._hits(rule.late) else None,
        )

    def for_rest(self, method: str, path: str) -> RestMishap:
        """What happens to a REST request."""
        paths = [(pattern, rule) for pattern, rule in self._paths if rule.method in {None, method}]
        rule = self._first_match(paths, path)
        if rule is None:
            return _NO_REST_MISHAP
        return RestMishap(
            slow_ms=self._draw(rule.slow_ms) if self._hits(rule.slow) else 0,
            reply_lost=self._hits(rule.lost_reply),
            server_error=self._hits(rule.server_error),
        )

    def _first_match(self, rules: list[tuple[re.Pattern[str], Rule]], text: str) -> Rule | None:
        for pattern, rule in rules:
            if pattern.search(text) and (rule.times is None or self._used[id(rule)] < rule.times):
                self._used[id(rule)] += 1
                return rule
        return None

    def _hits(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability

    def _draw(self, span: Range) -> int:
        return round(draw(self._random, span))
