"""The words for where things stand, and for why they ended."""

from enum import StrEnum


class Direction(StrEnum):
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class PartyRole(StrEnum):
    CUSTOMER = "CUSTOMER"
    AGENT = "AGENT"
    SUPERVISOR = "SUPERVISOR"
    EXTERNAL = "EXTERNAL"


class ContactState(StrEnum):
    SCHEDULED = "SCHEDULED"  # a callback that is not due yet
    DIALLING = "DIALLING"  # we ring the customer, or are about to, and one agent waits for that
    IN_FLOW = "IN_FLOW"
    QUEUED = "QUEUED"
    CONNECTING = "CONNECTING"  # an agent is in the room, the caller is being moved
    CONNECTED = "CONNECTED"
    FORWARDED = "FORWARDED"  # sent on to an outside number
    ENDED = "ENDED"


class LegState(StrEnum):
    INITIATED = "INITIATED"
    ALERTING = "ALERTING"
    CONNECTED = "CONNECTED"
    HELD = "HELD"
    ENDED = "ENDED"


class LeaveResult(StrEnum):
    """How a leg came out of the carrier's waiting room, or of a call."""

    REDIRECTED = "redirected"  # we moved it
    HUNG_UP = "hung_up"
    LEFT = "left"  # a document told it to
    BRIDGED = "bridged"
    FULL = "full"
    FAILED = "failed"
    BUSY = "busy"  # the outside number it was sent on to
    NO_ANSWER = "no_answer"


class OfferState(StrEnum):
    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class AssignmentState(StrEnum):
    RESERVED = "RESERVED"
    BUSY = "BUSY"
    WRAP_UP = "WRAP_UP"


class Presence(StrEnum):
    SIGNED_OUT = "SIGNED_OUT"
    SIGNED_IN = "SIGNED_IN"
    ABSENT = "ABSENT"  # signed in, but no desktop is connected any more


class AgentState(StrEnum):
    """Derived from presence, work mode and assignments: what people call an agent's state."""

    SIGNED_OUT = "SIGNED_OUT"
    NOT_READY = "NOT_READY"
    READY = "READY"
    RESERVED = "RESERVED"
    BUSY = "BUSY"
    WRAP_UP = "WRAP_UP"


class EndCause(StrEnum):
    """Why a leg or a contact ended. Carriers' codes are mapped to these in their adapters."""

    CALLER_HUNG_UP = "CALLER_HUNG_UP"
    AGENT_HUNG_UP = "AGENT_HUNG_UP"
    FLOW_ENDED = "FLOW_ENDED"
    TRANSFERRED = "TRANSFERRED"
    NORMAL = "NORMAL"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    UNREACHABLE = "UNREACHABLE"
    FAILED = "FAILED"
    LOST_SIGHT = "LOST_SIGHT"  # the carrier no longer knows it
    QUARANTINED = "QUARANTINED"


class WithdrawReason(StrEnum):
    NOT_ACKNOWLEDGED = "NOT_ACKNOWLEDGED"
    NOT_WANTED = "NOT_WANTED"  # the agent who asked for help needs it no more
    AGENT_LEFT = "AGENT_LEFT"
    AGENT_HUNG_UP = "AGENT_HUNG_UP"  # before the caller was there
    CALLER_LEFT = "CALLER_LEFT"
    LEG_FAILED = "LEG_FAILED"
    BRIDGE_FAILED = "BRIDGE_FAILED"
    FORCED = "FORCED"
    NOT_HELD = "NOT_HELD"  # the customer would have overheard it
    NOT_REACHED = "NOT_REACHED"  # the customer whom the agent called
    SOONER = "SOONER"  # another agent can be there before this one's telephone even rings


class TransferKind(StrEnum):
    BLIND = "BLIND"
    ATTENDED = "ATTENDED"


class PartyState(StrEnum):
    """How far somebody who is asked into a conversation has come."""

    ASKED = "ASKED"
    RINGING = "RINGING"
    HERE = "HERE"


class SupervisorMode(StrEnum):
    MONITOR = "MONITOR"
    WHISPER = "WHISPER"
    BARGE = "BARGE"


class RecordingAction(StrEnum):
    START = "START"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    STOP = "STOP"


class RecordingState(StrEnum):
    OFF = "OFF"
    ASKED = "ASKED"
    ON = "ON"
    PAUSED = "PAUSED"


class Outcome(StrEnum):
    """What a dialled attempt came to, by the system. What the agent says of it is a disposition."""

    HUMAN = "HUMAN"
    MACHINE = "MACHINE"
    FAX = "FAX"
    BUSY = "BUSY"
    NO_ANSWER = "NO_ANSWER"
    INVALID = "INVALID"
    FAILED = "FAILED"
    BLOCKED = "BLOCKED"
    ABANDONED = "ABANDONED"
    UNKNOWN = "UNKNOWN"


class LeadStatus(StrEnum):
    """Where a lead stands in a campaign. Of those to be called NEW were not yet; CLAIMED are with the dialer just
    now."""

    NEW = "NEW"
    CLAIMED = "CLAIMED"
    RETRY = "RETRY"
    CALLBACK = "CALLBACK"
    DONE = "DONE"
    SUPPRESSED = "SUPPRESSED"
