"""Softphones' tokens, as their signer's key and the official library read them."""

import jwt
import pytest

from cti.telephony.twilio.token import VoiceKey, VoiceTokens, is_identity

KEY = VoiceKey(account_sid="AC" + "0" * 32, key_sid="SK" + "1" * 32, key_secret="s" * 32, app_sid="AP" + "2" * 32)
INCOMING_ONLY = VoiceKey(account_sid=KEY.account_sid, key_sid=KEY.key_sid, key_secret=KEY.key_secret)


def read(token):
    return jwt.decode(token, KEY.key_secret, algorithms=["HS256"])


def test_it_lets_one_identity_be_called_and_call_our_app():
    token = VoiceTokens(KEY).issue("anna_2")
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "cty": "twilio-fpa;v=1", "typ": "JWT"}
    claims = read(token)
    assert (claims["iss"], claims["sub"]) == (KEY.key_sid, KEY.account_sid)
    assert claims["grants"] == {
        "identity": "anna_2",
        "voice": {"incoming": {"allow": True}, "outgoing": {"application_sid": KEY.app_sid}},
    }


def test_without_an_app_it_can_only_be_called():
    grants = read(VoiceTokens(INCOMING_ONLY).issue("anna"))["grants"]
    assert grants["voice"] == {"incoming": {"allow": True}}


@pytest.mark.parametrize(("given", "ttl_s"), [({}, 3_600), ({"ttl_s": 1}, 1), ({"ttl_s": 86_400}, 86_400)])
def test_it_is_in_force_for_an_hour_unless_told_otherwise(given, ttl_s):
    claims = read(VoiceTokens(KEY).issue("anna", **given))
    assert claims["exp"] - claims["nbf"] == ttl_s


@pytest.mark.parametrize("ttl_s", [0, -1, 86_401])
def test_the_carrier_takes_a_day_at_most(ttl_s):
    with pytest.raises(ValueError, match="86400"):
        VoiceTokens(KEY).issue("anna", ttl_s)


@pytest.mark.parametrize(
    "identity", ["", "anna-b", "anna b", "anna@example.com", "jürgen", "anna\n", "a" * 122, "anna:1", "анна"]
)
def test_names_that_some_part_of_the_carrier_would_not_take(identity):
    assert not is_identity(identity)
    with pytest.raises(ValueError, match="letters, digits and underscores"):
        VoiceTokens(KEY).issue(identity)
