"""Everything we ask of the carrier, against its own specification, which also gives the answers."""

from dataclasses import dataclass, field
from typing import get_args
from urllib.parse import parse_qsl

import msgspec
import pytest
from aiohttp import web

from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    CheckRecordings,
    ClaimLeads,
    CoachLeg,
    EndCall,
    FindSuppression,
    GatherCallFacts,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.plan import Forward, HangUp, Join, Plan, Record, Say
from cti.core.states import RecordingAction
from tests.telephony.contract import operation
from tests.telephony.rest_side import BASE

CALL, RECORDING = "CA" + "c" * 32, "RE" + "e" * 32
WHOSE = {"leg_id": "main-l9", "provider_ref": CALL}
INSIDE = {**WHOSE, "call_id": "main-r9"}
DIAL = Originate(leg_id="main-l9.1", call_id="main-r9", caller_id="+12025550100", timeout_s=20, endpoint="client:ann")
LONG = Plan((Say(text="long " * 900, language="en-US"), HangUp()))
FORWARD = Plan((Forward(caller_id="+12025550100"),))


def dial(**other):
    return msgspec.structs.replace(DIAL, **other)


COMMANDS = {
    "ring a softphone": dial(),
    "ring a phone": dial(endpoint="tel:+12025550101", ends_call=True),
    "ring a SIP phone": dial(endpoint="sip:ann@pbx.example"),
    "ring who listens": dial(muted=True),
    "ring who whispers": dial(coaches=CALL),
    "ring and ask who it is": dial(endpoint="tel:+12025550101", screened=True),
    "ring for a campaign": dial(call_id="", endpoint="tel:+12025550101", called=True),
    "ring, and tell people from machines first": dial(called=True, detect="first"),
    "ring, and tell them apart beside that": dial(called=True, detect="beside", to_beep=True),
    "move into a room": RedirectLeg(**WHOSE, plan=Plan((Join(call_id="main-r9", beep=True),)), nonce=12),
    "push a long plan": RedirectLeg(**WHOSE, plan=LONG, nonce=12),
    "forward": RedirectLeg(**WHOSE, plan=FORWARD, nonce=12, endpoint="tel:+12025550102"),
    "take a message": RedirectLeg(**WHOSE, plan=Plan((Record(seconds_max=60),)), nonce=12),
    "hang up": HangUpLeg(**WHOSE),
    "hold": HoldLeg(**INSIDE, held=True),
    "retrieve": HoldLeg(**INSIDE, held=False),
    "mute": MuteLeg(**INSIDE, muted=True),
    "keep the room": KeepCall(**INSIDE, ends_call=False),
    "press keys": SendDigits(**INSIDE, digits="12w#"),
    "listen": CoachLeg(**INSIDE, muted=True),
    "whisper": CoachLeg(**INSIDE, muted=False, coaches="CA" + "d" * 32),
    "barge in": CoachLeg(**INSIDE, muted=False),
    **{f"{action} recording".lower(): RecordLeg(**WHOSE, action=action, recording_id=RECORDING)
       for action in RecordingAction},
    "pause what is recorded": RecordLeg(**WHOSE, action=RecordingAction.PAUSE),
    "end a room": EndCall(call_id="main-r9"),
    "check recordings": CheckRecordings(**WHOSE),
    "check": CheckLeg(**WHOSE, call_id="main-r9"),
}  # fmt: skip

ASKED = {
    "GET /Calls",
    "GET /Calls/{CallSid}/Recordings",
    "GET /Calls/{Sid}",
    "GET /Conferences",
    "GET /Conferences/{ConferenceSid}/Participants",
    "POST /Calls",
    "POST /Calls/{CallSid}/Recordings",
    "POST /Calls/{CallSid}/Recordings/{Sid}",
    "POST /Calls/{Sid}",
    "POST /Conferences/{ConferenceSid}/Participants",
    "POST /Conferences/{ConferenceSid}/Participants/{CallSid}",
    "POST /Conferences/{Sid}",
}
"""All that we ever ask for, which is what the rights of a restricted key must cover."""


@dataclass
class ContractSide:
    """Answers with the specification's examples, and notes what it has against the requests."""

    offences: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        form = parse_qsl((await request.read()).decode(), keep_blank_values=True)
        found = operation(request.method, request.path)
        if found is None:
            self.offences.append(f"{request.method} {request.path} is nothing it knows")
            return web.json_response({}, status=404)
        self.asked.add(found.name)
        self.offences += found.offences(request.path, list(request.query.items()), form)
        status, body = found.example()
        return web.json_response({**body, "next_page_uri": None}, status=status)


@pytest.fixture
async def side(aiohttp_server):
    operation("GET", "/")  # skips where there is no specification
    side = ContractSide()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", side.handle)
    side.url = str((await aiohttp_server(app)).make_url("")).rstrip("/")
    return side


@pytest.fixture
async def port(make_carrier, side):
    return (await make_carrier(side.url)).port


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_is_what_the_carrier_specifies(port, side, name):
    result = await port.execute(COMMANDS[name])
    assert side.offences == []
    assert result.status == "done", result.detail


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if isinstance(command, Originate)])
async def test_so_is_the_search_for_a_dial_in_doubt(port, side, name):
    await port.reconcile(COMMANDS[name], 0)
    assert side.offences == []
    rooms = {"GET /Conferences", "GET /Conferences/{ConferenceSid}/Participants"}
    assert side.asked == {"GET /Calls"} | (set() if name == "ring for a campaign" else rooms)  # that is in no room yet


async def test_so_is_the_survey(port, side):
    await port.survey([("main-l9", CALL), ("main-l8", "CA" + "a" * 32)])
    assert side.offences == []


async def test_every_command_is_there_and_nothing_else_is_asked(port, side):
    kinds = {type(command) for command in COMMANDS.values()}
    assert kinds | {LookUpCustomer, ClaimLeads, GatherCallFacts, FindSuppression} == set(get_args(AnyCommand))
    for command in COMMANDS.values():
        await port.execute(command)
    await port.reconcile(dial(leg_id="main-l8"), 0)
    nothing_on = msgspec.structs.replace(COMMANDS["start recording"], provider_ref="CA" + "0" * 32)
    await port.execute(nothing_on)
    assert side.asked == ASKED


@pytest.mark.parametrize(
    ("method", "path", "form", "offence"),
    [
        ("POST", f"/Calls/{CALL}", [("Statuss", "completed")], "form: Statuss is unknown"),
        (
            "POST",
            f"/Calls/{CALL}",
            [("Status", "gone")],
            "form: Status is 'gone', not one of ['canceled', 'completed']",
        ),
        ("POST", "/Calls/main-l9", [], "path: Sid is 'main-l9', which is not like ^CA[0-9a-fA-F]{32}$"),
        ("POST", f"/Calls/{CALL}", [("Url", "/x")], "form: Url is '/x', no address"),
        ("POST", f"/Calls/{CALL}", [("Method", "PUT")], "form: Method is 'PUT', not one of ['GET', 'POST']"),
        ("POST", "/Calls", [("To", "+1")], "form: From is missing"),
        ("POST", "/Calls", [("To", "+1"), ("From", "+1"), ("From", "+2")], "form: From is given more than once"),
        (
            "POST",
            "/Calls",
            [("To", "+1"), ("From", "+1"), ("StatusCallbackEvent", "ringing answered")],
            "form: StatusCallbackEvent joins its values: 'ringing answered'",
        ),
        (
            "POST",
            "/Conferences/main-r9/Participants",
            [("To", "+1"), ("From", "+1"), ("Timeout", "5.5"), ("Muted", "yes")],
            "form: Timeout is '5.5', no integer",
        ),
    ],
)
def test_the_specification_would_notice(method, path, form, offence):
    path = f"{BASE}{path}.json"
    assert offence in operation(method, path).offences(path, [], form)
