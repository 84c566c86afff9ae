"""A process that stood still for a while knows it, says how long what it reads may have waited, and calls nobody."""

import asyncio
import time

from cti.core.events import LegAlerting, LegAnswered, PlanRequested
from cti.core.plan import Door
from cti.runtime.stalls import EVERY_S, STALL_S, LoopWatch
from tests.patience import PATIENCE_S

ASKED = PlanRequested(leg_id="main-l1", door=Door.ANSWERED, nonce=0)


async def test_d56_what_came_while_nothing_was_read_may_have_waited_as_long() -> None:
    watch, heard = LoopWatch(), asyncio.Queue[PlanRequested | LegAnswered | LegAlerting]()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        heard.put_nowait(watch.stamped(ASKED))  # type: ignore[arg-type]
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    watch.start()
    await asyncio.sleep(2 * EVERY_S)
    writer.write(b"x")  # it is on its way when the process stands still
    time.sleep(STALL_S + 0.5)  # noqa: ASYNC251 - this is what is tested
    asked = await asyncio.wait_for(heard.get(), PATIENCE_S)
    assert isinstance(asked, PlanRequested)
    assert asked.waited_ms >= 1_000 * STALL_S
    assert watch.has_stalled
    rings = LegAlerting(leg_id="main-l1")
    assert watch.stamped(rings) is rings
    watch.stop()
    writer.close()
    server.close()


async def test_where_nothing_stands_still_nothing_has_waited() -> None:
    watch = LoopWatch()
    assert watch.stamped(ASKED) is ASKED
    assert not watch.has_stalled
