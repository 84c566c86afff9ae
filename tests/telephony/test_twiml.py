from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.core.plan import (
    Collect,
    Door,
    Forward,
    GoOn,
    HangUp,
    Join,
    Park,
    Pause,
    Plan,
    Play,
    Record,
    Refuse,
    Say,
)
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.twiml import EMPTY, Documents
from tests.telephony.grammar import GRAMMAR, offences

PUBLIC = "https://cc.example"
DOCUMENTS = Documents(Addresses(PUBLIC, "main"))


def rendered(*verbs, endpoint=""):
    document = DOCUMENTS.document(Plan(verbs), "main-l17", 42, endpoint)
    assert offences(document) == []
    return ET.fromstring(document)


def door(name, extra=""):
    return f"{PUBLIC}/twilio/{name}?site=main&leg=main-l17&n=42{extra}"


def test_audio():
    say, play, loop, pause = rendered(
        Say(text="Good day", language="en-GB"),
        Play(audio="music-20s.mp3"),
        Play(audio="https://cdn.example/ad.mp3", loop=3),
        Pause(seconds=2),
    )
    assert (say.tag, say.text, say.attrib) == ("Say", "Good day", {"language": "en-GB"})
    assert (play.text, play.attrib) == (f"{PUBLIC}/prompts/music-20s.mp3", {})
    assert (loop.text, loop.attrib) == ("https://cdn.example/ad.mp3", {"loop": "3"})
    assert (pause.tag, pause.attrib) == ("Pause", {"length": "2"})


def test_a_menu_falls_through_to_the_next_plan():
    menu = Collect(prompts=(Say(text="Press 1", language="en-US"), Pause(seconds=1)), timeout_s=5, digits_max=1)
    gather, redirect = rendered(menu, GoOn(door=Door.NEXT))
    assert [child.tag for child in gather] == ["Say", "Pause"]
    assert gather.attrib == {
        "input": "dtmf",
        "action": door("digits"),
        "method": "POST",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": "5",
        "actionOnEmptyResult": "false",
    }
    assert (redirect.tag, redirect.text, redirect.attrib) == ("Redirect", door("next"), {"method": "POST"})


def test_secret_digits_come_to_an_address_of_their_own():
    (gather,) = rendered(Collect(prompts=(), timeout_s=9, digits_max=16, finish_on_key="#", secret=True))
    assert gather.get("action") == door("digits", "&s=1")
    assert gather.get("finishOnKey") == "#"


def test_parking():
    (enqueue,) = rendered(Park())
    assert enqueue.text == "cti-main"
    assert enqueue.attrib == {
        "action": door("parked"),
        "method": "POST",
        "waitUrl": door("wait"),
        "waitUrlMethod": "POST",
    }


@pytest.mark.parametrize("ends_call", [True, False])
def test_joining_a_call(ends_call):
    (dial,) = rendered(Join(call_id="main-r9", ends_call=ends_call))
    assert dial.attrib == {"action": door("joined"), "method": "POST"}
    (conference,) = dial
    assert conference.text == "main-r9"
    assert conference.attrib == {
        "participantLabel": "main-l17",
        "startConferenceOnEnter": "true",
        "endConferenceOnExit": str(ends_call).lower(),
        "beep": "false",
        "statusCallback": f"{PUBLIC}/twilio/room?site=main&room=main-r9",
        "statusCallbackMethod": "POST",
        "statusCallbackEvent": "start end join leave mute hold",
    }


def test_those_inside_may_hear_who_comes():
    ((conference,),) = rendered(Join(call_id="main-r9", beep=True))
    assert conference.get("beep") == "onEnter"


@pytest.mark.parametrize(
    ("endpoint", "noun", "text"),
    [
        ("tel:+12025550101", "Number", "+12025550101"),
        ("client:ann", "Client", "ann"),
        ("sip:ann@pbx.example;a=<b>&c", "Sip", "sip:ann@pbx.example;a=<b>&c"),
    ],
)
def test_forwarding(endpoint, noun, text):
    (dial,) = rendered(Forward(caller_id="+12025550100", timeout_s=25), endpoint=endpoint)
    assert dial.attrib == {
        "action": door("forwarded"),
        "method": "POST",
        "callerId": "+12025550100",
        "timeout": "25",
    }
    (rung,) = dial
    assert (rung.tag, rung.text, rung.attrib) == (noun, text, {})


@pytest.mark.parametrize(("asked_s", "given_s"), [(1, "5"), (3_600, "600")])
def test_the_carrier_rings_for_so_long_at_least_and_at_most(asked_s, given_s):
    (dial,) = rendered(Forward(caller_id="+12025550100", timeout_s=asked_s), endpoint="tel:+12025550101")
    assert dial.get("timeout") == given_s


def test_who_was_to_be_rung_is_no_part_of_the_plan_and_may_have_been_erased():
    """Then nobody answered there: the caller comes back to the door and asks."""
    (redirect,) = rendered(Forward(caller_id="+12025550100"))
    assert (redirect.tag, redirect.text) == ("Redirect", door("forwarded"))
    first, second = (
        ET.fromstring(DOCUMENTS.document(Plan((Forward(caller_id="+1"),)), "main-l1", 7, f"tel:{number}"))
        for number in ("+12025550101", "+12025550102")
    )
    assert [each.find("Dial/Number").text for each in (first, second)] == ["+12025550101", "+12025550102"]


def test_taking_a_message():
    record, redirect = rendered(Record(seconds_max=90, silence_s=4, finish_on_key="*"), GoOn(door=Door.NEXT))
    assert record.attrib == {
        "action": door("recorded"),
        "method": "POST",
        "maxLength": "90",
        "timeout": "4",
        "finishOnKey": "*",
        "playBeep": "true",
        "trim": "trim-silence",
        "recordingStatusCallback": f"{PUBLIC}/twilio/recording?site=main&leg=main-l17&m=1",
        "recordingStatusCallbackMethod": "POST",
        "recordingStatusCallbackEvent": "completed absent",
    }
    assert redirect.text == door("next")


@pytest.mark.parametrize(
    ("music", "verbs"),
    [
        ((), ["Say", "Pause", "Redirect"]),
        ((Play(audio="music-20s.mp3"),), ["Play", "Redirect"]),
        ((Say(text="Please wait.", language="en-GB"),), ["Say", "Pause", "Redirect"]),
    ],
)
def test_what_is_heard_on_hold_asks_for_itself_when_it_ends(music, verbs):
    """The carrier plays it once. What is only said is not said without a rest."""
    documents = Documents(Addresses(PUBLIC, "main"), hold_music=music)
    assert offences(documents.held()) == []
    found = list(ET.fromstring(documents.held()))
    assert [verb.tag for verb in found] == verbs
    assert found[-1].text == f"{PUBLIC}/twilio/held?site=main"
    assert set(verbs) <= {"Play", "Say", "Pause", "Redirect"}  # the carrier takes no others there (13238)


def test_keys_are_played():
    document = DOCUMENTS.tones("12w*W#")
    assert offences(document) == []
    (play,) = ET.fromstring(document)
    assert (play.tag, play.attrib, play.text) == ("Play", {"digits": "12w*ww#"}, None)


@given(endpoint=st.text(st.characters(), max_size=40), caller_id=st.text(max_size=20))
@settings(max_examples=200)
def test_no_endpoint_breaks_a_document(endpoint, caller_id):
    (verb,) = rendered(Forward(caller_id=caller_id), endpoint=endpoint)
    address = verb.get("action") if verb.tag == "Dial" else verb.text
    assert address == door("forwarded")


def test_ends():
    (hangup,) = rendered(HangUp())
    (reject,) = rendered(Refuse(reason="busy"))
    assert (hangup.tag, reject.tag, reject.attrib) == ("Hangup", "Reject", {"reason": "busy"})
    assert offences(EMPTY) == []


def test_one_plan_for_two_legs_differs_in_leg_and_nonce_only():
    plan = Plan((Collect(prompts=(), timeout_s=5, digits_max=1), GoOn(door=Door.NEXT)))
    first, second = DOCUMENTS.document(plan, "main-l1", 7), DOCUMENTS.document(plan, "main-l2", 8)
    assert first.replace("main-l1&amp;n=7", "main-l2&amp;n=8") == second != first


def test_a_text_with_nothing_to_say_is_not_said():
    assert len(rendered(Say(text=" \x00\n", language="en-US"))) == 0


@given(text=st.text(st.characters(), max_size=60), language=st.text(max_size=5))
@settings(max_examples=200)
def test_no_text_breaks_a_document(text, language):
    """Whatever a text holds, the document is XML and the leg's addresses are where they belong."""
    prompt = Say(text=text, language=language)
    gather, redirect, *_ = rendered(
        Collect(prompts=(prompt, Play(audio=text)), timeout_s=5, digits_max=1), GoOn(door=Door.WAIT), prompt
    )
    assert (gather.get("action"), redirect.text) == (door("digits"), door("wait"))


@given(leg_id=st.text(min_size=1, max_size=20))
def test_no_leg_breaks_a_document(leg_id):
    leg_id = leg_id.encode("utf-8", "replace").decode()
    plan = Plan((Join(call_id="main-r1"),))
    assert offences(DOCUMENTS.document(plan, leg_id, 1)) == []


def test_holding_says_something_waits_and_asks_again():
    document = DOCUMENTS.holding(door("next"))
    assert offences(document) == []
    say, pause, redirect = ET.fromstring(document)
    assert say.text == "One moment, please."
    assert int(pause.get("length")) >= 5
    assert (redirect.text, redirect.attrib) == (door("next"), {"method": "POST"})


def test_what_is_said_while_waiting_can_be_changed():
    documents = Documents(Addresses(PUBLIC, "main"), apology=(Say(text="Sorry.", language="en-US"),))
    assert "Sorry." in documents.apology()
    documents.announce((Play(audio="hold.mp3"),), ())
    assert offences(documents.apology()) == offences(documents.holding("x")) == []
    assert [child.tag for child in ET.fromstring(documents.holding("x"))] == ["Play", "Redirect"]
    assert "Sorry." not in documents.apology()


def test_the_grammar_would_notice():
    assert set(GRAMMAR["Response"][1]) >= {"Say", "Dial", "Enqueue", "Gather", "Hangup", "Record", "Redirect", "Reject"}
    assert set(GRAMMAR["Dial"][1]) >= {"Number", "Client", "Sip", "Conference"}
    assert offences("<Response><Gather><Dial/></Gather></Response>") == ["Gather cannot hold Dial"]
    assert offences('<Response><Say lang="en">x</Say></Response>') == ["Say has no attribute lang"]
