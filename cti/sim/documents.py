"""What the server answers a carrier with, here: a plan with its leg and nonce, in bytes as they are stored."""

import msgspec

from cti.core.plan import Door, Plan
from cti.core.states import Outcome


class Document(msgspec.Struct, frozen=True):
    """A plan for a leg. Its nonce goes into every address that the carrier comes back to. `endpoint` is whom a plan
    that forwards the leg rings."""

    plan: Plan
    leg_id: str
    nonce: int
    endpoint: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A leg asks what to do: a call that arrives (door VOICE), or a known leg at one of our doors. `told` are the
    digits, why the leg left a waiting room or a call, or which message it left; `answered_by` what was made out to have
    answered."""

    door: Door
    ref: str
    leg_id: str = ""
    nonce: int = 0
    told: str = ""
    answered_by: Outcome | None = None
    from_number: str = ""
    to_number: str = ""


class Holding(msgspec.Struct, frozen=True):
    """Something to hear, then the same question again: what a caller gets while nothing can be recorded."""

    resume: Request


Answer = Document | Holding


class Documents:
    """The renderer of the simulated carrier. Plans come again and again, so each is encoded once."""

    def __init__(self) -> None:
        self._texts: dict[Plan, str] = {}
        self._plans: dict[str, Plan] = {}

    def document(self, plan: Plan, leg_id: str, nonce: int, endpoint: str = "") -> str:
        """A plan as the bytes that are stored and sent."""
        text = self._texts.get(plan)
        if text is None:
            text = self._texts[plan] = msgspec.json.encode(plan).decode()
            self._plans[text] = plan
        return f"{leg_id} {nonce} {endpoint} {text}"

    def read(self, text: str) -> Document:
        """The plan again."""
        leg_id, nonce, endpoint, plan = text.split(" ", 3)
        return Document(self._plans[plan], leg_id, int(nonce), endpoint)
