"""`<Dial><Queue>`: fetch the first caller out of a queue and talk to it."""

import asyncio
import math
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DeafListener
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.queues import Meeting, Place
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.stage import Stage
from cti.fakecarrier.twiml.verbs.dial_parties import TIME_LIMIT_S, TIMEOUT_S


async def dial_queue(stage: Stage, verb: Element, noun: Element) -> dict[str, str]:
    """Wait for a caller until the time-out, bridge, and wait until they part; the result goes to the action."""
    stage.answer()
    attributes = stage.attributes(verb)
    queue = stage.carrier.queues.open(words(noun))
    clock, leg = stage.carrier.clock, stage.leg
    meeting = Meeting(leg, _whisper(stage, noun))
    deaf = DeafListener()
    leg.hear("ringing")
    leg.digits.attach(deaf)
    try:
        async with clock.timeout(attributes.whole("timeout", TIMEOUT_S, 13212, least=1)):
            place = await queue.fetch_first()
        member = await _fetch(place, meeting)
        if member is None:
            return {"DialCallStatus": "canceled", "DialBridged": "false"}
        began_ms = clock.now_ms()
        limit_s = attributes.whole("timeLimit", TIME_LIMIT_S, 13216, least=1)
        await asyncio.wait({meeting.parted}, timeout=clock.wall_s(limit_s))
        seconds = math.ceil((clock.now_ms() - began_ms) / 1000)
    except TimeoutError:
        return {"DialCallStatus": "no-answer", "DialBridged": "false"}
    finally:
        leg.digits.detach(deaf)
        meeting.part("the other side is gone")
    result = {"DialCallStatus": "completed", "DialCallSid": member.sid, "DialBridged": "true"}
    return result | {"DialCallDuration": str(seconds)}


async def _fetch(place: Place, meeting: Meeting) -> Leg | None:
    place.claimed.set_result(meeting)
    return await meeting.ready


def _whisper(stage: Stage, noun: Element) -> Link | None:
    attributes = stage.attributes(noun)
    url = attributes.text("url")
    return Link(stage.document.resolve(url), attributes.method("method", 12200)) if url else None
