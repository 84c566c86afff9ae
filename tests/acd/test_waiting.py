"""Getting into a queue, and one's place in it."""

import pytest

from cti.core import events as e
from cti.core.config import EnqueueStep, HangUpStep, MenuStep
from cti.core.plan import HangUp
from cti.core.states import ContactState, EndCause
from tests.centre import MENU, centre, flow, queue, say, straight_to
from tests.site import Site


def positions(site, *legs):
    found = []
    for leg in legs:
        site.go_on_waiting(leg)
        found.append(site.happened(e.PositionTold)[0].position)
    return found


def test_a_full_queue_refuses_and_the_flow_goes_on():
    site = Site(centre(queues=(queue(contacts_max=2),)))
    first, _ = site.call(), site.call()
    third = site.call(to=MENU)
    site.press(third, "1")
    assert site.happened(e.QueueRefused)[0].reason == "full"
    assert site.heard(third)[0].text == "All lines are busy."
    site.hang_up(third)
    assert (site.closed(third).outcome, site.closed(third).queue_refused) == ("flow_ended", "full")
    site.hang_up(first)
    fourth = site.call()
    assert site.contact(fourth).state is ContactState.QUEUED


def test_hanging_up_in_the_queue_is_abandoning_it():
    site = Site()
    caller = site.call()
    site.wait(42_000)
    site.hang_up(caller)
    [abandoned] = site.happened(e.ContactAbandoned)
    assert (abandoned.place, abandoned.queue_id, abandoned.waited_ms) == ("queue", "sales", 42_010)
    closed = site.closed(caller)
    assert (closed.outcome, closed.cause) == ("abandoned_in_queue", EndCause.CALLER_HUNG_UP)
    assert closed.queued_at
    assert closed.connected_at == 0


def test_a_caller_who_came_into_a_lost_queue_by_another_way_than_a_flow_hears_an_apology():
    site = Site(centre(queues=(queue("sales"), queue("support"))))
    caller = site.call(to=MENU)
    contact_id = site.contact(caller).contact_id
    site.take(e.ContactQueued(contact_id=contact_id, queue_id="support", priority=0))
    site.apply(centre(queues=(queue("sales"),)))
    assert isinstance(site.heard(caller)[-1], HangUp)


def test_callers_on_offer_count_until_they_are_in_the_room():
    site = Site(centre(queues=(queue(contacts_max=1),)))
    site.sign_in("anna")
    first = site.call()
    second = site.call()
    assert site.contact(second).state is ContactState.IN_FLOW
    site.bring_agent("anna")
    assert site.contact(first).state is ContactState.CONNECTING
    third = site.call()
    assert site.contact(third).state is ContactState.QUEUED


def test_who_comes_back_from_a_failed_bridge_has_the_place_though_the_queue_is_full():
    site = Site(centre(queues=(queue(contacts_max=1),)))
    site.sign_in("anna")
    first = site.call()
    agent_leg = site.bring_agent("anna")
    second = site.call()
    site.end(agent_leg)
    assert positions(site, first, second) == [1, 2]


def test_positions_move_up():
    site = Site()
    legs = [site.call() for _ in range(3)]
    assert positions(site, *legs) == [1, 2, 3]
    site.hang_up(legs[0])
    assert positions(site, *legs[1:]) == [1, 2]


def test_who_is_on_offer_still_has_a_place():
    site = Site()
    legs = [site.call() for _ in range(2)]
    site.sign_in("anna")
    assert positions(site, *legs) == [1, 2]


def test_a_queue_nobody_knows_refuses():
    config = centre(flows=(straight_to("nowhere"),), numbers={"+1777": "to_nowhere"})
    site = Site(config)
    caller = site.call(to="+1777")
    assert site.happened(e.QueueRefused)[0].reason == "unknown"
    assert site.heard(caller)[0].text == "Sorry."


def test_a_second_queue_after_a_full_one():
    overflow = flow(
        "overflow",
        "first",
        first=EnqueueStep(queue_id="sales", full="second"),
        second=EnqueueStep(queue_id="support", full="ask"),
        ask=MenuStep(prompt=say("Press 1 to try again."), choices={"1": "first"}, otherwise="bye"),
        bye=HangUpStep(),
    )
    queues = (queue("sales", contacts_max=1), queue("support", contacts_max=1))
    site = Site(centre(queues=queues, flows=(overflow,), numbers={"+1777": "overflow"}))
    first, second, third = (site.call(to="+1777") for _ in range(3))
    assert site.contact(first).queue_id == "sales"
    assert site.contact(second).queue_id == "support"
    site.hang_up(first)
    site.press(third, "1")
    assert site.contact(third).queue_id == "sales"


@pytest.mark.parametrize("announce", [True, False])
def test_what_a_waiting_caller_hears(announce):
    announcement = "Place {position}."
    site = Site(centre(queues=(queue(announce_position=announce, announcement=announcement),)))
    site.call()
    caller = site.call()
    site.go_on_waiting(caller)
    texts = [verb.text for verb in site.heard(caller) if hasattr(verb, "text")]
    assert texts == (["Place 2."] if announce else [])
    assert [type(verb).__name__ for verb in site.heard(caller)[-2:]] == ["Play", "GoOn"]


def test_without_any_music_there_is_a_pause_to_ask_again_after():
    site = Site(centre(queues=(queue(music=(), announce_position=False),)))
    caller = site.call()
    site.go_on_waiting(caller)
    assert [type(verb).__name__ for verb in site.heard(caller)] == ["Pause", "GoOn"]


def test_every_waiting_document_leads_to_a_fresh_address():
    site = Site()
    caller = site.call()
    nonces = []
    for _ in range(3):
        site.go_on_waiting(caller)
        nonces.append(site.outcome.replies[0].nonce)
    assert nonces == sorted(set(nonces))
