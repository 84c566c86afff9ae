"""What the sockets need from the rest of the server, as shapes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from cti.core.contact import Contact
from cti.core.events import ScreenPop
from cti.core.ports import Audio, Intake
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.store.recordings import RecordingRecord, Wanted

Position = tuple[int, int]
"""Where a frame stands in the record: turn, and place among the frames of that turn."""

PopOf = Callable[[State, Contact], ScreenPop]
"""Who is calling, as far as it is known now: a question to the room of screen-pops."""

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC."""


OpenAudio = Callable[[str], AbstractAsyncContextManager[Audio]]
"""The sound of a recording, by the carrier's name for it. Raises `AudioMissing` and `AudioUnavailable`."""


class StoredRecordings(Protocol):
    """The reading side of `cti.store.recordings`. Raises `StoreError`."""

    async def latest(self, wanted: Wanted, limit: int) -> list[RecordingRecord]:
        """Those wanted, the last asked for first."""

    async def get(self, recording_id: str) -> RecordingRecord | None:
        """One of them."""


class SiteView(Intake, Protocol):
    """The way in, and what may be seen of the site. Only to be read."""

    opened: asyncio.Event
    """Set once the server can answer at all: the journal was read, or cannot be."""

    @property
    def state(self) -> State:
        """The state as decided: a moment ahead of what is durable and published. Empty while the server starts."""

    @property
    def load(self) -> dict[str, dict[str, int]]:
        """How many inputs wait, and how many were refused, by rank."""

    @property
    def busy(self) -> str:
        """Why reports have to wait while calls are served; empty when they do not."""

    def read(self, after: int) -> AsyncIterator[TurnRecord]:
        """Durable records after turn `after`, in order. Raises `JournalError`."""


class Delivery(Protocol):
    """A frame on its way. Position (0, 0): the connection itself says it."""

    @property
    def topic(self) -> str:
        """Under which it was published."""

    @property
    def position(self) -> Position:
        """Where it stands in the record."""

    @property
    def frame(self) -> bytes:
        """What goes over the wire."""


class Subscription(Protocol):
    """One listener's bounded outbox."""

    @property
    def topics(self) -> tuple[str, ...]:
        """What it listens to."""

    def say(self, frame: bytes) -> None:
        """Put in a frame that is not of the record."""

    async def next(self) -> Delivery | None:
        """The next frame, when there is one; None once it overflowed."""


class Fanout(Protocol):
    """`Fanout` of `cti.core.ports`, for those who listen as well. See `cti.fanout.memory`."""

    head: int
    since: int
    gaps: int

    @property
    def trouble(self) -> str | None:
        """What is the matter on the way to the site's other processes; empty when all is well, None without a way."""

    def publish(self, topic: str, seq: int, frame: bytes, index: int = 0) -> None:
        """Deliver a frame. Positions never go back."""

    def subscribe(
        self, *topics: str, outbox_max: int = ..., overflowed: Callable[[], None] | None = None
    ) -> Subscription:
        """Everything that is published on these topics from now on, and `GAP` when some of it was lost."""

    def unsubscribe(self, subscription: Subscription) -> None:
        """Deliver no more to it."""

    def after(self, position: Position, *topics: str) -> Sequence[Delivery] | None:
        """What these topics had after `position`; None when some of it is no longer remembered."""

    def newest(self, topic: str) -> Sequence[Delivery]:
        """What the topic remembers, oldest first."""

    def recall(self, since: int, frames: Mapping[str, Sequence[tuple[int, int, bytes]]]) -> None:
        """Remember the frames (turn, place, content) of the turns after `since`, from before this process was."""
