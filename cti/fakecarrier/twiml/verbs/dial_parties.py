"""`<Dial>` to numbers and clients: they ring together, the first to answer is bridged, the others are let go."""

import asyncio
from functools import partial
from typing import NamedTuple
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DeafListener
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.legs.run import Ending, Opening, Run
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.perform import perform
from cti.fakecarrier.twiml.stage import SCREENING, GoTo, Stage
from cti.fakecarrier.twiml.verbs.dial_conference import noun_subscription
from cti.fakecarrier.webhooks.progress import DEFAULT_EVENTS, EVENTS, talk_seconds

PARTIES_MAX = 10
TIMEOUT_S = 30
TIME_LIMIT_S = 4 * 3600


class _Party(NamedTuple):
    """Somebody to ring, as the document names it."""

    address: str
    noun: Element


class _Call:
    """The state of one Dial: who rings, who won, and whether the bridge still stands."""

    def __init__(self, stage: Stage) -> None:
        loop = asyncio.get_running_loop()
        self.stage = stage
        self.children: list[Leg] = []
        self.winner: asyncio.Future[Leg | None] = loop.create_future()
        self.parted: asyncio.Future[str] = loop.create_future()

    def add(self, child: Leg) -> None:
        """One more party rings."""
        self.children.append(child)
        child.over.add_done_callback(lambda _: self._child_over(child))

    def ready(self, child: Leg) -> None:
        """A child answered (and let itself be screened): it wins if it is the first."""
        if not self.winner.done():
            self.winner.set_result(child)

    def _child_over(self, child: Leg) -> None:
        """A child's leg has ended: the bridge with it, or one chance less."""
        if self.winner.done():
            if self.winner.result() is child:
                self.part("completed")
        elif all(other.has_ended for other in self.children):
            self.winner.set_result(None)

    def part(self, why: str) -> None:
        """The bridge falls."""
        if not self.parted.done():
            self.parted.set_result(why)

    def press(self, digit: str) -> bool:
        """With hangupOnStar the caller's star ends the call to the other side."""
        if digit == "*":
            self.part("star")
        return True


async def dial_parties(stage: Stage, verb: Element) -> dict[str, str] | None:
    """Ring everybody, bridge the first, wait until they part; the result goes to the action."""
    attributes = stage.attributes(verb)
    answer_on_bridge = attributes.flag("answerOnBridge", 13219, default=False)
    if not answer_on_bridge:
        stage.answer()
    call = _Call(stage)
    stage.leg.hear("ringing")
    try:
        _ring(call, verb)
        if call.children:
            await asyncio.wait({call.winner})
        winner = call.winner.result() if call.winner.done() else None
        if winner is None:
            return _unanswered(call)
        stage.answer()
        _let_go(call, keep=winner, reason="another party answered")
        return await _talk(call, verb, winner)
    finally:
        _let_go(call, keep=None, reason="the other side is gone")


def _ring(call: _Call, verb: Element) -> None:
    stage = call.stage
    attributes = stage.attributes(verb)
    parties = _parties(verb)
    if len(parties) > PARTIES_MAX:
        stage.warn(12200, f"<Dial> rings at most {PARTIES_MAX} parties at once")
    for party in parties[:PARTIES_MAX]:
        if not stage.carrier.dialling.is_diallable(party.address):
            stage.warn(13224, f"{party.address!r} is neither an E.164 number nor a client")
            continue
        child = stage.carrier.dialling.place(
            direction="outbound-dial",
            origin="dial",
            from_party=attributes.text("callerId", stage.leg.record.from_party),
            to_party=party.address,
            parent_sid=stage.leg.sid,
            timeout_s=attributes.whole("timeout", TIMEOUT_S, 13212, least=1),
            progress=noun_subscription(stage, party.noun, EVENTS, DEFAULT_EVENTS),
            opening=partial(_child_opening, call, party.noun),
        )
        call.add(child)


def _parties(verb: Element) -> list[_Party]:
    found = [_Party(f"client:{_identity(noun)}", noun) for noun in verb.findall("Client")]
    found += [_Party(words(noun), noun) for noun in verb.findall("Number")]
    if not found and (verb.text or "").strip():
        found.append(_Party((verb.text or "").strip(), Element("Number")))
    return found


def _identity(noun: Element) -> str:
    identity = noun.find("Identity")
    return words(identity) if identity is not None else (noun.text or "").strip()


def _child_opening(call: _Call, noun: Element, child: Leg) -> Opening:
    """What an answered child does: listen to the screening document, if any, then wait to be bridged."""

    async def screened(run: Run) -> Ending:
        stage = Stage(call.stage.carrier, child, run, SCREENING)
        attributes = call.stage.attributes(noun)
        url = attributes.text("url")
        if url:
            link = Link(call.stage.document.resolve(url), attributes.method("method", 13221))
            ending = await perform(stage, GoTo(link, "screening"))
            if isinstance(ending, Ending):
                return ending
        child.hear("silence")
        call.ready(child)
        try:
            await asyncio.shield(child.over)  # this run is stopped when the leg ends, or when REST takes it elsewhere
        finally:
            if run.interruption == "redirected":
                call.part("redirected")
        raise AssertionError("the end of the leg stops this run")

    return screened


async def _talk(call: _Call, verb: Element, winner: Leg) -> dict[str, str]:
    stage, leg = call.stage, call.stage.leg
    attributes = stage.attributes(verb)
    time_limit_s = attributes.whole("timeLimit", TIME_LIMIT_S, 13216, least=1)
    hangup_on_star = attributes.flag("hangupOnStar", 13213, default=False)
    bridges = stage.carrier.bridges

    def rebridge() -> None:
        audible = not (leg.vanished or winner.vanished or leg.has_ended or winner.has_ended)
        bridges.set(leg, winner, None, bridged=audible and not call.parted.done())

    leg.media_changed = winner.media_changed = rebridge
    listener = call if hangup_on_star else DeafListener()
    leg.digits.attach(listener)
    rebridge()
    try:
        await asyncio.wait({call.parted}, timeout=time_limit_s)
    finally:
        leg.digits.detach(listener)
        bridges.set(leg, winner, None, bridged=False)
    _let_go(call, keep=None, reason="the other side hung up" if call.parted.done() else "time limit")
    result = {"DialCallStatus": "completed", "DialCallSid": winner.sid, "DialBridged": "true"}
    seconds = talk_seconds(winner)
    return result if seconds is None else result | {"DialCallDuration": str(seconds)}


def _let_go(call: _Call, keep: Leg | None, reason: str) -> None:
    """End every child but one, and but the one that REST has taken elsewhere."""
    if call.parted.done() and call.parted.result() == "redirected":
        keep = call.winner.result()
    for child in call.children:
        if child is not keep and not child.has_ended:
            answered = child.record.answered_at is not None
            status, sip_code = ("completed", 200) if answered else ("canceled", 487)
            call.stage.carrier.end(child, Ending(by="dial", reason=reason, status=status, sip_code=sip_code))


def _unanswered(call: _Call) -> dict[str, str]:
    """Nobody answered: the status that says most, and the leg it belongs to."""
    for status in ("no-answer", "busy", "failed", "canceled", "completed"):
        for child in call.children:
            if child.status == status:
                return {"DialCallStatus": status, "DialCallSid": child.sid, "DialBridged": "false"}
    return {"DialCallStatus": "failed", "DialBridged": "false"}
