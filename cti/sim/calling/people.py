"""Who calls, who does not want to be called, and who looks after the lists; all at once, mostly as the hours end."""

from cti.core.calling import Subject
from cti.core.events import (
    AnyEvent,
    DialRequested,
    LegStarted,
    RegistrySwitchConfirmed,
    RegistrySwitchRequested,
    SuppressionRemovalRequested,
    SuppressionRequested,
)
from cti.core.numbering import Address
from cti.core.states import PartyRole
from cti.sim.calling.centre import NEW_YORK, NUMBERS, REGISTRY, SALES, SERVICE
from cti.sim.calling.truth import Asked, Truth
from cti.sim.edge import Edge
from cti.sim.nature import DAY_MS, Nature

TRIES_MAX = 5
OPERATORS = ("olga", "pete", "quinn")
HOUSEHOLDS = ("h1", "h2", "", "", "", "")
PATTERNS = (("area_code", "+1213"), ("wildcard", "+1212555012?"), ("wildcard", "+1602555????"))


class People:
    """They do what comes to their minds."""

    def __init__(self, nature: Nature, edge: Edge, truth: Truth) -> None:
        self.calls = 0
        self._nature = nature
        self._edge = edge
        self._truth = truth
        self._done = 0
        self._numbers = sorted(NUMBERS)

    def act(self) -> None:
        """One of them, one thing."""
        calls = (self._call, self._call, self._call, self._call, self._call_many)
        deeds = (*calls, self._add, self._remove, self._switch)
        self._nature.pick(deeds)()

    def _post(self, *events: AnyEvent, tries: int = 0) -> None:
        """As soon as there is somebody to tell."""
        owner = self._edge.owner
        if owner is None or owner.asleep:
            if tries < TRIES_MAX:
                self._nature.after(500, 1_500, lambda: self._post(*events, tries=tries + 1))
            return
        for event in events:
            self._done += 1
            owner.post(event, key=f"people:{self._done}", actor="cli")

    def _call_many(self) -> None:
        """A campaign begins: the last of them wait for the carrier's rate, or are on the line already."""
        for _ in range(self._nature.between(12, 24)):
            self._call()

    def _call(self) -> None:
        """By hand or for a campaign. Some may be in two places."""
        nature = self._nature
        number, campaign_id = nature.pick(self._numbers), nature.pick((SERVICE, SALES))
        household = nature.pick(HOUSEHOLDS)
        home, elsewhere = NUMBERS[number], nature.chance(0.2)
        zones = (home, NEW_YORK) if elsewhere and home != NEW_YORK else (home,)
        address = Address(country="US", zone=zones[-1], verified=len(zones) == 1)
        self.calls += 1
        leg_id = f"sim-x{self.calls}"
        self._truth.asked[leg_id] = Asked(zones=zones, campaign_id=campaign_id, household_id=household)
        started = LegStarted(
            leg_id=leg_id,
            role=PartyRole.CUSTOMER,
            endpoint_kind="tel",
            endpoint=f"tel:{number}",
            call_id=f"sim-r{self.calls}",
        )
        asked = DialRequested(
            dial_id=leg_id,
            purpose=nature.pick(("manual", "callback", "campaign")),
            leg_id=leg_id,
            number=number,
            campaign_id=campaign_id,
            subject=Subject(household_id=household) if household else None,
            address=address,
        )
        self._post(started, asked)
        if nature.chance(0.25):  # they say so just now
            nature.after(0, 5_000, lambda: self._add_entry("company", number, ""))

    def _entry(self) -> tuple[str, str, str]:
        """A scope, a value, and a campaign."""
        nature = self._nature
        if nature.chance(0.03):
            return (*nature.pick(PATTERNS), "")
        if nature.chance(0.2):
            return "household", nature.pick(HOUSEHOLDS[:2]), ""
        scope = nature.pick(("company", "company", "campaign"))
        campaign_id = nature.pick((SERVICE, SALES)) if scope == "campaign" else ""
        return scope, nature.pick(self._numbers), campaign_id

    def _add(self) -> None:
        self._add_entry(*self._entry())

    def _add_entry(self, scope: str, value: str, campaign_id: str) -> None:
        request_id = f"r{self._done}" if self._nature.chance(0.3) else ""
        self._post(
            SuppressionRequested(
                scope=scope, value=value, campaign_id=campaign_id, by="anna", origin="agent", request_id=request_id
            )
        )

    def _remove(self) -> None:
        scope, value, campaign_id = self._entry()
        self._post(
            SuppressionRemovalRequested(
                scope=scope, value=value, campaign_id=campaign_id, by="ben", reason="they asked", request_id="r"
            )
        )

    def _switch(self) -> None:
        """A new version, now and then one that has lost much; somebody has a second look, sometimes."""
        nature, number = self._nature, len(self._truth.versions) + 1
        version = f"v{number}"
        listed = frozenset(each for each in self._numbers if nature.chance(0.3))
        self._truth.versions[version] = listed
        count = 1_000 - 400 * nature.chance(0.3) + number
        by = nature.pick(OPERATORS)
        as_of = nature.now - DAY_MS
        self._post(
            RegistrySwitchRequested(
                registry_id=REGISTRY, version=version, count=count, added=number, removed=0, as_of=as_of, by=by
            )
        )
        if nature.chance(0.7):
            confirmed = RegistrySwitchConfirmed(registry_id=REGISTRY, version=version, by=nature.pick(OPERATORS))
            nature.after(100, 20_000, lambda: self._post(confirmed))
