"""The report of a campaign's or a seller's calls, put together from the site's files."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.config import SiteConfig
from cti.core.errors import CtiError
from cti.core.ledgers import programme_of
from cti.core.times import ZoneTable
from cti.core.zone import date_of, day_of, day_starts_at, local_day, site_zone
from cti.dialer.calling.rulebook import Rulebook
from cti.store.attempt_log import AttemptLog, Logged
from cti.views.attempts import AttemptRow
from cti.views.calling_report import WINDOW_DAYS_MOST, Report, Reporter

PROGRESS = 500


class Scope(NamedTuple):
    """What is reported: a campaign's calls or a seller's, of one programme or all, between two local days (counted from
    1970-01-01)."""

    campaign_id: str
    seller: str
    programme: str
    from_day: int
    to_day: int
    zone: ZoneTable

    def wants(self, row: AttemptRow) -> bool:
        """Whether a call is part of it."""
        is_theirs = row.campaign_id == self.campaign_id if self.campaign_id else row.seller == self.seller
        return is_theirs and self._is_for(row.programme)

    def campaign_ids(self, config: SiteConfig) -> frozenset[str]:
        """Whose refusals are counted: those that are configured, beside those whose calls are found."""
        if self.campaign_id:
            return frozenset({self.campaign_id})
        return frozenset(each.campaign_id for each in config.calling.campaigns.values() if self._is_of(each))

    def _is_of(self, campaign: CampaignConfig) -> bool:
        return campaign.seller == self.seller and self._is_for(programme_of(campaign))

    def _is_for(self, programme: str) -> bool:
        """A purpose has all of its programmes in it."""
        return self.programme in ("", programme) or programme.startswith(f"{self.programme}/")

    @property
    def from_at(self) -> int:
        """Where it begins (ms)."""
        return day_starts_at(self.zone, self.from_day)

    @property
    def until_at(self) -> int:
        """Where it is over (ms)."""
        return day_starts_at(self.zone, self.to_day + 1)


def scope_of(config: SiteConfig, asked: dict[str, str], now: int) -> Scope:
    """As it was asked for, the last 30 days unless told otherwise. Raises `CtiError` for what cannot be meant."""
    if bool(asked["campaign"]) == bool(asked["seller"]):
        raise CtiError("Name a campaign, or a seller with --seller: one of the two.")
    zone = site_zone(config)
    to_day = _day("--to", asked["to"]) if asked["to"] else local_day(zone, now)
    from_day = _day("--from", asked["from"]) if asked["from"] else to_day - 29
    if from_day > to_day:
        raise CtiError(f"--from: {date_of(from_day)} is after {date_of(to_day)}, where the report ends.")
    return Scope(asked["campaign"], asked["seller"], asked["programme"], from_day, to_day, zone)


def _day(option: str, written: str) -> int:
    try:
        date.fromisoformat(written)
    except ValueError as error:
        raise CtiError(f"{option}: {written!r} is no date that exists: write it like 2026-11-24.") from error
    return day_of(written)


def nothing(call: Logged) -> None:
    """Where nobody wants to see each call."""


async def gather(
    log: AttemptLog,
    scope: Scope,
    config: SiteConfig,
    seen: Callable[[Logged], None] = nothing,
    progress: Callable[[int], None] = lambda count: None,
) -> Report:
    """Reads the log once; each call of the report is also handed to `seen`, in the order in which they were dialled."""
    book, campaigns = Rulebook(config.calling, config.zones), config.calling.campaigns.values()
    least_ms = {each.campaign_id: 1_000 * book.ring_s_min(each) for each in campaigns}
    campaign_ids = scope.campaign_ids(config)
    reporter = Reporter(scope.zone, scope.from_day, scope.to_day, scope.wants, campaign_ids, least_ms)
    count = 0
    async for call in log.made(*span(scope)):
        if reporter.take(call.row, call.position):
            seen(call)
        count += 1
        if count % PROGRESS == 0:
            progress(count)
    async for refusal in log.refused(scope.from_at, scope.until_at):
        reporter.refuse(refusal)
    progress(count)
    return reporter.report()


def span(scope: Scope) -> tuple[int, int]:
    """From when to before when calls have to be known: a window reaches further back than the report."""
    return day_starts_at(scope.zone, scope.from_day - WINDOW_DAYS_MOST - 1), scope.until_at
