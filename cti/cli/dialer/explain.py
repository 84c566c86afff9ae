"""`cti dialer explain`: the calling rules from the command line. It needs no server, and is not in the way of one."""

import asyncio
from pathlib import Path

import msgspec
import orjson
from rich.console import Console

from cti.cli.dialer import answer as told
from cti.cli.dialer import question, week_svg, week_text
from cti.cli.dialer.answer import Answer
from cti.cli.dialer.drawing import Drawing, draw
from cti.cli.dialer.known import known
from cti.cli.dialer.site import read_site
from cti.core.calling import Block, Subject
from cti.core.errors import CtiError
from cti.core.numbering import Address
from cti.core.state import State
from cti.core.zone import UTC
from cti.dialer.calling.explain import Explanation
from cti.dialer.calling.explain import explain as asked
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.calling.week import Span
from cti.dialer.calling.week import week as week_of
from cti.dialer.compliance import if_busy
from cti.dialer.numbering.locate import locate
from cti.settings import read


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
    address = Address(
        country=address_country.upper(), state=address_state.upper(), postcode=address_zip, zone=zone, verified=verified
    )
    answer = asyncio.run(_answer(number, campaign, at, address))
    spans = week_of(answer.book, answer.facts, answer.campaign, answer.at) if week or svg else ()
    if json:
        print(
            orjson.dumps(told.as_json(answer) | ({"week": [_stretch(span) for span in spans]} if week else {})).decode()
        )
    else:
        console = Console(highlight=False)
        told.show(answer, console)
        if week:
            console.print()
            week_text.show(_drawing(answer, spans), console)
    if svg:
        _write(svg, week_svg.svg(_drawing(answer, spans)))
    return 0


async def _answer(number: str, campaign_id: str, written_at: str, address: Address) -> Answer:
    at, settings = question.instant(written_at), read(needs_carrier=False)
    site = await read_site(settings)
    calling = site.config.calling
    campaign = question.campaign_of(site.config, campaign_id, site.source)
    region = address.country or campaign.countries[0]
    e164, shown = question.number(number, region)
    question.check_address(address, e164, region, calling.numbering)
    book = Rulebook(calling, site.config.zones)
    bare = call_facts(campaign, locate(e164, address, calling.numbering))
    stored = await known(settings, site, book, e164, campaign, bare)
    facts = msgspec.structs.replace(
        bare,
        listed=stored.listed,
        registries=stored.registries,
        attempts=stored.attempts,
        as_of_seq=stored.as_of_seq,
    )
    said = asked(book, facts, campaign, at)
    if written_at == question.NOW and site.state:
        said = _with_who_is_called(said, site.state, e164, stored.subject)
    return Answer(shown, at, campaign, facts, book, said, question.address_words(address), site.source)


def _with_who_is_called(said: Explanation, state: State, number: str, subject: Subject | None) -> Explanation:
    """As the journal tells: whoever is called at this moment is not called by another line."""
    busy = if_busy(state, number, subject)
    if busy is None:
        return said
    block = Block(rule=busy.rule, detail=busy.detail, source="")
    blocks = (*said.blocked_by, block)
    return msgspec.structs.replace(said, allowed=False, blocked_by=blocks, next_allowed_at=busy.next_allowed_at)


def _drawing(answer: Answer, spans: tuple[Span, ...]) -> Drawing:
    zones = tuple(answer.book.zones[name] for name in answer.facts.zones if name in answer.book.zones) or (UTC,)
    title = f"{answer.number} for {answer.campaign.name} ({answer.campaign.campaign_id})"
    about = {block.rule: block.detail for span in spans for block in span.blocks}
    about |= {rule.rule_id: f"{rule.title} ({rule.source})" for rule in answer.book.config.rules}
    return draw(title, spans, zones, about, answer.at)


def _stretch(span: Span) -> dict[str, object]:
    return {"from": question.iso(span.begins), "until": question.iso(span.ends), "closed_by": list(span.rules)}


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise CtiError(f"--svg: {path} cannot be written: {error.strerror}.") from error
