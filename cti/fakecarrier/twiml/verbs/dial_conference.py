"""`<Dial><Conference>`: the leg becomes a participant until it leaves the room."""

from typing import Literal
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DeafListener
from cti.fakecarrier.legs.leg import Link, Subscription
from cti.fakecarrier.recordings.order import RecordingOrder
from cti.fakecarrier.rooms.conference import CannotJoin
from cti.fakecarrier.rooms.events import GROUPS
from cti.fakecarrier.rooms.participant import MEMBERS_MAX, Participant, Terms, label_mistake
from cti.fakecarrier.rooms.stay import stay
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.recording_order import recording_order
from cti.fakecarrier.twiml.stage import Stage


async def dial_conference(stage: Stage, verb: Element, noun: Element) -> dict[str, str] | None:
    """Join and stay until out again; None if the room does not take this leg: then the next verb is performed."""
    stage.answer()
    terms = _terms(stage, noun)
    mistake = label_mistake(terms.label) if terms.label is not None else None
    leg = stage.leg
    source = stage.document.source
    url = source.url if source is not None else None
    if mistake is not None:
        stage.carrier.ledger.error(16023, mistake, sid=leg.sid, url=url)
        return None
    participant = Participant(leg, terms, stage.carrier.clock.now_ms())
    conference = stage.carrier.rooms.open(words(noun))
    deaf = DeafListener()
    leg.digits.attach(deaf)
    try:
        reason = await stay(conference, participant, stage.run)
    except CannotJoin as refusal:
        stage.carrier.ledger.error(refusal.code, refusal.reason, sid=leg.sid, url=url)
        return None
    finally:
        leg.digits.detach(deaf)
    return {"DialCallStatus": "failed" if reason == "participant_add_failed" else "answered"}


def _terms(stage: Stage, noun: Element) -> Terms:
    attributes = stage.attributes(noun)
    wait_url = attributes.given("waitUrl")
    wait: Link | Literal[""] | None = None
    if wait_url is not None:
        method = attributes.method("waitMethod", 13234)
        wait = Link(stage.document.resolve(wait_url), method) if wait_url else ""
    return Terms(
        label=attributes.given("participantLabel"),
        muted=attributes.flag("muted", 13230, default=False),
        start_on_enter=attributes.flag("startConferenceOnEnter", 13232, default=True),
        end_on_exit=attributes.flag("endConferenceOnExit", 13231, default=False),
        wait=wait,
        members_max=min(attributes.whole("maxParticipants", MEMBERS_MAX, 12200, least=2), MEMBERS_MAX),
        subscription=noun_subscription(stage, noun, GROUPS, frozenset()),
        coach=attributes.text("coach") or None,
        recording=_recording(stage, noun),
    )


def _recording(stage: Stage, noun: Element) -> RecordingOrder | None:
    words_allowed = ("do-not-record", "record-from-start", "true", "false")
    wanted = stage.attributes(noun).choice("record", words_allowed, "do-not-record")
    return recording_order(stage, noun, "Conference") if wanted in {"record-from-start", "true"} else None


def noun_subscription(
    stage: Stage, noun: Element, allowed: tuple[str, ...], default: frozenset[str]
) -> Subscription | None:
    """The status callback that a noun asks for."""
    attributes = stage.attributes(noun)
    url = attributes.text("statusCallback")
    if not url:
        return None
    link = Link(stage.document.resolve(url), attributes.method("statusCallbackMethod", 12200))
    return Subscription(link, attributes.events("statusCallbackEvent", allowed, default))
