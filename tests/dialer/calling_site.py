"""A site that calls people: campaigns with rules made by hand, and a store that answers what a test says."""

from typing import Any

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.calling import (
    AttemptFact,
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    HoursDemand,
    Listing,
    Registry,
    RegistryDemand,
)
from cti.core.commands import GatherCallFacts, Originate
from cti.core.config import AgentConfig
from cti.core.numbering import Area, Numbering
from cti.core.states import PartyRole
from cti.core.times import OpeningSpan
from tests.centre import agent, centre
from tests.site import Site

NUMBER = "+12125550123"
"""In New York."""
OTHER = "+12125550124"
MIAMI = "+13055550123"

TUESDAY_NOON = 1_750_176_000_000
"""2025-06-17 16:00 UTC: noon in New York."""

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

DAILY = tuple(OpeningSpan(weekday=day, opens=8 * 60, closes=21 * 60) for day in range(7))
ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "Pacific/Honolulu")

EAST = ("America/New_York",)
NUMBERING = Numbering(
    version="test",
    areas={
        "1212": Area(states=("US-NY",), zones=EAST),
        "1202": Area(states=("US-DC",), zones=EAST),
        "1305": Area(states=("US-FL",), zones=EAST),
        "1808": Area(states=("US-HI",), zones=("Pacific/Honolulu",)),
    },
    states={"US-NY": EAST, "US-DC": EAST, "US-FL": EAST, "US-HI": ("Pacific/Honolulu",)},
    countries={"US": ZONES},
    zones={zone: zone for zone in ZONES},
)

HOURS = CallingRule(rule_id="US-HOURS", jurisdiction="US", title="By day", demand=HoursDemand(spans=DAILY))
CAP = CallingRule(
    rule_id="US-CAP", jurisdiction="US", title="Three a day", demand=CapDemand(most=3, per="person", hours=24)
)
DNC = CallingRule(
    rule_id="US-DNC",
    jurisdiction="US",
    title="The national list",
    demand=RegistryDemand(registry_id="us_national", days=31),
    purposes=("sales",),
)
REST = CallingRule(
    rule_id="US-REST",
    jurisdiction="US",
    title="A rest after talking",
    demand=CapDemand(most=1, of="conversations", per="debt", days=7),
    purposes=("collections",),
)


def campaign(campaign_id: str, **fields: Any) -> CampaignConfig:
    return CampaignConfig(
        **{
            "campaign_id": campaign_id,
            "name": campaign_id.title(),
            "seller": "harbour",
            "purpose": "service",
            "countries": ("US",),
            "caller_id": "+12025550100",
            **fields,
        }
    )


def calling(*rules: CallingRule, campaigns: tuple[CampaignConfig, ...] = (), **fields: Any) -> CallingConfig:
    """The rules of the United States, small; two campaigns of one seller and one of another."""
    every = campaigns or (
        campaign("spring"),
        campaign("autumn"),
        campaign("sales", purpose="sales"),
        campaign("debts", purpose="collections"),
        campaign("elsewhere", seller="other"),
    )
    registries = {"us_national": Registry(registry_id="us_national", name="National list", jurisdiction="US")}
    return CallingConfig(
        **{
            "rules": rules or (HOURS, CAP, DNC, REST),
            "campaigns": {each.campaign_id: each for each in every},
            "registries": registries,
            "numbering": NUMBERING,
            **fields,
        }
    )


class CallingSite(Site):
    """It is noon on a Tuesday in New York. Whoever asks for a number to be rung gets what is known of it from `known`,
    unless a test answers itself."""

    def __init__(
        self, config: CallingConfig | None = None, agents: tuple[AgentConfig, ...] = (), **fields: Any
    ) -> None:
        zones = {name: table(name) for name in ZONES}
        fields = {"zones": zones, **fields}
        super().__init__(centre(*(agents or (agent("anna"), agent("ben"))), calling=config or calling(), **fields))
        self.wait_until(TUESDAY_NOON)
        self._dials = 0

    def request(self, number: str = NUMBER, *, purpose: str = "manual", campaign_id: str = "spring", **f: Any) -> str:
        """Somebody is to be called; what is known of the number is asked for. Returns the leg."""
        self._dials += 1
        leg_id = f"main-x{self._dials}"
        started = e.LegStarted(
            leg_id=leg_id, role=PartyRole.CUSTOMER, endpoint_kind="tel", endpoint=f"tel:{number}", call_id="room"
        )
        self.take(started)
        self.take(
            e.DialRequested(dial_id=leg_id, purpose=purpose, leg_id=leg_id, number=number, campaign_id=campaign_id, **f)
        )
        return leg_id

    def know(
        self, leg_id: str, *, listed: tuple[Listing, ...] = (), attempts: tuple[AttemptFact, ...] = (), **f: Any
    ) -> None:
        """The store answers, as of this very record unless told otherwise."""
        asked = self.gathers(leg_id)[-1]
        self.take(
            e.CallFactsGathered(
                **{
                    "dial_id": leg_id,
                    "as_of_seq": self.state.last.seq,
                    "listed": listed,
                    "attempts": attempts,
                    "registries": asked.registries,
                    **f,
                }
            )
        )

    def call_out(self, number: str = NUMBER, **fields: Any) -> str:
        """Somebody is to be called of whom nobody knows anything."""
        leg_id = self.request(number, **fields)
        if leg_id in self.state.gathering:
            self.know(leg_id)
        return leg_id

    def gathers(self, leg_id: str = "") -> list[GatherCallFacts]:
        """The questions that the store was asked."""
        found = [command for command in self.asked if isinstance(command, GatherCallFacts)]
        return [command for command in found if leg_id in ("", command.dial_id)]

    def rung(self) -> list[str]:
        """The legs that were asked of the carrier, all in all."""
        return [command.leg_id for command in self.asked if isinstance(command, Originate)]

    def why_not(self, leg_id: str) -> str:
        """The rule that refused the dial; empty when none did."""
        return "".join(event.rule for event in self.ever(e.DialRefused) if event.dial_id == leg_id)

    def refusal(self, leg_id: str) -> e.DialRefused:
        return next(event for event in self.ever(e.DialRefused) if event.dial_id == leg_id)

    def cleared(self, leg_id: str) -> e.DialCleared:
        return next(event for event in self.ever(e.DialCleared) if event.dial_id == leg_id)

    def suppress(self, value: str = NUMBER, *, scope: str = "company", **fields: Any) -> str:
        """Somebody is not to be called any more. Returns the entry's id; empty when none was made."""
        self.take(e.SuppressionRequested(scope=scope, value=value, by="anna", **fields))
        return "".join(event.entry_id for event in self.happened(e.SuppressionAdded))

    def unsuppress(self, value: str = NUMBER, *, scope: str = "company", reason: str = "they asked", **f: Any) -> None:
        """Somebody wants to be called again; the store is asked whether there is such an entry."""
        asked = {"scope": scope, "value": value, "reason": reason, "by": "ben", **f}
        self.take(e.SuppressionRemovalRequested(**asked))

    def find(self, *found: str, as_of_seq: int | None = None, **fields: Any) -> None:
        """The store answers the last question for an entry."""
        asked = self.asked[-1]
        names = (
            "scope",
            "value",
            "campaign_id",
            "seller",
            "entry_id",
            "reason",
            "by",
            "request_id",
            "asked_seq",
            "origin",
        )
        repeated = {name: getattr(asked, name) for name in names}
        as_of = self.state.last.seq if as_of_seq is None else as_of_seq
        entries = tuple(e.FoundEntry(entry_id=each, since=5) for each in found)
        self.take(e.SuppressionFound(**{**repeated, "found": entries, "as_of_seq": as_of, **fields}))

    def hang_up_by_all(self, leg_id: str) -> None:
        """The called person's leg is over."""
        self.end(leg_id)
