"""Whoever comes here does not want to be called any more: that holds at once."""

from cti.core.config import OptOutStep
from cti.core.contact import Contact
from cti.core.events import SuppressionRequested
from cti.core.plan import AnyVerb
from cti.core.state import State
from cti.core.states import Direction
from cti.core.suppression import COMPANY, SuppressionKey, mistake
from cti.core.turn import Turn

REASON = "asked by pressing a key"


def enter(turn: Turn, contact: Contact, step: OptOutStep, verbs: list[AnyVerb]) -> str:
    """A caller who withholds the number cannot be noted, and goes on all the same. Whose number it is, as far as that
    is known, is entered beside it: nobody rings the person at another one."""
    seller = _seller(turn.state, contact) if step.whose == "seller" else ""
    number = contact.from_number
    if not mistake(SuppressionKey(scope=COMPANY, value=number, seller=seller)):
        turn.emit(
            SuppressionRequested(
                scope=COMPANY, value=number, seller=seller, reason=REASON, origin="key_press", by=contact.contact_id
            )
        )
    return step.next


def _seller(state: State, contact: Contact) -> str:
    """For whom they were called, though the campaign may be gone by now. Nobody called who rings us, and then it holds
    for all."""
    campaign = state.config_of(contact).calling.campaigns.get(contact.campaign_id)
    return campaign.seller if campaign and contact.direction is Direction.OUTBOUND else ""
