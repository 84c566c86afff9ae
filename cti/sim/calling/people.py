"""Who calls, who does not want to be called, and who looks after the lists; all at once, mostly as the hours end."""

from functools import partial

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
from cti.sim.calling.centre import CAMPAIGNS, CLAIMS, DEBTS, OFFERS, REGISTRY, REGISTRY_DAYS, SELLERS, SERVICE
from cti.sim.calling.lists import Version, Wish
from cti.sim.calling.population import (
    CROWD_MAX,
    DEBTORS,
    HOUSEHOLDS,
    NEW_YORK,
    NUMBERS,
    PEOPLE,
    ZONES,
    Person,
    crowd,
    zone_of,
)
from cti.sim.calling.rings import Asked, Ring
from cti.sim.calling.truth import Truth
from cti.sim.edge import Edge
from cti.sim.nature import DAY_MS, Nature

TRIES_MAX = 5
OPERATORS = ("olga", "pete", "quinn")
PATTERNS = (("area_code", "+1213"), ("wireless", "+17185"), ("wildcard", "+1212555012?"), ("wildcard", "+1602555????"))
STALE_SOON_MS = 90_000
COLLECTS_MS = 60_000


class Callers:
    """They do what comes to their minds."""

    def __init__(self, nature: Nature, edge: Edge, truth: Truth) -> None:
        self.calls = 0
        self._nature = nature
        self._edge = edge
        self._truth = truth
        self._done = 0
        self._versions = 0
        self._withdrawn: set[str] = set()
        self._debt = nature.pick(sorted({debt for person in DEBTORS for debt in person.debts}))
        self.collects = nature.chance(0.15)
        """Somebody wants their money back, and is not to be reached."""
        self._crowd = crowd(_size_of_crowd(nature))

    @property
    def crowd(self) -> int:
        """How many more people one campaign calls at one time in this world: all but the first wait for the rate."""
        return len(self._crowd)

    def act(self) -> None:
        """One of them, one thing."""
        calls = (self._call, self._call, self._call, self._call, self._collect, self._call_many)
        deeds = (*calls, self._add, self._remove, self._remove, self._switch, self._withdraw)
        deed = self._nature.pick(deeds)
        if self.collects and self._nature.chance(0.4):
            deed = self._collect
        deed()

    def call_the_crowd(self) -> None:
        """A campaign begins with all that it has. Some of those who wait do not want it, or nobody in their town."""
        nature, takes_ms = self._nature, 1_000 * len(self._crowd)
        for number in self._crowd:
            self._ask(Asked(number=number, zones=(zone_of(number),), campaign_id=SERVICE, seller=SELLERS[SERVICE]))
        unwilling = [nature.pick(self._crowd) for _ in range(len(self._crowd) // 20)]
        wishes = [Wish(scope="company", value=number) for number in unwilling]
        if nature.chance(0.3):
            wishes.append(Wish(scope="area_code", value=f"+{nature.pick(sorted(ZONES))}"))
        for wish in wishes:
            nature.after(0, takes_ms, partial(self._wish, wish))

    def talk(self, ring: Ring) -> None:
        """Who is called presses a key, now and then, not to be called again: by this seller, or by anybody."""
        if self._nature.chance(0.1):
            seller = self._nature.pick(("", ring.asked.seller))
            wish = Wish(scope="company", value=ring.asked.number, seller=seller)
            self._nature.after(500, 6_000, lambda: self._wish(wish, "key_press"))

    def _post(self, *events: AnyEvent) -> tuple[str, ...]:
        """The keys, by which it is known whether they were taken."""
        keys = tuple(f"people:{self._done + place}" for place in range(1, len(events) + 1))
        self._done += len(events)
        self._tell(events, keys, TRIES_MAX)
        return keys

    def _tell(self, events: tuple[AnyEvent, ...], keys: tuple[str, ...], tries: int) -> None:
        """As soon as there is somebody to tell."""
        owner = self._edge.owner
        if owner is None or owner.asleep:
            if tries:
                self._nature.after(500, 1_500, lambda: self._tell(events, keys, tries - 1))
            return
        for key, event in zip(keys, events, strict=True):
            owner.post(event, key=key, actor="cli")

    # Calls

    def call_in(self, zone: str) -> None:
        """Somebody who lives there."""
        near = [(person, number) for person in PEOPLE for number in person.numbers if zone_of(number) == zone]
        person, number = self._nature.pick(near)
        self._call_for(person, self._nature.pick(CAMPAIGNS), number)

    def _call_many(self) -> None:
        """A campaign begins: the last of them wait for the carrier's rate, or are on the line already."""
        for _ in range(self._nature.between(5, 12)):
            self._call()

    def _call(self) -> None:
        """Somebody, at one of their numbers."""
        nature = self._nature
        self._call_for(nature.pick(PEOPLE), nature.pick(CAMPAIGNS))

    def _collect(self) -> None:
        """About one debt, one after another, of everybody who owes it."""
        nature = self._nature
        for _ in range(nature.between(2, 6)):
            nature.after(0, COLLECTS_MS, self._call_a_debtor)

    def _call_a_debtor(self) -> None:
        debtors = [person for person in DEBTORS if self._debt in person.debts]
        self._call_for(self._nature.pick(debtors), self._nature.pick((DEBTS, CLAIMS)))

    def _call_for(self, person: Person, campaign_id: str, number: str = "") -> None:
        """Much is known of the person, or little. Some may be in two places."""
        nature = self._nature
        number = number or nature.pick(person.numbers)
        home = zone_of(number)
        zones = (home, NEW_YORK) if nature.chance(0.2) and home != NEW_YORK else (home,)
        named, of_debt = nature.chance(0.75), campaign_id in (DEBTS, CLAIMS) and person.debts
        consent = "none" if person.person_id in self._withdrawn else nature.pick(("", "express", "written"))
        asked = Asked(
            number=number,
            zones=zones,
            campaign_id=campaign_id,
            seller=SELLERS[campaign_id],
            person_id=person.person_id if named else "",
            household_id=person.household_id if nature.chance(0.4) else "",
            lead_id=f"{campaign_id}-{person.person_id}" if nature.chance(0.4) else "",
            debt_id=self._debt_of(person) if of_debt and nature.chance(0.85) else "",
            consent=consent,
        )
        self._ask(asked)
        if nature.chance(0.08):  # they say so just now
            wish = self._wish_of(person, number, campaign_id)
            nature.after(0, 5_000, lambda: self._wish(wish))

    def _debt_of(self, person: Person) -> str:
        return self._debt if self._debt in person.debts else self._nature.pick(person.debts)

    def _wish_of(self, person: Person, number: str, campaign_id: str) -> Wish:
        """Of the number called, of another, or of the person, at whatever number; for good or for this seller."""
        seller = self._nature.pick(("", SELLERS[campaign_id], SELLERS[campaign_id]))
        scope, value = self._nature.pick(
            (("company", number), ("company", self._nature.pick(person.numbers)), ("household", person.person_id))
        )
        return Wish(scope=scope, value=value, seller=seller)

    def _ask(self, asked: Asked) -> None:
        nature = self._nature
        self.calls += 1
        leg_id = f"sim-x{self.calls}"
        self._truth.asked[leg_id] = asked
        started = LegStarted(
            leg_id=leg_id,
            role=PartyRole.CUSTOMER,
            endpoint_kind="tel",
            endpoint=f"tel:{asked.number}",
            call_id=f"sim-r{self.calls}",
        )
        subject = Subject(
            person_id=asked.person_id,
            household_id=asked.household_id,
            lead_id=asked.lead_id,
            debt_id=asked.debt_id,
        )
        requested = DialRequested(
            dial_id=leg_id,
            purpose=nature.pick(("manual", "callback", "campaign")),
            leg_id=leg_id,
            number=asked.number,
            campaign_id=asked.campaign_id,
            subject=None if subject == Subject() else subject,
            address=Address(country="US", zone=asked.zones[-1], verified=len(asked.zones) == 1),
            consent=asked.consent,
        )
        self._post(started, requested)

    # Lists

    def _some_wish(self) -> Wish:
        nature = self._nature
        if nature.chance(0.03):
            scope, value = nature.pick(PATTERNS)
            return Wish(scope=scope, value=value)
        seller = nature.pick(("", *sorted(set(SELLERS.values()))))
        if nature.chance(0.25):
            return Wish(scope="household", value=nature.pick((*HOUSEHOLDS, "ada", "cleo")), seller=seller)
        if nature.chance(0.4):
            return Wish(scope="campaign", value=nature.pick(NUMBERS), campaign_id=nature.pick(CAMPAIGNS))
        return Wish(scope="company", value=nature.pick(NUMBERS), seller=seller)

    def _add(self) -> None:
        self._wish(self._some_wish())

    def _wish(self, wish: Wish, origin: str = "agent") -> None:
        request_id = f"r{self._done}" if self._nature.chance(0.3) else ""
        requested = SuppressionRequested(
            scope=wish.scope,
            value=wish.value,
            campaign_id=wish.campaign_id,
            seller=wish.seller,
            by="anna",
            origin=origin,
            request_id=request_id,
        )
        [key] = self._post(requested)
        self._truth.wishes.made(key, wish)

    def _withdraw(self) -> None:
        """Somebody takes back what they agreed to: whoever calls for the offers knows it from now on, and those under
        way are to be stopped."""
        person = self._nature.pick(PEOPLE)
        self._withdrawn.add(person.person_id)
        self._wish(Wish(scope="household", value=person.person_id, campaign_id=OFFERS))

    def _remove(self) -> None:
        wishes = self._truth.wishes.entries
        wish = self._nature.pick(wishes).wish if wishes and self._nature.chance(0.8) else self._some_wish()
        requested = SuppressionRemovalRequested(
            scope=wish.scope,
            value=wish.value,
            campaign_id=wish.campaign_id,
            seller=wish.seller,
            by="ben",
            reason="they asked",
            request_id="r",
        )
        [key] = self._post(requested)
        gone = Wish(scope=wish.scope, value=wish.value, campaign_id=wish.campaign_id, seller=wish.seller, gone=True)
        self._truth.wishes.made(key, gone)

    def _switch(self) -> None:
        """A new version, now and then one that has lost much, or that is stale within a minute or already; somebody has
        a second look, sometimes."""
        nature = self._nature
        self._versions += 1
        name, by = f"v{self._versions}", nature.pick(OPERATORS)
        as_of = nature.now - DAY_MS
        if nature.chance(0.3):
            as_of = nature.now - REGISTRY_DAYS * DAY_MS + nature.between(-STALE_SOON_MS / 2, STALE_SOON_MS)
        version = Version(
            numbers=frozenset(each for each in NUMBERS if nature.chance(0.3)),
            count=1_000 - 400 * nature.chance(0.3) + self._versions,
            removed=nature.pick((0, 0, 0, 300)),
            as_of=as_of,
            by=by,
        )
        self._truth.registry.versions[name] = version
        self._post(
            RegistrySwitchRequested(
                registry_id=REGISTRY,
                version=name,
                count=version.count,
                added=self._versions,
                removed=version.removed,
                as_of=as_of,
                by=by,
            )
        )
        if nature.chance(0.7):
            nature.after(100, 20_000, lambda: self._confirm(name, nature.pick(OPERATORS)))

    def _confirm(self, name: str, by: str) -> None:
        [key] = self._post(RegistrySwitchConfirmed(registry_id=REGISTRY, version=name, by=by))
        self._truth.registry.confirmation(key, name, by)


def _size_of_crowd(nature: Nature) -> int:
    """Mostly none; now and then some dozens, rarely hundreds."""
    if nature.chance(0.01):
        return nature.between(CROWD_MAX / 2, CROWD_MAX + 1)
    return nature.between(30, 80) if nature.chance(0.1) else 0
