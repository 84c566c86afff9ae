"""The rows of the agents' directory."""

from cti.core.states import AgentState
from cti.views.desk import Shown


class DirectoryAgent(Shown):
    """Somebody to ask or to transfer to: only who is READY can be. `since` is when state or reason changed (ms)."""

    agent_id: str
    name: str
    state: AgentState
    reason: str
    since: int
    queue_ids: tuple[str, ...]


class DirectoryQueue(Shown):
    """Where a customer can be sent. `waiting` are in line, those on offer included; `ready` are the agents who are
    free."""

    queue_id: str
    name: str
    waiting: int
    ready: int
