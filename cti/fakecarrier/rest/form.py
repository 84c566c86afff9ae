"""The form of a REST request: read by name, checked, and asked in the end which names nobody read."""

from collections.abc import Mapping

from aiohttp import web

from cti.fakecarrier.legs.leg import Link, Subscription
from cti.fakecarrier.loopback import NotLoopback, require_loopback
from cti.fakecarrier.rest.errors import Refusal


class Form:
    """The fields of one request."""

    def __init__(self, fields: "Mapping[str, list[str]]") -> None:
        self._fields = fields
        self._read: set[str] = set()

    @classmethod
    async def of(cls, request: web.Request) -> "Form":
        """Read the request's body."""
        fields: dict[str, list[str]] = {}
        for name, value in (await request.post()).items():
            fields.setdefault(name, []).append(value if isinstance(value, str) else "")
        return cls(fields)

    def has(self, name: str) -> bool:
        """True if the field was sent, even empty."""
        self._read.add(name)
        return name in self._fields

    def text(self, name: str, default: str = "") -> str:
        """The field's value, the first if it was repeated."""
        self._read.add(name)
        values = self._fields.get(name)
        return values[0] if values else default

    def flag(self, name: str) -> bool | None:
        """`true` or `false` in any case, None if it was not sent; anything else is refused."""
        value = self.text(name).lower()
        if value in {"", "true", "false"}:
            return None if not value else value == "true"
        raise Refusal(400, 20001, f"{name} must be true or false")

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words; anything else is refused."""
        value = self.text(name, default) or default
        if value not in allowed:
            raise Refusal(400, 20001, f"{name} must be one of {', '.join(allowed)}")
        return value

    def whole(self, name: str, default: int, code: int, *, least: int, most: int) -> int:
        """A whole number within bounds; anything else is refused with the code."""
        value = self.text(name)
        if not value:
            return default
        if not value.isdecimal() or not least <= int(value) <= most:
            raise Refusal(400, code, f"{name} must be a whole number from {least} to {most}")
        return int(value)

    def link(self, name: str, method_name: str, code: int = 21205, method: str = "POST") -> Link | None:
        """A URL with its method; a URL that leads off this machine is refused."""
        url, given = self.text(name), self.text(method_name, method).upper()
        if not url:
            return None
        try:
            require_loopback(url)
        except NotLoopback as error:
            raise Refusal(400, code, f"{name} is invalid: {error}") from error
        if given not in {"GET", "POST"}:
            raise Refusal(400, 21209, f"{method_name} must be GET or POST")
        return Link(url, given)

    def subscription(self, prefix: str, allowed: tuple[str, ...], default: frozenset[str]) -> Subscription | None:
        """`<prefix>StatusCallback` with its method and events; events may be repeated fields or separated by spaces."""
        name = f"{prefix}StatusCallback"
        link = self.link(name, f"{name}Method", 21609)
        self._read.add(f"{name}Event")
        words = [word for value in self._fields.get(f"{name}Event", []) for word in value.split()]
        unknown = [word for word in words if word not in allowed]
        if unknown:
            raise Refusal(400, 21626, f"{name}Event: {', '.join(unknown)} is none of {', '.join(allowed)}")
        return Subscription(link, frozenset(words) or default) if link is not None else None

    def unread(self) -> list[str]:
        """The names that were sent and that nobody asked for."""
        return sorted(set(self._fields) - self._read)
