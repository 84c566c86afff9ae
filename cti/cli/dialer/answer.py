"""The answer in words: may it be rung, who says no and by which source, when next, and what was taken into account."""

from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cti.cli.dialer.drawing import clock, day_label
from cti.cli.dialer.question import iso
from cti.cli.dialer.remedies import remedy
from cti.core.calling import Block, CallFacts, CallingRule, CampaignConfig, RegistryDemand
from cti.core.suppression import SCOPES
from cti.core.times import ZoneTable
from cti.core.zone import date_of, local_day, offset_s
from cti.dialer.calling.explain import Explanation
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.compliance import PERSON_BUSY

DAY_MS = 86_400_000
ZONES_SHOWN = 6
NEVER = "no time would change that"
WHEN_OVER = "when the other call is over, and nothing else says no: nobody knows when"


class Answer(NamedTuple):
    """All that there is to tell. `number` is as people write it, `address` in words, `source` where the rules are
    from, `differs` in what the tree of files says otherwise; `zones` has the likeliest first."""

    number: str
    at: int
    campaign: CampaignConfig
    facts: CallFacts
    book: Rulebook
    said: Explanation
    address: str
    source: str
    differs: list[str] = []
    zones: tuple[str, ...] = ()

    @property
    def clocks(self) -> list[ZoneTable]:
        """Those of all its zones, the likeliest first."""
        return [self.book.zones[name] for name in self.zones or self.facts.zones if name in self.book.zones]


def as_json(answer: Answer) -> dict[str, object]:
    """For programs; its shape does not change."""
    said = answer.said
    return {
        "allowed": said.allowed,
        "blocked_by": [
            {"rule": block.rule, "detail": block.detail, "source": block.source} for block in said.blocked_by
        ],
        "zones": list(said.zones),
        "next_allowed_at": iso(said.next_allowed_at) if said.next_allowed_at >= 0 else None,
        "rules_version": said.rules_version,
    }


def show(answer: Answer, console: Console) -> None:
    """For people."""
    said, campaign, asked_at = answer.said, answer.campaign, answer.at - answer.at % 1_000
    verdict = Text("Yes", "bold green") if said.allowed else Text("No", "bold red")
    may = "may be rung" if said.allowed else "may not be rung"
    verdict.append(
        f": {answer.number} {may} for {campaign.name} ({campaign.campaign_id}) at {iso(asked_at)}", "not bold default"
    )
    console.print(verdict)
    console.print()
    _pairs(_zones(answer, asked_at), console)
    if said.blocked_by:
        console.print(Text("\nWho says no", "bold"))
        _pairs([(block.rule, _reason(answer, block)) for block in said.blocked_by], console)
        console.print(Text("\nNext allowed", "bold"))
        unknown = said.next_allowed_at < 0
        _pairs(_never(answer) if unknown else _zones(answer, said.next_allowed_at, utc=True), console)
    console.print(Text("\nTaken into account", "bold"))
    _pairs(_taken(answer), console)


def _never(answer: Answer) -> list[tuple[str, str]]:
    """What would change it instead."""
    words = never_words(answer.said)
    if words != NEVER:
        return [("", words)]
    blocks = [block for block in answer.said.blocked_by if block.until < 0 and block.rule != PERSON_BUSY]
    told = {block.rule: remedy(answer.book, answer.facts, answer.campaign, block) for block in blocks}
    return [("", f"{words}, but:"), *((rule, said) for rule, said in told.items() if said)]


def never_words(said: Explanation) -> str:
    """Why there is no next instant: only another call is in the way, or something that time does not change."""
    lasting = [block.rule for block in said.blocked_by if block.until < 0]
    return WHEN_OVER if lasting and set(lasting) == {PERSON_BUSY} else NEVER


def moment(zone: ZoneTable, at: int) -> str:
    """`Tue 24 Nov 2026 20:59:31`, as clocks show it there."""
    day = local_day(zone, at)
    shown = f"{day_label(day)} {year_of(day)} {clock((at + offset_s(zone, at) * 1_000) % DAY_MS)}"
    return f"{shown}.{at % 1_000:03d}" if at % 1_000 else shown


def year_of(day: int) -> str:
    """Of a day counted from 1970-01-01."""
    return date_of(day)[:4]


def _zones(answer: Answer, at: int, *, utc: bool = False) -> list[tuple[str, str]]:
    known = answer.clocks
    pairs = [(moment(zone, at), zone.name) for zone in known[:ZONES_SHOWN]]
    if len(known) > ZONES_SHOWN:
        pairs.append(("", f"and {len(known) - ZONES_SHOWN} zones more"))
    return [*pairs, (iso(at), "UTC")] if utc or not pairs else pairs


def _reason(answer: Answer, block: Block) -> Text:
    """What it says, and from where we have it."""
    text = Text(block.detail)
    rule = next((rule for rule in answer.book.config.rules if rule.rule_id == block.rule), None)
    source = source_of(rule) if rule else block.source
    return text.append(f"\n{source}", "dim") if source else text


def source_of(rule: CallingRule) -> str:
    """Where it is written, how sure that is, and when it was read."""
    read = f", read on {rule.read_on}" if rule.read_on else ""
    return f"{rule.source} ({SURE[rule.confidence]}{read})"


def _taken(answer: Answer) -> list[tuple[str, str]]:
    facts, campaign = answer.facts, answer.campaign
    version = f"{answer.said.rules_version}, from {answer.source}"
    if answer.differs:
        version += f". The tree of files says otherwise, which is not in force: {'; '.join(answer.differs)}"
    return [
        ("place", _place(answer)),
        ("campaign", _campaign(facts, campaign)),
        ("lists", _lists(answer)),
        ("earlier calls", _attempts(answer)),
        ("rules", version),
    ]


def _place(answer: Answer) -> str:
    facts = answer.facts
    where = ", ".join(facts.jurisdictions) or "in no country that is known"
    zones = f"zones {', '.join(facts.zones)}" if facts.zones else "in no time zone that is known"
    line = LINES.get(facts.line, f"a {facts.line.replace('_', ' ')} line")
    return f"{where}; {zones}; {line}; so much by the number{answer.address}"


def _campaign(facts: CallFacts, campaign: CampaignConfig) -> str:
    consent = "no consent" if facts.consent == "none" else f"{facts.consent} consent"
    rings = f"rings {campaign.ring_s} s and takes 5 s to set up, both before the hours end"
    return f"{facts.purpose} to a {facts.party} for {campaign.seller}, {facts.mode}, {consent}; {rings}"


def _lists(answer: Answer) -> str:
    """Those that a rule which binds this call asks about, and our own."""
    rows = answer.book.binding(answer.facts).rows
    wanted = {row.rule.demand.registry_id for row in rows if isinstance(row.rule.demand, RegistryDemand)}
    facts, listed = answer.facts, {listing.list_id for listing in answer.facts.listed}
    parts = []
    for fact in facts.registries:
        if fact.registry_id in wanted:
            age = "an empty example" if fact.example else f"as of {iso(fact.as_of)[:10]}"
            parts.append(f"{fact.registry_id} ({age}): {'listed' if fact.registry_id in listed else 'not listed'}")
    known = {fact.registry_id for fact in facts.registries}
    parts += [f"{registry_id}: no copy" for registry_id in sorted(wanted - known)]
    own = [listing.scope.replace("_", " ") for listing in facts.listed if listing.scope in SCOPES]
    return "; ".join([*parts, f"our own: {', '.join(own) or 'not listed'}"])


def _attempts(answer: Answer) -> str:
    earlier = [each.at for each in answer.facts.attempts if each.at <= answer.at]
    if not earlier:
        return "none is known"
    return f"{len(earlier)}, the last at {iso(max(earlier))}"


def _pairs(pairs: list[tuple[str, str]] | list[tuple[str, Text]], console: Console) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for left, right in pairs:
        table.add_row(f"  {left}" if left else "", right if isinstance(right, Text) else Text(right))
    console.print(table)


SURE = {
    "statute": "the statute",
    "two_sources": "two sources",
    "one_source": "one source",
    "conflict": "sources differ, the stricter was taken",
}
LINES = {"fixed_or_mobile": "a fixed or mobile line", "fixed": "a fixed line", "mobile": "a mobile line"}
