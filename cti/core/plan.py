"""What a leg is to do next, in no carrier's language. An adapter turns a `Plan` into its own document.

A plan is a short list of verbs. Audio verbs play one after another; the last verb says where control goes.
Doors are the places a carrier comes back to: the adapter makes their addresses, with site, leg and nonce.
"""

from enum import StrEnum

import msgspec

from cti.core.base import FrozenMeta


class Door(StrEnum):
    """Where the carrier asks for the next plan. `docs/reference/doors.md` shows their addresses."""

    VOICE = "voice"  # a call arrives
    DIGITS = "digits"  # the caller pressed something
    NEXT = "next"  # the document ran out, nobody pressed
    WAIT = "wait"  # the waiting document ran out
    PARKED = "parked"  # the caller left the waiting room of the carrier
    JOINED = "joined"  # the caller left a call (room)
    ANSWERED = "answered"  # somebody whom a campaign called has answered
    SCREEN = "screen"  # a phone that we rang was answered: is it the agent?
    HELD = "held"  # what to hear on hold; asks about no leg in particular
    FORWARDED = "forwarded"  # the caller came back from an outside number
    RECORDED = "recorded"  # a message was left


OUTSIDE = (Door.JOINED, Door.FORWARDED)
"""Where a leg comes back from having been with somebody."""


class Verb(msgspec.Struct, metaclass=FrozenMeta, omit_defaults=True, tag_field="verb", tag=True):
    """One instruction of a plan."""


class Say(Verb, tag="say"):
    """Speak a text. `language` is a BCP 47 tag such as `en-GB`."""

    text: str
    language: str


class Play(Verb, tag="play"):
    """Play a recording, named by a path under the site's prompts or an https address."""

    audio: str
    loop: int = 1


class Pause(Verb, tag="pause"):
    seconds: int


class Collect(Verb, tag="collect"):
    """Listen for digits while and after `prompts` play. Digits come to door DIGITS; silence goes on with the plan."""

    prompts: tuple[Say | Play | Pause, ...]
    timeout_s: int
    digits_max: int
    finish_on_key: str = ""
    secret: bool = False


class GoOn(Verb, tag="go_on"):
    """Ask at `door` for the next plan."""

    door: Door


class Park(Verb, tag="park"):
    """Wait in the carrier's waiting room; it asks at door WAIT what to play, again and again."""


class Join(Verb, tag="join"):
    """Enter the room of `call_id`. Who comes into an empty one hears something to wait by. The room ends when a leg
    leaves that joined with `ends_call`. `beep`: those inside hear it come."""

    call_id: str
    ends_call: bool = False
    beep: bool = False


class Forward(Verb, tag="forward"):
    """Ring the endpoint that goes with the plan and talk to whoever answers; afterwards ask at door FORWARDED. Such
    dials do not count against the carrier's calls a second."""

    caller_id: str
    timeout_s: int = 30


class Record(Verb, tag="record"):
    """Record what the leg says, after a beep, until silence, a key or `seconds_max`; then ask at door RECORDED. Without
    a word the plan goes on."""

    seconds_max: int
    silence_s: int = 5
    finish_on_key: str = "#"


class HangUp(Verb, tag="hang_up"):
    """A flow's end."""


class Refuse(Verb, tag="refuse"):
    """Do not answer the call at all. `reason` is `busy` or `rejected`."""

    reason: str


AnyVerb = Say | Play | Pause | Collect | GoOn | Park | Join | Forward | Record | HangUp | Refuse


class Plan(msgspec.Struct, frozen=True):
    """The verbs of one document, in order."""

    verbs: tuple[AnyVerb, ...]
