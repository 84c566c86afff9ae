"""The state of one site: tables of frozen records behind one `put`, with an undo list for the turn.

Core owns contacts, legs, calls, agents and tokens. A room owns only indexes over them, which it can build anew.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from cti.core.agent import Agent
from cti.core.base import Moment, Record
from cti.core.call import Call, Leg
from cti.core.campaign import CampaignRun, HeldLead, Line, Pool, PromisedCall
from cti.core.config import SiteConfig
from cti.core.contact import Contact, leg_ids_of
from cti.core.deadlines import Deadlines
from cti.core.dial import Dial, DialCount
from cti.core.ledger import Ledger
from cti.core.overlay import Overlay
from cti.core.recorded import RecordedLeg
from cti.core.registry import RegistryInForce
from cti.core.spend import Metered, Spend
from cti.core.tables import Table, Undo

R = TypeVar("R")


class Token(Record):
    """A bearer token, known by the SHA-256 (hex) of its text. `expires_at` is ms, 0 for never; `issued_at` too, 0 for
    unknown."""

    token_hash: str
    scope: str
    subject: str
    expires_at: int = 0
    issued_at: int = 0


NO_CONFIG = SiteConfig(name="", zone="UTC")


class State:
    """Everything the rules know. Changed by `apply` functions only."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.undo = Undo()
        self.deadlines = Deadlines()
        self.contacts: Table[str, Contact] = Table(self.undo)
        self.legs: Table[str, Leg] = Table(self.undo)
        self.leg_by_ref: Table[str, str] = Table(self.undo)
        self.calls: Table[str, Call] = Table(self.undo)
        self.agents: Table[str, Agent] = Table(self.undo)
        self.leaving: Table[str, str] = Table(self.undo)
        """Agents who wait for lines to be over before they go, and why."""
        self.tokens: Table[str, Token] = Table(self.undo)
        self.configs: Table[str, SiteConfig] = Table(self.undo)
        self.current: Table[str, str] = Table(self.undo)
        self.relook: Table[str, int] = Table(self.undo)
        self.dials: Table[str, Dial] = Table(self.undo)
        self.gathering: Table[str, Dial] = Table(self.undo)
        self.dial_counts: Table[str, DialCount] = Table(self.undo)
        self.registries: Table[str, RegistryInForce] = Table(self.undo)
        self.overlay = Overlay(self.undo)
        self.recorded: Table[str, RecordedLeg] = Table(self.undo)
        self.metered: Table[str, Metered] = Table(self.undo)
        self.spends: Table[str, Spend] = Table(self.undo)
        self.rate: Table[str, int] = Table(self.undo)
        self.runs: Table[str, CampaignRun] = Table(self.undo)
        self.leads: Table[str, HeldLead] = Table(self.undo)
        self.lead_marks: Table[str, int] = Table(self.undo)
        """In which record a campaign was last done with a lead, until the store surely knows."""
        self.removals: Table[str, int] = Table(self.undo)
        """In which record leads were last removed from a list, until the store surely knows."""
        self.promised: Table[str, PromisedCall] = Table(self.undo)
        self.lines: Table[str, Line] = Table(self.undo)
        self.pools: Table[str, Pool] = Table(self.undo)
        self.ledgers: Table[str, Ledger] = Table(self.undo)
        self.last = Moment(0, 0)
        self.rooms: dict[type, Any] = {}
        self._derived: dict[str, tuple[str, Any]] = {}

    def room(self, kind: type[R]) -> R:
        """A room's indexes."""
        return cast("R", self.rooms[kind])

    def derived(self, name: str, make: Callable[[SiteConfig], R]) -> R:
        """What follows from the configuration in force alone: made once for each."""
        kept = self._derived.get(name)
        if kept is None or kept[0] != self.config_hash:
            kept = self._derived[name] = self.config_hash, make(self.config)
        return cast("R", kept[1])

    @property
    def config_hash(self) -> str:
        return self.current.rows.get("config", "")

    @property
    def relook_at(self) -> int:
        """When to go on looking at everybody again (ms); 0: not needed."""
        return self.relook.rows.get("at", 0)

    @property
    def next_token_us(self) -> int:
        """When the carrier's rate has room for the next leg that we place (microseconds)."""
        return self.rate.rows.get("next_us", 0)

    @property
    def config(self) -> SiteConfig:
        """The configuration now in force."""
        return self.configs.rows.get(self.current.rows.get("config", ""), NO_CONFIG)

    def config_of(self, contact: Contact) -> SiteConfig:
        """The configuration a contact began under: its flow finishes on that one."""
        return self.configs.rows.get(contact.config_hash) or self.config

    def find_leg(self, leg_id: str, provider_ref: str) -> Leg | None:
        """By our id, else by the carrier's."""
        leg = self.legs.rows.get(leg_id)
        if leg is None and provider_ref:
            leg = self.legs.rows.get(self.leg_by_ref.rows.get(provider_ref, ""))
        return leg

    def open_call(self, call_id: str) -> Call | None:
        """A room that has not ended."""
        call = self.calls.rows.get(call_id)
        return call if call and not call.ended_at else None

    def legs_of(self, contact: Contact) -> list[Leg]:
        """The legs that belong to the contact, as far as they still exist; see `leg_ids_of`."""
        return [self.legs.rows[leg_id] for leg_id in leg_ids_of(contact) if leg_id in self.legs.rows]
