"""What every written entry has in common: nothing is converted silently, nothing unknown is accepted."""

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from cti.configuration.names import Known

Location = tuple[int | str, ...]


class Written(BaseModel):
    """An entry of a file, with the keys it may have."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


def wrong(what: str, remedy: str) -> PydanticCustomError:
    """To be raised by a check of one value."""
    return PydanticCustomError("mistake", "{what}, {remedy}", {"what": what, "remedy": remedy})


def wrong_inside(found: Iterable[tuple[Location, PydanticCustomError]], value: Any) -> ValidationError:
    """To be raised by a check that finds several mistakes, each at a place below the value."""
    details = [InitErrorDetails(type=error, loc=place, input=value) for place, error in found]
    return ValidationError.from_exception_data("value", details)


def _check_given(value: Any) -> Any:
    if value is None:
        raise wrong("nothing is written here", "write a value, in quotes if it begins with #, or take the key out")
    return value


T = TypeVar("T")
Omissible = Annotated[T | None, BeforeValidator(_check_given)]
"""A key that may be left out, but not left empty: people forget quotes, and would not see what became of it."""


def known(info: ValidationInfo) -> Known:
    """The names of the other files."""
    assert isinstance(info.context, Known)
    return info.context
