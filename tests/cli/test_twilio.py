"""`cti twilio check`: every mistake made on purpose at the carrier is found, and said where it is and what to do."""

import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from tests.cli.twilio_side import PUBLIC, carrier_side, door, listening, pass_on, refusal, right, vouched_for_by_nobody
from tests.serving import ACCOUNT, CONFIG, NUMBER, TOKEN, serving, write_config

SECRET = "a secret that nobody may see"
OTHER = "AP" + "5" * 32
OUR_APP = "AP" + "6" * 32
TRUNK = "TK" + "7" * 32
PREFIXES = 'dial_prefixes: ["+120255501"]\n'
TELEPHONE = '  endpoint: "tel:+12025550142"\n'


def config(*numbers: str, site: str = "", agent: str = TELEPHONE) -> dict[str, str]:
    """Entry points for these numbers, an agent with a telephone, and more for site.yaml."""
    entries = "".join(f'"{number}":\n  flow: main\n' for number in numbers or (NUMBER,))
    return {
        **CONFIG,
        "entry_points.yaml": entries,
        "agents.yaml": CONFIG["agents.yaml"] + agent,
        "site.yaml": CONFIG["site.yaml"] + (site or PREFIXES),
    }


@pytest.fixture
async def side(tmp_path):
    """A carrier with the one number that the configuration names, set as it must be."""
    write_config(tmp_path, config())
    async with carrier_side(tmp_path) as running:
        await running.control("numbers", {NUMBER: right()})
        yield running


def codes(findings):
    """What was found besides what is always so here: no server at the public address, a rate that nobody can read."""
    always = {"public_silent", "calls_per_second"}
    return {(finding["code"], finding["where"]) for finding in findings if finding["code"] not in always}


def web_user(request) -> str:
    """Who asks."""
    return b64decode(request.headers["Authorization"].partition(" ")[2]).decode().partition(":")[0]


async def test_where_all_is_right_nothing_is_found(side, tmp_path):
    async with serving(tmp_path, config()) as server:
        await server.until("ready")
        await side.control("numbers", {NUMBER: right(server.url)})
        status, output, errors = await side.twilio("check", CTI_PUBLIC_URL=server.url)
    assert (status, errors) == (0, "")
    rate, counted = output.splitlines()
    assert rate.startswith("note: calls per second: how many calls a second ")
    assert counted == f"no mistakes, no warnings (1 entry point at {server.url}/twilio/voice)"


async def test_without_a_server_that_is_a_warning(side):
    status, output, errors = await side.twilio("check")
    assert (status, errors) == (0, "")
    assert re.match(
        r"warning: CTI_PUBLIC_URL: nobody answers at http://127\.0\.0\.1:9/api/v1/health \(.+\); start ", output
    )
    assert output.splitlines()[-1].startswith("no mistakes, 1 warning (")


async def test_what_is_wrong_with_numbers(side, tmp_path):
    """One number a mistake; each is named with what is wrong, and one that no entry point names is left alone."""
    numbers = {
        "+12025550101": {**right(), "voice_url": "http://127.0.0.1:9/old"},
        "+12025550102": {**right(), "voice_method": "GET"},
        "+12025550103": {**right(), "fallback_url": ""},
        "+12025550104": {**right(), "status_callback": "http://127.0.0.1:9/old"},
        "+12025550105": {**right(), "trunk_sid": TRUNK},
        "+12025550106": {**right(), "voice_application_sid": OTHER},
        "+12025550107": {**right(), "fallback_url": "http://127.0.0.2:9/gone.xml", "fallback_method": "GET"},
        "+12025550108": {**right(), "fallback_url": "http://127.0.0.2:9/twilio/fallback"},
        "+12025550109": {**right(), "voice_url": f"{PUBLIC}/twilio/voice#rc=2"},
    }
    await side.control(
        "numbers", {**numbers, "+12025550198": right(), "+12025550197": {"voice_url": "http://127.0.0.1:9/x"}}
    )
    write_config(tmp_path, config(*numbers, "+12025550199"))
    findings = await side.check(exits=1)
    assert codes(findings) == {
        ("voice_url", "number +12025550101"),
        ("voice_url", "number +12025550102"),
        ("fallback_url", "number +12025550103"),
        ("status_callback", "number +12025550104"),
        ("trunk", "number +12025550105"),
        ("application", "number +12025550106"),
        ("fallback_elsewhere", "number +12025550107"),
        ("fallback_url", "number +12025550108"),
        ("not_owned", "number +12025550199"),
        ("stranger", "number +12025550198"),
        ("stranger", f"number {NUMBER}"),
    }
    said = {finding["where"]: finding["what"] for finding in findings}
    assert (
        "GET http://127.0.0.1:9/twilio/voice instead of POST http://127.0.0.1:9/twilio/voice"
        in said["number +12025550102"]
    )
    assert "not set instead of POST http://127.0.0.1:9/twilio/fallback" in said["number +12025550103"]
    assert TRUNK in said["number +12025550105"]
    assert OTHER in said["number +12025550106"]
    levels = {finding["code"]: finding["level"] for finding in findings}
    assert (levels["fallback_elsewhere"], levels["stranger"], levels["trunk"]) == ("warning", "warning", "mistake")


async def test_more_numbers_than_a_page_holds(side, tmp_path):
    many = [f"+1202{5550000 + number}" for number in range(1_050)]
    await side.control("numbers", {number: right() for number in many})
    write_config(tmp_path, config(*many))
    assert codes(await side.check(exits=0)) == set()


async def test_the_app_of_the_softphones(side):
    key = side.client.new_keys.create(friendly_name="ours")
    environment = {
        "CTI_TWILIO_API_KEY_SID": key.sid,
        "CTI_TWILIO_API_KEY_SECRET": key.secret,
        "CTI_TWILIO_APP_SID": OUR_APP,
    }
    assert codes(await side.check(exits=1, **environment)) == {("app_missing", f"app {OUR_APP}")}
    await side.control("applications", {**right(), "sid": OUR_APP, "voice_url": "http://127.0.0.1:9/old"}, 201)
    assert codes(await side.check(exits=1, **environment)) == {("voice_url", f"app {OUR_APP}")}
    await side.control("applications", {**right(), "sid": OUR_APP}, 201)
    # A number may as well take its URLs from an app that is ours; its own then do not count.
    await side.control("numbers", {NUMBER: {"voice_application_sid": OUR_APP}})
    assert codes(await side.check(exits=0, **environment)) == set()


async def test_what_is_wrong_with_the_key(side, tmp_path):
    write_config(tmp_path, config(agent=""))  # an agent with a softphone
    assert codes(await side.check(exits=0)) == {("no_key", "CTI_TWILIO_API_KEY_SID")}
    key = side.client.new_keys.create(friendly_name="ours")
    good = {"CTI_TWILIO_API_KEY_SID": key.sid, "CTI_TWILIO_API_KEY_SECRET": key.secret}
    assert codes(await side.check(exits=0, **good)) == set()
    [found] = [
        finding for finding in await side.check(exits=1, **{**good, "CTI_TWILIO_API_KEY_SECRET": SECRET})
        if finding["level"] == "mistake"
    ]  # fmt: skip
    assert (found["code"], "with this secret" in found["what"]) == ("key", True)
    assert SECRET not in str(found)
    nobody = {**good, "CTI_TWILIO_API_KEY_SID": "SK" + "0" * 32}
    [found] = [finding for finding in await side.check(exits=1, **nobody) if finding["level"] == "mistake"]
    assert (found["code"], "no such key" in found["what"]) == ("key", True)


@pytest.mark.parametrize(
    ("path", "status", "level", "said"),
    [("/Calls.json", 403, "mistake", "restricted one"), (f"/{ACCOUNT}.json", 200, "warning", "main key")],
)
async def test_a_key_with_other_rights_than_it_needs(side, path, status, level, said):
    key = side.client.new_keys.create(friendly_name="ours")

    async def answer(request):
        by_key = key.sid in web_user(request)
        if not by_key or not request.path.endswith(path):
            return None
        if status == 200:
            return web.json_response({"sid": ACCOUNT, "status": "active", "type": "Full"})
        return refusal(status, 70051, "Authorization Error")

    async with door(side, answer) as url:
        environment = {"CTI_TWILIO_API_KEY_SID": key.sid, "CTI_TWILIO_API_KEY_SECRET": key.secret}
        findings = await side.check(exits=int(level == "mistake"), CTI_TWILIO_API_URL=url, **environment)
    [found] = [finding for finding in findings if finding["code"] == "key_rights"]
    assert (found["level"], found["where"]) == (level, f"key {key.sid}")
    assert said in found["what"]


async def test_the_account(side):
    await side.control("account", {"status": "suspended", "type": "Trial"})
    findings = await side.check(exits=1)
    assert codes(findings) == {("account_status", f"account {ACCOUNT}"), ("trial", f"account {ACCOUNT}")}
    [trial] = [finding for finding in findings if finding["code"] == "trial"]
    assert "+12025550142" in trial["what"]  # the agent's telephone, which nobody has verified
    await side.control("caller-ids", {"phone_number": "+12025550142"}, 201)
    [trial] = [finding for finding in await side.check(exits=1) if finding["code"] == "trial"]
    assert "+12025550142" not in trial["what"]


async def test_the_caller_id(side, tmp_path):
    write_config(tmp_path, config(site=f'caller_id: "+12025550177"\n{PREFIXES}'))
    findings = await side.check(exits=1)
    assert codes(findings) == {("caller_id", "caller_id +12025550177")}
    await side.control("caller-ids", {"phone_number": "+12025550177"}, 201)
    assert codes(await side.check(exits=0)) == set()
    write_config(tmp_path, config(site=f'caller_id: "{NUMBER}"\n{PREFIXES}'))
    assert codes(await side.check(exits=0)) == set()


async def test_where_calls_may_go(side, tmp_path):
    write_config(tmp_path, config(site='dial_prefixes: ["+120255501", "+41", "+49137", "+372"]\n'))
    findings = await side.check(exits=1)
    assert codes(findings) == {
        ("destination_closed", "dial_prefixes +49137"),
        ("destination_unknown", "dial_prefixes +372"),
    }
    await side.control(
        "permissions",
        {
            "CH": {"low_risk_numbers_enabled": False},
            "DE": {"high_risk_special_numbers_enabled": True},
            "FR": {"high_risk_special_numbers_enabled": True},
            "LV": {"high_risk_tollfraud_numbers_enabled": True},
        },
    )
    findings = await side.check(exits=1)
    assert codes(findings) == {
        ("destination_closed", "dial_prefixes +41"),
        ("destination_unknown", "dial_prefixes +372"),
        ("high_risk_open", "geographic permissions"),
    }
    said = [finding["what"] for finding in findings if finding["code"] == "high_risk_open"]
    assert ["France (FR)" in what for what in said] == [True, False]
    assert ["Latvia (LV)" in what for what in said] == [False, True]
    assert not any("Germany" in what for what in said)  # that one is needed


@pytest.mark.parametrize(
    ("public", "code", "level"),
    [
        ("http://10.1.2.3:8080", "public_private", "mistake"),
        ("http://10.1.2.3:8080", "public_http", "mistake"),
        ("https://169.254.169.254", "public_private", "mistake"),
        ("https://our_calls.example.com", "public_name", "mistake"),
        ("https://no-such-host.invalid", "public_unresolved", "mistake"),
    ],
)
async def test_an_address_that_no_carrier_reaches(side, public, code, level):
    findings = await side.check(exits=1, CTI_PUBLIC_URL=public)
    assert (code, "CTI_PUBLIC_URL", level) in {(one["code"], one["where"], one["level"]) for one in findings}


async def test_loopback_is_only_for_a_carrier_that_is_here(tmp_path):
    write_config(tmp_path, config())
    async with carrier_side(tmp_path) as side:
        there = {"CTI_TWILIO_API_URL": "http://carrier.invalid", "CTI_PUBLIC_URL": "https://localhost"}
        findings = await side.check(exits=1, **there)
    assert codes(findings) == {("public_private", "CTI_PUBLIC_URL"), ("carrier", f"account {ACCOUNT}")}


@pytest.mark.parametrize(
    ("answer", "code", "level", "said"),
    [
        (web.Response(text="<h1>Welcome to nginx</h1>"), "public_other", "mistake", "HTTP 200"),
        (web.Response(status=404), "public_other", "mistake", "HTTP 404"),
        (web.Response(status=302, headers={"Location": "/login"}), "public_redirect", "mistake", "/login"),
        (web.Response(status=502), "public_silent", "warning", "HTTP 502"),
        (
            web.json_response({"status": "holding", "why": "the disk is full", "seq": 7, "version": "1"}),
            "public_holding",
            "warning",
            "the disk is full",
        ),
    ],
)
async def test_something_else_answers_at_our_address(side, answer, code, level, said):
    async def handle(request):
        assert (request.method, request.path) == ("GET", "/api/v1/health")
        return answer

    async with listening(handle) as url:
        await side.control("numbers", {NUMBER: right(url)})
        findings = await side.check(exits=int(level == "mistake"), CTI_PUBLIC_URL=url)
    [found] = [finding for finding in findings if finding["code"].startswith("public_")]
    assert (found["code"], found["level"]) == (code, level)
    assert said in found["what"]


async def test_https_that_does_not_hold(side, tmp_path):
    async with listening(pass_on, vouched_for_by_nobody(tmp_path)) as url:
        findings = await side.check(exits=1, CTI_PUBLIC_URL=url)
    [found] = [finding for finding in findings if finding["code"] == "public_tls"]
    assert (found["level"], "(self-signed certificate)" in found["what"]) == ("mistake", True)
    async with listening(pass_on) as url:
        findings = await side.check(exits=1, CTI_PUBLIC_URL=url.replace("http:", "https:"))
    [found] = [finding for finding in findings if finding["code"] == "public_tls"]
    assert (found["level"], "no https is spoken there" in found["what"]) == ("mistake", True)


@pytest.mark.parametrize(("ahead_s", "side_said"), [(-600, "ahead of"), (600, "behind")])
async def test_clocks_that_are_apart(side, ahead_s, side_said):
    headers = {"Date": format_datetime(datetime.now(UTC) + timedelta(seconds=ahead_s), usegmt=True)}
    async with door(side, pass_on, headers) as url:
        findings = await side.check(exits=1, CTI_TWILIO_API_URL=url)
    assert codes(findings) == {("clock", "clock")}
    [found] = [finding for finding in findings if finding["code"] == "clock"]
    assert re.search(rf"ours is (59\d|60\d) s {side_said} the carrier's", found["what"])


async def test_credentials(side):
    wrong = await side.check(exits=1, CTI_TWILIO_AUTH_TOKEN=SECRET)
    assert codes(wrong) == {("credentials", "CTI_TWILIO_AUTH_TOKEN")}
    assert SECRET not in str(wrong)
    old_behind = await side.check(exits=0, CTI_TWILIO_AUTH_TOKEN=f"{TOKEN},{SECRET}")
    assert codes(old_behind) == {("credentials", "CTI_TWILIO_AUTH_TOKEN (2 of 2)")}
    old_before = await side.check(exits=1, CTI_TWILIO_AUTH_TOKEN=f"{SECRET},{TOKEN}")
    assert codes(old_before) == {("credentials", "CTI_TWILIO_AUTH_TOKEN (1 of 2)")}


async def test_test_credentials_are_no_account(side):
    async def answer(request):
        return refusal(403, 20008, "Resource not accessible with Test Account Credentials")

    async with door(side, answer) as url:
        findings = await side.check(exits=1, CTI_TWILIO_API_URL=url)
    assert codes(findings) == {("test_credentials", "CTI_TWILIO_AUTH_TOKEN")}


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (lambda: web.Response(text="<html>", content_type="text/html"), "not what the carrier says"),
        (lambda: web.json_response(["a", "list"]), "not what the carrier says"),
        (lambda: web.Response(status=302, headers={"Location": "https://elsewhere.example"}), "HTTP 302"),
        (lambda: refusal(500, 20500, "An internal server error has occurred"), "HTTP 500"),
    ],
)
async def test_a_carrier_that_answers_nonsense(side, answered, said):
    async def answer(request):
        return answered()

    async with door(side, answer) as url:
        status, output, errors = await side.twilio("check", CTI_TWILIO_API_URL=url)
    assert (status, errors) == (1, "")
    [line] = [line for line in output.splitlines() if line.startswith("mistake: ")]
    assert line.startswith(f"mistake: account {ACCOUNT}: the carrier cannot be asked: ")
    assert said in line


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("IncomingPhoneNumbers", ("unreadable", "numbers")),
        ("Calls", ("calls_list", f"account {ACCOUNT}")),
        ("DialingPermissions", ("unreadable", "geographic permissions")),
    ],
)
async def test_a_part_that_cannot_be_read_leaves_the_rest(side, path, code):
    """The numbers' URLs are wrong as well, which is said when they can be read."""
    await side.control("numbers", {NUMBER: {**right(), "voice_url": "http://127.0.0.1:9/old"}})

    async def answer(request):
        return refusal(403, 70051, "\x1b[2JAuthorization Error") if f"/{path}" in request.path else None

    async with door(side, answer) as url:
        findings = await side.check(exits=1, CTI_TWILIO_API_URL=url)
    [said] = [finding["what"] for finding in findings if finding["code"] == code[0]]
    assert "\\x1b[2JAuthorization Error" in said  # what others wrote does nothing to a terminal
    assert code in codes(findings)
    assert ("voice_url" in {finding["code"] for finding in findings}) == (path != "IncomingPhoneNumbers")


async def test_a_carrier_that_does_not_answer_in_time(side):
    await side.control("faults", {"rest": [{"path": "/Accounts/", "method": "GET", "slow_ms": 30_000}]})
    status, output, errors = await side.twilio("check")
    assert (status, errors) == (1, "")
    assert "the carrier cannot be asked: it did not answer within 8 s; check CTI_TWILIO_API_URL" in output


async def test_a_carrier_that_is_busy_is_asked_again(side):
    await side.control("faults", {"rest": [{"path": "/Accounts/", "method": "GET", "times": 2, "server_error": 1}]})
    assert codes(await side.check(exits=0)) == set()


async def test_nobody_is_there(side):
    findings = await side.check(exits=1, CTI_TWILIO_API_URL="http://127.0.0.1:9")
    [found] = [finding for finding in findings if finding["code"] == "carrier"]
    assert "no connection to the carrier" in found["what"]


async def test_settings_and_configuration_come_first(side, tmp_path):
    status, output, errors = await side.twilio("check", CTI_TWILIO_ACCOUNT_SID="")
    assert (status, output) == (1, "")
    assert errors.startswith("CTI_TWILIO_ACCOUNT_SID: ")
    status, output, errors = await side.twilio("check", "nowhere")
    assert (status, output) == (1, "")
    assert errors.startswith("nowhere:1:1: ")
