"""Somebody at a desk: what they see, what they press."""

import asyncio
import contextlib

from cti.core.config import SupervisorConfig
from cti.terminal.agent.app import AgentApp
from cti.terminal.watch.app import WatchApp
from tests.centre import agent, centre, queue
from tests.patience import PATIENCE_S

LOOK_S = 0.02
SMALL, LARGE = (80, 24), (160, 50)

CENTRE = centre(
    agent("anna"),
    agent("ben"),
    agent("carla", "help"),
    queues=(
        queue(wrap_up_s=30, recording="on_request", dispositions=("sold", "not_now")),
        queue("help", wrap_up_s=30),
    ),
    dial_prefixes=("+1202",),
    supervisors={"sue": SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")},
)


class Person:
    """Sits at a desk: `app` in a terminal of `size`."""

    def __init__(self, app, pilot):
        self.app, self.pilot = app, pilot

    @property
    def screen(self) -> str:
        """The screen as text, line by line, without colours."""
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 - the library has no other door to it
        return "\n".join(strip.text.rstrip() for strip in strips)

    async def sees(self, *words: str) -> None:
        """Until all of this is on the screen."""
        await self._until(lambda: all(word in self.screen for word in words), f"never saw {words}")

    async def misses(self, *words: str) -> None:
        """Until none of this is on the screen."""
        await self._until(lambda: not any(word in self.screen for word in words), f"still sees {words}")

    async def _until(self, condition, complaint: str) -> None:
        """The screen tells nobody that it has changed: it is looked at."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():
                    await self.pilot.pause(LOOK_S)
        except TimeoutError:
            raise AssertionError(f"{complaint} on\n{self.screen}") from None

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        await self.pilot.press(*("space" if key == " " else key for key in text))


@contextlib.asynccontextmanager
async def at_desk(url, token, size=SMALL, **options):
    """An agent's desk that is connected."""
    app = AgentApp(url, token, **options)
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        await person.sees("connected")
        yield person


@contextlib.asynccontextmanager
async def at_console(url, token, size=SMALL):
    """A supervisor's console that is connected."""
    app = WatchApp(url, token)
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        await person.sees("connected")
        yield person


@contextlib.asynccontextmanager
async def talking(house, size=SMALL):
    """Anna has signed in, is ready, and talks to a caller: the person and the contact."""
    async with at_desk(house.url, await house.issue("anna"), size) as anna:
        await anna.press("s")
        await anna.sees("[r] ready")
        await anna.press("r")
        await anna.sees("READY 0:0")
        contact_id = await house.call()
        await anna.sees("RINGING: Sales", "[a] accept")
        await anna.press("a")
        await anna.sees("CONNECTING")
        await house.bridge(contact_id)
        await anna.sees("TALKING", "[u] hang up")
        yield anna, contact_id
