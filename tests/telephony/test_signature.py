"""The signature, against the official library's test values, its documentation, and the library itself."""

import base64
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from cti.telephony.twilio.admission import parse
from cti.telephony.twilio.signature import SignatureCheck, signed_bases

TOKEN = "12345"
PATH = "/myapp.php?foo=1&bar=2"
PARAMETERS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]


@pytest.mark.parametrize(
    ("public_url", "signature"),
    [
        ("https://mycompany.com", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:1234", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),  # https: the port is dropped
        ("http://mycompany.com:1234", "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),  # http: the port is kept
        ("https://mycompany.com", "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with :443 all the same
        ("http://mycompany.com", "0ZXoZLH/DfblKGATFgpif+LLRf4="),  # signed with :80 all the same
    ],
)
def test_the_librarys_own_values(public_url, signature):
    assert SignatureCheck([TOKEN], public_url).form(PATH, PARAMETERS, signature)


def test_a_key_with_several_values():
    pairs = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
    check = SignatureCheck([TOKEN], "https://mycompany.com")
    assert check.form(PATH, pairs, "IK+Dwps556ElfBT0I3Rgjkr1wJU=")


def test_the_documented_example():
    number = "+14158675310"
    pairs = [("CallSid", "CA1234567890ABCDE"), ("Caller", number), ("Digits", "1234"), ("From", number)]
    check = SignatureCheck([TOKEN], "https://example.com")
    assert check.form(PATH, [*pairs, ("To", "+18005551212")], "L/OH5YylLD5NRKLltdqwSvS0BnU=")


def test_a_body_that_is_no_form():
    body = b'{"property": "value", "boolean": true}'
    path = f"{PATH}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    check = SignatureCheck([TOKEN], "https://mycompany.com")
    assert check.body(path, body, "a9nBmqA0ju/hNViExpshrM61xv4=")
    assert not check.body(path, body + b" ", "a9nBmqA0ju/hNViExpshrM61xv4=")


def test_a_body_without_its_hash_in_the_url_is_refused():
    signature = RequestValidator(TOKEN).compute_signature("https://mycompany.com/x", {})
    assert not SignatureCheck([TOKEN], "https://mycompany.com").body("/x", b"", signature)


def test_either_token_signs_while_they_are_rotated():
    check = SignatureCheck(["new", "old"], "https://example.com")
    for token in ("new", "old"):
        signature = RequestValidator(token).compute_signature("https://example.com/x", dict(PARAMETERS))
        assert check.form("/x", PARAMETERS, signature)
    foreign = RequestValidator("other").compute_signature("https://example.com/x", dict(PARAMETERS))
    assert not check.form("/x", PARAMETERS, foreign)


@pytest.mark.parametrize("tokens", [[], [""], ["good", ""]])
def test_no_check_is_made_without_a_token(tokens):
    with pytest.raises(ValueError, match="token"):
        SignatureCheck(tokens, "https://example.com")


@pytest.mark.parametrize(
    ("public_url", "bases"),
    [
        ("https://a.example/", ("https://a.example", "https://a.example:443")),
        ("http://a.example:8080/cti/", ("http://a.example:8080/cti", "http://a.example/cti")),
        ("https://user:pass@a.example:8443", ("https://a.example", "https://a.example:8443")),
        ("http://[::1]:8080", ("http://[::1]:8080", "http://[::1]")),
    ],
)
def test_what_the_carrier_may_have_signed(public_url, bases):
    assert signed_bases(public_url) == bases


hosts = st.sampled_from(["a.example", "a.example:8443", "xn--bcher-kva.example:80", "127.0.0.1:4010"])
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    scheme=st.sampled_from(["http", "https"]),
    host=hosts,
    path=st.sampled_from(["/twilio/voice", "/twilio/next?site=main&leg=main-l1&n=4", "/a%2Fb?c=%20d&e=+f"]),
    pairs=st.lists(st.tuples(names, names), max_size=8),
    right=st.booleans(),
    signed_port=st.booleans(),
)
@settings(max_examples=200)
def test_it_agrees_with_the_library(scheme, host, path, pairs, right, signed_port):
    library = RequestValidator(TOKEN)
    signed_host = host if signed_port else host.partition(":")[0]
    signature = library.compute_signature(f"{scheme}://{signed_host}{path}", MultiDict(pairs))
    claimed = pairs if right else [*pairs, ("Extra", "1")]
    theirs = library.validate(f"{scheme}://{host}{path}", MultiDict(claimed), signature)
    assert SignatureCheck([TOKEN], f"{scheme}://{host}").form(path, claimed, signature) == theirs == right


BODY = b"AccountSid=AC0&CallSid=CA0&From=%2B12025550123&CallerName=J%C3%BCrgen+%26+Co&CallStatus=ringing&ToCity="


def test_every_changed_byte_is_refused():
    check = SignatureCheck([TOKEN], "https://a.example")
    path = "/twilio/next?site=main&leg=main-l1&n=4"
    pairs = parse(BODY)
    signature = RequestValidator(TOKEN).compute_signature(f"https://a.example{path}", MultiDict(pairs))
    assert check.form(path, pairs, signature)
    for place in range(len(BODY)):
        for byte in b"A0%&=+\xff":
            changed = parse(BODY[:place] + bytes([byte]) + BODY[place + 1 :])
            if changed != pairs:
                assert not check.form(path, changed, signature), (place, byte)
    for place in range(1, len(path)):
        changed_path = path[:place] + ("x" if path[place] != "x" else "y") + path[place + 1 :]
        assert not check.form(changed_path, pairs, signature), place
    for place in range(len(signature)):
        changed_signature = signature[:place] + ("x" if signature[place] != "x" else "y") + signature[place + 1 :]
        assert not check.form(path, pairs, changed_signature), place
    for wrong in ("", signature[:-1], signature + "=", f" {signature}", "é", "\udcff"):
        assert not check.form(path, pairs, wrong)


def test_bytes_that_are_no_text_are_signed_as_they_came():
    check = SignatureCheck([TOKEN], "https://a.example")
    body = b"From=%FF%FE&To=1"
    signature = base64.b64encode(hmac.digest(TOKEN.encode(), b"https://a.example/xFrom\xff\xfeTo1", "sha1")).decode()
    assert check.form("/x", parse(body), signature)
    assert not check.form("/x", parse(b"From=%FF%FF&To=1"), signature)
