"""May this number be rung at this instant? Every rule that says no is named, and the next instant at which none does.

All rows of every jurisdiction in which the person may be must agree, in every time zone in which they may be. What is
not known is taken for a no.
"""

from collections.abc import Iterator

from cti.core.calling import SETUP_MS, Block, CallFacts, CampaignConfig, HoursDemand, Listing
from cti.core.suppression import SCOPES
from cti.core.zone import day_starts_at
from cti.dialer.calling.demands import EVER, NEVER, No
from cti.dialer.calling.moment import Instant, instant
from cti.dialer.calling.open_times import HORIZON_MS
from cti.dialer.calling.rulebook import Row, Rulebook

STEPS_MAX = 10_000

OWN = "our own lists"

SOURCES = {
    "NUMBER": "the numbering plans: calling_rules/numbering, and the package phonenumbers",
    "ZONE-UNKNOWN": "calling_rules/numbering: where the clocks are not known, nobody is rung",
    "ZONE-DATA": "the zone data of the configuration, from the package tzdata",
    "NO-RULES": "calling_rules: where there is no rule, nobody is rung",
    "NO-HOURS": "calling_rules: where no rule says the hours, nobody is rung",
}
"""Where a no comes from that no row says."""


def ring_ms(campaign: CampaignConfig) -> int:
    """From our leave to the last ring: so long the rules must allow a call that nobody answers."""
    return campaign.ring_s * 1_000 + SETUP_MS


def judge(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, at: int) -> tuple[Block, ...]:
    """Why this call may not be made at `at` (ms UTC); nothing when it may."""
    blocks = [*_who(facts, campaign), *_place(book, facts)]
    if facts.place_rule:
        return tuple(blocks)
    zones = [book.zones[name] for name in facts.zones if name in book.zones]
    if not zones or len(zones) < len(facts.zones):
        if book.binding(facts).without_rules:  # of countries without rules no clocks are kept
            return tuple(blocks)
        unknown = ", ".join(name for name in facts.zones if name not in book.zones) or "none is known"
        return (*blocks, _unknown("ZONE-UNKNOWN", f"the time zone is not known: {unknown}"))
    now = instant(zones, at, ring_ms(campaign))
    blocks += _known(book, at)
    blocks += _rows(book, facts, campaign, now)
    blocks += _own(book, facts, campaign, now)
    return tuple(blocks)


def is_refused(book: Rulebook, facts: CallFacts, campaign: CampaignConfig) -> bool:
    """Whether who is there is never called for this campaign, whatever else is known of them, and at whatever hour."""
    return any(_who(facts, campaign)) or any(_place(book, facts))


def next_allowed_at(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, at: int) -> int:
    """The first instant from `at` on at which the call may be made, as things stand now; -1 when there is none within
    400 days. Whoever says no says until when at least, so nothing before the latest of these needs to be looked at."""
    limit = at + HORIZON_MS
    for _ in range(STEPS_MAX):
        blocks = judge(book, facts, campaign, at)
        if not blocks:
            return at
        if any(block.until < 0 for block in blocks):
            return -1
        at = max(block.until for block in blocks)
        if at > limit:
            return -1
    return -1


def _who(facts: CallFacts, campaign: CampaignConfig) -> Iterator[Block]:
    """Who never may be called by us, whatever the hour."""
    if facts.place_rule:
        yield _unknown(facts.place_rule, facts.place_detail)
    if facts.country and facts.country not in campaign.countries:
        detail = f"the campaign calls {', '.join(campaign.countries)}, and the number is of {facts.country}"
        yield Block(rule="CAMPAIGN-COUNTRY", detail=detail, source=f"campaign {campaign.campaign_id}")
    for listing in facts.listed:
        if listing.scope in SCOPES:
            yield Block(rule=f"DNC-{listing.scope.upper().replace('_', '-')}", detail=_listed(listing), source=OWN)


def _listed(listing: Listing) -> str:
    entry = f", by the entry {listing.list_id}" if listing.list_id else ""
    return f"it is on our own lists ({listing.scope.replace('_', ' ')}){entry}"


def _place(book: Rulebook, facts: CallFacts) -> Iterator[Block]:
    binding = book.binding(facts)
    for country in binding.without_rules:
        yield _unknown("NO-RULES", f"no calling rules are known for {country}")
    if not facts.place_rule and not facts.jurisdictions:
        yield _unknown("NO-RULES", "no country is known whose rules hold")


def _rows(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, now: Instant) -> Iterator[Block]:
    """What the rows that are in force say. If none of them is about hours, nobody can say which would do."""
    binding, has_hours = book.binding(facts), False
    for row in binding.rows:
        if row.is_dated and not row.is_in_force(now):
            continue
        has_hours = has_hours or isinstance(row.rule.demand, HoursDemand)
        no = None if row.exempts(facts, now.at) else row.ask(facts, campaign, now)
        if no:
            yield _blocked_by(row, no, now, facts.customer_at)
    if not has_hours and facts.jurisdictions and not binding.without_rules:
        yield _unknown("NO-HOURS", f"no rule says at which hours calls for {facts.purpose} may be made")


def _known(book: Rulebook, at: int) -> Iterator[Block]:
    """Of years whose clock changes no table holds nobody can say what the clocks show."""
    since, until = book.config.zones_from, book.config.zones_until
    if at < since or (until and at >= until):
        detail = "the clock changes of that year are not known"
        yield _unknown("ZONE-DATA", detail, since if at < since else NEVER)


def _unknown(rule: str, detail: str, until: int = NEVER) -> Block:
    """A no for want of knowledge, with where we looked."""
    return Block(rule=rule, detail=detail, source=SOURCES.get(rule, SOURCES["NUMBER"]), until=until)


def _blocked_by(row: Row, no: No, now: Instant, customer_at: int) -> Block:
    rule, ends = row.rule, [no.until] if no.until != NEVER else []
    if row.end_day < EVER:  # a rule that is no longer in force says nothing
        ends.append(max(day_starts_at(zone, row.end_day) for zone in now.zones))
    if rule.unless_customer_days and customer_at > now.at:  # of an instant in the past: it frees them later
        ends.append(customer_at)
    until = min(ends, default=NEVER)
    return Block(rule=rule.rule_id, detail=f"{rule.title}: {no.detail}", source=rule.source, until=until)


def _own(book: Rulebook, facts: CallFacts, campaign: CampaignConfig, now: Instant) -> Iterator[Block]:
    """What the campaign sets itself beyond the law."""
    source = f"campaign {campaign.campaign_id}"
    hours = book.own_hours(campaign)
    no = hours(facts, campaign, now) if hours else None
    if no:
        yield Block(rule="CAMPAIGN-HOURS", detail=no.detail, source=source, until=no.until)
    for number, cap in enumerate(book.own_caps(campaign), 1):
        no = cap(facts, campaign, now)
        if no:
            yield Block(rule=f"CAMPAIGN-CAP-{number}", detail=no.detail, source=source, until=no.until)
