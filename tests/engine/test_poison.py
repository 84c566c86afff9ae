"""An input that makes the rules fail: nothing of it happened, its contact hears an apology, nobody else notices."""

import pytest

from cti import engine
from cti.core import events as e
from cti.core.apply.legs import CHECK_AFTER_MS
from cti.core.commands import CheckLeg
from cti.core.config import PlayStep
from cti.core.deadlines import AGAIN_MS
from cti.core.errors import TurnOverflow
from cti.core.plan import HangUp
from cti.core.states import AgentState, ContactState, EndCause
from cti.core.turn import EVENTS_MAX
from tests.centre import DIRECT, MENU, centre, flow, say
from tests.dialer.campaign_site import CampaignSite
from tests.site import Site

SORRY = "We are sorry."


@pytest.fixture
def site():
    site = Site(centre(apology=say(SORRY)))
    site.sign_in("anna")
    return site


@pytest.fixture
def poison(monkeypatch):
    """Makes one kind of event fail the rules. The only place where tests put their hands into the engine."""

    def put(kind, rule=None):
        def fail(turn, event):
            raise ZeroDivisionError("a rule failed")

        monkeypatch.setitem(engine.RULES, kind, (*engine.RULES.get(kind, ()), rule or fail))
        return monkeypatch.undo

    return put


def swallow(site, event):
    """Take an input the way the driver does: what fails is taken as rejected."""
    try:
        site.take(event)
    except Exception as error:  # noqa: BLE001 - as the driver does
        site.take(engine.rejected(event, f"{type(error).__name__}: {error}", "key"))
        return True
    return False


def test_a_turn_that_fails_leaves_the_state_as_it_was(site, poison):
    caller = site.call(to=MENU)
    poison(e.ContactQueued)
    before = engine.capture(site.state)
    with pytest.raises(ZeroDivisionError):
        site.press(caller, "1")
    assert engine.capture(site.state) == before


def test_an_arriving_call_that_fails_hears_an_apology(site, poison):
    poison(e.ContactStarted)
    arrived = e.CallArrived(provider="t", provider_ref="CA9", to_number=DIRECT)
    assert swallow(site, arrived)
    [reply] = site.outcome.replies
    assert reply.plan.verbs == (*say(SORRY), HangUp())
    assert site.names() == []
    assert len(site.state.contacts) == 0


def test_a_called_person_whose_answer_fails_at_the_fallback_hears_an_apology(poison):
    site = CampaignSite(agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    poison(e.ContactStarted)
    assert swallow(site, e.CallArrived(provider="t", provider_ref=site.ref(leg_id), to_number=""))
    [reply] = site.outcome.replies
    assert reply.leg_id == leg_id
    assert isinstance(reply.plan.verbs[-1], HangUp)


def test_a_caller_whose_answer_fails_hears_an_apology_as_the_reply(site, poison):
    caller = site.call(to=MENU)
    bystander = site.call()
    undo = poison(e.StepEntered)
    asked = e.PlanRequested(leg_id=caller, door="digits", nonce=site.state.legs[caller].nonce, digits="1")
    assert swallow(site, asked)
    undo()
    [reply] = site.outcome.replies
    assert reply.plan.verbs == (*say(SORRY), HangUp())
    assert site.commands == ()
    assert site.contact(caller).quarantined
    assert site.contact(bystander).offer
    site.hang_up(caller)
    closed = site.closed(caller)
    assert (closed.outcome, closed.cause) == ("quarantined", EndCause.QUARANTINED)
    assert not any(event.contact_id == caller.replace("-l", "-c") for event in site.ever(e.ContactAbandoned))


def test_a_caller_who_asks_for_nothing_is_moved_to_the_apology(site, poison):
    site.not_ready("anna")
    caller = site.call()
    poison(e.LegChecked)
    assert swallow(site, e.LegChecked(leg_id=caller, alive=True))
    [command] = site.commands
    assert command.plan.verbs == (*say(SORRY), HangUp())
    assert site.contact(caller).state is ContactState.IN_FLOW


def test_a_quarantined_caller_is_out_of_the_line_and_asks_in_vain(site, poison):
    site.not_ready("anna")
    caller, next_one = site.call(), site.call()
    swallow(site, engine.rejected(e.LegChecked(leg_id=caller, alive=True), "x", "k"))
    site.go_on_waiting(next_one)
    assert site.happened(e.PositionTold)[0].position == 1
    for _ in range(2):
        site.go_on_waiting(caller)
        assert isinstance(site.heard(caller)[-1], HangUp)
    site.leave_waiting_room(caller, "failed")
    assert isinstance(site.heard(caller)[-1], HangUp)


@pytest.mark.parametrize("point", ["offered", "leg asked for", "leg rings", "connecting"])
def test_the_agent_it_was_offered_to_is_free_again_and_her_leg_is_let_go(site, point):
    caller = site.call()
    agent_leg = ""
    if point != "offered":
        agent_leg = site.accept("anna")
    if point in ("leg rings", "connecting"):
        site.place(agent_leg)
    if point == "connecting":
        site.join(agent_leg)
    site.take(engine.rejected(e.LegChecked(leg_id=caller, alive=True), "x", "k"))
    assert site.agent_is("anna") is AgentState.READY
    if agent_leg:
        assert site.state.legs[agent_leg].released
        site.refuse(agent_leg) if point == "leg asked for" else site.end(agent_leg, EndCause.CANCELLED)
    waiting = site.call()
    assert site.offered("anna").leg_id == waiting
    site.everybody_goes()


def test_a_report_about_the_agents_leg_that_fails_quarantines_its_contact(site):
    caller = site.call()
    agent_leg = site.accept("anna")
    site.take(engine.rejected(e.LegAnswered(leg_id=agent_leg, provider_ref="CB"), "x", "k"))
    assert site.contact(caller).quarantined
    assert site.state.legs[agent_leg].released
    assert [command.leg_id for command in site.commands if hasattr(command, "plan")] == [caller]


def test_who_talks_goes_on_talking(site):
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.take(engine.rejected(e.LegAnswered(leg_id=agent_leg), "x", "k"))
    assert site.contact(caller).state is ContactState.CONNECTED
    assert site.agent_is("anna") is AgentState.BUSY
    assert site.commands == ()
    site.part(caller, agent_leg)
    site.dispose("anna", caller)
    assert site.closed(caller).outcome == "connected"


def test_a_talker_who_asks_and_fails_is_answered(site):
    caller = site.call()
    site.talk(caller, "anna")
    asked = e.PlanRequested(leg_id=caller, door="joined", nonce=site.state.legs[caller].nonce)
    site.take(engine.rejected(asked, "x", "k"))
    assert isinstance(site.outcome.replies[0].plan.verbs[-1], HangUp)


def test_a_contact_that_is_over_stays_so(site):
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.leave(caller)
    site.take(engine.rejected(e.LegEnded(leg_id=agent_leg, cause=EndCause.NORMAL), "x", "k"))
    site.everybody_goes()
    assert site.closed(caller).outcome == "connected"


def test_what_an_agent_asked_for_and_failed_is_refused(site, poison):
    site.call()
    poison(e.OfferAccepted)
    ask = e.AcceptRequested(agent_id="anna", offer_id=site.offer_id("anna"), request_id="r1")
    assert swallow(site, ask)
    [refused] = site.happened(e.RequestRefused)
    assert (refused.agent_id, refused.code, refused.request_id) == ("anna", "failed", "r1")
    assert site.outcome.replies == ()
    assert site.offered("anna")


def test_a_rejected_input_about_nobody_changes_nothing(site):
    site.take(engine.rejected(e.LegEnded(leg_id="main-l99", cause=EndCause.NORMAL), "x", "k"))
    assert site.names() == []
    assert site.outcome.replies == ()


def test_one_promise_that_fails_takes_nothing_from_the_others(site, monkeypatch):
    """Both wait for a look-up; at one of them the rules fail when its time is over."""
    from cti.core.config import EnqueueStep, HangUpStep, LookUpStep

    steps = {
        "who": LookUpStep(known="line", unknown="line", wait_s=5),
        "line": EnqueueStep(queue_id="sales", full="bye"),
        "bye": HangUpStep(),
    }
    site.apply(centre(apology=say(SORRY), flows=(flow("who", "who", **steps),), numbers={"+1777": "who"}))
    first, second = site.call(to="+1777"), site.call(to="+1777")
    site.not_ready("anna")
    poisoned = site.contact(first).contact_id

    def fail(turn, event):
        assert event.contact_id != poisoned, "a rule failed"

    monkeypatch.setitem(engine.RULES, e.QueueRequested, (*engine.RULES[e.QueueRequested], fail))
    both = tuple(
        e.Due(kind="look_up", key=key, at=site.contact(leg).look_up_by)
        for leg, key in ((first, poisoned), (second, second.replace("-l", "-c")))
    )
    site.at = both[1].at
    site.take(e.DeadlinesReached(due=both), after_ms=0)
    assert site.happened(e.InputRejected)[0].contact_id == poisoned
    assert site.contact(first).quarantined
    assert site.contact(second).state is ContactState.QUEUED
    replies = {reply.leg_id: reply.plan.verbs for reply in site.outcome.replies}
    assert replies[first] == (*say(SORRY), HangUp())
    assert type(replies[second][-1]).__name__ == "Park"


def wrapping_up(site):
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    assert site.agent_is("anna") is AgentState.WRAP_UP
    return caller, site.at + 1_000 * site.state.config.queues["sales"].wrap_up_s


def test_a_wrap_up_that_could_not_end_ends_later(site, poison):
    caller, ends_at = wrapping_up(site)
    undo = poison(e.WrapUpEnded)
    site.wait_until(ends_at + AGAIN_MS)
    tries = [event.input_type for event in site.ever(e.InputRejected)]
    assert tries == ["Due:wrap_up", "Due:wrap_up"]  # not again and again
    assert site.agent_is("anna") is AgentState.WRAP_UP
    undo()
    site.wait(AGAIN_MS)
    assert site.agent_is("anna") is AgentState.READY
    assert site.is_gone(caller)


def test_a_wrap_up_that_could_not_end_may_be_ended_by_hand(site, poison):
    caller, ends_at = wrapping_up(site)
    undo = poison(e.WrapUpEnded)
    site.wait_until(ends_at)
    undo()
    site.dispose("anna", caller)
    assert site.agent_is("anna") is AgentState.READY
    site.wait(10 * AGAIN_MS)
    assert len(site.ever(e.WrapUpEnded)) == 1


def test_a_watch_that_failed_goes_on(site, monkeypatch):
    caller = site.call(to=MENU)
    monkeypatch.setitem(engine.DUE, "leg_check", lambda turn, key: 1 / 0)
    site.wait(CHECK_AFTER_MS)
    assert site.happened(e.InputRejected)[0].input_type == "Due:leg_check"
    assert not site.contact(caller).quarantined  # it did nothing wrong, and hears nothing of it
    monkeypatch.undo()
    site.wait(AGAIN_MS)
    assert any(isinstance(command, CheckLeg) and command.leg_id == caller for command in site.asked)


def test_a_turn_without_end_is_cut_off(site, poison):
    def again(turn, event):
        turn.emit(e.PositionAsked(contact_id=event.contact_id))

    caller = site.call()
    poison(e.PositionAsked, again)
    with pytest.raises(TurnOverflow, match=str(EVENTS_MAX)):
        site.go_on_waiting(caller)


def test_a_flow_in_a_circle_quarantines_its_caller_and_no_other():
    circle = flow("circle", "a", a=PlayStep(prompt=(), next="b"), b=PlayStep(prompt=(), next="a"))
    site = Site(centre(flows=(circle,), numbers={"+1777": "circle"}, apology=say(SORRY)))
    bystander = site.call()
    assert swallow(site, e.CallArrived(provider="t", provider_ref="CA9", to_number="+1777"))
    assert site.outcome.replies[0].plan.verbs == (*say(SORRY), HangUp())
    site.go_on_waiting(bystander)
    assert site.happened(e.PositionTold)


def test_what_a_shell_cannot_seal_never_happened(site):
    """Making the answer fails: the turn is taken back as if a rule had failed."""
    from cti.core.base import Moment

    before = engine.capture(site.state)

    def seal(outcome):
        raise ValueError("cannot be rendered")

    event = e.CallArrived(provider="t", provider_ref="CA9", to_number=DIRECT)
    with pytest.raises(ValueError, match="rendered"):
        engine.advance(site.state, event, Moment(site.state.last.seq + 1, site.at + 1), seal)
    assert engine.capture(site.state) == before
