"""Bars for whoever waits; where nobody can see one, as in a pipe, there is none."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

LABEL = "{task.description}"


def bytes_bar(*more: str) -> Progress:
    """Of bytes read, with their speed and the time left. `more` are fields to show beside it."""
    return Progress(
        TextColumn(LABEL),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        *(TextColumn("{task.fields[" + name + "]:,} " + name) for name in more),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


def count_bar() -> Progress:
    """Of things done, with the time left."""
    columns = TextColumn(LABEL), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)
