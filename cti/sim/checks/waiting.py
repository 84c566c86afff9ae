"""S: nobody waits in line while somebody is free who could take the call and has not just passed it."""

from cti.acd.state import AcdState
from cti.core.contact import Contact, is_called
from cti.core.kept import is_kept
from cti.core.state import State
from cti.sim.checks.violation import Violation

LATE_MS = 2_000
"""How long after its time a second look may come: promises fall due between turns."""


def check_nobody_is_overlooked(state: State) -> None:
    """Raises `Violation` for a caller and an agent who should have met."""
    acd = state.room(AcdState)
    for line, waiting in acd.waiting.rows.items():
        idle = acd.idle.get(line)
        if not (waiting.entries and idle and idle.entries):
            continue
        for contact in (state.contacts[entry[-1]] for entry in waiting):
            for agent_id in (entry[-1] for entry in idle):
                if not (_is_spared(contact, agent_id, state.last.at) or _is_kept_from(state, contact, agent_id)):
                    raise Violation("S", f"{contact.contact_id} waits while {agent_id} is free", contact.contact_id)


def _is_kept_from(state: State, contact: Contact, agent_id: str) -> bool:
    """For those whom campaigns call."""
    return not is_called(contact) and is_kept(state, agent_id)


def _is_spared(contact: Contact, agent_id: str, now: int) -> bool:
    return dict(contact.passed_over).get(agent_id, 0) > now - LATE_MS
