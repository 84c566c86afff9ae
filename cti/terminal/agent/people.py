"""Names for ids: of agents, as far as the directory has told them, of queues and of campaigns."""

from collections.abc import Mapping

from cti.client import Desk, DeskParty, DirectoryAgent
from cti.terminal.words import plain


class People:
    """Who is who. An id that is not known stands for itself."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.queues: dict[str, str] = {}
        self.campaigns: dict[str, str] = {}

    def learn(self, agents: Mapping[str, DirectoryAgent]) -> None:
        """From the directory."""
        self.names.update({agent_id: row.name for agent_id, row in agents.items() if row.name})

    def learn_queues(self, desk: Desk) -> None:
        """From the settings."""
        self.queues = {queue.queue_id: queue.name for queue in desk.settings.queues if queue.name}
        self.campaigns = {each.campaign_id: each.name for each in desk.settings.campaigns if each.name}

    def agent(self, agent_id: str) -> str:
        """An agent's name."""
        return self.names.get(agent_id, agent_id)

    def queue(self, queue_id: str) -> str:
        """A queue's name."""
        return self.queues.get(queue_id, plain(queue_id))

    def campaign(self, campaign_id: str) -> str:
        """A campaign's name."""
        return self.campaigns.get(campaign_id, plain(campaign_id))

    def party(self, party: DeskParty) -> str:
        """An agent's name, or an outside number."""
        return self.agent(party.agent_id) if party.agent_id else party.number or "an outside number"
