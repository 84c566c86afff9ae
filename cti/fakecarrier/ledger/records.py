"""What the ledger keeps: plain records, times in milliseconds since 1970."""

from typing import Literal

import msgspec

Heard = Literal["ringing", "speech", "music", "menu", "bridged", "held", "silence"]
"""What a party hears. `held` is a declared hold, whatever is played; `ringing` is the tone before an answer."""

EndedBy = Literal["caller", "callee", "document", "rest", "room", "dial", "error", "carrier"]
"""Who ended a leg: its own party (caller, callee), a document's end, REST, its room, the other side of a Dial, a
failed webhook (error), or the carrier itself (not answered, unreachable, media lost)."""


Role = Literal["agent", "customer", "supervisor"]
"""Whose leg it is, where the address does not say so. A supervisor's is neither an agent's nor a caller's."""


class Segment(msgspec.Struct, kw_only=True):
    """A stretch of time in which a party heard one kind of thing; `end_ms` is None while it lasts."""

    heard: Heard
    start_ms: int
    end_ms: int | None = None


class LegRecord(msgspec.Struct, kw_only=True):
    """One leg from its first moment to its end.

    `role` is what whoever scripted the endpoint says its party is (None: judged by the address), `answered_by` what
    machine detection found, `tones` the keys that were played to the party, `parameters` what a client was given;
    `vanished_at` is when the party was gone without a word, though its leg stayed up.
    """

    sid: str
    direction: Literal["inbound", "outbound-api", "outbound-dial"]
    origin: Literal["caller", "calls", "participants", "dial"]
    from_party: str = msgspec.field(name="from")
    to_party: str = msgspec.field(name="to")
    created_at: int
    status: str
    parent_sid: str | None = None
    label: str | None = None
    persona: str | None = None
    dialled_at: int | None = None
    ringing_at: int | None = None
    answered_at: int | None = None
    queued_at: int | None = None
    vanished_at: int | None = None
    ended_at: int | None = None
    ended_by: EndedBy | None = None
    end_reason: str | None = None
    error_code: int | None = None
    sip_code: int | None = None
    queue_time_ms: int = 0
    role: Role | None = None
    answered_by: str | None = None
    detected_at: int | None = None
    tones: str = ""
    parameters: dict[str, str] = msgspec.field(default_factory=dict)
    segments: list[Segment] = msgspec.field(default_factory=list)

    @property
    def is_contact(self) -> bool:
        """True for a call from outside; a softphone that calls in is an agent, not a contact."""
        if self.role is not None:
            return self.direction == "inbound" and self.role == "customer"
        return self.direction == "inbound" and not self.from_party.startswith("client:")

    @property
    def is_agent(self) -> bool:
        """True for the legs of agents: softphones, and whoever was dialled into a room by REST."""
        if self.role is not None:
            return self.role == "agent"
        return self.origin == "participants" or self.endpoint.startswith("client:")

    @property
    def endpoint(self) -> str:
        """The address of the party on this leg."""
        return self.from_party if self.direction == "inbound" else self.to_party


class Stay(msgspec.Struct, kw_only=True):
    """One leg's time in a room, and what was changed about it meanwhile (`hold`, `unhold`, `mute`, `unmute`)."""

    sid: str
    label: str | None
    joined_at: int
    left_at: int | None = None
    reason: str | None = None
    changes: list[tuple[int, str]] = msgspec.field(default_factory=list)


class RoomRecord(msgspec.Struct, kw_only=True):
    """One conference from its creation to its end."""

    sid: str
    name: str
    created_at: int
    started_at: int | None = None
    ended_at: int | None = None
    end_reason: str | None = None
    stays: list[Stay] = msgspec.field(default_factory=list)


class BridgeRecord(msgspec.Struct, kw_only=True):
    """Two legs that could talk: in the same started room, or the two sides of a Dial, neither of them held.

    `let_in`: it began because REST took one of them off hold or let it speak, and not because somebody came.
    """

    sids: tuple[str, str]
    room: str | None
    start_ms: int
    end_ms: int | None = None
    let_in: bool = False


class DialRecord(msgspec.Struct, kw_only=True):
    """A participant that REST asked for and the carrier accepted."""

    room: str
    label: str | None
    to_party: str = msgspec.field(name="to")
    sid: str
    at: int


class RungRecord(msgspec.Struct, kw_only=True):
    """A number or client that rang."""

    to_party: str = msgspec.field(name="to")
    sid: str
    at: int


class WebhookRecord(msgspec.Struct, kw_only=True):
    """One HTTP request to the server. `ms` is how long the answer took; `error` says why none was accepted."""

    number: int
    kind: Literal["document", "call-progress", "conference", "recording", "detection"]
    event: str
    door: str
    url: str
    method: str
    sid: str
    token: str
    repeat: bool
    sent_at: int
    answered_at: int | None = None
    ms: float | None = None
    status: int | None = None
    error: str | None = None
    discarded: bool = False


class RestRecord(msgspec.Struct, kw_only=True):
    """One REST request from the server, with the carrier's code if it was refused and the fault it met, if any."""

    method: str
    path: str
    at: int
    ms: float
    status: int
    code: int | None = None
    sid: str | None = None
    fault: str | None = None


class DebuggerEntry(msgspec.Struct, kw_only=True):
    """A line of the carrier's debugger: what it found wrong with what the server sent."""

    at: int
    level: Literal["warning", "error"]
    code: int
    message: str
    sid: str | None = None
    url: str | None = None
