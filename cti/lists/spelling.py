"""One number as somebody wrote it, to the integer that lists are made of."""

import re
from collections.abc import Callable

from cti.lists.country import country

Normalise = Callable[[str], str]
"""Takes a number as somebody wrote it, returns it in E.164; raises `ValueError` with the reason."""

BETWEEN = b' ()-"'
"""What people write between digits and what means nothing. A point is not among them: a spreadsheet's 441632960000.0 is
no number."""
WITHOUT_BETWEEN = dict.fromkeys(BETWEEN)
E164 = re.compile(r"\+[1-9][0-9]{4,14}")


class Spelling:
    """Reads what is plain in the region at a glance, and leaves everything else to `normalise`, which knows the region,
    too."""

    def __init__(self, normalise: Normalise, region: str) -> None:
        self._normalise = normalise
        self._country = country(region)

    def all_at_a_glance(self, lines: bytes, count: int) -> list[int] | None:
        """The numbers of so many lines, all of which end with a line feed but perhaps the last; None when one of them
        is not plain."""
        # A minus at the beginning says that the number is to be removed.
        if self._country is None or lines.startswith(b"-") or b"\n-" in lines:
            return None
        found = self._country.plain.findall(lines.translate(None, BETWEEN).decode("latin-1"))
        code = self._country.code
        return [int(code + rest) for rest in found] if len(found) == count else None

    def listed(self, written: str) -> int:
        """A number that stands alone. Raises `ValueError` with the reason."""
        return self._read(written, self._country.plain if self._country else None)

    def changed(self, written: str) -> tuple[int, bool]:
        """A number after a sign, and whether the sign is a plus. Raises `ValueError` with the reason."""
        sign, rest = written[:1], written[1:].strip()
        if sign not in ("+", "-"):
            raise ValueError("it begins neither with + nor with -")
        return self._read(rest, self._country.changed if self._country else None), sign == "+"

    def is_listed(self, written: str) -> bool:
        """Whether it is a number that stands alone."""
        try:
            self.listed(written)
        except ValueError:
            return False
        return True

    def is_changed(self, written: str) -> bool:
        """Whether it is a number, perhaps after a sign."""
        return self.is_listed(written[1:] if written.startswith(("+", "-")) else written) or self.is_listed(written)

    def _read(self, written: str, plain: re.Pattern[str] | None) -> int:
        if not written:
            raise ValueError("there is no number")
        if written.startswith("-"):
            raise ValueError("it begins with a minus sign")
        if self._country and plain and (found := plain.fullmatch(written.translate(WITHOUT_BETWEEN))):
            return int(self._country.code + found[1])
        number = self._normalise(written)
        if not E164.fullmatch(number):
            raise ValueError("it is no number in E.164")
        return int(number)
