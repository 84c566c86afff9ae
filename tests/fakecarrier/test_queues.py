"""REST: queues and who waits in them."""

from tests.fakecarrier.refusals import refused
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import World


async def queued(world: World) -> str:
    world.toy.door("/voice", twiml("<Enqueue action='/left' waitUrl='/wait'>line</Enqueue>"))
    world.toy.door("/wait", twiml("<Play>/music-30s.mp3</Play>"))
    world.toy.door("/left", twiml("<Say>not to be heard</Say>"))
    await world.number("/voice")
    sid = await world.call()
    await world.toy.knock("/wait")
    return sid


async def test_a_queue_and_its_members(world: World):
    sids = [await queued(world) for _ in range(3)]
    (queue,) = await world.rest.queues.list_async()
    assert (queue.friendly_name, queue.current_size, queue.max_size) == ("line", 3, 1000)
    members = await world.rest.queues(queue.sid).members.list_async()
    assert [(one.call_sid, one.position) for one in members] == [(sid, n) for n, sid in enumerate(sids, 1)]
    front = await world.rest.queues(queue.sid).members("Front").fetch_async()
    assert (front.call_sid, front.position) == (sids[0], 1)
    assert (await world.rest.queues(queue.sid).members(sids[2]).fetch_async()).position == 3
    with refused(404, 20404):
        await world.rest.queues(queue.sid).members("CA" + "0" * 32).fetch_async()


async def test_whom_rest_fetches_out_is_redirected(world: World):
    first, second = await queued(world), await queued(world)
    (queue,) = await world.rest.queues.list_async()
    url = world.toy.door("/elsewhere", twiml("<Hangup/>"))
    fetched = await world.rest.queues(queue.sid).members("Front").update_async(url=url)
    assert fetched.call_sid == first
    assert (await world.toy.knock("/elsewhere"))["CallSid"] == first
    left = await world.toy.knock("/left")
    assert (left["CallSid"], left["QueueResult"]) == (first, "redirected")
    (member,) = await world.rest.queues(queue.sid).members.list_async()
    assert (member.call_sid, member.position) == (second, 1)


async def test_queues_are_made_changed_and_deleted(world: World):
    queue = await world.rest.queues.create_async(friendly_name="line")
    assert (queue.max_size, queue.current_size) == (100, 0)
    with refused(400, 22003):
        await world.rest.queues.create_async(friendly_name="line")
    assert (await queue.update_async(max_size=1)).max_size == 1
    first = await queued(world)
    await world.call()
    assert (await world.toy.knock("/left"))["QueueResult"] == "queue-full"
    with refused(400, 22002):
        await queue.delete_async()
    await world.hang_up(first)
    assert await queue.delete_async()
    with refused(404, 20404):
        await queue.fetch_async()
