"""Campaigns in a terminal: which there are, and one of them whole."""

from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from cti.terminal import terminal
from cti.terminal.campaigns.picture import picture, rows_wanted
from cti.terminal.campaigns.source import Campaigns
from cti.terminal.dialogs import Choice, Choose
from cti.terminal.keys import Action
from cti.terminal.watch.row_list import GONE, Cells, Column, RowList
from cti.terminal.words import count, since

CSS = """
#campaigns { height: auto; }
#one { height: 1fr; padding: 0 1; }
Messages { height: 2; }
.-tall Messages { height: 3; }
"""
LIST_ROWS, LIST_ROWS_TALL, TALL = 6, 12, 36
"""So many rows the list may have in any case; more where a high screen has them."""

ORDER = ("RUNNING", "DRAINING", "PAUSED", "STOPPED")

COLUMNS = (
    Column("campaign"),
    Column("status", 9),
    Column("mode", 11),
    Column("lines", 5),
    Column("talk", 4),
    Column("free", 4),
    Column("left", 9),
    Column("abandoned", 13),
)


class CampaignsApp(terminal.Terminal):
    """See how campaigns dial; start, pause and drain them."""

    TITLE = "cti campaign watch"
    CSS = terminal.CSS + CSS
    VERTICAL_BREAKPOINTS = [(0, "-low"), (TALL, "-tall")]
    LOST = "The server does not answer: calls may go on, and this waits."

    def __init__(self, where: str, source: Campaigns, by: str) -> None:
        super().__init__(where)
        self.source = source
        self._by = by
        self.campaigns = RowList("Campaigns", COLUMNS, self._campaign, id="campaigns")

    def compose(self) -> ComposeResult:
        """A line of all, the list, the chosen one, what was said, the keys."""
        yield Static(id="head", markup=False)
        yield self.campaigns
        yield Static(id="one", markup=False)
        yield self.messages
        yield self.keys

    def on_mount(self) -> None:
        """Begin with the first."""
        super().on_mount()
        self.campaigns.focus()

    def client_now(self) -> Campaigns:
        """Asks by itself."""
        return self.source

    async def follow(self) -> None:
        """Until it is left."""
        async for _ in self.source.told(lambda: self.campaigns.chosen):
            self.show()

    def connection_in_words(self) -> str:
        """For the upper right corner."""
        if self.lost_at:
            return f"SERVER AWAY {since(int(self.lost_at), self.now())}, trying again"
        if not self.connected_at and self.source.why:
            return "NO ANSWER, trying again"
        return super().connection_in_words()

    def redraw(self) -> None:
        """The list, and as much of the chosen campaign as there is room for."""
        head, one, stands = self.query_one("#head", Static), self.query_one("#one", Static), self.source.stands
        running = sum(each["status"] == "RUNNING" for each in stands.values())
        text = Text(f"{count(len(stands), 'campaign', 'campaigns')}, {running} running", style="bold")
        head.update(self.with_connection(text, head.content_size.width))
        self.campaigns.display = len(stands) != 1
        self.campaigns.show_rows(sorted(stands, key=lambda name: _place(stands[name])))
        self.campaigns.refresh()
        chosen = self.campaigns.chosen
        if chosen in stands:
            self._share_out(rows_wanted(self.source.shown(chosen), one.content_size.width))
            one.update(picture(self.source.shown(chosen), *one.content_size))
        elif self.source.live:
            one.update("No campaigns: see the files of campaigns/.")
        else:
            one.update(self.source.why)

    def _share_out(self, wanted: int) -> None:
        """The list has the rows that the chosen campaign leaves."""
        room = self.campaigns.outer_size.height + self.query_one("#one", Static).outer_size.height - wanted
        least = LIST_ROWS_TALL if self.size.height >= TALL else LIST_ROWS
        self.campaigns.styles.max_height = max(least, room)

    def _campaign(self, name: str) -> Cells:
        stand = self.source.stands.get(name)
        return _cells(stand, self.source.leads.get(name)) if stand else GONE

    def actions_now(self) -> tuple[Action, ...]:
        """By how the chosen campaign stands."""
        stand = self.source.stands.get(self.campaigns.chosen)
        found = []
        if stand and stand["dialled"] and self.source.live:
            if stand["status"] != "RUNNING":
                found.append(Action("s", "start", "start"))
            if stand["status"] in ("RUNNING", "DRAINING"):
                found.append(Action("p", "pause", "pause"))
            if stand["status"] in ("RUNNING", "PAUSED"):
                found.append(Action("d", "drain", "drain"))
        if len(self.source.stands) > 1:
            found.append(Action("tab", "next campaign", "next"))
        return (*found, Action("q", "leave", "leave"))

    def _do_next(self) -> None:
        self.campaigns.choose_next()

    def _do_start(self) -> None:
        self._order("start")

    def _do_pause(self) -> None:
        self._order("pause")

    def _do_drain(self) -> None:
        """A campaign that has reached its last conversation gives its leads back: so it is asked first."""
        name = self.campaigns.chosen
        rows = [Choice("drain", "yes: no new lines, and it stops after the last conversation"), Choice("", "no")]
        self.question(
            Choose(f"Drain {name}?", lambda _: rows), lambda answer: self._order("drain", name) if answer else None
        )

    def _order(self, action: str, name: str = "") -> None:
        name = name or self.campaigns.chosen
        self.ask(f"{action} {name}", self._ordered(name, action))

    async def _ordered(self, name: str, action: str) -> None:
        self.say(await self.source.order(name, action, self._by))
        await self.source.look(name)


def _place(stand: dict[str, Any]) -> int:
    """Those that dial first, then those that somebody stopped for a while, and last those that agents dial."""
    return ORDER.index(stand["status"]) if stand["dialled"] else len(ORDER)


def _cells(stand: dict[str, Any], leads: dict[str, int] | None) -> Cells:
    lines, agents = stand["lines"], stand["agents"]
    left = leads["fresh"] + leads["waiting"] + leads["with_dialer"] if leads else stand["held"] + stand["left"]
    used = [each for each in stand["ledgers"] if each["used"]]
    nearest = min(used, key=lambda each: (each["room"], each["ceiling_ppm"]), default=None)
    rate = 100 * nearest["abandoned"] / nearest["answers"] if nearest and nearest["answers"] else 0.0
    has_agents = any(agents[each] for each in ("free", "talking", "wrapping", "away"))
    return (
        stand["campaign_id"],
        stand["status"].lower() if stand["dialled"] else "by hand",
        stand["mode"],
        str(lines["asked"] + lines["ringing"] + lines["waiting"]),
        str(lines["talking"]),
        str(agents["free"]) if has_agents else "",
        f"{left:,}" if stand["dialled"] else "",
        f"{rate:.2f} of {nearest['ceiling_ppm'] / 10_000:g} %" if nearest else "",
    )
