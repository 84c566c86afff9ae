"""Tokens by which a softphone signs in at the carrier, under one identity and for some hours."""

import re

import msgspec
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

TTL_S = 3_600
TTL_S_MAX = 86_400
"""What the carrier allows (20104)."""

IDENTITY_CHARACTERS_MAX = 121
_IDENTITY = re.compile(rf"[A-Za-z0-9_]{{1,{IDENTITY_CHARACTERS_MAX}}}")


class VoiceKey(msgspec.Struct, frozen=True, kw_only=True):
    """What signs the tokens of an account. With `app_sid`, a softphone may also call out: to that TwiML app."""

    account_sid: str
    key_sid: str
    key_secret: str
    app_sid: str = ""


class VoiceTokens:
    """Issues tokens; keeps none."""

    def __init__(self, key: VoiceKey) -> None:
        self._key = key

    def issue(self, identity: str, ttl_s: int = TTL_S) -> str:
        """A token for `client:<identity>`, in force for `ttl_s`. Raises `ValueError` for an identity or a time that
        the carrier would not take."""
        if not is_identity(identity):
            raise ValueError(f"{identity!r} is no identity of a softphone: use letters, digits and underscores")
        if not 0 < ttl_s <= TTL_S_MAX:
            raise ValueError(f"a token is in force for 1 to {TTL_S_MAX} s, not for {ttl_s}")
        key = self._key
        token = AccessToken(key.account_sid, key.key_sid, key.key_secret, identity=identity, ttl=ttl_s)
        token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=key.app_sid or None))
        return str(token.to_jwt())


def is_identity(text: str) -> bool:
    """Whether every part of the carrier takes this name of a softphone: letters, digits and underscores do."""
    return _IDENTITY.fullmatch(text) is not None
