"""Many calls at once: nothing is lost, and the work does not grow with what is over."""

import asyncio
import time

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World

CALLS = 150


async def test_hundreds_of_callers_in_one_queue(make_world):
    world: World = await make_world(queue_members_max=5000, request_timeout_s=10)
    world.toy.door("/voice", twiml("<Enqueue action='/exit' waitUrl='/wait'>line</Enqueue>"))
    world.toy.door("/wait", twiml("<Play>/music-0.3s.mp3</Play>"))
    world.toy.door("/exit", twiml("<Hangup/>"))
    await world.number("/voice")
    script = [{"wait": "music"}, {"after_ms": [500, 1000]}, {"hang_up": True}]
    began = time.process_time()
    for start in range(0, CALLS, 50):
        await asyncio.gather(*(world.call(*script) for _ in range(start, start + 50)))
    await world.settled(20)
    spent_s = time.process_time() - began
    verdict = await world.verdict()
    assert (verdict["contacts"], verdict["abandoned_in_queue"], verdict["lost"]) == (CALLS, CALLS, 0)
    requests = len(await world.ledger("webhooks"))
    assert requests >= 3 * CALLS
    # The toy's and the official validator's share is in here too; a generous bound against work that grows.
    assert spent_s / requests < 0.01
