"""From a text frame to a request, or to a refusal that says what is wrong with it."""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from cti.core.base import FrozenMeta
from cti.views.frames import tag_of

REQUEST_BYTES_MAX = 16 * 1024

RequestId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$", description="chosen by the client, new each time")]
Id = Annotated[str, Meta(min_length=1, max_length=128)]
OptionalId = Annotated[str, Meta(max_length=128)]
Word = Annotated[str, Meta(max_length=200)]
Millionths = Annotated[int, Meta(ge=0, le=10**15)]
Currency = Annotated[str, Meta(pattern="^([A-Z]{3})?$")]
Instant = Annotated[int, Meta(ge=0, le=10**14, description="ms since 1970")]
LocalTime = Annotated[str, Meta(max_length=32, description="such as 2025-06-18T10:30")]
Span = Annotated[int, Meta(ge=0, le=90 * 86_400, description="seconds")]
Note = Annotated[str, Meta(max_length=4_000)]


class Request(msgspec.Struct, metaclass=FrozenMeta, tag_field="type", tag=tag_of, forbid_unknown_fields=True):
    """The same `request_id` again is the same request: it has no second effect, and gets the first answer."""

    request_id: RequestId


R = TypeVar("R", bound=Request)


class Unusable(Exception):
    """Not a request. `code` is stable, the text says what to do instead."""

    def __init__(self, code: str, detail: str, request_id: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.request_id = request_id


class _Outline(msgspec.Struct):
    type: Any = None
    request_id: Any = None


class Parser(Generic[R]):
    """For the requests of one socket: `kind` is their union, `kinds` its members."""

    def __init__(self, kind: Any, kinds: tuple[type[R], ...]) -> None:
        self._decode: Callable[[str], R] = msgspec.json.Decoder(kind).decode
        self.known = tuple(tag_of(each.__name__) for each in kinds)

    def parse(self, text: str) -> R:
        """The request that a text frame holds. Raises `Unusable`."""
        if len(text) > REQUEST_BYTES_MAX:
            raise Unusable("too_large", f"A request has at most {REQUEST_BYTES_MAX} characters; this has {len(text)}.")
        try:
            return self._decode(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise self._unusable(text, str(error)) from error

    def _unusable(self, text: str, why: str) -> Unusable:
        """Say what is wrong, by the name of the request if it gives one."""
        try:
            outline = msgspec.json.decode(text, type=_Outline)
        except (msgspec.MsgspecError, RecursionError):
            return Unusable("malformed", f"This is not a JSON object ({why}). Send one with `type` and `request_id`.")
        named = outline.request_id if isinstance(outline.request_id, str) else ""
        if outline.type not in self.known:
            return Unusable("unknown_request", f"`type` must be one of: {', '.join(self.known)}.", named[:64])
        return Unusable("malformed", f"{why}. See docs/asyncapi.json for what {outline.type} takes.", named[:64])
