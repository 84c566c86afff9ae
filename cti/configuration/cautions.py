"""What keeps nothing from being used, and is hardly meant all the same, or will not do for long."""

from collections.abc import Iterator
from datetime import date, timedelta

from cti.configuration import files, zones
from cti.configuration.load import Looked
from cti.configuration.mistake import Caution, printable
from cti.core.calling import AnyDemand, CapDemand
from cti.core.config import SiteConfig

YEAR = timedelta(days=365)
ZONE_DATA_DAYS_MAX = 90


HISTORY_DAYS = 400
"""After so many days the server forgets whom calls were for, unless `CTI_CALL_HISTORY_DAYS` says otherwise."""


def cautions(looked: Looked, today: date, history_days: int = HISTORY_DAYS) -> list[Caution]:
    """Every one in a directory that was found to hold no mistake, sorted by place; none in another. The server forgets
    after `history_days` whom calls were for."""
    config = looked.config
    if config is None:
        return []
    return sorted(
        [
            *_registries(looked, config),
            *_calendars(looked, config, today),
            *_zone_data(looked, today),
            *_history(looked, config, history_days),
            *_queues(looked, config),
            *_flows(looked, config),
        ]
    )


def _caution(looked: Looked, name: str, key: str, what: str, remedy: str) -> Caution:
    """About an entry of a file, or with no key about the file."""
    node = looked.nodes.get(name)
    line, column = node.keys.get(key, (1, 1)) if node else (1, 1)
    return Caution(looked.tree.file(name), line, column, f"{printable(key)}: {what}" if key else what, remedy)


def _registries(looked: Looked, config: SiteConfig) -> Iterator[Caution]:
    for registry in config.calling.registries.values():
        if registry.example:
            what = "this is an example of a registry: nobody is on it, and it never grows old"
            remedy = "take example away and import the real one before calling in earnest"
            yield _caution(looked, files.DO_NOT_CALL, registry.registry_id, what, remedy)


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
            yield _caution(looked, _file_of(looked, calendar.calendar_id), calendar.calendar_id, what, remedy)


def _file_of(looked: Looked, calendar_id: str) -> str:
    return next(
        name
        for name, node in looked.nodes.items()
        if node and files.folder_of(name) == files.CALENDARS and calendar_id in node.keys
    )


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
    for flow_id in config.flows:
        if flow_id not in used:
            remedy = "bind a number to it in entry_points.yaml, or take it away"
            yield _caution(looked, f"{files.FLOWS}/{flow_id}.yaml", "", "no entry point leads to this flow", remedy)
