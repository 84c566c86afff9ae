"""For how long the rules that bind a site's campaigns want it proved whom it called."""

from datetime import date
from typing import NamedTuple

from cti.core.calling import CallingConfig, CallingRule, ConductDemand

DAYS_IN_4_YEARS = 1_461


class Keeping(NamedTuple):
    """The rule that asks for the longest, and the days that its years have at most."""

    rule_id: str
    years: int

    @property
    def days(self) -> int:
        """With every leap day."""
        return -(-self.years * DAYS_IN_4_YEARS // 4)


def longest(calling: CallingConfig, today: date) -> Keeping | None:
    """Of the rules that bind some campaign today; None where nobody asks for anything."""
    asked = [
        Keeping(rule.rule_id, rule.demand.keep_years)
        for rule in calling.rules
        if isinstance(rule.demand, ConductDemand) and rule.demand.keep_years and _binds_some(rule, calling, today)
    ]
    return max(asked, key=lambda each: each.years, default=None)


def _binds_some(rule: CallingRule, calling: CallingConfig, today: date) -> bool:
    in_force = rule.effective_from <= today.isoformat() < (rule.effective_to or "9999")
    country = rule.jurisdiction.partition("-")[0]
    return in_force and any(
        country in ("*", *campaign.countries)
        and (not rule.purposes or campaign.purpose in rule.purposes)
        and (not rule.parties or campaign.party in rule.parties)
        and (not rule.modes or campaign.mode in rule.modes)
        for campaign in calling.campaigns.values()
    )
