"""Every report meets a leg in every state: what the table allows moves it, anything else is noted and moves nothing."""

import pytest

from cti import engine
from cti.core import events as e
from cti.core.call import LEG_TRANSITIONS
from cti.core.plan import Door
from cti.core.states import EndCause, LegState
from tests.site import Site


def leg_in(state: LegState) -> tuple[Site, str]:
    """A site with an agent's leg in this state; the customer is still in the queue unless the leg ended."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    leg_id = site.accept("anna")
    match state:
        case LegState.ALERTING:
            site.alert(leg_id)
        case LegState.CONNECTED:
            site.join(leg_id)
        case LegState.HELD:
            site.join(leg_id)
            site.take(e.LegHeld(leg_id=leg_id))
        case LegState.ENDED:  # its row is kept as long as its contact
            site.join(leg_id)
            site.join(caller)
            site.end(leg_id)
    assert site.state.legs[leg_id].state is state
    return site, leg_id


def report(site: Site, kind: type[e.Event], leg_id: str) -> e.Event:
    """The report as it would come for this leg, as fitting as can be."""
    room = site.state.legs[leg_id].bound_for
    named = {"leg_id": leg_id, "provider_ref": site.ref(leg_id)}
    match kind:
        case e.LegPlaced | e.LegAlerting | e.LegAnswered:
            return kind(**named)
        case e.LegEnded:
            return e.LegEnded(cause=EndCause.NORMAL, **named)
        case e.CallJoined | e.CallLeft:
            return kind(call_id=room, **named)
        case e.LegRefused:
            return e.LegRefused(leg_id=leg_id, code="REFUSED")
        case e.LegChecked:
            return e.LegChecked(leg_id=leg_id, alive=True)
        case e.LegMuted:
            return e.LegMuted(leg_id=leg_id, muted=True)
        case e.LegDiverted:
            return e.LegDiverted(leg_id=leg_id, endpoint="tel:+1")
        case _:
            return kind(leg_id=leg_id)


REPORTS = (
    e.LegPlaced,
    e.LegAlerting,
    e.LegAnswered,
    e.LegEnded,
    e.LegRefused,
    e.LegChecked,
    e.LegHeld,
    e.LegRetrieved,
    e.LegMuted,
    e.LegDiverted,
    e.CallJoined,
    e.CallLeft,
)
ALREADY = {
    (LegState.CONNECTED, e.CallJoined),
    (LegState.HELD, e.CallJoined),
    (LegState.INITIATED, e.CallLeft),
    (LegState.ALERTING, e.CallLeft),
}
"""Allowed by the table, but here the leg is in its room already, or not in it."""


@pytest.mark.parametrize("state", LegState)
@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_meets_a_leg(state, kind):
    site, leg_id = leg_in(state)
    allowed = LEG_TRANSITIONS[state].get(kind)
    before = site.state.legs[leg_id]
    site.take(report(site, kind, leg_id))
    after = site.state.legs.get(leg_id)
    if allowed and (state, kind) not in ALREADY:
        assert site.ignored() == ""
        assert (after.state if after else LegState.ENDED) is allowed
    else:
        assert site.names() == ["ReportIgnored"]
        assert site.ignored()
        assert after == before


def test_every_report_about_legs_is_in_these_tests():
    known = {kind for moves in LEG_TRANSITIONS.values() for kind in moves}
    assert known == {*REPORTS, e.PlanRequested, e.ReplyOverdue}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_about_a_leg_that_is_gone(kind):
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    event = report(site, kind, agent_leg)
    site.refuse(agent_leg)
    site.hang_up(caller)
    rows = rows_of(site)
    site.take(event)
    assert site.ignored() == "leg is gone"
    assert rows_of(site) == rows


def rows_of(site: Site) -> tuple[dict, ...]:
    state = site.state
    return tuple(dict(table.rows) for table in (state.contacts, state.legs, state.calls, state.agents))


@pytest.mark.parametrize("kind", [e.LegPlaced, e.LegAlerting, e.LegAnswered, e.LegEnded, e.CallJoined, e.CallLeft])
def test_a_report_with_our_label_and_a_strangers_reference_is_not_about_our_leg(kind):
    site, leg_id = leg_in(LegState.ALERTING)
    room = site.state.legs[leg_id].bound_for
    fields = {"cause": EndCause.NORMAL} if kind is e.LegEnded else {}
    if kind in (e.CallJoined, e.CallLeft):
        fields["call_id"] = room
    site.take(kind(leg_id=leg_id, provider_ref="CA-stranger", **fields))
    assert site.ignored() == "report is about another leg of the carrier's"
    if kind is e.CallJoined:
        assert [command.provider_ref for command in site.commands] == ["CA-stranger"]


def test_a_report_names_a_leg_by_our_label_or_by_the_carriers_reference():
    site, leg_id = leg_in(LegState.ALERTING)
    site.take(e.LegAnswered(leg_id="", provider_ref=site.ref(leg_id)))
    assert site.state.legs[leg_id].state is LegState.CONNECTED


def test_the_first_report_teaches_the_carriers_reference():
    site, leg_id = leg_in(LegState.INITIATED)
    site.take(e.LegAlerting(leg_id=leg_id, provider_ref="CA77"))
    assert site.state.legs[leg_id].provider_ref == "CA77"
    assert site.state.find_leg("", "CA77").leg_id == leg_id


# The customer's leg: it asks for plans


@pytest.mark.parametrize("door", [Door.DIGITS, Door.NEXT, Door.WAIT, Door.JOINED])
def test_an_old_nonce_changes_nothing_and_is_answered(door):
    site = Site()
    caller = site.call()
    site.go_on_waiting(caller)
    contact, plan = site.contact(caller), site.heard(caller)
    site.ask(caller, door, nonce=1, digits="1" if door is Door.DIGITS else "")
    assert site.ignored() == "plan is not the last"
    assert site.contact(caller) == contact
    [reply] = site.outcome.replies
    assert reply.nonce == site.state.legs[caller].nonce
    if door is Door.WAIT:
        assert reply.plan.verbs[-1].door is Door.WAIT
    else:
        assert reply.plan.verbs == plan


def test_the_reply_to_an_old_nonce_leads_back_into_the_conversation():
    site = Site()
    caller = site.call()
    site.ask(caller, Door.WAIT, nonce=1)
    site.ask(caller, Door.WAIT, nonce=site.outcome.replies[0].nonce)
    assert site.happened(e.PositionTold)


def test_a_leg_that_is_gone_and_still_asks_is_told_to_hang_up():
    site = Site()
    site.ask("main-l99", Door.WAIT, nonce=3)
    assert site.ignored() == "leg is gone"
    assert [type(verb).__name__ for verb in site.outcome.replies[0].plan.verbs] == ["HangUp"]


def test_an_agents_leg_that_asks_without_being_an_offer_is_told_to_hang_up():
    site, leg_id = leg_in(LegState.CONNECTED)
    site.ask(leg_id, Door.NEXT)
    assert site.ignored() == ""
    assert [type(verb).__name__ for verb in site.outcome.replies[0].plan.verbs] == ["HangUp"]


def test_the_waiting_rooms_address_is_as_old_as_the_wait_is_long():
    site = Site()
    caller = site.call()
    parked_with = site.state.legs[caller].nonce
    site.go_on_waiting(caller)
    site.ask(caller, Door.PARKED, nonce=parked_with, result="failed")
    assert site.ignored() == ""


def test_a_late_word_from_the_waiting_room_does_not_disturb_a_conversation():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    leg = site.state.legs[caller]
    site.leave_waiting_room(caller, "failed")
    assert site.ignored() == "leg is in a call"
    assert site.state.legs[caller] == leg


@pytest.mark.parametrize("kind", [e.PlanRequested, e.ReplyOverdue])
def test_who_asks_in_the_wrong_state(kind):
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.end(caller)
    fields = {"door": Door.NEXT} if kind is e.PlanRequested else {}
    site.take(kind(leg_id=caller, nonce=site.state.legs[caller].nonce, **fields))
    assert site.ignored() == "leg is ENDED"


def test_a_held_leg_that_asks_is_no_longer_on_hold():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.talk(caller, "anna")
    site.take(e.LegHeld(leg_id=caller))
    assert site.state.legs[caller].state is LegState.HELD
    site.come_back(caller)
    assert site.state.legs[caller].state is LegState.CONNECTED


def test_a_promise_of_the_engine_names_only_what_exists():
    assert sorted(engine.PROMISES) == sorted(engine.DUE)
