"""What our own records tell of a shift: read once from the journal, and compared with the carrier's ledger after it."""

from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from cti.cli.demo.harm import SITE
from cti.core.codec import decode
from cti.core.events import (
    AnyEvent,
    CallArrived,
    ConsultAnswered,
    ContactClosed,
    ContactConnected,
    ContactEnded,
    ContactForwarded,
    ContactStarted,
    LegPlaced,
    LegStarted,
    RecordingEnded,
    RecordingFailed,
    RecordingStarted,
    SupervisionStarted,
    VoicemailLeft,
)
from cti.core.states import PartyRole
from cti.journal.sql import SqlJournal
from tests.chaos.shift.deeds import deeds_of


class OurRecording(msgspec.Struct):
    """What we know of a recording: which leg, whether we were told that it began, and that it is complete."""

    leg_id: str
    began: bool = False
    complete: bool = False


class OurLeg(msgspec.Struct):
    """Whose leg it is, and of which contact, if of one only."""

    role: PartyRole
    contact_id: str = ""
    agent_id: str = ""


class Told(msgspec.Struct):
    """Everything by the id that it has. `leg_of` has our leg ids by the carrier's."""

    legs: dict[str, OurLeg] = {}
    leg_of: dict[str, str] = {}
    caller_of: dict[str, str] = {}
    arrived: set[str] = set()
    """What the carrier calls those who called, softphones included, let in or not."""
    started: Counter[str] = msgspec.field(default_factory=Counter)
    ended: Counter[str] = msgspec.field(default_factory=Counter)
    closed: Counter[str] = msgspec.field(default_factory=Counter)
    talked: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))
    """The agents with whom each contact was connected."""
    asked_in: defaultdict[str, set[str]] = msgspec.field(default_factory=lambda: defaultdict(set))
    """The agents who were consulted, whom the contact may have heard."""
    forwarded: set[str] = set()
    recordings: dict[str, OurRecording] = {}
    recordings_refused: int = 0
    deeds: Counter[str] = msgspec.field(default_factory=Counter)


async def read_journal(journal_file: Path) -> Told:
    """From the first record to the last."""
    told = Told()
    journal = await SqlJournal.open(f"sqlite:///{journal_file}", SITE, read_only=True)
    try:
        async for row in journal.read(0):
            record = decode(row)
            for event in (record.input, *record.events):
                told.deeds.update(deeds_of(event))
            for event in record.events:
                _take(told, event)
            _take_report(told, record.input)
    finally:
        await journal.close()
    return told


def _take(told: Told, event: AnyEvent) -> None:
    match event:
        case LegStarted():
            told.legs[event.leg_id] = OurLeg(event.role, event.contact_id, event.agent_id)
            if event.provider_ref:
                told.leg_of[event.provider_ref] = event.leg_id
        case ContactStarted():
            told.started[event.contact_id] += 1
            told.caller_of[event.contact_id] = event.leg_id
        case ContactEnded():
            told.ended[event.contact_id] += 1
        case ContactClosed():
            told.closed[event.contact_id] += 1
        case ContactConnected():
            told.talked[event.contact_id].add(event.agent_id)
        case ConsultAnswered():
            told.asked_in[event.contact_id].add(event.with_agent_id)
        case ContactForwarded():
            told.forwarded.add(event.contact_id)
        case SupervisionStarted():
            told.legs[event.leg_id].contact_id = event.contact_id
        case _:
            _take_report(told, event)


def _take_report(told: Told, event: AnyEvent) -> None:
    """Reports enter as inputs."""
    match event:
        case VoicemailLeft():
            told.recordings.setdefault(event.recording_id, OurRecording(told.caller_of[event.contact_id])).began = True
        case RecordingStarted():
            told.recordings.setdefault(event.recording_id, OurRecording(event.leg_id)).began = True
        case RecordingEnded():
            told.recordings.setdefault(event.recording_id, OurRecording(event.leg_id)).complete = True
        case RecordingFailed():
            told.recordings_refused += 1
        case CallArrived():
            told.arrived.add(event.provider_ref)
        case LegPlaced():
            told.leg_of[event.provider_ref] = event.leg_id
        case _:
            reference, leg_id = getattr(event, "provider_ref", ""), getattr(event, "leg_id", "")
            if reference and leg_id:
                told.leg_of.setdefault(reference, leg_id)
