"""Whoever comes here does not want to be called any more: that holds at once."""

from collections.abc import Iterator

from cti.core.config import OptOutStep
from cti.core.contact import Contact
from cti.core.events import SuppressionRequested
from cti.core.plan import AnyVerb
from cti.core.state import State
from cti.core.states import Direction
from cti.core.suppression import COMPANY, HOUSEHOLD, SuppressionKey, mistake
from cti.core.turn import Turn

REASON = "asked by pressing a key"


def enter(turn: Turn, contact: Contact, step: OptOutStep, verbs: list[AnyVerb]) -> str:
    """A caller who withholds the number cannot be noted, and goes on all the same."""
    for scope, value in _whom(turn.state, contact):
        seller = _seller(turn.state, contact) if step.whose == "seller" else ""
        if mistake(SuppressionKey(scope=scope, value=value, seller=seller)):
            continue
        turn.emit(
            SuppressionRequested(
                scope=scope,
                value=value,
                seller=seller,
                reason=REASON,
                origin="key_press",
                by=contact.contact_id,
            )
        )
    return step.next


def _whom(state: State, contact: Contact) -> Iterator[tuple[str, str]]:
    """The number, and the person with every other number, if it is known who was called."""
    yield COMPANY, contact.from_number
    line = state.lines.get(contact.attempt_id)
    held = state.leads.get(line.lead_key) if line else None
    if held and held.lead.subject and held.lead.subject.person_id:
        yield HOUSEHOLD, held.lead.subject.person_id


def _seller(state: State, contact: Contact) -> str:
    """For whom they were called. Nobody called who rings us, and then it holds for all."""
    campaign = state.config.calling.campaigns.get(contact.campaign_id)
    return campaign.seller if campaign and contact.direction is Direction.OUTBOUND else ""
