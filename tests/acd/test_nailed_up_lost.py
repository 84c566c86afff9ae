"""Agents who are nailed up lose their line, and with it the room in which a caller is."""

import pytest

from cti.core.commands import CheckLeg, RedirectLeg
from cti.core.plan import Park
from cti.core.states import ContactState
from tests.acd.test_nailed_up import connect, line, nailed, site_with


@pytest.mark.parametrize("report", ["ended", "left"])
def test_who_loses_an_agent_whose_room_ends_with_the_line_is_not_sent_for_besides(report):
    """The caller's leg comes out and asks by itself. The way to the waiting room might be gone by then, and be carried
    out only when the caller talks to the next agent already."""
    site, caller = talking()
    (site.end if report == "ended" else site.leave)(line(site).leg_id)
    assert site.contact(caller).state is ContactState.QUEUED
    assert ways_of(site, caller) == []
    site.come_back(caller)
    assert site.outcome.replies[0].plan.verbs == (Park(),)
    connect_waiting(site, caller)


def test_who_stays_in_the_room_all_the_same_is_found_there_and_taken_out():
    site, caller = talking()
    room = line(site).call_id
    site.end(line(site).leg_id)
    site.wait(2_000)
    [check] = [each for each in site.asked if isinstance(each, CheckLeg) and each.leg_id == caller]
    assert (check.call_id, check.nonce) == (room, site.state.legs[caller].nonce)
    assert ways_of(site, caller) == []
    site.check(caller, call_id=room, sought=room)
    assert ways_of(site, caller) == [(Park(),)]
    connect_waiting(site, caller)


def test_who_asked_meanwhile_is_looked_for_and_left_alone():
    site, caller = talking()
    room = line(site).call_id
    site.end(line(site).leg_id)
    site.come_back(caller)
    site.wait(2_000)
    site.check(caller, sought=room)
    assert ways_of(site, caller) == []


def talking():
    """A caller with anna; ben is there and not ready."""
    site = site_with(nailed("anna"), nailed("ben"))
    site.not_ready("ben")
    return site, connect(site)


def ways_of(site, caller) -> list:
    """Where the caller was sent unasked, since it talked to anna."""
    return [each.plan.verbs for each in site.asked if isinstance(each, RedirectLeg) and each.leg_id == caller][1:]


def connect_waiting(site, caller) -> None:
    """Ben takes whoever waits."""
    site.ready("ben")
    site.acknowledge("ben")
    site.accept("ben")
    site.join(caller)
    assert (site.contact(caller).state, site.contact(caller).agent_id) == (ContactState.CONNECTED, "ben")
