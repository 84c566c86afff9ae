"""What agents and supervisors ask for while somebody talks, and what becomes of it."""

from typing import ClassVar

from cti.core.base import Record
from cti.core.events.base import Event
from cti.core.states import PartyState, RecordingAction, RecordingState, SupervisorMode, TransferKind


class HoldRequested(Event):
    """The customer, or another party of the conversation, shall hear music and hear nobody."""

    contact_id: str
    agent_id: str
    party_id: str = ""
    request_id: str = ""


class RetrieveRequested(Event):
    """Whoever was on hold is back in the conversation."""

    contact_id: str
    agent_id: str
    party_id: str = ""
    request_id: str = ""


class MuteRequested(Event):
    """The agent hears, and is not heard; or is heard again."""

    contact_id: str
    agent_id: str
    muted: bool
    request_id: str = ""


class DigitsRequested(Event):
    """Tones for whoever is on the other side: a voice menu, a door. They may be a card's number."""

    personal: ClassVar[tuple[str, ...]] = ("digits",)
    contact_id: str
    agent_id: str
    party_id: str = ""
    digits: str = ""
    request_id: str = ""


class TransferRequested(Event):
    """BLIND: to `destination`, which is `agent:<id>`, `queue:<id>` or `number:<E.164>`. ATTENDED: to the party that was
    consulted."""

    personal: ClassVar[tuple[str, ...]] = ("destination",)
    contact_id: str
    agent_id: str
    kind: TransferKind
    destination: str = ""
    request_id: str = ""


class ContactTransferred(Event):
    """`from_agent_id` is out of it. With a `party_id` that party has it now; else it is on its way to `to_agent_id` or
    `queue_id`."""

    contact_id: str
    from_agent_id: str
    kind: TransferKind
    party_id: str = ""
    to_agent_id: str = ""
    queue_id: str = ""


class ContactForwarded(Event):
    """The customer was sent on to an outside number, and comes back only if nobody answers there."""

    contact_id: str
    from_agent_id: str
    dial_id: str


class ConsultRequested(Event):
    """Somebody shall be asked into the conversation: `agent:<id>` or `number:<E.164>`. The customer waits on hold."""

    personal: ClassVar[tuple[str, ...]] = ("destination",)
    contact_id: str
    agent_id: str
    destination: str = ""
    request_id: str = ""


class ConsultEndRequested(Event):
    """Without that party, whether or not it has answered."""

    contact_id: str
    agent_id: str
    party_id: str
    request_id: str = ""


class ConferenceRequested(Event):
    """Everybody shall hear everybody."""

    contact_id: str
    agent_id: str
    request_id: str = ""


class ConsultStarted(Event):
    """A party is asked: another agent by an offer, or an outside number by a leg."""

    contact_id: str
    party_id: str
    agent_id: str
    with_agent_id: str = ""
    leg_id: str = ""


class ConsultAnswered(Event):
    """The party is in the room. `agent_id` asked for it."""

    contact_id: str
    party_id: str
    leg_id: str
    with_agent_id: str = ""
    agent_id: str = ""


class ConferenceStarted(Event):
    """Customer and parties hear each other."""

    contact_id: str
    call_id: str
    agent_ids: tuple[str, ...]


class ConsultEnded(Event):
    """The party is out, or never came. `reason` is `left`, `ended`, `declined`, `expired`, `not_reached`, `refused`
    or `contact_left`."""

    contact_id: str
    party_id: str
    agent_id: str
    reason: str
    with_agent_id: str = ""


class TalkParty(Record):
    """Somebody asked into a conversation, as the others see it: an agent, or an outside number."""

    party_id: str
    agent_id: str = ""
    state: PartyState = PartyState.ASKED
    on_hold: bool = False
    muted: bool = False


class Talk(Record):
    """A conversation as those in it see it. `agent_id` has the customer, and may be `muted`; `on_hold` is the
    customer. `unwanted`: whom we called asked not to be while we did: say sorry, and end it."""

    agent_id: str = ""
    on_hold: bool = False
    muted: bool = False
    recording: RecordingState = RecordingState.OFF
    parties: tuple[TalkParty, ...] = ()
    unwanted: bool = False


class TalkChanged(Event):
    """Those who talk, `agent_ids`, shall see the conversation so. Reports name legs only: this says what they come to.
    `numbers` are those of outside parties, by party."""

    personal: ClassVar[tuple[str, ...]] = ("numbers",)
    contact_id: str
    agent_ids: tuple[str, ...]
    talk: Talk
    numbers: tuple[tuple[str, str], ...] = ()


class RecordingRequested(Event):
    """Start, pause, resume or stop the recording of the customer's side of things."""

    contact_id: str
    action: RecordingAction
    agent_id: str = ""
    request_id: str = ""


class RecordingAsked(Event):
    """The carrier shall record the leg."""

    contact_id: str
    leg_id: str


class RecordingFailed(Event):
    """It does not."""

    leg_id: str
    reason: str


class RecordingNoticeGiven(Event):
    """The caller has heard that conversations may be recorded, or hears it before anybody can talk."""

    contact_id: str


class RecordingStarted(Event):
    """The carrier records the leg, and calls the recording so."""

    leg_id: str
    recording_id: str


class RecordingPaused(Event):
    leg_id: str
    recording_id: str


class RecordingResumed(Event):
    leg_id: str
    recording_id: str


class RecordingEnded(Event):
    """A recording is complete and can be fetched; `absent`: there is nothing in it. `started_at` is ms by the carrier's
    clock; it and `channels` are 0 when nobody said."""

    leg_id: str
    recording_id: str
    duration_s: int
    absent: bool = False
    contact_id: str = ""
    kind: str = "conversation"
    started_at: int = 0
    channels: int = 0


class RecordingSeen(Record):
    """A recording as the carrier lists it. `over`: it is complete, or, `absent`, there is nothing to be had. `kind` is
    `conversation` or `voicemail`; `started_at` is ms by the carrier's clock, 0 when it does not say."""

    recording_id: str
    over: bool
    absent: bool = False
    duration_s: int = 0
    kind: str = "conversation"
    started_at: int = 0
    channels: int = 0


class RecordingsChecked(Event):
    """What the carrier answered when asked for the recordings of a leg: all that it shows; or, `refused`, that it does
    not say."""

    leg_id: str
    recordings: tuple[RecordingSeen, ...] = ()
    refused: bool = False


class RecordingsWatched(Event):
    """The recordings of a leg were looked at; the next look is at `check_at` (ms). `asks`: how often the carrier was
    asked by now."""

    leg_id: str
    check_at: int
    asks: int = 0


class RecordingsSettled(Event):
    """The leg is over, and nothing more is expected of its recordings: those that were asked for and never named were
    never made; the carrier no longer has those in `lost`, or never completed them. `refused`: the carrier does not say
    what became of any."""

    leg_id: str
    contact_id: str
    lost: tuple[str, ...] = ()
    refused: bool = False


class RecordingOpened(Event):
    """A supervisor listens to a recording. `recording_id` is the store's, `provider_ref` the carrier's."""

    recording_id: str
    provider_ref: str
    contact_id: str
    supervisor_id: str


class VoicemailLeft(Event):
    """The caller left a message."""

    contact_id: str
    recording_id: str
    duration_s: int


class MessageAwaited(Event):
    """The caller hung up while a message was taken. Whether there is one is not known yet: at `until` (ms) there is
    none."""

    contact_id: str
    until: int


class SupervisionRequested(Event):
    """A supervisor wants to hear a conversation; or, hearing it, to do so in another mode."""

    supervisor_id: str
    contact_id: str
    mode: SupervisorMode
    request_id: str = ""


class SupervisionEndRequested(Event):
    supervisor_id: str
    contact_id: str
    request_id: str = ""


class SupervisionStarted(Event):
    """The supervisor's leg is asked for."""

    contact_id: str
    supervisor_id: str
    mode: SupervisorMode
    leg_id: str


class SupervisionChanged(Event):
    contact_id: str
    supervisor_id: str
    mode: SupervisorMode


class SupervisionEnded(Event):
    contact_id: str
    supervisor_id: str


class StateForced(Event):
    """A supervisor puts an agent into a state: `ready`, `not_ready` or `signed_out`."""

    supervisor_id: str
    agent_id: str
    state: str
    reason: str = ""
    request_id: str = ""
