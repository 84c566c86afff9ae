"""Leads that agents are shown before they are called: for how long, and what follows if nothing is said."""

from cti.core.contact import Contact
from cti.core.state import State
from cti.core.states import ContactState

SHOWN_S_MAX = 900
"""A lead that is not called by itself is not shown for longer: somebody else may call it."""


def preview_s(state: State, contact: Contact) -> int:
    """After so many seconds the lead is called by itself; 0 for not."""
    campaign = state.config.calling.campaigns.get(contact.campaign_id)
    return campaign.dialling.preview_s if campaign and campaign.dialling else 0


def shown_s(state: State, contact: Contact) -> int:
    """How long the lead is shown at most; 0 for a contact that is no such lead."""
    if contact.state is not ContactState.DIALLING:
        return 0
    return preview_s(state, contact) or SHOWN_S_MAX
