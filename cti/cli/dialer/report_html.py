"""The report as one page to print, on A4: it needs nothing but itself, and says how each figure is counted."""

from collections.abc import Iterable, Sequence
from html import escape

import msgspec

from cti.cli.detection import told_apart
from cti.cli.dialer.report_chart import chart, described
from cti.cli.dialer.report_csv import moment
from cti.cli.dialer.report_text import outcomes_in_words, percent, rang, window
from cti.views.calling_report import Bound, Counts, Report


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """Whose calls, which site's, by which zone's days, made when (ms). The log had the journal's records up to `upto`;
    the chain of clearances ended at `position` with `hash`."""

    subject: str
    programme: str
    site: str
    zone: str
    made_at: int
    upto: int
    position: int
    hash: str


STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm; @bottom-right { content: "Page " counter(page) " of " counter(pages);
  font: 8pt sans-serif; } }
* { box-sizing: border-box; }
body { color: #000; background: #fff; font: 10pt/1.4 "DejaVu Sans", Arial, sans-serif; margin: 0 auto;
  max-width: 180mm; }
h1 { font-size: 18pt; margin: 0 0 2mm; } h2 { font-size: 13pt; margin: 8mm 0 2mm; break-after: avoid; }
h3 { font-size: 11pt; margin: 5mm 0 1mm; break-after: avoid; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 2mm 0; font-size: 8.5pt; }
thead { display: table-header-group; } tr { break-inside: avoid; }
caption { text-align: left; padding-bottom: 1mm; }
th, td { border-bottom: 0.3pt solid #000; padding: 0.8mm 1.2mm; text-align: right; vertical-align: top; }
th { border-bottom: 1pt solid #000; vertical-align: bottom; } th:first-child, td:first-child { text-align: left; }
table.days td:first-child, table.times td { white-space: nowrap; } table.days { font-size: 7pt; table-layout: fixed; }
table.days th, table.days td { padding: 0.8mm 0.5mm; } table.days th:first-child { width: 19mm; }
table.days th { overflow-wrap: anywhere; font-size: 6.4pt; }
table.facts td { text-align: left; } table.facts td:first-child { width: 28mm; }
table.times { font-size: 7pt; }
tfoot { display: table-row-group; font-weight: bold; }
dt { font-weight: bold; margin-top: 1.5mm; } dd { margin: 0 0 0 5mm; }
svg { width: 100%; height: auto; break-inside: avoid; } svg text { font: 10px "DejaVu Sans", Arial, sans-serif; }
.grid { stroke: #bbb; stroke-width: .5; } .ceiling { stroke: #000; stroke-width: 1.5; stroke-dasharray: 7 4; }
.rate { fill: none; stroke: #000; stroke-width: 1.5; } .point { fill: #000; }
.hash { font-family: "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
@media screen { body { padding: 8mm; } }
"""

FIGURES = (
    ("Attempts", "attempts"),
    ("of them by hand", "by_hand"),
    ("Answered", "answered"),
    ("Live answers", "live_answers"),
    ("Machines", "machines"),
    ("Connects", "connected"),
    ("Abandoned", "abandoned"),
    ("of them late", "abandoned_late"),
    ("Messages to abandoned", "messages_to_abandoned"),
    ("Other messages", "messages_else"),
)

DEFINITIONS = (
    (
        "Attempt",
        ("A call that was allowed by the calling rules and asked of the carrier, whatever became of it."),
    ),
    (
        "By hand",
        (
            "An agent called a number for the campaign: typed, by its short name, or the last one again. The agent was "
            "there before it rang, so the call counts as an attempt, and in no rate against a ceiling."
        ),
    ),
    (
        "Answered",
        ("Somebody, or something, picked up, by the carrier's report."),
    ),
    (
        "Live answer",
        (
            "A person picked up, and the call's fate is known: an agent was there, nobody was there in time, or "
            "the person heard the broadcast for which the call was made. What was never told apart from a person "
            "counts as one. A person who hangs up before the time is over, without an agent, is none."
        ),
    ),
    (
        "Machine",
        ("A machine or a fax picked up, and was told apart before the call counted as a live answer."),
    ),
    (
        "Connect",
        ("The person and an agent could hear each other, in time or late."),
    ),
    (
        "Abandoned",
        (
            "No agent was there within the time that the rules give, by default two seconds, counted from the end "
            "of the person's greeting, or from the answer where a rule says so. Where the end of the greeting "
            "could not be heard, it is taken to be as long as the campaign's settings say."
        ),
    ),
    (
        "Late",
        ("Abandoned all the same: an agent was on the way when the time was over, and came."),
    ),
    (
        "Message",
        (
            "A recorded message began: to a person for whom nobody was there, saying who called and how not to be "
            "called again; or else a broadcast, or a message left with a machine."
        ),
    ),
    (
        "Taken for a machine",
        (
            "The carrier's detection said machine. A person of whom it says so is left alone. How many there were is a "
            "reasoned estimate: of the calls that the detection took for machines, agents heard some, since it listens "
            "beside the conversation; the share of people among those is taken for the share among all. At most: the "
            "upper end of Wilson's interval, one-sided, 95 %. With the estimate those people count as abandoned live "
            "answers, and machines that agents met no longer as live answers. The ceilings do not count the estimate."
        ),
    ),
    (
        "Rate",
        (
            "Abandoned live answers divided by live answers, of all campaigns of one seller and programme, over "
            "the days of the window that ends with the day. It is rounded up. Ceilings count a live answer on the "
            "day on which its fate is known; the table of days counts a call on the day on which it was dialled."
        ),
    ),
    (
        "Refusal",
        ("A call that was about to be made, and was not, because the rule that is named said no."),
    ),
    (
        "Clearance",
        (
            "The proof that a call was allowed: the facts at that instant, the rules by their version, the "
            "verdict. Clearances are numbered and chained by hashes."
        ),
    ),
)


def page(report: Report, heading: Heading) -> str:
    """The whole file."""
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        f"<title>Calls of {escape(heading.subject)}, {report.from_date} to {report.to_date}</title>",
        f"<style>{STYLE}</style></head><body><main>",
        *_head(report, heading),
        *_totals(report),
        *_ceilings(report),
        *_days(report),
        *_abandonments(report),
        *_beside(report),
        *_counted(report),
        *_definitions(),
        "</main></body></html>\n",
    ]
    return "\n".join(parts)


def _head(report: Report, heading: Heading) -> list[str]:
    facts = [
        ("Period", f"{report.from_date} to {report.to_date}, days of the zone {heading.zone}"),
        ("Seller", ", ".join(report.sellers) or "none called"),
        ("Programme", ", ".join(report.programmes) or heading.programme or "none"),
        ("Campaigns", ", ".join(report.campaigns) or "none called"),
        ("Centre", heading.site),
        ("Made", f"{moment(heading.made_at)}, from the journal's records up to {heading.upto}"),
    ]
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(said)}</td></tr>" for name, said in facts)
    chain = (
        f"<p>Clearances in the chain: {heading.position}. The last has the hash "
        f'<span class="hash">{escape(heading.hash)}</span>. With this hash an audit finds whether anything before it '
        "was changed since.</p>"
    )
    return [
        f"<h1>Calls of {escape(heading.subject)}</h1>",
        f'<table class="facts"><tbody>{rows}</tbody></table>',
        chain,
    ]


def _totals(report: Report) -> list[str]:
    rows = [[title, str(getattr(report.total, name))] for title, name in FIGURES]
    return ["<h2>In all</h2>", _table(("What", "How many"), rows)]


def _ceilings(report: Report) -> list[str]:
    parts = ["<h2>Abandoned calls against each ceiling</h2>"]
    if not report.bounds:
        parts.append("<p>No ceiling bound these calls.</p>")
    for number, bound in enumerate(report.bounds):
        parts += _ceiling(bound, number)
    return parts


def _ceiling(bound: Bound, number: int) -> list[str]:
    passed = "The ceiling was passed." if bound.is_ever_over else "The ceiling was never passed."
    when = f" ({moment(bound.highest_at)})" if bound.highest_ppm else ""
    said = (
        f"At most {percent(bound.ceiling_ppm)} within {window(bound)}. {described(bound)} At any moment it was "
        f"{percent(bound.highest_ppm)} at most{when}. {passed}"
    )
    rows = [
        [
            day.date,
            str(day.answers),
            str(day.abandoned),
            str(day.window_answers),
            str(day.window_abandoned),
            percent(day.rate_ppm),
            "above" if day.is_over else "held",
        ]
        for day in bound.days
        if day.window_answers
    ]
    left_out = len(bound.days) - len(rows)
    note = f"<p>Left out: {left_out} {'day' if left_out == 1 else 'days'} with no live answer within the window.</p>"
    titles = ("Day", "Live answers", "Abandoned", "In the window", "Abandoned in it", "Rate", "Ceiling")
    table = [_table(titles, rows)] if rows else []
    named = f"<h3>{escape(bound.ledger_id)}</h3>"
    return [named, f"<p>{escape(said)}</p>", chart(bound, number), *table, *([note] if left_out else [])]


def _days(report: Report) -> list[str]:
    rows = [[day.date, *_figures(day)] for day in report.days]
    titles = ("Day", *(title for title, _ in FIGURES))
    note = "<p>Days without calls are left out.</p>"
    return ["<h2>By day</h2>", note, _table(titles, rows, ["In all", *_figures(report.total)], name="days")]


def _figures(counts: Counts) -> list[str]:
    return [str(getattr(counts, name)) for _, name in FIGURES]


def _abandonments(report: Report) -> list[str]:
    rows = [
        [
            each.attempt_id,
            each.campaign_id,
            moment(each.answered_at),
            _clock(each.greeting_ended_at) or "not heard",
            _clock(each.abandoned_at),
            _clock(each.message_at) or "none",
            _clock(each.joined_at) or "none",
            _clock(each.ended_at) or "not yet",
            str(each.position or "missing"),
        ]
        for each in report.abandonments
    ]
    titles = ("Call", "Campaign", "Answered", "Greeting over", "Abandoned", "Message", "Agent", "Ended", "Clearance")
    if not rows:
        return ["<h2>Abandoned calls</h2>", "<p>None.</p>"]
    note = "<p>Times in UTC, to the millisecond; those after the answer without the date.</p>"
    return ["<h2>Abandoned calls</h2>", note, _table(titles, rows, name="times")]


def _clock(at: int) -> str:
    """`20:59:00.120`; empty for never."""
    return moment(at)[len("2026-11-24T") : -1]


def _counted(report: Report) -> list[str]:
    parts = []
    for title, name, counted in (
        ("What came of the calls", "Outcome", outcomes_in_words(report)),
        ("Calls that were not made, by rule", "Rule", report.refusals),
        ("Clearances, by version of the rules", "Version", report.clearances),
    ):
        rows = [[key, str(count)] for key, count in counted.items()]
        parts += [f"<h2>{title}</h2>", _table((name, "How many"), rows) if rows else "<p>None.</p>"]
    return parts


def _beside(report: Report) -> list[str]:
    """What no ledger counts."""
    parts = ["<h2>Unanswered calls</h2>", f"<p>{escape(rang(report.rings))}.</p>", "<h2>People taken for machines</h2>"]
    if report.detection is None:
        return [*parts, "<p>The journal was not at hand: it is not known what agents heard.</p>"]
    rate = ""
    if report.estimated_ppm is not None:
        rate = f" With the estimate {percent(report.estimated_ppm)} of the live answers of the period were abandoned."
    return [*parts, f"<p>{escape(told_apart(report.detection) + '.' + rate)}</p>"]


def _definitions() -> list[str]:
    told = "".join(f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in DEFINITIONS)
    return ["<h2>What the words mean, and how it is counted</h2>", f"<dl>{told}</dl>"]


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]], foot: Sequence[str] = (), *, name: str = "") -> str:
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = "".join(_row(row) for row in rows)
    last = f"<tfoot>{_row(foot)}</tfoot>" if foot else ""
    kind = f' class="{name}"' if name else ""
    return f"<table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{last}</table>"


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
