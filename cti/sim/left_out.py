"""The server without one of its guards, as long as a world lasts."""

from collections.abc import Iterator
from contextlib import contextmanager

from cti.sim.calling.left_out import CHANGES as OF_CALLS
from cti.sim.campaigns.left_out import CHANGES as OF_CAMPAIGNS
from cti.sim.guards import Guard

CHANGES = OF_CALLS | OF_CAMPAIGNS


@contextmanager
def left_out(without: Guard | None) -> Iterator[None]:
    """As long as this lasts, the server is without the guard; as it is otherwise."""
    changes = CHANGES[without]() if without in CHANGES else []
    before = [(place, name, getattr(place, name)) for place, name, _ in changes]
    try:
        for place, name, other in changes:
            setattr(place, name, other)
        yield
    finally:
        for place, name, own in before:
            setattr(place, name, own)
