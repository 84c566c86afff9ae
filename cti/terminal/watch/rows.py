"""The rows of the wallboard as words: queues, agents, contacts, the carrier's rate."""

from collections.abc import Iterable, Mapping

from cti.client import AgentRow, BoardParty, ContactRow, Dials, QueueRow, Wallboard
from cti.terminal.watch.row_list import Cells, Column
from cti.terminal.words import count, plain, since, span, state_in_words

QUEUE_COLUMNS = (
    Column("queue", 18),
    Column("waiting", 7),
    Column("oldest", 7),
    Column("rung", 4),
    Column("talk", 4),
    Column("agents"),
)
AGENT_COLUMNS = (Column("agent"), Column("state", 22), Column("for", 7), Column("contact", 12))
CONTACT_COLUMNS = (
    Column("contact", 12),
    Column("state", 21),
    Column("for", 7),
    Column("waited", 7),
    Column("with, and how"),
)

_AGENT_STATES = ("READY", "RESERVED", "BUSY", "WRAP_UP", "NOT_READY", "SIGNED_OUT")
_PLACES = {
    "SCHEDULED": "later",
    "IN_FLOW": "in the menu",
    "QUEUED": "waits",
    "CONNECTING": "is connected",
    "CONNECTED": "TALKS",
}
_MODES = {"MONITOR": "listens", "WHISPER": "whispers", "BARGE": "barged in"}
_RECORDINGS = {"ASKED": "recording asked", "ON": "RECORDED", "PAUSED": "recording paused"}


def queue_cells(row: QueueRow, now: float) -> Cells:
    """How many wait, since when, and who could take them."""
    return (
        row.name or row.queue_id,
        str(row.waiting),
        since(row.oldest_queued_at, now),
        str(row.offered or ""),
        str(row.connected or ""),
        states_in_words(row.agents),
    )


def states_in_words(agents: Mapping[str, int]) -> str:
    """`2 ready, 1 busy`: the states that there are, the free ones first."""
    known = [state for state in _AGENT_STATES if agents.get(state)]
    known += sorted(state for state in agents if state not in _AGENT_STATES and agents[state])
    return ", ".join(f"{agents[state]} {state_in_words(state).lower()}" for state in known)


def agent_cells(row: AgentRow, now: float) -> Cells:
    """State, its age, the contact."""
    state = state_in_words(row.state, row.reason) + (" NOT TRUSTED" if row.suspected else "")
    return (row.name or row.agent_id, state, since(row.since, now), ", ".join(row.contact_ids))


def contact_cells(row: ContactRow, now: float, agents: Mapping[str, AgentRow], queues: Mapping[str, QueueRow]) -> Cells:
    """Where it is, how long, how long it waited, with whom and how."""
    queue = queues[row.queue_id].name if row.queue_id in queues else plain(row.queue_id)
    place = _PLACES.get(row.state, plain(row.state).lower())
    if row.state == "QUEUED" and row.agent_id:
        place = "is offered"
    waited = span((now if row.state == "QUEUED" else row.since) - row.queued_at) if row.queued_at else ""
    return (row.contact_id, f"{place} {queue}".rstrip(), since(row.since, now), waited, ", ".join(_with(row, agents)))


def _name(agent_id: str, agents: Mapping[str, AgentRow]) -> str:
    return agents[agent_id].name or agent_id if agent_id in agents else agent_id


def _with(row: ContactRow, agents: Mapping[str, AgentRow]) -> Iterable[str]:
    if row.agent_id:
        yield _name(row.agent_id, agents)
    if row.on_hold:
        yield "ON HOLD"
    for party in row.parties:
        yield _party(party, agents)
    if row.recording in _RECORDINGS:
        yield _RECORDINGS[row.recording]
    for each in row.supervisions:
        yield f"{each.supervisor_id} {_MODES.get(each.mode, plain(each.mode).lower())}"


def _party(party: BoardParty, agents: Mapping[str, AgentRow]) -> str:
    who = _name(party.agent_id, agents) if party.agent_id else "outside number"
    marks = ([] if party.state == "HERE" else ["rung" if party.state == "RINGING" else "asked"]) + (
        ["on hold"] if party.on_hold else []
    )
    return f"+ {who} ({', '.join(marks)})" if marks else f"+ {who}"


def dials_in_words(dials: Dials, now: float) -> str:
    """The legs that wait for the carrier's rate, and whether outside numbers are rung at all."""
    if dials.stopped:
        return "! OUTSIDE CALLS ARE STOPPED: the site rang more numbers than it may. Resume when you know why."
    if not dials.waiting:
        return "carrier's rate: no leg waits"
    legs = count(dials.waiting, "leg waits", "legs wait")
    first, last = since(dials.oldest_asked_at, now), span(dials.wait_ms)
    return f"carrier's rate: {legs}, the first since {first}, the last for {last} yet"


def summary(board: Wallboard) -> str:
    """The whole centre in a line."""
    waiting = sum(row.waiting for row in board.queues.values())
    talking = sum(row.connected for row in board.queues.values())
    return f"{waiting} waiting, {talking} talking, {count(len(board.agents), 'agent', 'agents')}"


def queue_ids(board: Wallboard, text: str) -> list[str]:
    """By name."""
    rows = [row for row in board.queues.values() if _fits(text, row.queue_id, row.name)]
    return [row.queue_id for row in sorted(rows, key=lambda row: (row.name.casefold(), row.queue_id))]


def agent_ids(board: Wallboard, text: str) -> list[str]:
    """By name, so that nobody moves while one looks for them."""
    rows = [
        row for row in board.agents.values() if _fits(text, row.agent_id, row.name, plain(row.state), plain(row.reason))
    ]
    return [row.agent_id for row in sorted(rows, key=lambda row: (row.name.casefold(), row.agent_id))]


def contact_ids(board: Wallboard, text: str) -> list[str]:
    """The oldest first."""
    rows = [
        row
        for row in board.contacts.values()
        if _fits(text, row.contact_id, row.queue_id, plain(row.queue_id), row.agent_id, plain(row.state), row.to_number)
    ]
    return [row.contact_id for row in sorted(rows, key=lambda row: (row.arrived_at, row.contact_id))]


def _fits(text: str, *words: str) -> bool:
    return not text or text.casefold() in " ".join(words).casefold()
