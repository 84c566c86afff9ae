"""Campaigns that are started and stopped, and what becomes of their calls."""

from cti.core.campaign_config import LedgerBound, Setting
from cti.core.detection import Heard
from cti.core.events.base import Event


class CampaignControlRequested(Event):
    """Somebody wants a campaign to do something else. `action` is start, pause, drain or stop."""

    campaign_id: str
    action: str
    by: str = ""
    request_id: str = ""


class CampaignStatusChanged(Event):
    """It stands otherwise now. `status` is one of `cti.core.campaign.RunStatus`; `reason` is empty when somebody asked
    for it. `served` is how many lines it counts as having begun, among campaigns that share agents."""

    campaign_id: str
    status: str
    by: str = ""
    reason: str = ""
    request_id: str = ""
    served: int = 0


class CampaignControlRefused(Event):
    """It stays as it was; `detail` says why and what to do."""

    campaign_id: str
    code: str
    detail: str
    by: str = ""
    request_id: str = ""


class CampaignTuneRequested(Event):
    """Somebody wants values in place of those of the campaign's file: see `cti.core.tuning.KEYS`. Those of `back` are
    to be as in the file again."""

    campaign_id: str
    values: tuple[tuple[str, int | str], ...] = ()
    back: tuple[str, ...] = ()
    by: str = ""
    request_id: str = ""


class CampaignTuned(Event):
    """From the next decision on these settings, and no others, hold in place of the campaign's file; `reason` is empty
    when somebody asked for it."""

    campaign_id: str
    settings: tuple[Setting, ...] = ()
    by: str = ""
    reason: str = ""
    request_id: str = ""


class LeadsAsked(Event):
    """The store is asked for leads, under `claim_id`; the question holds until `claim_by` (ms). What the store knew
    before record `since_seq` is no answer: leads were removed in it."""

    campaign_id: str
    claim_id: str
    claim_by: int
    since_seq: int = 0


class LeadTaken(Event):
    """A lead leaves its place to be called, on the number at `number_index`. `traits` are what sets it apart from other
    leads, `chance_ppm` (millionths) is how likely a person answers. `bounds` are the ledgers that an answer counts in;
    an agent must be there `connect_ms` after it, or, `after_greeting`, after the greeting. With an `agent_id` the lead
    is shown to this agent first. `programme` is what the call is for; with `guaranteed` it is made only as an agent is
    free for it."""

    leg_id: str
    campaign_id: str
    pool_id: str
    lead_key: str
    number_index: int = 0
    traits: tuple[str, ...] = ()
    chance_ppm: int = 0
    bounds: tuple[LedgerBound, ...] = ()
    connect_ms: int = 0
    after_greeting: bool = False
    agent_id: str = ""
    programme: str = ""
    guaranteed: bool = False


class LeadReturned(Event):
    """It was not called, and no call of it counts: `reason` says why."""

    leg_id: str
    reason: str


class PoolBegun(Event):
    """Campaigns that share these agents are paced for the first time, under this ceiling (millionths). What the pool
    `learnt_from` knows, if any, they begin with."""

    pool_id: str
    agents: int
    ceiling_ppm: int
    learnt_from: str = ""


class LinesPaced(Event):
    """Of the lines that the pacing wanted so many were begun. `reason` is what was in the way of the rest; `blocked`:
    the ceiling was. `exposure` is what could be abandoned now, at worst, and `slack` what may be."""

    pool_id: str
    wanted: int
    begun: int
    exposure: int
    slack: int = 0
    blocked: bool = False
    reason: str = ""


class LineSurplus(Event):
    """The agents are gone whom the line counted on: it is given up at `give_up_at` (ms), if there is nobody by then."""

    leg_id: str
    give_up_at: int


class GreetingEnded(Event):
    """Whoever answered has said hello, `ago_ms` ago, as the carrier hears it."""

    leg_id: str
    ago_ms: int = 0


class AnswerAwaited(Event):
    """Somebody answered, and an agent must be there by `connect_by` (ms)."""

    attempt_id: str
    contact_id: str
    connect_by: int


class MessageBegun(Event):
    """Whom nobody talks to hears who called, and how to be left alone."""

    attempt_id: str
    contact_id: str
    flow_id: str


class LiveAnswerCounted(Event):
    """A person answered: each ledger that the line was bound by counts one more, `abandoned` or not. `target_ppm` is
    what the pacing aims at, from which it learns how much risk a line may be; 0: nothing is to be learnt from this
    one."""

    attempt_id: str
    pool_id: str
    abandoned: bool
    target_ppm: int = 0


class DetectionJudged(Event):
    """A call is over that the carrier took for a machine's, or an agent did. `machine` is the carrier's word, `heard`
    the agent's; empty where nobody listened, or nobody could say."""

    campaign_id: str
    attempt_id: str
    machine: bool
    heard: Heard = Heard.NOTHING
