"""What the carrier's REST interface answers, as far as we read it."""

from email.utils import parsedate_to_datetime

import msgspec


def moment(text: str) -> int:
    """A time as the carrier writes it, in milliseconds UTC, to the second; 0 for what is none."""
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        return 0


class Call(msgspec.Struct, frozen=True):
    """A call of the carrier, which is a leg of ours."""

    sid: str
    status: str
    to: str | None = None
    caller: str | None = msgspec.field(name="from", default=None)
    date_created: str | None = None

    @property
    def created_at(self) -> int:
        """Milliseconds UTC, to the second; 0 when the carrier does not say."""
        return moment(self.date_created or "")


class CallPage(msgspec.Struct, frozen=True):
    """Some calls, newest first, and the path of the next ones."""

    calls: list[Call]
    next_page_uri: str | None = None


class Conference(msgspec.Struct, frozen=True):
    """A room at the carrier. Its name is our call's id; names may come again, `sid` never does."""

    sid: str
    status: str = ""


class ConferencePage(msgspec.Struct, frozen=True):
    """Rooms, newest first."""

    conferences: list[Conference]


class Participant(msgspec.Struct, frozen=True):
    """A leg that is in a room or on its way there."""

    call_sid: str
    conference_sid: str = ""
    label: str | None = None


class ParticipantPage(msgspec.Struct, frozen=True):
    """Some legs of a room, and the path of the next ones."""

    participants: list[Participant]
    next_page_uri: str | None = None


class Recording(msgspec.Struct, frozen=True):
    """A recording of a call: `in-progress`, `paused`, or over in one way or another. `duration` is in seconds, as text,
    until it is known empty or -1."""

    sid: str
    status: str = ""
    source: str | None = None
    start_time: str | None = None
    duration: str | int | None = None
    channels: int | None = None


class RecordingPage(msgspec.Struct, frozen=True):
    """Recordings, newest first."""

    recordings: list[Recording]


class Problem(msgspec.Struct, frozen=True):
    """Why the carrier did not do it: its own code, and a text."""

    code: int | None = None
    message: str | None = None
