"""People who answer, and to whom nobody talks, though no time ran out: they count as abandoned all the same."""

import pytest

from cti.core import events as e
from cti.core.campaign_config import Answering, Pacing
from cti.core.config import HangUpStep, MenuStep, OptOutStep
from cti.core.plan import Collect, Door, HangUp
from cti.core.states import Outcome
from tests.centre import flow
from tests.dialer.campaign_site import SORRY, CampaignSite, dialled
from tests.dialer.preview_site import PreviewSite
from tests.dialer.test_campaigns import join

RINGS_MS = 16_000
"""For so long a line rings whose agent is gone, and a little longer."""


def given_up(**answering) -> tuple[CampaignSite, str]:
    """A line that rang, whose agent went home: the carrier is asked to hang up, and has not done so yet."""
    site = CampaignSite(dialled(answering=Answering(**answering)), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    site.wait(RINGS_MS)
    assert site.state.legs[leg_id].released
    return site, leg_id


def test_who_answers_as_the_line_is_given_up_counts_as_left_alone() -> None:
    site, leg_id = given_up()
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]
    assert [event.last_outcome for event in site.ever(e.LeadScheduled)] == [Outcome.ABANDONED]


def test_and_when_the_carrier_hangs_up_before_it_asks_what_they_shall_hear() -> None:
    site, leg_id = given_up()
    site.answer(leg_id)
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]


def test_a_machine_that_answers_then_is_nobody_who_was_left_alone() -> None:
    site, leg_id = given_up(detect="first")
    site.ask(leg_id, Door.ANSWERED, nonce=0, answered_by=Outcome.MACHINE)
    site.end(leg_id)
    assert not site.ever(e.LiveAnswerCounted)


def test_a_lead_whom_an_agent_called_and_gave_up_is_left_alone_as_well() -> None:
    site = PreviewSite()
    site.start()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.wait(RINGS_MS)
    contact = site.called()
    assert contact
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact.contact_id))
    assert site.state.legs[leg_id].released
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]


def test_who_goes_on_waiting_while_the_message_is_on_its_way_hears_it_and_may_press_its_key() -> None:
    """The document of the wait asks as it did, until the message is there: that is no silence after the message."""
    asks = MenuStep(prompt=(SORRY,), choices={"9": "no_more"}, otherwise="bye", invalid=(), tries=1)
    steps = {"asks": asks, "no_more": OptOutStep(next="bye"), "bye": HangUpStep(prompt=(SORRY,))}
    bold = dialled(pacing=Pacing(certain=False), abandoned_flow="out")
    site = CampaignSite(bold, agents=1, flows=(flow("out", "asks", **steps),))
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    join(site, first)
    site.pick_up(second)
    quiet = site.state.legs[second].nonce
    site.wait(4_100)
    message = site.plans[second]
    assert isinstance(message[0], Collect)
    site.ask(second, Door.WAIT, nonce=quiet)
    (music,) = site.outcome.replies
    site.ask(second, Door.WAIT, nonce=music.nonce)
    assert site.plans[second] == message
    site.press(second, "9")
    assert site.ever(e.SuppressionAdded)


@pytest.mark.parametrize("detect", ["first", "beside"])
def test_who_is_hung_up_on_as_nobody_can_tell_whether_it_is_a_person_counts_as_one_left_alone(detect) -> None:
    site = CampaignSite(dialled(answering=Answering(detect=detect, unknown="hang_up")), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    if detect == "first":
        site.pick_up(leg_id, answered_by=Outcome.UNKNOWN)
    else:
        site.not_ready("a0")
        site.pick_up(leg_id)
        site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.UNKNOWN))
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]
    assert not site.ever(e.AttemptConnected)
