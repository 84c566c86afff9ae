"""A campaign while it runs: how it stands, the leads it holds, its lines in the air, and the agents it shares."""

from enum import StrEnum

from cti.core.base import Record
from cti.core.campaign_config import LedgerBound, Setting
from cti.core.detection import DetectionDay, Heard
from cti.core.events.leads import ClaimedLead
from cti.core.leads import ClaimSpec
from cti.core.learning import Knowledge
from cti.core.theta import Theta


class RunStatus(StrEnum):
    STOPPED = "STOPPED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"  # no new lines; the leads it holds are kept
    DRAINING = "DRAINING"  # no new lines; stopped once the last conversation is over


class Today(Record):
    """What was counted on a day, since 1970-01-01: `connects` are calls that are over and in which a person talked with
    an agent; of the live `answers` some were `abandoned`."""

    day: int = 0
    connects: int = 0
    answers: int = 0
    abandoned: int = 0


class CampaignRun(Record):
    """How a campaign stands, since `since` (ms), by whom. `claim_id` is the question for leads that is under way, until
    `claim_by`; an answer as of a record before `claim_since` is of no use. `claim_after` is when to ask again where
    none was left (ms). `served` counts the lines begun, for the share among campaigns. `left` is how many leads the
    store could still give. At `look_at` (ms) it is looked whether leads can be shown that could not be until then.
    `detection` is what was taken for machines, by day. `barred` calls in a row were blocked or failed. `fates` are
    those of the people who answered last, the last one at `fate_at` (ms): a bit each, 1 for who was left alone. Where
    nobody asked for its status, `why` says what did. `tuned` is what holds in place of its file, until it is taken back
    or the file says something else. `successes` are those of segments with a quota, by the last answer of the store,
    and `newer` those since then: segment, and record. At `posted_seq` a lead was posted on its lists last, 0 once an
    answer of the store knows it; the highest priority of those is `posted_priority`. At `promised_at` (ms) the store is
    asked for calls that were promised, however many leads are at hand; 0: it knows of none. The last question asked for
    what `asked` says."""

    campaign_id: str
    status: RunStatus = RunStatus.STOPPED
    since: int = 0
    by: str = ""
    claim_id: str = ""
    claim_by: int = 0
    claim_since: int = 0
    claim_after: int = 0
    served: int = 0
    left: int = 0
    look_at: int = 0
    detection: tuple[DetectionDay, ...] = ()
    barred: int = 0
    why: str = ""
    tuned: tuple[Setting, ...] = ()
    today: Today = Today()
    successes: tuple[tuple[str, int], ...] = ()
    newer: tuple[tuple[str, int], ...] = ()
    posted_seq: int = 0
    posted_priority: int = 0
    promised_at: int = 0
    asked: ClaimSpec | None = None
    fates: int = 0
    fate_at: int = 0


class Said(Record):
    """What an agent said of a lead: see `DispositionRecorded`. `heard` is by whom the agent was answered, where the
    agent could have said that it was a machine."""

    disposition: str
    kind: str
    amount: int = 0
    currency: str = ""
    callback_at: int = 0
    callback_for: str = ""
    again_ms: int = 0
    heard: Heard = Heard.NOTHING


class PromisedCall(Record):
    """A lead that is called again at `due_at` (ms): then the store is asked for it, `tries` times by now."""

    key: str
    campaign_id: str
    lead_id: str
    due_at: int
    tries: int = 0


class HeldLead(Record):
    """A lead that the store gave to a campaign. Waiting for its turn it stands in line at `place`; else a line calls
    it, or has. Until `kept_until` (ms) it waits for the agent `kept_for`, who promised to call."""

    key: str
    campaign_id: str
    lead: ClaimedLead
    place: tuple[int, int]
    leg_id: str = ""
    kept_for: str = ""
    kept_until: int = 0


class Line(Record):
    """A call to a lead, from the moment the lead left its place to the call's end; times are ms, 0 for not yet. It was
    begun under the configuration `config_hash`, and cleared at `dialled_at`. An agent must be there `connect_ms` after
    the answer, or, `after_greeting`, after the greeting: by `connect_by`. `outcome` is what answered, in the end what
    came of it. `counted`: the ledgers have its answer; `unsent`: the carrier never had it. At `give_up_at` it is given
    up, unless there is an agent for it by then. With an `agent_id` this agent calls the lead, who was shown before.
    `said` is what an agent said of it last. `guaranteed`: the rules may have allowed it as an agent is free for it, and
    it keeps that agent whatever the campaign's mode is by then."""

    leg_id: str
    campaign_id: str
    pool_id: str
    lead_key: str
    begun_at: int
    number_index: int = 0
    traits: tuple[str, ...] = ()
    chance_ppm: int = 0
    bounds: tuple[LedgerBound, ...] = ()
    connect_ms: int = 0
    after_greeting: bool = False
    dialled_at: int = 0
    alerting_at: int = 0
    answered_at: int = 0
    greeting_at: int = 0
    classified_at: int = 0
    outcome: str = ""
    contact_id: str = ""
    connect_by: int = 0
    connected_at: int = 0
    abandoned_at: int = 0
    ended_at: int = 0
    give_up_at: int = 0
    counted: bool = False
    unsent: bool = False
    agent_id: str = ""
    said: Said | None = None
    config_hash: str = ""
    guaranteed: bool = False


class Pool(Record):
    """Campaigns that share agents are paced as one, named after the first of them."""

    pool_id: str
    theta: Theta
    knowledge: Knowledge


def lead_key(campaign_id: str, lead_id: str) -> str:
    """A lead of two campaigns is held twice."""
    return f"{campaign_id}/{lead_id}"


def line_of(held: HeldLead) -> str:
    """In which line it waits: its campaign's, or that of the agent for whom it is kept."""
    return own_line(held.campaign_id, held.kept_for) if held.kept_for else held.campaign_id


def own_line(campaign_id: str, agent_id: str) -> str:
    """The line of those whom an agent promised to call."""
    return f"{campaign_id}/{agent_id}"
