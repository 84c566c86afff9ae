"""What is in the air for a pool, and what of it may be abandoned: looked at anew for each line, in the turn that begins
it, and for each agent who wants to be somewhere else."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from cti.core.calling import SETUP_MS, CampaignConfig
from cti.core.campaign import Line
from cti.core.campaign_config import CampaignDialling, LedgerBound, ledger_ids
from cti.core.exposure import (
    Queues,
    exposed_by_pool,
    exposed_lines,
    free_by_queues,
    left_over,
    may_be_late,
    queue_of,
    queues_of,
    shortfalls,
)
from cti.core.guarding import guard_days
from cti.core.ledger import day_of, headroom
from cti.core.ledgers import ledger_of
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.tuning import tuned_campaign
from cti.core.zone import site_zone

LINES, AGENTS, CEILING, KEPT = "lines_max", "no_agent", "ceiling", "agents_kept"
"""What may be in the way of a line: the campaign has as many as it may; nobody is free, in a mode that waits for that,
where nothing says how many may be abandoned, or for one that was begun so; too many answers were abandoned, for its own
ledger or that of another line that wants the same agents; or nothing but that agents are kept for callers."""

NO_END = 1_000_000
"""More lines than there ever are: any of them may be abandoned, as far as rules go."""

LATE_MS = 60_000
"""So much longer than its ring, the greeting and the wait for an agent a line may last: it waits for the carrier's rate
and for what is known of the number, and reports come late."""


class Barrier(NamedTuple):
    """What is in the way, in a word. Of a ceiling: which, how many calls could be abandoned under it with the line, and
    how many may be."""

    code: str
    bound: LedgerBound | None = None
    exposed: int = 0
    room: int = 0


class _Exposed:
    """The lines of one pool that are in the air: for which queues, counted in which ledgers."""

    def __init__(self, state: State, lines: Iterable[Line]) -> None:
        self._state = state
        self.lines = 0
        self.by_campaign: Counter[str] = Counter()
        self.needed: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.sure: dict[str, None] = {}
        """Queues with a line that was begun for a free agent."""
        self.certain: dict[LedgerBound, None] = {}
        """What holds for certain."""
        self._queues: dict[str, dict[str, None]] = {}
        self._campaigns: dict[str, CampaignConfig | None] = {}
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """One more. Nobody is abandoned who hears a message at once."""
        campaign = self._campaign(line.campaign_id)
        self.lines += 1
        self.by_campaign[line.campaign_id] += 1
        if campaign and campaign.mode == "broadcast":
            return
        queue_id = queue_of(self._state, line)
        self.needed[queue_id] += 1
        for ledger_id in ledger_ids(line.bounds):
            self.counts[ledger_id] += 1
            self._queues.setdefault(ledger_id, {})[queue_id] = None
        if line.guaranteed or (campaign and _waits_for_agents(campaign, line.bounds)):
            self.sure[queue_id] = None
        elif campaign and _is_certain(campaign):
            self.certain.update(dict.fromkeys(line.bounds))

    def _campaign(self, campaign_id: str) -> CampaignConfig | None:
        """As it is tuned; found out once for all of its lines."""
        if campaign_id not in self._campaigns:
            self._campaigns[campaign_id] = tuned_campaign(self._state, campaign_id)
        return self._campaigns[campaign_id]

    def at_worst(self, ledger_id: str, short: Mapping[str, int], also: str = "") -> int:
        """How many calls of this ledger could be abandoned: no more than its lines, and no more than those lines of
        their queues that find nobody; with one line more for the queue `also`."""
        queue_ids = {**self._queues.get(ledger_id, {}), **({also: None} if also else {})}
        lines = self.counts[ledger_id] + bool(also)
        return min(lines, left_over({queue_id: short[queue_id] for queue_id in queue_ids}))


class Air:
    """Agents change nothing in the turn for which it is made; one of them may be taken not to be there (`but_for`). A
    line of any campaign of the pool may take the agent whom another one counts on: so each ledger that holds for
    certain, and each line that was begun for a free agent, is looked at whatever the next line is for. Other pools
    count in the same ledgers: what could be abandoned there is not to be had here."""

    def __init__(self, state: State, pool: PoolConfig, at: int, but_for: str = "") -> None:
        self._state, self._pool, self._at = state, pool, at
        self._own = _Exposed(state, exposed_lines(state, pool))
        self._free = free_by_queues(state, pool, but_for)
        self._rooms: dict[LedgerBound, int] = {}

    def add(self, line: Line) -> None:
        """One that was begun."""
        self._own.add(line)

    @property
    def lines(self) -> int:
        """How many there are."""
        return self._own.lines

    def lines_of(self, campaign_id: str) -> int:
        """How many of them are this campaign's."""
        return self._own.by_campaign[campaign_id]

    @property
    def free(self) -> int:
        """How many agents could take somebody now."""
        return self._free.total()

    def free_for(self, queue_id: str) -> int:
        """How many of them serve this queue."""
        return sum(count for served, count in self._free.items() if queue_id in served)

    @property
    def exposure(self) -> int:
        """How many lines there are beyond the free agents; below 0, how many agents are to spare."""
        return self.lines - self.free

    @property
    def left_over(self) -> int:
        """How many lines find nobody at worst."""
        return left_over(shortfalls(self._own.needed, self._free))

    @property
    def slack(self) -> int:
        """How many of the lines may be abandoned, by the strictest of what they were begun under."""
        if self._own.sure:
            return 0
        owed = [bound for bound in self._owed() if self._own.counts[bound.ledger_id]]
        return max(0, min([NO_END, *(self._headroom(bound) - self._elsewhere[bound.ledger_id] for bound in owed)]))

    def is_served_by(self, agent_id: str) -> bool:
        """Whether any of the lines may be this agent's."""
        return any(queue_id in queues_of(self._state, agent_id) for queue_id in self._own.needed)

    def barriers(self, campaign: CampaignConfig, bounds: tuple[LedgerBound, ...]) -> Iterator[Barrier]:
        """Why the campaign may not begin a line now that counts in these ledgers. Agents who are kept for callers are
        not there."""
        how = campaign.dialling
        assert how is not None, "only campaigns that are dialled are in a pool"
        if self.lines_of(campaign.campaign_id) >= how.pacing.lines_max:
            yield Barrier(LINES)
        if campaign.mode == "broadcast":
            return
        found = tuple(self._without_agents(campaign, how, bounds, how.agents_kept))
        alone = found and how.agents_kept and not any(self._without_agents(campaign, how, bounds, 0))
        yield from (Barrier(KEPT),) if alone else found

    def _without_agents(
        self, campaign: CampaignConfig, how: CampaignDialling, bounds: tuple[LedgerBound, ...], kept: int
    ) -> Iterator[Barrier]:
        """At worst every line is answered by a person, and no agent becomes free."""
        needed = self._own.needed.copy()
        needed[how.queue_id] += 1 + kept
        short = shortfalls(needed, self._free)
        if not left_over(short):
            return
        sure = {**self._own.sure, how.queue_id: None} if _waits_for_agents(campaign, bounds) else self._own.sure
        if any(short[queue_id] > 0 for queue_id in sure):
            yield Barrier(AGENTS)
        mine = [bound.ledger_id for bound in bounds]
        for bound in self._owed(bounds if _is_certain(campaign) else ()):
            name = bound.ledger_id
            here = self._own.at_worst(name, short, also=how.queue_id if name in mine else "")
            exposed = here + self._elsewhere[name]
            if here and exposed > self._headroom(bound):
                yield Barrier(CEILING, bound, exposed, self._headroom(bound))

    def _owed(self, bounds: tuple[LedgerBound, ...] = ()) -> dict[LedgerBound, None]:
        """What holds for certain, here or in another pool, and these."""
        everywhere = (self._own, *self._others.values())
        return dict.fromkeys([*(bound for each in everywhere for bound in each.certain), *bounds])

    @cached_property
    def _others(self) -> dict[str, _Exposed]:
        """By pool; those whose campaign is in none any more are under no name."""
        lines = exposed_by_pool(self._state)
        return {name: _Exposed(self._state, lines[name]) for name in sorted(lines) if name != self._pool.pool_id}

    @cached_property
    def _elsewhere(self) -> Counter[str]:
        """By ledger, how many calls could be abandoned that no agent of this pool can do anything for: those of other
        pools, and talks that may turn out to have begun too late."""
        late = [line for line in self._state.lines.in_order() if may_be_late(line) and not self._is_broadcast(line)]
        found = Counter(ledger_id for line in late for ledger_id in ledger_ids(line.bounds))
        pools = {pool.pool_id: pool for pool in pools_of(self._state).every}
        for name, exposed in self._others.items():
            free = free_by_queues(self._state, pools[name]) if name else Counter[Queues]()
            short = shortfalls(exposed.needed, free)
            for ledger_id in exposed.counts:
                found[ledger_id] += exposed.at_worst(ledger_id, short)
        return found

    def _is_broadcast(self, line: Line) -> bool:
        campaign = self._state.config.calling.campaigns.get(line.campaign_id)
        return campaign is not None and campaign.mode == "broadcast"

    @cached_property
    def _days(self) -> tuple[int, int]:
        """Today, and the last day on which a line that is begun now may end."""
        zone = site_zone(self._state.config)
        return day_of(self._at, zone), day_of(self._at + longest_ms(self._state, self._pool), zone)

    def _headroom(self, bound: LedgerBound) -> int:
        """Found out once in the turn."""
        if bound not in self._rooms:
            ledger = ledger_of(self._state, bound)
            day, lasts_until = self._days
            self._rooms[bound] = headroom(
                ledger,
                day,
                ceiling_ppm=bound.ceiling_ppm,
                days=bound.days,
                guard_days=guard_days(self._state, bound.ledger_id, day),
                lasts_until=lasts_until,
            )
        return self._rooms[bound]


def _waits_for_agents(campaign: CampaignConfig, bounds: tuple[LedgerBound, ...]) -> bool:
    """Whether each line needs a free agent: in every mode but predictive, and in that one where neither rules nor the
    file say how many may be abandoned. Then nobody may."""
    return campaign.mode != "predictive" or not bounds


def _is_certain(campaign: CampaignConfig) -> bool:
    return campaign.mode == "predictive" and campaign.dialling is not None and campaign.dialling.pacing.certain


def longest_ms(state: State, pool: PoolConfig) -> int:
    """How long a line may last until it is known what became of it."""
    longest = 0
    for campaign_id in pool.campaign_ids:
        campaign = state.config.calling.campaigns[campaign_id]
        if campaign.dialling:
            longest = max(longest, 1_000 * campaign.ring_s + campaign.dialling.answering.greeting_ms)
    return SETUP_MS + longest + LATE_MS
