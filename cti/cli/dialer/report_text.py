"""The report for whoever sits at a terminal."""

from rich.console import Console
from rich.table import Table

from cti.cli.detection import told_apart
from cti.cli.dialer.report_csv import moment
from cti.views.calling_report import Bound, Counts, Report, Rings

SHOWN = 20
"""So many abandoned calls are told one by one; the files have all."""

OUTCOMES = {
    "HUMAN": "a person answered",
    "MACHINE": "a machine answered",
    "FAX": "a fax answered",
    "BUSY": "busy",
    "NO_ANSWER": "no answer",
    "INVALID": "no such number",
    "FAILED": "failed",
    "BLOCKED": "blocked by the carrier",
    "ABANDONED": "abandoned",
    "UNKNOWN": "not known",
    "UNDER_WAY": "under way",
}

COLUMNS = (
    ("attempts", "attempts"),
    ("by\nhand", "by_hand"),
    ("answered", "answered"),
    ("live", "live_answers"),
    ("machines", "machines"),
    ("talks", "connected"),
    ("abandoned", "abandoned"),
    ("late", "abandoned_late"),
    ("messages", "messages_to_abandoned"),
    ("others", "messages_else"),
)


def percent(ppm: int) -> str:
    """`2.87 %`, rounded up."""
    hundredths = -(-ppm // 100)
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def show(report: Report, head: tuple[int, str], console: Console) -> None:
    """All of it in words."""
    who = ", ".join(report.campaigns) or "no campaign called"
    console.print(f"Calls from {report.from_date} to {report.to_date}: {who}", highlight=False, soft_wrap=True)
    console.print(_days(report))
    for bound in report.bounds:
        console.print(_bound(bound), highlight=False, soft_wrap=True)
    console.print(_rings(report), highlight=False, soft_wrap=True)
    console.print(_detection(report), highlight=False, soft_wrap=True)
    for title, counted in (
        ("outcomes", outcomes_in_words(report)),
        ("not made, by rule", report.refusals),
        ("cleared, by rules", report.clearances),
    ):
        told = ", ".join(f"{name} {count}" for name, count in counted.items()) or "none"
        console.print(f"{title}: {told}", highlight=False, soft_wrap=True)
    _abandonments(report, console)
    position, digest = head
    console.print(f"chain of clearances: {position}, the last has the hash {digest}", highlight=False, soft_wrap=True)


def outcomes_in_words(report: Report) -> dict[str, int]:
    """How many calls came to what."""
    return {OUTCOMES.get(code, code): count for code, count in report.outcomes.items()}


def _days(report: Report) -> Table:
    """It fits on 80 columns where the year is in no row: one that all days share is in the line above."""
    shared = len("2026-") if report.from_date[:4] == report.to_date[:4] else 0
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("day", no_wrap=True)
    for title, _ in COLUMNS:
        table.add_column(title, justify="right", overflow="fold")
    for day in report.days:
        table.add_row(day.date[shared:], *_figures(day))
    table.add_row("in all", *_figures(report.total), style="bold")
    return table


def _figures(counts: Counts) -> list[str]:
    return [str(getattr(counts, name)) for _, name in COLUMNS]


def _bound(bound: Bound) -> str:
    last = bound.days[-1]
    held = "passed" if bound.is_ever_over else "never passed"
    return (
        f"{bound.ledger_id}: at most {percent(bound.ceiling_ppm)} within {window(bound)}; at the end "
        f"{last.window_abandoned} of {last.window_answers}, {percent(last.rate_ppm)}; at most "
        f"{percent(bound.highest_ppm)} at any moment; {held}"
    )


def _rings(report: Report) -> str:
    return f"not answered: {rang(report.rings)}"


def rang(rings: Rings) -> str:
    """For how long, in words."""
    shortest = f", the shortest rang for {rings.shortest_ms / 1_000:.1f} s" if rings.shortest_ms else ""
    untimed = f", of {rings.untimed} nobody said that they rang" if rings.untimed else ""
    return f"{rings.unanswered}; {rings.short} rang for less than the rules ask{shortest}{untimed}"


def _detection(report: Report) -> str:
    if report.detection is None:
        return "machines: the journal is not at hand, so nobody knows what agents heard"
    rate = f"; with them {percent(report.estimated_ppm)} abandoned" if report.estimated_ppm is not None else ""
    return f"machines: {told_apart(report.detection)}{rate}"


def window(bound: Bound) -> str:
    """In words."""
    return "a day" if bound.window_days == 1 else f"{bound.window_days} days"


def _abandonments(report: Report, console: Console) -> None:
    if not report.abandonments:
        return
    table = Table(box=None, padding=(0, 1, 0, 0))
    for title in ("abandoned call", "answered", "greeting over", "abandoned", "message begun"):
        table.add_column(title, no_wrap=True)
    for each in report.abandonments[:SHOWN]:
        moments = (each.answered_at, each.greeting_ended_at, each.abandoned_at, each.message_at)
        table.add_row(each.attempt_id, *(moment(at) or "-" for at in moments))
    console.print(table)
    if len(report.abandonments) > SHOWN:
        console.print(
            f"and {len(report.abandonments) - SHOWN} more: --csv and --html have all", highlight=False, soft_wrap=True
        )
