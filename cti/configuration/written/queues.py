"""queues.yaml: how each queue treats its callers."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from cti.configuration.mistake import printable
from cti.configuration.written.base import Omissible, Written, known, wrong, wrong_inside
from cti.configuration.written.prompt import CHARACTERS_MAX, WrittenPrompt
from cti.configuration.written.values import Language, Name, Priority, Seconds, Words, check_placeholders

PLACEHOLDERS = ("position",)
Kind = Literal["success", "refused", "callback", "wrong_number", "again", "machine", "done"]
RECORDINGS = ("never", "on_request", "always")


def _check_announcement(value: str) -> str:
    if not value.strip() or len(value) > CHARACTERS_MAX:
        raise wrong(f"the text has {len(value)} characters", f"write 1 to {CHARACTERS_MAX}")
    check_placeholders(value, PLACEHOLDERS)
    return value


def _check_recording(value: str) -> str:
    if value in RECORDINGS:
        return value
    raise wrong(
        f'"{printable(value)}" does not say what is recorded', f"write {', '.join(RECORDINGS[:-1])} or {RECORDINGS[-1]}"
    )


class QueueWritten(Written):
    """An entry of queues.yaml."""

    name: Name
    priority: Priority = 0
    contacts_max: Annotated[int, Field(ge=1, le=20_000)] = 1_000
    ring_s: Annotated[Seconds, Field(ge=5, le=120)] = 20
    wrap_up_s: Annotated[Seconds, Field(ge=0, le=3_600)] = 30
    music: Omissible[WrittenPrompt] = None
    announce_position: bool = True
    announcement: Omissible[Annotated[str, AfterValidator(_check_announcement)]] = None
    language: Omissible[Language] = None
    dispositions: Words = []
    disposition_kinds: dict[str, Kind] = {}
    whisper: Omissible[WrittenPrompt] = None
    recording: Annotated[str, AfterValidator(_check_recording)] = "never"
    recording_notice: Omissible[WrittenPrompt] = None
    takes_itself: bool = False

    @model_validator(mode="after")
    def _check_language(self, info: ValidationInfo) -> Self:
        """The text that is used when none is written is English."""
        language = self.language or known(info).language
        if self.announce_position and self.announcement is None and not language.startswith("en"):
            error = wrong(
                f"the announcement is missing, and would be English in a queue of {printable(language)}",
                "write it, or announce_position: false",
            )
            raise wrong_inside([(("announcement",), error)], self)
        return self

    @model_validator(mode="after")
    def _check_kinds(self) -> Self:
        """Nobody could ever choose it."""
        unknown = [word for word in self.disposition_kinds if word not in self.dispositions]
        if unknown:
            error = wrong(
                f'"{printable(unknown[0])}" is none of the dispositions', "write it there as well, or take it out"
            )
            raise wrong_inside([(("disposition_kinds", unknown[0]), error)], self)
        return self

    @model_validator(mode="after")
    def _check_notice(self) -> Self:
        """Nobody would ever hear it."""
        if self.recording_notice is not None and self.recording == "never":
            error = wrong("nothing is recorded here", "write recording: on_request or always, or take the notice out")
            raise wrong_inside([(("recording_notice",), error)], self)
        return self
