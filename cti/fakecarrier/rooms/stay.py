"""A stay in a room: from joining until out again, whoever ends it."""

import asyncio

from cti.fakecarrier.legs.run import Run
from cti.fakecarrier.rooms.conference import Conference
from cti.fakecarrier.rooms.participant import Participant


async def stay(conference: Conference, participant: Participant, run: Run) -> str:
    """Join (CannotJoin if the room does not take it), be there, and return why it left.

    If the run is interrupted, by a hang-up or by REST, the participant leaves at once with the reason that fits.
    """
    conference.join(participant)
    try:
        return await asyncio.shield(participant.gone)
    except asyncio.CancelledError:
        by_rest = run.interruption == "redirected" or participant.leg.record.ended_by == "rest"
        conference.leave(participant, "participant_updated_via_api" if by_rest else "participant_hung_up")
        raise
