"""What must hold after every turn, whatever happened in it."""

from typing import Any

from cti import engine
from cti.acd.state import AcdState, available, qualifies
from cti.core.agent import Agent, agent_state
from cti.core.call import Leg
from cti.core.config import LookUpStep
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, LegState, OfferState, PartyRole

TALKING = (AssignmentState.RESERVED, AssignmentState.BUSY)


def check(state: State) -> None:
    check_agents(state)
    check_contacts(state)
    check_legs(state)
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
                assert contact.offer, agent
                assert contact.offer.agent_id == agent.agent_id, agent
            if held.state is AssignmentState.BUSY:
                assert contact.state is ContactState.CONNECTED, (agent, contact)
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


def check_contacts(state: State) -> None:
    """Each caller who is with us has a live leg; offers and agents' assignments agree."""
    for contact in state.contacts.rows.values():
        leg = state.legs.get(contact.leg_id)
        if contact.state is not ContactState.ENDED:
            assert leg, contact
            assert leg.state is not LegState.ENDED, contact
        offer = contact.offer
        if offer is None:
            assert contact.state is not ContactState.CONNECTING, contact
        elif contact.state is not ContactState.ENDED:
            agent = state.agents.rows[offer.agent_id]
            held = [each.state for each in agent.assignments if each.contact_id == contact.contact_id]
            busy = contact.state is ContactState.CONNECTED
            assert held == [AssignmentState.BUSY if busy else AssignmentState.RESERVED], (contact, agent)
            assert (offer.state is OfferState.ACCEPTED) == bool(offer.leg_id), contact
        if contact.state in (ContactState.CONNECTING, ContactState.CONNECTED):
            assert contact.agent_id == (offer.agent_id if offer else ""), contact


def check_legs(state: State) -> None:
    """A live leg is watched; a request of the carrier stays open only where a flow waits for a look-up."""
    promised = {(kind, key) for _, kind, key in promises(state)}
    for leg in state.legs.rows.values():
        if leg.state is not LegState.ENDED:
            assert ("leg_check", leg.leg_id) in promised, leg
        if leg.role is PartyRole.AGENT and leg.state is not LegState.ENDED:
            contact = state.contacts.get(leg.contact_id)
            wanted = contact and contact.offer and contact.offer.leg_id == leg.leg_id
            assert wanted or leg.released, leg
        if leg.provider_ref:
            assert state.leg_by_ref.get(leg.provider_ref) == leg.leg_id, leg
        if leg.awaiting:
            contact = state.contacts.rows[leg.contact_id]
            step = state.config_of(contact).flows[contact.flow_id].steps[contact.step_id]
            assert isinstance(step, LookUpStep), leg
        if leg.call_id and leg.call_id in state.calls:
            assert leg.leg_id in state.calls[leg.call_id].leg_ids, leg
    assert len(state.leg_by_ref) == sum(leg.provider_ref != "" for leg in state.legs.rows.values())
    held = {contact.call_id for contact in state.contacts.rows.values()}
    for call in state.calls.rows.values():
        assert call.call_id in held, call


def check_nobody_is_overlooked(state: State) -> None:
    """No caller waits while somebody is free who could take the call and has not just passed it."""
    now = state.last.at
    free = [
        (agent, config)
        for agent in state.agents.rows.values()
        if (config := state.config.agents.get(agent.agent_id)) and available(agent, config)
    ]
    for contact in state.contacts.rows.values():
        if contact.state is not ContactState.QUEUED or contact.offer:
            continue
        for agent, config in free:
            serves = any(each.queue_id == contact.queue_id for each in config.memberships)
            until = dict(contact.passed_over).get(agent.agent_id, 0)
            # Spared; or no longer so, but the look that follows is still due.
            passed = until > now or (until, "relook", f"{contact.contact_id}/{agent.agent_id}") in promises(state)
            assert not serves or passed or not qualifies(config, contact.skills), (contact, agent)


def check_restored(state: State) -> None:
    """What a snapshot brings back is the same: rows, indexes, promises."""
    content = engine.capture(state)
    restored = engine.restore(state.site, content)
    assert engine.capture(restored) == content
    for each in (state, restored):
        assert indexes(each) == indexes_by_rows(each)
    lost = promises(state) - promises(restored)
    assert not lost, lost
    # One more look at those who passed is all that a restart may add.
    assert {kind for at, kind, _ in promises(restored) - promises(state) if at > state.last.at} == set()


def promises(state: State) -> set[tuple[int, str, str]]:
    """The entries that count, of the heap and of what was put off."""
    entries = [*state.deadlines.heap, *(entry for _, entry in state.deadlines.put_by)]
    return {entry for entry in entries if engine.PROMISES[entry[1]](state, entry[2]) == entry[0]}


def indexes(state: State) -> dict[str, Any]:
    acd = state.room(AcdState)
    return {
        "queued": {key: list(line) for key, line in acd.queued.rows.items() if line.entries},
        "waiting": {key: list(line) for key, line in acd.waiting.rows.items() if line.entries},
        "idle": {key: list(line) for key, line in acd.idle.rows.items() if line.entries},
        "counts": {key: count for key, count in acd.counts.rows.items() if count},
    }


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
            if config and available(agent, config):
                for skills in {(), *(acd.skill_sets.get(membership.queue_id) or ())}:
                    if qualifies(config, skills):
                        entry = (membership.rank, agent.idle_since, agent.agent_id)
                        found["idle"].setdefault((membership.queue_id, skills), []).append(entry)
    return {
        **{name: {key: sorted(line) for key, line in lines.items()} for name, lines in found.items()},
        "counts": counts,
    }


def check_twin(state: State, twin: State) -> None:
    """Who only folds the records has the same state."""
    assert engine.capture(twin) == engine.capture(state)
    assert promises(state) <= promises(twin)


def check_empty(state: State) -> None:
    """Nothing of finished contacts is left."""
    for table in (state.contacts, state.legs, state.calls, state.leg_by_ref):
        assert table.rows == {}, table.rows
    found = indexes(state)
    assert found["queued"] == {}
    assert found["waiting"] == {}
    assert all(agent.assignments == agent.releasing == () for agent in state.agents.rows.values())
