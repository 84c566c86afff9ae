"""Attribute values: read with their defaults; a value that makes no sense is warned of and the default taken."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.twiml.document import Warn


class Attributes:
    """Reads one element's attributes. `code` is the carrier's warning for a bad value of that attribute."""

    def __init__(self, element: Element, warn: Warn) -> None:
        self._element = element
        self._warn = warn

    def text(self, name: str, default: str = "") -> str:
        """The value as it stands."""
        return self._element.get(name, default)

    def given(self, name: str) -> str | None:
        """The value, None if the attribute is absent: an empty one can mean something else."""
        return self._element.get(name)

    def whole(self, name: str, default: int, code: int, *, least: int = 0) -> int:
        """A whole number of at least `least`."""
        value = self._element.get(name)
        if value is None:
            return default
        if value.strip().isdecimal() and int(value) >= least:
            return int(value)
        self._bad(name, value, code)
        return default

    def flag(self, name: str, code: int, *, default: bool) -> bool:
        """`true` or `false`."""
        value = self._element.get(name)
        if value is None:
            return default
        if value in {"true", "false"}:
            return value == "true"
        self._bad(name, value, code)
        return default

    def choice(self, name: str, allowed: tuple[str, ...], default: str, code: int = 12200) -> str:
        """One of a few words."""
        value = self._element.get(name, default)
        if value in allowed:
            return value
        self._bad(name, value, code)
        return default

    def method(self, name: str, code: int, default: str = "POST") -> str:
        """`GET` or `POST`."""
        value = self._element.get(name, default).upper()
        if value in {"GET", "POST"}:
            return value
        self._bad(name, value, code)
        return default

    def events(self, name: str, allowed: tuple[str, ...], default: frozenset[str]) -> frozenset[str]:
        """Event names separated by spaces."""
        value = self._element.get(name)
        if value is None:
            return default
        for word in value.split():
            if word not in allowed:
                self._bad(name, word, 12200)
        return frozenset(value.split()) & frozenset(allowed)

    def _bad(self, name: str, value: str, code: int) -> None:
        self._warn(code, f"{name}={value!r} makes no sense in <{self._element.tag}>; the default is taken")
