"""Who hears whom in a conference."""

from collections.abc import Iterable

from cti.fakecarrier.rooms.participant import Participant


def hears(listener: Participant, speaker: Participant) -> bool:
    """Whether the one hears the other, in a conference that has started.

    Who is on hold hears only hold music and is not heard; who is muted is not heard but hears; who coaches is heard
    only by the one who is coached, and hears everybody; whose media has vanished is neither heard nor hears.
    """
    if listener is speaker or speaker.muted or not (listener.is_audible_side and speaker.is_audible_side):
        return False
    return speaker.coach in {None, listener.sid}


def who_hears_whom(participants: Iterable[Participant], *, started: bool) -> dict[str, list[str]]:
    """For each participant the others it hears, by leg; nobody hears anybody before the start."""
    everybody = list(participants)
    return {
        listener.sid: [speaker.sid for speaker in everybody if started and hears(listener, speaker)]
        for listener in everybody
    }
