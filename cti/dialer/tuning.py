"""Campaigns are tuned while they run, within what their files and the rules allow."""

from collections.abc import Iterator
from typing import NamedTuple

from cti.core.apply.campaigns import run_of
from cti.core.calling import CampaignConfig
from cti.core.campaign_config import Setting
from cti.core.ceilings import ceilings_of
from cti.core.events import CampaignControlRefused, CampaignTuned, CampaignTuneRequested, ConfigApplied
from cti.core.ledgers import OWN
from cti.core.state import State
from cti.core.tuning import KEYS, Value, in_words, written
from cti.core.turn import Turn
from cti.dialer.clearance import ready_for

LEAST = {"aim": 0, "lines_max": 1, "share": 1, "keep_free": 0, "ring": 5, "wrap_up": 0}
MOST = {"aim": 1_000_000, "lines_max": 10_000, "share": 100, "keep_free": 1_000, "ring": 120, "wrap_up": 3_600}
"""As in files: what `cti check` takes."""


class Bound(NamedTuple):
    """A value that may not be passed, and who says so."""

    value: int
    who: str


def decide_tune(turn: Turn, event: CampaignTuneRequested) -> None:
    """All of it, or with a word about everything that is wrong nothing."""
    state = turn.state
    campaign = state.config.calling.campaigns.get(event.campaign_id)
    if campaign is None:
        _refuse(turn, event, "unknown_campaign", "There is no such campaign: see the files of campaigns/.")
        return
    if campaign.dialling is None:
        _refuse(turn, event, "not_dialled", "Its file says nothing about dialling: give it a queue and lists.")
        return
    wrong = [words for key in event.back if (words := _unknown(campaign, key))]
    wrong += [words for key, value in event.values if (words := _wrong(state, campaign, key, value))]
    if wrong:
        _refuse(turn, event, "not_possible", " ".join(wrong))
        return
    kept = [
        each for each in run_of(state, event.campaign_id).tuned if each.key not in (*event.back, *dict(event.values))
    ]
    fresh = [
        Setting(key=key, value=value, written=written(campaign, key), by=event.by, at=turn.now.at)
        for key, value in dict(event.values).items()
        if value != written(campaign, key)
    ]
    _tune(turn, event.campaign_id, (*kept, *fresh), event.by, "", event.request_id)


def _refuse(turn: Turn, event: CampaignTuneRequested, code: str, detail: str) -> None:
    turn.emit(
        CampaignControlRefused(
            campaign_id=event.campaign_id, code=code, detail=detail, by=event.by, request_id=event.request_id
        )
    )


def _tune(
    turn: Turn, campaign_id: str, settings: tuple[Setting, ...], by: str, reason: str, request_id: str = ""
) -> None:
    order = list(KEYS)
    settings = tuple(sorted(settings, key=lambda each: order.index(each.key)))
    turn.emit(CampaignTuned(campaign_id=campaign_id, settings=settings, by=by, reason=reason, request_id=request_id))


def _unknown(campaign: CampaignConfig, key: str) -> str:
    """What is said of a key that does nothing for this campaign; empty for one that does."""
    possible = [name for name, each in KEYS.items() if campaign.mode in each.modes]
    if key in possible:
        return ""
    for_it = f" for a campaign whose file says mode: {campaign.mode}" if key in KEYS else ""
    return f"{key}: this cannot be tuned{for_it}: choose among {', '.join(possible)}."


def _wrong(state: State, campaign: CampaignConfig, key: str, value: Value) -> str:
    """The key, what is wrong with its value, who says so, and what to write; empty when it is possible."""
    if words := _unknown(campaign, key):
        return words
    if key == "mode":
        return (
            ""
            if value in ("predictive", "progressive")
            else f"mode: {value} is not possible here, write progressive or predictive."
        )
    if not isinstance(value, int):
        return f"{key}: {value} is not a number, write one."
    lowest = max(_lowest(state, campaign, key), key=lambda bound: bound.value)
    highest = min(_highest(state, campaign, key), key=lambda bound: bound.value)
    for bound, is_passed, side, at_limit in (
        (lowest, value < lowest.value, "less", "more"),
        (highest, value > highest.value, "more", "less"),
    ):
        if is_passed:
            limit = in_words(key, bound.value)
            return f"{key}: {in_words(key, value)} is {side} than {bound.who} ({limit}), write {limit} or {at_limit}."
    return ""


def _lowest(state: State, campaign: CampaignConfig, key: str) -> Iterator[Bound]:
    yield Bound(LEAST[key], "is possible")
    if key == "ring":
        yield Bound(ready_for(state).book.ring_s_min(campaign), "the calling rules ask for")


def _highest(state: State, campaign: CampaignConfig, key: str) -> Iterator[Bound]:
    """A file is the most that a shift may take: who wants more of these changes it."""
    yield Bound(MOST[key], "is possible")
    place, how = "in its file allows", campaign.dialling
    if how and key == "lines_max":
        yield Bound(how.pacing.lines_max, f"dialling.pacing.lines_max {place}")
    if key == "ring":
        yield Bound(campaign.ring_s, f"ring {place}")
    if key == "aim":
        yield from _ceilings(state, campaign)


def _ceilings(state: State, campaign: CampaignConfig) -> Iterator[Bound]:
    """Where some rules are stricter than others, each call counts under its own, at which pacing then aims at most: so
    only what passes all of them is refused. The campaign's own holds everywhere."""
    how, found = campaign.dialling, list(ceilings_of(state.config.calling, campaign))
    own = [each for each in found if each.rule_id == OWN]
    ruled = [each for each in found if each.rule_id != OWN]
    if own:
        strictest = min(each.bound.ceiling_ppm for each in own)
        theirs = "its file" if how and how.pacing.ceiling_ppm == strictest else "a file of its programme"
        yield Bound(strictest, f"dialling.pacing.at_most in {theirs} allows")
    if ruled:
        most = max(ruled, key=lambda each: each.bound.ceiling_ppm)
        yield Bound(most.bound.ceiling_ppm, f"the rule {most.rule_id} allows")


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """A newer configuration wins: where the file says something else of a key than it did when that was tuned, the
    tuning ends, and so does one that the file or the rules no longer allow."""
    for run in turn.state.runs.in_order():
        campaign = turn.state.config.calling.campaigns.get(run.campaign_id)
        kept = tuple(each for each in run.tuned if campaign and _still_holds(turn.state, campaign, each))
        if kept != run.tuned:
            _tune(turn, run.campaign_id, kept, "", "the configuration has changed")


def _still_holds(state: State, campaign: CampaignConfig, setting: Setting) -> bool:
    if campaign.dialling is None or _wrong(state, campaign, setting.key, setting.value):
        return False
    return written(campaign, setting.key) == setting.written
