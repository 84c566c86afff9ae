"""The short form of the mixed shift, and that its accounts notice what they are there for. `make chaos` is the long
one."""

from pathlib import Path

import pytest

from cti.core.events import VoicemailLeft
from cti.core.states import PartyRole
from tests.chaos.shift.accounts import accounts_of, stored
from tests.chaos.shift.deeds import DEEDS, deeds_of
from tests.chaos.shift.run import play_shift
from tests.chaos.shift.told import OurLeg, OurRecording, Told

SOON = tuple(
    name
    for name in DEEDS
    # Seldom enough to be missing from so short a shift, or only when two things happen to meet.
    if name not in ("abandoned", "consults_of_agents", "lines_lost", "let_ring", "transfers_to_agent", "voicemails")
)

MACHINE_LIMIT_S = 100
"""So long may a caller hear nothing, by the caller's time, where a machine that is busy with other things stalls."""


@pytest.mark.chaos
@pytest.mark.timeout(600)  # a slow machine takes its time to bring everybody home
async def test_a_mixed_shift_harms_nobody_and_both_books_agree(disk: Path) -> None:
    result = await play_shift(
        disk, minutes=5, seed=21, silence_limit_s=MACHINE_LIMIT_S, required=SOON, progress=lambda text: None
    )
    assert result["harm"] == []
    assert result["contacts"] > 10


def leg(sid, origin="caller"):
    return {"sid": sid, "origin": origin, "from": "+12025550111", "to": "+12025550100"}


def stay(sid, joined_at, left_at):
    return {"sid": sid, "joined_at": joined_at, "left_at": left_at}


def books():
    """Both of one call, which anna took, and which was recorded."""
    ledger = {
        "legs": [leg("CAcaller"), leg("CAanna", "participants")],
        "rooms": [{"stays": [stay("CAanna", 1_000, 9_000), stay("CAcaller", 2_000, 9_000)]}],
        "bridges": [{"sids": ["CAcaller", "CAanna"], "start_ms": 2_000, "end_ms": 22_000}],
        "recordings": [{"sid": "RE1", "call_sid": "CAcaller", "status": "completed", "completed_at": 9_500}],
    }
    told = Told(
        legs={"l1": OurLeg(PartyRole.CUSTOMER, "c1"), "l2": OurLeg(PartyRole.AGENT, "c1", "anna")},
        leg_of={"CAcaller": "l1", "CAanna": "l2"},
        recordings={"RE1": OurRecording("l1", began=True, complete=True)},
    )
    for counted in (told.started, told.ended, told.closed):
        counted["c1"] = 1
    told.talked["c1"].add("anna")
    return ledger, told


def test_two_books_that_agree():
    assert accounts_of(*books()) == []


def test_an_end_too_many_and_an_end_too_few():
    ledger, told = books()
    told.ended["c1"] = 2
    told.started["c2"] = 1
    assert accounts_of(ledger, told) == ["c1 ended 2 times", "c2 has no end in our record"]


def test_a_leg_that_we_do_not_know():
    ledger, told = books()
    ledger["legs"].append(leg("CAstranger", "calls"))
    [found] = accounts_of(ledger, told)
    assert found.startswith("CAstranger: we know of no such leg")


def test_a_talk_that_only_the_carrier_knows_of():
    ledger, told = books()
    told.talked["c1"].clear()
    [found] = accounts_of(ledger, told)
    assert found == "c1 talked 20000 ms with CAanna: we do not know that it talked with anna"


def test_a_talk_that_only_we_know_of():
    ledger, told = books()
    ledger["rooms"][0]["stays"][0]["left_at"] = 1_500
    ledger["bridges"].clear()
    [found] = accounts_of(ledger, told)
    assert found == "c1 talked with anna by our record; by the carrier's they were never in one room"


def test_a_caller_whom_nobody_sent_on_to_a_number():
    ledger, told = books()
    ledger["legs"].append(leg("CAoutside", "dial"))
    ledger["bridges"].append({"sids": ["CAcaller", "CAoutside"], "start_ms": 22_000, "end_ms": 42_000})
    [found] = accounts_of(ledger, told)
    assert found.endswith("nobody sent the caller on to a number")
    told.forwarded.add("c1")
    assert accounts_of(ledger, told) == []


def test_recordings_that_one_side_only_knows_of():
    ledger, told = books()
    told.recordings["RE2"] = told.recordings.pop("RE1")
    assert accounts_of(ledger, told) == [
        "recording RE1 of CAcaller: we do not know of it",
        "recording RE2: the carrier never made it",
    ]


def test_a_recording_of_another_leg():
    ledger, told = books()
    told.recordings["RE1"].leg_id = "l2"
    [found] = accounts_of(ledger, told)
    assert found == "recording RE1 is of CAcaller; by our record it is of l2"


def test_recordings_that_our_store_does_not_have_or_does_not_know_the_end_of():
    ledger, _ = books()
    silent = {"sid": "RE2", "call_sid": "CAcaller", "status": "absent", "completed_at": None}
    recordings = [*ledger["recordings"], silent]
    assert stored(recordings, {"RE1": "complete", "RE2": "empty"}) == stored(recordings, {"RE1": "complete"}) == []
    assert stored(recordings, {}) == ["recording RE1 is completed at the carrier; in our store it is not"]
    [found] = stored(recordings, {"RE1": "lost"})
    assert found == "recording RE1 is completed at the carrier; in our store it is lost"


def test_what_was_done_is_told_by_events():
    left = VoicemailLeft(contact_id="c1", recording_id="RE1", duration_s=4)
    assert list(deeds_of(left)) == ["voicemails"]
