"""Who is at which telephone: agents, supervisors, and people outside."""

from collections.abc import Mapping, Sequence

from cti.sim.agents import Agent
from cti.sim.line import Line, Part, Person
from cti.sim.outsiders import Outsider, Supervisor
from cti.sim.telephones import Ring


class PhoneBook:
    """By endpoint, for the carrier."""

    def __init__(
        self, agents: Sequence[Agent], supervisors: Sequence[Supervisor], outsiders: Mapping[str, Outsider]
    ) -> None:
        self._people: dict[str, Agent | Supervisor | Outsider] = dict(outsiders)
        self._parts: dict[str, Part] = dict.fromkeys(outsiders, Part.OUTSIDE)
        for agent in agents:
            self._people[agent.endpoint], self._parts[agent.endpoint] = agent, Part.AGENT
        for supervisor in supervisors:
            self._people[supervisor.endpoint], self._parts[supervisor.endpoint] = supervisor, Part.SUPERVISOR

    def at(self, endpoint: str) -> Person:
        """Who is at the endpoint."""
        return self._people[endpoint]

    def part(self, endpoint: str) -> Part:
        """What they are to the centre."""
        return self._parts[endpoint]

    def ring(self, line: Line) -> Ring:
        """Ring them."""
        return self._people[line.to_number].ring(line)

    def answered(self, line: Line) -> None:
        """They picked up."""
        self._people[line.to_number].answered(line)

    def outside(self, endpoint: str) -> Ring:
        """A caller is forwarded to somebody outside."""
        outsider = self._people[endpoint]
        assert isinstance(outsider, Outsider)
        return outsider.ring(None)
