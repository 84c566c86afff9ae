"""The registries as a table, and as JSON."""

from rich.console import Console
from rich.table import Table

from cti.cli.dialer.question import iso
from cti.cli.dnc.registries import RegistryRow

VERSION_DIGITS = 12


def as_json(row: RegistryRow, at: int) -> dict[str, object]:
    """For programs; its shape does not change."""
    held = row.held
    waiting = {"version": held.version, "count": held.count, "by": held.by, "reason": held.reason} if held else None
    return {
        "registry": row.registry_id,
        "name": row.name,
        "jurisdiction": row.jurisdiction,
        "version": row.version or None,
        "count": row.count,
        "as_of": iso(row.as_of) if row.version else None,
        "age_days": row.age_days(at) if row.version else None,
        "days_max": row.days_max or None,
        "stale": row.is_stale(at),
        "example": row.example,
        "why_not": row.why_not,
        "held": waiting,
    }


def show(rows: list[RegistryRow], at: int, console: Console) -> None:
    """For people."""
    if not rows:
        console.print("no registries: see do_not_call.yaml")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("registry", "numbers", "as of", "age", "version", "state"):
        justify = "right" if name in ("numbers", "age") else "left"
        table.add_column(name, justify=justify, no_wrap=name != "state", overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        style = "red" if row.is_stale(at) or row.why_not or not (row.version or row.example) else ""
        table.add_row(
            row.registry_id,
            f"{row.count:,}" if row.version else "",
            iso(row.as_of)[:10] if row.version else "",
            _age(row, at),
            row.version[:VERSION_DIGITS],
            row.state(at),
            style=style,
        )
        if row.held:
            held = row.held
            words = f"HELD: {held.count:,} numbers brought by {held.by}, {held.reason}"
            table.add_row("", "", "", "", held.version[:VERSION_DIGITS], words, style="yellow")
    console.print(table)
    if any(row.held for row in rows):
        console.print("\nWhat is held waits for somebody else's word: cti dnc confirm REGISTRY --by NAME")


def _age(row: RegistryRow, at: int) -> str:
    limit = f"{row.days_max} d" if row.days_max else "-"
    return f"{row.age_days(at)} of {limit}" if row.version else limit
