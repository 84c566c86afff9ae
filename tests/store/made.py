"""Records of a journal, made by hand."""

from cti.core.events import AnyEvent, CallArrived, ContactClosed, ContactStarted
from cti.core.record import TurnRecord
from cti.core.states import Direction, EndCause

SITE = "main"
ARRIVED_AT = 1_700_000_000_000
LENGTH_MS = 60_000


def record(seq: int, *events: AnyEvent, site: str = SITE) -> TurnRecord:
    return TurnRecord(
        site=site,
        epoch=1,
        seq=seq,
        at=ARRIVED_AT + seq,
        actor="carrier",
        source_key=f"voice:{seq}",
        logic="1",
        config_hash="c",
        input=CallArrived(provider="twilio", provider_ref=f"CA{seq}", to_number="+4930111111"),
        events=events,
        commands=(),
    )


def started(contact_id: str, from_number: str = "+4930123456", to_number: str = "+4930111111") -> ContactStarted:
    return ContactStarted(
        contact_id=contact_id,
        direction=Direction.INBOUND,
        leg_id=f"{contact_id}-leg",
        to_number=to_number,
        from_number=from_number,
    )


def closed(contact_id: str, **told: object) -> ContactClosed:
    return ContactClosed(
        **{
            "contact_id": contact_id,
            "direction": Direction.INBOUND,
            "cause": EndCause.CALLER_HUNG_UP,
            "outcome": "connected",
            "arrived_at": ARRIVED_AT,
            "ended_at": ARRIVED_AT + LENGTH_MS,
        }
        | told
    )
