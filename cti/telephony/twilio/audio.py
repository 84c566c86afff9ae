"""The sound of a recording, fetched from the carrier with our credentials and handed on as it comes.

Where it is follows from the recording's name; no address that anybody sent is ever used, and no redirect followed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.core.errors import AudioBusy, AudioMissing, AudioUnavailable
from cti.core.ports import Audio
from cti.telephony.twilio.rest import NoPlace, Refused, Rest, RestError, segment

BYTES_MAX = 1_000_000_000
"""More than two channels of four hours, which is as long as a call may be."""


@asynccontextmanager
async def recording_audio(rest: Rest, recording_id: str) -> AsyncIterator[Audio]:
    """Open while the block lasts. Raises `AudioMissing`, `AudioBusy` and `AudioUnavailable`."""
    try:
        async with rest.media(f"/Recordings/{segment(recording_id)}.wav") as response:
            if response.content_type.partition("/")[0] != "audio":
                raise AudioUnavailable(f"the carrier sends {response.content_type}, which is no audio")
            if (response.content_length or 0) > BYTES_MAX:
                raise AudioUnavailable("the recording is larger than any can be")
            chunks = response.content.iter_chunked(64 * 1024)
            yield Audio(response.content_type, response.content_length, _bounded(chunks))
    except Refused as error:
        if error.status == 404:
            raise AudioMissing(f"the carrier has no audio of {recording_id}") from error
        raise AudioUnavailable(error.detail) from error
    except NoPlace as error:
        raise AudioBusy(error.detail) from error
    except RestError as error:
        raise AudioUnavailable(error.detail) from error


async def _bounded(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    sent = 0
    async for chunk in chunks:
        sent += len(chunk)
        if sent > BYTES_MAX:
            raise AudioUnavailable("the recording is larger than any can be")
        yield chunk
