"""What would change a no that time does not change."""

from cti.core.calling import (
    AnyDemand,
    Block,
    CallFacts,
    CampaignConfig,
    ConductDemand,
    ConsentDemand,
    NeverDemand,
    RegistryDemand,
)
from cti.dialer.calling.rulebook import Rulebook

ADDRESS_FLAGS = (
    "say where the person is with --address-country, --address-state and --address-zip, or --zone; and --verified if "
    "they said so lately, which a number that is in no place needs"
)
"""All at once: who is told one after the other asks four times."""

BY_RULE = {
    "NUMBER": "another number of theirs",
    "ZONE-UNKNOWN": ADDRESS_FLAGS,
    "ZONE-DATA": "zone data that know that year",
    "NO-HOURS": "a rule with hours for calls of this purpose, in calling_rules",
}


def remedy(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, block: Block) -> str:
    """In words; empty where there is none to tell."""
    if block.rule == "CAMPAIGN-COUNTRY":
        others = [each.campaign_id for each in book.config.campaigns.values() if facts.country in each.countries]
        there = f", such as {others[0]}" if others else f": there is none for {facts.country}"
        return f"a campaign that calls {facts.country}{there}"
    if block.rule == "NO-RULES":
        return f"calling rules of {facts.country or 'its country'}, in calling_rules"
    if block.rule.startswith("DNC-"):
        return "their word that they want to be called again: cti dnc remove, with a reason"
    if block.rule in BY_RULE:
        return BY_RULE[block.rule]
    rule = next((rule for rule in book.config.rules if rule.rule_id == block.rule), None)
    return _of_demand(rule.demand, facts, rule.unless_consent) if rule else ""


def _of_demand(demand: AnyDemand, facts: CallFacts, unless_consent: str) -> str:
    match demand:
        case RegistryDemand(registry_id=registry_id) if any(each.list_id == registry_id for each in facts.listed):
            words = "a new copy of the registry without them"
        case RegistryDemand(registry_id=registry_id):
            words = f"a new copy: cti dnc import {registry_id} FILE --by NAME"
        case ConsentDemand(consent=consent):
            return f"{consent} consent: their own, or that the campaign vouches for it"
        case NeverDemand():
            words = "another kind of call"
        case ConductDemand():
            words = "other settings of the campaign"
        case _:
            words = ""
    return f"{words}; or {unless_consent} consent" if words and unless_consent else words
