"""A machine that picks up where nobody is: it talks, records, and hangs up. It never presses a key."""

from cti.sim.carrier import Carrier
from cti.sim.line import Line
from cti.sim.nature import Nature

RECORDS_MS = 20_000, 60_000


class Voicemail:
    """Holds the line instead of the agent."""

    def __init__(self, nature: Nature, carrier: Carrier, line: Line) -> None:
        nature.after(*RECORDS_MS, lambda: carrier.hang_up(line))

    def heard_menu(self, line: Line) -> None:
        """Recorded."""

    def bridged(self, line: Line) -> None:
        """Recorded."""

    def parted(self, line: Line) -> None:
        """Recorded, too."""

    def moved(self, line: Line) -> None:
        """Recorded."""

    def ended(self, line: Line) -> None:
        """There is a message."""
