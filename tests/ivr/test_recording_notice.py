"""Who may be recorded hears so before anybody talks: once, and in full."""

import pytest

from cti.core import events as e
from cti.core.plan import Join, Park
from cti.core.states import ContactState
from tests.centre import agent, centre, queue, say, straight_to
from tests.site import Site

NOTICE = say("Calls may be recorded.")
HELP = "+15550108"


def site_with(*queues) -> Site:
    queues = queues or (queue(recording="always", recording_notice=NOTICE),)
    return Site(
        centre(
            agent("anna", *[each.queue_id for each in queues]),
            queues=queues,
            flows=(straight_to("help"),),
            numbers={HELP: "to_help"},
        )
    )


def test_it_is_said_on_the_way_into_the_line_and_given_once_the_caller_waits():
    site = site_with()
    caller = site.call()
    assert site.heard(caller) == (*NOTICE, Park())
    assert site.ever(e.RecordingNoticeGiven) == []
    site.go_on_waiting(caller)
    assert site.happened(e.RecordingNoticeGiven)
    site.go_on_waiting(caller)
    assert not site.happened(e.RecordingNoticeGiven)


@pytest.mark.parametrize("recording", ["on_request", "always"])
def test_who_has_heard_it_goes_straight_to_the_agent(recording):
    site = site_with(queue(recording=recording, recording_notice=NOTICE))
    caller = site.call()
    site.go_on_waiting(caller)
    site.sign_in("anna")
    site.bring_agent("anna")
    assert [type(verb) for verb in site.heard(caller)] == [Join]


def test_who_is_sent_to_an_agent_before_it_was_heard_hears_it_first():
    site = site_with()
    site.sign_in("anna")
    caller = site.call()
    site.bring_agent("anna")
    assert site.heard(caller)[:1] == NOTICE
    assert isinstance(site.heard(caller)[-1], Join)
    assert site.ever(e.RecordingAsked) == []
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED
    assert site.names().index("RecordingNoticeGiven") < site.names().index("RecordingAsked")


def test_where_nothing_is_recorded_nothing_is_said():
    site = site_with(queue(recording="never", recording_notice=NOTICE))
    caller = site.call()
    assert site.heard(caller) == (Park(),)


def test_it_is_not_said_again_in_the_next_queue():
    both = [queue(name, recording="always", recording_notice=NOTICE, wrap_up_s=0) for name in ("sales", "help")]
    site = site_with(*both)
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    contact_id = site.contact(caller).contact_id
    site.take(
        e.TransferRequested(
            contact_id=contact_id, agent_id="anna", kind="BLIND", destination="queue:help", request_id="r"
        )
    )
    assert site.heard(caller) == (Park(),)
