"""Callers: where they call, what they press, and how long they stay."""

from enum import StrEnum

from cti.sim.carrier import Carrier
from cti.sim.centre import ACCOUNT_KEYS, CLUB, MAIN, MAIN_KEYS, NIGHT, UNKNOWN
from cti.sim.line import Line
from cti.sim.nature import Nature

WITHHELD = ("anonymous", "restricted", "", "sip:bob@example.com", "+266696687")


class Persona(StrEnum):
    """What kind of caller it is."""

    PATIENT = "patient"
    LEAVES_MENU = "leaves in the menu"
    LEAVES_QUEUE = "leaves in the queue"
    SILENT = "presses nothing"
    TYPES_AHEAD = "types ahead"
    WRONG_KEYS = "presses wrong keys"


PERSONAS = (*[Persona.PATIENT] * 6, Persona.LEAVES_MENU, *[Persona.LEAVES_QUEUE] * 2, Persona.SILENT,
            Persona.TYPES_AHEAD, Persona.WRONG_KEYS)  # fmt: skip

NUMBERS = (*[MAIN] * 8, *[CLUB] * 3, NIGHT, UNKNOWN)

PATIENCE_MS = 200_000
_PATIENCE_MS = {Persona.LEAVES_MENU: (100, 9_000), Persona.LEAVES_QUEUE: (6_000, 40_000)}
STAYS_ALONE_MS = 25_000
"""Long enough on a dead line for it to be noticed."""


def _own_number(nature: Nature) -> str:
    return nature.pick(WITHHELD) if nature.chance(0.15) else f"+1617555{nature.between(1_000, 9_999)}"


class Caller:
    """One call's worth of a person, who calls from `number`, or from anywhere."""

    def __init__(self, nature: Nature, carrier: Carrier, number: str = "") -> None:
        self._nature = nature
        self._carrier = carrier
        self._persona = nature.pick(PERSONAS)
        self._talking = False
        self._menus = 0
        self.line = carrier.call(number or _own_number(nature), nature.pick(NUMBERS), self)
        nature.after(*self._patience_ms(), self._give_up)
        if self._persona is Persona.TYPES_AHEAD:
            nature.after(100, 3_000, lambda: carrier.press(self.line, nature.pick(MAIN_KEYS)))

    def _patience_ms(self) -> tuple[int, int]:
        return _PATIENCE_MS.get(self._persona, (30_000, PATIENCE_MS))

    def _give_up(self) -> None:
        if not self._talking:
            self._carrier.hang_up(self.line)

    # The line

    def heard_menu(self, line: Line) -> None:
        """Somebody listens: press what comes to mind."""
        nature = self._nature
        self._menus += 1
        if self._persona is Persona.SILENT or line.listening is None:
            return
        if line.listening.verb.digits_max > 1:
            keys = ACCOUNT_KEYS[: nature.between(1, 7)] + nature.pick(("#", ""))
        elif self._persona is Persona.WRONG_KEYS and self._menus < 3:
            keys = nature.pick("0789*#")
        else:
            keys = nature.pick(MAIN_KEYS)
        at_ms = nature.between(50, 6_000)
        for key in keys:
            nature.timeline.after(at_ms, lambda key=key: self._carrier.press(line, key))  # type: ignore[misc]
            at_ms += nature.between(50, 600)

    def bridged(self, line: Line) -> None:
        """Talk for a while; some have thought better of it at once."""
        self._talking = True
        lowest_ms, highest_ms = (1, 300) if self._nature.chance(0.1) else (2_000, 80_000)
        self._nature.after(lowest_ms, highest_ms, lambda: self._carrier.hang_up(line))

    def parted(self, line: Line) -> None:
        """Alone on the line: say hello a few times, or wait for what comes."""
        self._talking = False
        if self._nature.chance(0.5):
            self._nature.after(500, 5_000, lambda: self._carrier.hang_up(line))
        else:
            self._nature.timeline.after(STAYS_ALONE_MS, lambda: self._carrier.hang_up(line))

    def moved(self, line: Line) -> None:
        """Given to somebody else: some wait for that, some do not."""
        self._talking = False
        self._nature.after(500, 120_000 if self._nature.chance(0.7) else 5_000, self._give_up)

    def ended(self, line: Line) -> None:
        """Good bye."""
