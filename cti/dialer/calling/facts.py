"""Everything that decides about a call, put together: the campaign, where the number may be, what is known of it."""

from cti.core.calling import AttemptFact, CallFacts, CampaignConfig, Listing, RegistryFact
from cti.core.numbering import Place


def call_facts(
    campaign: CampaignConfig,
    place: Place,
    *,
    consent: str = "",
    customer_at: int = 0,
    guaranteed: bool = False,
    listed: tuple[Listing, ...] = (),
    registries: tuple[RegistryFact, ...] = (),
    attempts: tuple[AttemptFact, ...] = (),
    as_of_seq: int = 0,
) -> CallFacts:
    """`consent` is what this person gave; where nobody said, what the seller vouches for."""
    return CallFacts(
        campaign_id=campaign.campaign_id,
        purpose=campaign.purpose,
        party=campaign.party,
        mode=campaign.mode,
        country=place.country,
        jurisdictions=place.jurisdictions,
        zones=place.zones,
        line=place.line,
        place_rule="PLACE-UNKNOWN" if place.reason else "",
        place_detail=place.reason,
        consent=consent or campaign.consent,
        customer_at=customer_at,
        opted_in=campaign.opted_in,
        guaranteed=guaranteed,
        listed=listed,
        registries=registries,
        attempts=attempts,
        as_of_seq=as_of_seq,
    )
