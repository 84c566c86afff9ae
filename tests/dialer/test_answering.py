"""Whoever answers: told apart before or beside, in the hands of a queue's agents or in a flow."""

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.campaign_config import Answering, Pacing
from cti.core.config import EnqueueStep, HangUpStep, MenuStep, OptOutStep
from cti.core.plan import Collect, Door, HangUp, Join, Park, Say
from cti.core.states import Outcome
from tests.centre import agent, flow
from tests.dialer.campaign_site import OUTBOUND, SORRY, CampaignSite, dialled
from tests.dialer.test_campaigns import join

NEWS_SAID = Say(text="News. For an agent, press 1.", language="en-US")
NEWS = flow(
    "news",
    "news",
    news=MenuStep(prompt=(NEWS_SAID,), choices={"1": "talk"}, otherwise="bye", invalid=(), tries=1),
    talk=EnqueueStep(queue_id=OUTBOUND, full="bye"),
    bye=HangUpStep(prompt=(SORRY,)),
)
NOTE = flow("note", "note", note=HangUpStep(prompt=(SORRY,)))
NOTE_FIRST = Answering(detect="first", machine="flow", machine_flow="note")


def centre_with(*campaigns, agents=2) -> CampaignSite:
    site = CampaignSite(*campaigns, agents=agents)
    site.apply(changed(site.state.config, flows={**site.state.config.flows, "news": NEWS, "note": NOTE}))
    return site


def answered(site: CampaignSite, **fields) -> str:
    """The first line, as somebody answers it."""
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id, **fields)
    return leg_id


def test_a_machine_that_is_told_first_hears_its_own_message_instead_of_the_news() -> None:
    site = centre_with(dialled(mode="broadcast", flow_id="news", answering=NOTE_FIRST))
    leg_id = answered(site, answered_by=Outcome.MACHINE)
    assert site.plans[leg_id] == (SORRY, HangUp())
    assert [event.flow_id for event in site.happened(e.MessageBegun)] == ["note"]


@pytest.mark.parametrize("answered_by", [Outcome.HUMAN, None])
def test_people_hear_the_news_once(answered_by) -> None:
    site = centre_with(dialled(mode="broadcast", flow_id="news", answering=NOTE_FIRST))
    leg_id = answered(site, answered_by=answered_by)
    (heard, _) = site.plans[leg_id]
    assert isinstance(heard, Collect)
    assert heard.prompts == (NEWS_SAID,)
    assert len([event for event in site.happened(e.StepEntered) if event.step_id == "news"]) == 1


def test_a_person_who_is_told_first_comes_into_the_queue_once() -> None:
    site = centre_with(dialled(answering=NOTE_FIRST))
    answered(site, answered_by=Outcome.HUMAN)
    assert len(site.happened(e.QueueRequested)) == len(site.happened(e.ContactQueued)) == 1


def test_who_asks_for_an_agent_amid_the_news_waits_as_any_caller_does() -> None:
    site = centre_with(dialled(mode="broadcast", flow_id="news"), agents=0)
    leg_id = answered(site)
    site.press(leg_id, "1")
    assert site.plans[leg_id] == (Park(),)
    site.go_on_waiting(leg_id)
    assert not site.ever(e.AnswerAwaited)
    site.wait(30_000)
    assert not site.ever(e.AttemptAbandoned)


def test_who_asks_for_an_agent_amid_the_news_gets_none_whom_lines_count_on() -> None:
    site = centre_with(dialled("autumn", mode="broadcast", flow_id="news"), dialled(mode="progressive"), agents=1)
    site.control("start", "autumn")
    site.give("autumn")
    (leg_id,) = site.pace(1, pool_id="autumn")
    site.pick_up(leg_id)
    site.start()
    assert len(site.pace(1)) == 1
    site.press(leg_id, "1")
    assert not site.ever(e.OfferMade)


def one_talks_and_one_waits() -> tuple[CampaignSite, str, str]:
    """With the only agent there is, and their lines."""
    site = CampaignSite(dialled(pacing=Pacing(certain=False)), agents=1)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    join(site, first)
    site.pick_up(second)
    return site, first, second


def test_who_asks_again_on_the_way_to_an_agent_is_sent_there_again() -> None:
    """The request that should have taken them out of the silence was lost."""
    site, first, second = one_talks_and_one_waits()
    site.end(first)
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=site.ever(e.WrapUpStarted)[0].contact_id))
    way = (Join(call_id=site.state.agents["a0"].call_id, beep=True),)
    assert site.heard(second) == way
    site.ask(second, Door.WAIT)
    assert site.plans[second] == way


def test_whom_we_called_gets_an_agent_on_a_line_that_is_up_before_one_who_would_have_to_be_rung() -> None:
    site = CampaignSite(agents=1)
    zoe = agent("zoe", OUTBOUND)
    site.apply(changed(site.state.config, agents={**site.state.config.agents, "zoe": zoe}))
    site.sign_in("zoe")
    site.not_ready("a0")
    site.wait(60_000)
    site.ready("a0")  # zoe has been idle for longer
    leg_id = answered(site)
    assert [event.agent_id for event in site.happened(e.OfferAccepted)] == ["a0"]
    assert site.plans[leg_id] == (Join(call_id=site.state.agents["a0"].call_id, beep=True),)


def removed(*campaigns) -> tuple[CampaignSite, str]:
    """The campaign goes, and its message with it, while a line rings."""
    site = CampaignSite(*campaigns)
    site.start()
    (leg_id,) = site.pace(1)
    calling = changed(site.state.config.calling, campaigns={})
    flows = {name: each for name, each in site.state.config.flows.items() if name != "sorry"}
    site.apply(changed(site.state.config, calling=calling, flows=flows))
    site.apply(changed(site.state.config, calling=calling, flows=flows, language="fr"))
    return site, leg_id


def test_who_answers_for_a_campaign_that_was_removed_hears_its_message_and_counts() -> None:
    site, leg_id = removed()
    site.pick_up(leg_id)
    assert site.plans[leg_id] == (SORRY, HangUp())
    site.end(leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [True]
    assert [event.last_outcome for event in site.ever(e.LeadScheduled)] == [Outcome.ABANDONED]


def test_and_after_a_restart() -> None:
    site, leg_id = removed()
    site.restart()
    site.pick_up(leg_id)
    assert site.plans[leg_id] == (SORRY, HangUp())


def test_a_machine_that_answers_for_a_campaign_that_was_removed_is_hung_up_on() -> None:
    site, leg_id = removed(dialled(answering=Answering(detect="first")))
    site.pick_up(leg_id, answered_by=Outcome.MACHINE)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert not site.ever(e.LiveAnswerCounted)


def test_who_waits_when_the_message_is_changed_hears_the_one_that_was_there() -> None:
    site, _, second = one_talks_and_one_waits()
    calling = changed(site.state.config.calling, campaigns={"spring": dialled(abandoned_flow="note")})
    site.apply(changed(site.state.config, calling=calling, flows={**site.state.config.flows, "note": NOTE}))
    site.wait(5_000)
    assert site.plans[second] == (SORRY, HangUp())


def test_who_presses_the_key_in_the_message_of_a_campaign_that_was_removed_is_no_longer_called_by_its_seller() -> None:
    asks = MenuStep(prompt=(SORRY,), choices={"9": "no_more"}, otherwise="bye", invalid=(), tries=1)
    bye = HangUpStep(prompt=(SORRY,))
    site = CampaignSite(
        flows=(flow("out", "asks", asks=asks, no_more=OptOutStep(next="bye", whose="seller"), bye=bye),)
    )
    calling = site.state.config.calling
    with_key = changed(calling, campaigns={"spring": dialled(abandoned_flow="out")})
    site.apply(changed(site.state.config, calling=with_key))
    site.start()
    (leg_id,) = site.pace(1)
    site.apply(changed(site.state.config, calling=changed(calling, campaigns={})))
    site.pick_up(leg_id)
    site.press(leg_id, "9")
    assert [event.seller for event in site.ever(e.SuppressionAdded)] == ["harbour"]


@pytest.mark.parametrize("answered_by", [Outcome.MACHINE, Outcome.FAX])
def test_a_machine_that_somebody_asked_not_to_have_called_is_nobody_who_was_left_alone(answered_by) -> None:
    site = CampaignSite(dialled(answering=Answering(detect="first")))
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.answer(leg_id)
    site.suppress("+12125560000")
    site.ask(leg_id, Door.ANSWERED, nonce=0, answered_by=answered_by)
    assert site.plans[leg_id] == (HangUp(),)
    site.end(leg_id)
    assert not site.ever(e.LiveAnswerCounted)


def answered_unasked() -> tuple[CampaignSite, str]:
    """Somebody answers, and the question what they shall hear is lost."""
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.answer(leg_id)
    return site, leg_id


def test_who_answers_while_the_request_for_them_is_lost_is_served_by_the_fallback() -> None:
    """It comes as a call that we have: whoever is there has two seconds, not a song."""
    site, leg_id = answered_unasked()
    fallback = e.CallArrived(provider="test", provider_ref=site.ref(leg_id), to_number="")
    site.take(fallback)
    [awaited] = site.happened(e.AnswerAwaited)
    assert awaited.attempt_id == leg_id
    to_the_agent = (Join(call_id=site.state.agents["a0"].call_id, beep=True),)
    assert [reply.plan.verbs for reply in site.outcome.replies] == [to_the_agent]
    site.take(fallback)
    site.ask(leg_id, Door.ANSWERED, nonce=0)  # late
    assert site.ignored()
    assert [reply.plan.verbs for reply in site.outcome.replies] == [to_the_agent]
    assert len(site.ever(e.ContactStarted)) == 1


def test_who_answers_while_the_request_for_them_is_lost_is_served_by_the_next_one() -> None:
    """The fallback of earlier rules told them to wait and ask again."""
    site, leg_id = answered_unasked()
    site.ask(leg_id, Door.NEXT, nonce=0)
    assert site.plans[leg_id] == (Join(call_id=site.state.agents["a0"].call_id, beep=True),)


@pytest.mark.parametrize("mode", ["progressive", "predictive"])
def test_a_queue_that_is_full_of_callers_turns_nobody_away_whom_we_called(mode: str) -> None:
    """The agent is kept for the line, and two callers wait meanwhile, which is as many as may."""
    site = CampaignSite(dialled(mode=mode, queue_id="sales"), agents=1, also=("sales",))
    queue = changed(site.state.config.queues["sales"], contacts_max=2, takes_itself=True)
    site.apply(changed(site.state.config, queues={**site.state.config.queues, "sales": queue}))
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    callers = [site.call(), site.call()]
    assert [site.contact(caller).offer for caller in callers] == [None, None]
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    assert site.plans[leg_id] == (Join(call_id=site.state.agents["a0"].call_id, beep=True),)


def test_whom_nobody_is_there_for_is_counted_however_full_the_queue_is() -> None:
    site = CampaignSite(dialled(pacing=Pacing(certain=False)), agents=1)
    queue = changed(site.state.config.queues[OUTBOUND], contacts_max=1)
    site.apply(changed(site.state.config, queues={**site.state.config.queues, OUTBOUND: queue}))
    site.start()
    legs = site.pace(3)
    for leg_id in legs:
        site.pick_up(leg_id)
    site.wait(5_000)
    assert len(legs) == 3
    assert len(site.ever(e.AttemptAbandoned)) == 3, "one of them was on the way to the agent"
    assert [site.plans[leg_id] for leg_id in legs].count((SORRY, HangUp())) == 2


def test_who_asks_a_broadcast_for_an_agent_was_not_left_alone_however_long_they_listened() -> None:
    site = centre_with(dialled(mode="broadcast", flow_id="news", answering=Answering(detect="beside")))
    leg_id = answered(site)
    site.wait(6_000)
    site.ask(leg_id, Door.DIGITS, digits="1")
    join(site, leg_id)
    site.take(e.AttemptClassified(attempt_id=leg_id, outcome=Outcome.HUMAN, quiet_ms=5_000))
    site.end(leg_id)
    assert not site.ever(e.AttemptAbandoned)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False]
