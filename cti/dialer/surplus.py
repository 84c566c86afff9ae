"""Agents whom lines counted on are gone: lines that nobody could serve are given up, as soon as it is decent to."""

from cti.core.apply.campaigns import SURPLUS
from cti.core.campaign import Line
from cti.core.events import AnyEvent, LineSurplus
from cti.core.exposure import exposed_lines, free_agents
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.turn import Turn
from cti.dialer.calling.judge import SETUP_MS

RING_S_MIN = 15
"""A telephone that began to ring is left ringing for so long (s): who hurries there shall find more than silence. Some
countries' rules say so."""


def decide_agent_gone(turn: Turn, event: AnyEvent) -> None:
    """Whatever may have taken an agent away."""
    if len(turn.state.lines):
        for pool in pools_of(turn.state).every:
            give_up(turn, pool)


def give_up(turn: Turn, pool: PoolConfig) -> None:
    """The youngest first, which disturb least: at once while nothing rings, else after a while. Whoever answers before
    hears the message."""
    row = turn.state.pools.get(pool.pool_id)
    lines = [line for line in exposed_lines(turn.state, pool.pool_id) if _is_wanted(turn.state, line)]
    too_many = len(lines) - free_agents(turn.state, pool) - (row.slack if row else 0)
    ringing = sorted((line for line in lines if not line.answered_at), key=lambda line: (-line.begun_at, line.leg_id))
    for line in ringing[: max(0, too_many)]:
        give_up_at = (line.alerting_at or line.dialled_at + SETUP_MS) + 1_000 * RING_S_MIN
        if not line.dialled_at or turn.now.at >= give_up_at:
            turn.release(line.leg_id)
        elif not line.give_up_at:
            turn.emit(LineSurplus(leg_id=line.leg_id, give_up_at=give_up_at))


def _is_wanted(state: State, line: Line) -> bool:
    """Not given up already, and for an agent."""
    leg, campaign = state.legs.get(line.leg_id), state.config.calling.campaigns.get(line.campaign_id)
    return leg is not None and not leg.released and campaign is not None and campaign.mode != "broadcast"


def due_surplus(turn: Turn, leg_id: str) -> None:
    """If there is still nobody for it."""
    line = turn.state.lines[leg_id]
    pool = pools_of(turn.state).by_campaign.get(line.campaign_id)
    if pool:
        give_up(turn, pool)


def _give_up_at(state: State, key: str) -> int:
    line = state.lines.get(key)
    return line.give_up_at if line and not line.answered_at and not line.ended_at else 0


PROMISES = {SURPLUS: _give_up_at}
DUE = {SURPLUS: due_surplus}
