"""The sound of a recording: a faint tone of the right length, in few bytes."""

import io
import math
import wave

RATE_HZ = 400
TONE_HZ = 50
LENGTH_S_MAX = 4 * 3600


def wav(duration_ms: int, channels: int) -> bytes:
    """A WAV file of so long, 8 bits a sample: an hour takes 1.4 MB a channel."""
    samples = round(min(duration_ms / 1000, LENGTH_S_MAX) * RATE_HZ)
    period = bytes(128 + round(8 * math.sin(2 * math.pi * TONE_HZ * n / RATE_HZ)) for n in range(RATE_HZ // TONE_HZ))
    one_period = b"".join(bytes([value]) * channels for value in period)
    body = (one_period * (samples // len(period) + 1))[: samples * channels]
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(1)
        file.setframerate(RATE_HZ)
        file.writeframes(body)
    return content.getvalue()
