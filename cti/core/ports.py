"""What the core's shells need from the world, as shapes. Adapters satisfy them; nothing inherits."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from cti.core.commands import AnyCommand, ClaimLeads, FindSuppression, GatherCallFacts, Originate
from cti.core.events import AnyEvent, CallFactsGathered, Customer, LeadsClaimed, SuppressionFound
from cti.core.plan import Plan
from cti.core.record import Batch, OutboxRow, StoredRecord, StoredReply


class Tail(msgspec.Struct, frozen=True):
    """Where a journal ends: the last sequence number (0 when empty), its hash and its time (ms)."""

    seq: int
    hash: str
    at: int


class Journal(Protocol):
    """The site's book of record. One owner writes, fenced by its epoch; anyone may read."""

    async def take_over(self, holder: str) -> int:
        """Become the owner: the next epoch. Whoever had an older one can append no more."""

    async def tail(self) -> Tail: ...

    async def append(self, batch: Batch) -> None:
        """Make the batch durable, all or nothing. Raises `Fenced`, `JournalUnavailable` (surely nothing was written)
        or `CommitUnknown`. Never to be cancelled."""

    async def probe(self) -> None:
        """Write and commit something harmless. Raises `JournalUnavailable`."""

    def read(self, after: int, upto: int | None = None) -> AsyncIterator[StoredRecord]:
        """Records with `after` < seq <= `upto`, in order."""

    async def reply_for(self, key: str, token: str = "") -> StoredReply | None:
        """The stored answer to a request with this token, or else this key."""

    async def arrival(self, key: str) -> int:
        """The record in which a call arrived under this key; 0 when there is none. For ever, unlike answers."""

    async def recent_replies(self, count_max: int) -> list[StoredReply]:
        """The newest stored answers, oldest first."""

    async def open_commands(self) -> list[OutboxRow]:
        """Commands that are not confirmed and not void, oldest first."""

    async def erase_personal(self, before_at: int) -> int:
        """Empty the personal column of records older than `before_at` (ms). Returns how many."""

    async def close(self) -> None: ...


INVALID_NUMBER, BLOCKED_NUMBER, CALLER_ID = "INVALID_NUMBER", "BLOCKED_NUMBER", "CALLER_ID"
"""Codes of a dial that failed: nobody has that number; the carrier lets nobody, or not us, call there; or it does not
take the number that we call from."""


class Result(msgspec.Struct, frozen=True):
    """What became of a command. `status`: `done`, `failed` (finally), `retry` (surely not executed, try again after
    `retry_after_s`) or `unknown` (may have been executed). `events` are reports to take in."""

    status: str
    events: tuple[AnyEvent, ...] = ()
    code: str = ""
    detail: str = ""
    retry_after_s: float = 0.0


class Carrier(Protocol):
    """Carries commands out on legs and rooms. Never raises for what the network or the carrier does."""

    async def execute(self, command: AnyCommand) -> Result: ...

    async def reconcile(self, command: Originate, sent_at: int) -> Result:
        """Find out what became of a dial that may have been executed. `done` with `LegPlaced` when it was, `failed`
        with code ABSENT when it surely was not, `unknown` when that cannot be told yet."""

    async def survey(self, legs: Sequence[tuple[str, str]]) -> list[AnyEvent]:
        """Compare what we hold to be alive, as (leg id, provider reference), with the carrier: `LegChecked` for each
        one about which the carrier could say something."""


class Audio(NamedTuple):
    """A recording's sound, as it comes. `length` is in bytes, None when nobody says."""

    content_type: str
    length: int | None
    chunks: AsyncIterator[bytes]


class Renderer(Protocol):
    """Turns plans into the carrier's documents."""

    def document(self, plan: Plan, leg_id: str, nonce: int, endpoint: str = "") -> str:
        """`endpoint` is whom a plan that forwards the leg rings: no part of the plan, since it is somebody's number."""


class Directory(Protocol):
    """Where customers are looked up by number (E.164, or as received)."""

    async def find(self, number: str) -> tuple[Customer, ...]: ...


class ListLookup(Protocol):
    """The big lists of registries, by version."""

    def holds(self, registry_id: str, version: str, number: str) -> bool:
        """Whether the number (E.164) is on it. In microseconds. Raises `LookupError` where this version is not at
        hand."""


class CallFactsSource(Protocol):
    """What is known of numbers: our own lists, registries, earlier calls."""

    async def gather(self, command: GatherCallFacts) -> CallFactsGathered:
        """The answer, as of a record that it names; with `missing` where a registry cannot be looked into. Raises what
        a store raises."""

    async def find_entries(self, command: FindSuppression) -> SuppressionFound:
        """The entries of our own lists that say this and are in force. Raises what a store raises."""


class LeadsSource(Protocol):
    """Who is to be called next."""

    async def claim(self, command: ClaimLeads) -> LeadsClaimed:
        """The answer, as of a record that it names. Raises what a store raises."""


GAP = "gap"
"""Whoever listens to anything is delivered a frame of this name when frames of any topic may have been lost."""


class Fanout(Protocol):
    """Delivers frames to whoever listens to a topic. Losing one costs latency, never a fact."""

    def publish(self, topic: str, seq: int, frame: bytes) -> None: ...


class Intake(Protocol):
    """The server's one way in. What is posted becomes a turn; the answer comes when its record is durable."""

    @property
    def holding(self) -> str:
        """Why nothing can be recorded now, in words; empty when all is well."""

    def post(self, event: AnyEvent, *, key: str, token: str = "", actor: str) -> Awaitable[str]:
        """The document to reply with (empty when there is none). A repeat by `token` or `key` gets the first answer and
        has no effect. Who stops waiting may cancel it: what was posted is decided about all the same. Never raises for
        what an event says; raises `JournalUnavailable` while holding."""

    def keep_secret(self, value: str) -> str:
        """Keep digits out of every record: returns the reference under which memory holds them."""
