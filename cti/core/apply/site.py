"""How the site itself moves: starts, configuration, credentials."""

from collections.abc import Callable
from typing import Any

from cti.core.agent import Agent
from cti.core.apply.agents import start_grace
from cti.core.base import Moment, changed
from cti.core.events import ConfigApplied, RelookPromised, ServerStarted, TokenIssued, TokenRevoked
from cti.core.state import State, Token
from cti.core.states import Presence


def apply_server_started(state: State, event: ServerStarted, now: Moment) -> None:
    """No socket and no waiting request outlived the worker before; agents have the grace to come back. Of those who
    were gone already nobody can say whether they tried."""
    for agent in state.agents.in_order():
        if agent.sockets:
            start_grace(state, changed(agent, vanished_at=now.at, cut_off=True, spared=False), now)
        elif agent.absent_at:
            state.agents.put(agent.agent_id, changed(agent, cut_off=True))
        elif agent.presence is Presence.SIGNED_IN:
            start_grace(state, agent, now)
    for leg in state.legs.in_order():
        if leg.awaiting:
            state.legs.put(leg.leg_id, changed(leg, awaiting=False))


def apply_config(state: State, event: ConfigApplied, now: Moment) -> None:
    """Contacts in a flow finish under the configuration they began with, and who answers a line may have to; others are
    let go of. Who calls nobody remembers no conversations: with the first campaign the store must know those before
    it."""
    calls_first = bool(event.config.calling.campaigns) and not state.config.calling.campaigns
    if calls_first and state.config_hash:  # before the first configuration nobody talked
        state.overlay.raise_floor(now.seq)
    in_use = {contact.config_hash for contact in state.contacts.in_order()}
    in_use |= {line.config_hash for line in state.lines.in_order()}
    for old in sorted(state.configs.rows):
        if old not in in_use:
            state.configs.drop(old)
    state.configs.put(event.config_hash, event.config)
    state.current.put("config", event.config_hash)
    for agent_id in event.config.agents:
        if agent_id not in state.agents:
            state.agents.put(agent_id, Agent(agent_id=agent_id))
    for agent in state.agents.in_order():
        gone = agent.agent_id not in event.config.agents
        held = agent.assignments or agent.sockets or agent.unsaid
        if gone and agent.presence is Presence.SIGNED_OUT and not held:
            state.agents.drop(agent.agent_id)


def apply_token_issued(state: State, event: TokenIssued, now: Moment) -> None:
    token = Token(
        token_hash=event.token_hash,
        scope=event.scope,
        subject=event.subject,
        expires_at=event.expires_at,
        issued_at=now.at,
    )
    state.tokens.put(event.token_hash, token)


def apply_token_revoked(state: State, event: TokenRevoked, now: Moment) -> None:
    state.tokens.drop(event.token_hash)


def apply_relook_promised(state: State, event: RelookPromised, now: Moment) -> None:
    state.relook.put("at", event.at)
    if event.at:
        state.deadlines.add(event.at, "site_relook", "")


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    ServerStarted: apply_server_started,
    ConfigApplied: apply_config,
    RelookPromised: apply_relook_promised,
    TokenIssued: apply_token_issued,
    TokenRevoked: apply_token_revoked,
}
