"""Recordings in WAV files, cut without decoding them: whatever was stored at a constant rate can be cut by counting."""

import struct
from collections.abc import Iterator

_HEAD = struct.Struct("<4sI4s")
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")


def first_seconds(content: bytes, seconds: float) -> bytes:
    """The beginning of a recording, as a WAV file; empty for what is none, or is shorter."""
    found = dict(_chunks(content))
    rate = _rate(found)
    if not rate:
        return b""
    bytes_a_second, block = rate
    length = int(seconds * bytes_a_second) // block * block
    if len(found.get(b"data", b"")) < length:
        return b""
    kept = ((b"fmt ", found[b"fmt "]), (b"data", found[b"data"][:length]))
    body = b"".join(_CHUNK.pack(name, len(data)) + data + b"\0" * (len(data) % 2) for name, data in kept)
    return _HEAD.pack(b"RIFF", len(body) + 4, b"WAVE") + body


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(content) < _HEAD.size or content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return
    at = _HEAD.size
    while at + _CHUNK.size <= len(content):
        name, length = _CHUNK.unpack_from(content, at)
        at += _CHUNK.size
        yield name, content[at : at + length]
        at += length + length % 2


def _rate(found: dict[bytes, bytes]) -> tuple[int, int] | None:
    """Bytes a second, and the bytes that must stay together."""
    described = found.get(b"fmt ", b"")
    if len(described) < _FORMAT.size:
        return None
    _, _, _, bytes_a_second, block, _ = _FORMAT.unpack_from(described)
    return (bytes_a_second, block) if bytes_a_second and block else None
