"""An agent's softphone gets its token at one door, for itself only."""

import jwt
import pytest
from aiohttp import web

from cti.api.routes import api_routes, wall_clock
from cti.telephony.twilio.token import VoiceKey, VoiceTokens
from tests.centre import agent, centre
from tests.views.watching import pop_of

DOOR = "/api/v1/voice-token"
KEY = VoiceKey(account_sid="AC" + "0" * 32, key_sid="SK" + "1" * 32, key_secret="s" * 32)

ISSUE = VoiceTokens(KEY).issue


@pytest.fixture
def knock(house, aiohttp_client):
    async def ask(token, issue=ISSUE):
        app = web.Application()
        parts = (house.gate, house.fanout, house.board, house.sockets)
        app.add_routes(api_routes(*parts, pop_of=pop_of, version="test", issue_voice_token=issue))
        client = await aiohttp_client(app)
        answer = await client.post(DOOR, headers={"Authorization": f"Bearer {token}"} if token else {})
        return answer, await answer.json(content_type=None)

    return ask


async def test_an_agent_gets_a_token_for_its_own_softphone(house, knock):
    answer, body = await knock(await house.issue("anna"))
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    claims = jwt.decode(body["token"], KEY.key_secret, algorithms=["HS256"])
    assert claims["grants"]["identity"] == body["identity"] == "anna"
    assert claims["exp"] - claims["nbf"] == 3_600
    assert abs(body["expires_at"] / 1_000 - claims["exp"]) < 5


async def test_it_does_not_outlive_the_token_that_asked_for_it(house, knock):
    _, body = await knock(await house.issue("anna", expires_at=wall_clock() + 60_000))
    claims = jwt.decode(body["token"], KEY.key_secret, algorithms=["HS256"])
    assert 0 < claims["exp"] - claims["nbf"] <= 60


@pytest.mark.parametrize(("scope", "status"), [("", 401), ("supervisor", 403)])
async def test_nobody_else_gets_one(house, knock, scope, status):
    answer, body = await knock(await house.issue("boss", scope) if scope else "")
    assert answer.status == status
    assert "token" not in body


@pytest.mark.parametrize(
    ("endpoint", "code"), [("tel:+12025550101", "no_softphone"), ("client:anna-b", "bad_identity")]
)
async def test_an_agent_with_another_phone_is_told_so(house, knock, endpoint, code):
    await house.apply(centre(agent("anna", endpoint=endpoint)))
    answer, body = await knock(await house.issue("anna"))
    assert (answer.status, body["code"]) == (409, code)


async def test_a_server_without_a_key_says_which_settings_it_needs(house, knock):
    answer, body = await knock(await house.issue("anna"), issue=None)
    assert (answer.status, body["code"]) == (501, "no_softphones")
    assert "CTI_TWILIO_API_KEY_SID" in body["detail"]
