"""A conference: who is in it and on what terms, when it starts and when it ends.

It starts when two are in it and one of them may start it. It ends when the last one leaves, when somebody leaves who
ends it on exit (a redirect by REST is leaving too), or when REST ends it. The first to join decides where callbacks go.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Literal

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import RoomRecord, Stay
from cti.fakecarrier.legs.bridges import Bridges
from cti.fakecarrier.legs.leg import Link, Subscription
from cti.fakecarrier.recordings.library import Recordings
from cti.fakecarrier.recordings.order import RecordingOrder
from cti.fakecarrier.rooms.events import RoomEvents
from cti.fakecarrier.rooms.hearing import hears
from cti.fakecarrier.rooms.participant import LeaveReason, Participant, Speech
from cti.fakecarrier.tasks import Tasks

Status = Literal["init", "in-progress", "completed"]

Purpose = Literal["wait", "hold", "announcement"]
PlayTo = Callable[["Conference", Participant, Link, Purpose], Coroutine[Any, Any, bool]]
"""Performs a waiting, holding or announcing document for one participant; False if it could not be had."""


class CannotJoin(Exception):
    """The room is full (16020), the label is taken (16025), or who is to be coached is not there (16028)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Conference:
    """One conference, from the first mention of its name until it ends; the same name then means a new one."""

    def __init__(
        self, record: RoomRecord, *, clock: Clock, ledger: Ledger, bridges: Bridges, events: RoomEvents, tasks: Tasks,
        recordings: Recordings, play_to: PlayTo,
    ) -> None:  # fmt: skip
        self.record = record
        self.status: Status = "init"
        self.updated_at = record.created_at
        self.participants: dict[str, Participant] = {}
        self.pending: dict[str, Participant] = {}
        self.subscription: Subscription | None = None
        self.callbacks_sent = 0
        self.ended_by_sid: str | None = None
        self._owned = False
        self._stays: dict[str, Stay] = {}
        self._clock = clock
        self._ledger = ledger
        self._bridges = bridges
        self._events = events
        self._tasks = tasks
        self._recordings = recordings
        self._play_to = play_to
        self._recording: RecordingOrder | None = None
        self._recorded = False

    @property
    def sid(self) -> str:
        """CF and 32 hexadecimal digits."""
        return self.record.sid

    @property
    def name(self) -> str:
        """The friendly name."""
        return self.record.name

    def everybody(self) -> list[Participant]:
        """Those in the room and those being called into it."""
        return [*self.participants.values(), *self.pending.values()]

    def find(self, sid_or_label: str) -> Participant | None:
        """A participant by its leg or its label."""
        for participant in self.everybody():
            if sid_or_label in {participant.sid, participant.label}:
                return participant
        return None

    def expect(self, participant: Participant) -> None:
        """REST is calling this participant into the room."""
        self.pending[participant.sid] = participant

    def failed_to_join(self, participant: Participant) -> None:
        """The one who was called did not answer, or went before joining."""
        if self.pending.pop(participant.sid, None) is None:
            return
        details = {
            "ParticipantCallStatus": participant.leg.status,
            "ReasonParticipantLeft": "participant_add_failed",
        }
        subscription = participant.terms.subscription
        self._events.tell(self, "participant-leave", participant, details, subscription=subscription)
        if self.status == "init" and not self.everybody():
            self._close("participant-add-failed")

    def join(self, participant: Participant) -> None:
        """Come in; CannotJoin if the room is full or the label is in use."""
        self._admit(participant)
        self.pending.pop(participant.sid, None)
        self.participants[participant.sid] = participant
        participant.leg.record.label = participant.label
        if not self._owned:
            self._owned, self.subscription = True, participant.terms.subscription
        now_ms = self._clock.now_ms()
        stay = Stay(sid=participant.sid, label=participant.label, joined_at=now_ms)
        self._stays[participant.sid] = stay
        self.record.stays.append(stay)
        participant.leg.media_changed = lambda: self._rebridge(participant)
        participant.speech = Speech(partial(self._spoke, participant))
        participant.leg.voice.attach(participant.speech)
        self._events.tell(self, "participant-join", participant)
        if self._recording is None:
            self._recording = participant.terms.recording
        if self.status == "init" and self._may_start():
            self._start()
        else:
            self._settle(participant)
            self._record()

    def leave(self, participant: Participant, reason: LeaveReason, *, kicked: bool = False) -> None:
        """Go out, for whatever reason; this can end the conference."""
        if self.participants.pop(participant.sid, None) is None:
            return
        self._part(participant, reason)
        if self.status == "completed":
            return
        manner = "kicked" if kicked else "left"
        if participant.end_on_exit:
            self._end(f"participant-with-end-conference-on-exit-{manner}", "moderator_ended_conference", participant)
        elif not self.participants:
            self._end(f"last-participant-{manner}", "moderator_ended_conference", participant)

    def end_by_rest(self) -> None:
        """REST ends the conference."""
        if self.status != "completed":
            self._end("conference-ended-via-api", "conference_ended_via_api", None)

    def mute(self, participant: Participant, *, muted: bool) -> None:
        """Let the others hear this one no more, or again."""
        if participant.muted != muted:
            participant.muted = muted
            participant.spoke_up = participant.spoke_up or not muted
            self._rebridge(participant)
            self._changed(participant, "mute" if muted else "unmute")

    def hold(self, participant: Participant, *, hold: bool, link: Link | None) -> None:
        """Part this one from the others and play the hold document (or music) to it, or bring it back."""
        if hold:
            participant.hush()
        if participant.hold != hold:
            participant.hold = hold
            self._changed(participant, "hold" if hold else "unhold")
            participant.hush()
            if not hold:
                participant.leg.cover(None)
            self._rebridge(participant)
            if hold:
                participant.leg.cover("held")
                participant.leg.situation.enter("held")
            else:
                participant.leg.situation.leave("held")
        if hold and link is not None:
            participant.sounding = self._tasks.spawn(self._play_to(self, participant, link, "hold"))

    def coach(self, participant: Participant, coached_sid: str | None) -> None:
        """Let this one be heard by that one alone (CannotJoin(16028) if that one is not here), or by all again."""
        if coached_sid is not None:
            self._check_coached(coached_sid)
        if participant.coach != coached_sid:
            participant.coach = coached_sid
            self._rebridge(participant)
            self._changed(participant, "modify")

    def announce(self, link: Link, participant: Participant | None = None) -> None:
        """Play a document to one participant, or to everybody who is here; afterwards they hear each other again."""
        listeners = [participant] if participant is not None else list(self.participants.values())
        self._tasks.start(self._announce(link, listeners, participant))

    def change_end_on_exit(self, participant: Participant, *, end_on_exit: bool) -> None:
        """Whether the conference ends when this one leaves."""
        if participant.end_on_exit != end_on_exit:
            participant.end_on_exit = end_on_exit
            self._changed(participant, "modify")

    def _admit(self, participant: Participant) -> None:
        if len(self.participants) >= participant.terms.members_max:
            raise CannotJoin(16020, f"conference {self.name!r} is full")
        if participant.label is not None:
            holder = self.find(participant.label)
            if holder is not None and holder is not participant:
                raise CannotJoin(16025, f"label {participant.label!r} is in use in conference {self.name!r}")
        if participant.coach is not None:
            self._check_coached(participant.coach)

    def _check_coached(self, sid: str) -> None:
        if sid not in self.participants:
            raise CannotJoin(16028, f"the call to be coached, {sid}, is not in conference {self.name!r}")

    def _spoke(self, participant: Participant, event: Literal["start", "stop"]) -> None:
        if self.status == "in-progress" and not participant.muted:
            self._events.tell(self, f"participant-speech-{event}", participant)

    def _may_start(self) -> bool:
        return len(self.participants) >= 2 and any(p.terms.start_on_enter for p in self.participants.values())

    def _start(self) -> None:
        self.status = "in-progress"
        self.record.started_at = self.updated_at = self._clock.now_ms()
        self._events.tell(self, "conference-start")
        for participant in self.participants.values():
            participant.hush()
        for participant in self.participants.values():
            self._settle(participant)
        self._record()

    def _record(self) -> None:
        """Begin the conference's recording, once it has started and somebody has asked for it."""
        if self.status == "in-progress" and self._recording is not None and not self._recorded:
            self._recorded = True
            self._recordings.start(self._recording, conference_sid=self.sid)

    async def _announce(self, link: Link, listeners: list[Participant], only: Participant | None) -> None:
        played = await asyncio.gather(*(self._announce_to(one, link) for one in listeners))
        details = {"AnnounceUrl": link.url}
        if any(played):
            self._events.tell(self, "announcement-end", only, details)
        else:
            details["ReasonAnnouncementFailed"] = "the document could not be had"
            self._events.tell(self, "announcement-fail", only, details)

    async def _announce_to(self, participant: Participant, link: Link) -> bool:
        """Play it to this one, unless it leaves before the end; False if it could not be had."""
        playing = self._tasks.spawn(self._play_to(self, participant, link, "announcement"))
        participant.gone.add_done_callback(lambda _: playing.cancel())
        await asyncio.wait({playing})
        if playing.cancelled():
            return True
        if participant.sid in self.participants:
            participant.leg.hear("bridged" if self._bridges.has_company(participant.leg) else "silence")
        return playing.result()

    def _settle(self, participant: Participant) -> None:
        """What a participant hears from now on: the others, or what it waits with."""
        self._rebridge(participant, let_in=False)
        if participant.leg.situation.is_in("bridged") or participant.hold:
            return
        participant.leg.hear("silence")
        if self.status == "init" and participant.terms.wait is None:
            participant.leg.hear("music")
        elif self.status == "init" and participant.terms.wait:
            participant.sounding = self._tasks.spawn(self._play_to(self, participant, participant.terms.wait, "wait"))

    def _rebridge(self, participant: Participant, *, let_in: bool = True) -> None:
        """Bridge this one with everybody it can talk to, let it hear whom it can hear, and nobody else."""
        here = self.status == "in-progress" and participant.sid in self.participants
        for other in self.participants.values():
            if other is not participant:
                self._bridges.set(
                    participant.leg,
                    other.leg,
                    self.name,
                    bridged=here and participant.takes_part and other.takes_part,
                    hears=(here and hears(participant, other), here and hears(other, participant)),
                    let_in=let_in,
                )

    def _changed(self, participant: Participant, change: str) -> None:
        participant.updated_at = self._clock.now_ms()
        self._stays[participant.sid].changes.append((participant.updated_at, change))
        self._events.tell(self, f"participant-{change}", participant)

    def _part(self, participant: Participant, reason: LeaveReason) -> None:
        """What every departure has in common; the participant is no longer among the others."""
        participant.hush()
        participant.leg.media_changed = _nobody_listens
        if participant.speech is not None:
            participant.leg.voice.detach(participant.speech)
        self._rebridge(participant)
        if participant.hold:
            participant.leg.cover(None)
            participant.leg.situation.leave("held")
        participant.leg.hear("silence")
        stay = self._stays.pop(participant.sid)
        stay.left_at, stay.reason = self._clock.now_ms(), reason
        details = {"ParticipantCallStatus": participant.leg.status, "ReasonParticipantLeft": reason}
        self._events.tell(self, "participant-leave", participant, details)
        if not participant.gone.done():
            participant.gone.set_result(reason)

    def _end(self, reason: str, for_the_others: LeaveReason, by: Participant | None) -> None:
        self.status = "completed"
        for participant in list(self.participants.values()):
            del self.participants[participant.sid]
            self._part(participant, for_the_others)
        details = {"ReasonConferenceEnded": reason, "Reason": reason.replace("-", " ")}
        if by is not None:
            self.ended_by_sid = by.sid
            details["CallSidEndingConference"] = by.sid
            if by.label:
                details["ParticipantLabelEndingConference"] = by.label
        self._events.tell(self, "conference-end", None, details)
        self._close(reason)

    def _close(self, reason: str) -> None:
        self.status = "completed"
        self.record.ended_at = self.updated_at = self._clock.now_ms()
        self.record.end_reason = reason
        self._recordings.stop_all(self.sid)
        self._ledger.complete(self.record)


def _nobody_listens() -> None:
    """The leg is in no room."""
