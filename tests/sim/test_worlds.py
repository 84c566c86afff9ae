"""Worlds repeat exactly, and between them meet everything that can happen."""

import os
import subprocess
import sys
from collections import Counter

import pytest

from cti.core.states import EndCause
from cti.sim.faults import CALM, Faults
from cti.sim.owner import CRASH_POINTS
from cti.sim.run import report, run_world
from cti.sim.stepping import step
from cti.sim.world import World

SEEDS = range(1, 62)

WALKED = """
AttributeSet BridgeOverdue CallLeft ConfigApplied ContactAbandoned ContactConnected ContactRequeued CustomersFound
ConferenceStarted ConsultAnswered ConsultEnded ContactForwarded ContactTransferred LegHeld LegMuted LegRetrieved
RecordingEnded RecordingPaused RecordingResumed SupervisionChanged SupervisionEnded VoicemailLeft AgentLegNailedUp
AgentLegLost DialsStopped
DeviceProven DialCleared DialRefused DispositionRecorded HangUpRequested LegChecked LegRefused LookUpAwaited
OfferDeclined OfferExpired OfferWithdrawn QueueRefused ReportIgnored RequestAccepted RequestRefused ScreenPopUpdated
ServerStarted WrapUpEnded AgentAbsent AgentReturned AgentSignedOut AgentLegGone CommandFailed
""".split()


@pytest.fixture(scope="module")
def seen():
    """What these worlds met: troubles, kinds of events, and how contacts ended."""
    troubles, kinds, ends = Counter(), Counter(), Counter()
    for seed in SEEDS:
        world = World(seed)
        violation = run_world(world)
        assert violation is None, report(world, violation)
        troubles += world.nature.met
        for record in world.journal_checks.records:
            events = (record.input, *record.events)
            kinds.update(type(event).__name__ for event in events)
            ends.update((event.outcome, event.cause) for event in events if type(event).__name__ == "ContactClosed")
    return troubles, kinds, ends


def test_no_world_violates_anything(seen):
    _, kinds, ends = seen
    assert kinds["ContactStarted"] == sum(ends.values()) > 15 * len(SEEDS)


def test_every_trouble_happens(seen):
    troubles, _, _ = seen
    wanted = [*Faults.__struct_fields__, *(f"killed {point}" for point in CRASH_POINTS)]
    wanted += ["Fenced", "JournalUnavailable", "CommitUnknown", "snapshot", "held"]
    wanted += ["killed amid a look-up"]
    assert [trouble for trouble in wanted if not troubles[trouble]] == []


def test_every_branch_is_walked(seen):
    _, kinds, _ = seen
    assert [kind for kind in WALKED if not kinds[kind]] == []


def test_contacts_end_in_every_way(seen):
    _, _, ends = seen
    assert {
        ("connected", EndCause.CALLER_HUNG_UP),
        ("connected", EndCause.AGENT_HUNG_UP),
        ("abandoned_in_flow", EndCause.CALLER_HUNG_UP),
        ("abandoned_in_queue", EndCause.CALLER_HUNG_UP),
        ("flow_ended", EndCause.FLOW_ENDED),
    } <= set(ends)


def test_some_worlds_are_calm_and_most_are_not():
    calm = sum(World(seed).nature.faults == CALM for seed in range(300))
    assert 0 < calm < 60


def test_a_seed_gives_the_same_world_whatever_the_hash_seed():
    program = (
        "from cti.sim.stepping import step\nfrom cti.sim.world import World\n"
        "world = World(7)\nworld.run()\n"
        "print(step(world.server.journal.tail()).hash)"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout
        for hash_seed in ("0", "1", "4711")
    }
    world = World(7)
    world.run()
    assert found == {step(world.server.journal.tail()).hash + "\n"}
