"""The fault plan as it is written: JSON, checked strictly, replaced as a whole by the control interface."""

import re
from typing import Annotated, Literal

import msgspec

from cti.fakecarrier.spans import Range, check_ranges

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0)]


class WebhookFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with requests to doors that `door` (a regular expression, searched in the URL's path) finds.

    Of several rules the first that matches applies. `times` is how many requests it may touch; None means all.
    `kind` narrows it to documents or to callbacks. `drop`, `late` and the reordering touch callbacks only: a document
    that is never asked for would be no call. What is late comes after `late_by_s`, when all may be over.
    """

    door: str
    kind: Literal["document", "callback"] | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    delay_ms: Range = 0
    duplicate: Probability = 0.0
    duplicate_gap_ms: Range = 0
    reorder: Probability = 0.0
    reorder_within_ms: Milliseconds = 500
    drop: Probability = 0.0
    slow: Probability = 0.0
    slow_ms: Range = 1000
    lost_reply: Probability = 0.0
    late: Probability = 0.0
    late_by_s: Range = 3600

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        check_pattern(self.door)
        check_ranges(late_by_s=self.late_by_s)
        check_ranges(delay_ms=self.delay_ms, duplicate_gap_ms=self.duplicate_gap_ms, slow_ms=self.slow_ms)


class RestFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with REST requests whose path `path` finds and whose method is `method` (None: any).

    `lost_reply` and `server_error` come after the request was carried out. Of the replies a share of `slow` comes
    after `slow_ms`, and can be overtaken by callbacks.
    """

    path: str
    method: str | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None
    slow_ms: Range = 0
    lost_reply: Probability = 0.0
    slow: Probability = 1.0
    server_error: Probability = 0.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        check_pattern(self.path)
        check_ranges(slow_ms=self.slow_ms)


class FaultPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that goes wrong. `rest_concurrent_max`: more requests at once get 429 and are not carried out.
    `read_delay_ms`: GET on calls shows the world as it was that long ago. `media_delay_ms`: a recording said to be
    complete cannot be fetched for so much longer.
    """

    seed: int | None = None
    webhooks: tuple[WebhookFault, ...] = ()
    rest: tuple[RestFault, ...] = ()
    rest_concurrent_max: Annotated[int, msgspec.Meta(ge=0)] | None = None
    read_delay_ms: Milliseconds = 0
    media_delay_ms: Milliseconds = 0


def check_pattern(pattern: str) -> None:
    """ValueError unless this is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
