"""What every event is."""

from cti.core.base import Message


class Event(Message):
    """Something that happened. The only thing that changes state."""
