"""How a campaign dials: which queue answers, from which lists, how boldly, and what follows each outcome."""

from collections.abc import Iterable
from typing import Literal

from cti.core.base import Record
from cti.core.leads import ClaimSpec
from cti.core.times import OpeningSpan

Detect = Literal["off", "beside", "first"]
MachinePolicy = Literal["hang_up", "flow", "queue"]
UnknownPolicy = Literal["queue", "hang_up"]


class Retry(Record):
    """After `outcome` the lead is tried again `wait_ms` later, `most` times in all (0: never), on its next number where
    there is one and `next_number` says so."""

    outcome: str
    wait_ms: int
    most: int = 3
    next_number: bool = False


class Answering(Record):
    """What becomes of an answered call. `detect`: whether the carrier tells people from machines, `first` or `beside`
    the conversation. Whoever is hung up on by `unknown` counts as abandoned. A greeting of unknown length counts as
    `greeting_ms` long."""

    detect: Detect = "off"
    machine: MachinePolicy = "hang_up"
    machine_flow: str = ""
    unknown: UnknownPolicy = "queue"
    greeting_ms: int = 2_000


class Pacing(Record):
    """How boldly is dialled ahead of agents. Rates in millionths of the live answers: never more than `ceiling_ppm` of
    them abandoned within `days` (-1: only as the rules say), and about `target_ppm` in the long run (-1: nine tenths of
    the ceiling). `certain`: by construction; else on average. Never more than `lines_max` lines."""

    ceiling_ppm: int = -1
    days: int = 30
    target_ppm: int = -1
    certain: bool = True
    lines_max: int = 1_000


class CampaignDialling(Record):
    """A campaign that the server dials itself, calling the leads of `claim`. Answered calls go to `queue_id`, or into
    `flow_id` (a broadcast); whom nobody talks to in time into `abandoned_flow`. `spans` (in the site's zone) and the
    local dates `from_date` and `until_date` (ISO, inclusive, empty: open) say when it dials; not on days of the
    calendars `closed_on`, by the site's date. Campaigns that share agents dial in proportion to `share`. `agents_kept`
    free agents are left for callers who ring us, and no line is begun while one of those has waited longer than
    `callers_wait_ms` for them (-1: however long). In a preview a lead is called by itself after `preview_s` (0: agents
    ask for leads, and say when); one that an agent passes over is shown again `skip_ms` later. A call that an agent
    promised is kept for this agent for `keep_ms`. With `best_hour` a lead is tried again when leads have answered
    best."""

    queue_id: str = ""
    flow_id: str = ""
    abandoned_flow: str = ""
    claim: ClaimSpec = ClaimSpec()
    share: int = 1
    agents_kept: int = 0
    callers_wait_ms: int = -1
    retries: tuple[Retry, ...] = ()
    pacing: Pacing = Pacing()
    answering: Answering = Answering()
    spans: tuple[OpeningSpan, ...] = ()
    from_date: str = ""
    until_date: str = ""
    closed_on: tuple[str, ...] = ()
    preview_s: int = 0
    skip_ms: int = 1_800_000
    keep_ms: int = 1_800_000
    best_hour: bool = False


def leaves_messages(how: CampaignDialling) -> bool:
    """Whether a machine is left a message, at the beep. The carrier waits for that one only where no agent would have
    to wait with it: before anybody is sent there, or beside a message, which then begins anew."""
    return how.answering.machine == "flow" and (how.answering.detect == "first" or bool(how.flow_id))


class Setting(Record):
    """What a supervisor has put in place of a key of the campaign's file: `value` instead of what is `written` there,
    since `at` (ms). A share is in millionths, a time in seconds."""

    key: str
    value: int | str
    written: int | str
    by: str = ""
    at: int = 0


class ResultsTarget(Record):
    """Where the results of a campaign's calls go: to `url`, signed with the secret that `secret` names. Each as it
    happens; or those of every `every_ms` together; or those of a day, `daily_at` minutes after the site's midnight (-1:
    neither)."""

    url: str
    secret: str
    every_ms: int = 0
    daily_at: int = -1


class LedgerBound(Record):
    """A ledger in which an answer to a line counts: at most `ceiling_ppm` millionths of the answers within `days` may
    be abandoned. What counted under the name that the ledger had `formerly` counts as well."""

    ledger_id: str
    ceiling_ppm: int
    days: int
    formerly: str = ""


def ledger_ids(bounds: Iterable[LedgerBound]) -> tuple[str, ...]:
    """In which ledgers an answer counts, each once: several ceilings may hold for the same calls."""
    return tuple(dict.fromkeys(bound.ledger_id for bound in bounds))
