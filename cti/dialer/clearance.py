"""May this person be called now? What was gathered of the number, made exact, and judged by the calling rules."""

from typing import NamedTuple

from cti.core.calling import Block, CallFacts, CampaignConfig, Clearance, RegistryFact, Subject
from cti.core.dial import GatheredFacts
from cti.core.events import DialRequested
from cti.core.numbering import Place
from cti.core.overlay import attempts_laid_over, laid_over
from cti.core.state import State
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import judge
from cti.dialer.calling.open_times import HORIZON_MS
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.state import DialerState, Ready

NEXT_STEPS_MAX = 24
"""How often to look for the next allowed instant in the turn. What is found after so many is surely too early, and it
is looked for again then."""


class Needed(NamedTuple):
    """What must be known of a number: the registries to look into, in the versions in force; and whatever needs no
    looking up."""

    to_ask: tuple[tuple[str, str], ...]
    known: tuple[RegistryFact, ...]


def campaign_of(state: State, asked: DialRequested) -> CampaignConfig | None:
    """The campaign that the call is for."""
    return state.config.calling.campaigns.get(asked.campaign_id)


def ready_for(state: State) -> Ready:
    """The rules in force, made ready."""
    return state.room(DialerState).ready_for(state.config_hash, state.config)


def needed(state: State, asked: DialRequested, campaign: CampaignConfig) -> Needed:
    """Which registries the rules that bind this call ask for."""
    ready = ready_for(state)
    bare = call_facts(campaign, ready.place(asked.number, asked.address))
    return registries_needed(state, ready.book, bare)


def registries_needed(state: State, book: Rulebook, bare: CallFacts) -> Needed:
    """As `needed`, where the place is known. An example that was never imported is empty; any other such list cannot be
    looked into, which is a no. Once imported, an example grows stale as any other."""
    to_ask: list[tuple[str, str]] = []
    known: list[RegistryFact] = []
    for registry_id in book.binding(bare).registry_ids:
        config = book.config.registries.get(registry_id)
        example = config is not None and config.example
        in_force = state.registries.get(registry_id)
        if in_force and in_force.version:
            to_ask.append((registry_id, in_force.version))
            as_of = in_force.as_of
            known.append(RegistryFact(registry_id=registry_id, version=in_force.version, as_of=as_of))
        elif example:
            known.append(RegistryFact(registry_id=registry_id, version="", as_of=0, example=True))
    return Needed(tuple(to_ask), tuple(known))


def whom(state: State, asked: DialRequested, gathered: GatheredFacts) -> Subject | None:
    """Whom the call is for, with all that is known of them by now."""
    return state.overlay.with_numbers(asked.number, gathered.subject or asked.subject)


def judged(
    state: State, asked: DialRequested, campaign: CampaignConfig, gathered: GatheredFacts, at: int
) -> Clearance | str:
    """The proof of the verdict at `at` (ms); or in words why what was gathered does not hold any more."""
    ready = ready_for(state)
    return clear(state, ready.book, asked, campaign, ready.place(asked.number, asked.address), gathered, at)


def clear(
    state: State,
    book: Rulebook,
    asked: DialRequested,
    campaign: CampaignConfig,
    place: Place,
    gathered: GatheredFacts,
    at: int,
) -> Clearance | str:
    """As `judged`, where the rules are ready and the place is known."""
    floor = state.overlay.floor
    if gathered.as_of_seq < floor:
        lag = f"lists and earlier calls are known up to record {gathered.as_of_seq}, and are needed up to {floor}"
        return f"{lag}: try again when the store has caught up"
    bare = call_facts(campaign, place)
    to_ask, known = registries_needed(state, book, bare)
    if not all(each in gathered.registries for each in to_ask):
        return "a registry was switched in the meantime: try again"
    subject = whom(state, asked, gathered)
    about = (asked.number, subject, campaign.campaign_id, campaign.seller)
    facts = call_facts(
        campaign,
        place,
        consent=asked.consent,
        customer_at=asked.customer_at,
        guaranteed=asked.guaranteed,
        listed=laid_over(state.overlay, gathered.listed, about, gathered.as_of_seq),
        registries=known,
        attempts=attempts_laid_over(state.overlay, gathered.attempts, about),
        as_of_seq=state.last.seq + 1,
    )
    return Clearance(facts=facts, rules_version=book.version, blocks=judge(book, facts, campaign, at))


def not_before(book: Rulebook, clearance: Clearance, campaign: CampaignConfig, at: int) -> int:
    """When the call may be made next (ms), as things stand; -1 for never. No instant before it is allowed."""
    blocks: tuple[Block, ...] = clearance.blocks
    limit = at + HORIZON_MS
    for _ in range(NEXT_STEPS_MAX):
        if not blocks:
            return at
        if any(block.until < 0 for block in blocks):
            return -1
        at = max(block.until for block in blocks)
        if at > limit:
            return -1
        blocks = judge(book, clearance.facts, campaign, at)
    return at
