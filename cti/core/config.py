"""The configuration as the rules read it: frozen, resolved, content-addressed. `cti.configuration` makes it from YAML.

Zone data is part of the configuration, so that a journal replays the same on a machine with other zone tables.
"""

from typing import Literal

from cti.core.base import Message, Record
from cti.core.calling import NO_CALLING, CallingConfig
from cti.core.plan import Pause, Play, Say
from cti.core.times import OpeningSpan, ZoneTable

Prompt = tuple[Say | Play | Pause, ...]


class HoursConfig(Record):
    """When something is open. `holidays` are local dates (ISO) on which it stays closed."""

    hours_id: str
    zone: str
    spans: tuple[OpeningSpan, ...] = ()
    holidays: tuple[str, ...] = ()


class SkillRequirement(Record, order=True):
    """A skill an agent must have, at `level` (1-5) or better."""

    skill: str
    level: int = 1


class QueueConfig(Record):
    """How a queue treats its callers. `contacts_max` waiting, then it is full; times in seconds. An agent on a phone
    hears `whisper` before taking a call; a caller hears `recording_notice` where conversations may be recorded. With
    `takes_itself` whoever has a line that stays up gets every call without being asked, after a tone.
    `disposition_kinds` says what a disposition means to the dialer, where it means anything: see
    `DispositionRecorded`."""

    queue_id: str
    name: str
    priority: int = 0
    contacts_max: int = 1000
    ring_s: int = 20
    wrap_up_s: int = 30
    music: Prompt = ()
    announce_position: bool = True
    announcement: str = "You are number {position} in line."
    language: str = "en-US"
    dispositions: tuple[str, ...] = ()
    disposition_kinds: dict[str, str] = {}
    whisper: Prompt = ()
    recording: Literal["never", "on_request", "always"] = "never"
    recording_notice: Prompt = ()
    takes_itself: bool = False


class Membership(Record):
    """An agent serves a queue. Rank 1 is served before rank 2."""

    queue_id: str
    rank: int = 1


class AgentConfig(Record):
    """`endpoint` is `client:<identity>` (softphone), `tel:+...` (any phone) or `sip:...`. `nailed_up`: one leg stays up
    from sign-in to sign-out. `desk`: is offered contacts only while a desktop is connected."""

    agent_id: str
    name: str
    endpoint: str
    memberships: tuple[Membership, ...] = ()
    skills: dict[str, int] = {}
    capacity: int = 1
    nailed_up: bool = False
    desk: bool = True


def qualifies(agent: AgentConfig, skills: tuple[SkillRequirement, ...]) -> bool:
    """Every skill at its level or better."""
    return all(agent.skills.get(needed.skill, 0) >= needed.level for needed in skills)


class SupervisorConfig(Record):
    """Who may listen to conversations, and on which phone; endpoints are as agents'."""

    supervisor_id: str
    name: str
    endpoint: str


class EntryPoint(Record):
    """A number of ours, bound to a flow."""

    number: str
    flow_id: str
    name: str = ""


class StepConfig(Message):
    """A step of a flow. `next` is where the caller goes afterwards."""


class PlayStep(StepConfig, tag="play"):
    """Play a recording or say a text, then go on."""

    prompt: Prompt
    next: str


class MenuStep(StepConfig, tag="menu"):
    """One key, one way. After `tries` silent or wrong answers the caller goes to `otherwise`."""

    prompt: Prompt
    choices: dict[str, str]
    otherwise: str
    invalid: Prompt = ()
    tries: int = 3
    timeout_s: int = 5


class CollectStep(StepConfig, tag="collect"):
    """Ask for a number of `digits_min` to `digits_max` digits and keep it as attribute `into`. Secret digits are kept
    in memory only; the journal carries a reference."""

    prompt: Prompt
    into: str
    digits_min: int
    digits_max: int
    next: str
    otherwise: str
    invalid: Prompt = ()
    finish_on_key: str = "#"
    tries: int = 3
    timeout_s: int = 5
    secret: bool = False


class HoursStep(StepConfig, tag="hours"):
    """Branch by opening hours."""

    hours_id: str
    open: str
    closed: str


class LookUpStep(StepConfig, tag="look_up"):
    """Wait, at most `wait_s`, until the caller's number was looked up; then branch."""

    known: str
    unknown: str
    wait_s: int = 5


class EnqueueStep(StepConfig, tag="enqueue"):
    """Wait in a queue for an agent with `skills`. `priority` adds to the queue's. A full queue goes to `full`."""

    queue_id: str
    full: str
    priority: int = 0
    skills: tuple[SkillRequirement, ...] = ()


class VoicemailStep(StepConfig, tag="voicemail"):
    """Take a message of up to `seconds_max`, then go on."""

    prompt: Prompt
    next: str
    seconds_max: int = 120
    silence_s: int = 5
    finish_on_key: str = "#"


class OptOutStep(StepConfig, tag="opt_out"):
    """Whoever comes here is not to be called any more: by nobody of ours (`whose` is `company`), or not for the seller
    for whom they were called (`seller`)."""

    next: str
    whose: Literal["company", "seller"] = "company"


class HangUpStep(StepConfig, tag="hang_up"):
    """The flow's end, after a last word."""

    prompt: Prompt = ()


AnyStep = (
    PlayStep | MenuStep | CollectStep | HoursStep | LookUpStep | EnqueueStep | VoicemailStep | OptOutStep | HangUpStep
)


class Flow(Record):
    """Steps by name, and the first one."""

    flow_id: str
    start: str
    steps: dict[str, AnyStep]


class SiteConfig(Record):
    """One site's configuration, whole. `calls_per_second` is how many legs the carrier places for us in a second (0: as
    many as we ask for). `speed_dials` are numbers by short name. Of the outside numbers that people choose, so many may
    be rung in an hour (0: any number). Money is in millionths: `dial_prices` a minute by prefix or country, and what
    may be spent (0: anything)."""

    name: str
    zone: str
    language: str = "en-US"
    zones: dict[str, ZoneTable] = {}
    hours: dict[str, HoursConfig] = {}
    queues: dict[str, QueueConfig] = {}
    agents: dict[str, AgentConfig] = {}
    supervisors: dict[str, SupervisorConfig] = {}
    entry_points: dict[str, EntryPoint] = {}
    flows: dict[str, Flow] = {}
    not_ready_reasons: tuple[str, ...] = ("break", "lunch", "training")
    apology: Prompt = ()
    unknown_number: Prompt = ()
    hold_music: Prompt = ()
    caller_id: str = ""
    dial_prefixes: tuple[str, ...] = ()
    dial_denied: tuple[str, ...] = ()
    dial_countries: tuple[str, ...] = ()
    dials_per_agent_hour: int = 60
    dials_per_hour: int = 1_000
    calls_per_second: int = 1
    speed_dials: dict[str, str] = {}
    pop_template: str = ""
    zone_data: Literal[""] | str = ""
    currency: str = ""
    dial_prices: dict[str, int] = {}
    spend_per_agent_hour: int = 0
    spend_per_agent_day: int = 0
    spend_per_hour: int = 0
    spend_per_day: int = 0
    calling: CallingConfig = NO_CALLING
