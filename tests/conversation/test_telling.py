"""What those who talk see: told when it changes, whole, and not when it does not."""

from cti.conversation.telling import talk_of
from cti.core import events as e
from cti.core.states import PartyState, RecordingState, TransferKind
from tests.centre import agent, centre, queue
from tests.site import Site


def talking(**fields):
    """Anna talks to a customer, Ben is free. Returns the site, the customer's leg and the contact."""
    site = Site(centre(agent("anna"), agent("ben"), dial_prefixes=("+1202",), **fields))
    site.sign_in("anna")
    leg = site.call()
    site.talk(leg, "anna")
    site.sign_in("ben")
    return site, leg, site.contact(leg).contact_id


def told(site):
    return [event.talk for event in site.happened(e.TalkChanged)]


def consult(site, contact_id, destination="agent:ben"):
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="anna", destination=destination))
    if destination.startswith("agent:"):
        site.take(e.LegHeld(leg_id=contact_id.replace("-c", "-l")))
    return site.state.contacts[contact_id].parties[-1]


def test_how_a_conversation_begins_goes_without_saying():
    site, leg, _ = talking()
    assert site.ever(e.TalkChanged) == []
    assert site.contact(leg).talk == e.Talk(agent_id="anna")


def test_hold_is_told_once_however_often_it_is_reported():
    site, leg, _ = talking()
    site.take(e.LegHeld(leg_id=leg))
    [talk] = told(site)
    assert talk.on_hold
    site.take(e.LegHeld(leg_id=leg))
    assert told(site) == []
    site.take(e.LegRetrieved(leg_id=leg))
    assert [talk.on_hold for talk in told(site)] == [False]


def test_a_report_that_names_the_leg_in_the_carriers_way_only():
    site, leg, _ = talking()
    site.take(e.LegHeld(leg_id="", provider_ref=site.ref(leg)))
    assert [talk.on_hold for talk in told(site)] == [True]


def test_a_party_from_asked_to_gone():
    site, _, contact_id = talking()
    party = consult(site, contact_id)
    seen = [told(site)[-1].parties[0].state]
    site.take(e.OfferAcknowledged(agent_id="ben", offer_id=party.offer.offer_id))
    seen += [talk.parties[0].state for talk in told(site)]
    leg_id = site.accept("ben", party.offer.offer_id)
    site.place(leg_id)
    site.join(leg_id)
    [changed] = site.happened(e.TalkChanged)
    assert changed.agent_ids == ("anna", "ben")
    seen += [changed.talk.parties[0].state]
    assert seen == [PartyState.ASKED, PartyState.RINGING, PartyState.HERE]
    site.take(e.LegMuted(leg_id=leg_id, muted=True))
    assert [talk.parties[0].muted for talk in told(site)] == [True]
    site.take(e.LegHeld(leg_id=leg_id))
    assert [talk.parties[0].on_hold for talk in told(site)] == [True]
    site.leave(leg_id)
    assert told(site)[-1].parties == ()
    assert site.happened(e.TalkChanged)[-1].agent_ids == ("anna",)


def test_an_outside_number_is_told_apart_from_the_rest_as_personal():
    site, _, contact_id = talking()
    party = consult(site, contact_id, "number:+12025550100")
    [changed] = site.happened(e.TalkChanged)[-1:]
    assert changed.numbers == ((party.party_id, "+12025550100"),)
    assert "+12025550100" not in str(changed.talk)
    site.place(party.leg_id)
    site.alert(party.leg_id)
    assert [talk.parties[0].state for talk in told(site)] == [PartyState.RINGING]


def test_whose_the_customer_is():
    site, leg, contact_id = talking()
    party = consult(site, contact_id)
    leg_id = site.accept("ben", party.offer.offer_id)
    site.place(leg_id)
    site.join(leg_id)
    site.take(e.TransferRequested(contact_id=contact_id, agent_id="anna", kind=TransferKind.ATTENDED))
    [changed] = site.happened(e.TalkChanged)
    assert (changed.agent_ids, changed.talk.agent_id, changed.talk.parties) == (("ben",), "ben", ())
    assert site.contact(leg).talk == talk_of(site.state, site.contact(leg))


def test_who_comes_later_is_shown_all_there_is():
    site, leg, contact_id = talking(queues=(queue(recording="always"),))
    site.take(e.RecordingStarted(leg_id=leg, recording_id="RE1"))
    site.take(e.LegHeld(leg_id=leg))
    party = consult(site, contact_id)
    leg_id = site.accept("ben", party.offer.offer_id)
    site.place(leg_id)
    site.join(leg_id)
    [changed] = site.happened(e.TalkChanged)
    assert (changed.agent_ids, changed.talk.recording) == (("anna", "ben"), RecordingState.ON)
    assert changed.talk.on_hold


def test_what_is_over_is_told_no_more():
    site, leg, _ = talking()
    site.end(leg)
    assert told(site) == []
    site.take(e.RecordingEnded(leg_id=leg, recording_id="RE1", duration_s=1))
    assert told(site) == []
