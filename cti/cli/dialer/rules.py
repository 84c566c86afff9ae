"""`cti dialer rules`: which rules are in force for calls to some country or state, and where each is written."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cti.cli.dialer.answer import source_of
from cti.cli.dialer.site import read_from, read_site
from cti.configuration.mistake import suggest
from cti.core.calling import CallingConfig, CallingRule
from cti.core.errors import CtiError
from cti.settings import read

EVERYWHERE = "*"


def rules(jurisdiction: str = "", /, *, on: str = "", json: bool = False) -> int:
    """The calling rules that are in force, with their sources and when each was read.

    Those of the site's journal, or of the configuration directory where the site is empty, as for `cti dialer explain`.
    Without a jurisdiction, which there are.

    Parameters
    ----------
    jurisdiction
        A country such as US, whose own rules are shown, or a part of one such as US-FL, with those of the country.
    on
        The day on which they are in force, such as 2026-11-22; today without it. All days are local.
    json
        One line of JSON a rule.
    """
    settings = read(needs_carrier=False)
    site = asyncio.run(read_site(settings))
    day, calling = _day(on), site.config.calling
    console = Console(highlight=False)
    if jurisdiction:
        found = [rule for rule in _of(calling, jurisdiction.upper()) if _is_in_force(rule, day)]
        for rule in found:
            if json:
                print(orjson.dumps(_as_json(rule)).decode())
            else:
                _show(rule, console)
        words = f"{len(found)} {'rule' if len(found) == 1 else 'rules'} on {day}"
    else:
        counts = Counter(rule.jurisdiction for rule in calling.rules if _is_in_force(rule, day))
        _show_counts(counts, console, json=json)
        words = f"{counts.total()} rules on {day}; `cti dialer rules US-FL` shows those for Florida"
    if not json:
        console.print(Text(f"{words}, from {read_from(settings, site) if site.state else site.source}", "dim"))
    return 0


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat() if written else datetime.now(UTC).date().isoformat()
    except ValueError:
        raise CtiError(f"--on: {written!r} is no date: write it like 2026-11-22.") from None


def _of(calling: CallingConfig, jurisdiction: str) -> list[CallingRule]:
    """Those everywhere, those of the country, and those of its part. Raises `CtiError` where there are none."""
    known = dict.fromkeys(rule.jurisdiction for rule in calling.rules)
    country = jurisdiction.partition("-")[0]
    if jurisdiction not in known and (country == jurisdiction or country not in known):
        there_are = f"there are {', '.join(sorted(known)) or 'none'}."
        raise CtiError(f"There are no rules of {jurisdiction!r}: {suggest(jurisdiction, known, there_are)}")
    wanted = (EVERYWHERE, country, jurisdiction)
    found = [rule for rule in calling.rules if rule.jurisdiction in wanted]
    return sorted(found, key=lambda rule: (wanted.index(rule.jurisdiction), rule.rule_id))


def _is_in_force(rule: CallingRule, day: str) -> bool:
    return (rule.effective_from or day) <= day and not (rule.effective_to and day >= rule.effective_to)


def _as_json(rule: CallingRule) -> dict[str, object]:
    return {
        "rule": rule.rule_id,
        "jurisdiction": rule.jurisdiction,
        "title": rule.title,
        "binds": _binds(rule),
        "effective_from": rule.effective_from or None,
        "effective_to": rule.effective_to or None,
        "source": rule.source,
        "read_on": rule.read_on or None,
        "confidence": rule.confidence,
    }


def _show(rule: CallingRule, console: Console) -> None:
    console.print(Text(rule.rule_id, "bold").append(f"  {rule.title}", "not bold"))
    for words, style in ((_binds(rule), ""), (source_of(rule), "dim")):
        table = Table(box=None, show_header=False, padding=(0, 0, 0, 4))
        table.add_column(overflow="fold")
        table.add_row(Text(words, style))
        console.print(table)


def _binds(rule: CallingRule) -> str:
    """Whom it binds, what frees of it, and since when until when it holds."""
    kinds = (rule.purposes, rule.parties, rule.modes, rule.lines)
    named = "; ".join(", ".join(kind).replace("_", " ") for kind in kinds if kind)
    free = [
        f"with {rule.unless_consent} consent" if rule.unless_consent else "",
        f"to who was a customer within {rule.unless_customer_days} days" if rule.unless_customer_days else "",
        "of who opted in" if rule.unless_opted_in else "",
        "with an agent guaranteed" if rule.unless_guaranteed else "",
    ]
    freed = " or ".join(filter(None, free))
    dated = f", from {rule.effective_from}" if rule.effective_from else ""
    dated += f", before {rule.effective_to}" if rule.effective_to else ""
    return f"binds {named or 'every call'}{f', but not {freed}' if freed else ''}{dated}"


def _show_counts(counts: Counter[str], console: Console, *, json: bool) -> None:
    if json:
        print(orjson.dumps(dict(sorted(counts.items()))).decode())
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for jurisdiction, count in sorted(counts.items()):
        table.add_row(jurisdiction, str(count))
    console.print(table)
