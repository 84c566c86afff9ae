"""For how long agents have been on their lines on a day, whatever they did there: what a campaign's day has cost."""

from cti.core.agent import Agent
from cti.core.base import changed
from cti.core.times import ZoneTable
from cti.core.zone import day_starts_at, local_day


def line_ms(agent: Agent, zone: ZoneTable, at: int) -> int:
    """Today, up to `at` (ms)."""
    day = local_day(zone, at)
    before_ms = agent.line_ms if agent.line_day == day else 0
    since = max(agent.line_up_at, day_starts_at(zone, day))
    return before_ms + (max(0, at - since) if agent.line_up_at else 0)


def line_over(agent: Agent, zone: ZoneTable, at: int) -> Agent:
    """The agent whose line is no more: what was is kept."""
    today_ms = line_ms(agent, zone, at)
    return changed(agent, line_up_at=0, line_day=local_day(zone, at), line_ms=today_ms) if agent.line_up_at else agent
