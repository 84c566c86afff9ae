"""After the conversation: wrap-up with a deadline, the disposition, and ready again."""

from cti.core import events as e
from cti.core.states import AgentState
from tests.centre import centre, queue
from tests.site import Site


def talked(**fields):
    """A site where Anna has just talked to a caller."""
    site = Site(centre(queues=(queue(**fields),)))
    site.sign_in("anna")
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    return site, caller


def test_wrap_up_ends_when_its_time_is_over():
    site, caller = talked(wrap_up_s=30)
    started = site.ever(e.WrapUpStarted)[0]
    waiting = site.call()
    site.wait_until(started.ends_at - 1)
    assert site.agent_is("anna") is AgentState.WRAP_UP
    site.wait_until(started.ends_at)
    assert site.happened(e.WrapUpEnded)[0].reason == "timeout"
    assert site.offered("anna").leg_id == waiting
    assert site.is_gone(caller)


def test_a_disposition_ends_it():
    site, caller = talked(dispositions=("sold", "not sold"))
    site.dispose("anna", caller, "perhaps")
    assert site.refused() == "unknown_disposition"
    site.dispose("anna", caller, "sold")
    assert site.happened(e.WrapUpEnded)[0].reason == "done"
    assert site.agent_is("anna") is AgentState.READY
    assert site.closed(caller).disposition == "sold"
    site.dispose("anna", caller, "sold")
    assert site.refused() == "no_contact"


def test_asking_for_its_end_ends_it_without_a_disposition():
    site, caller = talked()
    site.take(e.WrapUpEndRequested(agent_id="anna", contact_id=caller.replace("-l", "-c")))
    assert site.happened(e.WrapUpEnded)[0].reason == "done"
    site.take(e.WrapUpEndRequested(agent_id="anna", contact_id=caller.replace("-l", "-c")))
    assert site.refused() == "not_in_wrap_up"


def test_a_disposition_may_be_given_while_talking_and_changed_afterwards():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.dispose("anna", caller, "sold")
    assert site.names() == ["DispositionRecorded"]
    site.part(caller, agent_leg)
    site.dispose("anna", caller, "cancelled")
    assert site.closed(caller).disposition == "cancelled"


def test_no_disposition_before_the_conversation_nor_for_others_contacts():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.dispose("anna", caller)
    assert site.refused() == "no_contact"
    site.dispose("ben", caller)
    assert site.refused() == "no_contact"


def test_a_queue_without_wrap_up_frees_the_agent_at_once():
    site, caller = talked(wrap_up_s=0)
    assert [event.contact_id for event in site.ever(e.AssignmentReleased)] == [caller.replace("-l", "-c")]
    assert site.agent_is("anna") is AgentState.READY
    assert site.is_gone(caller)


def test_a_contact_is_kept_until_its_wrap_up_is_over():
    site, caller = talked()
    assert not site.is_gone(caller)
    site.dispose("anna", caller)
    assert site.is_gone(caller)
    assert site.closed(caller).outcome == "connected"


def test_a_contact_is_kept_until_its_legs_have_ended():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.leave(caller)
    site.dispose("anna", caller)
    site.end(caller)
    assert not site.is_gone(caller)
    site.end(agent_leg)
    assert site.is_gone(caller)
