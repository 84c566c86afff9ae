"""May this number be rung now? The one door for every outside number: desks, transfers, callbacks, campaigns.

Destinations are allowed by prefix or country, and denied without one; premium numbers are never rung. What people
choose to ring is counted by the hour, and what it costs by hour and day. Who is called for a campaign, by hand as well,
is judged by the calling rules. The answer is an event, in the turn in which the leg leaves.
"""

from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from cti.core.calling import CONSENTS, CampaignConfig, Clearance, Subject
from cti.core.config import SiteConfig
from cti.core.dial import HOUR_MS, PURPOSES, GatheredFacts
from cti.core.events import DialRequested
from cti.core.state import State
from cti.dialer import clearance, spend
from cti.dialer.numbering.index import TERRITORIES
from cti.dialer.state import DialerState

RULES_VERSION = "destinations-2"
PERSON_BUSY = "PERSON-BUSY"

PLANS_MAX = 10_000
"""Of how many numbers it is kept what kind they are."""


class Refusal(NamedTuple):
    """`next_allowed_at` is ms, -1 where time changes nothing, or nobody knows when (`PERSON-BUSY`)."""

    rule: str
    detail: str
    next_allowed_at: int = -1


class Verdict(NamedTuple):
    """It may be rung by these rules, unless there is a `refusal`; or it cannot be told, because it is `lacking` what is
    to be known of the number. `proof` says by what it was judged, where the calling rules were asked."""

    rules_version: str
    refusal: Refusal | None = None
    proof: Clearance | None = None
    lacking: str = ""


def may_dial(state: State, asked: DialRequested, gathered: GatheredFacts | None, at: int) -> Verdict:
    """The one function that every dial passes, in the turn in which it leaves, at `at` (ms)."""
    version, purpose = rules_version(state.config), PURPOSES.get(asked.purpose)
    if purpose is None:
        return Verdict(version, Refusal("purpose", "Nothing is rung without a purpose that the rules know."))
    campaign = clearance.campaign_of(state, asked) if purpose.judged else None
    refused = _refusal(state, asked, campaign, at)
    if refused or not purpose.judged:
        return Verdict(version, refused)
    if campaign is None:
        return Verdict(version, Refusal("NO-CAMPAIGN", "Nobody is called without a campaign: say for which one it is."))
    if asked.consent and asked.consent not in CONSENTS:
        return Verdict(version, Refusal("BAD-CONSENT", f"Say one of these consents: {', '.join(CONSENTS)}."))
    if gathered is None:
        return Verdict(version, lacking="nobody has looked yet")
    proof = clearance.judged(state, asked, campaign, gathered, at)
    if isinstance(proof, str):
        return Verdict(version, lacking=proof)
    version = f"{version}+{proof.rules_version}"
    if not proof.blocks:
        busy = if_busy(state, asked.number, clearance.whom(state, asked, gathered))
        return Verdict(version, busy, proof)
    first = proof.blocks[0]
    again = clearance.not_before(clearance.ready_for(state).book, proof, campaign, at)
    return Verdict(version, Refusal(first.rule, first.detail, again), proof)


def _refusal(state: State, asked: DialRequested, campaign: CampaignConfig | None, at: int) -> Refusal | None:
    """Why nobody may ring it, whatever for."""
    if not asked.number and not PURPOSES[asked.purpose].judged:  # a softphone is nobody outside
        return None
    denied = by_destination(state.config, asked.number, campaign.countries if campaign else ())
    purpose = PURPOSES[asked.purpose]
    if denied or not purpose.paid:
        return denied
    counted = _by_count(state, asked, at) if purpose.counted else stopped_by_spend(state)
    return counted or _by_spend(state, asked, at)


def stopped_by_spend(state: State) -> Refusal | None:
    """What people dial by hand too often stops them; what costs too much stops campaigns as well."""
    site = state.dial_counts.get("")
    if site is None or not site.stopped or not site.rule:
        return None
    why = spend.why_stopped(state.config, site.rule)
    return Refusal("stopped", f"Outside numbers are not rung until a supervisor says so: {why}.")


def if_busy(state: State, number: str, subject: Subject | None) -> Refusal | None:
    """Never two lines to one person. When the other will be over nobody knows."""
    callers = state.room(DialerState).callers
    rings_us = len(callers) and any(each in callers for each in (number, *(subject.other_numbers if subject else ())))
    if not rings_us and state.overlay.live_with(number, subject) is None:
        return None
    detail = "They are being called, or talked with, by another call of ours: try again when it is over."
    if rings_us:
        detail = "They have called us, and are still here: try again when that call is over."
    return Refusal(PERSON_BUSY, detail)


def rules_version(config: SiteConfig) -> str:
    """By which rules a number was cleared: those of prices only where there are any."""
    return f"{RULES_VERSION}+{spend.VERSION}" if config.dial_prices else RULES_VERSION


def by_destination(config: SiteConfig, number: str, countries: tuple[str, ...] = ()) -> Refusal | None:
    """The longest prefix decides; where none fits, the country. `countries` are allowed as well, those that a campaign
    calls: its rules take the territories of the United States for a part of these. What a site may dial otherwise goes
    by the carrier's prices, which do not."""
    digits = number[1:]
    if not (number.startswith("+") and digits.isascii() and digits.isdigit()):
        return Refusal("malformed", "An outside number begins with + and the country code.")
    country, premium = _plan(number)
    if country is None:
        return Refusal("malformed", "No country has such numbers.")
    if premium:
        return Refusal("premium", "Premium numbers are never rung.")
    allowed, denied = _longest(config.dial_prefixes, number), _longest(config.dial_denied, number)
    if denied and denied >= allowed:
        return Refusal("denied", "A denied prefix covers this number; see dial_denied in site.yaml.")
    if allowed or country in (*config.dial_countries, *countries) or (country in TERRITORIES and "US" in countries):
        return None
    return Refusal("destination", "No allowed prefix covers this number; see dial_prefixes in site.yaml.")


@lru_cache(PLANS_MAX)
def _plan(number: str) -> tuple[str | None, bool]:
    """The number's country, None where no country has such numbers and empty where several share it, and whether it is
    a premium number. A dial asks this several times, and reading a number takes as long as judging it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None, False
    premium = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.PREMIUM_RATE
    return phonenumbers.region_code_for_number(parsed) or "", premium


def _longest(prefixes: tuple[str, ...], number: str) -> int:
    return max((len(prefix) for prefix in prefixes if number.startswith(prefix)), default=0)


def _by_count(state: State, event: DialRequested, at: int) -> Refusal | None:
    """Whole hours, so that a count needs no memory of its own."""
    config, hour = state.config, at // HOUR_MS
    site, agent = state.dial_counts.get(""), state.dial_counts.get(event.agent_id) if event.agent_id else None
    if site and site.stopped:
        why = spend.why_stopped(config, site.rule) if site.rule else "too many were"
        return Refusal("stopped", f"Outside numbers are not rung until a supervisor says so: {why}.")
    if config.dials_per_hour and site and site.hour == hour and site.dials >= config.dials_per_hour:
        return Refusal("site_cap", "The site has rung too many outside numbers within the hour: ask a supervisor.")
    cap = config.dials_per_agent_hour
    if cap and agent and agent.hour == hour and agent.dials >= cap:
        return Refusal("agent_cap", f"You have rung {cap} outside numbers within the hour.", (hour + 1) * HOUR_MS)
    return None


def _by_spend(state: State, event: DialRequested, at: int) -> Refusal | None:
    found = spend.obstacle(state, event.number, event.agent_id, at)
    return Refusal(found.cap.rule, found.words(state.config), found.frees_at) if found else None
