"""Reports about conversations come in any order, twice, or not at all. Whatever the order: nobody is lost or stuck."""

from collections.abc import Callable, Iterator
from itertools import permutations

import pytest

from cti.core import events as e
from cti.core.plan import Door, HangUp
from cti.core.states import ContactState, EndCause, LeaveResult
from tests.conversation.talking import FRIEND, Talking


def every_order(
    begin: Callable[[], Talking], reports: Callable[[Talking], list[e.Event]]
) -> Iterator[tuple[str, Talking]]:
    """Each order of the reports, each of them twice, and the site that got them so."""
    first = begin()
    for order in permutations(reports(first)):
        site = first.fork()
        for report in order:
            site.take(report)
            site.take(report)
        yield " ".join(f"{type(report).__name__}:{getattr(report, 'leg_id', '')}" for report in order), site


def out(site: Talking, leg_id: str, cause: EndCause = EndCause.NORMAL) -> list[e.Event]:
    """What is told of a leg that goes."""
    named = {"leg_id": leg_id, "provider_ref": site.ref(leg_id)}
    return [
        e.CallLeft(call_id=site.now.call_id, cause=cause, **named),
        e.LegEnded(cause=EndCause.NORMAL, **named),
    ]


def back(site: Talking, result: LeaveResult = LeaveResult.BRIDGED) -> e.Event:
    """The caller is out of the room and asks."""
    return e.PlanRequested(
        leg_id=site.caller, door=Door.JOINED, nonce=site.state.legs[site.caller].nonce, result=result
    )


def consulting() -> Talking:
    site = Talking()
    site.not_ready("carl")
    site.not_ready("dora")
    site.bring("ben")
    return site


def bens_leg(site: Talking) -> str:
    return next(leg.leg_id for leg in site.state.legs.rows.values() if leg.agent_id == "ben")


def test_the_party_comes_by_whatever_order_of_reports():
    def begin() -> Talking:
        site = Talking()
        site.consult("agent:ben")
        site.accept("ben")
        return site

    def reports(site: Talking) -> list[e.Event]:
        leg_id = bens_leg(site)
        named = {"leg_id": leg_id, "provider_ref": site.ref(leg_id)}
        kinds = (e.LegPlaced, e.LegAlerting, e.LegAnswered)
        return [*(kind(**named) for kind in kinds), e.CallJoined(call_id=site.now.call_id, **named)]

    for order, site in every_order(begin, reports):
        assert [party.present for party in site.now.parties] == [True], order
        assert len(site.ever(e.ConsultAnswered)) == 1, order


def test_the_caller_hangs_up_in_a_conference():
    def reports(site: Talking) -> list[e.Event]:
        mine, theirs = out(site, site.caller), out(site, bens_leg(site), EndCause.CANCELLED)
        room = e.CallEnded(call_id=site.now.call_id, leg_id=site.caller)
        return [*mine, theirs[0], room, back(site, LeaveResult.HUNG_UP)]

    for order, site in every_order(consulting, reports):
        assert site.now.cause is EndCause.CALLER_HUNG_UP, order
        assert len(site.ever(e.ContactEnded)) == 1, order
        assert site.ever(e.ContactRequeued) == [], order
        site.everybody_goes()


def test_the_agents_leg_dies_and_the_party_takes_over():
    def reports(site: Talking) -> list[e.Event]:
        return [*out(site, site.own), e.LegRetrieved(leg_id=site.caller), e.LegHeld(leg_id=site.caller)]

    for order, site in every_order(consulting, reports):
        assert (site.now.state, site.now.agent_id) == (ContactState.CONNECTED, "ben"), order
        assert len(site.ever(e.ContactTransferred)) == 1, order
        site.everybody_goes()


def test_the_party_and_then_the_agent_hang_up_with_the_caller_on_hold():
    def reports(site: Talking) -> list[e.Event]:
        return [*out(site, site.own), *out(site, bens_leg(site))]

    for order, site in every_order(consulting, reports):
        alone = "ben" if order.split()[0].endswith(site.own) else "anna"
        if alone == "anna":  # nobody took the caller off hold
            assert site.is_next() or site.now.offer, order
        else:
            assert site.now.state in (ContactState.ENDED, ContactState.QUEUED), order
        site.everybody_goes()


@pytest.mark.parametrize("there", [False, True])
def test_the_room_ends_although_it_should_not_have(there):
    """The agent's leg took it along: the carrier was not quick enough, or did not do what it was asked."""

    def begin() -> Talking:
        if there:
            return consulting()
        site = Talking()
        site.not_ready("carl")
        site.not_ready("dora")
        site.consult(f"number:{FRIEND}")
        return site

    def reports(site: Talking) -> list[e.Event]:
        return [
            out(site, site.own, EndCause.FAILED)[0],
            out(site, site.caller, EndCause.CANCELLED)[0],
            e.CallEnded(call_id=site.now.call_id, leg_id=site.own),
            back(site),
        ]

    for order, site in every_order(begin, reports):
        assert site.now.state in (ContactState.QUEUED, ContactState.CONNECTING), order
        assert not isinstance(site.heard(site.caller)[-1], HangUp), order
        assert not site.state.legs[site.caller].released, order
        site.everybody_goes()


@pytest.mark.parametrize("destination", ["queue:help", f"number:{FRIEND}"])
def test_given_away_whoever_tells_first(destination):
    def begin() -> Talking:
        site = Talking()
        site.nonce, site.room = site.state.legs[site.caller].nonce, site.now.call_id
        site.transfer(destination)
        return site

    def reports(site: Talking) -> list[e.Event]:
        mine = {"leg_id": site.caller, "provider_ref": site.ref(site.caller)}
        own = {"leg_id": site.own, "provider_ref": site.ref(site.own)}
        return [
            e.CallLeft(call_id=site.room, **mine),
            e.CallLeft(call_id=site.room, cause=EndCause.CANCELLED, **own),
            e.LegEnded(cause=EndCause.NORMAL, **own),
            e.CallEnded(call_id=site.room, leg_id=site.caller),
            e.PlanRequested(leg_id=site.caller, door=Door.JOINED, nonce=site.nonce, result=LeaveResult.BRIDGED),
        ]

    for order, site in every_order(begin, reports):
        assert site.now.state is (ContactState.QUEUED if "queue" in destination else ContactState.FORWARDED), order
        assert not isinstance(site.heard(site.caller)[-1], HangUp), order
        assert site.own not in site.state.legs, order
        site.everybody_goes()


def test_any_report_of_a_consultation_may_be_lost():
    """Who has the caller in the end is in the room with it."""
    for lost in range(4):  # that the caller is on hold is no report: our request is answered so, or repeated
        site = Talking()
        site.consult("agent:ben")
        leg_id = site.accept("ben")
        named = {"leg_id": leg_id, "provider_ref": site.ref(leg_id)}
        reports = [
            e.LegPlaced(**named),
            e.LegAlerting(**named),
            e.LegAnswered(**named),
            e.CallJoined(call_id=site.now.call_id, **named),
        ]
        for place, report in enumerate(reports):
            if place != lost:
                site.take(report)
        if lost == 3:
            site.check(leg_id, call_id=site.now.call_id)
        site.attended()
        assert site.now.agent_id == "ben"
        assert site.held_or_not()[site.caller] is False
        site.caller_goes()
        site.everybody_goes()
