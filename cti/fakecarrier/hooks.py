"""Where the carrier asks and tells about the calls of a number or an application."""

from typing import Literal

import msgspec

from cti.fakecarrier.legs.leg import Link, Subscription
from cti.fakecarrier.loopback import require_loopback
from cti.fakecarrier.webhooks.progress import DEFAULT_EVENTS

Method = Literal["GET", "POST"]


class Hooks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The webhooks of a number or application. The status callback is told of the end of each call."""

    voice_url: str = ""
    voice_method: Method = "POST"
    fallback_url: str | None = None
    fallback_method: Method = "POST"
    status_callback: str | None = None
    status_callback_method: Method = "POST"
    friendly_name: str = ""
    created_at: int = 0
    updated_at: int = 0

    @property
    def voice(self) -> Link | None:
        """Where to ask, if anywhere."""
        return Link(self.voice_url, self.voice_method) if self.voice_url else None

    @property
    def fallback(self) -> Link | None:
        """Where to ask if that fails."""
        return Link(self.fallback_url, self.fallback_method) if self.fallback_url else None

    @property
    def progress(self) -> Subscription | None:
        """Whom to tell of the end."""
        if not self.status_callback:
            return None
        return Subscription(Link(self.status_callback, self.status_callback_method), DEFAULT_EVENTS)

    def check(self) -> None:
        """NotLoopback if one of the URLs leads off this machine."""
        for url in (self.voice_url, self.fallback_url, self.status_callback):
            if url:
                require_loopback(url)
