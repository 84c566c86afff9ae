"""What the rules would say of a call to a lead, by what is known without asking anybody. What is asked when it is made
may say no all the same."""

from cti.core.calling import CampaignConfig, Clearance
from cti.core.campaign import HeldLead
from cti.core.dial import GatheredFacts
from cti.core.events import ClaimedLead, DialRefused, DialRequested
from cti.core.state import State
from cti.dialer.clearance import judged, needed
from cti.dialer.compliance import may_dial


def would_ask(lead: ClaimedLead, number: str, campaign: CampaignConfig, *, guaranteed: bool = True) -> DialRequested:
    """A call to this lead, by an agent or with one `guaranteed`, where nothing else is said."""
    return DialRequested(
        dial_id="",
        purpose="campaign",
        number=number,
        campaign_id=campaign.campaign_id,
        subject=lead.subject,
        consent=lead.consent,
        customer_at=lead.customer_at,
        guaranteed=guaranteed,
        address=lead.address,
    )


def known_now(state: State, asked: DialRequested, campaign: CampaignConfig) -> GatheredFacts:
    """As if the number were on no list, and had not been called but for what is known here."""
    return GatheredFacts(as_of_seq=state.last.seq, registries=needed(state, asked, campaign).to_ask)


def foreseen(state: State, lead: ClaimedLead, number: str, campaign: CampaignConfig, at: int) -> Clearance | str:
    """The verdict at `at` (ms), as `cti.dialer.clearance.judged` gives it."""
    asked = would_ask(lead, number, campaign)
    return judged(state, asked, campaign, known_now(state, asked, campaign), at)


def refusal(state: State, held: HeldLead, campaign: CampaignConfig, at: int, *, guaranteed: bool) -> DialRefused | None:
    """What speaks against a call at `at` (ms), on the number whose turn it is."""
    asked = would_ask(held.lead, held.lead.numbers[held.lead.number_index].number, campaign, guaranteed=guaranteed)
    verdict = may_dial(state, asked, known_now(state, asked, campaign), at)
    if verdict.refusal is None:
        return None
    rule, detail, next_allowed_at = verdict.refusal
    return DialRefused(dial_id="", rule=rule, detail=detail, next_allowed_at=next_allowed_at, clearance=verdict.proof)
