"""`<Dial>` to numbers and clients: they ring together, the first to answer is bridged, the others are let go."""

import asyncio
from functools import partial
from typing import NamedTuple
from xml.etree.ElementTree import Element

from cti.fakecarrier.detection import BOUNDS, detection_from
from cti.fakecarrier.legs.digits import DeafListener
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.legs.run import Ending, Opening, Run
from cti.fakecarrier.manner import DIALLED_KEYS, Manner
from cti.fakecarrier.recordings.library import Recording
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.perform import perform
from cti.fakecarrier.twiml.recording_order import recording_order
from cti.fakecarrier.twiml.stage import SCREENING, GoTo, Stage
from cti.fakecarrier.twiml.verbs.dial_conference import noun_subscription
from cti.fakecarrier.webhooks.progress import DEFAULT_EVENTS, EVENTS, talk_seconds

PARTIES_MAX = 10
TIMEOUT_S = 30
TIME_LIMIT_S = 4 * 3600
MOMENTS = ("answer", "ringing")


class _Party(NamedTuple):
    """Somebody to ring, as the document names it."""

    address: str
    noun: Element


class _DialRecording:
    """The recording of a Dial: from its beginning or from the answer, to its end."""

    def __init__(self, stage: Stage, verb: Element) -> None:
        self._stage = stage
        self._verb = verb
        allowed = ("do-not-record", *(f"record-from-{when}{how}" for when in MOMENTS for how in ("", "-dual")), "true")
        self._wanted = stage.attributes(verb).choice("record", allowed, "do-not-record", 13218)
        self._recording: Recording | None = None

    def begin(self, moment: str) -> None:
        """Record from now on, if that was asked for from this moment."""
        wanted = "record-from-answer" if self._wanted == "true" else self._wanted
        if wanted.startswith(f"record-from-{moment}"):
            channels = 2 if wanted.endswith("-dual") else 1
            order = recording_order(self._stage, self._verb, "DialVerb", channels=channels)
            self._recording = self._stage.carrier.recordings.start(order, call_sid=self._stage.leg.sid)

    def end(self) -> dict[str, str]:
        """Stop; what the action is told of the recording, which may not be there to be fetched yet."""
        if self._recording is None:
            return {}
        self._stage.carrier.recordings.stop(self._recording)
        return {"RecordingUrl": self._stage.carrier.recordings.url(self._recording.sid)}


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
    recording = _DialRecording(stage, verb)
    recording.begin("ringing")
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
        recording.begin("answer")
        result = await _talk(call, verb, winner)
        return result | recording.end() | _sip_parameters(winner)
    finally:
        recording.end()
        _let_go(call, keep=None, reason="the other side is gone")


def _ring(call: _Call, verb: Element) -> None:
    stage = call.stage
    attributes = stage.attributes(verb)
    parties = _parties(verb)
    if attributes.flag("sequential", 12200, default=False):
        stage.warn(12200, "sequential is real TwiML, but here all parties ring at once")
    if len(parties) > PARTIES_MAX:
        stage.warn(12200, f"<Dial> rings at most {PARTIES_MAX} parties at once")
    for party in parties[:PARTIES_MAX]:
        if not stage.carrier.dialling.is_diallable(party.address):
            stage.warn(13224, f"{party.address!r} is neither an E.164 number nor a client or SIP address")
            continue
        if not stage.carrier.account.permissions.permits(party.address):
            stage.warn(13227, f"{party.address} may not be called: geo permission denied")
            continue
        child = stage.carrier.dialling.place(
            direction="outbound-dial",
            origin="dial",
            from_party=_caller_id(stage, verb),
            to_party=party.address,
            parent_sid=stage.leg.sid,
            manner=_manner(stage, party.noun, attributes.whole("timeout", TIMEOUT_S, 13212, least=1)),
            opening=partial(_child_opening, call, party.noun),
        )
        call.add(child)


def _caller_id(stage: Stage, verb: Element) -> str:
    own = stage.leg.record.from_party
    caller_id = stage.attributes(verb).text("callerId", own)
    if caller_id != own and not stage.carrier.account.may_show(caller_id):
        stage.warn(13214, f"callerId {caller_id!r} is not the account's own; the caller's is shown")
        return own
    return caller_id


def _manner(stage: Stage, noun: Element, timeout_s: int) -> Manner:
    """What the noun asks for. Machine detection of a Dial never holds anything up."""
    attributes = stage.attributes(noun)

    def number(name: str) -> int:
        default, least, _ = BOUNDS[name]
        return attributes.whole(f"machineDetection{name}", default, 21263, least=least)

    url = attributes.text("amdStatusCallback")
    callback = Link(stage.document.resolve(url), attributes.method("amdStatusCallbackMethod", 12200)) if url else None
    mode = attributes.text("machineDetection")
    return Manner(
        timeout_s=timeout_s,
        progress=noun_subscription(stage, noun, EVENTS, DEFAULT_EVENTS),
        detection=detection_from(mode, number, asynchronous=True, callback=callback) if mode else None,
        send_digits="".join(key for key in attributes.text("sendDigits") if key in DIALLED_KEYS),
        parameters={one.get("name", ""): one.get("value", "") for one in noun.findall("Parameter")},
    )


def _parties(verb: Element) -> list[_Party]:
    found = [_Party(f"client:{_identity(noun)}", noun) for noun in verb.findall("Client")]
    found += [_Party(words(noun), noun) for tag in ("Number", "Sip") for noun in verb.findall(tag)]
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
        await asyncio.wait({call.parted}, timeout=stage.carrier.clock.wall_s(time_limit_s))
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
                result = {"DialCallStatus": status, "DialCallSid": child.sid, "DialBridged": "false"}
                return result | _sip_parameters(child)
    return {"DialCallStatus": "failed", "DialBridged": "false"}


def _sip_parameters(child: Leg) -> dict[str, str]:
    """What the action is told besides when the other side is a SIP endpoint."""
    if not child.record.to_party.startswith(("sip:", "sips:")):
        return {}
    return {"DialSipCallId": f"{child.sid}@fake", "DialSipResponseCode": str(child.record.sip_code or 200)}
