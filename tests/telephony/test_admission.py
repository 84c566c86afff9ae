"""What may not come in, and what it is told. Nothing of it reaches the server."""

import asyncio
import hashlib
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from cti.telephony.twilio.admission import BODY_BYTES_MAX, parse
from cti.telephony.twilio.signature import signed_bases
from tests.telephony.carrier_side import ACCOUNT, FORM, PUBLIC, TOKEN, payload, signature, signed

CALL_DOORS = ["voice", "digits", "next", "wait", "parked", "joined", "screen", "forwarded", "recorded", "plan"]
DOORS = [*CALL_DOORS, "leg", "room", "recording", "tones", "status", "fallback"]
HELD = "/twilio/held?site=main"


async def raw(centre, request: bytes, *, cut: bool = False) -> str:
    """What comes back for these very bytes, until the server closes. `cut`: nothing more will be sent."""
    at = urlsplit(centre.url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(request)
    if cut:
        writer.write_eof()
    answer = await reader.read()
    writer.close()
    return answer.decode()


def head(target: str, *lines: str) -> bytes:
    return "\r\n".join([f"POST {target} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""]).encode()


@pytest.mark.parametrize("door", DOORS)
async def test_only_post_is_answered(centre, door):
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        assert (await centre.send(f"/twilio/{door}", method=method)).status == 405
    assert centre.intake.posted == []


@pytest.mark.parametrize("door", [*DOORS, "held"])
async def test_a_request_without_a_signature_is_refused(centre, door):
    reply = await centre.send(f"/twilio/{door}", payload("voice")[1], FORM)
    assert (reply.status, reply.text) == (403, "the signature is missing or wrong\n")
    assert centre.intake.posted == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda target, body: (target, body, signature(target, body, token="another")),
        lambda target, body: (target, body, signature("/twilio/next", body)),
        lambda target, body: (target, body + b"&Digits=1", signature(target, body)),
        lambda target, body: (target, body[:-1], signature(target, body)),
        lambda target, body: (target + "?x=1", body, signature(target, body)),
        lambda target, body: (target, b"", signature(target, body)),
        lambda target, body: (target, body, ""),
    ],
)
async def test_a_forged_request_is_refused(centre, forge):
    target, body, claimed = forge(*payload("voice"))
    reply = await centre.send(target, body, {**FORM, "X-Twilio-Signature": claimed})
    assert reply.status == 403
    assert centre.intake.posted == []


def by_get(target, token=TOKEN):
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(f"{PUBLIC}{target}", {})}


async def test_what_is_heard_on_hold_may_be_asked_for_by_get_and_by_post(centre):
    """The carrier's own way is GET, with its fields in the address, and its signature over all of that."""
    got = f"{HELD}&AccountSid={ACCOUNT.account_sid}&CallSid=CA1&Caller=%2B12025550123"
    answers = [await centre.send(target, headers=by_get(target), method="GET") for target in (HELD, got)]
    answers.append(await centre.carrier(HELD, payload("next")[1]))
    assert {(reply.status, reply.content_type) for reply in answers} == {(200, "text/xml")}
    assert len({reply.text for reply in answers}) == 1
    assert centre.intake.posted == []


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        (HELD, {}, 403),
        (HELD, by_get(HELD, token="another"), 403),
        (f"{HELD}&x=1", by_get(HELD), 403),
        (f"{HELD}&AccountSid=AC1", by_get(f"{HELD}&AccountSid=AC1"), 403),
        ("/twilio/held?site=other", by_get("/twilio/held?site=other"), 400),
    ],
)
async def test_but_not_by_anybody(centre, target, headers, status):
    assert (await centre.send(target, headers=headers, method="GET")).status == status


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE"])
async def test_nor_otherwise(centre, method):
    assert (await centre.send(HELD, headers=by_get(HELD), method=method)).status == 405


async def test_while_the_token_is_rotated_either_lets_in(make_centre):
    centre = await make_centre(account=msgspec.structs.replace(ACCOUNT, auth_tokens=("new", "old")))
    target, body = payload("voice")
    for token, status in (("new", 200), ("old", 200), (TOKEN, 403)):
        headers = {**FORM, "X-Twilio-Signature": signature(target, body, token)}
        assert (await centre.send(target, body, headers)).status == status
        assert (await centre.send(HELD, headers=by_get(HELD, token), method="GET")).status == status


@pytest.mark.parametrize(
    "public_url",
    ["https://calls.example.com/centre/", "https://calls.example.com:8443", "http://[2001:db8::1]:8080/a/b"],
)
async def test_behind_a_proxy_the_public_address_is_what_was_signed(make_centre, public_url):
    """Host, scheme, port and the path before ours are the proxy's; what arrives here is another host's."""
    centre = await make_centre(account=msgspec.structs.replace(ACCOUNT, public_url=public_url))
    target, body = payload("voice")
    signed_base = signed_bases(public_url)[0]
    pairs = MultiDict(parse(body))
    right = {**FORM, "X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(f"{signed_base}{target}", pairs)}
    assert (await centre.send(target, body, right)).status == 200
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "host=evil.example"}
    assert (await centre.send(target, body, {**right, **forwarded})).status == 200
    as_it_arrived = RequestValidator(TOKEN).compute_signature(f"{centre.url}{target}", pairs)
    assert (await centre.send(target, body, {**FORM, "X-Twilio-Signature": as_it_arrived})).status == 403


async def test_two_signatures_are_one_too_many(centre):
    target, body = payload("voice")
    right = f"X-Twilio-Signature: {signature(target, body)}"
    lines = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", right]
    assert (await raw(centre, head(target, *lines) + body)).startswith("HTTP/1.1 200 ")
    assert (await raw(centre, head(target, *lines, "X-Twilio-Signature: x") + body)).startswith("HTTP/1.1 403 ")


async def test_another_account_is_refused(centre):
    target, body = payload("voice")
    reply = await centre.carrier(target, body.replace(b"abc", b"abd"))
    assert (reply.status, reply.text) == (403, "the request is for another account\n")
    assert centre.intake.posted == []


async def test_a_truncated_body_is_refused(centre):
    target, body = payload("voice")
    lines = [f"{name}: {value}" for name, value in signed(target, body).items()]
    answer = await raw(centre, head(target, *lines, f"Content-Length: {len(body) + 5}") + body, cut=True)
    assert answer == "" or answer.startswith("HTTP/1.1 400 ")
    assert centre.intake.posted == []


async def test_a_body_that_ends_in_a_chunk_is_refused(centre):
    lines = ["Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked"]
    answer = await raw(centre, head("/twilio/voice", *lines) + b"5\r\nabc", cut=True)
    assert answer == "" or answer.startswith("HTTP/1.1 400 ")
    assert centre.intake.posted == []


async def test_a_body_that_is_not_encoded_as_it_says_is_refused(centre):
    reply = await centre.send("/twilio/voice", b"no gzip at all", {**FORM, "Content-Encoding": "gzip"})
    assert (reply.status, reply.text) == (400, "the body is incomplete, or not encoded as it says\n")
    assert centre.intake.posted == []


@pytest.mark.parametrize("extra", [b"x" * BODY_BYTES_MAX, b"&A=" + b"a" * 100_000])
async def test_too_large_a_form_is_refused(centre, extra):
    target, body = payload("voice")
    reply = await centre.carrier(target, body + extra)
    assert (reply.status, reply.text) == (413, "a form has at most 65536 bytes\n")
    assert centre.intake.posted == []


async def test_too_large_a_form_of_unknown_length_is_refused(centre):
    async def endless():
        for _ in range(100):
            yield b"a" * 1_000

    target, body = payload("voice")
    reply = await centre.send(target, endless(), signed(target, body))
    assert reply.status == 413


async def test_a_form_of_unknown_length_is_read(centre):
    target, body = payload("voice")

    async def pieces():
        yield body[:50]
        yield body[50:]

    assert (await centre.send(target, pieces(), signed(target, body))).status == 200


async def test_too_many_fields_are_refused(centre):
    target, body = payload("voice")
    reply = await centre.carrier(target, body + b"&a=" * 1_000)
    assert (reply.status, reply.text) == (400, "a form has at most 1000 fields\n")


async def test_json_is_no_form_even_when_it_is_signed(centre):
    body = b'{"CallSid": "CA1"}'
    target = f"/twilio/voice?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"Content-Type": "application/json"}
    assert (await centre.send(target, body, headers)).status == 403
    headers["X-Twilio-Signature"] = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{target}", {})
    reply = await centre.send(target, body, headers)
    assert reply.status == 415
    assert "application/x-www-form-urlencoded" in reply.text
    assert (await centre.send(target, body + b" ", headers)).status == 403
    assert centre.intake.posted == []


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/octet-stream"])
async def test_another_type_is_refused(centre, kind):
    target, body = payload("voice")
    reply = await centre.send(target, body, {**signed(target, body), "Content-Type": kind})
    assert reply.status == 403  # what was signed was a form


@pytest.mark.parametrize(
    "target",
    [
        "/twilio/next",
        "/twilio/leg",
        "/twilio/room?site=other&room=r",
        "/twilio/recording?site=main&leg=main-l9&m=2",
        "/twilio/recording?site=other&leg=main-l9",
        "/twilio/tones?site=main&leg=main-l9",
        "/twilio/tones?site=other&leg=main-l9&n=1",
        "/twilio/held",
        "/twilio/held?site=other",
    ],
)
async def test_an_address_that_is_not_ours_is_refused(centre, target):
    reply = await centre.carrier(target, payload("next")[1])
    assert reply.status == 400
    assert "address" in reply.text
    assert centre.intake.posted == []


@pytest.mark.parametrize("call_sid", ["", "../x", "CA 1", "C" * 200])
async def test_a_call_needs_an_id(centre, call_sid):
    for name in ("voice", "leg_ringing", "room_join", "status_completed"):
        target, body = payload(name)
        form = {**dict(parse_qsl(body.decode(), keep_blank_values=True)), "CallSid": call_sid}
        reply = await centre.carrier(target, urlencode(form).encode())
        assert (reply.status, reply.text) == (400, "CallSid is missing or cannot be one\n")
    assert centre.intake.posted == []


async def test_long_fields_are_cut(centre):
    target, body = payload("voice")
    long = urlencode({"CallerName": "n" * 5_000, "Unknown": "u" * 5_000}).encode()
    body = body.replace(b"CallerName=ACME+%26+SONS", long).replace(b"%2B12025550123", b"%2B" + b"9" * 5_000)
    assert (await centre.carrier(target, body)).status == 200
    (posted,) = centre.intake.posted
    assert (posted.event.caller_name, posted.event.from_number) == ("n" * 64, "+" + "9" * 63)


@pytest.mark.parametrize("token", ["x" * 200, "caf\xe9\x80"])
async def test_a_token_that_cannot_be_one_is_ignored(centre, token):
    target, body = payload("voice")
    lines = [f"{name}: {value}" for name, value in signed(target, body).items()]
    lines += [f"Content-Length: {len(body)}", f"I-Twilio-Idempotency-Token: {token}"]
    answer = await raw(centre, head(target, *lines) + body)
    assert answer.startswith("HTTP/1.1 200 ")
    assert centre.intake.posted[0].token == ""


async def test_refusals_are_logged_sparingly_and_without_what_they_hold(centre, logs):
    for _ in range(20):
        await centre.send("/twilio/voice", payload("voice")[1], FORM)
    assert 1 <= len(logs) < 20
    assert logs[0]["event"] == "request refused"
    assert "2025550123" not in repr(logs)


@given(body=st.one_of(st.binary(max_size=80), st.text("a%&=+4é;", max_size=40).map(str.encode)))
def test_forms_are_read_as_the_standard_library_reads_them(body):
    text = body.decode("utf-8", "surrogateescape")
    assert parse(body) == parse_qsl(text, keep_blank_values=True, errors="surrogateescape")
