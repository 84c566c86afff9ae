"""May this lead be called: each number against our own lists, registries, and all calling rules of a campaign."""

from collections.abc import Sequence
from typing import NamedTuple

from cti import engine
from cti.cli.dialer.site import Site
from cti.core.calling import CONSENTS, AttemptFact, CallFacts, CampaignConfig, Listing, RegistryFact
from cti.core.numbering import Address, Place
from cti.core.overlay import attempt_fact, attempts_laid_over, laid_over
from cti.dialer.calling.explain import Explanation, explain
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.clearance import Needed, registries_needed
from cti.dialer.numbering.locate import locate
from cti.lists.lookup import OpenLists
from cti.store.washing import Batch

CACHE_MAX = 10_000

YES, LATER, NO = "yes", "later", "no"
NO_RULES = "NO-RULES"


class Lead(NamedTuple):
    """A number in E.164, and what the row says of its person."""

    number: str
    address: Address
    consent: str = ""


class Verdict(NamedTuple):
    """`yes`, `later` or `no`; the rules that say no; and the first instant (ms) at which none does, -1 for never."""

    word: str
    rules: tuple[str, ...] = ()
    next_at: int = -1


class Judge:
    """The judge that a dial passes, for one instant `at` (ms). Without a campaign nothing is asked but whether the
    number is one, where it is, and which lists it is on."""

    def __init__(self, site: Site, site_name: str, lists: OpenLists, campaign: CampaignConfig | None, at: int) -> None:
        self._calling = site.config.calling
        self._state = site.state or engine.new_state(site_name)
        self._campaign = campaign
        self._at = at
        self._book = Rulebook(self._calling, site.config.zones)
        self._lists = lists
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

    def _listed(self, number: str, place: Place, listed: tuple[Listing, ...]) -> Verdict:
        rules = [place.reason.partition(":")[0]] if place.reason else []
        countries = dict.fromkeys(each.partition("-")[0] for each in place.jurisdictions)
        rules += [NO_RULES] if any(country not in self._countries for country in countries) else []
        rules += [f"DNC-{each.scope.upper().replace('_', '-')}" for each in listed]
        for registry_id, row in self._state.registries.rows.items():
            config = self._calling.registries.get(registry_id)
            binds = config is not None and config.jurisdiction in place.jurisdictions
            if binds and row.version and self._holds(registry_id, row.version, number) is not False:
                rules.append(registry_id)
        return Verdict(NO if rules else YES, tuple(dict.fromkeys(rules)), -1 if rules else self._at)

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
        rules = tuple(dict.fromkeys(block.rule for block in said.blocked_by))
        if said.allowed:
            return Verdict(YES, (), self._at)
        return Verdict(LATER if said.next_allowed_at >= 0 else NO, rules, said.next_allowed_at)

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
