"""What the carrier told this process. All of it only makes things quicker or surer: none of it is missed when it is
gone."""

from cti.telephony.twilio.recent import Recent

REMEMBERED_MAX = 10_000

HELD, MUTED = "held", "muted"
"""What a leg can be switched to, and back."""


class Memory:
    """Shared by the two sides of the adapter: what REST answered, and what was reported."""

    def __init__(self) -> None:
        self.rooms: Recent[str, str] = Recent(REMEMBERED_MAX)
        """The carrier's id of a room, by our call's id. It is looked up when it is not here."""
        self._legs: Recent[str, str] = Recent(REMEMBERED_MAX)
        self._calls: Recent[str, str] = Recent(REMEMBERED_MAX)
        self._switched: Recent[tuple[str, str], bool] = Recent(REMEMBERED_MAX)

    def placed(self, call_sid: str, leg_id: str) -> None:
        """The carrier's call is this leg of ours."""
        self._legs.put(call_sid, leg_id)
        self._calls.put(leg_id, call_sid)

    def leg_of(self, call_sid: str) -> str | None:
        """Our leg's id, by the carrier's: such a call is no answer to the question for another leg."""
        return self._legs.get(call_sid)

    def call_of(self, leg_id: str) -> str | None:
        """The carrier's id of a leg that we placed."""
        return self._calls.get(leg_id)

    def switching(self, call_sid: str, switch: str) -> None:
        """A leg is being held or muted, or the reverse: what comes next is news."""
        self._switched.forget((call_sid, switch))

    def switched(self, call_sid: str, switch: str, *, on: bool) -> None:
        """The carrier answered that the leg is held or muted now, or is not."""
        self._switched.put((call_sid, switch), on)

    def is_late(self, call_sid: str, switch: str, *, on: bool) -> bool:
        """Whether a report contradicts what the carrier has answered since. Nobody but us holds or mutes, so such a
        report is about an earlier time: they come in any order, and hours late."""
        return self._switched.get((call_sid, switch)) is (not on)
