"""Signed as Standard Webhooks says, so that receivers need no code of ours."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256


def signed(message_id: str, at_s: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The headers of a message that is sent at `at_s` (seconds since 1970): with a signature by each key."""
    content = f"{message_id}.{at_s}.".encode() + body
    marks = [b64encode(hmac.new(key, content, sha256).digest()).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }
