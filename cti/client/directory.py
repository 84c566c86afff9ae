"""Who is free, and where how many wait, as a client keeps it."""

from cti.client.events import Directory as Whole
from cti.client.events import DirectoryAgent, DirectoryChanged, DirectoryQueue


class Directory:
    """Rows by id. Empty until the server has sent it."""

    def __init__(self) -> None:
        self.agents: dict[str, DirectoryAgent] = {}
        self.queues: dict[str, DirectoryQueue] = {}

    def apply(self, event: Whole | DirectoryChanged) -> None:
        """Bring it up to date."""
        if isinstance(event, Whole):
            self.agents, self.queues = {}, {}
        self.agents.update({row.agent_id: row for row in event.agents})
        self.queues.update({row.queue_id: row for row in event.queues})
        if isinstance(event, DirectoryChanged):
            for agent_id in event.agents_gone:
                self.agents.pop(agent_id, None)
            for queue_id in event.queues_gone:
                self.queues.pop(queue_id, None)
