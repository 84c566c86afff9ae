"""REST: what belongs to the account besides its calls, as the official client sees it."""

import aiohttp
import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import ACCOUNT_SID, NUMBER, World

BYE = twiml("<Hangup/>")


async def number(world: World, phone_number: str = NUMBER):
    (found,) = await world.rest.incoming_phone_numbers.list_async(phone_number=phone_number)
    return found


async def test_the_account(world: World):
    account = await world.rest.api.accounts(ACCOUNT_SID).fetch_async()
    assert (account.sid, account.status, account.type) == (ACCOUNT_SID, "active", "Full")
    await world.control("POST", "account", {"status": "suspended", "friendly_name": "Ours"})
    account = await world.rest.api.accounts(ACCOUNT_SID).fetch_async()
    assert (account.status, account.friendly_name) == ("suspended", "Ours")


async def test_numbers_are_listed_and_read(world: World):
    await world.number("/voice", fallback_url=f"{world.toy.base}/fallback")
    await world.number("/voice", number="+15550002000")
    assert {one.phone_number for one in await world.rest.incoming_phone_numbers.list_async()} == {
        NUMBER,
        "+15550002000",
    }
    found = await number(world)
    assert (found.voice_url, found.voice_method) == (f"{world.toy.base}/voice", "POST")
    assert (found.voice_fallback_url, found.status_callback) == (f"{world.toy.base}/fallback", None)
    assert (found.trunk_sid, found.voice_application_sid) == (None, None)
    again = await world.rest.incoming_phone_numbers(found.sid).fetch_async()
    assert (again.phone_number, again.capabilities["voice"]) == (NUMBER, True)
    with refused(404, 20404):
        await world.rest.incoming_phone_numbers("PN" + "0" * 32).fetch_async()


async def test_a_number_is_changed_and_its_calls_go_there(world: World):
    await world.number("/old")
    before = await number(world)
    changed = await before.update_async(
        voice_url=world.toy.door("/new", "no xml"),
        voice_method="GET",
        voice_fallback_url=world.toy.door("/fallback", BYE),
        status_callback=f"{world.toy.base}/status",
    )
    assert (changed.sid, changed.voice_method) == (before.sid, "GET")
    await world.call()
    assert (await world.toy.knock("/new")).method == "GET"
    assert (await world.toy.knock("/fallback"))["ErrorCode"] == "12100"
    assert (await world.toy.knock("/status"))["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"voice_url": "https://example.com/x"}, 21402),
        ({"voice_fallback_url": "ftp://127.0.0.1/x"}, 21405),
        ({"status_callback": "x"}, 21609),
        ({"voice_application_sid": "AP" + "0" * 32}, 21218),
        ({"voice_method": "PUT"}, 20001),
    ],
)
async def test_what_a_number_cannot_be_told(world: World, fields, code):
    await world.number("/voice")
    with refused(400, code):
        await (await number(world)).update_async(**fields)
    assert (await number(world)).voice_url == f"{world.toy.base}/voice"


async def test_a_number_on_a_trunk_asks_nobody(world: World):
    await world.number("/voice")
    await (await number(world)).update_async(trunk_sid="TK" + "0" * 32)
    sid = await world.call()
    assert (await world.leg(sid))["end_reason"] == "the number belongs to a trunk"
    await (await number(world)).update_async(trunk_sid="")
    world.toy.door("/voice", BYE)
    await world.call()
    await world.toy.knock("/voice")


async def test_a_number_without_a_url_loses_its_calls(world: World):
    await world.number("/voice")
    await (await number(world)).update_async(voice_url="")
    await world.call()
    await world.settled()
    assert (await world.verdict())["lost"] == 1
    await world.control("POST", "numbers", {NUMBER: {}}, 400)


async def test_applications(world: World):
    made = await world.rest.applications.create_async(friendly_name="desk", voice_url=f"{world.toy.base}/a")
    changed = await made.update_async(voice_url=f"{world.toy.base}/b", status_callback=f"{world.toy.base}/s")
    assert (changed.sid, changed.friendly_name, changed.voice_url) == (made.sid, "desk", f"{world.toy.base}/b")
    await world.rest.applications.create_async(friendly_name="other")
    (found,) = await world.rest.applications.list_async(friendly_name="desk")
    assert found.sid == made.sid
    assert (await world.rest.applications(made.sid).fetch_async()).status_callback == f"{world.toy.base}/s"
    assert await world.rest.applications(made.sid).delete_async()
    with refused(404, 20404):
        await world.rest.applications(made.sid).fetch_async()
    with refused(400, 21402):
        await world.rest.applications.create_async(voice_url="https://example.com/x")


async def test_applications_by_control(world: World):
    url = f"{world.toy.base}/desk"
    made = await world.control("POST", "applications", {"friendly_name": "desk", "voice_url": url}, 201)
    assert (await world.rest.applications(made["sid"]).fetch_async()).voice_url == url
    await world.control("POST", "applications", {"voice_url": "https://example.com/x"}, 400)


async def test_verified_caller_ids(world: World):
    await world.control("POST", "caller-ids", {"phone_number": "+15550007777", "friendly_name": "Desk"}, 201)
    (found,) = await world.rest.outgoing_caller_ids.list_async(phone_number="+15550007777")
    assert (await world.rest.outgoing_caller_ids(found.sid).fetch_async()).friendly_name == "Desk"
    assert await found.delete_async()
    assert await world.rest.outgoing_caller_ids.list_async() == []


async def test_a_key_opens_all_but_the_account_and_its_keys(world: World):
    made = await world.rest.new_keys.create_async(friendly_name="centre")
    assert made.sid.startswith("SK")
    (listed,) = await world.rest.keys.list_async()
    assert (listed.sid, listed.friendly_name, hasattr(listed, "secret")) == (made.sid, "centre", False)
    async with AsyncTwilioHttpClient() as http:
        by_key = Client(made.sid, made.secret, account_sid=ACCOUNT_SID, http_client=http)
        by_key.api.base_url = world.url
        assert await by_key.calls.list_async() == []
        with refused(401, 20003):
            await by_key.keys(made.sid).fetch_async()
        with refused(401, 20003):
            await by_key.api.accounts(ACCOUNT_SID).fetch_async()
        assert await world.rest.keys(made.sid).delete_async()
        with refused(401, 20003):
            await by_key.applications("AP" + "0" * 32).fetch_async()


async def test_dialling_permissions(world: World):
    permissions = world.rest.voice.v1.dialing_permissions
    countries = {one.iso_code: one for one in await permissions.countries.list_async()}
    assert {"US", "CA", "DE", "GB"} <= set(countries)
    assert len(await permissions.countries.list_async(page_size=3)) == len(countries)
    germany = await permissions.countries("DE").fetch_async()
    assert (germany.country_codes, germany.low_risk_numbers_enabled) == (["+49"], True)
    assert germany.high_risk_special_numbers_enabled is False
    assert [one.iso_code for one in await permissions.countries.list_async(country_code="49")] == ["DE"]
    prefixes = await permissions.countries("DE").highrisk_special_prefixes.list_async()
    assert "+49900" in {one.prefix for one in prefixes}
    update = '[{"iso_code": "DE", "low_risk_numbers_enabled": "false"}]'
    done = await permissions.bulk_country_updates.create_async(update_request=update)
    assert done.update_count == 1
    forbidden = await permissions.countries.list_async(low_risk_numbers_enabled=False)
    assert [one.iso_code for one in forbidden] == ["DE"]
    with refused(404, 20404):
        await permissions.countries("XX").fetch_async()
    with refused(400, 20001):
        await permissions.bulk_country_updates.create_async(update_request='[{"iso_code": "XX"}]')


async def test_whether_permissions_are_inherited(world: World):
    settings = world.rest.voice.v1.dialing_permissions.settings()
    assert (await settings.fetch_async()).dialing_permissions_inheritance is True
    assert (await settings.update_async(dialing_permissions_inheritance=False)).dialing_permissions_inheritance is False


async def test_the_voice_domain_is_locked_too(world: World):
    wrong = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT_SID, "wrong")}
    async with world.http.get(f"{world.url}/v1/DialingPermissions/Countries", headers=wrong) as response:
        assert response.status == 401
