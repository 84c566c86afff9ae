"""The tables of contacts, agents and assignments: every move they allow is made, and no other can be."""

import pytest
from msgspec.structs import replace

from cti import engine
from cti.core import events as e
from cti.core.agent import ASSIGNMENT_TRANSITIONS, PRESENCE_TRANSITIONS
from cti.core.apply.agents import ABSENCE_GRACE_MS
from cti.core.base import Moment
from cti.core.campaign_config import Pacing
from cti.core.codec import decode
from cti.core.contact import CONTACT_TRANSITIONS
from cti.core.plan import Door
from cti.core.states import AssignmentState, ContactState, EndCause, LeaveResult, Presence, WithdrawReason
from tests.centre import DIRECT, MENU, centre, queue, straight_to
from tests.conversation.talking import FRIEND, Talking
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.preview_site import PreviewSite
from tests.site import Site

NOT_YET = {
    (ContactState.SCHEDULED, e.CallbackDue),
    (ContactState.SCHEDULED, e.ContactEnded),
    (ContactState.IN_FLOW, e.CallbackScheduled),
    (ContactState.QUEUED, e.CallbackScheduled),
    (ContactState.QUEUED, e.ContactQueued),
}
"""In the vocabulary, but no rule makes them yet."""


REJECTED = engine.rejected(e.PlanRequested(leg_id="", door="next", nonce=0), "a rule failed", "key")


def site_with_anna(**fields) -> Site:
    site = Site(centre(queues=(queue(**fields),), flows=(straight_to("nowhere"),), numbers={"+1777": "to_nowhere"}))
    site.sign_in("anna")
    return site


def scene_flow():
    site = site_with_anna()
    caller = site.call(to=MENU)
    for _ in range(3):
        site.stay_silent(caller)
    site.hang_up(caller)
    site.call(to="+1777")
    return site


def scene_offers():
    site = site_with_anna()
    site.call()
    site.acknowledge("anna")
    site.decline("anna")
    site.wait(21_000)
    site.acknowledge("anna")
    site.wait(20_000)
    site.ready("anna")
    site.wait(25_000)
    return site


def scene_talk():
    site = site_with_anna()
    caller = site.call()
    agent_leg = site.bring_agent("anna")
    site.wait(10_000)
    site.check(caller, sought=site.contact(caller).call_id)
    site.join(caller)
    site.take(replace(REJECTED, leg_id=caller))
    site.part(caller, agent_leg)
    site.dispose("anna", caller)
    return site


def scene_called_in_vain():
    site = CampaignSite(dialled(pacing=Pacing(certain=False)), agents=0)
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.wait(5_000)
    return site


def scene_called_for_nothing():
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    calling = site.state.config.calling
    site.apply(replace(site.state.config, calling=replace(calling, campaigns={})))
    site.pick_up(leg_id)
    return site


def scene_given_back():
    site = site_with_anna()
    caller = site.call()
    site.end(site.bring_agent("anna"))
    site.hang_up(caller)
    return site


def scene_queue_taken_away():
    site = Site()
    caller = site.call()
    site.apply(centre(queues=(queue("support"),)))
    site.hang_up(caller)
    return site


def scene_queued_by_another_way_than_a_flow():
    site = Site(centre(queues=(queue("sales"), queue("support"))))
    caller = site.call(to=MENU)
    site.take(e.ContactQueued(contact_id=site.contact(caller).contact_id, queue_id="support", priority=0))
    site.apply(centre(queues=(queue("sales"),)))
    site.hang_up(caller)
    return site


def scene_rules_that_failed():
    site = site_with_anna()
    for point in ("flow", "queue", "offered", "on the way"):
        site.ready("anna") if point in ("offered", "on the way") else site.not_ready("anna")
        caller = site.call(to=MENU if point == "flow" else DIRECT)
        if point == "on the way":
            site.bring_agent("anna")
        site.take(replace(REJECTED, leg_id=caller))
        site.hang_up(caller)
    return site


def scene_caller_gone_on_the_way():
    site = site_with_anna()
    caller = site.call()
    site.bring_agent("anna")
    site.hang_up(caller)
    return site


def scene_presence():
    site = site_with_anna()
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    site.sign_in("anna")
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    site.sign_out("anna")
    site.sign_in("anna")
    site.disconnect("anna")
    site.wait(ABSENCE_GRACE_MS)
    site.sign_out("anna")
    return site


def scene_without_wrap_up():
    site = site_with_anna(wrap_up_s=0)
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    return site


def scene_consultation():
    site = Talking()
    site.ask_for(e.ConsultRequested, destination="agent:ben")
    site.accept("ben")  # and waits for the customer to be on hold
    site.ask_for(e.ConsultEndRequested, party_id=site.party.party_id)
    site.consult("agent:ben")
    site.decline("ben")
    site.consult("agent:carl")
    site.acknowledge("carl")
    site.wait(20_000)
    site.consult("agent:dora")
    site.disconnect("dora")
    site.ready("carl")
    site.bring("carl")
    site.confer()
    site.take(replace(REJECTED, leg_id=site.caller))
    site.attended()
    site.caller_goes()
    return site


def scene_given_to_a_queue():
    site = Talking()
    site.bring("ben")
    site.transfer("queue:help")
    return site


def scene_sent_on_to_a_number_and_back():
    site = Talking()
    site.bring("ben")
    site.transfer(f"number:{FRIEND}")
    site.take(replace(REJECTED, leg_id=site.caller))
    site.ask(site.caller, Door.FORWARDED, result=LeaveResult.BUSY)
    return site


def scene_sent_on_for_good():
    site = Talking()
    site.transfer(f"number:{FRIEND}")
    site.hang_up(site.caller)
    return site


def scene_agent_lost():
    site = Talking()
    site.end(site.own, EndCause.FAILED)
    return site


def scene_leads_shown():
    site = PreviewSite()
    site.start()
    site.next_lead()
    site.skip()
    site.next_lead()
    site.wait(901_000)
    site.ready("a0")
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.end(leg_id, EndCause.NO_ANSWER)
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    site.end(leg_id)
    site.nail_up("a0")
    site.ready("a0")
    site.next_lead()
    site.customer_answers(site.dial())
    return site


SCENES = (
    scene_flow,
    scene_offers,
    scene_talk,
    scene_called_in_vain,
    scene_called_for_nothing,
    scene_given_back,
    scene_queue_taken_away,
    scene_queued_by_another_way_than_a_flow,
    scene_rules_that_failed,
    scene_caller_gone_on_the_way,
    scene_presence,
    scene_without_wrap_up,
    scene_consultation,
    scene_given_to_a_queue,
    scene_sent_on_to_a_number_and_back,
    scene_sent_on_for_good,
    scene_agent_lost,
    scene_leads_shown,
)


@pytest.fixture(scope="module")
def moves():
    """Every (state, event, state) of contacts, agents and assignments in those scenes."""
    return {move for scene in SCENES for move in moves_of(scene())}


def moves_of(site):
    """Told apart by folding the events of each record one by one."""
    state = engine.new_state("main")
    for stored in site.records:
        record = decode(stored)
        now = Moment(record.seq, record.at)
        ignored = record.events and isinstance(record.events[0], e.ReportIgnored)
        for event in record.events if ignored else (record.input, *record.events):
            before = rows(state)
            for function in engine.APPLY.get(type(event), ()):
                function(state, event, now)
            after = rows(state)
            for key, was in before.items():
                yield was, type(event), after.get(key)
        state.undo.forget()


def rows(state):
    found = {("contact", each.contact_id): each.state for each in state.contacts.rows.values()}
    for agent in state.agents.rows.values():
        found["presence", agent.agent_id] = agent.presence
        found |= {("held", agent.agent_id, held.contact_id): held.state for held in agent.assignments}
    return found


def table(transitions):
    return {(state, kind, target) for state, kinds in transitions.items() for kind, target in kinds.items()}


def test_contacts_move_as_their_table_says_and_every_way_is_taken(moves):
    allowed = table(CONTACT_TRANSITIONS)
    made = {move for move in moves if isinstance(move[0], ContactState)}
    changes = {move for move in made if move[0] is not move[2]}
    assert changes - allowed == {(ContactState.ENDED, e.ContactClosed, None)}
    assert {(state, kind) for state, kind, _ in allowed - made} == NOT_YET


def test_presence_moves_as_its_table_says_and_every_way_is_taken(moves):
    moved = {move for move in moves if isinstance(move[0], Presence) and move[0] is not move[2]}
    assert moved == table(PRESENCE_TRANSITIONS)


def test_assignments_move_as_their_table_says_and_every_way_is_taken(moves):
    moved = {move for move in moves if isinstance(move[0], AssignmentState) and move[0] is not move[2]}
    unused = {(AssignmentState.RESERVED, e.AssignmentReleased, None)}
    assert moved == table(ASSIGNMENT_TRANSITIONS) - unused


# What a table does not allow cannot happen: should a rule decide it all the same, the turn is taken back.


def contact_in(state: ContactState) -> tuple[Site, str]:
    site = Site()
    site.sign_in("anna")
    if state is ContactState.IN_FLOW:
        return site, site.call(to=MENU)
    leg = site.call()
    if state is ContactState.CONNECTING:
        site.bring_agent("anna")
    elif state in (ContactState.CONNECTED, ContactState.ENDED):
        site.talk(leg, "anna")
    if state is ContactState.ENDED:
        site.leave(leg)
    assert site.contact(leg).state is state
    return site, leg


def derived(kind: type[e.Event], contact_id: str, offer_id: str) -> e.Event:
    """An event as a rule might decide it."""
    of_offer = {"offer_id": offer_id, "contact_id": contact_id, "agent_id": "anna"}
    fields = {
        e.StepEntered: {"step_id": "menu"},
        e.FlowEnded: {"step_id": "menu"},
        e.QueueRefused: {"queue_id": "sales", "reason": "full"},
        e.ContactQueued: {"queue_id": "sales", "priority": 0},
        e.OfferMade: {
            **of_offer,
            "queue_id": "sales",
            "ack_by": 1,
            "waited_ms": 0,
            "candidates": 1,
            "idle_ms": 0,
        },
        e.OfferAlerting: {**of_offer, "expires_at": 1},
        e.OfferAccepted: {**of_offer, "connect_by": 1, "leg_id": "l", "call_id": "r"},
        e.OfferDeclined: of_offer,
        e.OfferExpired: of_offer,
        e.OfferWithdrawn: {**of_offer, "reason": WithdrawReason.FORCED},
        e.BridgeRequested: {"call_id": "r", "agent_id": "anna", "bridge_by": 1},
        e.ContactConnected: {"agent_id": "anna", "queue_id": "sales", "waited_ms": 0},
        e.ContactRequeued: {"queue_id": "sales", "reason": "x"},
        e.ContactEnded: {"cause": EndCause.NORMAL},
    }
    return kind(**{"contact_id": contact_id, **fields[kind]})


DERIVED = (
    e.StepEntered,
    e.FlowEnded,
    e.QueueRefused,
    e.ContactQueued,
    e.OfferMade,
    e.OfferAlerting,
    e.OfferAccepted,
    e.OfferDeclined,
    e.OfferExpired,
    e.BridgeRequested,
    e.ContactConnected,
    e.ContactRequeued,
    e.ContactEnded,
)
LIVE = (
    ContactState.IN_FLOW,
    ContactState.QUEUED,
    ContactState.CONNECTING,
    ContactState.CONNECTED,
    ContactState.ENDED,
)


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("kind", DERIVED)
def test_a_move_that_is_not_in_the_table_raises_and_leaves_no_trace(state, kind):
    if kind in CONTACT_TRANSITIONS[state]:
        return
    site, leg = contact_in(state)
    contact = site.contact(leg)
    event = derived(kind, contact.contact_id, contact.offer.offer_id if contact.offer else "main-o0")
    with pytest.raises((KeyError, AssertionError)):
        site.take(event)
    assert site.contact(leg) == contact


@pytest.mark.parametrize("presence", Presence)
@pytest.mark.parametrize("kind", [e.AgentSignedIn, e.AgentSignedOut, e.AgentAbsent, e.AgentReturned])
def test_a_presence_that_is_not_in_the_table_raises_and_leaves_no_trace(presence, kind):
    if kind in PRESENCE_TRANSITIONS[presence]:
        return
    site = Site()
    if presence is not Presence.SIGNED_OUT:
        site.sign_in("anna")
    if presence is Presence.ABSENT:
        site.disconnect("anna")
        site.wait(ABSENCE_GRACE_MS)
    agent = site.state.agents["anna"]
    with pytest.raises(KeyError):
        site.take(kind(agent_id="anna"))
    assert site.state.agents["anna"] == agent


@pytest.mark.parametrize("state", AssignmentState)
@pytest.mark.parametrize("kind", [e.WrapUpStarted, e.WrapUpEnded, e.AssignmentReleased])
def test_an_assignment_that_is_not_in_the_table_raises_and_leaves_no_trace(state, kind):
    if kind in ASSIGNMENT_TRANSITIONS[state]:
        return
    site = Site()
    site.sign_in("anna")
    leg = site.call()
    if state is not AssignmentState.RESERVED:
        agent_leg = site.talk(leg, "anna")
    if state is AssignmentState.WRAP_UP:
        site.part(leg, agent_leg)
    agent = site.state.agents["anna"]
    fields = {
        e.WrapUpStarted: {"queue_id": "sales", "ends_at": 1},
        e.WrapUpEnded: {"reason": "done"},
        e.AssignmentReleased: {},
    }[kind]
    with pytest.raises((KeyError, AssertionError)):
        site.take(kind(agent_id="anna", contact_id=leg.replace("-l", "-c"), **fields))
    assert site.state.agents["anna"] == agent
