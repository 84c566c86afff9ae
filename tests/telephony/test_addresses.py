import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.core.plan import Door
from cti.telephony.twilio.addresses import DOORS, Addresses, DoorAddress, WrongAddress

PUBLIC = "https://cc.example:8443/centre"
ADDRESSES = Addresses(PUBLIC + "/", "main")

ids = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Cf", "Co", "Cn"]), min_size=1, max_size=40
)
told = st.one_of(st.just(""), st.text("0123456789*#", min_size=1, max_size=64), st.just("hung_up"))


@given(door=st.sampled_from(DOORS), leg_id=ids, nonce=st.integers(0, 10**17), secret=st.booleans(), told=told)
def test_what_is_handed_out_is_read_back(door, leg_id, nonce, secret, told):
    address = DoorAddress(door=door, leg_id=leg_id, nonce=nonce, secret=secret, told=told)
    url = ADDRESSES.door(address)
    assert url.isascii()
    assert " " not in url
    assert ADDRESSES.read_door(url.removeprefix(PUBLIC)) == address
    assert ADDRESSES.read_error_url(url) == address


@given(site=ids, leg_id=ids)
def test_reports_are_read_back(site, leg_id):
    addresses = Addresses(PUBLIC, site)
    assert addresses.read_leg(addresses.leg(leg_id).removeprefix(PUBLIC)) == leg_id
    for kind in ("conversation", "voicemail"):
        assert addresses.read_recording(addresses.recording(leg_id, kind).removeprefix(PUBLIC)) == (leg_id, kind)
    assert addresses.read_tones(addresses.tones(leg_id, 2**53 - 1).removeprefix(PUBLIC)) == (leg_id, 2**53 - 1)
    addresses.check_held(addresses.held.removeprefix(PUBLIC))
    assert addresses.read_room(addresses.room(leg_id).removeprefix(PUBLIC)) == leg_id


def test_the_addresses_are_the_documented_ones():
    address = DoorAddress(door=Door.DIGITS, leg_id="main-l17", nonce=42)
    assert ADDRESSES.door(address) == f"{PUBLIC}/twilio/digits?site=main&leg=main-l17&n=42"
    secret = DoorAddress(door=Door.DIGITS, leg_id="main-l17.1", nonce=42, secret=True)
    assert ADDRESSES.door(secret) == f"{PUBLIC}/twilio/digits?site=main&leg=main-l17.1&n=42&s=1"
    pushed = DoorAddress(door=Door.NEXT, leg_id="main-l17", nonce=42, pushed=True)
    assert ADDRESSES.door(pushed) == f"{PUBLIC}/twilio/plan?site=main&leg=main-l17&n=42"
    assert ADDRESSES.read_door("/twilio/plan?site=main&leg=main-l17&n=42") == pushed
    assert ADDRESSES.leg("main-l17") == f"{PUBLIC}/twilio/leg?site=main&leg=main-l17"
    assert ADDRESSES.room("main-r17") == f"{PUBLIC}/twilio/room?site=main&room=main-r17"
    assert ADDRESSES.recording("main-l17", "conversation") == f"{PUBLIC}/twilio/recording?site=main&leg=main-l17"
    assert ADDRESSES.recording("main-l17", "voicemail") == f"{PUBLIC}/twilio/recording?site=main&leg=main-l17&m=1"
    assert ADDRESSES.held == f"{PUBLIC}/twilio/held?site=main"
    assert ADDRESSES.tones("main-l17", 8812) == f"{PUBLIC}/twilio/tones?site=main&leg=main-l17&n=8812"
    assert (ADDRESSES.voice, ADDRESSES.status) == (f"{PUBLIC}/twilio/voice", f"{PUBLIC}/twilio/status")


@pytest.mark.parametrize(
    "path",
    [
        "/twilio/next",
        "/twilio/next?",
        "/twilio/next?site=main&leg=main-l1",
        "/twilio/next?site=main&leg=main-l1&n=",
        "/twilio/next?site=main&leg=main-l1&n=-1",
        "/twilio/next?site=main&leg=main-l1&n=1.0",
        "/twilio/next?site=main&leg=main-l1&n=1&n=2",
        "/twilio/next?site=main&leg=&n=1",
        "/twilio/next?leg=main-l1&site=main&n=1",
        "/twilio/next?site=main&leg=main-l1&n=1&s=2",
        "/twilio/next?site=main&leg=main-l1&n=1&x=2",
        "/twilio/next?site=main&leg=main-l1&n=" + "9" * 19,
        "/twilio/next?site=main&leg=main%0Al1&n=1",
        "/twilio/next?site=main&leg=" + "x" * 201 + "&n=1",
        "/twilio/next?site=main&leg=main-l1&n=1&t=%3CHangup/%3E",
        "/twilio/voice?site=main&leg=main-l1&n=1",
        "/twilio/nowhere?site=main&leg=main-l1&n=1",
        "/other/next?site=main&leg=main-l1&n=1",
        "/twilio/next?site=other&leg=main-l1&n=1",
    ],
)
def test_anything_else_is_refused(path):
    with pytest.raises(WrongAddress):
        ADDRESSES.read_door(path)


@pytest.mark.parametrize("path", ["/twilio/leg?site=main", "/twilio/leg?site=other&leg=l", "/twilio/leg", ""])
def test_a_report_on_nothing_of_ours_is_refused(path):
    with pytest.raises(WrongAddress):
        ADDRESSES.read_leg(path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://[",
        "https://cc.example:99999999/centre/twilio/next?site=main&leg=l&n=1",
        "https://evil.example/centre/twilio/next?site=main&leg=l&n=1",
        "http://cc.example:8443/centre/twilio/next?site=main&leg=l&n=1",
        "https://cc.example/centre/twilio/next?site=main&leg=l&n=1",
        "https://cc.example:8443/twilio/next?site=main&leg=l&n=1",
        "https://cc.example:8443/centre/twilio/next?site=other&leg=l&n=1",
        "https://cc.example:8443/centre/twilio/voice",
        "https://cc.example:8443/centre/prompts/music.mp3",
    ],
)
def test_a_failed_address_that_is_no_door_of_ours(url):
    assert ADDRESSES.read_error_url(url) is None


def test_a_failed_address_may_name_its_port_and_carry_a_fragment():
    plain = Addresses("https://cc.example", "main")
    expected = DoorAddress(door=Door.NEXT, leg_id="l", nonce=1)
    for url in (
        "https://cc.example/twilio/next?site=main&leg=l&n=1",
        "https://cc.example:443/twilio/next?site=main&leg=l&n=1#rc=2&rp=all",
        "https://CC.example/twilio/next?site=main&leg=l&n=1",
    ):
        assert plain.read_error_url(url) == expected


def test_what_could_not_have_been_told_is_left_out():
    address = DoorAddress(door=Door.DIGITS, leg_id="l", nonce=1, told="<1>")
    assert "&t=" not in ADDRESSES.door(address)


def test_prompts_are_below_the_public_address_unless_they_are_one():
    assert ADDRESSES.prompt("/a b/music-20s.mp3") == f"{PUBLIC}/prompts/a%20b/music-20s.mp3"
    assert ADDRESSES.prompt("https://cdn.example/x.mp3") == "https://cdn.example/x.mp3"
