"""Caps by spend: minutes of outside calls cost money while they live, and the next number is not rung beyond a cap."""

import msgspec
import pytest

from cti.core import events as e
from cti.core.plan import Door
from cti.core.spend import MINUTE_MS
from cti.core.states import ContactState, EndCause, LeaveResult
from cti.core.times import ZoneTable
from tests.conversation.talking import FRIEND, Talking, talkative

EURO = 1_000_000
HOUR_MS = 60 * MINUTE_MS


def talking(price=EURO, **caps) -> Talking:
    """Anna talks to a caller; a minute to Washington costs one, and there is nothing to pay elsewhere."""
    config = talkative()
    fields = {name: round(amount * EURO) for name, amount in caps.items() if name.startswith("spend")}
    fields |= {name: value for name, value in caps.items() if not name.startswith("spend")}
    prices = {"dial_prices": {"+1202": price}, "currency": "EUR"} | fields
    return Talking(msgspec.structs.replace(config, **prices))


def spent(site, agent_id="anna") -> tuple[float, float]:
    """Within the hour, and on the day, in whole money."""
    spend = site.state.spends.get(agent_id)
    return (spend.in_hour / EURO, spend.in_day / EURO) if spend else (0, 0)


def refusal(site) -> e.DialRefused:
    [refused] = site.happened(e.DialRefused)
    return refused


def ask(site, number=FRIEND, **fields) -> str:
    """Somebody wants the number rung, to talk to it alone: the rule that says no."""
    site.take(e.DialRequested(dial_id=f"main-d{site.state.last.seq}", purpose="transfer", number=number, **fields))
    return "".join(event.rule for event in site.happened(e.DialRefused))


def test_without_prices_nothing_is_counted():
    site = Talking()
    site.bring(FRIEND)
    site.wait(10 * MINUTE_MS)
    assert site.state.spends.rows == site.state.metered.rows == {}


def test_a_minute_is_counted_before_it_rings_and_each_other_one_as_it_begins():
    site = talking()
    site.consult(f"number:{FRIEND}")
    assert spent(site) == spent(site, "") == (1, 1)
    leg = site.party.leg_id
    site.place(leg)
    site.alert(leg)
    site.wait(10_000)
    assert spent(site) == (1, 1), "it rings"
    site.answer(leg)
    site.join(leg)
    site.wait(MINUTE_MS - 1_000)
    assert spent(site) == (1, 1)
    site.wait(2_000)
    assert spent(site) == (2, 2)
    site.wait(3 * MINUTE_MS)
    assert spent(site) == spent(site, "") == (5, 5)
    site.end(leg)
    site.wait(10 * MINUTE_MS)
    assert spent(site) == (5, 5)
    assert site.state.metered.rows == {}


@pytest.mark.parametrize("cause", [EndCause.NO_ANSWER, EndCause.BUSY, EndCause.FAILED])
def test_what_nobody_answered_costs_nothing(cause):
    site = talking()
    site.consult(f"number:{FRIEND}")
    site.place(site.party.leg_id)
    site.end(site.party.leg_id, cause)
    assert spent(site) == (0, 0)
    site.consult(f"number:{FRIEND}")
    site.refuse(site.party.leg_id, "REFUSED")
    assert spent(site) == (0, 0)


@pytest.mark.parametrize(("hours", "in_day"), [(1, 3), (9, 2)])
def test_what_rings_unanswered_across_a_full_hour_is_given_back_to_its_day(hours, in_day):
    """The site's day is UTC's, and it is 15 o'clock."""
    site = talking()
    full = (site.at // HOUR_MS + hours) * HOUR_MS
    site.wait_until(full - 5_000)
    site.consult(f"number:{FRIEND}")
    leg = site.party.leg_id
    site.place(leg)
    site.alert(leg)
    assert ask(site, agent_id="anna") == ""
    assert spent(site) == spent(site, "") == (2, 2)
    site.wait_until(full + 1_000)
    assert [ask(site, agent_id="anna") for _ in range(2)] == ["", ""]
    site.end(leg, EndCause.NO_ANSWER)
    assert spent(site) == spent(site, "") == (2, in_day)


def test_a_party_costs_on_when_the_agent_has_left_it_the_caller():
    site = talking()
    leg = site.bring(FRIEND)
    site.attended()
    site.wait(2 * MINUTE_MS)
    assert spent(site) == (3, 3)
    assert site.state.legs[leg]


def test_a_caller_who_was_sent_on_is_counted_until_the_end():
    site = talking()
    site.transfer(f"number:{FRIEND}")
    assert site.now.state is ContactState.FORWARDED
    assert spent(site) == (1, 1)
    site.wait(2 * MINUTE_MS)
    assert spent(site) == (3, 3)
    site.end(site.caller)
    site.wait(5 * MINUTE_MS)
    assert spent(site) == (3, 3)
    assert site.state.metered.rows == {}


def test_a_caller_who_comes_back_unheard_costs_nothing():
    site = talking()
    site.transfer(f"number:{FRIEND}")
    site.ask(site.caller, Door.FORWARDED, result=LeaveResult.NO_ANSWER)
    assert spent(site) == (0, 0)
    assert site.state.metered.rows == {}


@pytest.mark.parametrize(
    ("number", "price"),
    [("+12025550111", 2), ("+12029550111", 1), ("+16172345678", 0.25), ("+4930123456", 0), ("+442071838750", 0.5)],
)
def test_the_longest_beginning_has_the_price_else_the_country(number, price):
    prices = {"+1202": EURO, "+1202555": 2 * EURO, "US": EURO // 4, "GB": EURO // 2}
    site = talking(dial_prices=prices, dial_prefixes=("+1", "+4"))
    assert ask(site, number, agent_id="anna") == ""
    assert spent(site)[0] == price


def test_an_agent_who_has_reached_the_hours_cap_is_told_so_and_when_it_frees():
    site = talking(spend_per_agent_hour=2)
    assert [ask(site, agent_id="anna") for _ in range(2)] == ["", ""]
    frees_at = (site.at // HOUR_MS + 1) * HOUR_MS
    [alarm] = site.happened(e.SpendCapReached)
    assert (alarm.rule, alarm.agent_id, alarm.frees_at) == ("agent_spend_hour", "anna", frees_at)
    assert ask(site, agent_id="anna") == "agent_spend_hour"
    assert refusal(site).next_allowed_at == frees_at
    assert refusal(site).detail == (
        "You have spent 2.00 EUR of 2.00 EUR on outside numbers this hour: you may ring the next at 16:00."
    )
    assert not site.happened(e.SpendCapReached), "once an hour"
    assert ask(site, agent_id="ben") == ""
    site.restart()
    assert ask(site, agent_id="anna") == "agent_spend_hour"
    site.wait_until(frees_at)
    assert ask(site, agent_id="anna") == ""


def test_a_day_is_one_of_the_sites_zone():
    east = ZoneTable(name="Asia/Kolkata", starts_at=(0,), offsets_s=(19_800,))
    site = talking(spend_per_agent_day=1, spend_per_agent_hour=1, zone="Asia/Kolkata", zones={"Asia/Kolkata": east})
    assert ask(site, agent_id="anna") == ""
    assert [event.rule for event in site.happened(e.SpendCapReached)] == ["agent_spend_hour", "agent_spend_day"]
    assert ask(site, agent_id="anna") == "agent_spend_day", "the one that holds longest"
    refused = refusal(site)
    assert (refused.next_allowed_at + 19_800_000) % (24 * HOUR_MS) == 0
    assert refused.detail.endswith("today: you may ring the next at 00:00.")
    site.wait_until(refused.next_allowed_at - 1_000)
    assert ask(site, agent_id="anna") == "agent_spend_day"
    site.wait_until(refused.next_allowed_at)
    assert ask(site, agent_id="anna") == ""


def test_a_cap_that_is_reached_while_somebody_talks_raises_the_alarm_and_cuts_nobody_off():
    site = talking(spend_per_hour=3)
    leg = site.bring(FRIEND)
    site.wait(2 * MINUTE_MS)
    assert [event.rule for event in site.ever(e.SpendCapReached)] == ["site_spend_hour"]
    assert [event.rule for event in site.ever(e.DialsStopped)] == ["site_spend_hour"]
    assert site.now.state is ContactState.CONNECTED
    site.wait(2 * MINUTE_MS)
    assert not site.state.legs[leg].released
    assert spent(site, "") == (5, 5)
    assert len(site.ever(e.DialsStopped)) == 1
    site.transfer(f"number:{FRIEND}")
    code, detail = site.refusal()
    assert code == "not_allowed"
    assert detail.endswith("until a supervisor says so: the 3.00 EUR that the site may spend in an hour were spent.")


def test_a_supervisors_word_begins_the_sites_count_anew():
    site = talking(spend_per_day=2)
    assert [ask(site) for _ in range(3)] == ["", "", "stopped"]
    site.wait(25 * HOUR_MS)
    assert ask(site) == "stopped"
    site.take(e.DialsResumeRequested(supervisor_id="sue", request_id="r1"))
    assert [ask(site) for _ in range(3)] == ["", "", "stopped"]


def resume(site) -> None:
    site.take(e.DialsResumeRequested(supervisor_id="sue", request_id=f"r{site.state.last.seq}"))


def test_a_word_after_a_full_hour_does_not_forget_the_day():
    site = talking(spend_per_hour=2, spend_per_day=5)
    for before in (2, 4):
        assert [ask(site) for _ in range(3)] == ["", "", "stopped"]
        assert spent(site, "") == (2, before)
        resume(site)
        assert spent(site, "") == (0, before)
    assert [ask(site), ask(site)] == ["", "stopped"]
    assert site.ever(e.DialsStopped)[-1].rule == "site_spend_day"
    resume(site)
    assert spent(site, "") == (1, 0), "nor does one after a full day forget the hour"
    assert [ask(site), ask(site)] == ["", "stopped"]


def test_where_hour_and_day_are_full_at_once_each_wants_a_word():
    site = talking(spend_per_hour=2, spend_per_day=2)
    assert [ask(site) for _ in range(3)] == ["", "", "stopped"]
    resume(site)
    assert [ask(site), ask(site)] == ["site_spend_day", "stopped"]
    resume(site)
    assert ask(site) == ""


def test_a_word_about_money_does_not_forget_how_many_were_rung():
    site = talking(spend_per_hour=2, dials_per_hour=3)
    assert [ask(site) for _ in range(3)] == ["", "", "stopped"]
    resume(site)
    assert [ask(site), ask(site)] == ["", "site_cap"]
    resume(site)
    assert spent(site, "") == (1, 3), "nor the other way round"


def test_a_number_that_is_too_dear_for_what_is_left_stops_no_other():
    site = talking(dial_prices={"+1202": 3 * EURO, "+1203": EURO}, spend_per_hour=5, dial_prefixes=("+1",))
    assert ask(site) == ""
    assert ask(site) == "site_spend_hour"
    assert refusal(site).detail == (
        "A minute to this number costs 3.00 EUR, and the site has spent 3.00 EUR of 5.00 EUR on outside numbers this "
        "hour: it may be rung at 16:00."
    )
    assert refusal(site).next_allowed_at == (site.at // HOUR_MS + 1) * HOUR_MS
    assert [ask(site, "+12035550112") for _ in range(2)] == ["", ""]
    assert [event.rule for event in site.happened(e.DialsStopped)] == ["site_spend_hour"], "now it is spent"
    assert ask(site, "+12035550112") == "stopped"


@pytest.mark.parametrize(
    ("cap", "agent_id", "words"),
    [
        ("spend_per_hour", "", "the 50.00 EUR that the site may spend in an hour"),
        ("spend_per_agent_day", "anna", "the 50.00 EUR that you may spend in a day"),
    ],
)
def test_a_number_that_costs_more_than_a_cap_is_refused_alone_and_for_ever(cap, agent_id, words):
    site = talking(dial_prices={"+1202": 60 * EURO, "+1203": EURO}, dial_prefixes=("+1",), **{cap: 50})
    assert ask(site, agent_id=agent_id).endswith(cap.removeprefix("spend_per").removeprefix("_agent"))
    assert refusal(site).detail == f"A minute to this number costs 60.00 EUR, more than {words}: it is not rung."
    assert refusal(site).next_allowed_at == -1
    assert site.names() == ["DialRefused", "RequestRefused"], "nothing was spent: no alarm, and nobody is stopped"
    assert ask(site, "+12035550112", agent_id=agent_id) == ""


def test_the_count_survives_a_restart_and_goes_on():
    site = talking()
    site.bring(FRIEND)
    site.wait(MINUTE_MS)
    site.restart()
    site.wait(MINUTE_MS)
    assert spent(site) == (3, 3)


def test_a_call_whose_end_nobody_told_is_found_over_at_the_next_minute():
    site = talking()
    site.transfer(f"number:{FRIEND}")
    site.ask(site.caller, Door.FORWARDED, result=LeaveResult.BRIDGED)
    assert site.state.metered.rows == {}
    assert spent(site) == (1, 1)


def test_dials_say_by_which_rules_they_were_cleared():
    site = talking()
    ask(site)
    assert [event.rules_version for event in site.happened(e.DialCleared)] == ["destinations-2+spend-2"]
