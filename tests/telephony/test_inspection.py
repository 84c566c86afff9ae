"""What an inspection concludes, from answers in the shape in which the carrier documents them."""

import msgspec
import pytest

from cti.core.config import AgentConfig, EntryPoint, SiteConfig
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.inspection.account import rate_findings
from cti.telephony.twilio.inspection.destinations import destination_findings
from cti.telephony.twilio.inspection.geography import regions_of
from cti.telephony.twilio.inspection.needs import Hooks, Needs, needs_of
from cti.telephony.twilio.inspection.numbers import changes, number_findings
from cti.telephony.twilio.inspection.public import resolved_findings
from cti.telephony.twilio.inspection.reading import Facts, voice_url
from cti.telephony.twilio.inspection.resources import AccountRead, CallerIdPage, CountryPage, HooksRead, NumberPage
from cti.telephony.twilio.resources import CallPage
from cti.telephony.twilio.rest import InDoubt
from tests.telephony.carrier_side import PUBLIC

HOOKS = Hooks(voice=f"{PUBLIC}/twilio/voice", fallback=f"{PUBLIC}/twilio/fallback", status=f"{PUBLIC}/twilio/status")

# A number that nobody has set up yet: what is documented as nullable is null.
NUMBER = b"""{"page": 0, "page_size": 50, "next_page_uri": null, "incoming_phone_numbers": [{
    "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "address_requirements": "none", "address_sid": null,
    "api_version": "2010-04-01", "beta": null, "capabilities": {"voice": true, "sms": false, "mms": true, "fax": false},
    "date_created": "Thu, 30 Jul 2015 23:19:04 +0000", "emergency_status": "Active", "friendly_name": "Main line",
    "identity_sid": null, "origin": "origin", "phone_number": "+12025550100", "status": "in-use",
    "sid": "PNaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "sms_application_sid": "", "sms_method": "POST", "sms_url": "",
    "status_callback": "", "status_callback_method": "POST", "trunk_sid": null,
    "uri": "/2010-04-01/Accounts/ACaaa/IncomingPhoneNumbers/PNaaa.json", "voice_application_sid": null,
    "voice_caller_id_lookup": false, "voice_fallback_method": null, "voice_fallback_url": null,
    "voice_method": null, "voice_url": null, "voice_receive_mode": "voice"}]}"""

# Countries that share a code may stand under one of them.
COUNTRIES = b"""{"content": [
    {"iso_code": "US", "name": "United States/Canada", "continent": "NORTH_AMERICA", "country_codes": ["+1"],
     "low_risk_numbers_enabled": %s, "high_risk_special_numbers_enabled": false,
     "high_risk_tollfraud_numbers_enabled": null, "url": "https://voice.twilio.com/v1/x", "links": {}},
    {"iso_code": "BS", "name": "Bahamas", "continent": null, "country_codes": ["+1242"],
     "low_risk_numbers_enabled": false, "high_risk_special_numbers_enabled": false,
     "high_risk_tollfraud_numbers_enabled": false, "url": null, "links": null}],
    "meta": {"key": "content", "page": 0, "page_size": 50, "next_page_url": null}}"""


def facts(*, numbers=NUMBER, countries_open=True, app=None):
    countries = COUNTRIES % (b"true" if countries_open else b"false")
    return Facts(
        calls=CallPage([]),
        numbers=msgspec.json.decode(numbers, type=NumberPage).incoming_phone_numbers,
        caller_ids=msgspec.json.decode(b'{"outgoing_caller_ids": []}', type=CallerIdPage).outgoing_caller_ids,
        app=app,
        key=None,
        countries=msgspec.json.decode(countries, type=CountryPage).content,
        special={},
    )


def needs(*numbers, **more):
    return Needs(hooks=HOOKS, numbers=numbers or ("+12025550100",), **more)


def test_an_account_as_it_is_documented():
    body = b'{"sid": "AC1", "status": "active", "type": "Trial", "friendly_name": null, "auth_token": null}'
    assert msgspec.json.decode(body, type=AccountRead).type == "Trial"


def test_a_number_that_nobody_has_set_up():
    found = list(number_findings(needs(), facts()))
    assert [finding.code for finding in found] == ["voice_url", "fallback_url", "status_callback"]
    assert all("is not set instead of POST" in finding.what for finding in found)
    assert {(change.field, change.before, change.after) for change in changes(needs(), facts())} == {
        ("VoiceUrl", "", HOOKS.voice),
        ("VoiceMethod", "", "POST"),
        ("VoiceFallbackUrl", "", HOOKS.fallback),
        ("VoiceFallbackMethod", "", "POST"),
        ("StatusCallback", "", HOOKS.status),
    }


def test_a_number_without_voice():
    found = number_findings(needs(), facts(numbers=NUMBER.replace(b'"voice": true', b'"voice": false')))
    assert "no_voice" in {finding.code for finding in found}


def test_only_numbers_of_entry_points_are_changed():
    assert changes(needs("+12025550101"), facts()) == []


def test_an_app_that_could_not_be_read_is_not_changed():
    app_sid = "AP" + "1" * 32
    unread = facts(app=InDoubt("no answer"))
    assert {change.resource for change in changes(needs(app_sid=app_sid), unread)} == {"IncomingPhoneNumbers"}
    assert "unreadable" in {finding.code for finding in number_findings(needs(app_sid=app_sid), unread)}
    read = facts(app=HooksRead(sid=app_sid))
    changed = [change for change in changes(needs(app_sid=app_sid), read) if change.resource == "Applications"]
    assert len(changed) == 6


@pytest.mark.parametrize(
    ("prefix", "is_open", "code"),
    [
        ("+1202", True, None),
        ("+1202", False, "destination_closed"),
        ("+1416", True, None),  # Canada has no entry of its own there
        ("+1416", False, "destination_closed"),
        ("+1242", True, "destination_closed"),  # the Bahamas have
        ("+1", True, "destination_partly"),
        ("+41", True, "destination_unknown"),
    ],
)
def test_countries_that_share_a_code(prefix, is_open, code):
    found = list(destination_findings(needs(prefixes=(prefix,)), facts(countries_open=is_open)))
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(prefix in finding.where for finding in found)


def test_countries_by_name_and_agents_telephones():
    wanted = needs(countries=("US", "BS", "XX"), agent_numbers=("+12425550100",))
    found = {(finding.code, finding.where) for finding in destination_findings(wanted, facts())}
    assert found == {
        ("destination_closed", "endpoint tel:+12425550100"),
        ("destination_closed", "dial_countries BS"),
        ("destination_closed", "dial_countries XX"),
    }


@pytest.mark.parametrize(
    ("prefix", "meant", "covers"),
    [
        ("+49", ("DE",), ()),
        ("+447", ("GB",), ("GG", "IM", "JE")),
        ("+441481", ("GG",), ()),
        ("+7701", ("KZ",), ()),
        ("+442071838750", ("GB",), ()),
        ("+800", (), ()),
        ("+210", (), ()),
    ],
)
def test_the_countries_of_a_prefix(prefix, meant, covers):
    assert regions_of(prefix) == (meant, covers)


def test_a_prefix_that_is_less_than_a_country():
    meant, covered = regions_of("+4")
    assert meant == ()
    assert {"DE", "GB", "CH"} <= set(covered)


@pytest.mark.parametrize(
    ("configured", "said"), [(None, "every leg"), (0, "unlimited here"), (5, "calls_per_second, which is 5 here")]
)
def test_the_rate_is_for_a_person_to_compare(configured, said):
    [found] = rate_findings(needs(calls_per_second=configured))
    assert found.level == "note"
    assert said in found.remedy


def test_a_name_that_is_private_from_here_may_be_public_elsewhere():
    assert list(resolved_findings("calls.example.com", ["203.0.114.7", "2600::1"])) == []
    [found] = resolved_findings("calls.example.com", ["127.0.1.1", "10.0.0.7"])
    assert (found.level, found.code) == ("warning", "public_private")
    assert "10.0.0.7, 127.0.1.1" in found.what


@pytest.mark.parametrize(
    ("api", "voice"),
    [
        ("https://api.twilio.com", "https://voice.twilio.com"),
        ("https://api.dublin.ie1.twilio.com", "https://voice.dublin.ie1.twilio.com"),
        ("http://127.0.0.1:9700", "http://127.0.0.1:9700"),
    ],
)
def test_where_permissions_are_asked_for(api, voice):
    assert voice_url(api) == voice


def test_what_a_configuration_needs():
    agents = {
        name: AgentConfig(agent_id=name, name=name, endpoint=endpoint)
        for name, endpoint in (("ann", "client:ann"), ("bob", "tel:+12025550142"), ("cy", "sip:cy@example.com"))
    }
    entry_points = {"+12025550100": EntryPoint(number="+12025550100", flow_id="main")}
    config = SiteConfig(name="x", zone="UTC", agents=agents, entry_points=entry_points, dial_prefixes=("+1202",))
    found = needs_of(config, Addresses(f"{PUBLIC}/", "main"), "")
    assert (found.hooks, found.numbers, found.prefixes) == (HOOKS, ("+12025550100",), ("+1202",))
    assert (found.softphones, found.agent_numbers) == (("client:ann",), ("+12025550142",))
