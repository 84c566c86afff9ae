"""Everything that has to happen in a shift, each deed as the event that says it did."""

from collections.abc import Callable, Iterator

from cti.core.events import (
    AgentAbsent,
    AgentLegLost,
    AgentLegNailedUp,
    AgentNotReady,
    AgentReturned,
    AgentSignedOut,
    AnyEvent,
    ConferenceStarted,
    ConsultAnswered,
    ConsultEnded,
    ConsultStarted,
    ContactAbandoned,
    ContactConnected,
    ContactForwarded,
    ContactRequeued,
    ContactTransferred,
    DigitsRequested,
    DispositionRecorded,
    LegHeld,
    LegMuted,
    LegRetrieved,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RequestRefused,
    StateForced,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionStarted,
    VoicemailLeft,
)
from cti.core.states import SupervisorMode, TransferKind
from tests.chaos.shift.people import NAILED_UP, TELEPHONES

BREAKS = ("break", "lunch", "training", "back_office")

Seen = Callable[[AnyEvent], bool]


def _kind(*kinds: type) -> Seen:
    return lambda event: isinstance(event, kinds)


def _transfer(event: AnyEvent, kind: TransferKind) -> bool:
    return isinstance(event, ContactTransferred) and event.kind is kind


def _mode(mode: SupervisorMode) -> Seen:
    return lambda event: isinstance(event, SupervisionStarted | SupervisionChanged) and event.mode is mode


DEEDS: dict[str, Seen] = {
    "accepted": _kind(OfferAccepted),
    "rejected": _kind(OfferDeclined),
    "let_ring": _kind(OfferExpired),
    "abandoned": _kind(ContactAbandoned),
    "talks": _kind(ContactConnected),
    "talks_of_telephones": lambda event: isinstance(event, ContactConnected) and event.agent_id in TELEPHONES,
    "talks_of_nailed_up": lambda event: isinstance(event, ContactConnected) and event.agent_id in NAILED_UP,
    "nailed_up": _kind(AgentLegNailedUp),
    "lines_lost": _kind(AgentLegLost),
    "held": _kind(LegHeld),
    "retrieved": _kind(LegRetrieved),
    "muted": lambda event: isinstance(event, LegMuted) and event.muted,
    "unmuted": lambda event: isinstance(event, LegMuted) and not event.muted,
    "digits": _kind(DigitsRequested),
    "transfers_to_queue": lambda event: _transfer(event, TransferKind.BLIND) and not _wanted(event),
    "transfers_to_agent": lambda event: _transfer(event, TransferKind.BLIND) and _wanted(event),
    "transfers_to_number": _kind(ContactForwarded),
    "transfers_attended": lambda event: _transfer(event, TransferKind.ATTENDED),
    "consults": _kind(ConsultStarted),
    "consults_cancelled": lambda event: isinstance(event, ConsultEnded) and event.reason == "ended",
    "consults_of_agents": lambda event: isinstance(event, ConsultAnswered) and event.with_agent_id != "",
    "consults_of_numbers": lambda event: isinstance(event, ConsultAnswered) and event.with_agent_id == "",
    "conferences": _kind(ConferenceStarted),
    "listened": _mode(SupervisorMode.MONITOR),
    "whispered": _mode(SupervisorMode.WHISPER),
    "barged_in": _mode(SupervisorMode.BARGE),
    "supervision_over": _kind(SupervisionEnded),
    "forced": _kind(StateForced),
    "recordings": _kind(RecordingStarted),
    "recordings_paused": _kind(RecordingPaused),
    "recordings_resumed": _kind(RecordingResumed),
    "voicemails": _kind(VoicemailLeft),
    "dispositions": _kind(DispositionRecorded),
    "breaks": lambda event: isinstance(event, AgentNotReady) and event.reason in BREAKS,
    "signed_out": _kind(AgentSignedOut),
    "absent": _kind(AgentAbsent),
    "returned": _kind(AgentReturned),
    "requeued": _kind(ContactRequeued),
    "refused": _kind(RequestRefused),
}


def _wanted(event: AnyEvent) -> bool:
    return isinstance(event, ContactTransferred) and event.to_agent_id != ""


def deeds_of(event: AnyEvent) -> Iterator[str]:
    """What this event says was done."""
    return (name for name, seen in DEEDS.items() if seen(event))
