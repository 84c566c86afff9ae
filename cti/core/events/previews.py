"""Customers whom one agent calls: leads that are shown before they are called, and numbers that agents choose."""

from typing import ClassVar

from cti.core.events.base import Event


class NextLeadRequested(Event):
    """An agent wants to be shown somebody to call: of this campaign, or of any that shows leads."""

    agent_id: str
    campaign_id: str = ""
    request_id: str = ""


class LeadDialRequested(Event):
    """Call the lead that is shown as `contact_id`."""

    agent_id: str
    contact_id: str
    request_id: str = ""


class LeadSkipRequested(Event):
    """Not this one, not now."""

    agent_id: str
    contact_id: str
    reason: str = ""
    request_id: str = ""


class NumberDialRequested(Event):
    """An agent calls a number: this one, the one that the site calls `speed`, or with `redial` the last one again. By
    the rules of the campaign; for the last one those of the same campaign, if none is named."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    agent_id: str
    campaign_id: str = ""
    number: str = ""
    speed: str = ""
    redial: bool = False
    request_id: str = ""


class LeadSkipped(Event):
    """The lead of `contact_id` was shown to the agent and not called. `reason` is the agent's; or `not_acknowledged`,
    `expired` or `agent_left`."""

    contact_id: str
    agent_id: str
    campaign_id: str
    reason: str = ""


class DialProgressed(Event):
    """How far the call is that `agent_id` waits for: `asked`, `dialled`, `ringing`; or, where nobody was reached,
    `refused`, `cancelled` or what came of it, as `cti.core.states.Outcome` in small letters."""

    contact_id: str
    agent_id: str
    stage: str


class PreviewsPutOff(Event):
    """Somebody is free, and leads wait whom nobody may be shown now: look again at `look_at` (ms)."""

    campaign_id: str
    look_at: int


class CallbackAsked(Event):
    """An agent has promised to call again: see `DispositionGiven`. Whether that may be is for the calling rules."""

    personal: ClassVar[tuple[str, ...]] = ("note",)
    contact_id: str
    agent_id: str
    disposition: str
    note: str = ""
    callback_at: int = 0
    callback_local: str = ""
    callback_for: str = ""
    request_id: str = ""


class CallbackPromised(Event):
    """They will be called at `callback_at` (ms), by `callback_for` if that agent is there, or by anybody."""

    personal: ClassVar[tuple[str, ...]] = ("note",)
    contact_id: str
    agent_id: str
    disposition: str
    callback_at: int
    note: str = ""
    callback_for: str = ""


class CallbackSought(Event):
    """The time has come, and the store is asked for the lead; again at `again_at` (ms), 0 for no more."""

    campaign_id: str
    lead_id: str
    again_at: int = 0


class CallbackFreed(Event):
    """The agent who promised it was not free in time: anybody may call now."""

    campaign_id: str
    lead_id: str
