"""A toy application on the other side of the wire: doors with canned answers, and a record of who knocked.

It checks every signature with the official library, independently of the fake carrier's own signing.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from multidict import CIMultiDict
from twilio.request_validator import RequestValidator

from tests.patience import PATIENCE_S

AUTH_TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass
class Knock:
    """One request as it arrived."""

    method: str
    path: str
    url: str
    fields: dict[str, str]
    headers: CIMultiDict[str]
    signed: bool

    def __getitem__(self, name: str) -> str:
        return self.fields[name]

    def get(self, name: str) -> str | None:
        return self.fields.get(name)


Answer = str | web.StreamResponse | Callable[[Knock], "str | web.StreamResponse | Awaitable[str | web.StreamResponse]"]


@dataclass
class Toy:
    """Doors by path. Several answers at one door are given one after another, the last for ever."""

    base: str = ""
    knocks: list[Knock] = field(default_factory=list)
    _answers: dict[str, list[Answer]] = field(default_factory=dict)
    _arrived: dict[str, asyncio.Queue[Knock]] = field(default_factory=lambda: defaultdict(asyncio.Queue))

    def door(self, path: str, *answers: Answer) -> str:
        """Answer so at this path; returns its URL."""
        self._answers[path.partition("?")[0]] = list(answers)
        return f"{self.base}{path}"

    async def knock(self, path: str, timeout_s: float = PATIENCE_S) -> Knock:
        """The next request that arrives at this path, each given once."""
        async with asyncio.timeout(timeout_s):
            return await self._arrived[path].get()

    def at(self, path: str) -> list[Knock]:
        """Every request so far at this path."""
        return [knock for knock in self.knocks if knock.path == path]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = {name: str(value) for name, value in (await request.post()).items()}
        validator = RequestValidator(AUTH_TOKEN)
        signature = request.headers.get("X-Twilio-Signature", "")
        fields = form if request.method == "POST" else dict(request.query)
        knock = Knock(
            method=request.method,
            path=request.path,
            url=str(request.url),
            fields=fields,
            headers=CIMultiDict(request.headers),
            signed=validator.validate(str(request.url), form, signature),
        )
        self.knocks.append(knock)
        self._arrived[request.path].put_nowait(knock)
        answers = self._answers.get(request.path, [web.Response(status=204)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer) and not isinstance(answer, web.StreamResponse):
            given = answer(knock)
            answer = given if isinstance(given, str | web.StreamResponse) else await given
        if isinstance(answer, web.Response):
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(text=answer, content_type="text/xml")


def twiml(*verbs: str) -> str:
    """A document of these verbs."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{"".join(verbs)}</Response>'
