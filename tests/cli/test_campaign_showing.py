"""How campaigns are listed: every number whole, however little room there is."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cti.cli.campaign.showing import show_all

NAME = "renewals-of-the-winter-contracts-2026"


def stand(name: str, mode: str = "predictive") -> dict[str, Any]:
    return {
        "campaign_id": name,
        "mode": mode,
        "status": "RUNNING",
        "dialled": True,
        "pool_id": name,
        "lines": {"asked": 1, "ringing": 2, "waiting": 0, "talking": 11},
        "agents": {"free": 1, "talking": 11, "wrapping": 1, "away": 1, "kept": 1, "line_ms": 9_000_000},
        "held": 1,
        "left": 2_000_000,
        "ledgers": [
            {"used": True, "rule_id": "US-ABN", "room": 1, "ceiling_ppm": 30_000, "answers": 1_000, "abandoned": 3}
        ],
    }


@pytest.mark.parametrize("width", [80, 200])
def test_numbers_are_whole_however_long_a_name_is(width: int) -> None:
    console = Console(highlight=False, width=width, file=StringIO(), record=True)
    show_all([stand(NAME)], console)
    row = console.export_text().splitlines()[1]
    assert row.split()[1:] == ["predictive", "running", "3", "11", "2,000,001", "1", "of", "14", "0.30", "of", "3", "%"]


@pytest.mark.parametrize("mode", ["predictive", "progressive", "broadcast"])
def test_words_are_whole_on_a_terminal_of_80_columns(mode: str) -> None:
    shown = stand("winter-check-ups", mode)
    agents, ledger = {"free": 12, "talking": 110, "wrapping": 1, "away": 17}, {**shown["ledgers"][0], "abandoned": 111}
    console = Console(highlight=False, width=80, file=StringIO(), record=True)
    show_all([{**shown, "agents": agents, "ledgers": [ledger]}], console)
    rows = console.export_text().splitlines()
    assert rows[0].split()[1:] == ["mode", "status", "lines", "talking", "leads", "free", "abandoned"]
    assert rows[1].split()[1:3] == [mode, "running"]
    assert rows[1].rstrip().endswith("12 of 140 11.10 of 3 %")


def test_a_ceiling_that_binds_nobody_is_not_the_nearest() -> None:
    shown = stand("check-up")
    other = {"used": False, "rule_id": "US-CA-1PCT", "room": 0, "ceiling_ppm": 10_000, "answers": 0, "abandoned": 0}
    console = Console(highlight=False, width=80, file=StringIO(), record=True)
    show_all([{**shown, "ledgers": [other, *shown["ledgers"]]}, {**shown, "ledgers": [other]}], console)
    rows = console.export_text().splitlines()
    assert rows[1].rstrip().endswith("0.30 of 3 %")
    assert rows[2].rstrip().endswith("1 of 14")
