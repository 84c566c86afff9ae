"""Requests of one person: each is posted once, and answered once, also when it is asked again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from cti.api.answers import find_answer
from cti.api.cursor import after_turn
from cti.api.ports import Fanout, SiteView
from cti.core.errors import JournalUnavailable, Overloaded
from cti.core.events import AnyEvent

Refuse = Callable[[str, str, str], None]
"""Say that something is not done: code, detail, and of which request."""


class Asker:
    """`who` is `agent:NAME` or `supervisor:NAME`: in the record, the actor and the beginning of the request's key. Its
    answers are published under `topic`; one given before is said again through `repeat`."""

    def __init__(
        self,
        site: SiteView,
        fanout: Fanout,
        who: str,
        *,
        topic: str,
        answers: "msgspec.json.Decoder[Any]",
        repeat: Callable[[Any], None],
        refuse: Refuse,
    ) -> None:
        self._site = site
        self._fanout = fanout
        self._who = who
        self._topic = topic
        self._answers = answers
        self._repeat = repeat
        self._refuse = refuse

    def ask(self, event: AnyEvent, request_id: str) -> None:
        """The answer comes with the turn's own frames, or is refused from here."""
        asked_at = self._fanout.head
        try:
            answer = self.post(event, f"{self._who}:{request_id}")
        except JournalUnavailable as error:
            self._refuse_for_now(error, request_id)
        else:
            answer.add_done_callback(lambda done: self._answer(done, request_id, asked_at))

    def post(self, event: AnyEvent, key: str) -> "asyncio.Future[str]":
        """Into the record, in this person's name. Raises `JournalUnavailable`, at once or later."""
        awaited: Awaitable[str] = self._site.post(event, key=key, actor=self._who)
        return asyncio.ensure_future(awaited)

    def refuse_holding(self, why: str, request_id: str) -> None:
        """Nothing can be recorded now."""
        detail = f"Nothing can be recorded now: {why}. Ask again with the same request_id."
        self._refuse("holding", detail, request_id)

    def _refuse_for_now(self, error: BaseException, request_id: str) -> None:
        if isinstance(error, Overloaded):
            detail = f"Calls come first, and {error}. Ask again with the same request_id, later each time."
            self._refuse("overloaded", detail, request_id)
        else:
            self.refuse_holding(str(error), request_id)

    def _answer(self, done: "asyncio.Future[str]", request_id: str, asked_at: int) -> None:
        """The turn's own frames hold the answer. Only a request that was taken before it was asked here is answered
        from here: with what it was answered then."""
        if done.cancelled():
            return
        error = done.exception()
        if error:
            self._refuse_for_now(error, request_id)
            return
        found = find_answer(self._fanout.newest(self._topic), request_id, self._answers)
        if found is None:
            detail = "This was asked before, and its answer is no longer at hand. What is shown is how things stand."
            self._refuse("answered_before", detail, request_id)
        elif found[0] < after_turn(asked_at):
            self._repeat(found[1])
