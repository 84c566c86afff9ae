"""The calling rules that the example configuration ships, held to what readers of the law derived by hand.

Every case names its source. A case says what may be rung, which rules say no, and the very millisecond from which none
does any more.
"""

from functools import lru_cache

import msgspec
import pytest

from cti.core.calling import CallingRule, ConductDemand
from cti.core.config import SiteConfig
from cti.dialer.calling.judge import judge, next_allowed_at
from cti.dialer.calling.rulebook import Rulebook
from tests.dialer.calling.books import ms
from tests.dialer.calling.case import Case, cases, site

CASES = cases()
MODES = ("manual", "preview", "progressive", "predictive", "broadcast")


@lru_cache(maxsize=1)
def ruled() -> tuple[SiteConfig, Rulebook]:
    config = site()
    return config, Rulebook(config.calling, config.zones)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{file}: {case.name}") for file, case in CASES])
def test_case(case: Case):
    config, book = ruled()
    facts, campaign, at = case.facts(config), case.campaign_of(config), ms(case.at)
    blocks = judge(book, facts, campaign, at)
    assert {block.rule for block in blocks} == set(case.expect.rules), [block.detail for block in blocks]
    if case.expect.allowed:
        return
    found = next_allowed_at(book, facts, campaign, at)
    if case.expect.next == "never":
        assert found == -1
    else:
        assert found == ms(case.expect.next)
        assert judge(book, facts, campaign, found) == ()
        assert judge(book, facts, campaign, found - 1) != ()


def test_names_are_unique_and_there_are_many():
    names = [case.name for _, case in CASES]
    assert len(set(names)) == len(names) >= 300


def test_every_row_that_time_place_and_person_decide_has_a_case_that_it_blocks():
    config, _ = ruled()
    blocking = {rule for _, case in CASES for rule in case.expect.rules}
    assert [
        rule.rule_id for rule in config.calling.rules if not _is_conduct(rule) and rule.rule_id not in blocking
    ] == []


def test_every_row_about_conduct_stops_a_campaign_whose_settings_break_it():
    """Such rows bind campaigns, in the very modes that they name, and no shipped campaign breaks one."""
    config, book = ruled()
    case = next(case for _, case in CASES if case.expect.allowed)
    for rule in config.calling.rules:
        demand = rule.demand
        if not isinstance(demand, ConductDemand):
            continue
        breaks = bool(demand.ring_s_min or demand.caller_id or demand.message)
        at = ms(f"{rule.effective_from}T12:00Z") if rule.effective_from else ms(case.at)
        for mode in MODES:
            campaign = msgspec.structs.replace(case.campaign_of(config), ring_s=0, caller_id="", message=(), mode=mode)
            facts = msgspec.structs.replace(
                case.facts(config),
                jurisdictions=(rule.jurisdiction,),
                purpose=next(iter(rule.purposes), "sales"),
                party=next(iter(rule.parties), "consumer"),
                line=next(iter(rule.lines), "mobile"),
                mode=mode,
                consent="none",
            )
            binds = breaks and (not rule.modes or mode in rule.modes)
            found = {block.rule for block in judge(book, facts, campaign, at)}
            assert (rule.rule_id in found) is binds, (rule.rule_id, mode)


def _is_conduct(rule: CallingRule) -> bool:
    return isinstance(rule.demand, ConductDemand)
