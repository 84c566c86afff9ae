"""What the core asks the world for. A command changes no state; the report that comes back does.

`effect` says how a command may be repeated. DIAL: at most once, in doubt it is reconciled, never blindly repeated.
LEG: idempotent on an existing leg, repeated while it is still wanted. QUERY: may be asked again at any time.
"""

from enum import StrEnum
from typing import ClassVar

from cti.core.base import Message
from cti.core.plan import Plan


class Effect(StrEnum):
    DIAL = "DIAL"
    LEG = "LEG"
    QUERY = "QUERY"


class Command(Message):
    """A request to the world, carried out only after the record that holds it is durable."""

    effect: ClassVar[Effect] = Effect.LEG


class Originate(Command):
    """Ring `endpoint` and put it into the room `call_id`. The leg's id is its label there: the mark by which an
    uncertain request is found again."""

    effect: ClassVar[Effect] = Effect.DIAL
    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    call_id: str
    caller_id: str
    timeout_s: int
    endpoint: str = ""
    ends_call: bool = False


class RedirectLeg(Command):
    """Give a live leg a new plan at once, whatever it is doing."""

    leg_id: str
    provider_ref: str
    plan: Plan
    nonce: int


class HangUpLeg(Command):
    leg_id: str
    provider_ref: str


class HoldLeg(Command):
    leg_id: str
    provider_ref: str
    call_id: str
    held: bool


class MuteLeg(Command):
    leg_id: str
    provider_ref: str
    call_id: str
    muted: bool


class EndCall(Command):
    call_id: str


class CheckLeg(Command):
    """Ask the carrier whether a leg still lives, and whether it is in the room `call_id`; the answer is `LegChecked`,
    which repeats the `nonce` of the leg's plan."""

    effect: ClassVar[Effect] = Effect.QUERY
    leg_id: str
    provider_ref: str
    call_id: str = ""
    nonce: int = 0


class LookUpCustomer(Command):
    """Ask the directory who has this number; the answer is `CustomersFound`."""

    effect: ClassVar[Effect] = Effect.QUERY
    personal: ClassVar[tuple[str, ...]] = ("number",)
    contact_id: str
    number: str = ""


class ClaimLeads(Command):
    effect: ClassVar[Effect] = Effect.QUERY
    campaign_id: str
    claim_id: str
    leads_max: int


AnyCommand = Originate | RedirectLeg | HangUpLeg | HoldLeg | MuteLeg | EndCall | CheckLeg | LookUpCustomer | ClaimLeads
