"""The directory for agents, read off the wallboard: who is free, and where how many wait."""

from cti.core.states import AgentState
from cti.views.board import AGENT, QUEUE, Board
from cti.views.directory_rows import DirectoryAgent, DirectoryQueue
from cti.views.frames import Directory, DirectoryChanged


def directory_of(board: Board, at: int) -> Directory:
    """The whole of it."""
    agents = [_agent(board, agent_id) for agent_id in sorted(board.agents)]
    queues = [_queue(board, queue_id) for queue_id in sorted(board.config.queues)]
    return Directory(seq=0, index=0, at=at, agents=tuple(agents), queues=tuple(queues))


def directory_since(board: Board, version: int, at: int) -> Directory | DirectoryChanged | None:
    """What changed after `version` of the board: the whole when that is too long ago, None for nothing."""
    changed = board.changed_since(version)
    if changed is None:
        return directory_of(board, at)
    agents, queues = changed[AGENT], changed[QUEUE]
    if not agents and not queues:
        return None
    known = board.config.queues
    return DirectoryChanged(
        seq=0,
        index=0,
        at=at,
        agents=tuple([_agent(board, agent_id) for agent_id in agents if agent_id in board.agents]),
        queues=tuple([_queue(board, queue_id) for queue_id in queues if queue_id in known]),
        agents_gone=tuple([agent_id for agent_id in agents if agent_id not in board.agents]),
        queues_gone=tuple([queue_id for queue_id in queues if queue_id not in known]),
    )


def _agent(board: Board, agent_id: str) -> DirectoryAgent:
    row, config = board.agent_row(agent_id), board.config.agents.get(agent_id)
    return DirectoryAgent(
        agent_id=agent_id,
        name=row.name,
        state=row.state,
        reason=row.reason,
        since=row.since,
        queue_ids=tuple([each.queue_id for each in config.memberships]) if config else (),
    )


def _queue(board: Board, queue_id: str) -> DirectoryQueue:
    row = board.queue_row(queue_id)
    return DirectoryQueue(
        queue_id=queue_id,
        name=row.name,
        waiting=row.waiting + row.offered,
        ready=row.agents.get(AgentState.READY, 0),
    )
