"""Dials in doubt and legs believed to be alive, compared with what the carrier knows."""

import time

import msgspec
import pytest

from cti.core.commands import Originate
from cti.core.events import LegChecked, LegEnded, LegPlaced
from cti.core.ports import Result
from cti.core.states import EndCause
from tests.telephony.rest_side import BASE, DROP, call, problem
from tests.telephony.test_carrier import DIAL, PARTICIPANTS

NOBODY = (200, {"participants": []})


def ago(seconds):
    return int((time.time() - seconds) * 1000)


def room_with(*participants):
    return (200, {"participants": [{"call_sid": sid, "label": label} for sid, label in participants]})


def rooms(*sids):
    return lambda request: (
        200,
        {"conferences": [{"sid": sid} for sid in sids] if ("Status", "in-progress") in request.query else []},
    )


def calls(*found, **more):
    return (200, {"calls": list(found), **more})


@pytest.fixture
def empty(rest_side):
    """A carrier that knows of nothing."""
    rest_side.answers |= {"GET /Conferences": rooms(), "GET /Calls": calls()}
    return rest_side


PLACED = LegPlaced(leg_id="main-l9.1", provider_ref="CA7")


@pytest.mark.parametrize("age_s", [0, 30, 7_200])
async def test_a_leg_in_the_room_under_our_label_was_dialled(carrier, empty, age_s):
    empty.answers["GET /Conferences"] = rooms("CF0", "CF1")
    empty.answers["GET /Conferences/CF0/Participants"] = NOBODY
    empty.answers["GET /Conferences/CF1/Participants"] = room_with(("CA6", None), ("CA5", "x"), ("CA7", "main-l9.1"))
    assert await carrier.reconcile(DIAL, ago(age_s)) == Result("done", (PLACED,))


SCREENED = msgspec.structs.replace(DIAL, screened=True)


@pytest.mark.parametrize("dial", [DIAL, SCREENED])
async def test_its_own_reports_prove_it_at_once(make_carrier, empty, dial):
    carrier = await make_carrier(empty.url)
    carrier.memory.placed("CA7", "main-l9.1")
    assert await carrier.port.reconcile(dial, ago(0)) == Result("done", (PLACED,))
    assert empty.requests == []


async def test_one_that_is_screened_and_of_which_nothing_is_heard_is_given_up(carrier, empty):
    empty.answers["GET /Calls"] = calls(call("CA8", "in-progress", age_s=20))
    assert (await carrier.reconcile(SCREENED, ago(20))).status == "unknown"
    empty.answers["GET /Calls"] = calls(call("CA8", "no-answer", age_s=20))
    assert (await carrier.reconcile(SCREENED, ago(20))).events[0].provider_ref == "CA8"


CALLED = msgspec.structs.replace(DIAL, call_id="", called=True)


async def test_whom_a_campaign_calls_is_found_while_the_call_lives_and_in_no_room(carrier, empty):
    empty.answers["GET /Calls"] = calls(call("CA7", "ringing", age_s=20))
    assert (await carrier.reconcile(CALLED, ago(20))).events == (PLACED,)
    assert empty.asked("/Conferences") == []


async def test_soon_after_sending_absence_says_nothing(carrier, empty):
    result = await carrier.reconcile(DIAL, ago(6))
    assert result.status == "unknown"
    assert 0 < result.retry_after_s <= 2


async def test_absence_is_proved_after_a_while(carrier, empty):
    result = await carrier.reconcile(DIAL, ago(16))
    assert (result.status, result.code) == ("failed", "ABSENT")


@pytest.mark.parametrize(
    ("status", "cause"),
    [("no-answer", EndCause.NO_ANSWER), ("busy", EndCause.BUSY), ("completed", EndCause.NORMAL)],
)
async def test_a_call_of_that_time_that_has_ended_is_taken_for_it(carrier, empty, status, cause):
    empty.answers["GET /Calls"] = calls(call("CA7", status, age_s=28))
    ended = LegEnded(leg_id="main-l9.1", cause=cause, provider_ref="CA7", provider_status=status)
    result = await carrier.reconcile(DIAL, ago(30))
    assert (result.status, result.events) == ("done", (PLACED, ended))
    assert ("To", "client:ann") in empty.asked("/Calls")[0].query


@pytest.mark.parametrize(
    "other",
    [
        lambda: call("CA8", "completed", age_s=60),  # before
        lambda: call("CA8", "completed", age_s=5),  # after
        lambda: call("CA8", "completed", age_s=28, caller="+12025550199"),
        lambda: {"sid": "CA8", "status": "completed"},  # nothing to tell by
    ],
)
async def test_a_call_of_another_time_or_caller_is_not(carrier, empty, other):
    empty.answers["GET /Calls"] = calls(other())
    assert (await carrier.reconcile(DIAL, ago(30))).code == "ABSENT"


async def test_a_call_known_to_be_another_leg_is_not(carrier, empty):
    empty.answers[f"POST {PARTICIPANTS}"] = (201, {"call_sid": "CA8", "conference_sid": "CF1"})
    await carrier.execute(Originate(leg_id="main-l8", call_id="main-r9", caller_id="+1", timeout_s=9, endpoint="x:y"))
    empty.answers["GET /Calls"] = calls(call("CA8", "no-answer", age_s=28))
    assert (await carrier.reconcile(DIAL, ago(30))).code == "ABSENT"


async def test_one_call_does_not_answer_for_two_legs(carrier, empty):
    empty.answers["GET /Calls"] = calls(call("CA7", "no-answer", age_s=28))
    twin = msgspec.structs.replace(DIAL, leg_id="main-l10", call_id="main-r10")
    assert (await carrier.reconcile(DIAL, ago(30))).status == "done"
    assert (await carrier.reconcile(DIAL, ago(30))).status == "done"
    assert (await carrier.reconcile(twin, ago(30))).code == "ABSENT"


async def test_a_live_call_to_the_same_endpoint_is_given_time_to_show_its_label(carrier, empty):
    empty.answers["GET /Calls"] = calls(call("CA8", "ringing", age_s=20))
    assert (await carrier.reconcile(DIAL, ago(20))).status == "unknown"
    empty.answers["GET /Calls"] = calls(call("CA8", "in-progress", age_s=90))
    assert (await carrier.reconcile(DIAL, ago(90))).code == "ABSENT"


@pytest.mark.parametrize("answer", [problem(500), problem(401), problem(429), DROP, (200, b"?"), (200, {"no": 1})])
@pytest.mark.parametrize("path", ["GET /Calls", "GET /Conferences"])
async def test_no_proper_answer_proves_nothing(carrier, empty, path, answer):
    empty.answers[path] = answer
    assert (await carrier.reconcile(DIAL, ago(300))).status == "unknown"


async def test_it_reads_on_as_far_as_the_time_of_sending(carrier, empty):
    later = [call("CA8", "completed", age_s=10)] * 3
    earlier = [call("CA9", "completed", age_s=500)]
    empty.answers["GET /Calls"] = [
        calls(*later, next_page_uri=f"{BASE}/Calls.json?Page=1"),
        calls(call("CA7", "busy", age_s=98), *earlier, next_page_uri=f"{BASE}/Calls.json?Page=2"),
    ]
    result = await carrier.reconcile(DIAL, ago(100))
    assert result.events[0] == PLACED
    assert len(empty.asked("/Calls")) == 2


@pytest.mark.parametrize("uri", ["https://evil.example/", "/2010-04-01/Accounts/ACother/Calls.json", "//evil.example"])
async def test_it_goes_nowhere_else_for_a_further_page(carrier, empty, uri):
    empty.answers["GET /Calls"] = calls(next_page_uri=uri)
    result = await carrier.reconcile(DIAL, ago(100))
    assert result.status == "unknown"
    assert len(empty.asked("/Calls")) == 1


async def test_a_survey_lists_what_lives_and_asks_about_the_rest(carrier, rest_side):
    def live(request):
        status = dict(request.query)["Status"]
        if status == "in-progress" and ("Page", "1") not in request.query:
            return calls(call("CA1", status), next_page_uri=f"{BASE}/Calls.json?Status={status}&Page=1")
        return calls(call({"in-progress": "CA2", "ringing": "CA3", "queued": "CA4"}[status], status))

    rest_side.answers |= {
        "GET /Calls": live,
        "GET /Calls/CA5": (200, call("CA5", "completed")),
        "GET /Calls/CA6": (200, call("CA6", "in-progress")),  # moved on while the lists were read
        "GET /Calls/CA7": problem(404, 20404),
        "GET /Calls/CA8": problem(500),
    }
    legs = [(f"main-l{number}", f"CA{number}") for number in range(1, 9)]
    found = await carrier.survey([*legs, ("main-l9", "")])
    alive = [LegChecked(leg_id=f"main-l{number}", alive=True) for number in (1, 2, 3, 4)]
    assert found == [
        *alive,
        LegChecked(leg_id="main-l5", alive=False, cause=EndCause.NORMAL),
        LegChecked(leg_id="main-l6", alive=True),
        LegChecked(leg_id="main-l7", alive=False, cause=EndCause.LOST_SIGHT),
    ]


async def test_a_survey_that_gets_no_list_says_nothing(carrier, rest_side, logs):
    rest_side.answers["GET /Calls"] = problem(500)
    assert await carrier.survey([("main-l1", "CA1")]) == []
    assert [line["log_level"] for line in logs] == ["warning"]
