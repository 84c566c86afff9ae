"""Each check, shown something that must not be. What it lets pass is shown by every seed."""

from pathlib import Path

import msgspec
import pytest

from cti.acd.state import AcdState
from cti.core.commands import RecordLeg
from cti.core.config import AgentConfig, SiteConfig
from cti.core.events import (
    AgentAbsent,
    AgentReady,
    ConsultStarted,
    ContactConnected,
    ContactForwarded,
    ContactRequeued,
    ContactStarted,
    ContactTransferred,
    DialCleared,
    FlowEnded,
    HangUpRequested,
    LegStarted,
    OfferAccepted,
    RecordingPaused,
    RecordingStarted,
    ServerStarted,
)
from cti.core.record import TurnRecord
from cti.core.states import Direction, PartyRole, RecordingAction, TransferKind
from cti.sim.checks.agents import check_agents
from cti.sim.checks.calls import CallChecks
from cti.sim.checks.conversations import PrivacyChecks
from cti.sim.checks.violation import WORDS, Violation
from cti.sim.checks.waiting import check_nobody_is_overlooked
from cti.sim.ledger import Ended, Ledger
from cti.sim.line import Line, Part
from cti.sim.recording import Recording
from cti.sim.run import report, run_world
from cti.sim.world import CALLS_MS, World
from tests.centre import DIRECT
from tests.conversation.talking import Talking, talkative
from tests.sim.carrier_side import Person, nature
from tests.site import Site

ROOT = Path(__file__).parents[2]
ANNA = "client:anna"
CONFIG = SiteConfig(
    name="x",
    zone="UTC",
    agents={
        "anna": AgentConfig(agent_id="anna", name="Anna", endpoint=ANNA),
        "ben": AgentConfig(agent_id="ben", name="Ben", endpoint="tel:+4930123456"),
    },
    dial_prefixes=("+1202",),
)
CALM_SEED = 31
"""Whatever is found in it was done to it on purpose."""
STARTED = (
    LegStarted(leg_id="l1", role=PartyRole.CUSTOMER, endpoint_kind="tel", contact_id="c1", provider_ref="CA1"),
    ContactStarted(contact_id="c1", direction=Direction.INBOUND, leg_id="l1", to_number="+1"),
)


OFFERED = {"offer_id": "o", "contact_id": "c1", "agent_id": "anna", "connect_by": 0, "call_id": "r"}
CONSULTED = {"contact_id": "c1", "party_id": "p", "agent_id": "anna"}


def recorded(*events, asked=None, at=1):
    """A record with these events."""
    return TurnRecord(
        site="s",
        epoch=1,
        seq=1,
        at=at,
        actor="a",
        source_key="k",
        logic="1",
        config_hash="h",
        input=asked or ServerStarted(epoch=1, logic="1"),
        events=events,
        commands=(),
    )


class Judge:
    """The checks on calls, with a ledger to write into and records to learn from."""

    def __init__(self):
        self.nature = nature()
        self.ledger = Ledger(self.nature)
        self.checks = CallChecks(self.ledger, CONFIG, lambda: 0)
        self.learn(*STARTED)

    def learn(self, *events, asked=None, at=1):
        self.checks.take(recorded(*events, asked=asked, at=at))

    def let_out(self, leg_id, at):
        self.learn(DialCleared(dial_id=leg_id, rules_version="1", purpose="agent_leg", leg_id=leg_id), at=at)

    def note(self, kind, ref="CA1", **fields):
        self.ledger.note(kind, ref, "something", **fields)
        self.checks.judge()

    def talk(self):
        self.note("bridged", other="CA2")
        self.learn(ContactConnected(contact_id="c1", agent_id="anna", queue_id="q", waited_ms=1))


@pytest.fixture
def judge():
    return Judge()


def violated(letter):
    return pytest.raises(Violation, match=f"^{letter}: ")


@pytest.mark.parametrize("ended", [Ended.ERROR, Ended.SERVER, Ended.DOCUMENT, Ended.ROOM])
def test_who_is_still_in_the_flow_or_in_line_is_lost_unless_the_caller_goes(judge, ended):
    with violated("C"):
        judge.note("ended", ended=ended)
    Judge().note("ended", ended=Ended.FAR_END)


def test_a_document_may_hang_up_at_the_flows_end(judge):
    judge.learn(FlowEnded(contact_id="c1", step_id="bye"))
    judge.note("ended", ended=Ended.DOCUMENT)


def test_after_a_talk_that_the_agent_ended_the_server_hangs_up(judge):
    judge.talk()
    judge.note("parted", other="CA2", label="CA2")
    judge.note("ended", ended=Ended.SERVER)


@pytest.mark.parametrize("asked", [True, False])
def test_the_server_ends_a_talk_only_when_it_is_asked_to(judge, asked):
    judge.talk()
    if asked:
        judge.learn(asked=HangUpRequested(agent_id="anna", contact_id="c1"))
    judge.note("parted", other="CA2", label="CA1")
    if asked:
        judge.note("ended", ended=Ended.SERVER)
    else:
        with violated("C"):
            judge.note("ended", ended=Ended.SERVER)


def test_nobody_takes_the_agent_out_of_a_talk(judge):
    judge.talk()
    judge.note("parted", other="CA2", label="CA2")
    with violated("C"):
        judge.note("ended", "CA2", other=ANNA, ended=Ended.SERVER)


@pytest.mark.parametrize("kind", ["silent", "moved"])
def test_silence_and_being_torn_away_are_found(judge, kind):
    with violated("C"):
        judge.note(kind)


def test_a_second_talk_is_found(judge):
    judge.talk()
    judge.note("parted", other="CA2", label="CA2")
    with violated("B"):
        judge.note("bridged", other="CA3")


def test_who_lost_the_agent_before_anybody_could_know_may_get_another_one(judge):
    judge.note("bridged", other="CA2")
    judge.note("parted", other="CA2", label="CA2")
    judge.note("bridged", other="CA3")


def vanish(judge, agent_id="anna", absent="anna"):
    """An agent in a talk is gone, and the caller back in line."""
    judge.talk()
    back = ContactRequeued(contact_id="c1", queue_id="q", agent_id=agent_id, reason="agent_lost")
    judge.learn(AgentAbsent(agent_id=absent), back)


def test_whose_agent_vanished_with_the_softphone_may_be_given_to_another(judge):
    vanish(judge)
    judge.note("moved")
    judge.note("parted", other="CA2", label="CA1")
    judge.note("ended", "CA2", other=ANNA, ended=Ended.SERVER)
    judge.note("bridged", other="CA3")
    with violated("C"):
        judge.note("moved")


@pytest.mark.parametrize("gone", [{"agent_id": "ben", "absent": "ben"}, {"absent": "ben"}, {"agent_id": ""}])
def test_a_telephone_or_somebody_elses_absence_is_no_reason_to_break_a_talk_off(judge, gone):
    vanish(judge, **gone)
    with violated("C"):
        judge.note("moved")


@pytest.mark.parametrize("ended", [Ended.SERVER, Ended.DOCUMENT])
def test_whose_agent_vanished_may_not_be_hung_up(judge, ended):
    vanish(judge)
    judge.note("parted", other="CA2", label="CA2")
    with violated("C"):
        judge.note("ended", ended=ended)


def test_who_talks_to_voicemail_is_found(judge):
    judge.note("voicemail", "CA2")
    with violated("C"):
        judge.note("bridged", other="CA2")


def test_an_agents_line_that_breaks_is_found(judge):
    with violated("C"):
        judge.note("ended", "CA2", other=ANNA, ended=Ended.ERROR)


def test_an_agent_with_two_lines_is_found_and_one_after_the_other_is_fine(judge):
    judge.note("answered", "CA2", other=ANNA)
    judge.note("ended", "CA2", other=ANNA, ended=Ended.FAR_END)
    judge.note("answered", "CA3", other=ANNA)
    with violated("A"):
        judge.note("answered", "CA4", other=ANNA)


def test_a_leg_dialled_twice_is_found(judge):
    judge.note("dialled", "CA2", other=ANNA, label="l2")
    judge.note("dialled", "CA3", other=ANNA, label="l3")
    with violated("N"):
        judge.note("dialled", "CA4", other=ANNA, label="l2")


def test_legs_that_are_let_out_faster_than_the_rate_are_found(judge):
    for leg_id, at in (("l2", 60_000), ("l3", 61_000), ("", 61_001)):
        judge.let_out(leg_id, at)
    with violated("N"):
        judge.let_out("l4", 61_980)


@pytest.mark.parametrize("endpoint", ["client:somebody", "tel:+4930123456"])
def test_who_is_nobodys_or_not_allowed_must_not_be_dialled(judge, endpoint):
    with violated("N"):
        judge.note("dialled", "CA2", other=endpoint, label="l2")


def test_who_waits_while_somebody_is_free_is_found():
    site = Site()
    site.sign_in("anna", ready=False)
    site.call(to=DIRECT)
    check_nobody_is_overlooked(site.state)
    anna = site.state.agents["anna"]
    site.state.agents.put("anna", msgspec.structs.replace(anna, ready=True))  # and nobody looked at the line
    site.state.room(AcdState).place_agent(site.state, "anna")
    with violated("S"):
        check_nobody_is_overlooked(site.state)


def test_an_agent_with_two_contacts_is_found():
    site = Site()
    site.sign_in("anna")
    site.call(to=DIRECT)
    check_agents(site.state, [recorded(AgentReady(agent_id="anna"))])
    anna = site.state.agents["anna"]
    site.state.agents.put("anna", msgspec.structs.replace(anna, assignments=anna.assignments * 2))
    with violated("A"):
        check_agents(site.state, [recorded(AgentReady(agent_id="anna"))])


# Conversations


def given_away(judge, kind=TransferKind.BLIND):
    judge.talk()
    judge.learn(ContactTransferred(contact_id="c1", from_agent_id="anna", kind=kind, queue_id="q"))


def test_who_was_given_away_may_be_moved_and_talk_to_somebody_else_and_must_not_be_hung_up(judge):
    given_away(judge)
    judge.note("moved")
    judge.note("parted", other="CA2", label="CA1")
    judge.note("bridged", other="CA3")
    other = Judge()
    given_away(other)
    other.note("parted", other="CA2", label="CA2")
    with violated("C"):
        other.note("ended", ended=Ended.SERVER)


def test_who_talks_to_somebody_who_was_not_asked_in_is_found(judge):
    judge.learn(OfferAccepted(**OFFERED, leg_id="l2"), ConsultStarted(**CONSULTED, leg_id="l3"))
    judge.note("bridged", other="CA2", label="l2")
    judge.note("bridged", other="CA3", label="l3")
    with violated("B"):
        judge.note("bridged", other="CA4", label="l4")


@pytest.mark.parametrize(("held_s", "found"), [(5, False), (30, True)])
def test_a_caller_on_hold_is_not_hung_up(judge, held_s, found):
    judge.talk()
    judge.note("hold")
    timeline = judge.nature.timeline
    timeline.run_until(timeline.now + 1_000 * held_s)
    judge.note("leaves")
    if found:
        with violated("C"):
            judge.note("ended", ended=Ended.DOCUMENT)
    else:
        judge.note("ended", ended=Ended.DOCUMENT)


def test_who_is_sent_on_twice_or_torn_out_of_a_talk_there_is_found(judge):
    judge.learn(DialCleared(dial_id="d", rules_version="1", purpose="transfer", number="+12025550206"))
    judge.learn(ContactForwarded(contact_id="c1", from_agent_id="anna", dial_id="d"))
    judge.note("forwarded", other="tel:+12025550206")
    with violated("C"):
        judge.note("torn")
    with violated("N"):
        judge.note("forwarded", other="tel:+12025550206")


def test_keys_that_are_pressed_twice_are_found(judge):
    judge.note("tones", label="12")
    judge.note("tones", label="13")
    with violated("N"):
        judge.note("tones", label="12")


def test_a_supervisor_who_is_heard_on_coming_in_is_found(judge):
    judge.note("enters", "CA5", label="l5")
    with violated("P"):
        judge.note("enters", "CA5", other="heard", label="l5")


@pytest.mark.parametrize("asked", [None, RecordingAction.RESUME])
def test_a_recording_that_runs_while_the_record_calls_it_paused_is_found(asked):
    desk = Talking(talkative(recording="always"))
    caller = desk.caller
    desk.take(RecordingStarted(leg_id=caller, recording_id="RE1"))
    line = Line("CA1", inbound=True, from_number="+1", to_number="+1", person=Person(), now=0, part=Part.CUSTOMER)
    line.recordings.append(Recording("RE1", 0))
    lines = {desk.ref(caller): line}
    checks = PrivacyChecks()

    def asks(action):
        command = RecordLeg(leg_id=caller, provider_ref="CA1", action=action)
        checks.take([msgspec.structs.replace(recorded(), commands=(command,))])

    asks(RecordingAction.PAUSE)
    checks.look(desk.state, lines)
    paused = RecordingPaused(leg_id=caller, recording_id="RE1")
    desk.take(paused)
    checks.take([recorded(asked=paused)])
    if asked:
        asks(asked)
        checks.look(desk.state, lines)
    else:
        with violated("P"):
            checks.look(desk.state, lines)


# The rest is judged in whole worlds: each of these takes something from a world that was well


@pytest.fixture(scope="module")
def peace():
    """A world that has come to its end."""
    world = World(CALM_SEED)
    assert run_world(world) is None
    return world


def test_a_record_that_was_changed_is_found(peace):
    records = peace.server.journal._records  # noqa: SLF001  # no journal offers to damage itself
    at = len(records) // 2
    kept, records[at] = records[at], msgspec.structs.replace(records[at], body=records[at].body.replace("1", "2", 1))
    with violated("J"):
        peace.look_closely()
    records[at] = kept
    peace.look_closely()


def test_a_state_that_the_journal_does_not_lead_to_is_found(peace):
    agents = peace.server.owner.state.agents.rows
    agent_id = next(iter(agents))
    kept, agents[agent_id] = agents[agent_id], msgspec.structs.replace(agents[agent_id], idle_since=1)
    with violated("J"):
        peace.look_closely()
    agents[agent_id] = kept


def test_a_desk_that_shows_something_else_is_found(peace):
    desks = peace.desks.desks
    agent_id = next(iter(desks))
    kept, desks[agent_id] = desks[agent_id], msgspec.structs.replace(desks[agent_id], reason="dreaming")
    with violated("E"):
        peace.look_closely()
    desks[agent_id] = kept


def test_what_is_left_over_is_found(peace):
    state = peace.server.owner.state
    state.leg_by_ref.rows["CA99"] = "l99"
    with violated("S"):
        peace.look_closely()
    del state.leg_by_ref.rows["CA99"]


def test_an_answer_to_what_was_not_recorded_is_found(peace):
    with violated("J"):
        peace.journal_checks.acknowledged(peace.server.owner, "never:heard:of")


# These break a world on purpose, while it lives


def broken(seed, at_s, damage):
    """What is found in a world to which this is done `at_s` seconds after it began."""
    world = World(seed)
    world.nature.timeline.after(1_000 * at_s, lambda: damage(world))
    return run_world(world)


IN_THE_CALM_S = CALLS_MS // 1_000 + 5


def keep_from_work(world):
    """Every agent has a leg to let go that nobody knows of."""
    state = world.server.owner.state
    for agent_id in sorted(state.agents.rows):
        state.agents.put(agent_id, msgspec.structs.replace(state.agents[agent_id], releasing=("ghost",)))
        state.room(AcdState).place_agent(state, agent_id)


def test_a_caller_who_is_left_waiting_beside_a_free_agent_is_found():
    assert run_world(World(CALM_SEED)) is None
    found = broken(CALM_SEED, IN_THE_CALM_S, keep_from_work)
    assert found is not None
    assert found.letter == "L"
    assert "sits there, free" in found.what


def test_a_worker_that_hangs_without_being_missed_is_found():
    def hang(world):
        world.server.owner._looking = True  # noqa: SLF001  # it never looks into its inbox again

    found = broken(CALM_SEED, IN_THE_CALM_S, hang)
    assert found is not None
    assert found.letter in ("C", "L")
    assert found.about


def test_a_door_that_swallows_requests_is_found():
    def swallow(world):
        edge = world.server.edge
        edge._post = lambda owner, exchange: edge._accepted.update({exchange: None})  # noqa: SLF001

    found = broken(CALM_SEED, IN_THE_CALM_S, swallow)
    assert found is not None
    assert (found.letter, found.what) == ("L", "for 11 s a call request has no answer")


def test_a_server_that_goes_on_holding_though_it_could_answer_is_found():
    def hold_for_ever(world):
        world.server.edge.holding = "the disk is full"  # and it is not

    found = broken(CALM_SEED, 60, hold_for_ever)
    assert found is not None
    assert found.letter == "C"
    assert "although the server could have answered" in found.what


def test_a_report_names_the_seed_and_how_to_see_it_again(peace):
    contact = next(
        event for record in peace.journal_checks.records for event in record.events if isinstance(event, ContactStarted)
    )
    told = report(peace, Violation("C", "made up", contact.contact_id))
    assert told.startswith(f"seed {CALM_SEED}, after ")
    assert WORDS["C"] in told
    assert f"ContactStarted contact_id={contact.contact_id}" in told
    assert "carrier: CA" in told
    assert told.endswith(f"To see it again: cti sim --from {CALM_SEED} --seeds 1")


def test_the_reference_explains_every_letter():
    text = (ROOT / "docs/reference/simulation.md").read_text()
    assert [letter for letter in WORDS if f"| {letter} |" not in text] == []
