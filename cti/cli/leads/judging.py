"""May this lead be called: each number against our own lists, registries, and all calling rules of a campaign."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cti import engine
from cti.cli.dialer.site import Site
from cti.cli.dnc.registries import RegistryRow
from cti.core.calling import CONSENTS, AttemptFact, CallFacts, CampaignConfig, Listing, RegistryFact
from cti.core.numbering import Address, Place
from cti.core.overlay import attempt_fact, attempts_laid_over, laid_over
from cti.dialer.calling.explain import Explanation, explain
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.clearance import Needed, registries_needed
from cti.dialer.numbering.locate import NOWHERE, locate
from cti.lists.lookup import OpenLists
from cti.store.washing import Batch

CACHE_MAX = 10_000

YES, LATER, NO = "yes", "later", "no"
NO_RULES = "NO-RULES"
EVERYWHERE = "*"


class Lead(NamedTuple):
    """A number in E.164, and what the row says of its person."""

    number: str
    address: Address
    consent: str = ""


class Verdict(NamedTuple):
    """`yes`, `later` or `no`; the rules that say no, each with what it says; and the first instant (ms) at which none
    does, -1 for never."""

    word: str
    told: Mapping[str, str] = {}
    next_at: int = -1


class Judge:
    """The judge that a dial passes, for one instant `at` (ms). Without a campaign nothing is asked but whether the
    number is one, where it is, and which lists it is on."""

    def __init__(
        self,
        site: Site,
        site_name: str,
        lists: OpenLists,
        registries: Sequence[RegistryRow],
        campaign: CampaignConfig | None,
        at: int,
    ) -> None:
        self.examples: set[str] = set()
        """The registries that were asked and are empty examples: of them nobody knows anything."""
        self._calling = site.config.calling
        self._state = site.state or engine.new_state(site_name)
        self._campaign = campaign
        self._at = at
        self._book = Rulebook(self._calling, site.config.zones)
        self._lists = lists
        self._by_jurisdiction: dict[str, list[RegistryRow]] = {}
        for row in registries:
            self._by_jurisdiction.setdefault(row.jurisdiction, []).append(row)
        self._countries = {rule.jurisdiction.partition("-")[0] for rule in self._calling.rules}
        self._needed: dict[tuple[object, ...], Needed] = {}
        self._explained: dict[CallFacts, Explanation] = {}
        self.titles = {rule.rule_id: rule.title for rule in self._calling.rules}
        self.titles |= {registry_id: registry.name for registry_id, registry in self._calling.registries.items()}

    def verdict(self, lead: Lead, stored: Batch, as_of_seq: int) -> Verdict:
        """What the judge says, by what the store knew in record `as_of_seq` and what happened since."""
        campaign_id, seller = (self._campaign.campaign_id, self._campaign.seller) if self._campaign else ("", "")
        subject = stored.subject(lead.number)
        about = (lead.number, subject, campaign_id, seller)
        listed = tuple(
            Listing(list_id=entry.entry_id, scope=entry.scope, since=entry.added_at)
            for entry in stored.entries(lead.number, campaign_id, seller)
        )
        listed = laid_over(self._state.overlay, listed, about, as_of_seq)
        place = locate(lead.number, lead.address, self._calling.numbering)
        if self._campaign is None:
            return self._listed(lead.number, place, listed)
        earlier = stored.attempts(lead.number)
        facts = [attempt_fact(each, lead.number, subject, campaign_id, seller) for each in earlier]
        known = tuple(fact for fact in facts if fact and (fact.called or fact.told))
        attempts = attempts_laid_over(self._state.overlay, known, about)
        return self._judged(self._campaign, lead, place, listed, attempts)

    def is_foreign(self, lead: Lead) -> bool:
        """Whether the row names a state, and no country, and the number is of a country that has no such state, while
        another has."""
        state, states = lead.address.state, self._calling.numbering.states
        if not state or lead.address.country or "-" in state:
            return False
        country = locate(lead.number, NOWHERE, self._calling.numbering).country
        return f"{country}-{state}" not in states and any(known.partition("-")[2] == state for known in states)

    def _listed(self, number: str, place: Place, listed: tuple[Listing, ...]) -> Verdict:
        rule, _, words = place.reason.partition(": ")
        told = {rule: words} if rule else {}
        countries = dict.fromkeys(each.partition("-")[0] for each in place.jurisdictions)
        if any(country not in self._countries for country in countries):
            told[NO_RULES] = "no calling rules are known for its country"
        for listing in listed:
            scope = listing.scope.upper().replace("_", "-")
            told[f"DNC-{scope}"] = f"it is on our own lists, by the entry {listing.list_id}"
        for jurisdiction in (EVERYWHERE, *dict.fromkeys(place.jurisdictions)):
            for row in self._by_jurisdiction.get(jurisdiction, ()):
                if why := self._refusal(row, number):
                    told[row.registry_id] = why
        return Verdict(NO if told else YES, told, -1 if told else self._at)

    def _refusal(self, row: RegistryRow, number: str) -> str:
        """Why the registry says no: the number is on it, or nobody can say so, since there is no copy, or it is too old
        or not at hand."""
        if not row.version and row.example:
            self.examples.add(row.registry_id)
            return ""
        if not row.version:
            return "no copy of it was imported"
        if row.is_stale(self._at):
            return f"our copy of it is older than {row.days_max} days"
        held = self._holds(row.registry_id, row.version, number)
        return "the number is on it" if held else "it cannot be looked into" if held is None else ""

    def _judged(
        self,
        campaign: CampaignConfig,
        lead: Lead,
        place: Place,
        listed: tuple[Listing, ...],
        attempts: Sequence[AttemptFact],
    ) -> Verdict:
        consent = lead.consent if lead.consent in CONSENTS else ""
        bare = call_facts(campaign, place, consent=consent)
        registries: list[RegistryFact] = []
        on: list[Listing] = []
        needed = self._registries(bare)
        versions = dict(needed.to_ask)
        for fact in needed.known:
            version = versions.get(fact.registry_id)
            if fact.example:
                self.examples.add(fact.registry_id)
            held = self._holds(fact.registry_id, version, lead.number) if version else False
            if held is not None:  # what cannot be looked into is left out, and its rule says no
                registries.append(fact)
            if held:
                on.append(Listing(list_id=fact.registry_id, scope="registry"))
        facts = call_facts(
            campaign,
            place,
            consent=consent,
            listed=(*listed, *on),
            registries=tuple(registries),
            attempts=tuple(attempts),
        )
        said = self._explain(facts, campaign)
        told = {block.rule: block.detail for block in said.blocked_by}
        word = YES if said.allowed else LATER if said.next_allowed_at >= 0 else NO
        return Verdict(word, told, said.next_allowed_at)

    def _registries(self, bare: CallFacts) -> Needed:
        """Those that a call of this kind is judged by: the same for very many."""
        kind = (bare.jurisdictions, bare.line)
        found = self._needed.get(kind)
        if found is None:
            found = self._needed[kind] = registries_needed(self._state, self._book, bare)
        return found

    def _explain(self, facts: CallFacts, campaign: CampaignConfig) -> Explanation:
        """Who is on no list and was never called is told by where they are alone: so much is asked but once."""
        found = self._explained.get(facts)
        if found is None:
            if len(self._explained) >= CACHE_MAX:
                self._explained.clear()
            found = self._explained[facts] = explain(self._book, facts, campaign, self._at)
        return found

    def _holds(self, registry_id: str, version: str, number: str) -> bool | None:
        """None where that cannot be told."""
        try:
            return self._lists.holds(registry_id, version, number)
        except LookupError:
            return None
