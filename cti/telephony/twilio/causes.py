"""The carrier's words for ends and partings, in ours. Its own words travel along, for reports."""

from cti.core.states import EndCause, LeaveResult, Outcome

ENDED = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})

_BY_STATUS = {
    "completed": EndCause.NORMAL,
    "busy": EndCause.BUSY,
    "no-answer": EndCause.NO_ANSWER,
    "canceled": EndCause.CANCELLED,
    "failed": EndCause.FAILED,
}

# What a SIP answer says more exactly than `busy` and `failed` do.
_BY_SIP_CODE = {
    403: EndCause.REJECTED,
    404: EndCause.UNREACHABLE,
    408: EndCause.NO_ANSWER,
    410: EndCause.UNREACHABLE,
    480: EndCause.UNREACHABLE,
    484: EndCause.UNREACHABLE,
    486: EndCause.BUSY,
    502: EndCause.UNREACHABLE,
    503: EndCause.UNREACHABLE,
    600: EndCause.BUSY,
    603: EndCause.REJECTED,
    604: EndCause.UNREACHABLE,
    607: EndCause.REJECTED,
    608: EndCause.REJECTED,
}

_BY_REASON_LEFT = {
    "participant_hung_up": EndCause.NORMAL,
    "participant_updated_via_api": EndCause.TRANSFERRED,
    "moderator_ended_conference": EndCause.CANCELLED,
    "conference_ended_via_api": EndCause.CANCELLED,
}

_BY_QUEUE_RESULT = {
    "bridged": LeaveResult.BRIDGED,
    "bridging-in-process": LeaveResult.FAILED,
    "error": LeaveResult.FAILED,
    "system-error": LeaveResult.FAILED,
    "hangup": LeaveResult.HUNG_UP,
    "leave": LeaveResult.LEFT,
    "redirected": LeaveResult.REDIRECTED,
    "redirected-from-bridged": LeaveResult.REDIRECTED,
    "queue-full": LeaveResult.FULL,
}

# After a room the carrier says `answered`; `completed` is what it says after other bridges.
_DIALLED_WELL = frozenset({"answered", "completed"})

_BY_DIAL_STATUS = {"busy": LeaveResult.BUSY, "no-answer": LeaveResult.NO_ANSWER}


_BY_ANSWERED_BY = {"human": Outcome.HUMAN, "fax": Outcome.FAX}


def answered_by(word: str) -> Outcome:
    """Who or what has answered. A machine is one from its greeting's start to its beep."""
    if word.startswith("machine_"):
        return Outcome.MACHINE
    return _BY_ANSWERED_BY.get(word, Outcome.UNKNOWN)


def ended(status: str, sip_code: int = 0) -> EndCause:
    """Why a leg is over, from its final status and, for one that failed, the SIP answer (0 if there was none)."""
    cause = _BY_STATUS.get(status, EndCause.FAILED)
    if cause in (EndCause.BUSY, EndCause.FAILED):
        return _BY_SIP_CODE.get(sip_code, cause)
    return EndCause.REJECTED if cause is EndCause.NO_ANSWER and sip_code == 603 else cause


def left_room(reason: str, participant_status: str = "") -> EndCause:
    """Why a leg is out of a room. One that never came in (`participant_add_failed`) tells by its status."""
    cause = _BY_REASON_LEFT.get(reason)
    return cause or (ended(participant_status) if participant_status in ENDED else EndCause.FAILED)


def left_waiting_room(queue_result: str) -> LeaveResult:
    """Why a leg comes back from the waiting room."""
    return _BY_QUEUE_RESULT.get(queue_result, LeaveResult.FAILED)


def left_call(dial_status: str, call_status: str) -> LeaveResult:
    """`BRIDGED` is a leg that was in the call and is still on the line."""
    if call_status in ENDED:
        return LeaveResult.HUNG_UP
    return LeaveResult.BRIDGED if dial_status in _DIALLED_WELL else LeaveResult.FAILED


def came_back(dial_status: str, call_status: str) -> LeaveResult:
    """Why a leg comes back from an outside number. `BRIDGED` is one that talked there and is still on the line."""
    result = left_call(dial_status, call_status)
    return _BY_DIAL_STATUS.get(dial_status, result) if result is LeaveResult.FAILED else result
