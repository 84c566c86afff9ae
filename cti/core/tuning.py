"""What a supervisor tunes of a campaign during a shift: values in place of those of its file, never bolder than file
and rules together allow.

Calls are judged by the file all the same: what binds them does not change, so that their proof stays what it was.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from cti.core.base import changed
from cti.core.calling import CampaignConfig
from cti.core.campaign_config import CampaignDialling
from cti.core.config import QueueConfig
from cti.core.state import State

Value = int | str

AS_THE_QUEUE, AS_THE_CEILING = "as the queue says", "as the ceiling says"
"""What is written where nothing is."""

PPM_OF_PER_CENT = 10_000


class Key(NamedTuple):
    """`modes` are the modes, as the file has them, in which it means something; `written` is what the file says, and
    `put` gives the campaign with another value."""

    modes: tuple[str, ...]
    written: Callable[[CampaignConfig, CampaignDialling], Value]
    put: Callable[[CampaignConfig, Any], CampaignConfig]
    unit: str = ""


def _how(campaign: CampaignConfig, **fields: Any) -> CampaignConfig:
    assert campaign.dialling is not None
    return changed(campaign, dialling=changed(campaign.dialling, **fields))


def _pacing(campaign: CampaignConfig, **fields: Any) -> CampaignConfig:
    assert campaign.dialling is not None
    return _how(campaign, pacing=changed(campaign.dialling.pacing, **fields))


def _aim_written(_: CampaignConfig, how: CampaignDialling) -> Value:
    return how.pacing.target_ppm if how.pacing.target_ppm >= 0 else AS_THE_CEILING


AHEAD, ATTENDED, PACED = ("predictive",), ("progressive", "predictive"), ("progressive", "predictive", "broadcast")
DIALLED, WITH_AGENTS = (*PACED, "preview"), (*ATTENDED, "preview")

KEYS: dict[str, Key] = {
    "mode": Key(AHEAD, lambda campaign, _: campaign.mode, lambda campaign, value: changed(campaign, mode=value)),
    "aim": Key(AHEAD, _aim_written, lambda campaign, value: _pacing(campaign, target_ppm=value), "%"),
    "lines_max": Key(
        PACED, lambda _, how: how.pacing.lines_max, lambda campaign, value: _pacing(campaign, lines_max=value)
    ),
    "share": Key(PACED, lambda _, how: how.share, lambda campaign, value: _how(campaign, share=value)),
    "keep_free": Key(
        ATTENDED, lambda _, how: how.agents_kept, lambda campaign, value: _how(campaign, agents_kept=value)
    ),
    "ring": Key(
        DIALLED, lambda campaign, _: campaign.ring_s, lambda campaign, value: changed(campaign, ring_s=value), "s"
    ),
    "wrap_up": Key(WITH_AGENTS, lambda _, __: AS_THE_QUEUE, lambda campaign, _: campaign, "s"),
}
"""By the names that they have in files; `wrap_up` is the queue's, for calls of this campaign."""


def tuned_campaign(state: State, campaign_id: str) -> CampaignConfig | None:
    """As it dials now; None where the configuration has no such campaign."""
    campaign, run = state.config.calling.campaigns.get(campaign_id), state.runs.get(campaign_id)
    if campaign is None or campaign.dialling is None or run is None:
        return campaign
    for setting in run.tuned:
        campaign = KEYS[setting.key].put(campaign, setting.value)
    return campaign


def written(campaign: CampaignConfig, key: str) -> Value:
    """What the file says; it has a section `dialling`."""
    assert campaign.dialling is not None
    return KEYS[key].written(campaign, campaign.dialling)


def wrap_up_s(state: State, campaign_id: str, queue: QueueConfig) -> int:
    """How long agents wrap up a call of this campaign (empty: of none) that came by the queue."""
    run = state.runs.get(campaign_id) if campaign_id else None
    found = [setting.value for setting in run.tuned if setting.key == "wrap_up"] if run else []
    return int(found[0]) if found else queue.wrap_up_s


def in_words(key: str, value: Value) -> str:
    """`2 %`, `20 s`, `progressive`."""
    if isinstance(value, str) or key not in KEYS:
        return str(value)
    unit = KEYS[key].unit
    return f"{value / PPM_OF_PER_CENT:g} %" if unit == "%" else f"{value:,} {unit}".rstrip()
