"""What desktops are told: by the record alone, so that it can be told again, and nothing of it is missing."""

import typing

import msgspec
import pytest

from cti.core import events as e
from cti.core.agent import agent_state
from cti.core.base import changed
from cti.core.codec import decode
from cti.core.states import EndCause, TransferKind
from cti.views import frames as f
from cti.views.apply_frame import apply_frame
from cti.views.board_answers import answers_of
from cti.views.board_frames import BoardDone
from cti.views.desk import Phase, state_of
from cti.views.desktop import EVERYONE, frames_of, request_key, settings_of, snapshot_of
from cti.views.wallboard import Wallboard
from tests.centre import CALLER, agent, centre, queue
from tests.dialer.campaign_site import OUTBOUND
from tests.dialer.preview_site import PreviewSite, outbound
from tests.site import Site
from tests.views.watching import Watcher, pop_of

WRAP_UP = centre(agent("anna"), queues=(queue(wrap_up_s=30, dispositions=("sold", "lost")),))


def told(site: Site, agent_id: str = "anna") -> list[f.AgentFrame]:
    """The frames of the last turn that this agent's desktops get."""
    return [frame for to, frame in frames_of(decode(site.records[-1])) if to in (agent_id, EVERYONE)]


def kinds(site: Site, agent_id: str = "anna") -> list[str]:
    return [f.tag_of(type(frame).__name__) for frame in told(site, agent_id)]


@pytest.mark.parametrize("seed", range(25))
def test_a_desk_that_took_every_frame_equals_one_that_was_sent_whole(seed):
    watcher = Watcher(seed)
    watcher.play(steps=150)
    assert len(watcher.told) > 10


def test_the_random_walks_meet_every_frame_that_there_is():
    met, seeds = set(), iter(range(100, 200))
    of_the_record = set(typing.get_args(f.AgentFrame)) - {f.Hello, f.Resync, f.Live, f.Directory, f.DirectoryChanged}
    of_the_record -= {f.DialProgress, f.LateOver}  # of calls that agents make: below
    while met != of_the_record:
        watcher = Watcher(next(seeds))
        watcher.play(steps=150)
        met |= {type(frame) for _, frame in watcher.told}


def test_calls_that_agents_make_come_about_frame_by_frame_as_they_are_shown_whole():
    site = PreviewSite()
    queues = {**site.state.config.queues, OUTBOUND: outbound(dispositions=("sold", "no"))}
    site.apply(changed(site.state.config, queues=queues))
    desk = snapshot_of(site.state, "a0", pop_of)
    wallboard = Wallboard()
    wallboard.begin(site.state)
    seen = len(site.records)
    site.start()
    for happens in _calls_made(site):
        happens()
        for record in map(decode, site.records[seen:]):
            wallboard.take(record)
            for to, frame in frames_of(record):
                desk = apply_frame(desk, frame) if to in ("a0", EVERYONE) else desk
        seen = len(site.records)
        assert desk == snapshot_of(site.state, "a0", pop_of), site.names()
        rows = {contact.contact_id: (contact.state, contact.queue_id) for contact in wallboard.board.contacts.values()}
        assert rows == {each.contact_id: (each.state, each.queue_id) for each in site.state.contacts.in_order()}


def _calls_made(site):
    """A lead that is passed over, one that is busy, one that answers, a number by hand, one that may not be rung."""
    yield site.next_lead
    assert [contact.campaign_id for contact in snapshot_of(site.state, "a0", pop_of).contacts] == ["spring"]
    yield site.skip
    yield site.next_lead
    leg = site.shown().leg_id
    yield site.dial
    yield lambda: site.rings(leg)
    assert [contact.stage for contact in snapshot_of(site.state, "a0", pop_of).contacts] == ["ringing"]
    yield lambda: site.end(leg, EndCause.BUSY)
    assert told(site, "a0")[-1].reason == "not_reached"
    yield site.next_lead
    leg = site.shown().leg_id
    yield site.dial
    yield lambda: site.rings(leg)
    yield lambda: site.customer_answers(leg)
    number = snapshot_of(site.state, "a0", pop_of).contacts[0].from_number
    yield lambda: site.end(leg)
    yield lambda: site.wait(31_000)
    late = snapshot_of(site.state, "a0", pop_of).late
    assert (late.from_number, late.queue_id, late.until - site.at > 500_000) == (number, OUTBOUND, True)
    by_hand = {"agent_id": "a0", "campaign_id": "spring", "request_id": "dial"}
    yield lambda: site.take(e.NumberDialRequested(number="+12125550123", **by_hand))
    assert kinds(site, "a0") == ["offer", "connecting", "pop", "dial_progress", "done"]
    yield lambda: site.tell(site.called().leg_id)
    yield lambda: site.no_answer(site.called().leg_id)
    assert snapshot_of(site.state, "a0", pop_of).late == late, "nobody answered: there is no other to say something of"
    yield lambda: site.wait(600_000)
    assert snapshot_of(site.state, "a0", pop_of).late is None
    yield lambda: site.take(e.NumberDialRequested(number="+4930123456", **by_hand))
    assert [frame.rule for frame in told(site, "a0") if isinstance(frame, f.Refused)] == ["destination"]


def test_who_takes_over_somebody_whom_another_agent_called_sees_nothing_of_the_call():
    site = PreviewSite(agents=2)
    desk, seen = snapshot_of(site.state, "a1", pop_of), len(site.records)
    site.start()
    site.next_lead("a0")
    leg_id = site.dial("a0")
    site.rings(leg_id)
    contact_id = site.customer_answers(leg_id)
    give = {"kind": TransferKind.BLIND, "destination": "agent:a1", "request_id": "give"}
    site.take(e.TransferRequested(contact_id=contact_id, agent_id="a0", **give))
    assert site.refused() == ""
    for record in map(decode, site.records[seen:]):
        for to, frame in frames_of(record):
            desk = apply_frame(desk, frame) if to in ("a1", EVERYONE) else desk
    assert [contact.contact_id for contact in desk.contacts] == [contact_id]
    assert desk == snapshot_of(site.state, "a1", pop_of)


def test_the_walk_of_a_call_as_a_desktop_sees_it():
    site = Site(WRAP_UP)
    site.connect("anna")
    site.take(e.SignInRequested(agent_id="anna", request_id="one"))
    assert kinds(site) == ["state", "done"]
    site.take(e.ReadyRequested(agent_id="anna", request_id="two"))
    assert kinds(site) == ["state", "done"]

    leg = site.call()
    assert kinds(site) == ["offer", "pop"]
    offer, pop = told(site)
    assert (offer.from_number, offer.queue_id, offer.ack_by) == (CALLER, "sales", site.at + 2_000)
    assert pop.pop.match == "pending"

    site.find(leg, e.Customer(customer_id="c1", name="Ada"))
    assert kinds(site) == ["pop_updated"]
    assert [customer.name for customer in told(site)[0].pop.customers] == ["Ada"]

    site.acknowledge("anna")
    assert kinds(site) == ["alerting"]
    agent_leg = site.accept("anna")
    assert kinds(site) == ["connecting"]
    site.place(agent_leg)
    site.join(agent_leg)
    site.leave_waiting_room(leg)
    assert kinds(site) == []
    site.join(leg)
    assert kinds(site) == ["connected"]
    assert snapshot_of(site.state, "anna", pop_of).contacts[0].phase is Phase.CONNECTED

    site.leave(leg)
    assert kinds(site) == ["ended", "wrap_up"]
    assert told(site)[0].cause is EndCause.CALLER_HUNG_UP
    site.dispose("anna", leg)
    assert kinds(site) == ["disposed", "wrap_up_over"]
    assert snapshot_of(site.state, "anna", pop_of).contacts == ()


def test_without_wrap_up_the_contact_leaves_at_once():
    site = Site(centre(agent("anna"), queues=(queue(wrap_up_s=0),)))
    site.sign_in("anna")
    leg = site.call()
    site.talk(leg, "anna")
    site.leave(leg)
    assert kinds(site) == ["ended", "released"]


def test_an_offer_that_is_not_acknowledged_asks_for_proof_of_life():
    site = Site(WRAP_UP)
    site.sign_in("anna")
    site.call()
    site.wait(2_000)
    assert kinds(site) == ["state", "probe", "offer_over"]
    assert told(site)[2].reason == "not_acknowledged"
    assert snapshot_of(site.state, "anna", pop_of).suspected
    site.take(e.ProbeAnswered(agent_id="anna", request_id="alive"))
    assert kinds(site) == ["state", "done"]


def test_places_in_the_record_are_told_apart_and_in_order():
    site = Site(WRAP_UP)
    site.sign_in("anna")
    site.call()
    frames = frames_of(decode(site.records[-1]))
    assert [(frame.seq, frame.index) for _, frame in frames] == [(site.state.last.seq, 0), (site.state.last.seq, 1)]
    assert {frame.at for _, frame in frames} == {site.at}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (e.ReadyRequested(agent_id="anna", request_id="x"), "signed_out"),
        (e.AcceptRequested(agent_id="anna", offer_id="main-o1", request_id="x"), "offer_gone"),
        (e.HangUpRequested(agent_id="anna", contact_id="main-c1", request_id="x"), "not_connected"),
        (e.SignOutRequested(agent_id="anna", request_id="x"), ""),
        (e.SignInRequested(agent_id="anna", request_id="x"), ""),
        (e.ProbeAnswered(agent_id="anna", request_id="x"), ""),
    ],
)
def test_each_request_has_exactly_one_answer(request_, code):
    site = Site(WRAP_UP)
    site.take(request_)
    answers = [frame for frame in told(site) if getattr(frame, "request_id", "") == "x"]
    assert [getattr(frame, "code", "") for frame in answers] == [code]


def test_a_request_that_made_the_rules_fail_is_refused():
    site = Site(WRAP_UP)
    rejected = e.InputRejected(input_type="ReadyRequested", reason="KeyError", agent_id="anna", request_id="x")
    site.take(rejected)
    assert [(frame.code, frame.request_id) for frame in told(site)] == [("failed", "x")]


def test_what_is_refused_in_a_later_turn_is_told_and_answers_nothing():
    site = Site(WRAP_UP)
    site.take(e.SignInRequested(agent_id="anna", request_id="x"))
    record = decode(site.records[-1])
    refused = e.RequestRefused(agent_id="anna", code="not_allowed", detail="Not at night.", request_id="x")
    due = e.DeadlinesReached(due=(e.Due(kind="dial", key="d", at=1),))
    later = msgspec.structs.replace(record, input=due, events=(refused,))
    [(to, frame)] = frames_of(later)
    assert (to, frame.code, frame.detail, frame.request_id) == ("anna", "not_allowed", "Not at night.", "")


def test_what_supervisors_ask_for_is_no_business_of_desktops():
    site = Site(WRAP_UP)
    site.take(e.StateForced(supervisor_id="sue", agent_id="anna", state="ready", request_id="x"))
    record = decode(site.records[-1])
    assert frames_of(record) == []
    [(to, answer)] = answers_of(record)
    assert (to, answer.code, answer.request_id) == ("sue", "signed_out", "x")
    site.take(e.StateForced(supervisor_id="sue", agent_id="anna", state="signed_out", request_id="y"))
    assert [type(answer) for _, answer in answers_of(decode(site.records[-1]))] == [BoardDone]
    site.take(e.SignInRequested(agent_id="anna", request_id="z"))
    assert answers_of(decode(site.records[-1])) == []


def test_who_lost_the_customer_is_told_once():
    site = Site(WRAP_UP)
    site.sign_in("anna")
    leg = site.call()
    agent_leg = site.talk(leg, "anna")
    site.leave(agent_leg, EndCause.FAILED)
    assert kinds(site) == ["requeued", "wrap_up"]
    assert told(site)[0].reason == "agent_lost"
    assert snapshot_of(site.state, "anna", pop_of).contacts[0].talk is None


def test_a_new_configuration_is_for_everyone():
    site = Site(WRAP_UP)
    config = centre(agent("anna"), queues=(queue(dispositions=("won",)),), not_ready_reasons=("tea",))
    site.apply(config)
    [(to, frame)] = frames_of(decode(site.records[-1]))
    assert to == EVERYONE
    assert frame.settings == settings_of(config)
    assert frame.settings.not_ready_reasons == ("tea",)


def test_two_agents_are_told_apart():
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna", "ben")
    site.call()
    first = next(event for event in site.happened(e.OfferMade)).agent_id
    other = "ben" if first == "anna" else "anna"
    assert kinds(site, first) == ["offer", "pop"]
    assert kinds(site, other) == []


def test_the_state_is_read_off_the_desk_by_the_rule_of_the_core():
    watcher = Watcher(7)
    for _ in range(150):
        watcher.dice.choice(watcher.actions)()
        watcher.note()
        for agent_id, agent_ in watcher.site.state.agents.rows.items():
            assert state_of(watcher.desks[agent_id]) is agent_state(agent_)


def test_frames_survive_the_wire():
    watcher = Watcher(3)
    watcher.play(steps=100)
    decoder = msgspec.json.Decoder(f.AgentFrame)
    for _, frame in watcher.told:
        assert decoder.decode(f.encode(frame)) == frame


def test_the_key_of_a_request_names_agent_and_request():
    assert request_key("anna", "17") == "agent:anna:17"
