"""Lists in pages, as the carrier cuts them: newest first, with the way to the next page."""

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode

from aiohttp import web

PAGE_SIZE = 50
PAGE_SIZE_MAX = 1000


class HasSid(Protocol):
    """Anything with an identifier."""

    @property
    def sid(self) -> str:
        """The identifier."""
        ...


Item = TypeVar("Item", bound=HasSid)


def page_of(
    request: web.Request, key: str, items: Iterable[Item], resource: Callable[[Item], dict[str, Any]]
) -> dict[str, Any]:
    """The page that the request asks for. The token of the next page names the last item shown, so that a list that
    grows at its head meanwhile repeats nothing.
    """
    query = request.query
    size = min(max(_number(query.get("PageSize"), PAGE_SIZE), 1), PAGE_SIZE_MAX)
    page = _number(query.get("Page"), 0)
    rest = iter(items)
    after = query.get("PageToken", "").removeprefix("PA")
    passed: deque[str] = deque(maxlen=size + 1)  # as far back as the page before this one begins
    if after:
        for item in rest:
            passed.append(item.sid)
            if item.sid == after:
                break
    shown = list(islice(rest, size + 1))
    more = len(shown) > size
    del shown[size:]
    start = page * size

    def uri(page_number: int, token: str | None) -> str:
        kept = [(name, value) for name, value in query.items() if name not in {"Page", "PageToken", "PageSize"}]
        paging = [
            ("PageSize", str(size)),
            ("Page", str(page_number)),
            *([("PageToken", f"PA{token}")] if token else []),
        ]
        return f"{request.path}?{urlencode([*kept, *paging])}"

    return {
        key: [resource(item) for item in shown],
        "page": page,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": str(request.rel_url),
        "first_page_uri": uri(0, None),
        "previous_page_uri": uri(page - 1, passed[0] if len(passed) > size else None) if passed else None,
        "next_page_uri": uri(page + 1, shown[-1].sid) if more else None,
    }


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() else default
