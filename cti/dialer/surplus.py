"""Agents whom lines counted on are gone: lines that nobody could serve are given up, as soon as it is decent to."""

from cti.core.air import Air
from cti.core.apply.campaigns import SURPLUS
from cti.core.campaign import Line
from cti.core.events import AnyEvent, LineSurplus
from cti.core.exposure import by_queue, exposed_lines, free_by_queues, left_over, queue_of, shortfalls
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.turn import Turn
from cti.dialer.ringing import cancel, rings_until


def decide_agent_gone(turn: Turn, event: AnyEvent) -> None:
    """Whatever may have taken an agent away."""
    if len(turn.state.lines):
        for pool in pools_of(turn.state).every:
            give_up(turn, pool)


def give_up(turn: Turn, pool: PoolConfig) -> None:
    """The youngest first, which disturb least: at once while nothing rings, else after a while. Whoever answers before
    hears the message."""
    lines = [line for line in exposed_lines(turn.state, pool) if _is_wanted(turn.state, line)]
    short = shortfalls(by_queue(turn.state, lines), free_by_queues(turn.state, pool))
    too_many = left_over(short) - Air(turn.state, pool, turn.now.at).slack
    missed = [line for line in lines if not line.answered_at and short[queue_of(turn.state, line)] > 0]
    ringing = sorted(missed, key=lambda line: (-line.begun_at, line.leg_id))
    for line in ringing[: max(0, too_many)]:
        give_up_at = rings_until(line)
        if not line.dialled_at or turn.now.at >= give_up_at:
            turn.release(line.leg_id)
        elif line.give_up_at < give_up_at:  # it may have begun to ring since
            turn.emit(LineSurplus(leg_id=line.leg_id, give_up_at=give_up_at))


def _is_wanted(state: State, line: Line) -> bool:
    """Not given up already, and for an agent."""
    leg, campaign = state.legs.get(line.leg_id), state.config.calling.campaigns.get(line.campaign_id)
    return leg is not None and not leg.released and campaign is not None and campaign.mode != "broadcast"


def due_surplus(turn: Turn, leg_id: str) -> None:
    """If there is still nobody for it."""
    line = turn.state.lines[leg_id]
    give_up_at = rings_until(line)
    if line.agent_id and turn.now.at < give_up_at:
        turn.emit(LineSurplus(leg_id=leg_id, give_up_at=give_up_at))
        return
    if line.agent_id:
        cancel(turn, line.contact_id)
        return
    pool = pools_of(turn.state).by_campaign.get(line.campaign_id)
    if pool:
        give_up(turn, pool)


def _give_up_at(state: State, key: str) -> int:
    line = state.lines.get(key)
    return line.give_up_at if line and not line.answered_at and not line.ended_at else 0


PROMISES = {SURPLUS: _give_up_at}
DUE = {SURPLUS: due_surplus}
