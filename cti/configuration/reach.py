"""May the telephones of agents and supervisors be rung? Asked of the very rules that decide it when they are."""

from collections.abc import Iterator, Mapping

from cti.configuration.written.agents import AgentWritten
from cti.configuration.written.base import Location
from cti.configuration.written.site import SiteWritten, SupervisorWritten
from cti.core.config import SiteConfig
from cti.dialer.compliance import by_destination

TEL = "tel:"


def unreachable(
    site: SiteWritten, people: Mapping[str, AgentWritten | SupervisorWritten]
) -> Iterator[tuple[Location, str]]:
    """Where an endpoint is written that would never ring, and the rule's words for it."""
    rules = SiteConfig(
        name="",
        zone="UTC",
        dial_prefixes=tuple(site.dial_prefixes),
        dial_denied=tuple(site.dial_denied),
        dial_countries=tuple(site.dial_countries),
    )
    for name, person in people.items():
        endpoint = person.endpoint or ""
        refusal = by_destination(rules, endpoint.removeprefix(TEL)) if endpoint.startswith(TEL) else None
        if refusal:
            yield (name, "endpoint"), refusal.rule
