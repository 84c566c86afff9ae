"""Makes the example centre's music on hold: a slow walk through four chords, as telephones like it (8 kHz, mono).

Run it as `python tools/make_music.py`; the files go to config/prompts/.
"""

import math
import wave
from pathlib import Path

RATE = 8_000
CHORDS = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 246.9, 293.7))
CHORD_S = 2.5
NOTE_S = CHORD_S / 6
LOUDNESS = 45.0


def sample(at_s: float) -> float:
    """A broken chord: each note is struck and dies away, over a soft bass."""
    chord = CHORDS[int(at_s / CHORD_S) % len(CHORDS)]
    value = 0.25 * math.sin(2 * math.pi * chord[0] / 2 * at_s)
    for struck in range(3):  # the last three notes still sound
        number = int(at_s / NOTE_S) - struck
        if number < 0:
            continue
        age_s = at_s - number * NOTE_S
        pitch = CHORDS[int(number * NOTE_S / CHORD_S + 1e-9) % len(CHORDS)][(0, 1, 2, 1, 2, 1)[number % 6]]
        value += 0.5 * math.exp(-3.5 * age_s) * math.sin(2 * math.pi * pitch * age_s)
    return value


def make(path: Path, seconds: int) -> None:
    """Write `seconds` of it, faded at both ends so that a loop does not click."""
    count = RATE * seconds
    content = bytearray()
    for place in range(count):
        fade = min(1.0, place / 400, (count - place) / 4_000)
        content.append(max(0, min(255, round(128 + LOUDNESS * fade * sample(place / RATE)))))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(bytes(content))


if __name__ == "__main__":
    folder = Path(__file__).parent.parent / "config" / "prompts"
    folder.mkdir(exist_ok=True)
    for length in (10, 15, 20):
        make(folder / f"music-{length}s.wav", length)
