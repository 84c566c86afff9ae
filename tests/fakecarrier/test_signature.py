"""The carrier's signature against the official validator and the documented example."""

import pytest
from twilio.request_validator import RequestValidator

from cti.fakecarrier.webhooks.signature import sign, signed_url


@pytest.mark.parametrize(
    ("host", "caller", "signature"),
    [
        ("mycompany.com", "+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("example.com", "+14158675310", "L/OH5YylLD5NRKLltdqwSvS0BnU="),
    ],
)
def test_documented_examples(host, caller, signature):
    fields = {"CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": caller, "To": "+18005551212", "Caller": caller}
    assert sign("12345", f"https://{host}/myapp.php?foo=1&bar=2", fields.items()) == signature


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/voice?a=%2B1&b=",
        "https://example.com:8443/voice",
        "http://example.com/voice?x=a%20b;c",
        "http://127.0.0.1:8080/vo%7Eice/",
    ],
)
def test_the_official_validator_agrees(url):
    form = {"From": "+1 555", "To": "", "Z": "ä+&=", "a": "lower"}
    assert RequestValidator("secret").validate(url, form, sign("secret", url, form.items()))
    assert not RequestValidator("secret").validate(url, form, sign("other", url, form.items()))


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("http://user:word@127.0.0.1:80/a?b#rc=2", "http://127.0.0.1:80/a?b"),
        ("https://user@example.com:8443/a", "https://example.com/a"),
        ("https://[::1]:8443/a", "https://[::1]/a"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_fragment_user_and_https_port_are_not_signed(url, signed):
    assert signed_url(url) == signed
