"""L: once nothing goes wrong any more, everything comes to its end in bounded time.

Looked at once a second. Whatever is under way is given a name that changes with every step it takes; a name that stays
for too long is a thing that is stuck. Who is on the line, who talks and who is free is judged from the carrier's lines
and from what the desktops show, so that a server which is wrong about it finds no excuse in its own state.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from cti.core.config import qualifies
from cti.core.contact import Contact
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, LegState, Presence
from cti.journal.memory import MemoryJournal
from cti.sim.checks.conversations import Pending, pending_in_conversations
from cti.sim.checks.violation import Violation
from cti.sim.line import Hears, Line, Part
from cti.sim.stepping import step
from cti.views.desk import Desk

LOOK_MS = 1_000

FREE_MS = 25_000
"""An agent may be free for so long beside a caller who could have her: longer than one who passed is spared."""

STEP_MS = 45_000
"""The longest step of a living call: dialled, rung, and asked after when nobody says what became of it."""

REQUEST_MS = 10_000
"""A call request is answered or held after 2.5 s; a worker that starts may take a while."""

UNHEARD_MS = 100_000
"""What only a report would tell, that got lost before it was calm: until the watch over legs has asked, and again."""


LATE_MS = 600_000 + STEP_MS
"""What became of a lead may be said so long after wrap-up."""


class Working(Protocol):
    """An agent as seen from outside."""

    agent_id: str
    endpoint: str
    nailed_up: bool

    def shown(self) -> Desk | None:
        """What the desktop shows; None while it is not connected."""

    def unanswered(self) -> Sequence[str]:
        """Requests that a connected desktop waits for."""


class Liveness:
    """`look` at regular times; what is pending then is timed from the first look that found it."""

    def __init__(self) -> None:
        self._since: dict[str, int] = {}

    def look(self, pending: Iterator[Pending], now: int) -> None:
        """Raises `Violation`."""
        before, self._since = self._since, {}
        for each in pending:
            since = self._since[each.name] = before.get(each.name, now)
            if now - since > each.limit_ms:
                raise Violation("L", f"for {(now - since) / 1_000:g} s {each.words}", each.about)


def pending_in(
    state: State, journal: MemoryJournal, lines: Mapping[str, Line], agents: Sequence[Working], *, kept: bool = False
) -> Iterator[Pending]:
    """Everything that has not come to rest yet. While agents are `kept`, who is free need not be for everybody."""
    at_home = {agent.endpoint: agent.agent_id for agent in agents if agent.nailed_up}
    alive = [line for line in lines.values() if not line.over]
    in_use = {line.endpoint for line in alive if line.endpoint not in at_home or line.hears is Hears.TALK}
    free = [agent for agent in agents if agent.endpoint not in in_use and _shows_free(agent.shown())]
    free = [] if kept else free
    for line in alive:
        if line.part is Part.CUSTOMER:
            yield from _caller(state, line, free)
        else:
            yield from _telephone(state, line, at_home.get(line.endpoint, ""))
    yield from pending_in_conversations(state, alive)
    for contact in state.contacts.rows.values():
        yield from _contact(state, contact, lines)
    for leg in state.legs.rows.values():
        if leg.state is not LegState.ENDED and _is_over(lines, leg.provider_ref):
            yield Pending(f"leg {leg.leg_id}", UNHEARD_MS, f"leg {leg.leg_id} is held to be up", leg.leg_id)
        elif leg.awaiting or (leg.released and leg.state is not LegState.ENDED):
            # One that is gone stays with its contact, which is kept while an agent may yet say what became of it.
            wants = "to be gone" if leg.released else "an answer"
            yield Pending(f"{wants} {leg.leg_id} {leg.nonce}", STEP_MS, f"leg {leg.leg_id} awaits {wants}", leg.leg_id)
    for agent in agents:
        yield from _agent(state, agent)
    for row in step(journal.open_commands()):
        yield Pending(f"command {row.command_id}", STEP_MS, f"command {row.command_id} is {row.status}")


def _is_over(lines: Mapping[str, Line], ref: str) -> bool:
    line = lines.get(ref)
    return line is None or line.over


def _shows_free(desk: Desk | None) -> bool:
    if desk is None or desk.contacts or desk.suspected:
        return False
    return desk.ready and desk.presence is Presence.SIGNED_IN


def _caller(state: State, line: Line, free: Sequence[Working]) -> Iterator[Pending]:
    """Talks, goes on through the flow, or waits because nobody with the skills is free."""
    leg = state.find_leg("", line.ref)
    contact = state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or contact.state is ContactState.ENDED:
        yield Pending(f"forgotten {line.ref}", STEP_MS, "a caller is on the line of whom nobody takes care", line.ref)
    elif line.hears in (Hears.TALK, Hears.HOLD):
        known = ContactState.FORWARDED if line.outside else ContactState.CONNECTED
        if contact.state is not known:
            yield Pending(f"unnoticed {line.ref}", STEP_MS, "a caller talks and nobody knows of it", line.ref)
    elif contact.state is ContactState.QUEUED and contact.offer is None:
        for agent in free:
            if _could_have(state, agent.agent_id, contact):
                words = f"{contact.contact_id} waits while {agent.agent_id} sits there, free"
                spared = dict(contact.passed_over).get(agent.agent_id, 0)  # asked meanwhile, and ready again at once
                yield Pending(f"{contact.contact_id} {agent.agent_id} {spared}", FREE_MS, words, contact.contact_id)
    else:
        offer = f"{contact.offer.offer_id} {contact.offer.state} {contact.offer.expires_at}" if contact.offer else ""
        place = f"{contact.state} {contact.step_id} {contact.tries} {offer}"
        steps = leg.nonce if contact.state is ContactState.IN_FLOW else 0
        words = f"{contact.contact_id} stays where it is: {place.strip()}"
        yield Pending(f"caller {line.ref} {place} {steps}", STEP_MS, words, contact.contact_id)


def _could_have(state: State, agent_id: str, contact: Contact) -> bool:
    config = state.config.agents.get(agent_id)
    if config is None or not qualifies(config, contact.skills):
        return False
    return any(membership.queue_id == contact.queue_id for membership in config.memberships)


def _telephone(state: State, line: Line, nailed_up: str) -> Iterator[Pending]:
    """One of our lines rings, or talks, or goes. Who is nailed up is at home alone, from sign-in to sign-out."""
    if line.hears is Hears.TALK:
        return
    others = [other for other in line.room.lines if other is not line] if line.room else []
    if line.part is not Part.SUPERVISOR:
        others = [other for other in others if other.part is not Part.SUPERVISOR]
    if others:
        return
    agent = state.agents.get(nailed_up)
    if line.room and agent and agent.presence is not Presence.SIGNED_OUT and agent.leg_id == line.label:
        return
    words = f"the line to {line.endpoint} is up, and nobody is on the other side"
    yield Pending(f"line {line.ref} {line.run}", STEP_MS, words, line.label)


def _contact(state: State, contact: Contact, lines: Mapping[str, Line]) -> Iterator[Pending]:
    """The caller is gone: so the contact comes to its end, and is closed once nobody holds it."""
    leg = state.legs.get(contact.leg_id)
    if any(agent.unsaid == contact.contact_id for agent in state.agents.rows.values()):
        words = f"what became of {contact.contact_id} is waited for"
        yield Pending(f"late {contact.contact_id}", LATE_MS, words, contact.contact_id)
    elif contact.state is ContactState.ENDED or leg is None or _is_over(lines, leg.provider_ref):
        words = f"contact {contact.contact_id} is {contact.state} and its caller gone"
        yield Pending(f"contact {contact.contact_id}", UNHEARD_MS, words, contact.contact_id)


def _agent(state: State, working: Working) -> Iterator[Pending]:
    """Holds only what is under way, is trusted again, and gets answers."""
    name = working.agent_id
    agent = state.agents.get(name)
    for held in agent.assignments if agent else ():
        if held.state is AssignmentState.WRAP_UP:
            yield Pending(f"{name} wraps up {held.contact_id}", STEP_MS, f"{name} wraps up", held.contact_id)
        elif held.contact_id not in state.contacts:
            yield Pending(f"{name} holds {held.contact_id}", 0, f"{name} holds what is gone", held.contact_id)
    if agent and agent.releasing:
        yield Pending(f"{name} lets go {agent.releasing}", UNHEARD_MS, f"{name} is kept from work by old legs", name)
    desk = working.shown()
    if desk and desk.suspected:
        yield Pending(f"{name} is suspected", STEP_MS, f"{name} is suspected with a desktop that works", name)
    for request_id in working.unanswered():
        yield Pending(f"{name} asks {request_id}", STEP_MS, f"{name} waits for an answer to {request_id}", name)
