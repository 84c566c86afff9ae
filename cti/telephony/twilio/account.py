"""Who we are to the carrier, and where each side reaches the other."""

import msgspec


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """`public_url` is our address as the carrier calls it, without a final slash; a path in it is what a proxy strips.

    Any of `auth_tokens` may have signed a request, and whichever the carrier accepts authorises ours: that is what
    rotating them needs.
    """

    site: str
    account_sid: str
    auth_tokens: tuple[str, ...]
    public_url: str
    api_url: str = "https://api.twilio.com"
    key_sid: str = ""
    """Whoever asks by REST, where it is one of the account's keys; its secret then stands for the auth token."""

    @property
    def rest_user(self) -> str:
        """The user of our requests."""
        return self.key_sid or self.account_sid
