"""What ledgers are called: a campaign that is copied or renamed counts in the same one."""

from cti.core.calling import CampaignConfig

OWN = "own"
"""Instead of a rule: the campaign's own ceiling."""


def ledger_id(campaign: CampaignConfig, rule_id: str) -> str:
    """By seller and programme, one for each rule with a rate."""
    return f"{campaign.seller}/{campaign.purpose}/{rule_id}"
