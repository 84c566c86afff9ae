"""S and J, once everybody is gone: nothing is left, and the journal tells the same story when it is decided again."""

from collections.abc import Iterable

from cti import engine
from cti.acd.state import AcdState
from cti.core.base import Moment
from cti.core.call import Call, Leg
from cti.core.codec import decode
from cti.core.contact import Contact
from cti.core.record import FIRST_HASH, chain_hash
from cti.core.state import State
from cti.journal.memory import MemoryJournal
from cti.sim.checks.violation import Violation
from cti.sim.line import Line
from cti.sim.past import Past
from cti.sim.stepping import step


def check_nothing_left(state: State, journal: MemoryJournal) -> None:
    """No contact, leg, room, promise or open command outlives the last caller; all agents are free."""
    late = {agent.unsaid for agent in state.agents.in_order() if agent.unsaid}
    for name, table in (("contact", state.contacts), ("leg", state.legs), ("call", state.calls)):
        for key in sorted(table.rows):
            if _contact_of(table[key]) not in late:
                raise Violation("S", f"{name} {key} is left", key)
    for ref in sorted(state.leg_by_ref.rows):
        leg = state.legs.get(state.leg_by_ref[ref])
        if leg is None or leg.contact_id not in late:
            raise Violation("S", f"the reference {ref} is left", state.leg_by_ref[ref])
    for agent in state.agents.in_order():
        for held in agent.assignments:
            raise Violation("S", f"{agent.agent_id} still holds contact {held.contact_id}", held.contact_id)
    acd = state.room(AcdState)
    for index in (*acd.queued.rows.values(), *acd.waiting.rows.values()):
        for entry in index:
            raise Violation("S", f"contact {entry[-1]} is still in an index", entry[-1])
    for row in step(journal.open_commands()):
        raise Violation("S", f"command {row.command_id} is still {row.status}")


def _contact_of(row: Contact | Leg | Call) -> str:
    """Of whose contact an agent may yet say what became of it, is kept until then: for ten minutes at most."""
    return row.contact_id


def check_nobody_left(lines: Iterable[Line]) -> None:
    """No line outlives the last conversation."""
    for line in lines:
        if not line.over:
            raise Violation("S", f"the line to {line.endpoint} is still up", line.label or line.ref)


class Auditor:
    """Reads the journal anew: the chain verifies, decided again each input gives the same, and so does the fold."""

    def __init__(self, site: str, past: Past | None = None) -> None:
        self._past = past
        self._decided = engine.new_state(site)
        self._folded = engine.new_state(site)

    async def audit(self, journal: MemoryJournal, state: State) -> None:
        """Raises `Violation` where journal and state part."""
        last_hash, seq = FIRST_HASH, 0
        async for row in journal.read(0):
            seq += 1
            if row.seq != seq or row.previous_hash != last_hash or chain_hash(row) != row.hash:
                raise Violation("J", f"record {seq} does not verify")
            last_hash = row.hash
            record = decode(row)
            engine.fold(self._folded, record)
            outcome = engine.advance(self._decided, record.input, Moment(record.seq, record.at))
            if outcome.events != record.events or outcome.commands != record.commands:
                raise Violation("J", f"decided again, record {seq} comes out differently")
            if self._past and seq == 1:
                for each in (self._decided, self._folded):
                    self._past.add(each)
        captured = engine.capture(state)
        for name, other in (("decided again", self._decided), ("folded", self._folded)):
            if engine.capture(other) != captured:
                raise Violation("J", f"the journal, {name}, leads to another state")
