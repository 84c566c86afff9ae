"""What the carrier's ledger alone says of the calls of a shift, one by one, and whether anything in it was forbidden.

Nothing here knows the server, its journal or its rules: what a call is, who was there in time and who was not is
worked out anew, from what rang, who could hear whom, what was heard, and when the carrier told us of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import floor
from typing import Any

import msgspec

Row = Mapping[str, Any]

PAGES = ("legs", "rooms", "rung", "bridges", "webhooks")

SILENCE_MS = 1_200
"""After so much silence the carrier takes a greeting for over, and says that a person has answered."""

MESSAGE = "menu"
"""Whom nobody talks to hears a message that asks for a key; nobody else is asked for one."""

NOBODY = ("machine", "fax")
TOLD_WITHIN_MS = 10_000
"""So long after a join its report is looked for, if nobody else came into that room before."""

FOR_EVER = 1 << 62

AWAY_MS = 1_000
"""Who waits so long for an answer of the server, by the wall's clock, finds it away: it was killed, or the machine is
busy with other things."""

EXCUSED_MS = 90_000
"""As long as a line that counted on an agent, and the next one whose agent that took, may last."""


class Call(msgspec.Struct, kw_only=True):
    """One call to somebody on the list; times in ms, 0 for what did not happen. `deadline` is when an agent had to be
    there, and `deadline_told` when by what we were told, later than that at most; `told_joined_at` is when we had been
    told that one was, unless we had heard by then that it was over. `or_agents` are those who came
    next, as long as what was before was so short that its end was told before its beginning. `heard_nobody`:
    the agent was in the room, but had vanished without a word, or had gone and the word of it was still on its way:
    nobody could know yet. `hung_up`: who was called did. `kept_waiting`: we did
    not answer the carrier for a while, in time for this call."""

    sid: str
    number: str
    created_at: int
    rang_at: int = 0
    answered_at: int = 0
    ended_at: int = 0
    answered_by: str = ""
    told_answered_at: int = 0
    told_by_at: int = 0
    joined_at: int = 0
    told_joined_at: int = 0
    talked_ms: int = 0
    agent_id: str = ""
    or_agents: tuple[str, ...] = ()
    heard_nobody: bool = False
    hung_up: bool = False
    message_at: int = 0
    deadline: int = 0
    deadline_told: int = 0
    kept_waiting: bool = False

    @property
    def is_machine(self) -> bool:
        """A machine or a fax, and we were told so before it counted as a person."""
        found = self.answered_by.startswith(NOBODY) and bool(self.told_by_at)
        return found and (self.told_by_at <= self.deadline or 0 < self.joined_at <= self.deadline)

    @property
    def abandoned_at(self) -> int:
        """When it was certain that nobody was there in time; 0: somebody was, or it was no person, or gone before."""
        if not self.answered_at or self.is_machine:
            return 0
        if self.message_at and not 0 < self.joined_at <= self.message_at:
            return min(self.message_at, self.deadline)
        if 0 < self.joined_at <= self.deadline:
            return 0
        was_gone = not self.joined_at and 0 < self.ended_at <= self.deadline
        return 0 if was_gone else self.deadline

    @property
    def is_live(self) -> bool:
        """A person, whom an agent reached, or nobody in time."""
        return bool(self.answered_at and not self.is_machine and (self.joined_at or self.abandoned_at))

    @property
    def name(self) -> str:
        """As whoever looks for it in the ledger knows it."""
        return f"{self.sid} to {self.number}"


class Book(msgspec.Struct, kw_only=True):
    """All calls to people on the list, in the order in which they began, and when an agent's line was lost (ms)."""

    calls: list[Call]
    lost_at: list[int]
    talked_ms: int
    """How long agents talked in all, with whoever called whom."""


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The pages of the ledger, and who is who on them: the agents by their telephones, and the numbers on the list.
    `greeting_ms` is how long a greeting counts as that nobody measured, `connect_ms` how soon after it an agent has to
    be there."""

    pages: Mapping[str, Sequence[Row]]
    phones: Mapping[str, str]
    numbers: frozenset[str]
    greeting_ms: int
    connect_ms: int


def read_book(ledger: Ledger) -> Book:
    """What each call came to."""
    pages = ledger.pages
    calls = {leg["sid"]: _call(leg) for leg in pages["legs"] if leg["to"] in ledger.numbers}
    agents = {leg["sid"]: ledger.phones[leg["to"]] for leg in pages["legs"] if leg["to"] in ledger.phones}
    for each in pages["rung"]:
        if each["sid"] in calls:
            calls[each["sid"]].rang_at = each["at"]
    talked_ms = 0
    for bridge in sorted(pages["bridges"], key=lambda each: each["start_ms"]):
        for one, other in (bridge["sids"], bridge["sids"][::-1]):
            if other in agents and one not in agents:
                length_ms = (bridge["end_ms"] or bridge["start_ms"]) - bridge["start_ms"]
                talked_ms += length_ms
                if one in calls:
                    _join(calls[one], agents[other], bridge["start_ms"], length_ms)
    _haunt(calls, agents, pages)
    _tell(calls, pages, ledger)
    _set_or_agents(calls, agents, pages)
    lost = [leg for leg in pages["legs"] if leg["sid"] in agents and leg["answered_at"]]
    lost_at = [leg["vanished_at"] or leg["ended_at"] for leg in lost if leg["vanished_at"] or leg["ended_at"]]
    return Book(calls=sorted(calls.values(), key=lambda call: call.created_at), lost_at=sorted(lost_at),
                talked_ms=talked_ms)  # fmt: skip


def _call(leg: Row) -> Call:
    heard = [segment["start_ms"] for segment in leg["segments"] if segment["heard"] == MESSAGE]
    return Call(
        sid=leg["sid"],
        number=leg["to"],
        created_at=leg["created_at"],
        answered_at=leg["answered_at"] or 0,
        ended_at=leg["ended_at"] or 0,
        answered_by=leg["answered_by"] or "",
        hung_up=leg["ended_by"] == "callee",
        message_at=heard[0] if heard else 0,
    )


def _join(call: Call, agent_id: str, at: int, length_ms: int) -> None:
    call.talked_ms += length_ms
    if not call.joined_at:
        call.joined_at, call.agent_id = at, agent_id


def _haunt(calls: Mapping[str, Call], agents: Mapping[str, str], pages: Mapping[str, Sequence[Row]]) -> None:
    """Who was sent to an agent who had vanished, or was gone without our having been told, was with that agent, for all
    that anybody could know. A room that ended with its agent, and one of the same name that begins, are one."""
    vanished_at = {leg["sid"]: leg["vanished_at"] for leg in pages["legs"] if leg["vanished_at"]}
    told = _leaves_told(pages)
    by_name: defaultdict[str, list[Row]] = defaultdict(list)
    for room in pages["rooms"]:
        by_name[room.get("name") or room["sid"]].append(room)
    for rooms in by_name.values():
        ghosts = [
            (stay, *_haunting(stay, room["sid"], vanished_at, told))
            for room in rooms
            for stay in room["stays"]
            if stay["sid"] in agents
        ]
        for stay in (stay for room in rooms for stay in room["stays"]):
            call = calls.get(stay["sid"])
            for ghost, since, until in ghosts:
                if call and since <= stay["joined_at"] <= until and not 0 < call.joined_at <= stay["joined_at"]:
                    call.heard_nobody = True
                    call.joined_at, call.agent_id = stay["joined_at"], agents[ghost["sid"]]


def _haunting(
    stay: Row, room_sid: str, vanished_at: Mapping[str, int], told: Mapping[str, Sequence[tuple[int, int]]]
) -> tuple[int, int]:
    """From when until when the agent's stay is none, and nobody can know: until the first word of the end of the leg,
    or of a leave of that room, that reached us after it."""
    left_at = stay["left_at"] or FOR_EVER
    since = min(vanished_at.get(stay["sid"], left_at), left_at)
    words = [at for sid in (room_sid, stay["sid"]) for sent_at, at in told.get(sid, ()) if sent_at >= left_at]
    return since, min(words, default=FOR_EVER if stay["left_at"] else left_at)


def _leaves_told(pages: Mapping[str, Sequence[Row]]) -> Mapping[str, Sequence[tuple[int, int]]]:
    """By room and by leg, the reports of a leave or an end that reached us: when sent, when answered."""
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for each in pages["webhooks"]:
        # `dial`: whoever was in the room asks what comes next
        if each["event"] in {"participant-leave", "conference-end", "completed", "dial"} and each["status"] is not None:
            found[each["sid"]].append((each["sent_at"], each["answered_at"]))
    return found


def _set_or_agents(calls: Mapping[str, Call], agents: Mapping[str, str], pages: Mapping[str, Sequence[Row]]) -> None:
    """Who came next, up to the first of whom we could know."""
    leaves = _leaves_told(pages)
    stays: defaultdict[str, list[tuple[Row, str]]] = defaultdict(list)
    for room in pages["rooms"]:
        for stay in room["stays"]:
            if stay["sid"] in calls:
                stays[stay["sid"]].append((stay, room["sid"]))
    bridges = sorted(pages["bridges"], key=lambda each: each["start_ms"])
    for sid, call in calls.items():
        met = [(each["start_ms"], other) for each in bridges if sid in each["sids"]
               for other in each["sids"] if other in agents]  # fmt: skip
        came: list[str] = []
        for at, agent_sid in met:
            came.append(agents[agent_sid])
            here = ((one, room) for one, room in stays[sid] if one["joined_at"] <= at <= (one["left_at"] or at))
            stay = next(here, None)
            if stay is None or not _is_end_told_first(*stay, leaves, pages):
                break
        call.or_agents = tuple(came[1:])


def _is_end_told_first(
    stay: Row, room_sid: str, leaves: Mapping[str, Sequence[tuple[int, int]]], pages: Mapping[str, Sequence[Row]]
) -> bool:
    if not stay["left_at"]:
        return False
    joins = [
        each["answered_at"]
        for each in pages["webhooks"]
        if each["sid"] == room_sid and each["event"] == "participant-join" and each["status"] is not None
        and stay["joined_at"] <= each["sent_at"] < stay["joined_at"] + TOLD_WITHIN_MS
    ]  # fmt: skip
    told = (*leaves.get(room_sid, ()), *leaves.get(stay["sid"], ()))
    ends = [at for sent_at, at in told if sent_at >= stay["left_at"]]
    return min(ends, default=FOR_EVER) < min(joins, default=FOR_EVER)


def _tell(calls: Mapping[str, Call], pages: Mapping[str, Sequence[Row]], ledger: Ledger) -> None:
    """When the carrier told us what, as far as it had an answer: what was lost on the way back did reach us."""
    detected = {leg["sid"]: leg["detected_at"] for leg in pages["legs"] if leg["detected_at"]}
    joins: defaultdict[str, list[Row]] = defaultdict(list)
    over_at: dict[str, int] = {}
    slow: list[tuple[int, int]] = []
    for each in sorted(pages["webhooks"], key=lambda each: each["sent_at"]):
        answered_at = each["answered_at"] or 0
        if (each["ms"] or 0) > AWAY_MS or (each["error"] and each["kind"] == "document"):
            slow.append((each["sent_at"], answered_at))
        if each["status"] is None:
            continue
        call = calls.get(each["sid"])
        if each["kind"] == "conference" and each["event"] == "participant-join":
            joins[each["sid"]].append(each)
        elif call and each["kind"] == "detection":
            call.told_by_at = call.told_by_at or answered_at
        elif call and each["event"] == "completed":
            over_at.setdefault(call.sid, each["sent_at"])
        elif call and call.answered_at and (each["kind"] == "document" or each["event"] == "answered"):
            call.told_answered_at = call.told_answered_at or answered_at
    for room in pages["rooms"]:
        stays = sorted(room["stays"], key=lambda stay: stay["joined_at"])
        for stay, following in zip(stays, [*stays[1:], None], strict=True):
            until = min(stay["joined_at"] + TOLD_WITHIN_MS, following["joined_at"] if following else FOR_EVER)
            told = (each["answered_at"] for each in joins[room["sid"]] if stay["joined_at"] <= each["sent_at"] < until)
            if (call := calls.get(stay["sid"])) and not call.told_joined_at:
                told_at = next(told, 0)
                call.told_joined_at = told_at if told_at < over_at.get(call.sid, FOR_EVER) else 0
    for call in calls.values():
        _set_deadline(call, detected.get(call.sid, 0), ledger)
        call.kept_waiting = any(since < call.deadline and until > call.answered_at for since, until in slow)


def _set_deadline(call: Call, detected_at: int, ledger: Ledger) -> None:
    """From the end of the greeting, where the carrier heard one."""
    if not call.answered_at:
        return
    spoken = call.answered_by == "human" and detected_at
    greeted_at = detected_at - SILENCE_MS if spoken else call.answered_at + ledger.greeting_ms
    call.deadline = greeted_at + ledger.connect_ms
    told_at = call.told_by_at - SILENCE_MS if spoken and call.told_by_at else 0
    unheard_at = (call.told_answered_at or call.answered_at) + ledger.greeting_ms
    call.deadline_told = max(call.deadline, (told_at or unheard_at) + ledger.connect_ms)


def rung_twice(book: Book) -> Iterator[str]:
    """Nobody's telephone rings a second time."""
    rung = Counter(call.number for call in book.calls if call.rang_at)
    for call in book.calls:
        if rung[call.number] > 1:
            yield f"{call.name}: this number rang {rung[call.number]} times, this time at {call.rang_at}"


def two_lines(book: Book, people: Iterable[Sequence[str]]) -> Iterator[str]:
    """Nobody is called on two numbers at a time."""
    by_number = {call.number: call for call in book.calls}
    for numbers in people:
        calls = [by_number[number] for number in numbers if number in by_number]
        for one, other in pairwise(calls):
            if other.created_at < one.ended_at or not one.ended_at:
                yield f"{other.name}: the same person was being called already, {one.name}"


def rung_against(book: Book, refused: Mapping[str, int]) -> Iterator[str]:
    """Nobody is called who had asked not to be by then (ms), or whose day is over by then."""
    for call in book.calls:
        since = refused.get(call.number)
        if since is not None and call.created_at > since:
            yield f"{call.name}: called {(call.created_at - since) / 1_000:g} s after it was not to be any more"


def rung_past(book: Book, closes: Mapping[str, int], *, late_ms: int = 0) -> Iterator[str]:
    """Nobody's telephone rings after the end of their day (ms), or longer after it than a machine may be late."""
    for call in book.calls:
        until = call.answered_at or call.ended_at
        end = closes.get(call.number)
        if end is not None and until >= end + late_ms:
            yield f"{call.name}: rang {(until - end) / 1_000:g} s after the end of the day"


def over_ceiling(book: Book, ceiling: float, *, excusing: bool = False) -> Iterator[str]:
    """At each instant at most so many per cent of the live answers until then were abandoned. With `excusing` those do
    not count whom no pacing could have saved: an agent came, but late; the server was away; or an agent had just been
    lost, each of whom excuses one."""
    lost = list(book.lost_at)
    abandoned = 0
    live = sorted((call for call in book.calls if call.is_live), key=_settled_at)
    for answers, call in enumerate(live, 1):
        if call.abandoned_at and not (excusing and _excused(call, lost)):
            abandoned += 1
            if abandoned > floor(ceiling * answers / 100):
                yield f"{call.name}: abandoned at {call.abandoned_at}, as number {abandoned} of {answers} live answers"


def _settled_at(call: Call) -> int:
    """When it was certain what the call would count as."""
    return call.abandoned_at or call.joined_at


def _excused(call: Call, lost: list[int]) -> bool:
    """`lost` are agents who may excuse somebody yet."""
    if call.joined_at or call.kept_waiting:
        return True
    found = next((lost_at for lost_at in lost if lost_at <= call.abandoned_at <= lost_at + EXCUSED_MS), 0)
    if found:
        lost.remove(found)
    return bool(found)


def webhook_ms(pages: Mapping[str, Sequence[Row]], quantile: float) -> float:
    """How long we take to answer, of those that we did."""
    spans = sorted(each["ms"] for each in pages["webhooks"] if each["status"] is not None and not each["error"])
    return float(spans[min(len(spans) - 1, int(quantile * len(spans)))]) if spans else 0.0
