"""What the judge is told of a call: the campaign's promises, where the number may be, what is known of the person."""

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
    """The facts of one call. The person's own consent, where it is known, stands for what the campaign vouches for:
    who took it back has none, whatever the seller says."""
    rule, _, detail = place.reason.partition(": ")
    return CallFacts(
        campaign_id=campaign.campaign_id,
        purpose=campaign.purpose,
        party=campaign.party,
        mode=campaign.mode,
        country=place.country,
        jurisdictions=place.jurisdictions,
        zones=place.zones,
        line=place.line,
        place_rule=rule,
        place_detail=detail,
        consent=consent or campaign.consent,
        customer_at=customer_at,
        opted_in=campaign.opted_in,
        guaranteed=guaranteed,
        listed=listed,
        registries=registries,
        attempts=attempts,
        as_of_seq=as_of_seq,
    )
