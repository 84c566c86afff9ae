"""What is done to legs in rooms, and to rooms. A room goes by its name, and legs in it only under the carrier's id."""

from cti.core.commands import CoachLeg, HoldLeg, KeepCall, MuteLeg, SendDigits
from cti.telephony.twilio import comparison
from cti.telephony.twilio.memory import Memory
from cti.telephony.twilio.resources import Conference, Participant
from cti.telephony.twilio.rest import Parameters, Refused, Rest, segment

GONE_CODES = frozenset({21220, 20404, 16022})
"""Call not in progress, resource not found, conference ended."""

InRoom = HoldLeg | MuteLeg | KeepCall | CoachLeg | SendDigits


class Rooms:
    """Finds rooms by name, and remembers them."""

    def __init__(self, rest: Rest, memory: Memory) -> None:
        self._rest = rest
        self._memory = memory

    async def change(self, command: InRoom, form: Parameters) -> None:
        """Change how a leg takes part. Raises `RestError`."""
        remembered = self._memory.rooms.get(command.call_id)
        room = remembered or await self._look_up(command.call_id)
        try:
            await self._rest.post(_participant(room, command.provider_ref), form, Participant)
        except Refused as error:
            if not remembered or error.code not in GONE_CODES:
                raise
            # The room may have ended and begun again under its name: look once whether it has another id now.
            room = await self._look_up(command.call_id)
            await self._rest.post(_participant(room, command.provider_ref), form, Participant)

    async def end(self, call_id: str) -> None:
        """End the room, with whoever is in it. Raises `RestError`."""
        room = await self._look_up(call_id)
        await self._rest.post(f"/Conferences/{segment(room)}", [("Status", "completed")], Conference)
        self._memory.rooms.forget(call_id)

    async def _look_up(self, call_id: str) -> str:
        """The carrier's id of the room that has this name now. Raises `Refused` when there is none."""
        self._memory.rooms.forget(call_id)
        rooms = await comparison.rooms_named(self._rest, call_id)
        if not rooms:
            raise Refused(f"the carrier has no room {call_id}", 404, 20404)
        self._memory.rooms.put(call_id, rooms[0].sid)
        return rooms[0].sid


def _participant(conference_sid: str, call_sid: str) -> str:
    return f"/Conferences/{segment(conference_sid)}/Participants/{segment(call_sid)}"
