"""One campaign as lines of text: what it does, what is in its way, how near it is to each ceiling, what is left."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from rich.text import Text

from cti.terminal.campaigns import chart
from cti.terminal.words import count

Stand = Mapping[str, Any]

PPM_OF_PER_CENT = 10_000
LABEL = 10
"""Columns of the words at the left."""

GAUGE = 10
UTC = "UTC"
HOUR_MS = 3_600_000
POINT_S = 10
CHART_ROWS_MAX = 8
CHARTS_ROWS = 5
"""Four of them, and the axis."""

TAIL = 10

TALKING, WRAPPING, FREE, AWAY = "█", "▒", "░", "·"


class Shown(NamedTuple):
    """What is known of a campaign: how it stands, its last minutes, and what is left of its lists, where that is
    known."""

    stand: Stand
    trail: Sequence[Mapping[str, int]] = ()
    leads: Mapping[str, int] | None = None


class Line(NamedTuple):
    """A label, words behind it, and whether they matter more than others."""

    label: str
    words: str
    style: str = ""


def picture(shown: Shown, width: int, height: int) -> Text:
    """At most so many columns and rows: charts take what words leave."""
    stand = shown.stand
    lines = _in_words(shown, width, tall=height > 20)
    title = Text(_title(stand), style="bold")
    title.truncate(width, overflow="ellipsis")
    found = [title, *lines][:height]
    if stand["pool_id"]:
        found += _charts(shown.trail, stand, width, height - len(found))
    return Text("\n").join(found)


def rows_wanted(shown: Shown, width: int) -> int:
    """How many rows its title and words take on a low screen, and charts of a row each while it is at work."""
    stand = shown.stand
    is_drawn = stand["pool_id"] and stand["status"] != "STOPPED" and len(shown.trail) > 1
    return 1 + len(_in_words(shown, width, tall=False)) + (CHARTS_ROWS if is_drawn else 0)


def _in_words(shown: Shown, width: int, *, tall: bool) -> list[Text]:
    return [each for line in _lines(shown, width, tall=tall) for each in _wrapped(line, width)]


def _title(stand: Stand) -> str:
    status = stand["status"] if stand["dialled"] else "BY HAND"
    name = f": {stand['name']}" if stand["name"].lower() != stand["campaign_id"].lower() else ""
    others = [each for each in stand["peers"] if each != stand["campaign_id"]]
    shared = f"  (shares its agents with {', '.join(others)})" if others else ""
    return f"{stand['campaign_id']}{name}, {stand['mode']}, {status}{shared}"


def _wrapped(line: Line, width: int) -> list[Text]:
    """The words go on below their beginning."""
    pieces = textwrap.wrap(line.words, max(20, width - LABEL)) or [""]
    labels = [line.label, *[""] * (len(pieces) - 1)]
    return [Text.assemble(f"{label:{LABEL}}", (piece, line.style)) for label, piece in zip(labels, pieces, strict=True)]


def _lines(shown: Shown, width: int, *, tall: bool) -> Iterator[Line]:
    stand = shown.stand
    yield _now(shown)
    if tall or stand["pool_id"] or stand["status"] != "STOPPED":
        yield from _at_work(stand, width)
    yield from _ceilings(stand, tall=tall)
    yield Line("leads", _leads(shown))
    if stand["tuned"]:
        words = [f"{each['key']} {each['value']} by {each['by'] or 'somebody'}" for each in stand["tuned"]]
        yield Line("tuned", ", ".join(words))


def _at_work(stand: Stand, width: int) -> Iterator[Line]:
    lines, agents = stand["lines"], stand["agents"]
    if stand["pool_id"] and sum(agents[each] for each in ("free", "talking", "wrapping", "away")):
        yield Line("agents", _agents(stand, width - LABEL))
    air = lines["asked"] + lines["ringing"] + lines["waiting"]
    waiting = f", {count(lines['waiting'], 'answer waits', 'answers wait')} for an agent" if lines["waiting"] else ""
    asked = f", {lines['asked']} to be cleared" if lines["asked"] else ""
    others = f", {lines['others']} hear a message" if lines["others"] else ""
    ringing = f"{lines['ringing']} ringing{asked}{waiting}"
    yield Line("lines", f"{air} in the air: {ringing}; {lines['talking']} talking{others}{_at_worst(stand)}")
    if stand["pool_id"] and stand["mode"] != "broadcast" and stand["status"] == "RUNNING":
        yield Line("pacing", _pacing(stand))
    yield Line("today", _today(stand))


def _now(shown: Shown) -> Line:
    """What is in the way, or what it does."""
    stand, found = shown.stand, [obstacle_in_words(shown, each) for each in shown.stand["obstacles"]]
    if found:
        return Line("blocked", "; ".join(found), "bold")
    if stand["mode"] == "preview" and stand["dialled"]:
        return Line("dials", "agents who are free look at a lead each, and call it")
    paced = stand["paced"]
    if paced and paced["method"] == "hazard" and not paced["wanted"]:
        return Line("dials", "the next line waits until an agent is nearer: too risky just now")
    return Line("dials", "a line is begun whenever there is somebody for whoever answers")


def obstacle_in_words(shown: Shown, obstacle: Stand) -> str:
    """What the lists have left says more than that nobody was given."""
    leads = shown.leads
    if obstacle["code"] != "no_leads" or leads is None or leads["fresh"]:
        return str(obstacle["words"])
    if leads["waiting"]:
        due = _clock(shown.stand, leads["next_at"])
        return f"everybody who is left waits: the next of {leads['waiting']:,} is due {due}"
    if leads.get("entering"):
        return "its lists are being read"
    if not _counted(leads):
        return "its lists are empty: `cti leads import` fills them"
    refused = count(leads["refused"], "is refused", "are refused") if leads["refused"] else ""
    why = f"; {refused}: `cti dialer report {shown.stand['campaign_id']}` has by which rules" if refused else ""
    return f"its lists are at their end: nobody is left to be called{why}"


def _counted(leads: Mapping[str, int]) -> bool:
    """Whether anybody is on its lists, as far as they were read."""
    return any(number for name, number in leads.items() if name != "entering")


def _agents(stand: Stand, width: int) -> str:
    agents = stand["agents"]
    kept = [f"{agents['kept']} kept for lines"] if agents["kept"] else []
    kept += [f"{stand['agents_kept']} left for callers"] if stand["agents_kept"] else []
    free = f"free ({', '.join(kept)})" if kept else "free"
    parts = {"talking": TALKING, "wrapping": WRAPPING, "free": FREE, "away": AWAY}
    names = {"wrapping": "wrapping up", "free": free}
    words = "  ".join(f"{mark} {agents[part]} {names.get(part, part)}" for part, mark in parts.items())
    room = width - len(words) - 2
    bar = chart.shares([(mark, agents[part]) for part, mark in parts.items()], room)
    return f"{words}  {bar}" if room >= 8 else words


def _at_worst(stand: Stand) -> str:
    """Of all campaigns of the pool: they have the same agents."""
    if not stand["pool_id"] or stand["mode"] == "broadcast":
        return ""
    return f"; {stand['exposure']} could find nobody at worst"


def _pacing(stand: Stand) -> str:
    paced = stand["paced"]
    if stand["mode"] != "predictive":
        return "a line for each free agent"
    if paced is None or paced["method"] != "hazard":
        return "nobody is to be called just now"
    risk, theta = _per_cent(paced["risk_ppm"]), _per_cent(paced["theta_ppm"])
    expected = f"{paced['free_ppm'] / 1e6:.1f} free, {paced['answers_ppm'] / 1e6:.1f} answers"
    return f"next risks {risk} (theta {theta}); expects {expected}"


def _today(stand: Stand) -> str:
    """Talks an hour are those of all campaigns that share the agents, as the hours are."""
    today, agents = stand["today"], stand["agents"]
    hourly = ""
    if agents["line_ms"] >= HOUR_MS / 60:
        in_all = " in all" if len(stand["peers"]) > 1 else ""
        hourly = f" ({stand['pool_connects'] * HOUR_MS / agents['line_ms']:.1f} an agent hour{in_all})"
    return f"{today['connects']:,} talks{hourly}, {today['answers']:,} live answers, {today['abandoned']:,} abandoned"


def _ceilings(stand: Stand, *, tall: bool) -> Iterator[Line]:
    """What the day aims at, and each ceiling that calls have fallen under, over its window, the nearest first."""
    used = [each for each in stand["ledgers"] if each["used"]]
    ledgers = sorted(used, key=lambda each: (each["room"], each["ceiling_ppm"], each["rule_id"]))
    if (unused := unused_in_words(stand["ledgers"])) and (tall or not used):
        yield Line("ceilings", unused)
    if not ledgers:
        return
    day = min(ledgers, key=lambda each: (each["today_room"], each["aim_ppm"]))
    if any(each["days"] > 1 or each["aim_ppm"] < each["ceiling_ppm"] for each in ledgers):
        yield _ceiling("aim", "today", day["today_abandoned"], day["today_answers"], day["aim_ppm"], day["today_room"])
    for each in ledgers if tall else ledgers[:2]:
        days = "today" if each["days"] == 1 else f"{each['days']} days"
        counted = each["abandoned"], each["answers"], each["ceiling_ppm"], each["room"]
        yield _ceiling("ceiling", f"{days} {ceiling_name(each)}", *counted)


def ceiling_name(ledger: Stand) -> str:
    """The rule, or `own`, and for which programme it holds."""
    programme = ledger.get("programme")
    return f"{ledger['rule_id']} for {programme}" if programme else str(ledger["rule_id"])


def unused_in_words(ledgers: Sequence[Stand]) -> str:
    """Ceilings of rules that bound no call yet, of a state where nobody on the lists lives, say. Empty without any."""
    told = [f"{ceiling_name(each)} {each['ceiling_ppm'] / PPM_OF_PER_CENT:g} %" for each in ledgers if not each["used"]]
    return f"not used: {', '.join(told)}" if told else ""


def _ceiling(label: str, over: str, abandoned: int, answers: int, ppm: int, room: int) -> Line:
    share = abandoned * 1e6 / answers if answers else 0.0
    is_over = abandoned * 1_000_000 > ppm * answers
    more = f"{room:,} more may" if room else "no more may"
    mark = "! OVER: " if is_over else ""
    gauge = chart.gauge(share / ppm if ppm else float(abandoned > 0), GAUGE)
    rate = f"{share / PPM_OF_PER_CENT:.2f} of {ppm / PPM_OF_PER_CENT:g} %"
    return Line(
        label, f"{gauge} {mark}{rate}, {abandoned:,} of {answers:,}, {more}; {over}", "bold red" if is_over else ""
    )


def _leads(shown: Shown) -> str:
    stand, leads = shown.stand, shown.leads
    if leads is None:
        if not stand["dialled"]:
            return "agents call whom they choose"
        return f"{stand['held']:,} here, {stand['left']:,} more are due (the follower cannot say more now)"
    if not stand["since"] and not _counted(leads):
        return (
            f"on {', '.join(stand['lists'])}: they are counted once it has been started" if stand["lists"] else "none"
        )
    due = f" (next {_clock(stand, leads['next_at'])})" if leads["next_at"] else ""
    promised = f", {leads['callbacks']:,} of them promised" if leads["callbacks"] else ""
    at_hand = f", {leads['with_dialer']:,} at hand" if leads["with_dialer"] else ""
    outside = f", {leads['outside']:,} in no segment" if leads["outside"] else ""
    return (
        f"{leads['fresh']:,} fresh, {leads['waiting']:,} again{due}{promised}{at_hand},"
        f" {leads['done']:,} done, {leads['refused']:,} refused{outside}"
    )


def _charts(trail: Sequence[Mapping[str, int]], stand: Stand, width: int, height: int) -> list[Text]:
    """Rows that are left are shared out among what is worth most first."""
    if height < 2 or len(trail) < 2:
        return []
    series = [("lines", "air", 100), ("talking", "talking", 100), ("abandoned", "abandoned", 1), ("free", "free", 100)]
    if stand["mode"] == "broadcast":
        series = series[:2]
    series = series[: max(1, height - 1)]
    columns = width - LABEL - TAIL
    found: list[Text] = []
    for place, (label, field, unit) in enumerate(series):
        values = [each[field] for each in trail]
        top = max(values[-columns:])
        room = (height - 1 - len(found)) // (len(series) - place)
        rows = max(1, min(CHART_ROWS_MAX, room)) if top else 1
        labels = [f"{label:{LABEL}}", *[" " * LABEL] * (rows - 1)]
        tails = [f" max {top / unit:.{0 if unit == 1 else 1}f}", *[""] * (rows - 1)]
        drawn = chart.rows(values, top, columns, rows)
        found += [Text(f"{left}{row}{tail}") for left, row, tail in zip(labels, drawn, tails, strict=True)]
    begins = f"-{columns * POINT_S // 60} min"
    return [*found, Text(f"{'':{LABEL}}{begins}{'now':>{columns - len(begins)}}", style="dim")]


def _per_cent(ppm: int) -> str:
    return f"{ppm / PPM_OF_PER_CENT:.1f} %"


def _clock(stand: Stand, at: int) -> str:
    """As the site's clocks show it; with the day where that is not today, and the zone where it is not UTC."""
    zone = timezone(timedelta(seconds=stand["offset_s"]))
    then, now = (datetime.fromtimestamp(ms / 1_000, zone) for ms in (at, stand["at"]))
    where = "" if stand["zone"] == UTC else f" {stand['zone']}"
    return f"{then:%H:%M}{where}" if then.date() == now.date() else f"{then:%a %d %b %H:%M}{where}"
