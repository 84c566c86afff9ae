"""The carrier's book beside ours: every call is in both, and both say the same of it."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.chaos.dialling.carriers_book import NOBODY, Book, Call

CLOCKS_MS, BUSY_CLOCKS_MS = 50, 2_000
"""By how much the two programs may differ about an instant, by the wall's clock; and on a busy machine, where what
falls due waits for its turn."""

SHORT_TALK_MS = 13_000
"""Of a shorter talk we may never hear: when the report that it began is lost, the carrier is asked after ten seconds.
"""

Calls = Mapping[str, Mapping[str, str]]
"""Our rows by the carrier's name of the call: the regulator's report, as a file."""


def read_report(file: Path) -> list[dict[str, str]]:
    """All rows."""
    with file.open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def disagreements(book: Book, rows: list[dict[str, str]], *, rate: float, busy: bool = False) -> list[str]:
    """Each names the call. A `busy` machine may hear late of what happened."""
    clocks_ms = rate * (BUSY_CLOCKS_MS if busy else CLOCKS_MS)
    ours = {row["provider_ref"]: row for row in rows if row["provider_ref"]}
    found = [f"{row['attempt_id']}: the attempt has no end" for row in rows if not row["ended_at"]]
    known = {call.sid for call in book.calls}
    found += [f"{sid}: an attempt of ours, and the carrier has no such call" for sid in ours if sid not in known]
    for call in book.calls:
        row = ours.get(call.sid)
        if row is None:
            found.append(f"{call.name}: a call of the carrier's, and no attempt of ours")
        else:
            found += [f"{call.name}: {what}" for what in _differ(call, row, clocks_ms, busy=busy)]
    return found


def _differ(call: Call, row: Mapping[str, str], clocks_ms: float, *, busy: bool) -> Iterator[str]:
    if bool(row["answered_at"]) != bool(call.answered_at):
        yield f"answered at {call.answered_at} by the carrier's book, {at(row['answered_at'])} by ours"
    heard_of = bool(row["agent_id"] or call.told_joined_at or (call.talked_ms >= SHORT_TALK_MS and not busy))
    if row["agent_id"] not in (call.agent_id, *call.or_agents) and heard_of:
        yield f"talked with {call.agent_id or 'nobody'} by the carrier's book, {row['agent_id'] or 'nobody'} by ours"
    if row["joined_at"] and at(row["joined_at"]) < call.joined_at - clocks_ms:
        yield f"joined at {call.joined_at}, and by our book {call.joined_at - at(row['joined_at'])} ms before"
    nobody_listened = row["message_at"] and call.hung_up  # before it could begin
    if bool(row["message_at"]) != bool(call.message_at) and not nobody_listened:
        yield f"a message at {call.message_at} by the carrier's book, {at(row['message_at'])} by ours"
    abandoned_at = at(row["abandoned_at"])
    if bool(abandoned_at) != bool(call.abandoned_at) and not _is_told_late(call, clocks_ms):
        yield (
            f"abandoned at {call.abandoned_at} by the carrier's book, {abandoned_at} by ours; answered "
            f"{call.answered_at} ({call.answered_by}, told at {call.told_by_at}), an agent by {call.deadline} "
            f"({call.deadline_told}), there at {call.joined_at} ({call.told_joined_at})"
        )
    if abandoned_at and call.abandoned_at and abandoned_at < call.abandoned_at - clocks_ms:
        yield f"abandoned at {call.abandoned_at}, and by our book {call.abandoned_at - abandoned_at} ms before"
    is_known = bool(abandoned_at) == bool(call.abandoned_at) and (heard_of or not call.joined_at)
    if bool(int(row["live_answer"])) != call.is_live and is_known:
        yield f"{'a' if call.is_live else 'no'} live answer by the carrier's book, not so by ours ({row['outcome']})"


def _is_told_late(call: Call, clocks_ms: float) -> bool:
    """Whether we could not know: an agent was there in time, and we heard of it later, or not at all; or the agent was
    late, and we had heard of the answer, or of the greeting, so much later; or who answered was gone, or turned out to
    be a machine, at the last moment."""
    last_moment = (call.deadline - clocks_ms, call.deadline_told + clocks_ms)
    if call.answered_by.startswith(NOBODY) and last_moment[0] <= call.told_by_at <= last_moment[1]:
        return True
    if call.joined_at and call.joined_at <= call.deadline:
        return not call.told_joined_at or call.told_joined_at > last_moment[0]
    if call.joined_at:
        return call.joined_at <= last_moment[1]
    return 0 < call.ended_at <= last_moment[1]


def apart_ms(book: Book, rows: list[dict[str, str]]) -> int:
    """By how much the books differ at most about when a call was abandoned."""
    ours = {row["provider_ref"]: at(row["abandoned_at"]) for row in rows if row["abandoned_at"]}
    told = ((call.abandoned_at, ours[call.sid]) for call in book.calls if call.abandoned_at and call.sid in ours)
    return max((abs(one - other) for one, other in told), default=0)


def at(written: str) -> int:
    """In ms; 0 for never."""
    return round(datetime.fromisoformat(written).timestamp() * 1_000) if written else 0


def audited(audit: Mapping[str, Any], rows: list[dict[str, str]]) -> list[str]:
    """The audit finds nothing, and counts from the journal what the report's rows say."""
    counts = audit["calls"]["counts"]
    found = [f"the audit finds: {each}" for each in (*audit["findings"], *audit["calls"]["findings"])]
    told = {
        "attempts": len(rows),
        "answered": sum(bool(row["answered_at"]) for row in rows),
        "live_answers": sum(int(row["live_answer"]) for row in rows),
        "machines": sum(int(row["machine"]) for row in rows),
        "connected": sum(bool(row["joined_at"]) for row in rows),
        "abandoned": sum(int(row["abandoned"]) for row in rows),
        "messages_to_abandoned": sum(bool(row["message_at"] and row["abandoned_at"]) for row in rows),
    }
    found += [
        f"the audit counts {counts[name]} {name}, the report has {count}"
        for name, count in told.items()
        if counts[name] != count
    ]
    return found
