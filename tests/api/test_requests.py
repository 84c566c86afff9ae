"""Requests: each answered, none done twice, and whatever nonsense comes, the connection stays."""

import asyncio
import contextlib

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from cti.api.parsing import REQUEST_BYTES_MAX, Unusable
from cti.api.requests import KNOWN, parse_request, to_event
from cti.api.socket import MESSAGE_BYTES_MAX, REQUESTS_PER_S_MAX
from cti.core import events as e
from cti.views import frames as f

HOSTILE = {
    "garbage": ("hello?", "malformed"),
    "empty": ("", "malformed"),
    "a number": ("17", "malformed"),
    "a list": ("[]", "malformed"),
    "null": ("null", "malformed"),
    "no type": ('{"request_id":"x"}', "unknown_request"),
    "unknown type": ('{"type":"fly","request_id":"x"}', "unknown_request"),
    "type of another type": ('{"type":{"a":1},"request_id":"x"}', "unknown_request"),
    "no id": ('{"type":"sign_in"}', "malformed"),
    "an odd id": ('{"type":"sign_in","request_id":"a b"}', "malformed"),
    "an empty id": ('{"type":"sign_in","request_id":""}', "malformed"),
    "a long id": ('{"type":"sign_in","request_id":"' + "x" * 65 + '"}', "malformed"),
    "an id of another type": ('{"type":"sign_in","request_id":17}', "malformed"),
    "a missing field": ('{"type":"accept","request_id":"x"}', "malformed"),
    "an unknown field": ('{"type":"sign_in","request_id":"x","admin":true}', "malformed"),
    "a field of another type": ('{"type":"accept","request_id":"x","offer_id":[1]}', "malformed"),
    "a field that is too long": ('{"type":"accept","request_id":"x","offer_id":"' + "o" * 129 + '"}', "malformed"),
    "deep lists": ("[" * 8_000 + "]" * 8_000, "malformed"),
    "deep objects": ('{"a":' * 2_500 + "1" + "}" * 2_500, "malformed"),
    "deep below a known key": ('{"type":"sign_in","request_id":' + "[" * 8_000 + "]" * 7_000 + "}", "malformed"),
    "broken unicode": ('{"type":"sign_in","request_id":"\\ud800"}', "malformed"),
    "too large": ('{"type":"sign_in","request_id":"' + "x" * REQUEST_BYTES_MAX + '"}', "too_large"),
    "for another agent": ('{"type":"sign_in","request_id":"x","agent_id":"ben"}', "malformed"),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_request_is_refused_with_a_remedy(text, code):
    with pytest.raises(Unusable) as unusable:
        parse_request(text)
    assert unusable.value.code == code
    assert len(str(unusable.value)) > 20


async def test_nonsense_is_refused_and_the_connection_stays(house):
    async with house.desktop(await house.issue("anna")) as anna:
        for text, code in HOSTILE.values():
            await anna.websocket.send(text)
            refused = await anna.until(f.Refused)
            assert (refused.code, refused.seq) == (code, 0)
        await anna.websocket.send(b"\x00\xff\x00")
        assert (await anna.until(f.Refused)).code == "not_text"
        assert isinstance(await anna.ask("sign_in"), f.Done)
    assert len(await house.inputs(e.SignInRequested)) == 1
    assert await house.inputs(e.InputRejected) == []


async def test_a_refusal_names_the_request_if_it_can(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await anna.websocket.send('{"type":"accept","request_id":"mine"}')
        refused = await anna.until(f.Refused)
        assert refused.request_id == "mine"
        assert "offer_id" in refused.detail
        await anna.websocket.send('{"type":"fly","request_id":"mine too"}')
        refused = await anna.until(f.Refused)
        assert refused.request_id == "mine too"
        assert all(kind in refused.detail for kind in KNOWN)


async def test_a_huge_message_ends_that_connection_only(house):
    token = await house.issue("anna")
    async with house.desktop(token) as other, house.desktop(token) as anna:
        await anna.websocket.send("x" * (MESSAGE_BYTES_MAX + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await anna.receive()
        assert closed.value.rcvd.code == 1009
        assert isinstance(await other.ask("sign_in"), f.Done)


async def test_a_flood_of_requests_ends_that_connection_only(house):
    token = await house.issue("anna")
    async with house.desktop(token) as other, house.desktop(token) as anna:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(2 * REQUESTS_PER_S_MAX):
                await anna.say("probe_answered")
        with pytest.raises(ConnectionClosed) as closed:
            await anna.until(f.Hello)
        assert closed.value.rcvd.code == 1008
        assert "50 requests a second" in closed.value.rcvd.reason
        assert isinstance(await other.ask("sign_in"), f.Done)


async def test_a_request_that_is_asked_again_after_a_reconnect_has_one_effect_and_the_first_answer(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        assert isinstance(await anna.ask("sign_in", "first"), f.Done)
        assert (await anna.ask("not_ready", "second", reason="nonsense")).code == "unknown_reason"
        anna.websocket.transport.abort()
    async with house.desktop(token) as anna:
        again = await anna.ask("sign_in", "first")
        assert isinstance(again, f.Done)
        assert again.seq == 0
        assert (await anna.ask("not_ready", "second", reason="nonsense")).code == "unknown_reason"
        assert isinstance(await anna.ask("ready", "third"), f.Done)
    assert len(await house.inputs(e.SignInRequested)) == 1
    assert len(await house.inputs(e.NotReadyRequested)) == 1


async def test_it_keeps_its_answer_over_a_restart_of_the_server(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        cursor = anna.cursor
        await anna.ask("ready", "early")
    await house.restart()
    async with house.desktop(token, cursor) as anna:
        [missed] = [frame for frame in anna.frames if isinstance(frame, f.Refused)]
        assert (missed.code, missed.request_id) == ("signed_out", "early")
        assert (await anna.ask("ready", "early")).code == "signed_out"
    assert len(await house.inputs(e.ReadyRequested)) == 1


async def test_an_answer_that_nobody_remembers_is_not_made_up(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        await anna.ask("ready", "early")
    await house.restart()
    async with house.desktop(token) as anna:
        assert (await anna.ask("ready", "early")).code == "answered_before"


async def test_two_agents_may_use_the_same_id(house):
    async with house.desktop(await house.issue("anna")) as anna, house.desktop(await house.issue("ben")) as ben:
        assert isinstance(await anna.ask("sign_in", "same"), f.Done)
        assert isinstance(await ben.ask("sign_in", "same"), f.Done)
    assert [event.agent_id for event in await house.inputs(e.SignInRequested)] == ["anna", "ben"]


async def test_while_nothing_can_be_recorded_requests_are_refused_and_may_be_asked_again(house):
    async with house.desktop(await house.issue("anna")) as anna:
        house.gate.hold("the disk is full")
        refused = await anna.ask("sign_in", "patient")
        assert refused.code == "holding"
        assert "the disk is full" in refused.detail
        house.gate.open(house.driver, house.journal)
        assert isinstance(await anna.ask("sign_in", "patient"), f.Done)


async def test_requests_wait_through_a_slow_commit(house):
    async with house.desktop(await house.issue("anna")) as anna:
        house.journal.may_commit.clear()
        asking = asyncio.create_task(anna.ask("sign_in"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not asking.done()
        house.journal.may_commit.set()
        assert isinstance(await asking, f.Done)


def test_each_request_has_the_fields_of_its_event():
    texts = {
        "sign_in": {},
        "sign_out": {},
        "ready": {},
        "not_ready": {"reason": "break"},
        "acknowledge": {"offer_id": "o"},
        "accept": {"offer_id": "o"},
        "decline": {"offer_id": "o", "reason": "busy"},
        "hang_up": {"contact_id": "c"},
        "dispose": {
            "contact_id": "c",
            "disposition": "sold",
            "note": "n",
            "amount": 129_900_000,
            "currency": "USD",
            "callback_at": 1_750_257_000_000,
            "callback_local": "2025-06-18T10:30",
            "callback_for": "me",
            "again_s": 60,
        },
        "next_lead": {"campaign_id": "spring"},
        "dial_lead": {"contact_id": "c"},
        "skip_lead": {"contact_id": "c", "reason": "not now"},
        "dial_number": {"campaign_id": "spring", "number": "+12125550123", "speed": "office", "redial": True},
        "end_wrap_up": {"contact_id": "c"},
        "probe_answered": {},
        "hold": {"contact_id": "c", "party_id": "p"},
        "retrieve": {"contact_id": "c", "party_id": "p"},
        "mute": {"contact_id": "c"},
        "unmute": {"contact_id": "c"},
        "digits": {"contact_id": "c", "digits": "1#", "party_id": "p"},
        "transfer": {"contact_id": "c", "kind": "BLIND", "destination": "queue:help"},
        "consult": {"contact_id": "c", "destination": "agent:ben"},
        "end_consult": {"contact_id": "c", "party_id": "p"},
        "conference": {"contact_id": "c"},
        "record": {"contact_id": "c", "action": "PAUSE"},
    }
    of_the_connection = {"open_directory", "close_directory"}
    meant = {"mute": {"muted": True}, "unmute": {"muted": False}}
    assert set(texts) | of_the_connection == set(KNOWN)
    for kind, fields in texts.items():
        text = msgspec.json.encode({"type": kind, "request_id": "x", **fields}).decode()
        event = to_event(parse_request(text), "anna")
        expected = {"agent_id": "anna", "request_id": "x", **fields, **meant.get(kind, {})}
        assert msgspec.structs.asdict(event) == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"transfer","request_id":"x","contact_id":"c","kind":"WARM"}',
        '{"type":"transfer","request_id":"x","contact_id":"c"}',
        '{"type":"record","request_id":"x","contact_id":"c","action":"ERASE"}',
        '{"type":"consult","request_id":"x","contact_id":"c","destination":17}',
        '{"type":"digits","request_id":"x","contact_id":"c","digits":"' + "1" * 201 + '"}',
        '{"type":"mute","request_id":"x","contact_id":"c","muted":false}',
    ],
)
def test_words_that_are_none_are_refused(text):
    with pytest.raises(Unusable) as unusable:
        parse_request(text)
    assert unusable.value.code == "malformed"
