"""What became of the people whom the campaign called, by the carrier's ledger alone, and whether anything in it was
forbidden: more abandoned than may be, somebody rung twice, somebody rung who was not to be called.

Nothing here asks the server. Who answered, who talked with an agent in time and who heard the message instead is worked
out anew, from legs, bridges and rings.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

Row = Mapping[str, Any]
Pages = Mapping[str, Sequence[Row]]

PAGES = "legs,bridges,rung,webhooks"

GREETING_MS, CONNECT_MS = 2_000, 2_000
"""How long a greeting counts as that nobody measured, and how soon after it an agent must be there (US-2S)."""

SILENCE_MS = 1_200
"""After so much silence the carrier takes a greeting for over, and says that a person has answered."""

NOBODY = ("machine", "fax")
MESSAGE = "menu"
"""Whom nobody talks to hears a message that asks for a key; nobody else is asked for one."""

AWAY_MS = 1_000
"""Who waits so long for an answer of the server finds it away: it was killed, or the machine is busy."""

LOST_MS = 90_000
"""So long after an agent's line was lost a call may still have counted on it."""

MILLION = 1_000_000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who is who: the numbers of the people who were on the list, those of them who were not to be called, and the
    agents' telephones. `ceiling_ppm` millionths of the live answers may be abandoned."""

    numbers: Collection[str]
    refused: Collection[str]
    phones: Collection[str]
    ceiling_ppm: int


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A call that somebody answered (ms): who was no machine talked with an agent from `joined_at` on, or was abandoned
    at that time; 0 for what did not happen."""

    to: str
    answered_at: int
    deadline: int
    joined_at: int
    abandoned_at: int


class Dialled(msgspec.Struct, frozen=True, kw_only=True):
    """`live` of those whom people answered talked with an agent or were abandoned; the others had gone before. `wrong`
    says in words what was not to be."""

    dialled: int
    people: int
    live: int
    abandoned: int
    wrong: tuple[str, ...]


def read_ledger(pages: Pages, asked: Asked) -> Dialled:
    """All calls to the people on the list."""
    legs = [leg for leg in pages["legs"] if leg["to"] in asked.numbers]
    joined = _joined(pages, {leg["sid"] for leg in pages["legs"] if leg["to"] in asked.phones})
    answered = [leg for leg in legs if leg["answered_at"] and not (leg["answered_by"] or "").startswith(NOBODY)]
    calls = [_call(leg, joined.get(leg["sid"], 0)) for leg in answered]
    live = [call for call in calls if call.joined_at or call.abandoned_at]
    abandoned = [call for call in live if call.abandoned_at]
    ours = [call for call in abandoned if not _is_excused(call, pages, asked)]
    wrong = [*_rung_wrongly(pages, asked)]
    if len(ours) * MILLION > asked.ceiling_ppm * len(live):
        wrong.append(_over(ours, len(live), asked.ceiling_ppm))
    return Dialled(dialled=len(legs), people=len(calls), live=len(live), abandoned=len(abandoned), wrong=tuple(wrong))


def _joined(pages: Pages, agents: set[str]) -> dict[str, int]:
    """When each leg first talked with an agent's."""
    first: dict[str, int] = {}
    for bridge in sorted(pages["bridges"], key=lambda each: each["start_ms"]):
        for sid in bridge["sids"]:
            if sid not in agents and not agents.isdisjoint(bridge["sids"]):
                first.setdefault(sid, bridge["start_ms"])
    return first


def _call(leg: Row, joined_at: int) -> Call:
    spoken = leg["answered_by"] == "human" and leg["detected_at"]
    greeted_at = leg["detected_at"] - SILENCE_MS if spoken else leg["answered_at"] + GREETING_MS
    deadline = greeted_at + CONNECT_MS
    message_at = next((each["start_ms"] for each in leg["segments"] if each["heard"] == MESSAGE), 0)
    abandoned_at = min(deadline, message_at or deadline)
    in_time = 0 < joined_at <= abandoned_at
    gone = not (joined_at or message_at) and 0 < (leg["ended_at"] or 0) <= deadline
    return Call(
        to=leg["to"],
        answered_at=leg["answered_at"],
        deadline=deadline,
        joined_at=joined_at,
        abandoned_at=0 if in_time or gone else abandoned_at,
    )


def _is_excused(call: Call, pages: Pages, asked: Asked) -> bool:
    """No pacing could have saved this one: an agent came, but late; the server was killed just then, or the machine too
    busy for it; or an agent whom the call counted on was lost."""
    return bool(call.joined_at) or _was_away(call, pages) or _agent_lost(call, pages, asked)


def _was_away(call: Call, pages: Pages) -> bool:
    for each in pages["webhooks"]:
        slow = (each["ms"] or 0) > AWAY_MS or (each["error"] and each["kind"] == "document")
        if slow and each["sent_at"] < call.deadline and (each["answered_at"] or call.deadline) > call.answered_at:
            return True
    return False


def _agent_lost(call: Call, pages: Pages, asked: Asked) -> bool:
    ends = (leg["vanished_at"] or leg["ended_at"] or 0 for leg in pages["legs"] if leg["to"] in asked.phones)
    return any(0 < end <= call.abandoned_at <= end + LOST_MS for end in ends)


def _rung_wrongly(pages: Pages, asked: Asked) -> Iterator[str]:
    rung = Counter(each["to"] for each in pages["rung"] if each["to"] in asked.numbers)
    for number, times in rung.items():
        if times > 1:
            yield f"rung twice: {number} rang {times} times"
        if number in asked.refused:
            yield f"rung against their will: {number} was on our list of whom not to call"


def _over(calls: Sequence[Call], live: int, ceiling_ppm: int) -> str:
    whom = ", ".join(call.to for call in calls)
    return f"over the ceiling: {len(calls)} of {live} live answers abandoned, {ceiling_ppm / 10_000:g} % may be: {whom}"
