"""Who may ask for what in a conversation; and every refusal says why, and what to do instead."""

import pytest

from cti.core import events as e
from cti.core.states import RecordingAction, TransferKind
from tests.conversation.talking import FORBIDDEN, FRIEND, Talking, talkative

REQUESTS = (
    (e.HoldRequested, {}),
    (e.RetrieveRequested, {}),
    (e.MuteRequested, {"muted": True}),
    (e.DigitsRequested, {"digits": "1"}),
    (e.TransferRequested, {"kind": TransferKind.BLIND, "destination": "queue:help"}),
    (e.TransferRequested, {"kind": TransferKind.ATTENDED}),
    (e.ConsultRequested, {"destination": "agent:carl"}),
    (e.ConsultEndRequested, {"party_id": "main-p1"}),
    (e.ConferenceRequested, {}),
    (e.RecordingRequested, {"action": RecordingAction.START}),
    (e.HangUpRequested, {}),
)
OF_WHO_HAS_THE_CALLER = (
    e.TransferRequested,
    e.ConsultRequested,
    e.ConsultEndRequested,
    e.ConferenceRequested,
)


def changes(site: Talking) -> set[str]:
    return set(site.names()) - {"RequestRefused"}


@pytest.mark.parametrize(("kind", "fields"), REQUESTS)
def test_who_is_not_in_the_conversation_can_ask_for_nothing(kind, fields):
    site = Talking()
    before = site.now
    site.ask_for(kind, "ben", **fields)
    code, detail = site.refusal()
    assert (code, changes(site), site.commands) == ("not_connected", set(), ())
    assert "conversation" in detail
    assert site.now == before


@pytest.mark.parametrize(("kind", "fields"), REQUESTS)
def test_nobody_asks_for_anything_before_the_conversation_or_after_it(kind, fields):
    site = Talking()
    waiting = site.call()
    site.take(kind(contact_id=site.contact(waiting).contact_id, agent_id="anna", request_id="r", **fields))
    assert site.refused() == "not_connected"
    site.caller_goes()
    site.ask_for(kind, **fields)
    assert site.refused() == "not_connected"


@pytest.mark.parametrize(("kind", "fields"), REQUESTS)
def test_an_agent_nobody_knows_is_told_so(kind, fields):
    site = Talking()
    site.ask_for(kind, "nobody", **fields)
    assert site.refusal() == ("unknown_agent", "There is no such agent: ask a supervisor.")


@pytest.mark.parametrize(("kind", "fields"), REQUESTS)
def test_a_party_may_do_what_does_not_give_the_caller_away(kind, fields):
    site = Talking(talkative(recording="on_request"))
    site.bring("ben")
    site.ask_for(kind, "ben", **fields)
    assert site.refused() == ("not_yours" if kind in OF_WHO_HAS_THE_CALLER else "")


@pytest.mark.parametrize("kind", [e.HoldRequested, e.RetrieveRequested, e.DigitsRequested])
def test_a_party_that_is_not_there_yet_cannot_be_held_or_dialled_to(kind):
    site = Talking()
    fields = {"digits": "1"} if kind is e.DigitsRequested else {}
    site.ask_for(kind, party_id="main-p1", **fields)
    assert site.refused() == "not_there"
    site.consult("agent:ben")
    site.ask_for(kind, party_id=site.party.party_id, **fields)
    assert site.refused() == "not_there"


REFUSED = (
    (e.ConsultRequested, {"destination": ""}, "bad_destination", "agent:NAME"),
    (e.ConsultRequested, {"destination": "queue:help"}, "bad_destination", "number:"),
    (e.ConsultRequested, {"destination": "agent:"}, "bad_destination", "agent:NAME"),
    (e.ConsultRequested, {"destination": "agent:nobody"}, "agent_not_free", "no such agent: choose"),
    (e.ConsultRequested, {"destination": "agent:anna"}, "agent_not_free", "That is you"),
    (e.ConsultRequested, {"destination": f"number:{FORBIDDEN}"}, "not_allowed", "dial_prefixes"),
    (e.ConsultRequested, {"destination": "number:12"}, "not_allowed", "country code"),
    (e.ConsultEndRequested, {"party_id": "main-p1"}, "not_there", "Nobody of that name"),
    (e.ConferenceRequested, {}, "nobody_consulted", "Consult somebody first"),
    (e.TransferRequested, {"kind": TransferKind.ATTENDED}, "nobody_consulted", "transfer without"),
    (e.TransferRequested, {"kind": TransferKind.BLIND, "destination": "ben"}, "bad_destination", "queue:NAME"),
    (
        e.TransferRequested,
        {"kind": TransferKind.BLIND, "destination": "agent:nobody"},
        "agent_not_free",
        "no such agent",
    ),
    (e.TransferRequested, {"kind": TransferKind.BLIND, "destination": "agent:anna"}, "agent_not_free", "That is you"),
    (
        e.TransferRequested,
        {"kind": TransferKind.BLIND, "destination": "queue:nowhere"},
        "queue_unknown",
        "no such queue",
    ),
    (
        e.TransferRequested,
        {"kind": TransferKind.BLIND, "destination": f"number:{FORBIDDEN}"},
        "not_allowed",
        "dial_prefixes",
    ),
    (e.DigitsRequested, {"digits": ""}, "bad_digits", "keys"),
    (e.DigitsRequested, {"digits": "12a"}, "bad_digits", "keys"),
    (e.DigitsRequested, {"digits": "1" * 33}, "bad_digits", "32"),
    (e.RecordingRequested, {"action": RecordingAction.START}, "not_recorded", "not recorded"),
)


@pytest.mark.parametrize(("kind", "fields", "code", "words"), REFUSED)
def test_what_cannot_be_done_is_refused_in_words_and_leaves_the_talk_as_it_was(kind, fields, code, words):
    site = Talking()
    before = site.now
    site.ask_for(kind, **fields)
    found, detail = site.refusal()
    assert found == code
    assert words in detail
    assert site.happened(e.RequestRefused)[0].request_id == "r"
    assert site.held_or_not() == {}
    assert (site.now.state, site.now.agent_id, site.now.parties) == (before.state, "anna", ())
    assert site.ends_with() == {site.own}


def test_an_agent_who_is_not_free_is_said_to_be_so():
    site = Talking()
    site.not_ready("ben")
    site.disconnect("carl")
    site.sign_out("dora")
    for who, words in (("ben", "not ready"), ("carl", "No desktop"), ("dora", "signed out")):
        for kind, fields in ((e.ConsultRequested, {}), (e.TransferRequested, {"kind": TransferKind.BLIND})):
            site.ask_for(kind, destination=f"agent:{who}", **fields)
            code, detail = site.refusal()
            assert code == "agent_not_free"
            assert words in detail
            assert "choose another" in detail


def test_no_more_than_four_are_asked_in():
    site = Talking()
    for _ in range(4):
        site.consult(f"number:{FRIEND}")
    assert len(site.now.parties) == 4
    site.consult("agent:ben")
    assert site.refused() == "too_many"
    site.ask_for(e.ConsultEndRequested, party_id=site.party.party_id)
    site.consult("agent:ben")
    assert site.refused() == ""
    site.everybody_goes()
