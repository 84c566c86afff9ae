"""Leads are shown to agents before they are called: whose turn it is, to whom, and what becomes of those not called."""

from typing import NamedTuple

from cti.core.agent import Agent
from cti.core.apply.campaigns import LOOK, pool_of, run_of
from cti.core.campaign import HeldLead, RunStatus, own_line
from cti.core.config import AgentConfig, SiteConfig
from cti.core.events import (
    AgentNotReady,
    AnyEvent,
    CallbackFreed,
    CampaignStatusChanged,
    LeadsClaimed,
    LeadSkipped,
    LeadTaken,
    LegRefused,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
    PreviewsPutOff,
)
from cti.core.exposure import is_free
from cti.core.ids import CONTACT, LEG
from cti.core.kept import is_kept
from cti.core.learning import answer_ppm
from cti.core.ledgers import programme_of
from cti.core.lifecycle import NOT_SENT
from cti.core.pools import DIALLED
from cti.core.state import State
from cti.core.states import ContactState, OfferState, WithdrawReason
from cti.core.turn import Turn
from cti.dialer.agent_calls import AgentCall, offer_call
from cti.dialer.claims import ask_for_leads
from cti.dialer.clearance import ready_for
from cti.dialer.compliance import stopped_by_spend
from cti.dialer.foreseeing import refusal
from cti.dialer.launching import SHARE_UNIT, Dialling, bounds_for, first_leads, may_dial_now
from cti.dialer.recycling import give_back, not_called, put_off
from cti.dialer.state import DialerState
from cti.dialer.traits import traits_of

LOOKED_AT = 50
"""How many leads are looked at for one whom this agent may call now."""

PUT_OFF = 20
"""How many of them at most turn out to be called later, in one turn."""

AGENTS_MAX = 20
"""How many agents are shown somebody in one turn."""

LOOK_MS, LOOK_SOON_MS = 60_000, 2_000
"""How soon it is looked again, where somebody is free and nobody could be shown for a reason that passes; and where
more leads are there to be looked at."""


class Preview(NamedTuple):
    """A campaign that shows leads, all of them or those whom the agent promised a call; and how the agent ranks its
    queue."""

    rank: int
    campaign_id: str
    queue_id: str
    shows_all: bool


def previews_of(state: State) -> dict[str, tuple[Preview, ...]]:
    """By agent, the best rank first. By the configuration in force, found out once for each."""
    return state.derived("previews", _previews)


def _previews(config: SiteConfig) -> dict[str, tuple[Preview, ...]]:
    queues: dict[str, list[str]] = {}
    for campaign_id, campaign in sorted(config.calling.campaigns.items()):
        if campaign.mode in DIALLED and campaign.mode != "broadcast" and campaign.dialling:
            queues.setdefault(campaign.dialling.queue_id, []).append(campaign_id)
    found = {}
    campaigns = config.calling.campaigns
    for agent_id, agent in config.agents.items():
        own = [
            Preview(membership.rank, campaign_id, membership.queue_id, campaigns[campaign_id].mode == "preview")
            for membership in agent.memberships
            for campaign_id in queues.get(membership.queue_id, ())
        ]
        if own and agent.nailed_up:
            found[agent_id] = tuple(sorted(own))
    return found


def can_be_shown(state: State, agent: Agent, config: AgentConfig) -> bool:
    """Free, at a desk, on a line that stays up, and not counted on by lines in the air."""
    return bool(agent.sockets) and is_free(agent, config) and not is_kept(state, agent.agent_id)


def decide_agent_free(turn: Turn, event: AnyEvent) -> None:
    """Whatever may have made an agent free: nobody who calls us waits for this agent by now."""
    show_by_itself(turn, getattr(event, "agent_id", ""))


def decide_leads_there(turn: Turn, event: LeadsClaimed | CallbackFreed | CampaignStatusChanged) -> None:
    """There are leads, perhaps for those who are free."""
    look(turn, event.campaign_id)


def look(turn: Turn, campaign_id: str) -> None:
    """Who has been free for longest is shown somebody first."""
    free = _free_for(turn.state, campaign_id)
    for agent in free[:AGENTS_MAX]:
        show_by_itself(turn, agent.agent_id)
    if len(free) > AGENTS_MAX:
        look_later(turn, campaign_id, LOOK_SOON_MS)


def _free_for(state: State, campaign_id: str) -> list[Agent]:
    """Those whom the campaign may show somebody."""
    buffers = state.room(DialerState).buffers
    found = []
    for agent_id, own in previews_of(state).items():
        agent = state.agents.get(agent_id)
        ours = next((each for each in own if each.campaign_id == campaign_id), None)
        if agent is None or ours is None or not is_free(agent, state.config.agents[agent_id]):
            continue
        if ours.shows_all or buffers.get(own_line(campaign_id, agent_id)):
            found.append(agent)
    return sorted(found, key=lambda agent: (agent.idle_since, agent.agent_id))


def show_by_itself(turn: Turn, agent_id: str) -> None:
    """In campaigns that do not wait for the agent's word; promised calls in all."""
    state = turn.state
    agent, config = state.agents.get(agent_id), state.config.agents.get(agent_id)
    if agent_id not in previews_of(state) or agent is None or config is None or not is_free(agent, config):
        return
    for dialling in able(state, agent_id, turn.now.at):
        if show(turn, agent, config, dialling, only_promised=not dialling.how.preview_s):
            return
    for each in previews_of(state)[agent_id]:
        outside_hours = may_dial_now(state, each.campaign_id, turn.now.at) is None
        if each.shows_all and outside_hours and run_of(state, each.campaign_id).status is RunStatus.RUNNING:
            look_later(turn, each.campaign_id)


def able(state: State, agent_id: str, at: int) -> list[Dialling]:
    """The agent's campaigns that may call somebody now, whose turn it is first."""
    found = []
    for each in previews_of(state).get(agent_id, ()):
        dialling = may_dial_now(state, each.campaign_id, at)
        if dialling:
            served = dialling.run.served * SHARE_UNIT // dialling.how.share
            found.append((each.rank, served, each.campaign_id, dialling))
    return [each[-1] for each in sorted(found, key=lambda each: each[:3])]


def show(turn: Turn, agent: Agent, config: AgentConfig, dialling: Dialling, *, only_promised: bool = False) -> bool:
    """The next lead of the campaign for this agent, if there is one. Who may not be called now waits for the time."""
    state, campaign_id = turn.state, dialling.run.campaign_id
    candidates = _candidates(state, agent, dialling)
    if candidates and (stopped_by_spend(state) or not can_be_shown(state, agent, config)):
        look_later(turn, campaign_id)
        return False
    put_by = 0
    for held in candidates:
        if only_promised and not held.lead.callback:
            continue
        # Nobody is shown a lead for nothing.
        refused = refusal(state, held, dialling.campaign, turn.now.at, guaranteed=True)
        if refused is None:
            _show(turn, agent, held, dialling)
            ask_for_leads(turn, campaign_id)
            return True
        turn.emit(not_called(held, refused, turn.now.at))
        put_by += 1
        if put_by == PUT_OFF:
            look_later(turn, campaign_id, LOOK_SOON_MS)
            break
    if dialling.campaign.mode == "preview":
        ask_for_leads(turn, campaign_id)
    return False


def _candidates(state: State, agent: Agent, dialling: Dialling) -> list[HeldLead]:
    """Whom the agent promised a call, and then, if the campaign shows them all, everybody else."""
    campaign_id = dialling.run.campaign_id
    own = first_leads(state, own_line(campaign_id, agent.agent_id), LOOKED_AT)
    return own + (first_leads(state, campaign_id, LOOKED_AT) if dialling.campaign.mode == "preview" else [])


def look_later(turn: Turn, campaign_id: str, wait_ms: int = LOOK_MS) -> None:
    """Nothing else may tell when it is time."""
    look_at = turn.now.at + wait_ms
    run = turn.state.runs.get(campaign_id)
    if run is None or not turn.now.at < run.look_at <= look_at:
        turn.emit(PreviewsPutOff(campaign_id=campaign_id, look_at=look_at))


def _show(turn: Turn, agent: Agent, held: HeldLead, dialling: Dialling) -> None:
    """The card is on the screen, and the agent is nobody else's."""
    state, lead, at = turn.state, held.lead, turn.now.at
    leg_id, contact_id, number = turn.new_id(LEG), turn.new_id(CONTACT), lead.numbers[lead.number_index].number
    bounds = bounds_for(state, held)
    traits = traits_of(state, lead, ready_for(state).place(number, lead.address), at)
    turn.emit(
        LeadTaken(
            leg_id=leg_id,
            campaign_id=held.campaign_id,
            pool_id=held.campaign_id,
            lead_key=held.key,
            number_index=lead.number_index,
            traits=traits,
            chance_ppm=answer_ppm(pool_of(state, held.campaign_id).knowledge, traits),
            bounds=bounds.ledgers,
            connect_ms=bounds.connect_ms,
            after_greeting=bounds.after_greeting,
            agent_id=agent.agent_id,
            programme=programme_of(dialling.campaign),
        )
    )
    call = AgentCall(agent.agent_id, contact_id, leg_id, number, held.campaign_id, dialling.how.queue_id)
    offer_call(turn, call, attempt_id=leg_id)


def decide_over(turn: Turn, event: OfferDeclined | OfferExpired | OfferWithdrawn) -> None:
    """It was shown, and not called: later, if the agent says so or says nothing; else to the next agent at once."""
    contact = turn.state.contacts.get(event.contact_id)
    line = turn.state.lines.get(contact.leg_id) if contact else None
    if contact is None or contact.state is not ContactState.DIALLING or contact.offer or contact.stage:
        return
    reason = _reason(event)
    turn.emit(
        LeadSkipped(
            contact_id=contact.contact_id, agent_id=event.agent_id, campaign_id=contact.campaign_id, reason=reason
        )
    )
    if line and isinstance(event, OfferWithdrawn):
        give_back(turn, line, reason)
    elif line:
        put_off(turn, line)
    turn.emit(LegRefused(leg_id=contact.leg_id, code=NOT_SENT))


def _reason(event: OfferDeclined | OfferExpired | OfferWithdrawn) -> str:
    if isinstance(event, OfferDeclined):
        return event.reason
    return event.reason.lower() if isinstance(event, OfferWithdrawn) else "expired"


def decide_not_ready(turn: Turn, event: AgentNotReady) -> None:
    """Who wants a pause has not to look at a lead first."""
    for held in turn.state.agents[event.agent_id].assignments:
        contact = turn.state.contacts.get(held.contact_id)
        offer = contact.offer if contact and contact.state is ContactState.DIALLING else None
        if contact and offer and offer.state is OfferState.PENDING:
            turn.emit(
                OfferWithdrawn(
                    offer_id=offer.offer_id,
                    contact_id=contact.contact_id,
                    agent_id=event.agent_id,
                    reason=WithdrawReason.AGENT_LEFT,
                )
            )


def due_look(turn: Turn, campaign_id: str) -> None:
    """It may be time now."""
    turn.emit(PreviewsPutOff(campaign_id=campaign_id, look_at=0))
    look(turn, campaign_id)


def _look_at(state: State, key: str) -> int:
    run = state.runs.get(key)
    return run.look_at if run else 0


PROMISES = {LOOK: _look_at}
DUE = {LOOK: due_look}
