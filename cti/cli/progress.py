"""Bars for whoever waits; where nobody can see one, as in a pipe, there is none."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

LABEL = "{task.description}"


def bytes_bar(*more: str) -> Progress:
    """Of bytes read, with their speed and the time left. `more` are fields to show beside it."""
    return _bar(
        TextColumn(LABEL),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        *(TextColumn("{task.fields[" + name + "]:,} " + name) for name in more),
        TimeRemainingColumn(),
    )


def count_bar() -> Progress:
    """Of things done, with the time left."""
    return _bar(TextColumn(LABEL), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


def _bar(*columns: ProgressColumn) -> Progress:
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
