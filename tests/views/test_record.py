"""The record of a contact: spans follow from the times."""

from cti.core.codec import decode
from cti.core.events import ContactClosed
from cti.views.record import contact_record
from tests.centre import agent, centre, queue
from tests.site import Site


def record_of(site: Site, leg: str):
    closed = site.closed(leg)
    [at] = [decode(row).at for row in site.records if any(event == closed for event in decode(row).events)]
    return contact_record(closed, at)


def test_a_conversation():
    site = Site(centre(agent("anna"), queues=(queue(wrap_up_s=30),)))
    site.sign_in("anna")
    leg = site.call()
    agent_leg = site.talk(leg, "anna")
    connected_at = site.at
    site.wait(60_000)
    site.part(leg, agent_leg)
    site.wait(5_000)
    site.dispose("anna", leg)
    record = record_of(site, leg)
    assert (record.outcome, record.agent_ids, record.disposition) == ("connected", ("anna",), "sold")
    assert record.talk_ms == record.ended_at - connected_at >= 60_000
    assert record.waited_ms == connected_at - record.queued_at > 0
    assert record.wrap_up_ms == record.closed_at - record.ended_at >= 5_000
    assert record.total_ms == record.ended_at - record.arrived_at


def test_a_caller_who_leaves_the_queue():
    site = Site()
    leg = site.call()
    site.wait(10_000)
    site.end(leg)
    record = record_of(site, leg)
    assert record.outcome == "abandoned_in_queue"
    assert record.waited_ms >= 10_000
    assert (record.talk_ms, record.wrap_up_ms, record.connected_at) == (0, 0, 0)


def test_it_carries_all_that_the_event_says_but_nothing_personal():
    assert ContactClosed.personal == ()
    site = Site()
    leg = site.call(from_number="+4930777777")
    site.end(leg)
    assert "777777" not in str(record_of(site, leg))
