"""What is in the air for a pool, and what of it may be abandoned: looked at anew for each line, in the turn that begins
it."""

from collections import Counter

from cti.core.calling import CampaignConfig
from cti.core.campaign import Line
from cti.core.campaign_config import LedgerBound
from cti.core.exposure import Queues, exposed_lines, free_by_queues, left_over, queue_of, shortfalls
from cti.core.ledger import Ledger, day_of, headroom
from cti.core.pools import PoolConfig
from cti.core.state import State
from cti.core.tuning import tuned_campaign
from cti.core.zone import site_zone
from cti.dialer.bounds import Bounds
from cti.dialer.calling.judge import SETUP_MS

LINES, AGENTS, CEILING = "lines_max", "no_agent", "ceiling"
"""What may be in the way of a line: the campaign has as many as it may; nobody is free, in a mode that waits for that,
or for one that was begun in such a mode; too many answers were abandoned, for its own ledger or that of another line
that wants the same agents."""

NO_END = 1_000_000
"""More lines than there ever are: any of them may be abandoned, as far as rules go."""

LATE_MS = 60_000
"""So much longer than its ring, the greeting and the wait for an agent a line may last: it waits for the carrier's rate
and for what is known of the number, and reports come late."""


class Air:
    """Agents change nothing in the turn for which it is made. A line of any campaign of the pool may take the agent
    whom another one counts on: so each ledger that holds for certain, and each line that was begun for a free agent, is
    looked at whatever the next line is for."""

    def __init__(self, state: State, pool: PoolConfig, at: int) -> None:
        self._state = state
        self._lines = 0
        self._needed: Counter[str] = Counter()
        self._free = free_by_queues(state, pool)
        self._owed: dict[LedgerBound, Queues] = {}
        self._counts: Counter[str] = Counter()
        self._sure: dict[str, None] = {}
        zone = site_zone(state.config)
        self._day = day_of(at, zone)
        self._lasts_until = day_of(at + _longest_ms(state, pool), zone)
        self._rooms: dict[LedgerBound, int] = {}
        for line in exposed_lines(state, pool.pool_id):
            self.add(line)

    def add(self, line: Line) -> None:
        """One that is in the air."""
        queue_id = queue_of(self._state, line)
        self._lines += 1
        self._needed[queue_id] += 1
        self._counts.update(bound.ledger_id for bound in line.bounds)
        campaign = tuned_campaign(self._state, line.campaign_id)
        if campaign is None or campaign.mode == "broadcast":
            return
        if campaign.mode != "predictive":
            self._sure[queue_id] = None
        elif _is_certain(campaign):
            for bound in line.bounds:
                self._owed[bound] = self._owed_to(bound, queue_id)

    def _owed_to(self, bound: LedgerBound, queue_id: str) -> Queues:
        """The queues of lines that a ledger which holds for certain counts, with this one."""
        queue_ids = self._owed.get(bound, ())
        return queue_ids if queue_id in queue_ids else (*queue_ids, queue_id)

    @property
    def exposure(self) -> int:
        """How many lines there are beyond the free agents; below 0, how many agents are to spare."""
        return self._lines - self._free.total()

    @property
    def slack(self) -> int:
        """How many of the lines may be abandoned, by the strictest of what they were begun under."""
        if self._sure:
            return 0
        return min([NO_END, *(self._headroom(bound) for bound in self._owed)])

    def obstacle(self, campaign: CampaignConfig, bounds: Bounds) -> str:
        """Why the campaign may not begin a line now; empty when it may. At worst every line is answered by a person,
        and no agent becomes free: of one ledger no more than its own lines can be abandoned, and no more than those
        lines of its queues that find nobody. Agents who are kept for callers are not there."""
        how = campaign.dialling
        assert how is not None, "only campaigns that are dialled are in a pool"
        if self._lines >= how.pacing.lines_max:
            return LINES
        if campaign.mode == "broadcast":
            return ""
        needed = self._needed.copy()
        needed[how.queue_id] += 1 + how.agents_kept
        short = shortfalls(needed, self._free)
        if not left_over(short):
            return ""
        sure = self._sure if campaign.mode == "predictive" else {**self._sure, how.queue_id: None}
        if any(short[queue_id] > 0 for queue_id in sure):
            return AGENTS
        owed = dict(self._owed)
        if _is_certain(campaign):
            owed |= {bound: self._owed_to(bound, how.queue_id) for bound in bounds.ledgers}
        mine = [bound.ledger_id for bound in bounds.ledgers]
        for bound, queue_ids in owed.items():
            lines = self._counts[bound.ledger_id] + (bound.ledger_id in mine)
            left = left_over({queue_id: short[queue_id] for queue_id in queue_ids})
            if min(lines, left) > self._headroom(bound):
                return CEILING
        return ""

    def _headroom(self, bound: LedgerBound) -> int:
        """Found out once in the turn."""
        if bound not in self._rooms:
            ledger = self._state.ledgers.get(bound.ledger_id) or Ledger(ledger_id=bound.ledger_id)
            self._rooms[bound] = headroom(
                ledger, self._day, ceiling_ppm=bound.ceiling_ppm, days=bound.days, lasts_until=self._lasts_until
            )
        return self._rooms[bound]


def _is_certain(campaign: CampaignConfig) -> bool:
    return campaign.mode == "predictive" and campaign.dialling is not None and campaign.dialling.pacing.certain


def _longest_ms(state: State, pool: PoolConfig) -> int:
    """How long a line may last until it is known what became of it."""
    longest = 0
    for campaign_id in pool.campaign_ids:
        campaign = state.config.calling.campaigns[campaign_id]
        if campaign.dialling:
            longest = max(longest, 1_000 * campaign.ring_s + campaign.dialling.answering.greeting_ms)
    return SETUP_MS + longest + LATE_MS
