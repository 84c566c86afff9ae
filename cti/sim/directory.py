"""Who has which number. Slow or silent at times, as somebody else's system is."""

from collections.abc import Callable

from cti.core.commands import LookUpCustomer
from cti.core.events import Customer, CustomersFound
from cti.core.ports import Result
from cti.sim.nature import Nature

LOOK_UP_MS = 2_000


class Directory:
    """Answers by the last digit of the number: nobody, one person, or several."""

    def __init__(self, nature: Nature) -> None:
        self._nature = nature

    def find(self, command: LookUpCustomer, done: Callable[[Result], None]) -> None:
        """Look the number up; some day `done` hears of it."""
        nature = self._nature
        if nature.strikes("directory_slow"):
            late = Result("failed", code="TIMEOUT", detail="the directory took too long")
            nature.timeline.after(LOOK_UP_MS, lambda: done(late))
        elif nature.strikes("directory_failed"):
            nature.after(1, 500, lambda: done(Result("failed", code="FAILED", detail="the directory is broken")))
        else:
            latest_ms = LOOK_UP_MS - 50 if nature.chance(0.1) else 80
            nature.after(1, latest_ms, lambda: done(self._found(command)))

    def _found(self, command: LookUpCustomer) -> Result:
        count = int(command.number[-1]) % 3
        found = tuple(
            Customer(customer_id=f"{command.number[-4:]}-{place}", name=f"Customer {place}") for place in range(count)
        )
        return Result("done", (CustomersFound(contact_id=command.contact_id, matches=found, count=count),))
