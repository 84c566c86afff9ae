"""Whoever presses the key is not called any more, from that moment on; and the flow goes on."""

from typing import Any

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import Subject
from cti.core.config import EnqueueStep, Flow, HangUpStep, MenuStep, OptOutStep
from cti.core.plan import HangUp
from cti.core.states import Outcome
from tests.centre import centre, flow, say
from tests.dialer.campaign_site import OUTBOUND, CampaignSite, dialled
from tests.site import Site

LINE = "+15550103"
NUMBER = "+12125560000"


def message(**opt_out: Any) -> Flow:
    return flow(
        "message",
        "say",
        say=MenuStep(prompt=say("Press 9."), choices={"1": "agent", "9": "no_more"}, otherwise="bye", tries=1),
        no_more=OptOutStep(next="bye", **opt_out),
        agent=EnqueueStep(queue_id=OUTBOUND, full="bye"),
        bye=HangUpStep(prompt=say("Good bye.")),
    )


class Persons(CampaignSite):
    """Who is to be called is known by name."""

    def lead(self, number: int, area: str = "212") -> e.ClaimedLead:
        return changed(super().lead(number, area), subject=Subject(person_id=f"person{number}"))


def broadcast(**opt_out: Any) -> CampaignSite:
    site = CampaignSite(dialled(mode="broadcast", flow_id="message"), flows=(message(**opt_out),))
    site.start()
    return site


def test_who_was_called_with_a_message_presses_the_key_and_is_on_the_list_at_once() -> None:
    site = broadcast()
    first, second = site.pace(2)
    site.pick_up(first)
    site.press(first, "9")
    (added,) = site.happened(e.SuppressionAdded)
    assert (added.scope, added.value, added.seller, added.origin) == ("company", NUMBER, "", "key_press")
    assert site.heard(first)[-1] == HangUp()
    site.end(first)
    assert not site.ever(e.AttemptAbandoned)
    assert site.ever(e.AttemptEnded)[-1].outcome is Outcome.HUMAN
    assert second in site.state.lines


def test_it_may_hold_for_the_seller_alone_that_called() -> None:
    site = broadcast(whose="seller")
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.press(leg_id, "9")
    seller = site.state.config.calling.campaigns["spring"].seller
    assert [event.seller for event in site.happened(e.SuppressionAdded)] == [seller]


def test_the_person_who_is_known_is_not_called_on_another_number_either() -> None:
    site = Persons(dialled(mode="broadcast", flow_id="message"), flows=(message(),))
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.press(leg_id, "9")
    added = [(event.scope, event.value) for event in site.happened(e.SuppressionAdded)]
    assert added == [("company", NUMBER), ("household", "person0")]


def test_a_key_leads_to_an_agent_as_well() -> None:
    site = broadcast()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.press(leg_id, "1")
    assert len(site.happened(e.OfferAccepted)) == 1
    site.join(leg_id, site.state.contacts[site.state.legs[leg_id].contact_id].call_id)
    assert len(site.happened(e.ContactConnected)) == 1


@pytest.mark.parametrize(("number", "noted"), [("+12125550123", ["+12125550123"]), ("anonymous", []), ("", [])])
def test_who_rings_us_is_noted_if_the_number_is_known_and_goes_on(number: str, noted: list[str]) -> None:
    site = Site(centre(queues=(), flows=(message(whose="seller"),), numbers={LINE: "message"}))
    caller = site.call(from_number=number, to=LINE)
    site.press(caller, "9")
    assert [(event.value, event.seller) for event in site.happened(e.SuppressionAdded)] == [(one, "") for one in noted]
    assert site.heard(caller)[-1] == HangUp()
