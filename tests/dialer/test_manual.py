"""Numbers that agents call: typed, by short name, the last one again; allowed by the campaign's rules, or not."""

from typing import Any

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.commands import HangUpLeg, Originate
from cti.core.plan import Door, HangUp
from cti.core.states import AgentState, EndCause
from tests.dialer.calling_site import MIAMI, NUMBER
from tests.dialer.campaign_site import dialled
from tests.dialer.preview_site import PULLED, PreviewSite

OFFICE = "+12025550188"


def site_with(*campaigns: Any, **fields: Any) -> PreviewSite:
    return PreviewSite(*campaigns, **fields)


def call(site: PreviewSite, number: str = "", *, campaign_id: str = "spring", **fields: Any) -> str:
    """The agent calls; what is known of the number is told. Returns the customer's leg; empty when it was refused."""
    asked = {"agent_id": "a0", "campaign_id": campaign_id, "number": number, "request_id": "dial", **fields}
    site.take(e.NumberDialRequested(**asked))
    legs = [event.leg_id for event in site.happened(e.LegStarted)]
    if legs and legs[0] in site.state.gathering:
        site.tell(legs[0])
    return legs[0] if legs and legs[0] in site.state.legs else ""


def originated(site: PreviewSite) -> list[str]:
    return [each.endpoint for each in site.asked if isinstance(each, Originate) and each.called]


def test_a_number_is_called_and_whoever_answers_is_in_the_agents_room() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    assert originated(site) == [f"tel:{NUMBER}"]
    assert site.ever(e.DialCleared)[-1].purpose == "manual"
    assert site.agent_is("a0") is AgentState.RESERVED
    site.rings(leg_id)
    assert site.stages() == ["asked", "dialled", "ringing"]
    site.customer_answers(leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    assert [event.attempt_id for event in site.ever(e.AttemptConnected)] == [leg_id]
    site.end(leg_id)
    assert site.agent_is("a0") is AgentState.WRAP_UP
    site.wait(31_000)
    assert site.ever(e.ContactClosed)[-1].outcome == "connected"
    assert not site.ever(e.LeadScheduled)


def test_who_is_called_is_looked_up_for_the_card() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    contact_id = site.state.legs[leg_id].contact_id
    site.take(e.CustomersFound(contact_id=contact_id, matches=(e.Customer(customer_id="c7", name="Ada"),), count=1))
    pop = site.happened(e.ScreenPopUpdated)[-1].pop
    assert pop
    assert [each.name for each in pop.customers] == ["Ada"]


@pytest.mark.parametrize("written", ["(212) 555-0123", "+1 212 555 0123", "212.555.0123"])
def test_numbers_are_taken_as_people_write_them(written: str) -> None:
    site = site_with()
    call(site, written)
    assert originated(site) == [f"tel:{NUMBER}"]


def test_an_agent_who_is_not_ready_may_call_and_is_so_afterwards() -> None:
    site = site_with()
    site.not_ready("a0")
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.end(leg_id, EndCause.BUSY)
    assert site.stages()[-1] == "busy"
    assert site.agent_is("a0") is AgentState.NOT_READY
    assert not len(site.state.contacts)


def test_a_short_name_stands_for_a_number() -> None:
    site = site_with()
    site.apply(_with_speed_dials(site))
    call(site, speed="office")
    assert originated(site) == [f"tel:{OFFICE}"]
    site.no_answer(site.ever(e.LegStarted)[-1].leg_id)
    assert call(site, speed="home") == ""
    assert site.refused() == "bad_number"


def _with_speed_dials(site: PreviewSite) -> Any:
    return replace(site.state.config, speed_dials={"office": OFFICE})


def test_the_last_number_is_called_again_for_the_same_campaign() -> None:
    site = site_with()
    assert call(site, redial=True, campaign_id="") == ""
    assert site.refused() == "unknown_campaign"
    site.no_answer(call(site, NUMBER))
    assert call(site, redial=True, campaign_id="")
    assert originated(site) == [f"tel:{NUMBER}"] * 2


def test_a_lead_that_was_called_can_be_called_again_by_hand() -> None:
    site = site_with()
    site.start()
    site.next_lead()
    leg_id = site.dial()
    site.no_answer(leg_id)
    assert call(site, redial=True, campaign_id="")
    assert originated(site)[0] == originated(site)[1]


def test_a_rule_that_forbids_it_is_told_in_words_with_the_next_hour() -> None:
    site = site_with()
    leg_id = call(site, "+18085550123")  # it is six in the morning in Honolulu
    assert leg_id == ""
    refused = site.ever(e.RequestRefused)[-1]
    assert (refused.code, refused.rule) == ("not_allowed", "US-HOURS")
    assert refused.detail.endswith("It may be rung from 2025-06-17 08:00 (Pacific/Honolulu) on.")
    assert refused.next_allowed_at > site.at
    assert site.agent_is("a0") is AgentState.READY
    assert not len(site.state.contacts)
    assert not originated(site)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": NUMBER, "campaign_id": ""}, "unknown_campaign"),
        ({"number": NUMBER, "campaign_id": "winter"}, "unknown_campaign"),
        ({"number": "five"}, "bad_number"),
        ({"number": ""}, "bad_number"),
        ({"number": "+4930123456"}, "not_allowed"),
        ({"number": "+19005550123"}, "bad_number"),
    ],
)
def test_what_cannot_be_called_is_refused_in_the_answer(fields: dict[str, str], code: str) -> None:
    site = site_with()
    assert call(site, **fields) == ""
    assert site.refused() == code
    assert site.happened(e.RequestRefused)[0].request_id == "dial"
    assert not len(site.state.contacts)


def test_nobody_is_called_twice_at_once() -> None:
    site = site_with(agents=2)
    call(site, NUMBER)
    assert call(site, NUMBER, agent_id="a1") == ""
    assert site.ever(e.RequestRefused)[-1].rule == "PERSON-BUSY"


def test_an_agent_who_is_needed_elsewhere_calls_nobody() -> None:
    site = site_with(dialled(mode="progressive"))
    site.start()
    site.pace(1)
    assert call(site, NUMBER) == ""
    assert site.refused() == "not_free"
    other = site_with()
    call(other, NUMBER)
    assert call(other, MIAMI) == ""
    assert other.refused() == "not_free"


def test_a_caller_is_not_offered_to_an_agent_who_calls() -> None:
    site = site_with(PULLED, also=("sales",))
    leg_id = call(site, NUMBER)
    site.call()
    assert not [event for event in site.ever(e.OfferMade) if event.queue_id == "sales"]
    site.no_answer(leg_id)
    assert [event.agent_id for event in site.ever(e.OfferMade) if event.queue_id == "sales"] == ["a0"]


def test_hanging_up_stops_it_at_once() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.take(e.HangUpRequested(agent_id="a0", contact_id=site.state.legs[leg_id].contact_id, request_id="up"))
    assert isinstance(site.commands[-1], HangUpLeg)
    assert site.agent_is("a0") is AgentState.READY
    assert site.stages()[-1] == "cancelled"
    site.end(leg_id, EndCause.CANCELLED)
    assert not len(site.state.contacts)


def test_hanging_up_before_it_left_sends_nothing() -> None:
    site = site_with()
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number=NUMBER))
    contact = site.called()
    assert contact
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact.contact_id))
    assert site.agent_is("a0") is AgentState.READY
    assert not len(site.state.contacts)
    assert not originated(site)


def test_whoever_answers_as_the_agent_hangs_up_is_hung_up_on() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.take(e.HangUpRequested(agent_id="a0", contact_id=site.state.legs[leg_id].contact_id))
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert not len(site.state.contacts)


def test_an_agent_whose_line_is_lost_rings_nobody_any_more() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    assert any(isinstance(each, HangUpLeg) and each.leg_id == leg_id for each in site.asked)


def test_a_customer_who_cannot_be_brought_to_the_agent_waits_for_anybody() -> None:
    site = site_with(agents=2)
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    site.end(site.state.agents["a0"].leg_id)  # just before the customer is there
    assert site.state.contacts[site.state.legs[leg_id].contact_id].queue_id == "outbound"
    assert [event.agent_id for event in site.ever(e.OfferMade)][-1] == "a1"


def test_without_a_line_that_stays_up_nobody_calls() -> None:
    site = site_with()
    site.end(site.state.agents["a0"].leg_id)
    assert call(site, NUMBER) == ""
    assert site.refused() == "no_line"


def test_after_a_restart_the_call_goes_on() -> None:
    site = site_with()
    leg_id = call(site, NUMBER)
    site.rings(leg_id)
    site.restart()
    site.connect("a0")
    site.customer_answers(leg_id)
    assert site.agent_is("a0") is AgentState.BUSY
    site.everybody_goes()
