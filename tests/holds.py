"""What must hold after every turn, whatever happened in it."""

from typing import Any

from cti import engine
from cti.acd.state import AcdState
from cti.core.agent import Agent, agent_state, is_available, is_phone
from cti.core.call import Leg
from cti.core.campaign import line_of
from cti.core.config import LookUpStep, qualifies
from cti.core.contact import is_called, leg_ids_of, offer_to
from cti.core.dial import Dial
from cti.core.kept import is_kept
from cti.core.lines import is_line
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, LegState, OfferState, PartyRole, Presence
from cti.core.tables import SortedIndex
from cti.dialer.state import DialerState

TALKING = (AssignmentState.RESERVED, AssignmentState.BUSY)


def check(state: State) -> None:
    check_agents(state)
    check_campaigns(state)
    check_lines(state)
    check_contacts(state)
    check_legs(state)
    check_dials(state)
    check_recordings(state)
    check_spend(state)
    check_nobody_is_overlooked(state)
    check_restored(state)


def check_agents(state: State) -> None:
    """No offer beyond capacity, no second conversation, no second unheld leg (A)."""
    for agent in state.agents.rows.values():
        config = state.config.agents.get(agent.agent_id)
        if config:
            assert len(agent.assignments) <= config.capacity, agent
        assert sum(held.state in TALKING for held in agent.assignments) <= 1, agent
        assert len(_unheld_legs(state, agent)) <= 1, agent
        for leg_id in agent.releasing:
            assert state.legs.rows[leg_id].released, agent
            assert state.legs.rows[leg_id].state is not LegState.ENDED, agent
        for held in agent.assignments:
            contact = state.contacts.rows[held.contact_id]
            if held.state is AssignmentState.RESERVED:
                assert offer_to(contact, agent.agent_id), agent
            if held.state is AssignmentState.BUSY:
                assert contact.state is ContactState.CONNECTED, (agent, contact)
                assert agent.agent_id in {contact.agent_id, *(party.agent_id for party in contact.parties)}
            assert (held.state is AssignmentState.WRAP_UP) == (held.wrap_up_ends_at > 0), agent


def _unheld_legs(state: State, agent: Agent) -> list[Leg]:
    """The agent's legs that are up, not on hold, and not on their way out."""

    def over(contact_id: str) -> bool:
        contact = state.contacts.get(contact_id)
        return contact is None or contact.state is ContactState.ENDED

    return [
        leg
        for leg in state.legs.rows.values()
        if leg.agent_id == agent.agent_id and leg.state not in (LegState.HELD, LegState.ENDED)
        if not leg.released and not over(leg.contact_id)
    ]


def check_lines(state: State) -> None:
    """A nailed-up leg is where its agent's work is, or on its way there, and watched; it serves one contact at most."""
    promised = {key for _, kind, key in promises(state) if kind == "line"}
    for agent in state.agents.rows.values():
        leg = state.legs.get(agent.leg_id)
        assert bool(agent.leg_id) == (leg is not None), agent
        if leg is None:
            assert not agent.nailed, agent
            assert not agent.call_id, agent
            continue
        assert leg.nailed_up, (agent, leg)
        assert leg.agent_id == agent.agent_id, (agent, leg)
        assert leg.state is not LegState.ENDED, (agent, leg)
        assert not leg.released, (agent, leg)
        assert agent.presence is not Presence.SIGNED_OUT, agent
        if agent.nailed:
            assert leg.call_id == leg.bound_for == agent.call_id, (agent, leg)
        if leg.state is LegState.CONNECTED:
            assert agent.agent_id in promised or not leg.plan, (agent, leg)
        serving = [
            contact.contact_id
            for contact in state.contacts.rows.values()
            if contact.state is not ContactState.ENDED and agent.leg_id in leg_ids_of(contact)
        ]
        assert serving in ([], [leg.contact_id]), (agent, serving)


def check_contacts(state: State) -> None:
    """Each caller who is with us has a live leg, but for who hung up on a message; offers and agents' assignments
    agree."""
    for contact in state.contacts.rows.values():
        leg = state.legs.get(contact.leg_id)
        if contact.state is not ContactState.ENDED:
            assert leg, contact
            assert (leg.state is LegState.ENDED) == (contact.message_by > 0), contact
            assert contact.state is ContactState.IN_FLOW or not contact.message_by, contact
        offer = contact.offer
        if offer is None:
            assert contact.state is not ContactState.CONNECTING, contact
        elif contact.state is not ContactState.ENDED:
            agent = state.agents.rows[offer.agent_id]
            held = [each.state for each in agent.assignments if each.contact_id == contact.contact_id]
            busy = contact.state is ContactState.CONNECTED
            assert held == [AssignmentState.BUSY if busy else AssignmentState.RESERVED], (contact, agent)
            config = state.config.agents.get(offer.agent_id)
            if offer.state is OfferState.ACCEPTED:
                assert offer.leg_id, contact
                assert state.legs[offer.leg_id].contact_id == contact.contact_id, contact
            elif offer.leg_id and config and not is_phone(config):  # it was one when it rang
                assert state.legs[offer.leg_id].endpoint_kind != "client", contact
            if offer.state is OfferState.PENDING and not (offer.ack_by or offer.ring_by or offer.expires_at):
                assert offer.leg_id in state.dials, contact
        if contact.state in (ContactState.CONNECTING, ContactState.CONNECTED):
            assert contact.agent_id == (offer.agent_id if offer else ""), contact
        if contact.parties or contact.supervisions:
            assert contact.state is ContactState.CONNECTED, contact
        if contact.state is ContactState.CONNECTED:
            assert offer or any(party.present for party in contact.parties), contact


def check_legs(state: State) -> None:
    """A live leg is watched; a request of the carrier stays open only where a flow waits for a look-up."""
    promised = {(kind, key) for _, kind, key in promises(state)}
    for leg in state.legs.rows.values():
        if leg.state is not LegState.ENDED:
            assert ("leg_check", leg.leg_id) in promised, leg
        if leg.role is not PartyRole.CUSTOMER and leg.state is not LegState.ENDED:
            contact = state.contacts.get(leg.contact_id)
            assert leg.released or is_line(state, leg) or (contact and leg.leg_id in leg_ids_of(contact)), leg
        if leg.provider_ref:
            assert state.leg_by_ref.get(leg.provider_ref) == leg.leg_id, leg
        if leg.awaiting:
            assert leg.role is PartyRole.CUSTOMER, leg
            contact = state.contacts.rows[leg.contact_id]
            step = state.config_of(contact).flows[contact.flow_id].steps[contact.step_id]
            assert isinstance(step, LookUpStep), leg
        if leg.call_id and leg.call_id in state.calls:
            assert leg.leg_id in state.calls[leg.call_id].leg_ids, leg
    assert len(state.leg_by_ref) == sum(leg.provider_ref != "" for leg in state.legs.rows.values())
    held = {contact.call_id for contact in state.contacts.rows.values()}
    owned = {agent.call_id: agent.agent_id for agent in state.agents.rows.values() if agent.call_id}
    for call in state.calls.rows.values():
        assert call.call_id in held or owned.get(call.call_id) == call.agent_id or call.leg_ids, call


def check_dials(state: State) -> None:
    """What waits is a leg that was never sent; the next token, or a look at what never came, is promised. An attempt
    lives no longer than its leg."""
    for dial in state.dials.rows.values():
        leg = state.legs.get(dial.leg_id)
        assert dial.dial_id == dial.leg_id, dial
        assert leg is None or not leg.released, (dial, leg)
    promised = {(kind, key) for _, kind, key in promises(state)}
    if state.dials.rows:
        assert ("dial_token", "") in promised
    for dial in state.gathering.rows.values():
        assert ("dial_facts", dial.dial_id) in promised, dial
        assert dial.facts is None, dial
        assert dial.dial_id not in state.dials, dial
    facts = {dial.dial_id: dial.facts.as_of_seq for dial in state.dials.rows.values() if dial.facts}
    assert state.overlay.waiting.rows == facts
    for leg_id, attempt_id in state.overlay.live.rows.items():
        attempt = state.overlay.attempts[attempt_id]
        assert attempt.live, attempt
        assert attempt.leg_id == leg_id, attempt
        assert state.legs.rows[leg_id].state is not LegState.ENDED, attempt


def check_recordings(state: State) -> None:
    """What is open will be looked at; nothing is kept of a leg that is over and settled."""
    promised = {key for _, kind, key in promises(state) if kind == "recordings_check"}
    for row in state.recorded.rows.values():
        open_ones = bool(row.open_ids) or row.unnamed
        assert (row.leg_id in promised) == open_ones, row
        leg = state.legs.get(row.leg_id)
        assert open_ones or (leg and leg.state is not LegState.ENDED), row


def check_spend(state: State) -> None:
    """What runs is counted on; what is counted belongs to a call that lives, or is about to be found over."""
    promised = {key for _, kind, key in promises(state) if kind == "dial_minute"}
    for metered in state.metered.rows.values():
        assert (metered.key in promised) == (metered.minute_at > 0), metered
        assert metered.minute_at or metered.key in state.legs, metered
    for spend in state.spends.rows.values():
        assert spend.in_hour >= 0, spend
        assert spend.in_day >= 0, spend


def check_nobody_is_overlooked(state: State) -> None:
    """No caller waits while somebody is free who could take the call and has not just passed it."""
    now = state.last.at
    free = [
        (agent, config)
        for agent in state.agents.rows.values()
        if (config := state.config.agents.get(agent.agent_id)) and is_available(agent, config)
    ]
    for contact in state.contacts.rows.values():
        if contact.state is not ContactState.QUEUED or contact.offer:
            continue
        for agent, config in free:
            serves = any(each.queue_id == contact.queue_id for each in config.memberships)
            until = dict(contact.passed_over).get(agent.agent_id, 0)
            # Spared; or no longer so, but the look that follows is still due.
            passed = until > now or (until, "relook", f"{contact.contact_id}/{agent.agent_id}") in promises(state)
            passed |= any(
                held.contact_id == contact.contact_id for held in agent.assignments
            )  # wraps up a talk with it
            passed |= not is_called(contact) and is_kept(state, agent.agent_id)  # a line in the air counts on it
            assert not serves or passed or not qualifies(config, contact.skills), (contact, agent)


def check_restored(state: State) -> None:
    """What a snapshot brings back is the same: rows, indexes, promises."""
    content = engine.capture(state)
    restored = engine.restore(state.site, content)
    assert engine.capture(restored) == content
    for each in (state, restored):
        assert indexes(each) == indexes_by_rows(each)
    ours, theirs = promises(state), promises(restored)
    lost = ours - theirs
    assert not lost, lost
    # One more look at those who passed is all that a restart may add.
    assert {kind for at, kind, _ in theirs - ours if at > state.last.at} == set()


def promises(state: State) -> set[tuple[int, str, str]]:
    """The entries that count, of the heap and of what was put off."""
    return {entry for entry in noted(state) if counts(state, entry)}


def noted(state: State) -> set[tuple[int, str, str]]:
    """All entries of both."""
    return {*state.deadlines.heap, *(entry for _, entry in state.deadlines.put_by)}


def counts(state: State, entry: tuple[int, str, str]) -> bool:
    """Whether it is still what was promised."""
    at, kind, what = entry
    return engine.PROMISES[kind](state, what) == at


def indexes(state: State) -> dict[str, Any]:
    acd = state.room(AcdState)
    return {
        "queued": {key: list(line) for key, line in acd.queued.rows.items() if line.entries},
        "waiting": {key: list(line) for key, line in acd.waiting.rows.items() if line.entries},
        "idle": {key: list(line) for key, line in acd.idle.rows.items() if line.entries},
        "counts": {key: count for key, count in acd.counts.rows.items() if count},
        "connected": [entry[-1] for entry in acd.connected],
        "gone": list(acd.gone),
        "dials": [entry[-1] for entry in state.room(DialerState).waiting],
        "leads": {key: [each[-1] for each in line] for key, line in buffers(state) if line.entries},
    }


def buffers(state: State) -> list[tuple[str, SortedIndex]]:
    """The leads of each campaign that wait for their turn."""
    return sorted(state.room(DialerState).buffers.rows.items())


def indexes_by_rows(state: State) -> dict[str, Any]:
    """The same, the slow and obvious way. Which skills are asked for is a matter of history."""
    found: dict[str, dict[Any, list[Any]]] = {"queued": {}, "waiting": {}, "idle": {}}
    counts: dict[Any, int] = {}
    for contact in state.contacts.rows.values():
        if contact.state is ContactState.QUEUED:
            entry = (-contact.priority, contact.queued_at, contact.queued_seq, contact.contact_id)
            found["queued"].setdefault(contact.queue_id, []).append(entry)
            if contact.offer is None:
                found["waiting"].setdefault((contact.queue_id, contact.skills), []).append(entry)
    acd = state.room(AcdState)
    for agent in state.agents.rows.values():
        config = state.config.agents.get(agent.agent_id)
        for membership in config.memberships if config else ():
            key = (membership.queue_id, agent_state(agent))
            counts[key] = counts.get(key, 0) + 1
            if config and is_available(agent, config):
                for skills in {(), *(acd.skill_sets.get(membership.queue_id) or ())}:
                    if qualifies(config, skills):
                        entry = (membership.rank, agent.idle_since, agent.agent_id)
                        found["idle"].setdefault((membership.queue_id, skills), []).append(entry)
    desks = [agent for agent in state.agents.rows.values() if _has_desk(state, agent)]
    return {
        **{name: {key: sorted(line) for key, line in lines.items()} for name, lines in found.items()},
        "counts": counts,
        "connected": sorted(agent.agent_id for agent in desks if agent.sockets),
        "gone": sorted((each.vanished_at, each.agent_id) for each in desks if each.vanished_at and not each.sockets),
        "dials": [dial.dial_id for dial in sorted(state.dials.rows.values(), key=_leaves)],
        "leads": _leads_in_line(state),
    }


def _leads_in_line(state: State) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for held in sorted(state.leads.rows.values(), key=lambda each: (*each.place, each.key)):
        if not held.leg_id:
            found.setdefault(line_of(held), []).append(held.key)
    return found


def _has_desk(state: State, agent: Agent) -> bool:
    config = state.config.agents.get(agent.agent_id)
    return agent.presence is not Presence.SIGNED_OUT and (config is None or config.desk)


def _leaves(dial: Dial) -> tuple[Any, ...]:
    return (dial.importance, dial.asked_at, dial.asked_seq, dial.dial_id)


def check_campaigns(state: State) -> None:
    """A line has its lead, a lead that is called has its line, and no ledger knows more abandoned calls than calls."""
    for line in state.lines.rows.values():
        assert state.leads[line.lead_key].leg_id == line.leg_id, line
        assert line.ended_at or line.leg_id in state.legs, line
    for held in state.leads.rows.values():
        assert not held.leg_id or held.leg_id in state.lines, held
    for ledger in state.ledgers.rows.values():
        assert all(0 <= abandoned <= answers for _, answers, abandoned in ledger.days), ledger


def check_twin(state: State, twin: State) -> None:
    """Who only folds the records has the same state."""
    assert engine.capture(twin) == engine.capture(state)
    # Who never takes what is due keeps every entry there was: only ours are looked up among them.
    ours = promises(state)
    assert ours <= noted(twin)
    assert all(counts(twin, entry) for entry in ours)


def check_empty(state: State) -> None:
    """Nothing of finished contacts is left."""
    for table in (
        state.contacts,
        state.legs,
        state.calls,
        state.leg_by_ref,
        state.dials,
        state.gathering,
        state.overlay.live,
        state.recorded,
        state.metered,
    ):
        assert table.rows == {}, table.rows
    found = indexes(state)
    assert found["queued"] == {}
    assert found["waiting"] == {}
    assert all(agent.assignments == agent.releasing == () for agent in state.agents.rows.values())
