"""Who may come in, and who is sent away when the token ends."""

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosed

from cti.views import frames as f
from tests.api.house import AGENT_PATH, SUPERVISOR_PATH, Desktop, wall_clock
from tests.centre import agent, centre


async def knock(house, headers, path=AGENT_PATH):
    """The answer to a request that asks for a websocket."""
    asks = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    asks["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    async with aiohttp.ClientSession() as session, session.get(house.url + path, headers={**asks, **headers}) as answer:
        return answer.status, answer.headers, await answer.json(content_type="application/problem+json")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "no_token"),
        ({"Authorization": ""}, "no_token"),
        ({"Authorization": "Bearer"}, "no_token"),
        ({"Authorization": "Bearer "}, "no_token"),
        ({"Authorization": "Basic YW5uYTpzZWNyZXQ="}, "no_token"),
        ({"Authorization": "Bearer guessed"}, "unknown_token"),
        ({"Authorization": "Bearer " + "x" * 4_000}, "unknown_token"),
        ({"Authorization": "Bearer x' or 1=1"}, "unknown_token"),
    ],
)
@pytest.mark.parametrize("path", [AGENT_PATH, SUPERVISOR_PATH])
async def test_without_a_token_in_force_nobody_comes_in(house, headers, code, path):
    status, answered, body = await knock(house, headers, path)
    assert (status, answered["WWW-Authenticate"], body["code"], body["status"]) == (401, "Bearer", code, 401)
    assert body["detail"]


async def test_an_expired_token_is_told_apart_from_an_unknown_one(house):
    token = await house.issue("anna", expires_at=wall_clock() - 1)
    status, _, body = await knock(house, {"Authorization": f"Bearer {token}"})
    assert (status, body["code"]) == (401, "expired_token")


async def test_a_revoked_token_is_worth_nothing(house):
    token = await house.issue("anna")
    await house.revoke(token)
    status, _, body = await knock(house, {"Authorization": f"Bearer {token}"})
    assert (status, body["code"]) == (401, "unknown_token")


async def test_a_token_opens_its_own_door_only(house):
    anna, boss = await house.issue("anna"), await house.issue("boss", "supervisor")
    for token, path, scope in ((anna, SUPERVISOR_PATH, "supervisor"), (boss, AGENT_PATH, "agent")):
        status, _, body = await knock(house, {"Authorization": f"Bearer {token}"}, path)
        assert (status, body["code"]) == (403, "wrong_scope")
        assert scope in body["detail"]


async def test_a_token_of_an_agent_who_is_no_more_opens_nothing(house):
    token = await house.issue("anna")
    await house.apply(centre(agent("ben")))
    status, _, body = await knock(house, {"Authorization": f"Bearer {token}"})
    assert (status, body["code"]) == (403, "unknown_agent")


async def test_a_token_is_known_by_its_hash_alone(house):
    token = await house.issue("anna")
    assert token not in str([record async for record in house.gate.read(0)])
    status, _, _ = await knock(house, {"Authorization": f"Bearer {next(iter(house.state.tokens.rows))}"})
    assert status == 401


async def test_a_connection_ends_with_its_token(house):
    token, other = await house.issue("anna"), await house.issue("anna")
    async with house.desktop(token) as anna, house.desktop(other) as another:
        await house.revoke(token)
        with pytest.raises(ConnectionClosed) as closed:
            await anna.receive()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "the token was revoked")
        assert isinstance(await another.ask("sign_in"), f.Done)


async def test_a_connection_ends_when_its_token_expires(house):
    async with house.desktop(await house.issue("anna", expires_at=wall_clock() + 300)) as anna:
        with pytest.raises(ConnectionClosed) as closed:
            await anna.receive()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "the token has expired")


@pytest.mark.parametrize("cursor", ["x", "1.2.3", "-1", "1.", ".5", "1 or 1=1", "9" * 40])
async def test_a_cursor_that_is_none_is_refused(house, cursor):
    token = await house.issue("anna")
    status, _, body = await knock(house, {"Authorization": f"Bearer {token}"}, f"{AGENT_PATH}?cursor={cursor}")
    assert (status, body["code"]) == (400, "bad_cursor")


async def test_a_plain_request_is_told_to_come_as_a_websocket(house):
    headers = {"Authorization": f"Bearer {await house.issue('anna')}"}
    async with aiohttp.ClientSession() as session, session.get(house.url + AGENT_PATH, headers=headers) as answer:
        assert (answer.status, answer.headers["Upgrade"]) == (426, "websocket")
        assert (await answer.json(content_type=None))["code"] == "not_a_websocket"
    assert len(house.fanout._listeners) == 0  # noqa: SLF001 - nothing is left of it


async def test_while_the_server_starts_it_says_so_rather_than_no(house):
    token = await house.issue("anna")
    house.gate.hold("the journal cannot be written")
    status, answered, body = await knock(house, {"Authorization": f"Bearer {token}"})
    assert (status, body["code"], answered["Retry-After"]) == (503, "not_ready", "1")
    assert "journal" in body["detail"]


async def health(house):
    async with aiohttp.ClientSession() as session, session.get(house.url + "/api/v1/health") as answer:
        return answer.status, await answer.json()


async def test_health_says_what_the_server_can_do(house):
    seq = house.state.last.seq
    none = {"live_calls": 0, "new_calls": 0, "agents": 0, "reports": 0}
    load = {"waiting": none, "refused": none}
    assert await health(house) == (200, {"status": "ready", "why": "", "seq": seq, "version": "test", "load": load})
    house.gate.hold("the disk is full")
    status, body = await health(house)
    assert (status, body["status"], body["why"]) == (200, "holding", "the disk is full")
    house.gate.opened.clear()
    status, body = await health(house)
    assert (status, body["status"]) == (503, "starting")


async def test_a_desktop_whose_coming_cannot_be_noted_has_to_come_again(house):
    token = await house.issue("anna")
    house.driver.inbox.close("the disk is full")
    async with house.connect(token) as websocket:
        with pytest.raises(ConnectionClosed) as closed:
            await Desktop(websocket).until(f.Probe)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, "the disk is full")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/recording", 404, "no_such_address"),
        ("GET", "/api/", 404, "no_such_address"),
        ("POST", "/api/v2/health", 404, "no_such_address"),
        ("POST", "/api/v1/health", 405, "wrong_method"),
        ("GET", "/api/v1/voice-token", 405, "wrong_method"),
    ],
)
async def test_what_is_not_there_is_a_problem_in_words(house, method, path, status, code):
    async with aiohttp.ClientSession() as session, session.request(method, house.url + path) as answer:
        body = await answer.json(content_type="application/problem+json")
        assert (answer.status, body["status"], body["code"]) == (status, status, code)
        assert path in body["detail"]
        assert ("Allow" in answer.headers) == (status == 405)
