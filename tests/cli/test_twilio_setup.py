"""`cti twilio setup`: shows what it changes, asks, sets it, and leaves every other number alone."""

import pytest

from tests.cli.test_twilio import OTHER, OUR_APP, TRUNK, config
from tests.cli.twilio_side import PUBLIC, carrier_side, door, refusal, right
from tests.serving import NUMBER, write_config

SECOND = "+12025550101"
NOT_OURS = "+12025550198"
OLD = "http://127.0.0.2:9"


@pytest.fixture
async def side(tmp_path):
    """Two numbers of entry points and one that is not, all of them as an older centre left them."""
    write_config(tmp_path, config(NUMBER, SECOND))
    async with carrier_side(tmp_path) as running:
        second = {"voice_method": "GET", "fallback_method": "GET", "status_callback_method": "GET", "trunk_sid": TRUNK}
        numbers = {NUMBER: right(OLD), SECOND: {**right(), **second}, NOT_OURS: right(OLD)}
        await running.control("numbers", numbers)
        yield running


def hooks(number):
    """What the official client shows of a number or an app."""
    return (
        (number.voice_method, number.voice_url),
        (number.voice_fallback_method, number.voice_fallback_url),
        (number.status_callback_method, number.status_callback),
    )


OURS = tuple(("POST", f"{PUBLIC}/twilio/{name}") for name in ("voice", "fallback", "status"))
OLDS = tuple(("POST", f"{OLD}/twilio/{name}") for name in ("voice", "fallback", "status"))


async def test_it_shows_asks_sets_and_checks_again(side):
    status, output, errors = await side.twilio("setup", answer="y\n")
    assert (status, errors) == (0, "")
    table, _, after = output.partition("Set these 7 values at the carrier?\n")
    rows = [line.split() for line in table.splitlines()]
    assert rows[0] == ["where", "what", "before", "after"]
    assert ["number", NUMBER, "VoiceUrl", f"{OLD}/twilio/voice", f"{PUBLIC}/twilio/voice"] in rows
    assert ["number", SECOND, "TrunkSid", TRUNK, "(none)"] in rows
    assert ["number", SECOND, "VoiceMethod", "GET", "POST"] in rows
    assert NOT_OURS not in table
    assert f"number {NUMBER}: set\nnumber {SECOND}: set\n" in after
    assert "\nno mistakes, " in after
    first, second, other = [await side.number(number) for number in (NUMBER, SECOND, NOT_OURS)]
    assert (hooks(first), hooks(second), hooks(other)) == (OURS, OURS, OLDS)
    assert not second.trunk_sid
    status, output, _ = await side.twilio("setup")
    assert (status, output.splitlines()[-1]) == (0, "nothing to set")


@pytest.mark.parametrize("answer", ["", "n\n", "\n", "perhaps\n"])
async def test_without_a_yes_nothing_is_set(side, answer):
    status, output, _ = await side.twilio("setup", answer=answer)
    assert (status, output.endswith("nothing was set\n")) == (1, True)
    assert ("add --yes" in output) == (answer == "")
    assert "[y/N]" not in output  # no terminal, no prompt
    assert hooks(await side.number(NUMBER)) == OLDS


async def test_an_app_and_a_number_that_hangs_on_another(side):
    key = side.client.new_keys.create(friendly_name="ours")
    await side.control("applications", {**right(OLD), "sid": OUR_APP}, 201)
    await side.control("applications", {**right(OLD), "sid": OTHER}, 201)
    await side.control("numbers", {SECOND: {**right(), "voice_application_sid": OTHER}})
    environment = {
        "CTI_TWILIO_API_KEY_SID": key.sid,
        "CTI_TWILIO_API_KEY_SECRET": key.secret,
        "CTI_TWILIO_APP_SID": OUR_APP,
    }
    status, output, _ = await side.twilio("setup", "--yes", **environment)
    assert status == 0, output
    assert "[y/N]" not in output
    assert hooks(side.client.applications(OUR_APP).fetch()) == OURS
    assert hooks(side.client.applications(OTHER).fetch()) == OLDS
    assert not (await side.number(SECOND)).voice_application_sid


async def test_a_fallback_that_was_put_elsewhere_stays(side):
    document = {**right(), "fallback_url": "http://127.0.0.2:9/gone.xml", "fallback_method": "GET"}
    await side.control("numbers", {NUMBER: document, SECOND: right()})
    status, output, _ = await side.twilio("setup", "--yes")
    assert (status, output.splitlines()[-1]) == (0, "nothing to set")
    assert hooks(await side.number(NUMBER))[1] == ("GET", "http://127.0.0.2:9/gone.xml")


async def test_numbers_are_not_pointed_where_nobody_can_come(side):
    status, output, _ = await side.twilio("setup", "--yes", CTI_PUBLIC_URL="https://10.1.2.3")
    assert status == 1
    assert "nothing was set: the carrier could not reach us there\nmistake: CTI_PUBLIC_URL: " in output
    assert hooks(await side.number(NUMBER)) == OLDS


async def test_what_the_carrier_refuses_is_said_and_the_rest_is_set(side):
    refused = (await side.number(NUMBER)).sid

    async def answer(request):
        is_it = request.method == "POST" and request.path.endswith(f"/{refused}.json")
        return refusal(400, 21402, "VoiceUrl is not valid") if is_it else None

    async with door(side, answer) as url:
        status, output, _ = await side.twilio("setup", "--yes", CTI_TWILIO_API_URL=url)
    assert status == 1
    assert (
        f"number {NUMBER}: not set: HTTP 400, carrier's code 21402: VoiceUrl is not valid\nnumber {SECOND}: set\n"
        in output
    )
    assert f"mistake: number {NUMBER}: the voice URL" in output
    assert hooks(await side.number(SECOND)) == OURS


async def test_where_the_carrier_lets_nobody_in_nothing_is_set(side):
    status, output, _ = await side.twilio("setup", "--yes", CTI_TWILIO_AUTH_TOKEN="wrong")
    assert status == 1
    assert output.startswith("mistake: CTI_TWILIO_AUTH_TOKEN: the carrier refuses it ")
    assert hooks(await side.number(NUMBER)) == OLDS
