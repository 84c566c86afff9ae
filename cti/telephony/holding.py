"""What is heard while nothing can be recorded: from memory, as a dead disk is what callers may be waiting for."""

from contextlib import suppress
from pathlib import Path

from cti.core.config import Prompt
from cti.core.plan import Play
from cti.telephony.recording import first_seconds

HOLD_S = 7.0
"""After so much of the site's music, callers on hold ask whether it goes on."""

HOLD_AUDIO = "cti-hold-7s.wav"


def music_to_hold(music: Prompt, prompts: Path) -> tuple[Prompt, bytes]:
    """What callers on hold hear, and, if that is the beginning of a recording of the site's, that beginning. Held in
    memory, as a dead disk is what they may be waiting for. Words serve as they are; any other recording is too long,
    or not ours to cut, so nothing is chosen."""
    if not any(isinstance(verb, Play) for verb in music):
        return music, b""
    match music:
        case (Play(audio=audio),) if "://" not in audio:
            with suppress(OSError):
                if beginning := first_seconds((prompts / audio).read_bytes(), HOLD_S):
                    return (Play(audio=HOLD_AUDIO),), beginning
    return (), b""
