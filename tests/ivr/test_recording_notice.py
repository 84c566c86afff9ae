"""Who may be recorded hears so before anybody talks: once, and in full."""

import pytest

from cti.acd.connecting import REPORT_MS
from cti.core import events as e
from cti.core.commands import CheckLeg
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


def sent_through_the_notice():
    """On the way to Anna, whose leg is in the room, and hears the notice first."""
    site = site_with()
    site.sign_in("anna")
    caller = site.call()
    site.bring_agent("anna")
    assert site.heard(caller)[:1] == NOTICE
    return site, caller, site.contact(caller).call_id


def test_who_has_heard_it_and_is_in_the_room_unreported_is_found_in_seconds():
    site, caller, room = sent_through_the_notice()
    site.wait(REPORT_MS)
    [question] = site.commands
    assert isinstance(question, CheckLeg)
    site.check(caller, call_id=room, sought=room, nonce=question.nonce)
    assert site.contact(caller).state is ContactState.CONNECTED
    assert site.ever(e.RecordingNoticeGiven)


def test_who_still_hears_it_is_not_sent_again_and_hears_it_to_the_end():
    site, caller, room = sent_through_the_notice()
    while site.at + REPORT_MS < site.contact(caller).arrives_by:
        site.wait(REPORT_MS)
        [question] = site.commands
        site.check(caller, sought=room, nonce=question.nonce)
        assert site.names() == []
    site.wait(REPORT_MS)
    [question] = site.commands
    site.check(caller, sought=room, nonce=question.nonce)
    assert site.happened(e.BridgeRequested)[0].tries == 2


def test_who_comes_back_into_line_before_it_was_heard_hears_it_there():
    site, caller, _ = sent_through_the_notice()
    site.press_hang_up("anna", caller)
    assert site.heard(caller) == (*NOTICE, Park())


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
