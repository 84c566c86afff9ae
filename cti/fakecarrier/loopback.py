"""The fake carrier talks to this machine only: a wrong address must never ring a real telephone network."""

from ipaddress import ip_address
from urllib.parse import urlsplit


class NotLoopback(ValueError):
    """The address is not one of this machine's loopback addresses, or not an HTTP address at all."""


def is_loopback_host(host: str) -> bool:
    """True for `localhost` and the loopback addresses of both families; names are never looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def require_loopback(url: str) -> None:
    """Raise NotLoopback unless the URL is absolute, HTTP, and on a loopback address."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError as error:
        raise NotLoopback(f"{url!r} is not a URL: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise NotLoopback(f"{url!r} is not an absolute HTTP URL")
    if not is_loopback_host(host):
        raise NotLoopback(f"{url!r} is not on this machine: the fake carrier only calls loopback addresses")
