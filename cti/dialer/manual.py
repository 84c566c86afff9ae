"""An agent calls a number: typed, by its short name, or the last one again. For a campaign, whose rules hold."""

from cti.core.agent import Agent
from cti.core.calling import CampaignConfig
from cti.core.config import AgentConfig
from cti.core.events import DialRequested, NumberDialRequested, RequestRefused
from cti.core.ids import CONTACT, LEG
from cti.core.kept import is_kept
from cti.core.state import State
from cti.core.states import AssignmentState, Presence
from cti.core.turn import Turn
from cti.dialer.agent_calls import AgentCall, accept_call, no_line, offer_call
from cti.dialer.numbering.normalise import Unusable, normalise


def decide_number(turn: Turn, event: NumberDialRequested) -> None:
    """At once, if the rules allow it: the agent waits on the line, and hears who answers."""
    state, agent = turn.state, turn.state.agents[event.agent_id]
    config = state.config.agents.get(event.agent_id)
    campaign_id = event.campaign_id or (agent.called_for if event.redial else "")
    campaign, why = state.config.calling.campaigns.get(campaign_id), no_line(agent, config)
    number = _number_meant(state, event, agent, campaign)
    if why or config is None:
        _refuse(turn, event, "no_line", why)
    elif not _can_call(state, agent, config):
        detail = "Finish what you have first; or a call on its way counts on you."
        _refuse(turn, event, "not_free", detail)
    elif campaign is None:
        own = ", ".join(sorted(state.config.calling.campaigns)) or "there are none: a supervisor adds them"
        _refuse(turn, event, "unknown_campaign", f"Say for which campaign you call, whose rules hold then: {own}.")
    elif isinstance(number, Unusable):
        _refuse(turn, event, "bad_number", f"{number.what[0].upper()}{number.what[1:]}: {number.remedy}.")
    else:
        _call(turn, event, number, campaign, _queue_of(campaign, config))


def _refuse(turn: Turn, event: NumberDialRequested, code: str, detail: str) -> None:
    turn.emit(RequestRefused(agent_id=event.agent_id, code=code, detail=detail, request_id=event.request_id))


def _number_meant(
    state: State, event: NumberDialRequested, agent: Agent, campaign: CampaignConfig | None
) -> str | Unusable:
    """In E.164. Without a country code it is one of the campaign's country, where that has but one."""
    if event.redial:
        return agent.called or Unusable("you have called nobody yet", "say a number")
    if event.speed:
        known = state.config.speed_dials.get(event.speed)
        return known or Unusable("there is no such short name", "see speed_dials in site.yaml, or say a number")
    countries = campaign.countries if campaign else ()
    found = normalise(event.number, countries[0] if len(countries) == 1 else "")
    return found if isinstance(found, Unusable) else found.number


def _can_call(state: State, agent: Agent, config: AgentConfig) -> bool:
    """Whether or not ready: nobody else is offered an agent who calls."""
    at_work = agent.presence is Presence.SIGNED_IN and agent.sockets and not agent.suspected and not agent.leaving
    free = all(held.state is AssignmentState.WRAP_UP for held in agent.assignments) and not agent.releasing
    room = len(agent.assignments) < config.capacity
    return bool(at_work and free and room) and not is_kept(state, agent.agent_id)


def _queue_of(campaign: CampaignConfig, config: AgentConfig) -> str:
    """Where the conversation counts: the campaign's queue, else the one that the agent serves first."""
    if campaign.dialling and campaign.dialling.queue_id:
        return campaign.dialling.queue_id
    return min((each.rank, each.queue_id) for each in config.memberships)[1] if config.memberships else ""


def _call(turn: Turn, event: NumberDialRequested, number: str, campaign: CampaignConfig, queue_id: str) -> None:
    contact_id, leg_id = turn.new_id(CONTACT), turn.new_id(LEG)
    offer_call(turn, AgentCall(event.agent_id, contact_id, leg_id, number, campaign.campaign_id, queue_id))
    contact = turn.state.contacts[contact_id]
    assert contact.offer is not None
    accept_call(turn, contact, contact.offer)
    turn.emit(
        DialRequested(
            dial_id=leg_id,
            purpose="manual",
            leg_id=leg_id,
            contact_id=contact_id,
            number=number,
            agent_id=event.agent_id,
            request_id=event.request_id,
            campaign_id=campaign.campaign_id,
            guaranteed=True,
        )
    )
