"""What both desks have in common: a connection that comes and goes in sight, keys, requests that never block, words."""

import time
from collections.abc import Awaitable, Callable
from typing import ClassVar, Protocol, TypeVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType

from cti.client import ClientError, Closed, Refused, TokenRefused
from cti.terminal import dialogs
from cti.terminal.keys import Action, KeyBar
from cti.terminal.messages import Messages
from cti.terminal.words import refusal, since

TICK_S = 0.25
KEYS_BELOW = "The keys that do something now stand below."
AnswerT = TypeVar("AnswerT")
CSS = dialogs.CSS + "#head { height: 1; background: $panel; padding: 0 1; }"


class Client(Protocol):
    """What is needed of a client here."""

    live: bool


class Terminal(App[None]):
    """A desk. Its parts say what to `redraw`, which keys make sense, and how to follow the server."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "leave", "leave", show=False, priority=True),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    LOST: ClassVar[str] = "The connection is lost. Calls go on; what you ask for is asked when it is back."

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.messages = Messages()
        self.keys = KeyBar()
        self.connected_at = 0.0
        self.lost_at = 0.0
        self._asking: set[str] = set()

    # What each desk says for itself

    def client_now(self) -> Client | None:
        """The client, once there is one."""
        raise NotImplementedError

    async def follow(self) -> None:
        """Take what the server tells, until the desk is left."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Show how things stand."""
        raise NotImplementedError

    def actions_now(self) -> tuple[Action, ...]:
        """What can be done now."""
        raise NotImplementedError

    # The connection

    def on_mount(self) -> None:
        """Begin."""
        self.run_worker(self._followed(), name="follow", exit_on_error=True)
        self.set_interval(TICK_S, self.tick)
        self.tick()

    async def _followed(self) -> None:
        try:
            await self.follow()
        except TokenRefused as error:
            self.exit(return_code=1, message=f"The server does not accept the token: {error}")
        except ClientError as error:
            self.exit(return_code=1, message=str(error))

    def tick(self) -> None:
        """Ages grow, countdowns fall, and the connection is watched."""
        client, now = self.client_now(), self.now()
        if client and client.live and not self.connected_at:
            if self.lost_at:
                self.say("Connected again.")
            self.connected_at, self.lost_at = now, 0.0
        elif client and not client.live and self.connected_at:
            self.connected_at, self.lost_at = 0.0, now
            self.say(self.LOST, urgent=True)
            self.bell()
        self.show()

    def show(self) -> None:
        """Everything anew, unless an answer comes when the screen is being taken down."""
        if not self.query("#head"):
            return
        self.redraw()
        self.keys.show(self.actions_now())

    def connection_in_words(self) -> str:
        """For the upper right corner."""
        if self.lost_at:
            return f"CONNECTION LOST {since(int(self.lost_at), self.now())}, trying again"
        if not self.connected_at:
            return f"connecting to {self.url}"
        return "connected, asking ..." if self._asking else "connected"

    def with_connection(self, text: Text, width: int) -> Text:
        """The words on the left, the connection on the right; what is lost is bold."""
        right = self.connection_in_words()
        room = width - cell_len(right) - 1
        text.truncate(max(0, room), overflow="ellipsis")
        text.append(" " * max(1, width - text.cell_len - cell_len(right)))
        return text.append(right, style="bold" if self.lost_at else "")

    @staticmethod
    def now() -> float:
        """Milliseconds, as the server counts them."""
        return time.time() * 1_000

    # Words and requests

    def say(self, words: str, *, urgent: bool = False) -> None:
        """A sentence among what has happened."""
        self.messages.say(words, urgent=urgent)

    def ask(self, what: str, request: Awaitable[None], said: str = "") -> None:
        """Make a request beside everything else: `said` is told when it is done, a refusal in the server's words.
        The same thing is not asked twice at once."""
        if what in self._asking:
            if hasattr(request, "close"):
                request.close()
            return
        self._asking.add(what)
        self.run_worker(self._asked(what, request, said), exit_on_error=True)

    async def _asked(self, what: str, request: Awaitable[None], said: str) -> None:
        try:
            await request
            if said:
                self.say(said)
        except Refused as refused:
            self.say(refusal(refused), urgent=True)
        except Closed:
            pass
        except ClientError as error:
            self.say(f"Not done: {error}", urgent=True)
        finally:
            self._asking.discard(what)
        self.show()

    def question(self, asked: dialogs.Question[AnswerT], then: Callable[[AnswerT | None], None]) -> None:
        """Put a question; what is answered is told later."""
        _opening = self.push_screen(asked, then)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """A key of the foot of the screen, unless a question is open."""
        if len(self.screen_stack) > 1:
            return
        for action in self.actions_now():
            if action.key == event.key:
                event.stop()
                event.prevent_default()
                getattr(self, f"_do_{action.name}")()
                self.show()
                return
        if event.is_printable and event.character:
            self._say_unknown(event.character)

    def _say_unknown(self, character: str) -> None:
        """Once, however often it is pressed: what was said before should stay in sight."""
        words = KEYS_BELOW if character in "? " else f"{character} does nothing now. {KEYS_BELOW}"
        if not self.messages.text.endswith(words):
            self.say(words)

    def action_leave(self) -> None:
        """Ctrl-C and Ctrl-Q leave as the key does."""
        if isinstance(self.screen, dialogs.Question):
            self.screen.action_take_back()
        else:
            self._do_leave()

    def _do_leave(self) -> None:
        """Go."""
        self.exit()
