"""The calling rules as the judge reads them: demands as records, calendars as dates."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from cti.configuration import calendar_dates, dialling, zones
from cti.configuration.written.calendars import CalendarWritten
from cti.configuration.written.calling_rules import CallingRuleWritten, CapWritten, ConductWritten
from cti.configuration.written.campaigns import CampaignWritten
from cti.configuration.written.do_not_call import RegistryWritten
from cti.configuration.written.results import ResultsWritten, minute_of_day, secret_name
from cti.core.calling import (
    NO_CALLING,
    AnyDemand,
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    NeverDemand,
    Registry,
    RegistryDemand,
)
from cti.core.campaign_config import ResultsTarget
from cti.core.numbering import Numbering


class WrittenCalling(msgspec.Struct, frozen=True):
    """What the files say about calls that we make, as models that hold no mistake."""

    rules: Mapping[str, CallingRuleWritten]
    calendars: Mapping[str, CalendarWritten]
    registries: Mapping[str, RegistryWritten]
    campaigns: Mapping[str, CampaignWritten]
    numbering: Numbering


def resolve(written: WrittenCalling) -> CallingConfig:
    """The calling rules of the site. Where nothing is called for, none, whatever is known about numbers."""
    if not any(getattr(written, field) for field in ("rules", "calendars", "registries", "campaigns")):
        return NO_CALLING
    first, last = zones.years()
    return CallingConfig(
        rules=tuple(_rule(rule_id, rule) for rule_id, rule in sorted(written.rules.items())),
        calendars={
            key: calendar_dates.resolve(key, calendar, first, last) for key, calendar in written.calendars.items()
        },
        registries={
            key: Registry(
                registry_id=key, name=registry.name, jurisdiction=registry.jurisdiction, example=registry.example
            )
            for key, registry in written.registries.items()
        },
        campaigns={
            campaign.campaign_id: campaign
            for campaign in (_campaign(key, each) for key, each in written.campaigns.items())
        },
        zones_from=_begins(first),
        zones_until=_begins(last + 1),
        numbering=written.numbering,
    )


def _begins(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000


def _rule(rule_id: str, written: CallingRuleWritten) -> CallingRule:
    return CallingRule(
        rule_id=rule_id,
        jurisdiction=written.jurisdiction,
        title=written.title,
        demand=_demand(written),
        purposes=tuple(sorted(written.purposes or ())),
        parties=tuple(sorted(written.parties or ())),
        modes=tuple(sorted(written.modes or ())),
        lines=tuple(sorted(written.lines or ())),
        unless_consent=written.unless_consent or "",
        unless_customer_days=written.unless_customer_days or 0,
        unless_opted_in=written.unless_opted_in,
        unless_guaranteed=written.unless_guaranteed,
        effective_from=written.effective_from or "",
        effective_to=written.effective_to or "",
        source=written.source.strip(),
        read_on=written.read_on or "",
        confidence=written.confidence,
    )


def _demand(written: CallingRuleWritten) -> AnyDemand:
    closed_on = tuple(sorted(written.closed_on or ()))
    if written.hours is not None:
        return HoursDemand(spans=written.hours, closed_on=closed_on)
    if written.cap:
        return _cap(written.cap)
    if written.rest:
        rest = written.rest
        hours, days = rest.for_
        return CapDemand(most=1, of=rest.after, per=rest.per, across=rest.across, hours=hours, days=days)
    if written.registry:
        return RegistryDemand(registry_id=written.registry.list, days=written.registry.within)
    if written.consent:
        return ConsentDemand(consent=written.consent)
    if written.conduct:
        return _conduct(written.conduct)
    return ClosedDemand(closed_on=closed_on) if closed_on else NeverDemand()


def _cap(cap: CapWritten) -> CapDemand:
    if cap.days_in_a_row:
        return CapDemand(most=1, of=cap.of, per=cap.per, across=cap.across, days=cap.days_in_a_row, in_a_row=True)
    assert cap.most, "checked in the file"
    assert cap.within, "checked in the file"
    hours, days = cap.within
    return CapDemand(most=cap.most, of=cap.of, per=cap.per, across=cap.across, hours=hours, days=days)


def _conduct(written: ConductWritten) -> ConductDemand:
    return ConductDemand(
        ring_s_min=written.ring_at_least or 0,
        abandoned_ppm_max=-1 if written.abandoned_at_most is None else written.abandoned_at_most,
        abandoned_days=30 if written.abandoned_days is None else written.abandoned_days,
        connect_ms=(written.connect_within or 0) * 1_000,
        connect_from=written.connect_from or "greeting_end",
        message=tuple(sorted(written.message)),
        caller_id=written.caller_id,
        keep_years=written.keep_years or 0,
    )


def _campaign(campaign_id: str, written: CampaignWritten) -> CampaignConfig:
    return CampaignConfig(
        campaign_id=written.id or campaign_id,
        name=written.name,
        seller=written.seller_id or written.seller,
        seller_name=written.seller if written.seller_id not in (None, written.seller) else "",
        programme=written.programme,
        purpose=written.purpose,
        countries=tuple(sorted(written.countries)),
        party=written.party,
        mode=written.mode,
        consent=written.consent,
        opted_in=written.opted_in,
        spans=written.hours or (),
        caps=tuple(map(_cap, written.caps)),
        ring_s=written.ring,
        caller_id=written.caller_id or "",
        message=tuple(sorted(written.message)),
        dialling=dialling.resolve(campaign_id, written.dialling) if written.dialling else None,
        results=_results(written.results) if written.results else None,
    )


def _results(written: ResultsWritten) -> ResultsTarget:
    return ResultsTarget(
        url=written.url,
        secret=secret_name(written.secret),
        every_ms=1_000 * (written.every or 0),
        daily_at=minute_of_day(written.at) if written.at else -1,
    )
