"""What a person sees: who waits, who talks, who is calling, what ended how. It fills 80x24, and whatever is larger."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.layout import Layout
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cti.cli.demo.dialling import ledger_of
from cti.cli.demo.kinds import in_words
from cti.client import ContactRecord, ContactRow, QueueRow, ScreenPop, Wallboard

COLOURS = {
    "READY": "green",
    "RESERVED": "yellow",
    "BUSY": "cyan",
    "WRAP_UP": "magenta",
    "NOT_READY": "red",
    "SIGNED_OUT": "bright_black",
}
OUTCOME_COLOURS = {"connected": "cyan", "flow_ended": "white", "quarantined": "red"}

WIDE = 120
"""From so many columns on there is room for whole words."""

OUTBOUND = "OUTBOUND"
PPM_OF_PER_CENT = 10_000
POPS_LEAST = 3
NOTES_LEAST = 2
GAP = "  "

Cell = str | Text


@dataclass(kw_only=True)
class Scene:
    """Everything that is shown. `pids` are the server's processes by role, `pops` (agent id, who is calling) the last
    screen-pops, the newest first; `live` is whether the server answers at this moment; `seats` are the commands with
    which a person can sit in; `campaign` is how it stands, as the server tells it, and empty
    until it does; it tells of the calls of `campaign_queues`."""

    name: str
    board: Wallboard
    finished: list[ContactRecord] = field(default_factory=list)
    pops: list[tuple[str, ScreenPop]] = field(default_factory=list)
    pop_ms: float = 0.0
    notes: list[str] = field(default_factory=list)
    pids: dict[str, int] = field(default_factory=dict)
    live: bool = True
    seats: Sequence[str] = ()
    campaign: Mapping[str, Any] = field(default_factory=dict)
    campaign_queues: Collection[str] = ()

    @property
    def callers(self) -> list[ContactRow]:
        """Who called us and is on the line: not those whom the campaign called."""
        return [contact for contact in self.board.contacts.values() if contact.direction != OUTBOUND]


def draw(scene: Scene, width: int, height: int) -> RenderableType:
    """The whole screen, in exactly so many columns and rows."""
    now = time.time() * 1_000
    board = scene.board
    spare = max(0, height - 24)
    seats = _seats(scene.seats, width)
    notes_rows = 2 + NOTES_LEAST + len(seats) + spare // 6
    head = _head(scene, width)
    head_rows = len(head.renderables)
    queues = [queue for queue in board.queues.values() if queue.queue_id not in scene.campaign_queues]
    queues_rows = len(queues) + 1
    upper_rows = max(len(board.agents) + 1, queues_rows + 1 + POPS_LEAST + spare // 5)
    upper_rows = min(upper_rows, (height - head_rows - notes_rows) * 2 // 3)
    layout = Layout()
    layout.split_column(
        Layout(head, size=head_rows),
        Layout(name="upper", size=upper_rows),
        Layout(name="lower"),
        Layout(_processes(scene, seats, notes_rows - 2 - len(seats)), size=notes_rows),
    )
    lower_rows = height - head_rows - notes_rows - upper_rows
    layout["upper"].split_row(Layout(name="left"), Layout(" ", size=1), Layout(_agents(board, now, upper_rows)))
    layout["left"].split_column(
        Layout(_queues(queues, now), size=queues_rows), Layout(_pops(scene, upper_rows - queues_rows))
    )
    layout["lower"].split_row(
        Layout(_callers(scene.callers, now, lower_rows), ratio=2),
        Layout(" ", size=1),
        Layout(_finished(scene.finished, lower_rows, wide=width >= WIDE), ratio=3),
    )
    return layout


def _head(scene: Scene, width: int) -> Group:
    """Two lines, and one for the campaign. Where there is no room for all figures, those go that others imply, and no
    word is cut."""
    answers = ("server answers", "green") if scene.live else ("server is coming back ...", "bold red")
    callers, finished = scene.callers, scene.finished
    talked = sum(record.outcome == "connected" for record in finished)
    left = sum(record.outcome.startswith("abandoned") for record in finished)
    offered = sum(1 for contact in callers if contact.state == "QUEUED" and contact.agent_id)
    now = (
        f"{_count(callers, 'IN_FLOW')} menu, {_count(callers, 'QUEUED') - offered} waiting, {offered} offered, "
        f"{_count(callers, 'CONNECTING', 'CONNECTED')} talking"
    )
    over = f"{len(finished)} over: {talked} talked, {left} left"
    variants = (
        (f"now: {now}", f"{over}, {len(finished) - talked - left} other"),
        (f"now: {now}", over),
        (now, over),
        (now, f"{len(finished)} over"),
    )
    figures = next((each for each in variants if sum(map(len, each)) + len(GAP) <= width), variants[-1])
    campaign = [_campaign(scene.campaign, width)] if scene.campaign else []
    first = _both_ends(Text(scene.name, style="bold"), Text.assemble(answers, "   Ctrl-C ends"))
    return Group(first, _both_ends(*map(Text, figures)), *campaign)


def _campaign(stand: Mapping[str, Any], width: int) -> Text:
    """Lines in the air and talking, and how near it is to its ceiling."""
    lines, ledger = stand["lines"], ledger_of(stand)
    air = lines["asked"] + lines["ringing"] + lines["waiting"]
    answers, abandoned, ceiling_ppm = ledger["answers"], ledger["abandoned"], ledger["ceiling_ppm"]
    rate, ceiling = 100 * abandoned / max(1, answers), f"{ceiling_ppm / PPM_OF_PER_CENT:g} %"
    doing = f"{air} in the air, {lines['talking']} talking"
    if stand["status"] != "RUNNING":
        doing = f"{stand['status'].lower()}, {doing}"
    held = f"{answers:,} answered, {abandoned:,} abandoned: {rate:.2f} of {ceiling}"
    more = f"{ledger['room']:,} more may be" if ledger["room"] else "no more may be"
    variants = (
        f"{doing}; {held}, {more}",
        f"{doing}; {held}",
        f"{doing}; {abandoned:,} of {answers:,} abandoned",
    )
    name = f"{stand['name']}: "
    words = next((each for each in variants if len(name) + len(each) <= width), variants[-1])
    style = "bold red" if abandoned * PPM_OF_PER_CENT * 100 > ceiling_ppm * answers else ""
    return Text.assemble((name, "bold"), (words, style), no_wrap=True, overflow="ellipsis")


def _both_ends(left: Text, right: Text) -> Table:
    line = Table.grid(expand=True, padding=(0, len(GAP), 0, 0), pad_edge=False)
    line.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    line.add_column(no_wrap=True, justify="right")
    line.add_row(left, right)
    return line


def _count(callers: Sequence[ContactRow], *states: str) -> int:
    return sum(1 for contact in callers if contact.state in states)


def _age(since: int, now: float) -> str:
    return f"{max(0.0, now - since) / 1_000:.0f} s" if since else ""


def _pane(title: str, rows: Sequence[Sequence[Cell]], height: int, *, shares: Sequence[int]) -> RenderableType:
    """A title, which says how many are left out, and as many rows as fit below it. A column with a share of 0 is as
    wide as its widest cell; the others divide the rest."""
    shown = list(rows[: max(0, height - 1)])
    left_out = len(rows) - len(shown)
    title += f" ({left_out} more)" if left_out else ""
    table = Table.grid(expand=True, padding=(0, 1, 0, 0))
    for share in shares:
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=share or None)
    for row in shown:
        table.add_row(*row)
    return Group(Rule(Text(title, style="bold"), align="left", style="bright_black"), table)


def _queues(queues: Sequence[QueueRow], now: float) -> RenderableType:
    rows = [
        (
            queue.name,
            Text(f"{queue.waiting} wait", style="yellow" if queue.waiting else "bright_black"),
            _age(queue.oldest_queued_at, now),
            f"{queue.offered} ring" if queue.offered else "",
            Text(f"{queue.connected} talk", style="cyan" if queue.connected else "bright_black"),
        )
        for queue in sorted(queues, key=lambda row: row.queue_id)
    ]
    return _pane("queues", rows, len(rows) + 1, shares=(1, 0, 0, 0, 0))


def _agents(board: Wallboard, now: float, height: int) -> RenderableType:
    rows: list[tuple[Cell, ...]] = []
    for agent in sorted(board.agents.values(), key=lambda row: row.agent_id):
        words = agent.state.lower().replace("_", " ")
        if agent.state == "NOT_READY" and agent.reason:
            words = agent.reason.lower().replace("_", " ")
        state = Text(words, style=COLOURS.get(agent.state, ""))
        rows.append((agent.name, state, _age(agent.since, now), ", ".join(agent.contact_ids)))
    return _pane("agents", rows, height, shares=(1, 0, 0, 0))


def _pops(scene: Scene, height: int) -> RenderableType:
    rows = [(agent_id, who(pop), pop.queue_id) for agent_id, pop in scene.pops]
    title = "screen-pops: who is calling" + (f" ({scene.pop_ms:.0f} ms)" if scene.pop_ms else "")
    return _pane(title, rows[: height - 1], height, shares=(0, 1, 0))


def who(pop: ScreenPop) -> str:
    """Who is calling, as far as it is known."""
    if len(pop.customers) == 1:
        customer = pop.customers[0]
        return f"{customer.name} ({customer.segment})" if customer.segment else customer.name
    if pop.customers:
        return f"one of {len(pop.customers)}: {', '.join(customer.name for customer in pop.customers)}"
    if not pop.from_number.startswith("+"):
        return "no number"
    said = {"pending": "looking ...", "failed": "look-up failed"}.get(pop.match, "unknown")
    return f"{pop.from_number}, {said}"


_PLACES = {"IN_FLOW": "menu", "QUEUED": "waits", "CONNECTING": "joins", "CONNECTED": "talks"}


def _callers(callers: Sequence[ContactRow], now: float, height: int) -> RenderableType:
    contacts = sorted(callers, key=lambda row: row.arrived_at)
    rows = [
        (contact.contact_id, _where(contact), _age(contact.since, now))
        for contact in contacts
        if contact.state in _PLACES
    ]
    return _pane("callers on the line", rows, height, shares=(0, 1, 0))


def _where(contact: ContactRow) -> Text:
    place = _PLACES[contact.state]
    if contact.state == "QUEUED":
        place = f"offered: {contact.agent_id}" if contact.agent_id else f"waits: {contact.queue_id}"
    elif contact.agent_id:
        place = f"{place}: {contact.agent_id}"
    return Text(place, style="cyan" if contact.state == "CONNECTED" else "yellow" if contact.queue_id else "")


def _finished(finished: list[ContactRecord], height: int, *, wide: bool) -> RenderableType:
    rows: list[tuple[Cell, ...]] = []
    for contact in finished[:-height:-1] if height > 1 else ():
        words = in_words({name: getattr(contact, name) for name in contact.__struct_fields__})
        words = words if wide else words.replace("the ", "").replace("talked ", "")
        rows.append((contact.contact_id, Text(words, style=OUTCOME_COLOURS.get(contact.outcome, "red"))))
    return _pane("what became of them, the last first", rows, height, shares=(0, 1))


def _seats(commands: Sequence[str], width: int) -> list[Text]:
    """Nothing beside a command, so that its line can be copied; one that is too long goes on below."""
    if not commands:
        return []
    pieces = [command[at : at + width] for command in commands for at in range(0, len(command), width)]
    return [Text(line, style="green", no_wrap=True) for line in ("sit in, in another terminal:", *pieces)]


def _processes(scene: Scene, seats: Sequence[Text], notes_max: int) -> RenderableType:
    """The processes, and what happened to them, the last first."""
    pids = "  ".join(f"{role} {pid}" for role, pid in scene.pids.items())
    lines: list[Cell] = [Text(pids, style="yellow"), *seats]
    lines += [Text(note) for note in scene.notes[: -notes_max - 1 : -1]]
    title = Rule(
        Text("kill -9 any of the server's processes and watch", style="bold"), align="left", style="bright_black"
    )
    return Group(title, *lines)
