"""What callers hear: a text, a recording, a pause, or a list of these."""

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationInfo

from cti.configuration.document import kind_of
from cti.configuration.mistake import printable, suggest
from cti.configuration.written.base import Omissible, Written, known, wrong
from cti.configuration.written.values import Language, Seconds

CHARACTERS_MAX = 3_000
PARTS_MAX = 20
PAUSES_S_MAX = 7  # so that not even two prompts in a row make callers think that the line is dead
ADDRESS_CHARACTERS_MAX = 500

FILE = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
ADDRESS = re.compile(r"https://[!-~]+")


def _check_text(value: str) -> str:
    if not value.strip():
        raise wrong("the text is empty", "write what is to be said, or leave the key out")
    return value


def _check_audio(value: str, info: ValidationInfo) -> str:
    if value.startswith("https://"):
        if is_web_address(value):
            return value
        raise wrong(f'"{printable(value)}" is not a web address', "write one such as https://example.com/music.wav")
    if "://" in value:
        raise wrong(f'"{printable(value)}" is not an https address', "write https:// or the name of a prompt file")
    if not FILE.fullmatch(value) or any(set(part) == {"."} for part in value.split("/")) or len(value) > 200:
        remedy = "write a path below the prompts, of letters, digits and . _ - /, such as music/calm.wav"
        raise wrong(f'"{printable(value)}" does not name a prompt file', remedy)
    prompts = known(info).prompts
    if prompts is not None and value not in prompts:
        raise wrong(f"there is no file prompts/{printable(value)}", suggest(value, prompts, "put it there"))
    return value


def is_web_address(value: str) -> bool:
    """Whether this is an https address with a host and without a password."""
    if not ADDRESS.fullmatch(value) or len(value) > ADDRESS_CHARACTERS_MAX:
        return False
    try:
        parts = urlsplit(value)
        return bool(parts.hostname) and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


class SayPart(Written):
    """A text, spoken in `language`, by default that of its surroundings."""

    say: Annotated[str, AfterValidator(_check_text)]
    language: Omissible[Language] = None


class PlayPart(Written):
    """A recording: a path under the site's prompts, or an https address; `loop` times."""

    play: Annotated[str, AfterValidator(_check_audio)]
    loop: Annotated[int, Field(ge=1, le=100)] = 1


class PausePart(Written):
    """Silence."""

    pause: Annotated[Seconds, Field(ge=1)]


def _parts(value: Any) -> Any:
    if isinstance(value, str):
        return [{"say": value}]
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        return [{"say": item} if isinstance(item, str) else item for item in value]
    raise wrong(f"{kind_of(value)} stands where callers should hear something", "write a text, in quotes if need be")


def _kind(value: Any) -> str | None:
    kinds = [kind for kind in ("say", "play", "pause") if isinstance(value, dict) and kind in value]
    return f"<{kinds[0]}>" if len(kinds) == 1 else None


def _check_whole(parts: "list[Part]") -> "list[Part]":
    pauses_s = sum(part.pause for part in parts if isinstance(part, PausePart))
    if pauses_s > PAUSES_S_MAX:
        raise wrong(f"the pauses together take {pauses_s} seconds", f"write at most {PAUSES_S_MAX}")
    if all(isinstance(part, PausePart) for part in parts):
        raise wrong("there is nothing but silence", "write a text, or {play: a file}")
    characters = sum(len(part.say) for part in parts if isinstance(part, SayPart))
    if characters > CHARACTERS_MAX:
        raise wrong(f"{characters} characters are too much to say at once", f"write at most {CHARACTERS_MAX}")
    return parts


Part = Annotated[
    Annotated[SayPart, Tag("<say>")] | Annotated[PlayPart, Tag("<play>")] | Annotated[PausePart, Tag("<pause>")],
    Discriminator(
        _kind,
        custom_error_type="prompt_part",
        custom_error_message="this is not something callers can hear",
    ),
]
WrittenPrompt = Annotated[
    list[Part],
    Field(min_length=1, max_length=PARTS_MAX),
    BeforeValidator(_parts),
    AfterValidator(_check_whole),
]
