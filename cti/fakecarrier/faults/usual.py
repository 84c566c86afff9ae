"""The usual faults: what a bad day on the real carrier looks like, for long runs of everything at once.

Nothing here may cost a caller: documents are late, doubled, or answered in vain (the fallback asks again); callbacks
are late, doubled, out of order, missing, an hour late; REST is slow, cut off, refused for crowding, or fails after the
deed.
"""

from pathlib import Path

import msgspec

from cti.fakecarrier.faults.plan import FaultPlan, RestFault, WebhookFault

USUAL = FaultPlan(
    webhooks=(
        WebhookFault(
            door="^(?!.*fallback)",
            kind="document",
            delay_ms=(0, 200),
            duplicate=0.02,
            duplicate_gap_ms=(10, 400),
            slow=0.01,
            slow_ms=(200, 800),
            lost_reply=0.005,
        ),
        WebhookFault(
            door="",
            kind="callback",
            delay_ms=(0, 400),
            duplicate=0.03,
            duplicate_gap_ms=(10, 3000),
            reorder=0.05,
            reorder_within_ms=1500,
            drop=0.01,
            slow=0.01,
            slow_ms=(200, 1500),
            lost_reply=0.01,
            late=0.01,
            late_by_s=3600,
        ),
    ),
    rest=(
        RestFault(path="", method="GET", slow=0.05, slow_ms=(300, 1500), lost_reply=0.005, server_error=0.005),
        RestFault(path="", method="POST", slow=0.05, slow_ms=(300, 1500), lost_reply=0.01, server_error=0.01),
    ),
    rest_concurrent_max=25,
    read_delay_ms=300,
    media_delay_ms=1500,
)


def plan_named(name: str) -> FaultPlan:
    """The usual faults for the word `usual`, or else the plan in the file of that name (ValueError if it is none)."""
    if name == "usual":
        return USUAL
    try:
        return msgspec.json.decode(Path(name).read_bytes(), type=FaultPlan)
    except (OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"{name}: {error}") from error
