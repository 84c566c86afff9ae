"""What is to be sent to the server, and what came back."""

from typing import Literal
from urllib.parse import urldefrag, urlencode, urlsplit

import msgspec

from cti.fakecarrier.legs.leg import Leg, Link


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request to the server about `sid`; `leg` keeps the cookies of its documents."""

    kind: Literal["document", "call-progress", "conference", "recording", "detection"]
    event: str
    sid: str
    link: Link
    parameters: dict[str, str]
    leg: Leg | None = None

    @property
    def door(self) -> str:
        """The path of the URL, which is what fault plans speak of."""
        return urlsplit(self.link.url).path or "/"

    @property
    def url(self) -> str:
        """The URL to request: without its fragment, and for a GET with the parameters in its query."""
        url = urldefrag(self.link.url).url
        if self.link.method == "POST":
            return url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(self.parameters)}"

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of the body; none for a GET."""
        return list(self.parameters.items()) if self.link.method == "POST" else []


class WebhookReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the server answered; `url` is where the answer came from, after redirects."""

    status: int
    content_type: str
    body: bytes
    url: str


class WebhookFailed(Exception):
    """No usable answer came back; `code` is the carrier's error code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
