"""A new configuration: who waits and who is free are looked at again, in bounded turns; the rest follows at once."""

from collections.abc import Callable

from cti.acd import nailed_up
from cti.acd.offers import offer_contact, serve_agent
from cti.acd.presence import is_in_conversation, sign_out
from cti.acd.state import AcdState
from cti.core.events import ConfigApplied, RelookPromised
from cti.core.state import State
from cti.core.states import Presence
from cti.core.turn import Turn

LOOKED_AT_MAX = 50
"""How many agents and callers one turn looks at."""

Look = tuple[Callable[[Turn, str], None], str]


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """A new configuration may have freed, removed or stranded anybody."""
    look_again(turn)


def due_relook(turn: Turn, key: str) -> None:
    """What one turn could not look at, the next one does."""
    look_again(turn)


def look_again(turn: Turn) -> None:
    """Removed agents sign out; callers of a removed queue go on in their flow; nailed-up legs come and go; free agents
    are served."""
    state = turn.state
    lines: list[Look] = [(nailed_up.look, agent_id) for agent_id in nailed_up.looks(state)]
    looks = [*_removed_agents(state), *_stranded_contacts(state), *lines, *_servable_agents(state)]
    before = len(turn.events)
    for look, key in looks[:LOOKED_AT_MAX]:
        look(turn, key)
    more = len(looks) > LOOKED_AT_MAX and len(turn.events) > before
    if more or state.relook_at:
        turn.emit(RelookPromised(at=turn.now.at if more else 0))


def _removed_agents(state: State) -> list[Look]:
    def remove(turn: Turn, agent_id: str) -> None:
        sign_out(turn, turn.state.agents[agent_id], "removed")

    return [
        (remove, agent_id)
        for agent_id in sorted(state.agents.rows.keys() - state.config.agents.keys())
        if state.agents[agent_id].presence is not Presence.SIGNED_OUT
        and not is_in_conversation(state, state.agents[agent_id])
    ]


def _stranded_contacts(state: State) -> list[Look]:
    waiting = state.room(AcdState).waiting
    gone = sorted(line for line in waiting.rows if line[0] not in state.config.queues)
    return [(offer_contact, entry[-1]) for line in gone for entry in waiting[line]]


def _servable_agents(state: State) -> list[Look]:
    """Those who are free where somebody waits."""
    acd = state.room(AcdState)
    found: dict[str, None] = {}
    for line in sorted(acd.waiting.rows):
        idle = acd.idle.get(line)
        if idle and len(acd.waiting[line]):
            found |= dict.fromkeys(entry[-1] for entry in idle)
    return [(serve_agent, agent_id) for agent_id in found]


PROMISES = {"site_relook": lambda state, key: state.relook_at}
DUE = {"site_relook": due_relook}
