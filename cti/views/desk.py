"""An agent's desk: everything a desktop shows. The same whether it was sent whole or came about frame by frame."""

from enum import StrEnum

import msgspec

from cti.core.base import FrozenMeta
from cti.core.events import ScreenPop
from cti.core.states import AgentState, PartyState, Presence, RecordingState


class Shown(msgspec.Struct, metaclass=FrozenMeta):
    """A row that goes to a desktop. Every field is written, so that a reader in any language finds it."""


class Phase(StrEnum):
    """How far a contact has come with this agent."""

    OFFERED = "OFFERED"  # the desktop must acknowledge by `until`
    ALERTING = "ALERTING"  # it rings until `until`
    CONNECTING = "CONNECTING"  # accepted; the agent's leg is on its way
    CONNECTED = "CONNECTED"
    WRAP_UP = "WRAP_UP"  # until `until`


class DeskParty(Shown):
    """Somebody asked into the conversation: an agent, or an outside `number`."""

    party_id: str
    agent_id: str
    number: str
    state: PartyState
    on_hold: bool
    muted: bool


class DeskTalk(Shown):
    """The conversation. `agent_id` has the customer, empty when an outside party has; `on_hold` is the customer,
    `muted` are you. You take part in it as `party_id`, which is empty if the customer is yours. `unwanted`: they asked
    not to be called while they were: say sorry, and end it."""

    agent_id: str
    party_id: str = ""
    on_hold: bool = False
    muted: bool = False
    recording: RecordingState = RecordingState.OFF
    parties: tuple[DeskParty, ...] = ()
    unwanted: bool = False


class DeskContact(Shown):
    """A contact on the desk. `since` is when it was offered, connected or went to wrap-up; `until` is when its phase
    ends by itself, 0 if it does not. Times are ms. `asked_by` is the agent who asks you into a conversation; `before`
    are those who talked to the customer when it was offered. `talk` is there while CONNECTED. `cause` says how the
    conversation ended, `disposition` what you said of it. With `campaign_id` you call the customer, or did; `stage` is
    how far that is: see `dial_progress`. A customer `called_for` a campaign was called by the server, or by others."""

    contact_id: str
    queue_id: str
    phase: Phase
    since: int
    until: int
    offer_id: str
    from_number: str
    queued_at: int
    pop: ScreenPop | None = None
    asked_by: str = ""
    before: tuple[str, ...] = ()
    talk: DeskTalk | None = None
    cause: str = ""
    disposition: str = ""
    campaign_id: str = ""
    stage: str = ""
    called_for: str = ""


class DeskLate(Shown):
    """A contact that has left the desk after its wrap-up, of which a disposition is still taken until `until` (ms)."""

    contact_id: str
    queue_id: str
    from_number: str
    until: int


class QueueSettings(Shown):
    """What a desktop needs to know of a queue. `wrap_up_s` is 0 where there is none. Of `disposition_kinds`, a
    disposition and its kind, a `success` may have an amount, a `callback` needs a time, `again` may have one."""

    queue_id: str
    name: str
    wrap_up_s: int
    dispositions: tuple[str, ...]
    disposition_kinds: tuple[tuple[str, str], ...] = ()


class CampaignSettings(Shown):
    """A campaign for which customers are called, by hand as well."""

    campaign_id: str
    name: str
    mode: str


class Settings(Shown):
    """What an agent can choose from: reasons for not being ready, the dispositions of each queue, campaigns to call
    for, and numbers by short name."""

    site: str
    not_ready_reasons: tuple[str, ...]
    queues: tuple[QueueSettings, ...]
    campaigns: tuple[CampaignSettings, ...] = ()
    speed_dials: tuple[tuple[str, str], ...] = ()


class Desk(Shown):
    """`state` follows from the rest: the busiest of the contacts, else the work mode. `reason` says why not ready;
    `leaving` why not any more once calls that count on the agent are over; of `late` something may still be said."""

    agent_id: str
    presence: Presence
    ready: bool
    reason: str
    suspected: bool
    state: AgentState
    contacts: tuple[DeskContact, ...]
    settings: Settings
    leaving: str = ""
    late: DeskLate | None = None


_BY_PHASE = (
    (AgentState.BUSY, (Phase.CONNECTED,)),
    (AgentState.RESERVED, (Phase.OFFERED, Phase.ALERTING, Phase.CONNECTING)),
    (AgentState.WRAP_UP, (Phase.WRAP_UP,)),
)


def state_of(desk: Desk) -> AgentState:
    """What people call the agent's state: the rule of `cti.core.agent.agent_state`, read off the desk."""
    if desk.presence is Presence.SIGNED_OUT:
        return AgentState.SIGNED_OUT
    phases = [contact.phase for contact in desk.contacts]
    for state, its_phases in _BY_PHASE:
        if any(phase in its_phases for phase in phases):
            return state
    if desk.ready and not desk.suspected and desk.presence is Presence.SIGNED_IN:
        return AgentState.READY
    return AgentState.NOT_READY
