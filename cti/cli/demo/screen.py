"""What a person sees: who waits, who talks, what ended how."""

import time
from collections.abc import Sequence

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cti.cli.demo.kinds import in_words
from cti.client import ContactRecord, ContactRow, Wallboard

COLOURS = {
    "READY": "green",
    "RESERVED": "yellow",
    "BUSY": "cyan",
    "WRAP_UP": "magenta",
    "NOT_READY": "red",
    "SIGNED_OUT": "bright_black",
}

OUTCOME_COLOURS = {"connected": "cyan", "flow_ended": "white", "quarantined": "red"}

FINISHED_SHOWN = 12


def draw(
    board: Wallboard,
    finished: list[ContactRecord],
    notes: list[str],
    seats: Sequence[str] = (),
    *,
    live: bool,
    ended: str = "",
) -> RenderableType:
    """The whole screen. `seats` are commands to sit in with; `live` is whether the server answers at this moment."""
    now = time.time() * 1_000
    head = Text.assemble(
        ("Harbour Supplies", "bold"),
        f"   {_count(board, 'IN_FLOW')} in the menu   {_count(board, 'QUEUED')} waiting   "
        f"{_count(board, 'CONNECTING', 'CONNECTED')} talking   {len(finished)} finished   ",
        ("server answers" if live else "server is coming back ...", "green" if live else "bold red"),
        ended or "   (Ctrl-C ends)",
    )
    parts: list[RenderableType] = [
        head,
        *([Text("sit in yourself, in another terminal:"), *map(Text, seats)] if seats else []),
        Columns([_queues(board, now), _agents(board, now)], expand=True),
        Columns([_contacts(board, now), _finished(finished)], expand=True),
    ]
    if notes:
        parts.append(Panel("\n".join(notes[-4:]), title="notes", border_style="yellow"))
    return Group(*parts)


def _count(board: Wallboard, *states: str) -> int:
    return sum(1 for contact in board.contacts.values() if contact.state in states)


def _age(since: int, now: float) -> str:
    return f"{max(0.0, now - since) / 1_000:.0f} s" if since else ""


def _queues(board: Wallboard, now: float) -> RenderableType:
    table = Table(title="queues", title_justify="left", expand=True)
    for name in ("queue", "waiting", "longest", "on offer", "talking"):
        table.add_column(name, justify="left" if name == "queue" else "right")
    for queue in sorted(board.queues.values(), key=lambda row: row.queue_id):
        longest = _age(queue.oldest_queued_at, now)
        table.add_row(queue.name, str(queue.waiting), longest, str(queue.offered), str(queue.connected))
    return table


def _agents(board: Wallboard, now: float) -> RenderableType:
    table = Table(title="agents", title_justify="left", expand=True)
    for name in ("agent", "state", "for", "contact"):
        table.add_column(name)
    for agent in sorted(board.agents.values(), key=lambda row: row.agent_id):
        words = agent.state.lower().replace("_", " ")
        if agent.state == "NOT_READY" and agent.reason:
            words += f" ({agent.reason})"
        state = Text(words, style=COLOURS.get(agent.state, ""))
        table.add_row(agent.name, state, _age(agent.since, now), ", ".join(agent.contact_ids))
    return table


_PLACES = {"IN_FLOW": "in the menu", "QUEUED": "waits", "CONNECTING": "is being connected", "CONNECTED": "talks"}


def _contacts(board: Wallboard, now: float) -> RenderableType:
    table = Table(title="callers", title_justify="left", expand=True)
    for name in ("contact", "where", "for", "with"):
        table.add_column(name)
    rows = sorted(board.contacts.values(), key=lambda row: row.arrived_at)
    for contact in rows[:16]:
        if contact.state in _PLACES:
            table.add_row(contact.contact_id, _where(contact), _age(contact.since, now), contact.agent_id)
    return table


def _where(contact: ContactRow) -> Text:
    place = _PLACES[contact.state]
    if contact.state == "QUEUED":
        place = f"is offered ({contact.queue_id})" if contact.agent_id else f"waits ({contact.queue_id})"
    return Text(place, style="cyan" if contact.state == "CONNECTED" else "yellow" if contact.queue_id else "")


def _finished(finished: list[ContactRecord]) -> RenderableType:
    table = Table(title="finished", title_justify="left", expand=True)
    table.add_column("contact")
    table.add_column("what became of it")
    for contact in finished[-FINISHED_SHOWN:][::-1]:
        words = in_words({name: getattr(contact, name) for name in contact.__struct_fields__})
        table.add_row(contact.contact_id, Text(words, style=OUTCOME_COLOURS.get(contact.outcome, "red")))
    return table
