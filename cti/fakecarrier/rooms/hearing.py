"""Who hears whom in a conference."""

from collections.abc import Iterable

from cti.fakecarrier.rooms.participant import Participant


def who_hears_whom(participants: Iterable[Participant], *, started: bool) -> dict[str, list[str]]:
    """For each participant the others it hears, by leg.

    Nobody hears anybody before the start; who is on hold hears only hold music and is not heard; who is muted is not
    heard but hears; whose media has vanished is neither heard nor hears.
    """
    everybody = list(participants)
    return {
        listener.sid: [
            speaker.sid
            for speaker in everybody
            if speaker is not listener and speaker.is_audible_side and not speaker.muted
        ]
        if started and listener.is_audible_side
        else []
        for listener in everybody
    }
