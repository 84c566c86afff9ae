"""What keeps nothing from being used, and is hardly meant all the same, or will not do for long."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from cti.configuration import files, zones
from cti.configuration.campaign_cautions import campaign_cautions
from cti.configuration.dialling_cautions import dialling_cautions
from cti.configuration.keeping import longest
from cti.configuration.load import Looked
from cti.configuration.mistake import Caution, printable
from cti.core.calling import AnyDemand, CapDemand
from cti.core.campaign_config import ResultsTarget
from cti.core.config import SiteConfig

YEAR = timedelta(days=365)
ZONE_DATA_DAYS_MAX = 90


HISTORY_DAYS = 400
"""After so many days the server forgets whom calls were for, unless `CTI_CALL_HISTORY_DAYS` says otherwise."""


def cautions(
    looked: Looked, today: date, history_days: int = HISTORY_DAYS, numbers_days: int | None = None
) -> list[Caution]:
    """Every one in a directory that was found to hold no mistake, sorted by place; none in another. The server forgets
    after `history_days` whom calls were for, and the numbers of clearances after `numbers_days`, if that is to be
    looked at."""
    config = looked.config
    if config is None:
        return []
    return sorted(
        [
            *_registries(looked, config),
            *_campaigns(looked, config, today),
            *_calendars(looked, config, today),
            *_zone_data(looked, today),
            *_history(looked, config, history_days),
            *_queues(looked, config),
            *_flows(looked, config),
            *(kept_too_short(looked, today, numbers_days) if numbers_days is not None else ()),
        ]
    )


def about_results(looked: Looked, why_not: Callable[[ResultsTarget], tuple[str, ...]]) -> list[Caution]:
    """Results that would not leave this machine: `why_not` says what is in their way, and what to do."""
    campaigns = looked.config.calling.campaigns if looked.config else {}
    return [
        _caution(looked, f"{files.CAMPAIGNS}/{campaign.campaign_id}.yaml", "results", what, remedy)
        for campaign in campaigns.values()
        if campaign.results
        for what, _, remedy in (words.partition(": ") for words in why_not(campaign.results))
    ]


def _caution(looked: Looked, name: str, key: str, what: str, remedy: str) -> Caution:
    """About an entry of a file, or with no key about the file."""
    what = f"{printable(key)}: {what}" if key else what
    return Caution(looked.tree.file(name), *_place(looked, name, key), what, remedy)


def _place(looked: Looked, name: str, key: str) -> tuple[int, int]:
    node = looked.nodes.get(name)
    return node.keys.get(key, (1, 1)) if node else (1, 1)


def _registries(looked: Looked, config: SiteConfig) -> Iterator[Caution]:
    """All of them at once, first those of countries that a campaign calls."""
    called = {country for campaign in config.calling.campaigns.values() for country in campaign.countries}
    examples = [registry for registry in config.calling.registries.values() if registry.example]
    examples.sort(key=lambda registry: registry.jurisdiction.partition("-")[0] not in called)
    if not examples:
        return
    names = [registry.registry_id for registry in examples]
    what = f"{', '.join(names)}: these are examples of registries: nobody is on them, and they never grow old"
    if len(names) == 1:
        what = f"{names[0]}: this is an example of a registry: nobody is on it, and it never grows old"
    place = min(_place(looked, files.DO_NOT_CALL, name) for name in names)
    remedy = "take example away and import the real one before calling in earnest"
    yield Caution(looked.tree.file(files.DO_NOT_CALL), *place, what, remedy)


def _campaigns(looked: Looked, config: SiteConfig, today: date) -> Iterator[Caution]:
    for found in (*campaign_cautions(config, today), *dialling_cautions(config)):
        name = f"{files.CAMPAIGNS}/{found.campaign_id}.yaml"
        yield _caution(looked, name, found.key, found.what, found.remedy)


def _calendars(looked: Looked, config: SiteConfig, today: date) -> Iterator[Caution]:
    for calendar in config.calling.calendars.values():
        unknown = ""
        if date(calendar.last, 12, 31) < today + YEAR:
            unknown = f"after {calendar.last}"
        elif date(calendar.first, 1, 1) > today:
            unknown = f"before {calendar.first}"
        if unknown:
            what = f"nothing is known of it {unknown}, and nobody is called then where it counts"
            remedy = "write the dates of these years as well"
            file = _file_of(looked, files.CALENDARS, calendar.calendar_id)
            yield _caution(looked, file, calendar.calendar_id, what, remedy)


def _file_of(looked: Looked, folder: str, key: str) -> str:
    return next(
        name for name, node in looked.nodes.items() if node and files.folder_of(name) == folder and key in node.keys
    )


def kept_too_short(looked: Looked, today: date, numbers_days: int) -> list[Caution]:
    """Whether the machine forgets whom the site called, `numbers_days` after, while a rule wants it still proved."""
    config = looked.config
    keeping = longest(config.calling, today) if config else None
    if keeping is None or numbers_days >= keeping.days:
        return []
    what = (
        f"it demands that calls are proved for {keeping.years} years, and CTI_CLEARANCE_NUMBERS_DAYS deletes the "
        f"numbers that were called after {numbers_days} days"
    )
    file = _file_of(looked, files.CALLING_RULES, keeping.rule_id)
    return [_caution(looked, file, keeping.rule_id, what, f"set it to {keeping.days} or more")]


def _zone_data(looked: Looked, today: date) -> Iterator[Caution]:
    days = (today - zones.data_known_since()).days
    if days > ZONE_DATA_DAYS_MAX:
        what = f"the zone data of this machine, {zones.data_version()}, have not been renewed for {days} days"
        yield _caution(looked, "", "", what, "install the newest tzdata")


def _history(looked: Looked, config: SiteConfig, history_days: int) -> Iterator[Caution]:
    """Caps and rests of the rules in use that reach back further than anybody remembers."""
    remedy = "set CTI_CALL_HISTORY_DAYS to that at least"
    countries = {"*"}.union(*(campaign.countries for campaign in config.calling.campaigns.values()))
    for rule in config.calling.rules:
        days = _days_of(rule.demand)
        if days > history_days and rule.jurisdiction.partition("-")[0] in countries:
            what = f"it counts {days} days, and calls are forgotten after {history_days}"
            yield _caution(looked, _rules_file_of(looked, rule.rule_id), rule.rule_id, what, remedy)
    for campaign in config.calling.campaigns.values():
        days = max((_days_of(cap) for cap in campaign.caps), default=0)
        if days > history_days:
            what = f"a cap counts {days} days, and calls are forgotten after {history_days}"
            yield _caution(looked, f"{files.CAMPAIGNS}/{campaign.campaign_id}.yaml", "", what, remedy)


def _days_of(demand: AnyDemand) -> int:
    """How far back it looks; in a zone whose day has just begun, a day more."""
    if not isinstance(demand, CapDemand):
        return 0
    return demand.days + 1 if demand.days else -(-demand.hours // 24)


def _rules_file_of(looked: Looked, rule_id: str) -> str:
    return next(
        name
        for name, node in looked.nodes.items()
        if node and files.folder_of(name) == files.CALLING_RULES and rule_id in node.keys
    )


def _queues(looked: Looked, config: SiteConfig) -> Iterator[Caution]:
    served = {membership.queue_id for agent in config.agents.values() for membership in agent.memberships}
    for queue_id in config.queues:
        if queue_id not in served:
            remedy = "give it an agent in agents.yaml, or take it away"
            yield _caution(looked, files.QUEUES, queue_id, "no agent serves this queue", remedy)


def _flows(looked: Looked, config: SiteConfig) -> Iterator[Caution]:
    used = {entry_point.flow_id for entry_point in config.entry_points.values()}
    for campaign in config.calling.campaigns.values():
        how = campaign.dialling
        if how:
            used |= {how.flow_id, how.abandoned_flow, how.answering.machine_flow}
    for flow_id in config.flows:
        if flow_id not in used:
            remedy = "bind a number to it in entry_points.yaml, or take it away"
            yield _caution(looked, f"{files.FLOWS}/{flow_id}.yaml", "", "no entry point leads to this flow", remedy)
