"""What agents ask for who call leads: the next one, to call it, to pass it over."""

from cti.core.contact import Contact, Offer
from cti.core.events import (
    LeadDialRequested,
    LeadSkipRequested,
    NextLeadRequested,
    OfferDeclined,
    RequestAccepted,
    RequestRefused,
)
from cti.core.states import ContactState, OfferState
from cti.core.turn import Turn
from cti.dialer.agent_calls import accept_call, no_line
from cti.dialer.previews import able, can_be_shown, previews_of, show

Asked = NextLeadRequested | LeadDialRequested | LeadSkipRequested


def _refuse(turn: Turn, event: Asked, code: str, detail: str) -> None:
    turn.emit(RequestRefused(agent_id=event.agent_id, code=code, detail=detail, request_id=event.request_id))


def decide_next(turn: Turn, event: NextLeadRequested) -> None:
    """The first lead there is, of the campaign that is named or of any."""
    state, agent = turn.state, turn.state.agents[event.agent_id]
    config = state.config.agents.get(event.agent_id)
    why = no_line(agent, config)
    if why or config is None:
        _refuse(turn, event, "no_line", why)
        return
    if not can_be_shown(state, agent, config):
        _refuse(
            turn, event, "not_free", "Be ready, and finish what you have first; or a call on its way counts on you."
        )
        return
    own = [each.campaign_id for each in previews_of(state).get(event.agent_id, ())]
    if event.campaign_id and event.campaign_id not in own:
        _refuse(turn, event, "unknown_campaign", f"Choose one of: {', '.join(own) or 'none shows you its leads'}.")
        return
    running = able(state, event.agent_id, turn.now.at)
    wanted = [each for each in running if event.campaign_id in ("", each.run.campaign_id)]
    if not wanted:
        _refuse(turn, event, "no_campaign", "None of your campaigns shows its leads now: ask a supervisor to start it.")
    elif not any(show(turn, agent, config, dialling) for dialling in wanted):
        _refuse(turn, event, "no_leads", "Nobody is there who may be called now: ask again in a minute.")


def _shown(turn: Turn, event: LeadDialRequested | LeadSkipRequested) -> tuple[Contact, Offer] | None:
    contact = turn.state.contacts.get(event.contact_id)
    offer = contact.offer if contact and contact.state is ContactState.DIALLING else None
    if contact is None or offer is None or offer.agent_id != event.agent_id:
        _refuse(turn, event, "lead_gone", "You are not shown this lead, or not any more.")
        return None
    return contact, offer


def decide_dial(turn: Turn, event: LeadDialRequested) -> None:
    """As soon as the rules are known to allow it."""
    found = _shown(turn, event)
    if found is None:
        return
    contact, offer = found
    if offer.state is OfferState.PENDING:
        accept_call(turn, contact, offer)
    else:  # pressed twice
        turn.emit(RequestAccepted(agent_id=event.agent_id, request_id=event.request_id))


def decide_skip(turn: Turn, event: LeadSkipRequested) -> None:
    """Before it is called."""
    found = _shown(turn, event)
    if found is None:
        return
    contact, offer = found
    if offer.state is not OfferState.PENDING:
        _refuse(turn, event, "being_called", "They are being called: hang up instead.")
        return
    turn.emit(
        OfferDeclined(
            offer_id=offer.offer_id, contact_id=contact.contact_id, agent_id=offer.agent_id, reason=event.reason
        )
    )
