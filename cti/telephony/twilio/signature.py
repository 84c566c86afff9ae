"""Whether the carrier made a request: its signature over our public address and the form.

The signed text is the full URL as configured, followed by each key and value of the form, sorted, each pair once.
What cannot be known from here is whether the carrier named the port: it says that it drops it for https and keeps it
for http, and its own library accepts both, so we do too.
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha1, sha256
from urllib.parse import parse_qs, urlsplit

Pair = tuple[str, str]


class SignatureCheck:
    """Checks signatures made with any of `auth_tokens` for addresses below `public_url`."""

    def __init__(self, auth_tokens: Sequence[str], public_url: str) -> None:
        if not auth_tokens or not all(auth_tokens):
            raise ValueError("a signature check needs an auth token, and none may be empty")
        # The part of the message that never changes is digested once.
        self._begun = [
            hmac.new(token.encode(), base.encode(), sha1) for token in auth_tokens for base in signed_bases(public_url)
        ]

    def form(self, raw_path: str, pairs: Sequence[Pair], signature: str) -> bool:
        """Whether `signature` is that of a form sent to `raw_path`, which is the path and query as received."""
        by_key = dict(pairs)
        if len(by_key) == len(pairs):  # as it nearly always is, and then sorting the keys will do
            sorted_pairs = "".join([key + by_key[key] for key in sorted(by_key)])
        else:
            sorted_pairs = "".join([key + value for key, value in sorted(set(pairs))])
        # Bytes that are no UTF-8 arrive as surrogates and go back to what they were: the signature is over those.
        message = f"{raw_path}{sorted_pairs}".encode("utf-8", "surrogateescape")
        claimed = signature.encode("utf-8", "surrogateescape")
        for begun in self._begun:
            mac = begun.copy()
            mac.update(message)
            if hmac.compare_digest(b64encode(mac.digest()), claimed):
                return True
        return False

    def body(self, raw_path: str, body: bytes, signature: str) -> bool:
        """Whether `signature` is that of a body which is not a form: the URL is signed and carries the body's hash."""
        hashes = parse_qs(urlsplit(raw_path).query).get("bodySHA256", [])
        unchanged = hmac.compare_digest(sha256(body).hexdigest().encode(), hashes[0].encode() if hashes else b"")
        return self.form(raw_path, (), signature) and unchanged


def signed_bases(public_url: str) -> tuple[str, str]:
    """The public URL with and without its port, the one the carrier documents first. User and password are dropped."""
    parts = urlsplit(public_url)
    host = parts.netloc.rpartition("@")[2]
    path = parts.path.rstrip("/")
    bare = host if parts.port is None else host.removesuffix(f":{parts.port}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    without, named = f"{parts.scheme}://{bare}{path}", f"{parts.scheme}://{bare}:{port}{path}"
    return (named, without) if parts.scheme == "http" and parts.port else (without, named)
