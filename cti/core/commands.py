"""What the core asks the world for. A command changes no state; the report that comes back does.

`effect` says how a command may be repeated. DIAL: at most once, in doubt it is reconciled, never blindly repeated.
LEG: idempotent on an existing leg, repeated while it is still wanted. QUERY: may be asked again at any time.
"""

from enum import StrEnum
from typing import ClassVar

from cti.core.base import Message
from cti.core.calling import Subject
from cti.core.leads import ClaimSpec
from cti.core.plan import Plan
from cti.core.states import RecordingAction


class Effect(StrEnum):
    DIAL = "DIAL"
    LEG = "LEG"
    QUERY = "QUERY"


class Command(Message):
    """A request to the world, carried out only after the record that holds it is durable."""

    effect: ClassVar[Effect] = Effect.LEG


class Originate(Command):
    """Ring `endpoint` and put it into the room `call_id`. The leg's id is its label there: the mark by which an
    uncertain request is found again. A `screened` leg is first asked, at door SCREEN, who has answered; one that a
    campaign `called` asks at door ANSWERED, and its carrier may `detect`, first or beside that, what answers: a machine
    only once it has said its piece, `to_beep`. `coaches` is the carrier's reference of the one leg that hears this one.
    After `leave_by` (ms; 0: whenever) it must not be sent any more: what it was cleared by may no
    longer hold."""

    effect: ClassVar[Effect] = Effect.DIAL
    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    call_id: str
    caller_id: str
    timeout_s: int
    endpoint: str = ""
    ends_call: bool = False
    screened: bool = False
    muted: bool = False
    coaches: str = ""
    leave_by: int = 0
    called: bool = False
    detect: str = "off"
    to_beep: bool = False


class RedirectLeg(Command):
    """Give a live leg a new plan at once, whatever it is doing. `endpoint` is where a plan that forwards it leads."""

    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    provider_ref: str
    plan: Plan
    nonce: int
    endpoint: str = ""


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


class KeepCall(Command):
    """Whether the room ends when this leg leaves it."""

    leg_id: str
    provider_ref: str
    call_id: str
    ends_call: bool


class SendDigits(Command):
    """Play tones to one leg in a room."""

    personal: ClassVar[tuple[str, ...]] = ("digits",)
    leg_id: str
    provider_ref: str
    call_id: str
    digits: str = ""


class CoachLeg(Command):
    """How a supervisor's leg takes part: heard by nobody, by one leg (`coaches`, the carrier's reference), by all."""

    leg_id: str
    provider_ref: str
    call_id: str
    muted: bool
    coaches: str = ""


class RecordLeg(Command):
    """Start, pause, resume or stop recording a leg. What is on already is not begun
    again."""

    leg_id: str
    provider_ref: str
    action: RecordingAction
    recording_id: str = ""


class CheckRecordings(Command):
    """Ask the carrier which recordings of a leg there are; the answer is `RecordingsChecked`."""

    effect: ClassVar[Effect] = Effect.QUERY
    leg_id: str
    provider_ref: str


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


class GatherCallFacts(Command):
    """Ask what is known of a number that is to be rung: which lists it is on (the registries in these versions, by id),
    the person's other numbers, and earlier calls to any of them and to those it is for. The answer is
    `CallFactsGathered`; as of a record before `since_seq` it is of no use."""

    effect: ClassVar[Effect] = Effect.QUERY
    personal: ClassVar[tuple[str, ...]] = ("number", "subject")
    dial_id: str
    campaign_id: str
    seller: str
    number: str = ""
    subject: Subject | None = None
    registries: tuple[tuple[str, str], ...] = ()
    since_seq: int = 0


class FindSuppression(Command):
    """Ask which entries of our own lists say this, and are in force; but for `entry_id`, which was added just now.
    `persons`: and whose number it is. The answer is `SuppressionFound`, which repeats the question, and the record
    `asked_seq` in which it came up."""

    effect: ClassVar[Effect] = Effect.QUERY
    personal: ClassVar[tuple[str, ...]] = ("value", "reason")
    scope: str
    value: str = ""
    campaign_id: str = ""
    seller: str = ""
    entry_id: str = ""
    reason: str = ""
    by: str = ""
    request_id: str = ""
    since_seq: int = 0
    asked_seq: int = 0
    origin: str = "api"
    persons: bool = False


class ClaimLeads(Command):
    """Ask for leads of whom a campaign may call at `due_by` (ms); the answer is `LeadsClaimed`. As of a record before
    `since_seq` it may be of no use; who is `excluding` is not wanted, for the campaign has them. Behind promised calls
    those come first who were never called and whose priority is `above` this one; with `only_first` nobody else."""

    effect: ClassVar[Effect] = Effect.QUERY
    campaign_id: str
    claim_id: str
    leads_max: int
    due_by: int = 0
    spec: ClaimSpec = ClaimSpec()
    excluding: tuple[str, ...] = ()
    since_seq: int = 0
    above: int | None = None
    only_first: bool = False


AnyCommand = (
    Originate
    | RedirectLeg
    | HangUpLeg
    | HoldLeg
    | MuteLeg
    | KeepCall
    | SendDigits
    | CoachLeg
    | RecordLeg
    | CheckRecordings
    | EndCall
    | CheckLeg
    | LookUpCustomer
    | GatherCallFacts
    | FindSuppression
    | ClaimLeads
)
