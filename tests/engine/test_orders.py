"""The carrier's reports come in any order, and twice. Whatever the order: nobody is lost, nothing is stuck."""

from collections.abc import Iterator

from cti.core import events as e
from cti.core.commands import HangUpLeg
from cti.core.plan import Door, HangUp
from cti.core.states import ContactState, EndCause, LeaveResult, LegState
from tests.centre import MENU
from tests.site import Site


def every_order(site: Site, reports: list[e.Event]) -> Iterator[tuple[list[e.Event], Site]]:
    """Each order of the reports, with the site that got them so."""

    def deeper(at: Site, taken: list[e.Event], left: list[e.Event]) -> Iterator[tuple[list[e.Event], Site]]:
        if not left:
            yield taken, at
        for place, report in enumerate(left):
            fork = at.fork()
            fork.take(report)
            yield from deeper(fork, [*taken, report], left[:place] + left[place + 1 :])

    yield from deeper(site, [], reports)


def site_with_offer() -> tuple[Site, str, str]:
    """A caller, and Anna who has accepted."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    return site, caller, site.accept("anna")


def reports_of_leg(site: Site, leg_id: str) -> dict[str, e.Event]:
    room = site.state.legs[leg_id].bound_for
    named = {"leg_id": leg_id, "provider_ref": site.ref(leg_id)}
    return {
        "placed": e.LegPlaced(**named),
        "alerting": e.LegAlerting(**named),
        "answered": e.LegAnswered(**named),
        "joined": e.CallJoined(call_id=room, **named),
        "left": e.CallLeft(call_id=room, **named),
        "put out": e.CallLeft(call_id=room, cause=EndCause.CANCELLED, **named),
        "ended": e.LegEnded(cause=EndCause.NORMAL, **named),
        "room ended by it": e.CallEnded(call_id=room, leg_id=leg_id),
    }


def name(reports: list[e.Event]) -> list[str]:
    return [f"{type(report).__name__}({getattr(report, 'leg_id', '')})" for report in reports]


def test_an_agents_leg_comes_into_the_room_by_whatever_order_of_reports():
    site, caller, agent_leg = site_with_offer()
    found = reports_of_leg(site, agent_leg)
    reports = [found[each] for each in ("placed", "alerting", "answered", "joined")]
    for order, end in every_order(site, reports):
        assert end.contact(caller).state is ContactState.CONNECTING, name(order)
        leg = end.state.legs[agent_leg]
        assert (leg.state, leg.provider_ref) == (LegState.CONNECTED, site.ref(agent_leg)), name(order)
        assert len([event for event in end.history if isinstance(event, e.BridgeRequested)]) == 1, name(order)


def test_the_caller_hangs_up_and_the_reports_of_it_come_in_any_order():
    site, caller, agent_leg = site_with_offer()
    site.join(agent_leg)
    site.leave_waiting_room(caller)
    site.join(caller)
    of_caller, of_agent = reports_of_leg(site, caller), reports_of_leg(site, agent_leg)
    reports = [of_caller["left"], of_caller["ended"], of_agent["put out"], of_agent["ended"]]
    reports.append(of_caller["room ended by it"])
    for order, end in every_order(site, reports):
        end.dispose("anna", caller)
        closed = end.closed(caller)
        assert closed.outcome == "connected", name(order)
        assert closed.cause is EndCause.CALLER_HUNG_UP, name(order)
        assert len(end.ever(e.ContactEnded)) == len(end.ever(e.LegsParted)) == 1, name(order)
        end.everybody_goes()


def test_the_agent_hangs_up_the_phone_and_the_reports_of_it_come_in_any_order():
    site, caller, agent_leg = site_with_offer()
    site.join(agent_leg)
    site.join(caller)
    of_caller, of_agent = reports_of_leg(site, caller), reports_of_leg(site, agent_leg)
    reports = [of_agent["left"], of_agent["ended"], of_caller["put out"], of_agent["room ended by it"]]
    for order, end in every_order(site, reports):
        end.come_back(caller)
        assert isinstance(end.heard(caller)[-1], HangUp), name(order)
        end.end(caller)
        end.dispose("anna", caller)
        assert end.closed(caller).cause is EndCause.AGENT_HUNG_UP, name(order)
        assert len(end.ever(e.ContactEnded)) == len(end.ever(e.LegsParted)) == 1, name(order)
        end.everybody_goes()


def test_the_caller_comes_back_from_the_room_before_or_after_the_other_reports():
    site, caller, agent_leg = site_with_offer()
    site.join(agent_leg)
    site.join(caller)
    of_caller, of_agent = reports_of_leg(site, caller), reports_of_leg(site, agent_leg)
    back = e.PlanRequested(
        leg_id=caller, door=Door.JOINED, nonce=site.state.legs[caller].nonce, result=LeaveResult.HUNG_UP
    )
    reports = [back, of_caller["left"], of_agent["put out"], of_caller["ended"]]
    for order, end in every_order(site, reports):
        end.end(agent_leg)
        end.dispose("anna", caller)
        assert end.closed(caller).cause is EndCause.CALLER_HUNG_UP, name(order)
        end.everybody_goes()


def test_the_caller_hangs_up_while_the_agents_leg_is_on_its_way_in_any_order():
    site, caller, agent_leg = site_with_offer()
    of_caller, of_agent = reports_of_leg(site, caller), reports_of_leg(site, agent_leg)
    reports = [of_agent[each] for each in ("placed", "answered", "joined", "ended")] + [of_caller["ended"]]
    for order, end in every_order(site, reports):
        assert end.is_gone(caller), name(order)
        assert end.closed(caller).outcome == "abandoned_in_queue", name(order)
        wanted = order.index(of_agent["ended"]) < order.index(of_caller["ended"])
        named = any(order.index(of_caller["ended"]) > order.index(of_agent[each]) for each in ("placed", "answered"))
        if not wanted and named:
            assert any(isinstance(command, HangUpLeg) and command.leg_id == agent_leg for command in end.asked)
        end.everybody_goes()


def test_the_agent_is_gone_before_the_caller_arrives_in_any_order():
    site, caller, agent_leg = site_with_offer()
    site.sign_in("ben")
    site.join(agent_leg)
    of_caller, of_agent = reports_of_leg(site, caller), reports_of_leg(site, agent_leg)
    moved = e.PlanRequested(leg_id=caller, door=Door.PARKED, nonce=1, result=LeaveResult.REDIRECTED)
    reports = [of_agent["left"], of_agent["ended"], of_caller["joined"], moved]
    for order, end in every_order(site, reports):
        contact = end.contact(caller)
        if contact.state is ContactState.ENDED:  # they met for a moment
            assert order.index(of_caller["joined"]) < order.index(of_agent["left"]), name(order)
            assert contact.cause is EndCause.AGENT_HUNG_UP
        else:
            assert end.offered("ben").leg_id == caller, name(order)
            assert end.contact(caller).queued_at == site.contact(caller).queued_at
        end.everybody_goes()


def walk_with(repeat) -> Site:
    """The walk, each of the carrier's reports given to `repeat` to take."""
    site = Site()
    site.sign_in("anna")
    caller = site.call(to=MENU)
    repeat(site, e.CallArrived(provider="test", provider_ref="CA1", to_number=MENU))
    nonce = site.state.legs[caller].nonce
    press = e.PlanRequested(leg_id=caller, door=Door.DIGITS, nonce=nonce, digits="1")
    site.take(press)
    repeat(site, press)
    site.acknowledge("anna")
    agent_leg = site.accept("anna")
    of_agent = reports_of_leg(site, agent_leg)
    for each in ("placed", "alerting", "answered", "joined"):
        site.take(of_agent[each])
        repeat(site, of_agent[each])
    of_caller = reports_of_leg(site, caller)
    moved = e.PlanRequested(leg_id=caller, door=Door.PARKED, nonce=nonce, result=LeaveResult.REDIRECTED)
    ends = [of_caller["left"], of_agent["put out"], of_caller["room ended by it"]]
    for report in (moved, of_caller["joined"], *ends, of_caller["ended"], of_agent["ended"]):
        site.take(report)
        repeat(site, report)
    site.dispose("anna", caller)
    return site


def test_every_report_twice_is_as_good_as_once():
    def repeat(site: Site, report: e.Event) -> None:
        site.take(report)
        assert set(site.names()) <= {"ReportIgnored"}, report

    once = walk_with(lambda site, report: None)
    twice = walk_with(repeat)
    [first], [second] = once.ever(e.ContactClosed), twice.ever(e.ContactClosed)
    for field in ("outcome", "cause", "offers", "disposition", "agent_ids"):
        assert getattr(first, field) == getattr(second, field)
    once.everybody_goes()
    twice.everybody_goes()


def test_every_report_once_more_when_all_is_over_changes_nothing():
    """But for the call's arrival: that it is a repeat, its key tells before it comes here."""
    seen: list[e.Event] = []
    site = walk_with(lambda site, report: seen.append(report))
    for report in seen[1:]:
        site.take(report)
        assert site.names() == ["ReportIgnored"], report
    site.everybody_goes()
