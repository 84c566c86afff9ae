"""The figures at the end: every call in exactly one row, and the sum; by our records and by the carrier's ledger."""

from collections import Counter
from typing import Any

from rich.table import Table

from cti.cli.demo.dialled import Dialled
from cti.cli.demo.kinds import AFTER_HOURS_FLOW

ROWS = {
    "talked": ("talked with an agent", "connected"),
    "left_in_menu": ("hung up in the menu", "abandoned_in_menu"),
    "left_in_queue": ("hung up while waiting in a queue", "abandoned_in_queue"),
    "announcement": ("heard an announcement to its end", "finished_by_flow"),
    "harmed": ("lost, or told that something of ours failed", "lost"),
    "live": ("not over yet", "live"),
}
"""What each row is called, and what the carrier's verdict calls it."""

_BY_OUTCOME = {
    "connected": "talked",
    "abandoned_in_flow": "left_in_menu",
    "abandoned_in_queue": "left_in_queue",
    "flow_ended": "announcement",
}


def counts_of(contacts: list[dict[str, Any]]) -> dict[str, int]:
    """How many finished calls each row has: the outcome alone decides which, so a call is in one row only."""
    found = Counter(_BY_OUTCOME.get(contact["outcome"], "harmed") for contact in contacts)
    return {row: found[row] for row in ROWS}


def table_of(contacts: list[dict[str, Any]], verdict: dict[str, Any]) -> Table:
    """Both counts side by side; a row that neither has a call in is left out."""
    ours = counts_of(contacts)
    theirs = {row: int(verdict[name]) for row, (_, name) in ROWS.items()}
    title = "what became of the calls: each is in one row"
    if len(contacts) < verdict["contacts"]:
        title += f" (our records: the last {len(contacts)})"
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("the caller", footer="all calls")
    table.add_column("our records", footer=str(sum(ours.values())), justify="right")
    table.add_column("the carrier's ledger", footer=str(sum(theirs.values())), justify="right")
    for row, (words, _) in ROWS.items():
        if ours[row] or theirs[row]:
            more = _announcements(contacts) if row == "announcement" else ""
            table.add_row(words + more, str(ours[row]), str(theirs[row]))
    return table


def dialled_in_words(dialled: Dialled, ceiling_ppm: int) -> str:
    """What became of the people whom the campaign called."""
    words = f"{dialled.dialled} dialled, {dialled.people} answered by people, {dialled.abandoned} of them abandoned"
    if dialled.people:
        return f"{words} (at most {ceiling_ppm / 10_000:g} % may be)"
    return f"{words}: too short to show more"


def _announcements(contacts: list[dict[str, Any]]) -> str:
    ended = [contact for contact in contacts if contact["outcome"] == "flow_ended"]
    full = sum(contact["queue_refused"] == "full" for contact in ended)
    late = sum(contact["flow_id"] == AFTER_HOURS_FLOW and not contact["queue_refused"] for contact in ended)
    parts = {"queue full": full, "after hours": late, "other": len(ended) - full - late}
    return "".join(f"\n  {count} {words}" for words, count in parts.items() if count)
