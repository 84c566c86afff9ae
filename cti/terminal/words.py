"""What machines say, as people say it. What is not known here is shown as it came, without underlines."""

from cti.client import Refused

MINUTE_S = 60
HOUR_S = 3_600

_STATES = {
    "SIGNED_OUT": "SIGNED OUT",
    "NOT_READY": "NOT READY",
    "WRAP_UP": "WRAP-UP",
}

_CAUSES = {
    "CALLER_HUNG_UP": "the customer hung up",
    "AGENT_HUNG_UP": "the agent hung up",
    "FLOW_ENDED": "the menu came to its end",
    "NORMAL": "hung up",
    "LOST_SIGHT": "the carrier no longer knows the call",
}


def plain(word: str) -> str:
    """`back_office` is back office."""
    return word.replace("_", " ").strip()


def state_in_words(state: str, reason: str = "") -> str:
    """A state in capitals, so that it is found without colours, and why."""
    words = _STATES.get(state, plain(state))
    return f"{words} ({plain(reason)})" if state == "NOT_READY" and reason else words


def cause_in_words(cause: str) -> str:
    """Why a leg ended."""
    return _CAUSES.get(cause, plain(cause).lower())


def span(ms: float) -> str:
    """`0:07`, `12:30`, `1:02:03`; what is not yet so counts as 0."""
    seconds = max(0, int(ms // 1_000))
    hours, minutes = seconds // HOUR_S, seconds % HOUR_S // MINUTE_S
    if hours:
        return f"{hours}:{minutes:02}:{seconds % MINUTE_S:02}"
    return f"{minutes}:{seconds % MINUTE_S:02}"


def since(at: int, now: float) -> str:
    """How long ago (ms), or nothing if it did not happen."""
    return span(now - at) if at else ""


def left(until: int, now: float) -> str:
    """How long still (ms), rounded up, so that 0:00 means over."""
    return span(until - now + 999) if until else ""


def count(number: int, one: str, many: str) -> str:
    """`1 agent`, `2 agents`."""
    return f"{number} {one if number == 1 else many}"


def refusal(refused: Refused) -> str:
    """The server's own words say what to do instead."""
    return f"Not done: {refused.detail or plain(refused.code)}"
