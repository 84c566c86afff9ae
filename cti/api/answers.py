"""The answer that a request already has, for a desktop that asks again because it lost the connection."""

from collections.abc import Sequence

import msgspec

from cti.api.ports import Delivery, Position
from cti.views.frames import Done, Refused

_answer = msgspec.json.Decoder(Done | Refused)


def find_answer(deliveries: Sequence[Delivery], request_id: str) -> tuple[Position, Done | Refused] | None:
    """The newest answer to a request among an agent's frames, and where it stands."""
    needle = request_id.encode()
    for delivery in reversed(deliveries):
        if needle in delivery.frame:
            try:
                frame = _answer.decode(delivery.frame)
            except msgspec.ValidationError:
                continue  # another frame, which happens to hold the same text
            if frame.request_id == request_id:
                return delivery.position, frame
    return None
