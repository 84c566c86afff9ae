"""The newest turns, as the entries in which other processes get them. Each names the one before it, so that who misses
one knows.

Redis is not trusted: an entry carries a code (keyed BLAKE2b) that only who knows the site's secret key can make.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Mapping
from itertools import islice

import msgspec

TURNS_MAX = 2_000
"""So many turns can be sent, or sent again, once Redis is back."""

BYTES_MAX = 8 * 1024 * 1024

FRAME_BYTES = 100
"""What a frame costs beside its text, roughly."""

Place = tuple[int, int]
"""Which entry: turn, and part of that turn, which is 0 unless the turn was published in several goes."""

NOWHERE: Place = (0, 0)

Frames = list[tuple[str, int, bytes]]
"""Topic, place among the frames of the turn, content."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Frames).decode


class Unreadable(Exception):
    """An entry that nobody of this site has made."""


class Entry:
    """A turn's frames, and which entry was published before them."""

    __slots__ = ("after", "bytes", "frames", "place")

    def __init__(self, place: Place, after: Place, frames: Frames) -> None:
        self.place = place
        self.after = after
        self.frames = frames
        self.bytes = 0


def to_text(place: Place) -> str:
    """As Redis writes the name of an entry."""
    return f"{place[0]}-{place[1]}"


def to_place(text: bytes) -> Place:
    """Raises `ValueError`."""
    turn, _, part = text.partition(b"-")
    return int(turn), int(part)


def to_fields(entry: Entry, key: bytes) -> dict[bytes, bytes]:
    """What stands in Redis under the entry's place."""
    after, frames = to_text(entry.after).encode(), _encode(entry.frames)
    return {b"after": after, b"frames": frames, b"code": _code(key, entry.place, after, frames)}


def from_fields(place: Place, fields: Mapping[bytes, bytes], key: bytes) -> Entry:
    """Raises `Unreadable` for what was not made with this key."""
    try:
        after, frames, code = fields[b"after"], fields[b"frames"], fields[b"code"]
        if not hmac.compare_digest(code, _code(key, place, after, frames)):
            raise Unreadable("its code is wrong")
        entry = Entry(place, to_place(after), _decode(frames))
    except (KeyError, ValueError, msgspec.MsgspecError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    if entry.after >= place:
        raise Unreadable("it comes before itself")
    return entry


def _code(key: bytes, place: Place, after: bytes, frames: bytes) -> bytes:
    digest = hashlib.blake2b(b"%d-%d %s " % (*place, after), key=key, digest_size=16)
    digest.update(frames)
    return digest.digest()


class Window:
    """Remembers entries, also those that were sent, and which are still to be. Bounded: what is too old goes, sent or
    not, and the next entry tells."""

    def __init__(self, turns_max: int = TURNS_MAX, bytes_max: int = BYTES_MAX) -> None:
        self.newest = NOWHERE
        self.dropped = 0
        """How many entries went unsent."""
        self._entries: deque[Entry] = deque()
        self._unsent = 0
        self._bytes = 0
        self._turns_max = turns_max
        self._bytes_max = bytes_max

    def add(self, topic: str, seq: int, index: int, frame: bytes) -> None:
        """A frame was published."""
        if not self._unsent or self.newest[0] != seq:
            part = self.newest[1] + 1 if self.newest[0] == seq else 0
            after = self.newest if self._entries else (seq - 1, 0)
            self.newest = (seq, part)
            self._entries.append(Entry(self.newest, after, []))
            self._unsent += 1
        entry = self._entries[-1]
        entry.frames.append((topic, index, frame))
        entry.bytes += len(frame) + FRAME_BYTES
        self._bytes += len(frame) + FRAME_BYTES
        while len(self._entries) > 1 and (len(self._entries) > self._turns_max or self._bytes > self._bytes_max):
            self._bytes -= self._entries.popleft().bytes
            if self._unsent > len(self._entries):
                self._unsent -= 1
                self.dropped += 1

    def take(self, most: int) -> list[Entry]:
        """The next entries to be sent, oldest first; they count as sent."""
        first = len(self._entries) - self._unsent
        taken = list(islice(self._entries, first, first + most))
        self._unsent -= len(taken)
        return taken

    def rewind(self, top: Place) -> None:
        """Everything after `top` is to be sent."""
        self._unsent = 0
        for entry in reversed(self._entries):
            if entry.place <= top:
                break
            self._unsent += 1
