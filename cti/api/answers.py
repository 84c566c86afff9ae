"""The answer that a request already has, for who asks again because the connection was lost."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cti.api.ports import Delivery, Position


def find_answer(
    deliveries: Sequence[Delivery], request_id: str, answers: "msgspec.json.Decoder[Any]"
) -> tuple[Position, Any] | None:
    """The newest answer to a request among what somebody was told, and where it stands. `answers` decodes answers and
    nothing else."""
    needle = request_id.encode()
    for delivery in reversed(deliveries):
        if needle in delivery.frame:
            try:
                frame = answers.decode(delivery.frame)
            except msgspec.ValidationError:
                continue  # another frame, which happens to hold the same text
            if frame.request_id == request_id:
                return delivery.position, frame
    return None
