"""What a supervisor tunes of a campaign, as people write it: by the keys of its file, in the file's own spelling."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from cti.configuration.document import Node, resolve
from cti.configuration.translate import translate
from cti.configuration.written.base import Omissible, Written
from cti.configuration.written.dialling import Share
from cti.configuration.written.values import Seconds
from cti.core.errors import ConfigError


class TuningWritten(Written):
    """The keys, and what is possible in any file. What a campaign's own file and rules allow, the dialer looks at."""

    mode: Omissible[Literal["progressive", "predictive"]] = None
    aim: Omissible[Share] = None
    lines_max: Omissible[Annotated[int, Field(ge=1, le=10_000)]] = None
    share: Omissible[Annotated[int, Field(ge=1, le=100)]] = None
    keep_free: Omissible[Annotated[int, Field(ge=0, le=1_000)]] = None
    ring: Omissible[Annotated[Seconds, Field(ge=5, le=120)]] = None
    wrap_up: Omissible[Annotated[Seconds, Field(ge=0, le=3_600)]] = None


def read_tuning(values: Mapping[str, str]) -> tuple[tuple[str, int | str], ...]:
    """The values, with shares in millionths and times in seconds. Raises `ConfigError` that names each key, what is
    wrong with its value, and what to write."""
    root = Node(1, 1)
    root.children = {}
    for key, text in values.items():
        node = Node(1, 1)
        node.text, node.scalar = text, resolve(text)
        root.children[key], root.keys[key] = node, (1, 1)
    try:
        found = TuningWritten.model_validate(root.plain())
    except ValidationError as error:
        wrong = translate(error.errors(include_url=False), "", root, TuningWritten)
        raise ConfigError(" ".join(f"{each.what}, {_ended(each.remedy)}" for each in wrong)) from error
    return tuple((key, value) for key in values if (value := getattr(found, key)) is not None)


def _ended(remedy: str) -> str:
    """As the end of a sentence; a question has one."""
    return remedy if remedy.endswith("?") else f"{remedy}."
