"""REST: participants of a conference."""

from typing import Literal

from aiohttp import web

from cti.fakecarrier.carrier import Carrier
from cti.fakecarrier.ledger.records import DialRecord
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.legs.run import Ending, Opening, Run
from cti.fakecarrier.manner import Manner
from cti.fakecarrier.recordings.order import DEFAULT_RECORDING_EVENTS, RECORDING_EVENTS, RecordingOrder
from cti.fakecarrier.rest.asked import check_destination, check_rate, detection_asked, recording_order, time_limit_s
from cti.fakecarrier.rest.calls import TIMEOUT_S, TIMEOUT_S_MAX, parties_of, warn_of_unread
from cti.fakecarrier.rest.conferences import find_conference
from cti.fakecarrier.rest.errors import Refusal, not_found
from cti.fakecarrier.rest.form import Form
from cti.fakecarrier.rest.gate import SID, reply
from cti.fakecarrier.rest.paging import page_of
from cti.fakecarrier.rest.resources import participant_resource
from cti.fakecarrier.rooms.conference import CannotJoin, Conference
from cti.fakecarrier.rooms.events import GROUPS, REST_DEFAULT_GROUPS
from cti.fakecarrier.rooms.participant import MEMBERS_MAX, Participant, Terms, flag_word, label_mistake
from cti.fakecarrier.rooms.stay import stay
from cti.fakecarrier.webhooks.progress import DEFAULT_EVENTS, EVENTS

SID_LENGTH = 34
COSMETIC = (
    "Beep", "EarlyMedia", "JitterBufferSize", "CallReason", "Region", "SipAuthUsername", "SipAuthPassword", "Byoc",
    "CallerDisplayName",
)  # fmt: skip
"""Of the sound and the look only, which nobody notices here."""


class Participants:
    """Call somebody into a conference; read, change and remove participants."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Call somebody into the conference named in the path, by identifier or friendly name. The call is queued."""
        carrier, form = self._carrier, await Form.of(request)
        from_party, to_party = parties_of(form, carrier)
        terms = _terms(form)
        manner = _manner(form)
        for cosmetic in COSMETIC:
            form.has(cosmetic)
        caller_id = form.text("CallerId") or from_party
        conference = self._conference_to_join(request)
        _check_room(conference, terms)
        warn_of_unread(form, carrier, request)
        check_destination(carrier, caller_id, to_party)
        check_rate(carrier, request)
        participants: list[Participant] = []

        def answered(leg: Leg) -> Opening:
            participant = Participant(leg, terms, carrier.clock.now_ms())
            participants.append(participant)
            return _into_room(carrier, conference, participant)

        leg = carrier.dialling.place(
            direction="outbound-api",
            origin="participants",
            from_party=caller_id,
            to_party=to_party,
            opening=answered,
            manner=manner,
            label=terms.label,
        )
        participant = participants[0]
        conference.expect(participant)
        leg.over.add_done_callback(lambda _: conference.failed_to_join(participant))
        now_ms = carrier.clock.now_ms()
        dial = DialRecord(room=conference.name, label=terms.label, to_party=to_party, sid=leg.sid, at=now_ms)
        carrier.ledger.note_dial(dial)
        request[SID] = leg.sid
        resource = participant_resource(participant, conference, carrier.options.account_sid, created=True)
        return reply(resource, 201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        """Who is in the conference or being called into it; nobody once it has ended."""
        conference = find_conference(self._carrier, request)
        account_sid, query = self._carrier.options.account_sid, request.query
        everybody = conference.everybody() if conference.status != "completed" else []
        matching = (
            one
            for one in everybody
            if all(
                query.get(name, flag_word(flag=value)) == flag_word(flag=value)
                for name, value in (("Muted", one.muted), ("Hold", one.hold), ("Coaching", one.coach is not None))
            )
        )
        return reply(
            page_of(request, "participants", matching, lambda one: participant_resource(one, conference, account_sid))
        )

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """One participant, by call or label."""
        conference, participant = self._find(request)
        return self._reply(conference, participant)

    async def update(self, request: web.Request) -> web.StreamResponse:
        """Mute, hold, coach, announce, or change whether the conference ends when this one leaves."""
        conference, participant = self._find(request)
        form = await Form.of(request)
        muted, hold, end_on_exit = form.flag("Muted"), form.flag("Hold"), form.flag("EndConferenceOnExit")
        hold_link = form.link("HoldUrl", "HoldMethod", method="GET")
        announcement = form.link("AnnounceUrl", "AnnounceMethod")
        coaching, coached = form.flag("Coaching"), _coached(form)
        for cosmetic in ("BeepOnExit", "WaitUrl", "WaitMethod"):
            form.has(cosmetic)  # the conference has started: nobody waits any more
        warn_of_unread(form, self._carrier, request)
        if participant.sid not in conference.participants:
            raise Refusal(400, 21220, "The participant's call is not in-progress")
        if coaching is not None or coached is not None:
            _coach(conference, participant, coached)
        if muted is not None:
            conference.mute(participant, muted=muted)
        if hold is not None:
            conference.hold(participant, hold=hold, link=hold_link)
        if end_on_exit is not None:
            conference.change_end_on_exit(participant, end_on_exit=end_on_exit)
        if announcement is not None:
            conference.announce(announcement, participant)
        return self._reply(conference, participant)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        """Put a participant out of the room, or stop calling it."""
        conference, participant = self._find(request)
        if participant.sid in conference.participants:
            conference.leave(participant, "participant_updated_via_api", kicked=True)
        else:
            ending = Ending(by="rest", reason="REST: participant removed", status="canceled", sip_code=487)
            self._carrier.end(participant.leg, ending)
        return web.Response(status=204)

    def _conference_to_join(self, request: web.Request) -> Conference:
        name = request.match_info["sid"]
        if len(name) == SID_LENGTH and name.startswith("CF"):
            return find_conference(self._carrier, request)
        return self._carrier.rooms.open(name)

    def _find(self, request: web.Request) -> tuple[Conference, Participant]:
        """A participant that can be acted on: only while the conference is in progress (16099)."""
        conference = find_conference(self._carrier, request)
        participant = conference.find(request.match_info["participant"])
        if participant is None or conference.status == "completed":
            raise not_found(request.path)
        if conference.status != "in-progress":
            raise Refusal(400, 16099, f"Unexpected conference status: {conference.status}, not in-progress")
        request[SID] = participant.sid
        return conference, participant

    def _reply(self, conference: Conference, participant: Participant) -> web.Response:
        return reply(participant_resource(participant, conference, self._carrier.options.account_sid))


def _terms(form: Form) -> Terms:
    label = form.text("Label") or None
    if label is not None and (mistake := label_mistake(label)) is not None:
        raise Refusal(400, 16024, mistake)
    link = form.link("WaitUrl", "WaitMethod")
    silence: Literal[""] | None = "" if form.has("WaitUrl") else None
    wait: Link | Literal[""] | None = link if link is not None else silence
    start_on_enter, muted = form.flag("StartConferenceOnEnter"), form.flag("Muted")
    return Terms(
        label=label,
        muted=bool(muted),
        start_on_enter=start_on_enter is not False,
        end_on_exit=bool(form.flag("EndConferenceOnExit")),
        wait=wait,
        members_max=form.whole("MaxParticipants", MEMBERS_MAX, 20001, least=2, most=MEMBERS_MAX),
        subscription=form.subscription("Conference", GROUPS, REST_DEFAULT_GROUPS),
        coach=_coached(form),
        recording=_conference_recording(form),
    )


def _coached(form: Form) -> str | None:
    """The call that is to be coached (13240 if it is not said which, or not by its identifier)."""
    coaching, sid = form.flag("Coaching"), form.text("CallSidToCoach")
    if coaching is False:
        return None
    if (coaching and not sid) or (sid and not (len(sid) == SID_LENGTH and sid.startswith("CA"))):
        raise Refusal(400, 13240, f"Invalid CallSidToCoach {sid!r}: coaching needs the CallSid of a participant")
    return sid or None


def _coach(conference: Conference, participant: Participant, coached: str | None) -> None:
    if coached == participant.sid:
        raise Refusal(400, 13240, "Invalid CallSidToCoach: nobody coaches itself")
    try:
        conference.coach(participant, coached)
    except CannotJoin as refusal:
        raise Refusal(400, refusal.code, refusal.reason) from refusal


def _conference_recording(form: Form) -> RecordingOrder | None:
    wanted = form.choice("ConferenceRecord", ("true", "false", "record-from-start", "do-not-record"), "false")
    form.choice("ConferenceTrim", ("trim-silence", "do-not-trim"), "do-not-trim")
    subscription = form.subscription("ConferenceRecording", RECORDING_EVENTS, DEFAULT_RECORDING_EVENTS)
    if wanted not in {"true", "record-from-start"}:
        return None
    return RecordingOrder(source="Conference", subscription=subscription)


def _manner(form: Form) -> Manner:
    record, order = bool(form.flag("Record")), recording_order(form, "OutboundAPI")
    return Manner(
        timeout_s=form.whole("Timeout", TIMEOUT_S, 21208, least=5, most=TIMEOUT_S_MAX),
        progress=form.subscription("", EVENTS, DEFAULT_EVENTS),
        detection=detection_asked(form, asynchronous=True, callback="AmdStatusCallback"),
        recording=order if record else None,
        time_limit_s=time_limit_s(form),
    )


def _check_room(conference: Conference, terms: Terms) -> None:
    if conference.status == "completed":
        raise Refusal(400, 16022, "Conference does not exist or is completed")
    if terms.label is not None and conference.find(terms.label) is not None:
        raise Refusal(400, 16026, f"Participant label {terms.label!r} is in use by another participant")
    if terms.coach is not None and terms.coach not in conference.participants:
        raise Refusal(400, 16028, f"The call to be coached, {terms.coach}, is not in conference {conference.name!r}")
    if len(conference.participants) >= terms.members_max:
        raise Refusal(400, 16020, f"Conference {conference.name!r} is full")


def _into_room(carrier: Carrier, expected: Conference, participant: Participant) -> Opening:
    """What an answered call does: stay in the room. A room that has ended meanwhile is made anew."""

    async def be_there(run: Run) -> Ending:
        conference = expected
        if expected.status == "completed":
            expected.pending.pop(participant.sid, None)
            conference = carrier.rooms.open(expected.name)
        try:
            reason = await stay(conference, participant, run)
        except CannotJoin as refusal:
            carrier.ledger.error(refusal.code, refusal.reason, sid=participant.sid)
            return Ending(by="room", reason=refusal.reason)
        return Ending(by="room", reason=reason)

    return be_there
