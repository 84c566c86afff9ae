"""Personal values go after their time, and the chain still verifies."""

import asyncio

from cti.core.codec import decode
from cti.core.events import CallArrived
from cti.journal.verify import verify
from cti.runtime.housekeeping import DAY_MS, keep_house
from tests.centre import MENU, centre
from tests.patience import PATIENCE_S
from tests.runtime.owner import owning


async def test_what_is_older_than_the_retention_is_emptied_and_the_rest_is_kept() -> None:
    async with owning(centre()) as owner:
        await owner.call("CA1", to=MENU)
        last = (await owner.journal.tail()).at
        hours = 0
        later = asyncio.Event()

        async def pause(seconds: float) -> None:
            nonlocal hours
            hours += 1
            if hours > 1:
                later.set()
                await asyncio.Event().wait()

        async def numbers() -> list[str]:
            records = [decode(row) async for row in owner.journal.read(0)]
            return [record.input.from_number for record in records if isinstance(record.input, CallArrived)]

        for age_ms, expected in ((29 * DAY_MS, "+16175550123"), (31 * DAY_MS, "")):
            hours = 0
            later.clear()
            keeping = asyncio.create_task(keep_house(owner.journal, lambda age=age_ms: last + age, 30, pause))
            await asyncio.wait_for(later.wait(), PATIENCE_S)
            keeping.cancel()
            assert await numbers() == [expected]
        verdict = await verify(owner.journal, progress=lambda seq: None)
        assert verdict.first_bad is None
