"""flows/*.yaml: what callers walk through. A step's first key says its kind and holds what the kind is about."""

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, Union, get_args

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from cti.configuration.document import kind_of
from cti.configuration.mistake import printable
from cti.configuration.written.base import Omissible, Written, known, wrong, wrong_inside
from cti.configuration.written.prompt import WrittenPrompt
from cti.configuration.written.references import HoursName, QueueName, SkillName, StepName
from cti.configuration.written.values import Id, Language, Level, Priority, Seconds

KEYS = "0123456789*#"
DIGITS_MAX = 64
STEPS_MAX = 500

DIGITS = re.compile(r"([0-9]{1,2}) ?[-–] ?([0-9]{1,2})")


def _check_key(value: str) -> str:
    if len(value) == 1 and value in KEYS:
        return value
    raise wrong(f'"{printable(value)}" is not a key of a telephone', 'write "0" to "9", "*" or "#"')


def _check_finish(value: str) -> str:
    return _check_key(value) if value else value


def _digits(value: Any) -> Any:
    """`6` is exactly six, `4-8` is four to eight: as a pair."""
    least = most = value
    if isinstance(value, str):
        match = DIGITS.fullmatch(value)
        least, most = (int(match[1]), int(match[2])) if match else (0, 0)
    if type(least) is int and 1 <= least <= most <= DIGITS_MAX:
        return least, most
    shown = printable(str(value)) if isinstance(value, str | int | float) else kind_of(value)
    raise wrong(f"{shown} is not a number of digits", f"write one such as 6, or 4-8, at most {DIGITS_MAX}")


class BaseStepWritten(Written):
    """A step. The first key of each kind is its name. `unasked` are the keys that say where a caller goes without
    pressing anything; a step that `listens` ends what is said in one go."""

    unasked: ClassVar[tuple[str, ...]] = ("next",)
    listens: ClassVar[bool] = False


class PlayStepWritten(BaseStepWritten):
    """Say or play something, then go on."""

    play: WrittenPrompt
    next: StepName


class MenuStepWritten(BaseStepWritten):
    """One key, one way."""

    unasked = ("otherwise",)
    listens = True
    menu: WrittenPrompt
    choices: Annotated[dict[Annotated[str, AfterValidator(_check_key)], StepName], Field(min_length=1)]
    otherwise: StepName
    invalid: Omissible[WrittenPrompt] = None
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    timeout_s: Annotated[Seconds, Field(ge=1, le=60)] = 5


class CollectStepWritten(BaseStepWritten):
    """Ask for digits."""

    unasked = ("otherwise",)
    listens = True
    collect: WrittenPrompt
    into: Id
    digits: Annotated[tuple[int, int], BeforeValidator(_digits)]
    next: StepName
    otherwise: StepName
    invalid: Omissible[WrittenPrompt] = None
    finish_on_key: Annotated[str, AfterValidator(_check_finish)] = "#"
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    timeout_s: Annotated[Seconds, Field(ge=1, le=60)] = 5
    secret: bool = False


class HoursStepWritten(BaseStepWritten):
    """Branch by opening hours."""

    unasked = ("open", "closed")
    hours: HoursName
    open: StepName
    closed: StepName


class LookUpStepWritten(BaseStepWritten):
    """Wait, at most so long, until the caller's number was looked up; then branch."""

    unasked = ("known", "unknown")
    look_up: Annotated[Seconds, Field(ge=1, le=10)]
    known: StepName
    unknown: StepName


class EnqueueStepWritten(BaseStepWritten):
    """Wait for an agent of a queue."""

    unasked = ("full",)
    enqueue: QueueName
    full: StepName
    priority: Priority = 0
    skills: Annotated[dict[SkillName, Level], Field(max_length=20)] = {}

    @model_validator(mode="after")
    def _check_skills(self, info: ValidationInfo) -> Self:
        """A caller whom nobody may serve would wait for ever. A queue without any agents may still get some."""
        staff = [agent for agent in known(info).staff or () if self.enqueue in agent.queues]
        if self.skills and staff and not any(self._may_serve(agent.skills) for agent in staff):
            wanted = " and ".join(f"{skill} at {level} or better" for skill, level in self.skills.items())
            error = wrong(f"no agent of {self.enqueue} has {wanted}", "ask for less, or give an agent these skills")
            raise wrong_inside([(("skills",), error)], self)
        return self

    def _may_serve(self, skills: dict[str, int]) -> bool:
        return all(skills.get(skill, 0) >= level for skill, level in self.skills.items())


class VoicemailStepWritten(BaseStepWritten):
    """Take a message, then go on."""

    listens = True
    voicemail: WrittenPrompt
    next: StepName
    seconds_max: Annotated[Seconds, Field(ge=5, le=600)] = 120
    silence_s: Annotated[Seconds, Field(ge=2, le=30)] = 5
    finish_on_key: Annotated[str, AfterValidator(_check_finish)] = "#"


class OptOutStepWritten(BaseStepWritten):
    """Not to be called any more, then go on."""

    opt_out: Literal["company", "seller"]
    next: StepName


class HangUpStepWritten(BaseStepWritten):
    """The flow's end, after a last word."""

    unasked = ()
    hang_up: WrittenPrompt | None


StepWritten = (
    PlayStepWritten
    | MenuStepWritten
    | CollectStepWritten
    | HoursStepWritten
    | LookUpStepWritten
    | EnqueueStepWritten
    | VoicemailStepWritten
    | OptOutStepWritten
    | HangUpStepWritten
)

BY_KIND: dict[str, type[BaseStepWritten]] = {next(iter(step.model_fields)): step for step in get_args(StepWritten)}
KINDS = tuple(BY_KIND)


def kinds(step: Any) -> list[str]:
    """The kinds that a step as plain data names; a good one names exactly one."""
    return [kind for kind in KINDS if isinstance(step, dict) and kind in step]


def _kind(step: Any) -> str | None:
    found = kinds(step)
    return f"<{found[0]}>" if len(found) == 1 else None


if TYPE_CHECKING:
    AnyStepWritten = StepWritten
else:  # the same, with a mark for each kind by which pydantic tells them apart
    AnyStepWritten = Annotated[
        Union[tuple(Annotated[step, Tag(f"<{kind}>")] for kind, step in BY_KIND.items())],  # noqa: UP007 - made of a list
        Discriminator(
            _kind,
            custom_error_type="step_kind",
            custom_error_message="this is not a step",
        ),
    ]


class FlowWritten(Written):
    """A file of flows/. The file's name is the flow's."""

    start: StepName
    steps: Annotated[dict[Id, AnyStepWritten], Field(min_length=1, max_length=STEPS_MAX)]
    language: Omissible[Language] = None
