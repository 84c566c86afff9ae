"""The state as bytes. Rows only: indexes and deadlines follow from them."""

from collections.abc import Sequence
from typing import Any

import msgspec

from cti.core.agent import Agent
from cti.core.base import Moment, Record
from cti.core.call import Call, Leg
from cti.core.campaign import CampaignRun, HeldLead, Line, Pool, PromisedCall
from cti.core.config import SiteConfig
from cti.core.contact import Contact
from cti.core.dial import Dial, DialCount, next_token_at
from cti.core.errors import JournalDamaged
from cti.core.ledger import Ledger
from cti.core.overlay import Attempt, SuppressionChange
from cti.core.recorded import RecordedLeg
from cti.core.registry import RegistryInForce
from cti.core.spend import Metered, Spend
from cti.core.state import State, Token
from cti.core.states import LegState
from cti.core.tables import Table

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
    recorded: list[RecordedLeg] = []
    metered: list[Metered] = []
    spends: list[Spend] = []
    gathering: list[Dial] = []
    registries: list[RegistryInForce] = []
    changes: list[SuppressionChange] = []
    attempts: list[Attempt] = []
    floor: int = 0
    runs: list[CampaignRun] = []
    leads: list[HeldLead] = []
    lead_marks: dict[str, int] = {}
    lines: list[Line] = []
    pools: list[Pool] = []
    ledgers: list[Ledger] = []
    promised: list[PromisedCall] = []
    removals: dict[str, int] = {}


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
            state.recorded.in_order(),
            state.metered.in_order(),
            state.spends.in_order(),
            state.gathering.in_order(),
            state.registries.in_order(),
            state.overlay.changes.in_order(),
            state.overlay.attempts.in_order(),
            state.overlay.floor,
            state.runs.in_order(),
            state.leads.in_order(),
            {key: state.lead_marks[key] for key in sorted(state.lead_marks.rows)},
            state.lines.in_order(),
            state.pools.in_order(),
            state.ledgers.in_order(),
            state.promised.in_order(),
            {key: state.removals[key] for key in sorted(state.removals.rows)},
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
    for table, rows, key in (
        (state.tokens, captured.tokens, "token_hash"),
        (state.agents, captured.agents, "agent_id"),
        (state.contacts, captured.contacts, "contact_id"),
        (state.calls, captured.calls, "call_id"),
        (state.dials, captured.dials, "dial_id"),
        (state.dial_counts, captured.dial_counts, "agent_id"),
        (state.recorded, captured.recorded, "leg_id"),
        (state.metered, captured.metered, "key"),
        (state.spends, captured.spends, "agent_id"),
        (state.gathering, captured.gathering, "dial_id"),
        (state.registries, captured.registries, "registry_id"),
        (state.runs, captured.runs, "campaign_id"),
        (state.leads, captured.leads, "key"),
        (state.lines, captured.lines, "leg_id"),
        (state.pools, captured.pools, "pool_id"),
        (state.ledgers, captured.ledgers, "ledger_id"),
        (state.promised, captured.promised, "key"),
    ):
        _fill(table, rows, key)
    for marks, found in ((state.lead_marks, captured.lead_marks), (state.removals, captured.removals)):
        for key, seq in found.items():
            marks.put(key, seq)
    _lay_over(state, captured)
    for leg in captured.legs:
        state.legs.put(leg.leg_id, leg)
        if leg.provider_ref:
            state.leg_by_ref.put(leg.provider_ref, leg.leg_id)
    if captured.relook_at:
        state.relook.put("at", captured.relook_at)
    if captured.next_token_us:
        state.rate.put("next_us", captured.next_token_us)
    _promise_again(state)
    state.undo.forget()


def _fill(table: Table[str, Any], rows: Sequence[Record], key: str) -> None:
    for row in rows:
        table.put(getattr(row, key), row)


def _lay_over(state: State, captured: Captured) -> None:
    state.overlay.raise_floor(captured.floor)
    for change in captured.changes:
        state.overlay.put_change(change)
    for attempt in captured.attempts:
        state.overlay.put_attempt(attempt)
    for dial in captured.dials:
        if dial.facts:
            state.overlay.wait_with(dial.dial_id, dial.facts.as_of_seq)


def _promise_again(state: State) -> None:
    """Every promise that a row makes goes back into the heap."""
    promise = state.deadlines.add
    for dial in state.gathering.in_order():
        promise(dial.facts_by, "dial_facts", dial.dial_id)
    for attempt in state.overlay.attempts.in_order():
        if attempt.ring_by:
            promise(attempt.ring_by, "attempt_ring", attempt.attempt_id)
    _promise_to_campaigns(state)
    if state.relook_at:
        promise(state.relook_at, "site_relook", "")
    if len(state.dials):
        promise(next_token_at(state.next_token_us), "dial_token", "")
    _promise_to_agents(state)
    for contact in state.contacts.in_order():
        for at, kind in (
            (contact.bridge_by, "bridge"),
            (contact.look_up_by, "look_up"),
            (contact.message_by, "message"),
        ):
            if at:
                promise(at, kind, contact.contact_id)
        offers = [(contact.contact_id, contact.offer)]
        offers += [(f"{contact.contact_id}/{party.party_id}", party.offer) for party in contact.parties]
        for key, offer in offers:
            for at, kind in (
                (offer.ack_by if offer else 0, "offer_ack"),
                (offer.ring_by if offer else 0, "offer_ring"),
                (offer.hold_by if offer else 0, "offer_hold"),
                (offer.expires_at if offer else 0, "offer_expiry"),
                (offer.connect_by if offer else 0, "offer_connect"),
            ):
                if at:
                    promise(at, kind, key)
        for agent_id, until in contact.passed_over:
            promise(until, "relook", f"{contact.contact_id}/{agent_id}")
    _promise_about_legs(state)


def _promise_to_campaigns(state: State) -> None:
    promise = state.deadlines.add
    for run in state.runs.in_order():
        for at in (run.claim_by, run.claim_after):
            if at:
                promise(at, "lead_claim", run.campaign_id)
        for at, kind in ((run.look_at, "preview_look"), (run.promised_at, "lead_promise")):
            if at:
                promise(at, kind, run.campaign_id)
    for promised in state.promised.in_order():
        promise(promised.due_at, "callback_due", promised.key)
    for held in state.leads.in_order():
        if held.kept_until:
            promise(held.kept_until, "callback_kept", held.key)
    for line in state.lines.in_order():
        for at, kind in ((line.connect_by, "line_connect"), (line.give_up_at, "line_surplus")):
            if at:
                promise(at, kind, line.leg_id)


def _promise_about_legs(state: State) -> None:
    promise = state.deadlines.add
    for leg in state.legs.in_order():
        if leg.check_at and leg.state is not LegState.ENDED:
            promise(leg.check_at, "leg_check", leg.leg_id)
    for row in state.recorded.in_order():
        if row.check_at:
            promise(row.check_at, "recordings_check", row.leg_id)
    for metered in state.metered.in_order():
        if metered.minute_at:
            promise(metered.minute_at, "dial_minute", metered.key)


def _promise_to_agents(state: State) -> None:
    promise = state.deadlines.add
    for agent in state.agents.in_order():
        if agent.leaving:
            state.leaving.put(agent.agent_id, agent.leaving)
        for at, kind in (
            (agent.absent_at, "absence"),
            (agent.line_at, "line"),
            (agent.leaves_at, "agent_leave"),
            (agent.unsaid_until, "late_word"),
        ):
            if at:
                promise(at, kind, agent.agent_id)
        for held in agent.assignments:
            if held.wrap_up_ends_at:
                promise(held.wrap_up_ends_at, "wrap_up", f"{agent.agent_id}/{held.contact_id}")
