"""The carrier's signature: HMAC-SHA1 over the URL and, for a form, its sorted fields."""

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha1
from urllib.parse import urlsplit


def signed_url(url: str) -> str:
    """The part of a request's URL that is signed: no fragment, no user information, and on HTTPS no port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    if parts.scheme == "https" and parts.port is not None:
        host = host.rpartition(":")[0]
    return parts._replace(netloc=host, fragment="").geturl()


def sign(auth_token: str, url: str, form: Iterable[tuple[str, str]] = ()) -> str:
    """The value of X-Twilio-Signature; `url` is the request's, with its query, `form` the fields of a POST."""
    signed = signed_url(url) + "".join(name + value for name, value in sorted(set(form)))
    digest = hmac.new(auth_token.encode(), signed.encode(), sha1).digest()
    return base64.b64encode(digest).decode()
