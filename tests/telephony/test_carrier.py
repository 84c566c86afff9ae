"""Commands at the carrier: what is sent, and what each kind of failure means."""

import asyncio
import socket

import msgspec
import pytest

from cti.core.commands import (
    CheckLeg,
    CoachLeg,
    EndCall,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RedirectLeg,
    SendDigits,
)
from cti.core.events import LegChecked, LegEnded, LegHeld, LegMuted, LegPlaced, LegRetrieved
from cti.core.plan import HangUp, Join, Plan, Say
from cti.core.ports import Result
from cti.core.states import EndCause
from cti.telephony.twilio.addresses import Addresses
from tests.telephony.carrier_side import ACCOUNT, PUBLIC, TOKEN
from tests.telephony.rest_side import BASE, DROP, call, problem

DIAL = Originate(leg_id="main-l9.1", call_id="main-r9", caller_id="+12025550100", timeout_s=20, endpoint="client:ann")
REDIRECT = RedirectLeg(leg_id="main-l9", provider_ref="CA1", plan=Plan((Join(call_id="main-r9"),)), nonce=12)
HANG_UP = HangUpLeg(leg_id="main-l9", provider_ref="CA1")
HOLD = HoldLeg(leg_id="main-l9", provider_ref="CA1", call_id="main-r9", held=True)
MUTE = MuteLeg(leg_id="main-l9", provider_ref="CA1", call_id="main-r9", muted=False)
KEEP = KeepCall(leg_id="main-l9", provider_ref="CA1", call_id="main-r9", ends_call=False)
COACH = CoachLeg(leg_id="main-l9", provider_ref="CA1", call_id="main-r9", muted=False, coaches="CA5")
KEYS = SendDigits(leg_id="main-l9", provider_ref="CA1", call_id="main-r9", digits="4711#")
END = EndCall(call_id="main-r9")
CHECK = CheckLeg(leg_id="main-l9", provider_ref="CA1")

PARTICIPANTS = "/Conferences/main-r9/Participants"
PLACED = (201, {"call_sid": "CA7", "conference_sid": "CF1", "label": "main-l9.1", "status": "queued"})
IN_ROOM = (200, {"call_sid": "CA1", "conference_sid": "CF1", "label": "main-l9"})
ROOM = (200, {"conferences": [{"sid": "CF1", "status": "in-progress"}]})
NO_ROOM = (200, {"conferences": []})


async def test_a_dial_puts_the_endpoint_into_the_room(carrier, rest_side):
    rest_side.answers[f"POST {PARTICIPANTS}"] = PLACED
    assert await carrier.execute(DIAL) == Result("done", (LegPlaced(leg_id="main-l9.1", provider_ref="CA7"),))
    (request,) = rest_side.requests
    assert request.credentials == f"{ACCOUNT.account_sid}:{TOKEN}"
    assert request.form == [
        ("To", "client:ann"),
        ("From", "+12025550100"),
        ("Timeout", "20"),
        ("StatusCallback", f"{PUBLIC}/twilio/leg?site=main&leg=main-l9.1"),
        ("StatusCallbackMethod", "POST"),
        *[("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")],
        ("Label", "main-l9.1"),
        ("StartConferenceOnEnter", "true"),
        ("EndConferenceOnExit", "false"),
        ("Beep", "false"),
        ("EarlyMedia", "false"),
        ("WaitUrl", ""),
        ("ConferenceStatusCallback", f"{PUBLIC}/twilio/room?site=main&room=main-r9"),
        ("ConferenceStatusCallbackMethod", "POST"),
        *[("ConferenceStatusCallbackEvent", event) for event in ("start", "end", "join", "leave", "mute", "hold")],
    ]


@pytest.mark.parametrize(
    ("endpoint", "to"),
    [("tel:+12025550101", "+12025550101"), ("sip:ann@pbx.example", "sip:ann@pbx.example"), ("client:a", "client:a")],
)
async def test_endpoints_as_the_carrier_wants_them(carrier, rest_side, endpoint, to):
    rest_side.answers[f"POST {PARTICIPANTS}"] = PLACED
    dial = msgspec.structs.replace(DIAL, endpoint=endpoint, timeout_s=1, ends_call=True)
    await carrier.execute(dial)
    form = dict(rest_side.requests[0].form)
    assert (form["To"], form["Timeout"], form["EndConferenceOnExit"]) == (to, "5", "true")


async def test_a_supervisor_comes_in_muted_or_heard_by_one(carrier, rest_side):
    rest_side.answers[f"POST {PARTICIPANTS}"] = PLACED
    await carrier.execute(msgspec.structs.replace(DIAL, muted=True))
    await carrier.execute(msgspec.structs.replace(DIAL, coaches="CA5"))
    listening, whispering = [dict(request.form) for request in rest_side.requests]
    assert (listening["Muted"], listening["Coaching"]) == ("true", "false")
    assert (whispering["Muted"], whispering["Coaching"], whispering["CallSidToCoach"]) == ("false", "true", "CA5")


async def test_who_is_screened_is_asked_before_coming_in(carrier, rest_side):
    rest_side.answers["POST /Calls"] = (201, {"sid": "CA7", "status": "queued"})
    screened = msgspec.structs.replace(DIAL, screened=True, endpoint="tel:+12025550101")
    assert await carrier.execute(screened) == Result("done", (LegPlaced(leg_id="main-l9.1", provider_ref="CA7"),))
    assert rest_side.requests[0].form == [
        ("To", "+12025550101"),
        ("From", "+12025550100"),
        ("Timeout", "20"),
        ("StatusCallback", f"{PUBLIC}/twilio/leg?site=main&leg=main-l9.1"),
        ("StatusCallbackMethod", "POST"),
        *[("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")],
        ("Url", f"{PUBLIC}/twilio/screen?site=main&leg=main-l9.1&n=0"),
        ("Method", "POST"),
        ("FallbackUrl", f"{PUBLIC}/twilio/fallback"),
        ("FallbackMethod", "POST"),
    ]


CALLED = msgspec.structs.replace(DIAL, call_id="", called=True, endpoint="tel:+12125550101")
REPORTED = [
    ("AsyncAmd", "true"),
    ("AsyncAmdStatusCallback", f"{PUBLIC}/twilio/detected?site=main&leg=main-l9.1"),
    ("AsyncAmdStatusCallbackMethod", "POST"),
]


@pytest.mark.parametrize(
    ("detect", "to_beep", "asked"),
    [
        ("off", False, []),
        ("first", False, [("MachineDetection", "Enable"), ("MachineDetectionTimeout", "10")]),
        ("first", True, [("MachineDetection", "DetectMessageEnd"), ("MachineDetectionTimeout", "45")]),
        ("beside", False, [("MachineDetection", "Enable"), ("MachineDetectionTimeout", "10"), *REPORTED]),
        ("beside", True, [("MachineDetection", "DetectMessageEnd"), ("MachineDetectionTimeout", "45"), *REPORTED]),
    ],
)
async def test_whom_a_campaign_calls_is_asked_about_once_answered(carrier, rest_side, detect, to_beep, asked):
    rest_side.answers["POST /Calls"] = (201, {"sid": "CA7", "status": "queued"})
    called = msgspec.structs.replace(CALLED, detect=detect, to_beep=to_beep)
    assert await carrier.execute(called) == Result("done", (LegPlaced(leg_id="main-l9.1", provider_ref="CA7"),))
    form = rest_side.requests[0].form
    assert form[:3] == [("To", "+12125550101"), ("From", "+12025550100"), ("Timeout", "20")]
    assert ("Url", f"{PUBLIC}/twilio/answered?site=main&leg=main-l9.1&n=0") in form
    assert ("FallbackUrl", f"{PUBLIC}/twilio/fallback") in form
    assert [each for each in form if "Detection" in each[0] or "Amd" in each[0]] == asked


@pytest.mark.parametrize(
    ("carriers_code", "code"),
    [(21211, "INVALID_NUMBER"), (21217, "INVALID_NUMBER"), (21215, "BLOCKED_NUMBER"), (21216, "BLOCKED_NUMBER"),
     (21210, "CALLER_ID"), (21212, "CALLER_ID"), (10004, "REFUSED")],
)  # fmt: skip
async def test_a_refusal_says_whether_the_number_is_the_reason(carrier, rest_side, carriers_code, code):
    rest_side.answers["POST /Calls"] = problem(400, carriers_code)
    result = await carrier.execute(CALLED)
    assert (result.status, result.code) == ("failed", code)


async def test_a_redirect_sends_its_document_along(make_carrier, rest_side):
    carrier = await make_carrier(rest_side.url)
    rest_side.answers["POST /Calls/CA1"] = (200, {"sid": "CA1", "status": "in-progress"})
    assert await carrier.port.execute(REDIRECT) == Result("done")
    assert rest_side.requests[0].form == [("Twiml", carrier.documents.document(REDIRECT.plan, "main-l9", 12))]


async def test_a_document_too_long_to_send_along_is_fetched(make_carrier, rest_side):
    carrier = await make_carrier(rest_side.url)
    rest_side.answers["POST /Calls/CA1"] = (200, {"sid": "CA1", "status": "in-progress"})
    plan = Plan((Say(text="long " * 800, language="en-US"), HangUp()))
    assert await carrier.port.execute(msgspec.structs.replace(REDIRECT, plan=plan)) == Result("done")
    assert rest_side.requests[0].form == [
        ("Url", f"{PUBLIC}/twilio/plan?site=main&leg=main-l9&n=12"),
        ("Method", "POST"),
    ]
    assert carrier.shelf.get(("main-l9", 12)) == carrier.documents.document(plan, "main-l9", 12)


@pytest.mark.parametrize(
    ("status", "cause"), [("completed", EndCause.NORMAL), ("canceled", EndCause.CANCELLED), ("in-progress", None)]
)
async def test_hanging_up(carrier, rest_side, status, cause):
    rest_side.answers["POST /Calls/CA1"] = (200, {"sid": "CA1", "status": status})
    ended = LegEnded(leg_id="main-l9", cause=cause, provider_ref="CA1", provider_status=status) if cause else None
    assert await carrier.execute(HANG_UP) == Result("done", (ended,) if ended else ())
    assert rest_side.requests[0].form == [("Status", "completed")]


async def test_hanging_up_a_strangers_leg_tells_nothing_of_ours(carrier, rest_side):
    rest_side.answers["POST /Calls/CA1"] = (200, {"sid": "CA1", "status": "completed"})
    assert await carrier.execute(msgspec.structs.replace(HANG_UP, leg_id="")) == Result("done")


HELD = Result("done", (LegHeld(leg_id="main-l9", provider_ref="CA1", call_id="main-r9"),))
MUSIC = [("HoldUrl", f"{PUBLIC}/twilio/held?site=main"), ("HoldMethod", "POST")]


@pytest.mark.parametrize(
    ("command", "form", "reports"),
    [
        (HOLD, [("Hold", "true"), *MUSIC], [LegHeld(leg_id="main-l9", provider_ref="CA1", call_id="main-r9")]),
        (
            msgspec.structs.replace(HOLD, held=False),
            [("Hold", "false")],
            [LegRetrieved(leg_id="main-l9", provider_ref="CA1", call_id="main-r9")],
        ),
        (
            MUTE,
            [("Muted", "false")],
            [LegMuted(leg_id="main-l9", muted=False, provider_ref="CA1", call_id="main-r9")],
        ),
        (KEEP, [("EndConferenceOnExit", "false")], []),
        (COACH, [("Muted", "false"), ("Coaching", "true"), ("CallSidToCoach", "CA5")], []),
        (msgspec.structs.replace(COACH, coaches=""), [("Muted", "false"), ("Coaching", "false")], []),
        (msgspec.structs.replace(COACH, muted=True, coaches=""), [("Muted", "true"), ("Coaching", "false")], []),
    ],
)
async def test_who_is_in_a_room_is_changed_under_the_carriers_id(carrier, rest_side, command, form, reports):
    """The answer is the report: should the carrier's own be lost, nothing is missed."""
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = IN_ROOM
    for _ in range(2):
        assert await carrier.execute(command) == Result("done", tuple(reports))
    assert ("FriendlyName", "main-r9") in rest_side.asked("/Conferences")[0].query
    assert [request.form for request in rest_side.asked("/Conferences/CF1/Participants/CA1")] == [form, form]


async def test_hold_and_mute_address_the_room_by_the_carriers_id(carrier, rest_side):
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = IN_ROOM
    assert await carrier.execute(HOLD) == HELD
    assert (await carrier.execute(MUTE)).status == "done"
    assert [request.path for request in rest_side.requests if request.method == "POST"] == [
        "/Conferences/CF1/Participants/CA1"
    ] * 2


async def test_the_room_of_a_dial_is_known_already(carrier, rest_side):
    rest_side.answers[f"POST {PARTICIPANTS}"] = PLACED
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = IN_ROOM
    await carrier.execute(DIAL)
    assert await carrier.execute(HOLD) == HELD
    assert rest_side.asked("/Conferences") == []


async def test_a_room_that_began_anew_is_found_again(carrier, rest_side):
    rest_side.answers[f"POST {PARTICIPANTS}"] = PLACED
    rest_side.answers["GET /Conferences"] = (200, {"conferences": [{"sid": "CF2"}]})
    rest_side.answers["POST /Conferences/CF2/Participants/CA1"] = IN_ROOM
    await carrier.execute(DIAL)
    assert await carrier.execute(HOLD) == HELD


@pytest.mark.parametrize(
    ("command", "switch"), [(HOLD, "held"), (MuteLeg(leg_id="l", provider_ref="CA1", call_id="c", muted=True), "muted")]
)
async def test_until_it_is_answered_a_report_of_it_is_news(make_carrier, rest_side, command, switch):
    """What was answered last counts, but for what is under way or in doubt, of which the report may tell first."""
    carrier = await make_carrier(rest_side.url)
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = [IN_ROOM, problem(500), IN_ROOM]
    late = []
    for undone in (False, True, True):
        await carrier.port.execute(msgspec.structs.replace(command, **{switch: not undone}))
        late.append([carrier.memory.is_late("CA1", switch, on=on) for on in (True, False)])
    assert late == [[False, True], [False, False], [True, False]]


async def test_whom_to_coach_may_not_be_there_yet(carrier, rest_side):
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = problem(400, 16028)
    result = await carrier.execute(COACH)
    assert (result.status, result.retry_after_s) == ("retry", 0.5)


async def test_keys_are_fetched_and_stand_in_no_address(make_carrier, rest_side):
    carrier = await make_carrier(rest_side.url)
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = IN_ROOM
    assert await carrier.port.execute(KEYS) == Result("done")
    form = dict(rest_side.requests[-1].form)
    assert form.keys() == {"AnnounceUrl", "AnnounceMethod"}
    assert "4711" not in form["AnnounceUrl"]
    whose = Addresses(PUBLIC, "main").read_tones(form["AnnounceUrl"].removeprefix(PUBLIC))
    assert carrier.shelf.get(whose) == carrier.documents.tones("4711#")


async def test_keys_in_doubt_are_not_pressed_again(carrier, rest_side):
    rest_side.answers["GET /Conferences"] = ROOM
    rest_side.answers["POST /Conferences/CF1/Participants/CA1"] = [problem(500), problem(429)]
    assert (await carrier.execute(KEYS)).status == "unknown"
    assert (await carrier.execute(KEYS)).status == "retry"  # that one was turned away


async def test_ending_a_call_ends_its_room(carrier, rest_side):
    rest_side.answers["GET /Conferences"] = [NO_ROOM, (200, {"conferences": [{"sid": "CF1", "status": "init"}]})]
    rest_side.answers["POST /Conferences/CF1"] = (200, {"sid": "CF1", "status": "completed"})
    assert await carrier.execute(END) == Result("done")
    assert rest_side.requests[-1].form == [("Status", "completed")]


async def test_a_call_without_a_room_is_gone(carrier, rest_side):
    rest_side.answers["GET /Conferences"] = NO_ROOM
    result = await carrier.execute(END)
    assert (result.status, result.code) == ("failed", "GONE")


@pytest.mark.parametrize(
    ("answer", "event"),
    [
        ((200, call("CA1", "in-progress")), LegChecked(leg_id="main-l9", alive=True)),
        ((200, call("CA1", "queued")), LegChecked(leg_id="main-l9", alive=True)),
        ((200, call("CA1", "busy")), LegChecked(leg_id="main-l9", alive=False, cause=EndCause.BUSY)),
        ((200, call("CA1", "completed")), LegChecked(leg_id="main-l9", alive=False, cause=EndCause.NORMAL)),
        (problem(404, 20404), LegChecked(leg_id="main-l9", alive=False, cause=EndCause.LOST_SIGHT)),
    ],
)
async def test_checking_a_leg(carrier, rest_side, answer, event):
    rest_side.answers["GET /Calls/CA1"] = answer
    assert await carrier.execute(CHECK) == Result("done", (event,))


@pytest.mark.parametrize(("inside", "call_id", "room_ref"), [("CA1", "main-r9", "CF1"), ("CA2", "", "")])
async def test_a_leg_may_be_looked_for_in_a_room(carrier, rest_side, inside, call_id, room_ref):
    rest_side.answers |= {"GET /Calls/CA1": (200, call("CA1", "in-progress")), "GET /Conferences": [ROOM, NO_ROOM]}
    participants = {"participants": [{"call_sid": inside, "label": "main-l9"}]}
    rest_side.answers["GET /Conferences/CF1/Participants"] = (200, participants)
    asked = msgspec.structs.replace(CHECK, call_id="main-r9", nonce=12)
    found = LegChecked(leg_id="main-l9", alive=True, call_id=call_id, sought="main-r9", nonce=12, room_ref=room_ref)
    assert await carrier.execute(asked) == Result("done", (found,))


async def test_what_is_not_for_a_carrier_fails(carrier, rest_side):
    result = await carrier.execute(LookUpCustomer(contact_id="c", number="+12025550123"))
    assert (result.status, result.code) == ("failed", "REFUSED")
    assert "2025550123" not in result.detail
    assert rest_side.requests == []


@pytest.mark.parametrize("command", [REDIRECT, HANG_UP, CHECK, HOLD])
async def test_a_leg_whose_reference_is_not_known_is_not_asked_for(carrier, rest_side, command):
    rest_side.answers["GET /Conferences"] = ROOM
    result = await carrier.execute(msgspec.structs.replace(command, provider_ref=""))
    assert (result.status, result.code) == ("failed", "REFUSED")
    assert [request.method for request in rest_side.requests] in ([], ["GET", "GET"])


UPDATE = "POST /Calls/CA1"


@pytest.mark.parametrize(
    ("answer", "dial", "other"),
    [
        (problem(429, 20429, "Too Many Requests"), "retry", "retry"),
        (problem(500, 20500), "unknown", "retry"),
        (problem(503), "unknown", "retry"),
        (DROP, "unknown", "retry"),
        ((201, b"<html>"), "unknown", "retry"),
        ((201, {"hello": "world"}), "unknown", "retry"),
        (problem(400, 16099), "retry", "retry"),
        (problem(400, 21220), "failed REFUSED", "failed GONE"),
        (problem(404, 20404), "failed REFUSED", "failed GONE"),
        (problem(400, 21211, "To is invalid"), "failed INVALID_NUMBER", "failed REFUSED"),
        (problem(400, 21215, "no permission"), "failed BLOCKED_NUMBER", "failed REFUSED"),
        (problem(400, 22005, "it would wait for over a day"), "failed REFUSED", "failed REFUSED"),
        (problem(401, 20003), "failed REFUSED", "failed REFUSED"),
        (problem(400, 16025, "label in use"), "unknown", "failed REFUSED"),
        ((302, b"", {"Location": f"{BASE}/elsewhere"}), "failed REFUSED", "failed REFUSED"),
    ],
)
async def test_what_failures_mean(carrier, rest_side, answer, dial, other):
    rest_side.answers |= {f"POST {PARTICIPANTS}": answer, UPDATE: answer, "GET /Calls/CA1": answer}
    result = await carrier.execute(DIAL)
    assert f"{result.status} {result.code}".strip() == dial
    for command in (REDIRECT, HANG_UP):
        result = await carrier.execute(command)
        in_doubt = command is REDIRECT and dial == "unknown" and other == "retry"  # a second way in leads out first
        assert f"{result.status} {result.code}".strip() == ("unknown" if in_doubt else other)
        assert result.detail
        assert (result.retry_after_s > 0) == (other == "retry")
    posts = [request for request in rest_side.requests if request.method == "POST"]
    assert len(posts) == 3  # nothing is repeated in here


async def test_the_detail_has_the_carriers_code_and_text(carrier, rest_side):
    rest_side.answers[f"POST {PARTICIPANTS}"] = problem(400, 21211, "To is invalid")
    assert (await carrier.execute(DIAL)).detail == "HTTP 400, carrier's code 21211: To is invalid"
    rest_side.answers[f"POST {PARTICIPANTS}"] = problem(401, 20003, "Authenticate")
    assert "does not accept our account SID and auth token" in (await carrier.execute(DIAL)).detail


@pytest.mark.parametrize(
    ("command", "status"), [(DIAL, "unknown"), (REDIRECT, "unknown"), (HANG_UP, "retry"), (CHECK, "retry")]
)
async def test_no_answer_in_time(make_carrier, rest_side, command, status):
    carrier = await make_carrier(rest_side.url, total_s=0.1)
    never = asyncio.Event()
    rest_side.answers |= {f"POST {PARTICIPANTS}": never, UPDATE: never, "GET /Calls/CA1": never}
    assert (await carrier.port.execute(command)).status == status
    never.set()


@pytest.mark.parametrize("command", [DIAL, REDIRECT, HANG_UP, HOLD, END, CHECK])
async def test_without_a_connection_surely_nothing_happened(make_carrier, command):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: connecting is refused
        carrier = await make_carrier(f"http://127.0.0.1:{unused.getsockname()[1]}")
        result = await carrier.port.execute(command)
    assert result.status == "retry"
    assert result.retry_after_s > 0


async def test_a_host_that_accepts_no_connection_in_time_was_sent_nothing(make_carrier):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:  # fills the backlog, so that the next connection is never accepted
            one.setblocking(False)
            one.connect_ex(address)
        carrier = await make_carrier(f"http://127.0.0.1:{address[1]}", connect_s=0.1)
        result = await carrier.port.execute(DIAL)
        for one in waiting:
            one.close()
    assert result.status == "retry"


async def test_waiting_for_others_is_not_waiting_for_a_connection(make_carrier, rest_side):
    carrier = await make_carrier(rest_side.url, requests_max=1, connect_s=0.05)
    held_up = asyncio.Event()
    rest_side.answers[UPDATE] = [held_up, (200, {"sid": "CA1", "status": "completed"})]
    first, second = [asyncio.ensure_future(carrier.port.execute(HANG_UP)) for _ in range(2)]
    await rest_side.arrivals.get()
    asyncio.get_running_loop().call_later(0.15, held_up.set)
    assert (await second).status == "done"
    assert (await first).status == "retry"


async def test_waiting_grows_and_starts_anew_after_a_success(carrier, rest_side):
    rest_side.answers[UPDATE] = [*[problem(429, 20429)] * 6, (200, {"sid": "CA1", "status": "completed"}), problem(429)]
    waits = [(await carrier.execute(HANG_UP)).retry_after_s for _ in range(6)]
    assert waits[5] > waits[0] * 4
    assert max(waits) <= 8
    assert (await carrier.execute(HANG_UP)).status == "done"
    assert (await carrier.execute(HANG_UP)).retry_after_s <= 0.25


@pytest.mark.parametrize(
    ("retry_after", "least_s", "most_s"), [("3", 3, 3), ("1.5", 1.5, 1.5), ("86400", 60, 60), ("soon", 0.1, 0.25)]
)
async def test_the_carrier_may_say_when_to_come_again(carrier, rest_side, retry_after, least_s, most_s):
    rest_side.answers[UPDATE] = (*problem(429, 20429), {"Retry-After": retry_after})
    assert least_s <= (await carrier.execute(HANG_UP)).retry_after_s <= most_s


async def test_only_so_many_requests_are_on_their_way(make_carrier, rest_side):
    carrier = await make_carrier(rest_side.url, requests_max=3)
    open_up = asyncio.Event()
    rest_side.answers[UPDATE] = open_up
    commands = [asyncio.ensure_future(carrier.port.execute(HANG_UP)) for _ in range(12)]
    for _ in range(3):
        await rest_side.arrivals.get()
    open_up.set()
    await asyncio.gather(*commands)
    assert (rest_side.under_way_max, len(rest_side.requests)) == (3, 12)


OLD, NEW = (f"{ACCOUNT.account_sid}:{token}" for token in ("old", "new"))


@pytest.mark.parametrize("tokens", [("old", "new"), ("new", "old")])
async def test_while_the_token_is_rotated_either_may_be_the_one_that_counts(make_carrier, rest_side, tokens):
    carrier = await make_carrier(rest_side.url, auth_tokens=tokens)
    counts = [OLD]
    ended = (200, {"sid": "CA1", "status": "completed"})
    rest_side.answers[UPDATE] = lambda seen: ended if seen.credentials == counts[0] else problem(401, 20003)
    for counts[0] in (OLD, NEW, NEW):
        assert (await carrier.port.execute(HANG_UP)).status == "done"
    assert rest_side.requests[-1].credentials == rest_side.requests[-2].credentials == NEW  # at once, the last time
    counts[0] = "another"
    result = await carrier.port.execute(HANG_UP)
    assert (result.status, result.code) == ("failed", "REFUSED")
    assert "auth token" in result.detail
