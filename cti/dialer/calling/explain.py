"""The judge's answer as a whole: may it be rung, who says no, when next, and by which version of the rules."""

from cti.core.base import Record
from cti.core.calling import Block, CallFacts, CampaignConfig
from cti.dialer.calling.judge import judge, next_allowed_at
from cti.dialer.calling.rulebook import Rulebook


class Explanation(Record):
    """`next_allowed_at` (ms UTC) is the instant asked about when it is allowed, -1 where time alone changes nothing."""

    allowed: bool
    blocked_by: tuple[Block, ...]
    zones: tuple[str, ...]
    next_allowed_at: int
    rules_version: str


def explain(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, at: int) -> Explanation:
    """What there is to say about a call at `at` (ms UTC), as things stand."""
    blocks = judge(book, facts, campaign, at)
    return Explanation(
        allowed=not blocks,
        blocked_by=blocks,
        zones=facts.zones,
        next_allowed_at=next_allowed_at(book, facts, campaign, at),
        rules_version=book.version,
    )
