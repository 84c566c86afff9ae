"""How campaigns stand, for people."""

from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from cti.cli.detection import told_apart
from cti.configuration.zones import table
from cti.core.ledgers import OWN
from cti.core.zone import clock, date_of, local_day
from cti.terminal.campaigns.picture import Shown, ceiling_name, obstacle_in_words, unused_in_words
from cti.views.detection import Detection

PPM_OF_PER_CENT = 10_000


WIDE_COLUMNS = 100
"""Below it the room between columns is better used for names."""

AGENTS = ("free", "talking", "wrapping", "away")
"""Each of them is one of these."""


def show_all(campaigns: list[dict[str, Any]], console: Console) -> None:
    """A line each."""
    if not campaigns:
        console.print("no campaigns: see the files of campaigns/")
        return
    table = _table("campaign", "mode", "status", "lines", "talking", "leads", "free", "abandoned")
    if console.width < WIDE_COLUMNS:
        table.padding = (0, 1, 0, 0)
    for campaign in campaigns:
        lines, agents = campaign["lines"], campaign["agents"]
        table.add_row(
            campaign["campaign_id"],
            campaign["mode"],
            _status(campaign),
            f"{_in_the_air(lines):,}",
            f"{lines['talking']:,}",
            f"{campaign['held'] + campaign['left']:,}",
            f"{agents['free']:,} of {sum(agents[each] for each in AGENTS):,}" if campaign["pool_id"] else "",
            _nearest(campaign["ledgers"]),
        )
    console.print(table)


def show_obstacles(campaign: dict[str, Any], leads: dict[str, int] | None, console: Console) -> None:
    """Everything that keeps it from beginning a line, in words; nothing where it dials. `leads` are what is left of its
    lists, if anybody knows."""
    found = [obstacle_in_words(Shown(campaign, leads=leads), each) for each in campaign["obstacles"]]
    if found:
        console.print(f"  blocked: {'; '.join(found)}", markup=False, soft_wrap=True)


def show_one(campaign: dict[str, Any], console: Console, leads: dict[str, int] | None = None) -> None:
    """All there is to say."""
    lines, agents = campaign["lines"], campaign["agents"]
    console.print(f"{campaign['campaign_id']}: {campaign['name']}, {campaign['mode']}, {_status(campaign)}")
    if campaign["since"]:
        by = f" by {campaign['by']}" if campaign["by"] else ""
        console.print(
            f"  since {minute(campaign['since'], campaign['zone'])}{by}; {campaign['begun']:,} lines begun in all"
        )
    if campaign["why"]:
        console.print(f"  {campaign['why']}", soft_wrap=True)
    show_obstacles(campaign, leads, console)
    for each in campaign["tuned"]:
        console.print(f"  tuned: {setting_in_words(each, campaign['zone'])}")
    console.print(
        f"  lines: {lines['asked']:,} to be cleared, {lines['ringing']:,} ringing, {lines['waiting']:,} waiting for an"
        f" agent, {lines['talking']:,} talking, {lines['others']:,} others"
    )
    left = f"{campaign['held']:,} here, {campaign['left']:,} more are due"
    again = f"; asked again at {minute(campaign['claim_after'], campaign['zone'])}" if campaign["claim_after"] else ""
    console.print(f"  leads: {left}{again}")
    if campaign["pool_id"]:
        console.print(
            f"  agents: {agents['free']:,} free, {agents['talking']:,} talking, {agents['wrapping']:,} wrapping up,"
            f" {agents['away']:,} away"
        )
        pool = f" with {campaign['pool_id']}" if campaign["pool_id"] != campaign["campaign_id"] else ""
        console.print(f"  paced{pool}: {campaign['exposure']:,} could find nobody now, at worst")
    if campaign["detection"]["machines"] or campaign["detection"]["missed"]:
        console.print(f"  machines, within 30 days: {told_apart(msgspec.convert(campaign['detection'], Detection))}")
    used = [each for each in campaign["ledgers"] if each["used"]]
    if used:
        console.print(_ledgers(used))
    if unused := unused_in_words(campaign["ledgers"]):
        console.print(f"  ceilings {unused}", soft_wrap=True)


def minute(at: int, zone: str) -> str:
    """`2026-11-22 10:15 America/New_York`: by the site's clocks, as what is in a campaign's way is told."""
    there = table(zone)
    return f"{date_of(local_day(there, at))} {clock(there, at)} {zone}"


def setting_in_words(setting: dict[str, Any], zone: str) -> str:
    """What it is now, what the file says, by whom and when."""
    by = f" by {setting['by']}" if setting["by"] else ""
    written = f"its file says {setting['written']}" if setting["written"][:3] != "as " else setting["written"]
    return f"{setting['key']} {setting['value']}{by}, {minute(setting['at'], zone)} ({written})"


def _ledgers(ledgers: list[dict[str, Any]]) -> Table:
    table = _table("  ceiling", "window", "at most", "abandoned", "answers", "per cent", "room")
    for ledger in ledgers:
        days = "today" if ledger["days"] == 1 else f"{ledger['days']} days"
        table.add_row(
            f"  {ceiling_name(ledger) if ledger['rule_id'] != OWN else 'its own'}",
            days,
            f"{ledger['ceiling_ppm'] / PPM_OF_PER_CENT:g} %",
            f"{ledger['abandoned']:,}",
            f"{ledger['answers']:,}",
            f"{_per_cent(ledger):.2f}",
            f"{ledger['room']:,}",
            style="red" if _per_cent(ledger) * PPM_OF_PER_CENT > ledger["ceiling_ppm"] else "",
        )
    return table


def _table(*names: str) -> Table:
    """Where there is too little room names go on in the next line: half a number would be another number."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(names):
        is_number = place > 1 and name not in ("mode", "status", "window")
        table.add_column(name, justify="right" if is_number else "left", no_wrap=place > 0, overflow="fold")
    return table


def _status(campaign: dict[str, Any]) -> str:
    return campaign["status"].lower() if campaign["dialled"] else "by hand"


def _in_the_air(lines: dict[str, int]) -> int:
    return lines["asked"] + lines["ringing"] + lines["waiting"]


def _nearest(ledgers: list[dict[str, Any]]) -> str:
    """Of the ceilings that calls have fallen under, the one that leaves least room."""
    used = [each for each in ledgers if each["used"]]
    if not used:
        return ""
    nearest = min(used, key=lambda ledger: (ledger["room"], ledger["ceiling_ppm"]))
    return f"{_per_cent(nearest):.2f} of {nearest['ceiling_ppm'] / PPM_OF_PER_CENT:g} %"


def _per_cent(ledger: dict[str, Any]) -> float:
    return 100 * ledger["abandoned"] / ledger["answers"] if ledger["answers"] else 0.0
