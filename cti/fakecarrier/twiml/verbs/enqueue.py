"""`<Enqueue>`: park the caller in a queue with a waiting document that is asked for again whenever it runs out."""

import asyncio
from typing import Any, Literal
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.legs.run import Ending
from cti.fakecarrier.queues import Meeting, Place, QueueFull
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.fetch import ApplicationError, document_request
from cti.fakecarrier.twiml.perform import RanOut, perform
from cti.fakecarrier.twiml.stage import QUEUE_VERBS, WAITING_VERBS, GoTo, Outcome, Scope, Stage

LOOP_S_MIN = 0.1
"""A waiting document that takes no time is not asked for more often than this."""


async def enqueue(stage: Stage, verb: Element) -> Outcome:
    """Wait until a `<Leave>`, a hang-up, a redirect by REST or the end of a talk with who fetched the caller; then tell
    the action why.
    """
    stage.answer()
    attributes = stage.attributes(verb)
    members_max = attributes.whole("maxQueueSize", 0, 12200, least=1) or None
    action = _action(stage, verb)
    try:
        place = stage.carrier.queues.open(words(verb), members_max).join(stage.leg)
    except QueueFull:
        stage.warn(14207, f"queue {words(verb)!r} is full")
        return _after_queue(action, {"QueueResult": "queue-full"})
    leg = stage.leg
    leg.record.queued_at = leg.record.queued_at or place.joined_at
    try:
        with leg.situation.during("queue"):
            waited = await _wait(stage, verb, place)
        result = await _meet(stage, place, waited) if isinstance(waited, Meeting) else waited
    except asyncio.CancelledError:
        _tell_action(stage, action, place, _interrupted(stage, place))
        raise
    finally:
        place.leave()
    if isinstance(result, Ending):
        _tell_action(stage, action, place, "hangup")
        return result
    return _after_queue(action, _queue_parameters(place, result))


async def _wait(stage: Stage, verb: Element, place: Place) -> Ending | Meeting | Literal["leave", "error"]:
    """Play the waiting document until it ends the wait, or somebody fetches the caller."""
    waiting = asyncio.get_running_loop().create_task(_play(stage, verb, place))
    try:
        either: set[asyncio.Future[Any]] = {waiting, place.claimed}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not place.claimed.done():
            return waiting.result()
        return place.claimed.result()
    finally:
        waiting.cancel()
        await asyncio.wait({waiting})


async def _meet(stage: Stage, place: Place, meeting: Meeting) -> Literal["bridged", "error"]:
    """Hear the whisper, if there is one, then talk until one of the two goes."""
    leg, bridges, dialer = stage.leg, stage.carrier.bridges, meeting.dialer

    def rebridge() -> None:
        audible = not (leg.vanished or dialer.vanished or leg.has_ended or dialer.has_ended)
        bridges.set(leg, dialer, None, bridged=audible and not meeting.parted.done())

    try:
        if meeting.whisper is not None:
            details = _queue_parameters(place, "bridging-in-process") | {"DequeingCallSid": dialer.sid}
            del details["QueueResult"]
            scope = Scope(name="queue whisper", verbs=WAITING_VERBS, refusal_code=13238)
            await perform(stage.within(scope), GoTo(meeting.whisper, "whisper", details))
        meeting.meet(leg)
        leg.media_changed = dialer.media_changed = rebridge
        rebridge()
        await asyncio.wait({meeting.parted})
        return "bridged"
    except ApplicationError as failure:
        stage.warn(failure.code, "the document before the bridge failed")
        return "error"
    finally:
        meeting.meet(None)
        meeting.part("the caller is gone")
        bridges.set(leg, dialer, None, bridged=False)


def _interrupted(stage: Stage, place: Place) -> str:
    if stage.run.interruption != "redirected":
        return "hangup"
    if not place.claimed.done():
        return "redirected"
    return "redirected-from-bridged" if place.claimed.result().ready.result() is not None else "redirected"


async def _play(stage: Stage, verb: Element, place: Place) -> Ending | Literal["leave", "error"]:
    attributes = stage.attributes(verb)
    wait_url = attributes.given("waitUrl")
    if not wait_url:
        stage.leg.hear("music" if wait_url is None else "silence")
        await asyncio.shield(stage.leg.over)
        raise AssertionError("the end of the leg stops this run")
    link = Link(stage.document.resolve(wait_url), attributes.method("waitUrlMethod", 14206))
    waiting = stage.within(Scope(name="queue", verbs=QUEUE_VERBS, parameters=place.waiting_parameters))
    clock = stage.carrier.clock
    while True:
        began_ms = clock.now_ms()
        try:
            ending = await perform(waiting, GoTo(link, "wait"))
        except ApplicationError as failure:
            stage.warn(failure.code, "the waiting document failed, and so did the fallback: out of the queue")
            return "error"
        if isinstance(ending, Ending):
            return ending
        if not isinstance(ending, RanOut):
            return "leave"
        await clock.sleep(max(0.0, LOOP_S_MIN - (clock.now_ms() - began_ms) / 1000))


def _after_queue(action: Link | None, parameters: dict[str, str]) -> Outcome:
    """Go on with the action's document, or without an action with the next verb."""
    return GoTo(action, "enqueue", parameters) if action is not None else None


def _tell_action(stage: Stage, action: Link | None, place: Place, result: str) -> None:
    """The caller has gone elsewhere: the action is told all the same, its answer is ignored."""
    if action is not None:
        parameters = _queue_parameters(place, result)
        stage.carrier.sender.tell(document_request(stage.carrier, stage.leg, action, "enqueue", parameters))


def _action(stage: Stage, verb: Element) -> Link | None:
    attributes = stage.attributes(verb)
    action = attributes.text("action")
    return Link(stage.document.resolve(action), attributes.method("method", 14201)) if action else None


def _queue_parameters(place: Place, result: str) -> dict[str, str]:
    return {"QueueResult": result, "QueueSid": place.queue.sid, "QueueTime": str(place.seconds())}
