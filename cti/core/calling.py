"""What the calling rules are made of: rules as rows, what is known about a number that is to be rung, and the answer.

A rule belongs to a jurisdiction: a country (`GB`), a part of one (`US-FL`, by ISO 3166-2) or `*`, everywhere. A number
has every jurisdiction and every time zone in which the person may be; all of them must agree. Times are milliseconds
UTC, times of day are minutes after the local midnight.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

import msgspec

from cti.core.base import Message, Record
from cti.core.campaign_config import CampaignDialling, ResultsTarget
from cti.core.numbering import Numbering
from cti.core.times import OpeningSpan, ZoneTable

CONSENTS = ("none", "express", "written")
"""From nothing to what a signature proves; each is as good as those before it."""

Per = Literal["number", "person", "household", "lead", "debt"]
Across = Literal["site", "seller", "campaign"]
Told = Literal["calls", "answers", "conversations", "abandoned", "refusals", "machines"]


SETUP_MS = 5_000
"""From our leave to the first ring."""

UNCLEAR = "unclear"
"""What came of an earlier call that was answered, as long as nobody knows by whom or what."""


class Demand(Message):
    """What a rule asks for."""


class HoursDemand(Demand, tag="hours"):
    """Ring only within the spans, and not on the dates of these calendars, both local."""

    spans: tuple[OpeningSpan, ...]
    closed_on: tuple[str, ...] = ()


class ClosedDemand(Demand, tag="closed"):
    """Do not ring on the local dates of these calendars."""

    closed_on: tuple[str, ...]


class CapDemand(Demand, tag="cap"):
    """Do not ring when there were `most` or more of `of` within the span: `hours` that passed, or local `days`, today's
    among them. `in_a_row`: when there was one on each of the `days` before today."""

    most: int
    of: Told = "calls"
    per: Per = "number"
    across: Across = "site"
    hours: int = 0
    days: int = 0
    in_a_row: bool = False


class RegistryDemand(Demand, tag="registry"):
    """Do not ring who is on this list; and ring nobody when the list is older than `days`."""

    registry_id: str
    days: int


class ConsentDemand(Demand, tag="consent"):
    """Ring only who agreed, this well."""

    consent: str


class NeverDemand(Demand, tag="never"):
    """Do not ring."""


class ConductDemand(Demand, tag="conduct"):
    """How calls must be made, and proved. What a campaign's own settings can break is looked at before a number is
    rung; the rest binds the dialer. `abandoned_ppm_max` in millionths of the answers within `abandoned_days` (0: each
    calendar day), `connect_ms` after `connect_from`."""

    ring_s_min: int = 0
    abandoned_ppm_max: int = -1
    abandoned_days: int = 30
    connect_ms: int = 0
    connect_from: Literal["greeting_end", "speech_start", "answer"] = "greeting_end"
    message: tuple[str, ...] = ()
    caller_id: bool = False
    keep_years: int = 0


AnyDemand = HoursDemand | ClosedDemand | CapDemand | RegistryDemand | ConsentDemand | NeverDemand | ConductDemand


class CallingRule(Record):
    """One row. It binds calls of these purposes, to these parties, made in these modes, to these kinds of line (none
    named: all), unless there is consent this good, or the person was a customer within so many days. In force on the
    local dates from `effective_from` to before `effective_to` (ISO; empty: always)."""

    rule_id: str
    jurisdiction: str
    title: str
    demand: AnyDemand
    purposes: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    unless_consent: str = ""
    unless_customer_days: int = 0
    unless_opted_in: bool = False
    unless_guaranteed: bool = False
    effective_from: str = ""
    effective_to: str = ""
    source: str = ""
    read_on: str = ""
    confidence: Literal["statute", "two_sources", "one_source", "conflict"] = "one_source"


class Calendar(Record):
    """Local dates (ISO, sorted) on which something is closed, and what each is called, where that is known. Nothing is
    known outside the years from `first` to `last`."""

    calendar_id: str
    name: str
    first: int
    last: int
    dates: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Registry(Record):
    """A list of people who are not to be called. `example`: until a copy is imported, it is taken for
    an empty one that never goes stale, for trying things."""

    registry_id: str
    name: str
    jurisdiction: str
    example: bool = False


class CampaignConfig(Record):
    """What a campaign calls for, whom, and how. One that the server dials itself says so in `dialling`. `campaign_id`
    and `seller` are the names by which calls and entries are counted, whatever both are called by now; what is
    abandoned counts for the seller's `programme`. `consent` is what the seller vouches for, for every lead. `spans` are
    stricter hours of its own. `countries` are the only ones it
    calls."""

    campaign_id: str
    name: str
    seller: str
    purpose: str
    countries: tuple[str, ...]
    party: str = "consumer"
    mode: str = "progressive"
    consent: str = "none"
    opted_in: bool = False
    spans: tuple[OpeningSpan, ...] = ()
    caps: tuple[CapDemand, ...] = ()
    ring_s: int = 25
    caller_id: str = ""
    message: tuple[str, ...] = ()
    dialling: CampaignDialling | None = None
    programme: str = "main"
    seller_name: str = ""
    """What people call the seller, where that is another name."""
    results: ResultsTarget | None = None
    """Where what came of its calls is sent."""


class Listing(Record):
    """Why a number is not to be called: the list, and since when (ms)."""

    list_id: str
    scope: str
    since: int = 0


class RegistryFact(Record):
    """The version of a registry that was asked: its content's hash, and of when it is (ms)."""

    registry_id: str
    version: str
    as_of: int
    example: bool = False


class AttemptFact(Record):
    """A call that was made earlier. `same` names what it has in common with this one: number, person, household, lead,
    debt, seller, campaign. `told` is what came of it, as far as it is known, with `UNCLEAR` where it was answered and
    no more is. `called` is false for what was no call of ours, such as a conversation when they called us."""

    at: int
    same: tuple[str, ...]
    told: tuple[str, ...] = ()
    called: bool = True
    attempt_id: str = ""


class Subject(Record):
    """Whom a call is for, by the names that the caller's own systems have for them. What is empty is not known.
    `other_numbers` are the person's, beside the one that is called. `known_as` names the customers whose number it is:
    each of them may be the person."""

    person_id: str = ""
    household_id: str = ""
    lead_id: str = ""
    debt_id: str = ""
    other_numbers: tuple[str, ...] = ()
    known_as: tuple[str, ...] = ()


class CallFacts(Record):
    """Everything that decides, and nothing that says who it is. `place_rule` and `place_detail` say why nobody with
    such a number may be called, or in which zones it is cannot be told."""

    campaign_id: str
    purpose: str
    party: str
    mode: str
    country: str
    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    line: str
    place_rule: str = ""
    place_detail: str = ""
    consent: str = "none"
    customer_at: int = 0
    opted_in: bool = False
    guaranteed: bool = False
    listed: tuple[Listing, ...] = ()
    registries: tuple[RegistryFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    as_of_seq: int = 0


class Block(Record):
    """A rule that says no. `until` (ms) is the first instant at which it no longer would, -1 where time changes
    nothing."""

    rule: str
    detail: str
    source: str
    until: int = -1


class CallingConfig(Record):
    """The calling rules of a site, whole. What the clocks show is known for instants from `zones_from` to before
    `zones_until` (ms; 0: for ever)."""

    rules: tuple[CallingRule, ...] = ()
    calendars: dict[str, Calendar] = {}
    registries: dict[str, Registry] = {}
    campaigns: dict[str, CampaignConfig] = {}
    zones_from: int = 0
    zones_until: int = 0
    numbering: Numbering = Numbering()


NO_CALLING = CallingConfig()
"""That of a site that has none."""


class Clearance(Record):
    """The proof of a verdict: what was known, by which rules it was judged, and who said no (nobody: it may be rung).
    It says nothing of whose number it was."""

    facts: CallFacts
    rules_version: str
    blocks: tuple[Block, ...] = ()


def rules_version(config: CallingConfig, zones: Mapping[str, ZoneTable]) -> str:
    """The name of these rules and zones: what they say."""
    known = {name: zones[name] for name in sorted(zones)}
    return sha256(msgspec.json.encode((config, known), order="sorted")).hexdigest()[:16]
