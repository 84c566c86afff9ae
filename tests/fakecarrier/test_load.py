"""Many calls at once: nothing is lost, and the work does not grow with what is over."""

import asyncio
import time

from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World
from tests.patience import PATIENCE_S

CALLS = 75
ROUNDS = 4


async def test_hundreds_of_callers_in_one_queue(make_world):
    world: World = await make_world(queue_members_max=5000, request_timeout_s=PATIENCE_S)
    world.toy.door("/voice", twiml("<Enqueue action='/exit' waitUrl='/wait'>line</Enqueue>"))
    world.toy.door("/wait", twiml("<Play>/music-0.3s.mp3</Play>"))
    world.toy.door("/exit", twiml("<Hangup/>"))
    await world.number("/voice")
    script = [{"wait": "music"}, {"after_ms": [500, 1000]}, {"hang_up": True}]
    spent_s: list[float] = []
    requests = 0
    for _ in range(ROUNDS):
        began_s = time.process_time()
        await asyncio.gather(*(world.call(*script) for _ in range(CALLS)))
        await world.settled()
        before, requests = requests, len(await world.ledger("webhooks"))
        assert requests - before >= 3 * CALLS
        spent_s.append((time.process_time() - began_s) / (requests - before))
    verdict = await world.verdict()
    assert (verdict["contacts"], verdict["abandoned_in_queue"], verdict["lost"]) == (ROUNDS * CALLS, ROUNDS * CALLS, 0)
    # What a request costs, in the processor's time, does not grow with the rounds; only a bound against work that does.
    assert min(spent_s[2:]) < 3 * spent_s[0]
