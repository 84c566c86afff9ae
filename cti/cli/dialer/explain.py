"""`cti dialer explain`: the calling rules from the command line. It needs no server, and is not in the way of one."""

import asyncio
from pathlib import Path

import msgspec
import orjson
from rich.console import Console

from cti.cli.dialer import answer as told
from cti.cli.dialer import question, week_svg, week_text
from cti.cli.dialer.answer import Answer
from cti.cli.dialer.clocks import likeliest_first
from cti.cli.dialer.drawing import Drawing, Told, draw
from cti.cli.dialer.known import known
from cti.cli.dialer.site import Site, differs, read_site
from cti.cli.dnc.check import own_line
from cti.cli.dnc.own import own_lists
from cti.configuration.load import load
from cti.core.base import changed
from cti.core.calling import Block, Subject
from cti.core.errors import ConfigError, CtiError
from cti.core.numbering import Address
from cti.core.state import State
from cti.core.suppression import values_about
from cti.core.times import ZoneTable
from cti.core.zone import UTC, local_day
from cti.dialer.calling.explain import Explanation
from cti.dialer.calling.explain import explain as asked
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import OWN, SOURCES
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.calling.week import DAYS, Span, holidays
from cti.dialer.calling.week import week as week_of
from cti.dialer.compliance import if_busy
from cti.dialer.numbering.locate import locate
from cti.dialer.numbering.plan import NUMBER
from cti.dialer.numbering.states import state_code
from cti.settings import Settings, read


def explain(
    number: str,
    /,
    *,
    campaign: str,
    at: str = question.NOW,
    address_country: str = "",
    address_state: str = "",
    address_zip: str = "",
    zone: str = "",
    verified: bool = False,
    json: bool = False,
    week: bool = False,
    svg: Path | None = None,
) -> int:
    """May this number be rung: yes or no, which rules say no and by which source, and when next.

    The rules are those of the site's journal, or of the configuration directory where the site is empty; lists and
    earlier calls are the database's. Nothing is changed. Exit status 0 with either answer, 1 where the question makes
    no sense.

    Parameters
    ----------
    number
        In any usual form; without a country code, one of the address's country, or else of the campaign's first.
    campaign
        Its id, such as us-sales.
    at
        An instant with Z or an offset, such as 2026-11-24T20:59:00-05:00; past or future.
    address_country
        What is known of where the person is: the country, such as US.
    address_state
        The state or province, such as FL.
    address_zip
        The ZIP or postal code.
    zone
        The time zone that the person named, such as America/New_York.
    verified
        The person said so, lately: the address stands for what the number says of time zones.
    json
        One line for programs. With --week it has the week, too.
    week
        The seven local days from that instant's on: when it may be rung, and what closes the rest.
    svg
        Draw the week into this file.
    """
    state = state_code(address_state)
    address = Address(country=address_country.upper(), state=state, postcode=address_zip, zone=zone, verified=verified)
    settings = read(needs_carrier=False)
    site = asyncio.run(read_site(settings))
    try:
        answer = asyncio.run(_answer(settings, site, number, campaign, at, address))
    except question.NoNumber as no:
        if not json or svg:
            raise
        print(orjson.dumps(_never(no) | ({"week": []} if week else {})).decode())
        return 0
    _tell(answer, settings, site, week=week, as_json=json, svg=svg)
    return 0


def _tell(answer: Answer, settings: Settings, site: Site, *, week: bool, as_json: bool, svg: Path | None) -> None:
    """As it was asked for."""
    drawn = answer.clocks[0] if answer.clocks else UTC
    spans = week_of(answer.book, answer.facts, answer.campaign, answer.at, drawn=drawn) if week or svg else ()
    if as_json:
        print(
            orjson.dumps(told.as_json(answer) | ({"week": [_stretch(span) for span in spans]} if week else {})).decode()
        )
    else:
        console = Console(highlight=False)
        told.show(answer._replace(differs=_differs(settings, site)), console)
        if week:
            console.print()
            week_text.show(_drawing(answer, spans), console)
    if svg:
        _write(svg, week_svg.svg(_drawing(answer, spans)))


async def _answer(
    settings: Settings, site: Site, number: str, campaign_id: str, written_at: str, address: Address
) -> Answer:
    at = question.instant(written_at)
    calling = site.config.calling
    campaign = question.campaign_of(site.config, campaign_id, site.source)
    region = address.country or campaign.countries[0]
    book = Rulebook(calling, site.config.zones)
    try:
        e164, shown = question.number(number, region)
    except question.NoNumber as no:
        no.rules_version = book.version
        raise
    question.check_address(address, e164, region, calling.numbering)
    bare = call_facts(campaign, locate(e164, address, calling.numbering))
    stored = await known(settings, site, book, e164, campaign, bare)
    facts = msgspec.structs.replace(
        bare,
        listed=stored.listed,
        registries=stored.registries,
        attempts=stored.attempts,
        as_of_seq=stored.as_of_seq,
    )
    said = await _in_words(settings, site, e164, asked(book, facts, campaign, at))
    if written_at == question.NOW and site.state:
        said = _with_who_is_called(said, site.state, e164, stored.subject)
    zones = likeliest_first(e164, address, bare.country, facts.zones, calling.numbering)
    words = question.address_words(address)
    return Answer(shown, at, campaign, facts, book, said, words, site.source, zones=tuple(zones))


def _differs(settings: Settings, site: Site) -> list[str]:
    """What the tree of files says otherwise than the site's journal; nothing where there is no tree, or no journal."""
    if site.state is None or not settings.config_dir.is_dir():
        return []
    try:
        return differs(site.state, load(settings.config_dir))
    except ConfigError:
        return [f"there are mistakes in {settings.config_dir}"]


async def _in_words(settings: Settings, site: Site, number: str, said: Explanation) -> Explanation:
    """With the entries of our own lists as people know them: who added them, when and why."""
    if site.state is None or not any(block.source == OWN for block in said.blocked_by):
        return said
    async with own_lists(settings) as own:
        lines = {entry.entry_id: own_line(entry) for entry in await own.about(values_about(number, None))}
    told = []
    for block in said.blocked_by:
        line = lines.get(block.detail.rpartition(" ")[2], "") if block.source == OWN else ""
        told.append(changed(block, detail=f"it is on our own lists, {line}") if line else block)
    return changed(said, blocked_by=tuple(told))


def _with_who_is_called(said: Explanation, state: State, number: str, subject: Subject | None) -> Explanation:
    """As the journal tells: whoever is called at this moment is not called by another line."""
    busy = if_busy(state, number, subject)
    if busy is None:
        return said
    block = Block(rule=busy.rule, detail=busy.detail, source="the calls that are going on, as the journal tells")
    blocks = (*said.blocked_by, block)
    return msgspec.structs.replace(said, allowed=False, blocked_by=blocks, next_allowed_at=busy.next_allowed_at)


def _never(no: question.NoNumber) -> dict[str, object]:
    """What programs are told of something that is no number: a no as any other, in the same shape."""
    blocked = {"rule": NUMBER, "detail": no.detail, "source": SOURCES[NUMBER]}
    return {
        "allowed": False,
        "blocked_by": [blocked],
        "zones": [],
        "next_allowed_at": None,
        "rules_version": no.rules_version,
    }


def _drawing(answer: Answer, spans: tuple[Span, ...]) -> Drawing:
    zones = tuple(answer.clocks) or (UTC,)
    title = f"{answer.number} for {answer.campaign.name} ({answer.campaign.campaign_id})"
    about = {block.rule: _rule_alone(block.detail) for span in spans for block in span.blocks}
    about |= {rule.rule_id: f"{rule.title} ({rule.source})" for rule in answer.book.config.rules}
    days = [local_day(zones[0], spans[0].begins) + day for day in range(DAYS)]
    drawn_at = question.iso(question.instant("now") // 1_000 * 1_000)
    told = Told(
        verdict=_verdict(answer, zones[0]),
        drawn=f"Drawn at {drawn_at} by rules {answer.said.rules_version}, from {answer.source}.",
        holidays=holidays(answer.book, answer.facts, days),
    )
    return draw(title, spans, zones, about, answer.at, told)


def _rule_alone(detail: str) -> str:
    """What it says of one moment, without the moment: the week has many."""
    return detail.rpartition("; ")[2] if detail.startswith("it is ") else detail


def _verdict(answer: Answer, zone: ZoneTable) -> str:
    said = answer.said
    when = f"{told.moment(zone, answer.at - answer.at % 1_000)} ({zone.name})"
    if said.allowed:
        return f"Yes, it may be rung at {when}."
    rules = ", ".join(dict.fromkeys(block.rule for block in said.blocked_by))
    after = (
        told.never_words(said)
        if said.next_allowed_at < 0
        else f"next allowed: {told.moment(zone, said.next_allowed_at)}"
    )
    return f"No, it may not be rung at {when}: {rules}; {after}."


def _stretch(span: Span) -> dict[str, object]:
    return {"from": question.iso(span.begins), "until": question.iso(span.ends), "closed_by": list(span.rules)}


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise CtiError(f"--svg: {path} cannot be written: {error.strerror}.") from error
