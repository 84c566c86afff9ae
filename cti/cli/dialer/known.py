"""What the database knows of a number: which lists it is on, and which calls it had."""

from cti.cli.dialer.site import Site
from cti.core.base import Record
from cti.core.calling import AttemptFact, CampaignConfig, Listing, RegistryFact
from cti.settings import Settings


class Known(Record):
    """As the judge is told it."""

    listed: tuple[Listing, ...] = ()
    registries: tuple[RegistryFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    as_of_seq: int = 0


async def known(settings: Settings, site: Site, number: str, campaign: CampaignConfig, at: int) -> Known:
    """What is not there is not made up: a registry without a copy is missing, and the judge says no."""
    examples = [
        RegistryFact(registry_id=each.registry_id, version="example", as_of=0, example=True)
        for each in site.config.calling.registries.values()
        if each.example
    ]
    return Known(registries=tuple(examples), as_of_seq=site.state.last.seq if site.state else 0)
