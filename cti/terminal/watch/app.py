"""A supervisor's console in a terminal."""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from cti.client import AgentRow, ContactRow, SupervisorClient
from cti.terminal import terminal
from cti.terminal.dialogs import Ask, Choice, Choose
from cti.terminal.keys import Action
from cti.terminal.watch import rows
from cti.terminal.watch.actions import actions_of, hearing_of
from cti.terminal.watch.row_list import GONE, Cells, RowList
from cti.terminal.words import plain

CSS = """
#dials { height: 1; padding: 0 1; }
#left, #right { height: 1fr; width: 1fr; }
#queues { height: auto; max-height: 7; }
#agents, #contacts { height: 1fr; }
#lists { height: 1fr; layout: vertical; }
.-narrow #left { height: 2fr; }
.-narrow #right { height: 1fr; }
.-narrow #queues { max-height: 6; }
.-narrow.-tall #left { height: 3fr; }
.-narrow.-tall #right { height: 2fr; }
.-narrow.-tall #queues { max-height: 10; }
.-wide #lists { layout: horizontal; }
.-wide #left { width: 4fr; }
.-wide #right { width: 5fr; }
.-wide #queues { max-height: 40%; }
Messages { height: 1; }
.-tall Messages { height: 3; }
.-wide Messages { height: 4; }
"""


class WatchApp(terminal.Terminal):
    """Queues, agents and contacts as they are, and what a supervisor can do about them."""

    TITLE = "cti watch"
    CSS = terminal.CSS + CSS
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (160, "-wide")]
    """Side by side only where neither side cuts names and contacts."""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url)
        self.client = SupervisorClient(url, token)
        self.board = self.client.wallboard
        self.filter = ""
        self.hearing = ""
        self._changed = True
        self.queues = RowList("Queues", rows.QUEUE_COLUMNS, self._queue, id="queues")
        self.agents = RowList("Agents", rows.AGENT_COLUMNS, self._agent, id="agents")
        self.contacts = RowList("Contacts", rows.CONTACT_COLUMNS, self._contact, id="contacts")

    def compose(self) -> ComposeResult:
        """The centre in two lines, three lists, what was said, the keys."""
        yield Static(id="head", markup=False)
        yield Static(id="dials", markup=False)
        with Container(id="lists"):
            with Vertical(id="left"):
                yield self.queues
                yield self.agents
            with Vertical(id="right"):
                yield self.contacts
        yield self.messages
        yield self.keys

    def on_mount(self) -> None:
        """Begin with the agents."""
        super().on_mount()
        self.agents.focus()

    # What the server says

    def client_now(self) -> SupervisorClient:
        """Made at once; it connects by itself."""
        return self.client

    async def follow(self) -> None:
        """Until the console is left, or the token is no longer accepted. The board is drawn at the next tick, however
        often it has changed by then."""
        async with self.client:
            self._changed = True
            async for _ in self.client.events():
                self._changed = True

    # What is shown

    def redraw(self) -> None:
        """Both lines, and the rows that are seen."""
        head, now = self.query_one("#head", Static), self.now()
        name = " ".join(
            part for part in (self.client.supervisor_id, self.client.site and f"at {self.client.site}") if part
        )
        filtered = f"  [only: {self.filter}]" if self.filter else ""
        text = Text.assemble((f"{name}  " if name else ""), (rows.summary(self.board), "bold"), filtered)
        head.update(self.with_connection(text, head.content_size.width))
        self.query_one("#dials", Static).update(
            Text(rows.dials_in_words(self.board.dials, now), style="bold" if self.board.dials.stopped else "")
        )
        if self._changed:
            self._changed = False
            self.hearing = hearing_of(self.board, self.client.supervisor_id)
            self.queues.show_rows(rows.queue_ids(self.board, self.filter))
            self.agents.show_rows(rows.agent_ids(self.board, self.filter))
            self.contacts.show_rows(rows.contact_ids(self.board, self.filter))
        for each in (self.queues, self.agents, self.contacts):
            each.refresh()

    # The board changes at once, the lists at the next tick: a row that is painted between may be gone.

    def _queue(self, queue_id: str) -> Cells:
        row = self.board.queues.get(queue_id)
        return rows.queue_cells(row, self.now()) if row else GONE

    def _agent(self, agent_id: str) -> Cells:
        row = self.board.agents.get(agent_id)
        return rows.agent_cells(row, self.now()) if row else GONE

    def _contact(self, contact_id: str) -> Cells:
        row = self.board.contacts.get(contact_id)
        return rows.contact_cells(row, self.now(), self.board.agents, self.board.queues) if row else GONE

    @property
    def agent(self) -> AgentRow | None:
        """The agent whose row is chosen."""
        return self.board.agents.get(self.agents.chosen) if self.focused is self.agents else None

    @property
    def contact(self) -> ContactRow | None:
        """The contact whose row is chosen, or the conversation of the agent whose row is."""
        if self.focused is self.contacts:
            return self.board.contacts.get(self.contacts.chosen)
        held = (
            [self.board.contacts[it] for it in self.agent.contact_ids if it in self.board.contacts]
            if self.agent
            else []
        )
        return next((contact for contact in held if contact.state == "CONNECTED"), None)

    def actions_now(self) -> tuple[Action, ...]:
        """By the row that is chosen."""
        return actions_of(self.board, self.agent, self.contact, hearing=self.hearing, filtered=bool(self.filter))

    # What the keys do

    def _do_next_list(self) -> None:
        lists = (self.queues, self.agents, self.contacts)
        place = lists.index(self.focused) if isinstance(self.focused, RowList) else 0
        lists[(place + 1) % len(lists)].focus()

    def _do_filter(self) -> None:
        def typed(text: str | None) -> None:
            self.filter = text or ""
            self._changed = True

        self.question(
            Ask("Show only what holds which words?", "Enter filters all three lists.", "name, queue, state"), typed
        )

    def _do_show_all(self) -> None:
        self.filter, self._changed = "", True

    def _do_listen(self) -> None:
        self._supervise("MONITOR", "Your phone rings: nobody will hear you.")

    def _do_whisper(self) -> None:
        self._supervise("WHISPER", "The agent alone will hear you.")

    def _do_barge(self) -> None:
        self._supervise("BARGE", "Everybody will hear you.")

    def _supervise(self, mode: str, said: str) -> None:
        if contact := self.contact:
            self.ask("supervise", self.client.supervise(contact.contact_id, mode), said)

    def _do_stop_hearing(self) -> None:
        self.ask("leave", self.client.end_supervision(self.hearing), "You are out of the conversation.")

    def _do_resume(self) -> None:
        self.ask("resume", self.client.resume_dials(), "Outside numbers are rung again.")

    def _do_force(self) -> None:
        """The reasons that agents have at the moment are offered; any other configured one can be typed."""
        if not (agent := self.agent):
            return
        name = agent.name or agent.agent_id
        seen = sorted({row.reason for row in self.board.agents.values() if row.reason and row.state == "NOT_READY"})

        def choices(text: str) -> list[Choice]:
            reasons = (
                [text.strip().replace(" ", "_")]
                if text.strip()
                else [reason for reason in seen if reason not in _NOT_REASONS]
            )
            return [
                *(
                    []
                    if text.strip()
                    else [Choice("ready", "ready"), Choice("not_ready", "not ready, without a reason")]
                ),
                *(Choice(f"not_ready {reason}", f"not ready: {plain(reason)}") for reason in reasons),
                *([] if text.strip() else [Choice("signed_out", "signed out")]),
            ]

        def chosen(value: str | None) -> None:
            if value:
                state, _, reason = value.partition(" ")
                words = plain(state) + (f" ({plain(reason)})" if reason else "")
                self.ask("force", self.client.force_state(agent.agent_id, state, reason), f"{name} is {words} now.")

        self.question(Choose(f"{name} is to be ...", choices, typing="a reason for not ready"), chosen)


_NOT_REASONS = {"signed_in", "missed", "absent", "device", "suspected"}
"""Why the server itself makes agents not ready: nobody can choose these."""
