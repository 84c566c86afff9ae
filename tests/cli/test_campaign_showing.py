"""How campaigns are listed: every number whole, however little room there is."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cti.cli.campaign.showing import show_all

NAME = "renewals-of-the-winter-contracts-2026"


def stand(name: str) -> dict[str, Any]:
    return {
        "campaign_id": name,
        "mode": "predictive",
        "status": "RUNNING",
        "dialled": True,
        "pool_id": name,
        "lines": {"asked": 1, "ringing": 2, "waiting": 0, "talking": 11},
        "agents": {"free": 1, "talking": 11, "wrapping": 1, "away": 1, "kept": 1, "line_ms": 9_000_000},
        "held": 1,
        "left": 2_000_000,
        "ledgers": [{"room": 1, "ceiling_ppm": 30_000, "answers": 1_000, "abandoned": 3}],
    }


@pytest.mark.parametrize("width", [80, 200])
def test_numbers_are_whole_however_long_a_name_is(width: int) -> None:
    console = Console(highlight=False, width=width, file=StringIO(), record=True)
    show_all([stand(NAME)], console)
    row = console.export_text().splitlines()[1]
    assert row.split()[1:] == ["predictive", "running", "3", "11", "2,000,001", "1", "of", "14", "0.30", "of", "3", "%"]
