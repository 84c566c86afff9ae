"""May the telephones of agents and supervisors be rung? Asked of the very rules that decide it when they are."""

from collections.abc import Iterator, Mapping

from pydantic_core import PydanticCustomError

from cti.configuration.written.agents import AgentWritten
from cti.configuration.written.base import Location, wrong
from cti.configuration.written.site import SiteWritten, SupervisorWritten
from cti.core.config import SiteConfig
from cti.dialer.compliance import by_destination

TEL = "tel:"
REMEDY = "cover it by dial_prefixes or dial_countries in site.yaml, or write another"


def unreachable(
    site: SiteWritten, people: Mapping[str, AgentWritten | SupervisorWritten]
) -> Iterator[tuple[Location, PydanticCustomError]]:
    """Where an endpoint is written that would never ring, in the rule's words."""
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
            yield (name, "endpoint"), wrong(f"this telephone may not be rung ({refusal.rule})", REMEDY)
