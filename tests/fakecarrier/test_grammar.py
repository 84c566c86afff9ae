"""The grammar against the official library, which writes documents; it shares no code with the reader."""

import inspect

import pytest
from twilio.twiml import voice_response

from cti.fakecarrier.twiml.document import parse_verbs
from cti.fakecarrier.twiml.grammar import NOUNS, UNDONE, VERBS

CONTENT = {
    "sip_url",
    "number",
    "name",
    "identity",
    "message",
    "url",
    "phone_number",
    "client_identity",
    "kwargs",
    "self",
}
MAKERS = {
    voice_response.VoiceResponse: VERBS,
    voice_response.Dial: {name: NOUNS[name] for name in ("Number", "Client", "Conference", "Sip", "Queue")},
    voice_response.Start: {"Recording": NOUNS["Recording"]},
}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@pytest.mark.parametrize("tag", [*VERBS, "Number", "Client", "Conference", "Sip", "Queue", "Recording"])
def test_every_attribute_the_library_can_write_is_known(tag: str):
    maker = next(maker for maker, made in MAKERS.items() if tag in made)
    parameters = set(inspect.signature(getattr(maker, tag.lower())).parameters)
    attributes = {camel(name) for name in parameters - CONTENT}
    assert attributes <= (VERBS | NOUNS)[tag].attributes


def test_every_verb_the_library_can_write_is_known_or_named_as_not_done():
    written = {name for name in vars(voice_response.VoiceResponse) if not name.startswith("_")}
    assert {name.capitalize() for name in written} <= set(VERBS) | UNDONE


def test_a_document_of_the_library_reads_without_a_warning():
    response = voice_response.VoiceResponse()
    gather = response.gather(num_digits=1, action="/menu", finish_on_key="", action_on_empty_result=True)
    gather.say("Grüß Gott", voice="alice", language="de-DE")
    gather.play("/x.mp3", loop=2)
    gather.pause(length=1)
    dial = response.dial(action="/after", timeout=20, answer_on_bridge=True)
    dial.conference("room", participant_label="a", start_conference_on_enter=False, status_callback_event="start end")
    client = voice_response.Client(status_callback="/s")
    client.identity("alice")
    client.parameter(name="ticket", value="7")
    response.dial().append(client)
    response.enqueue("line", wait_url="/wait", max_queue_size=7)
    response.redirect("/x", method="GET")
    response.reject(reason="busy")
    warnings: list[str] = []
    verbs = parse_verbs(str(response), lambda code, message: warnings.append(f"{code} {message}"))
    assert warnings == []
    assert [verb.tag for verb in verbs] == ["Gather", "Dial", "Dial", "Enqueue", "Redirect", "Reject"]
