"""From the server's address, as people write it, to that of a socket."""

from urllib.parse import urlencode, urlsplit, urlunsplit

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


def socket_address(url: str, path: str, **query: str) -> str:
    """`http://host:port` becomes `ws://host:port` + path. Raises `ValueError` for what is no address of a server."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        raise ValueError(f"{url!r} is no address of a server; write it like https://cti.example.com")
    given = {name: value for name, value in query.items() if value}
    return urlunsplit((_SCHEMES[parts.scheme], parts.netloc, parts.path.rstrip("/") + path, urlencode(given), ""))
