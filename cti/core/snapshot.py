"""The state as bytes. Rows only: indexes and deadlines follow from them."""

import msgspec

from cti.core.agent import Agent
from cti.core.base import Moment
from cti.core.call import Call, Leg
from cti.core.config import SiteConfig
from cti.core.contact import Contact
from cti.core.dial import Dial, DialCount, next_token_at
from cti.core.errors import JournalDamaged
from cti.core.state import State, Token
from cti.core.states import LegState

FORMAT = 1


class Captured(msgspec.Struct, frozen=True):
    """Rows in the order of their keys."""

    format: int
    last: Moment
    config_hash: str
    configs: dict[str, SiteConfig]
    tokens: list[Token]
    agents: list[Agent]
    contacts: list[Contact]
    legs: list[Leg]
    calls: list[Call]
    relook_at: int = 0
    dials: list[Dial] = []
    dial_counts: list[DialCount] = []
    next_token_us: int = 0


_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Captured)


def capture(state: State) -> bytes:
    return _encoder.encode(
        Captured(
            FORMAT,
            state.last,
            state.config_hash,
            {key: state.configs[key] for key in sorted(state.configs.rows)},
            state.tokens.in_order(),
            state.agents.in_order(),
            state.contacts.in_order(),
            state.legs.in_order(),
            state.calls.in_order(),
            state.relook_at,
            state.dials.in_order(),
            state.dial_counts.in_order(),
            state.next_token_us,
        )
    )


def restore(state: State, content: bytes) -> None:
    """Fill an empty state. Raises `JournalDamaged` when the content is not a snapshot of this format."""
    try:
        captured = _decoder.decode(content)
    except msgspec.MsgspecError as error:
        raise JournalDamaged(f"snapshot cannot be read: {error}") from error
    if captured.format != FORMAT:
        raise JournalDamaged(f"snapshot has format {captured.format}, this is {FORMAT}")
    state.last = captured.last
    for key, config in captured.configs.items():
        state.configs.put(key, config)
    if captured.config_hash:
        state.current.put("config", captured.config_hash)
    for token in captured.tokens:
        state.tokens.put(token.token_hash, token)
    for agent in captured.agents:
        state.agents.put(agent.agent_id, agent)
    for contact in captured.contacts:
        state.contacts.put(contact.contact_id, contact)
    for leg in captured.legs:
        state.legs.put(leg.leg_id, leg)
        if leg.provider_ref:
            state.leg_by_ref.put(leg.provider_ref, leg.leg_id)
    for call in captured.calls:
        state.calls.put(call.call_id, call)
    if captured.relook_at:
        state.relook.put("at", captured.relook_at)
    for dial in captured.dials:
        state.dials.put(dial.dial_id, dial)
    for count in captured.dial_counts:
        state.dial_counts.put(count.agent_id, count)
    if captured.next_token_us:
        state.rate.put("next_us", captured.next_token_us)
    _promise_again(state)
    state.undo.forget()


def _promise_again(state: State) -> None:
    """Every promise that a row makes goes back into the heap."""
    promise = state.deadlines.add
    if state.relook_at:
        promise(state.relook_at, "site_relook", "")
    if len(state.dials):
        promise(next_token_at(state.next_token_us), "dial_token", "")
    _promise_to_agents(state)
    for contact in state.contacts.in_order():
        promised = (contact.bridge_by, "bridge"), (contact.look_up_by, "look_up"), (contact.message_by, "message")
        for at, kind in promised:
            if at:
                promise(at, kind, contact.contact_id)
        offers = [(contact.contact_id, contact.offer)]
        offers += [(f"{contact.contact_id}/{party.party_id}", party.offer) for party in contact.parties]
        for key, offer in offers:
            for at, kind in (
                (offer.ack_by if offer else 0, "offer_ack"),
                (offer.ring_by if offer else 0, "offer_ring"),
                (offer.expires_at if offer else 0, "offer_expiry"),
                (offer.connect_by if offer else 0, "offer_connect"),
            ):
                if at:
                    promise(at, kind, key)
        for agent_id, until in contact.passed_over:
            promise(until, "relook", f"{contact.contact_id}/{agent_id}")
    for leg in state.legs.in_order():
        if leg.check_at and leg.state is not LegState.ENDED:
            promise(leg.check_at, "leg_check", leg.leg_id)


def _promise_to_agents(state: State) -> None:
    promise = state.deadlines.add
    for agent in state.agents.in_order():
        for at, kind in ((agent.absent_at, "absence"), (agent.line_at, "line")):
            if at:
                promise(at, kind, agent.agent_id)
        for held in agent.assignments:
            if held.wrap_up_ends_at:
                promise(held.wrap_up_ends_at, "wrap_up", f"{agent.agent_id}/{held.contact_id}")
