"""Waiting and holding documents in a room: performed once for one participant, unlike a queue's they do not loop."""

from typing import TYPE_CHECKING

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.rooms.conference import Conference, PlayTo, Purpose
from cti.fakecarrier.rooms.participant import Participant
from cti.fakecarrier.twiml.fetch import ApplicationError
from cti.fakecarrier.twiml.perform import perform
from cti.fakecarrier.twiml.stage import WAITING_VERBS, GoTo, Scope, Stage

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier


def waiting_player(carrier: "Carrier") -> PlayTo:
    """What conferences use to play documents to participants."""

    async def play_to(conference: Conference, participant: Participant, link: Link, purpose: Purpose) -> bool:
        """Perform the document; a waiting one that fails drops the join, others are only not heard."""
        run = participant.leg.run
        assert run is not None, "a participant's leg always has a run"
        room = {"ConferenceSid": conference.sid, "FriendlyName": conference.name}
        scope = Scope(
            name="conference",
            verbs=WAITING_VERBS,
            refusal_code=13238,
            is_announcement=purpose == "announcement",
            parameters=lambda: room,
        )
        stage = Stage(carrier, participant.leg, run, scope)
        try:
            await perform(stage, GoTo(link, purpose))
        except ApplicationError:
            if purpose == "wait":
                participant.sounding = None  # this very task: leaving must not cancel it half-way
                conference.leave(participant, "participant_add_failed")
            return False
        if purpose != "announcement":
            participant.leg.hear("silence")
        return True

    return play_to
