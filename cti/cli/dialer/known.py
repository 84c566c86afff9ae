"""What the database knows of a number: which lists it is on, and which calls it had. As a dial would be told."""

from cti import engine
from cti.cli.dialer.site import Site
from cti.cli.store import reading
from cti.core.base import Record
from cti.core.calling import AttemptFact, CallFacts, CampaignConfig, Listing, RegistryFact, Subject
from cti.core.commands import GatherCallFacts
from cti.core.errors import CtiError
from cti.core.events import CallFactsGathered
from cti.core.overlay import attempts_laid_over, laid_over
from cti.core.ports import ListLookup
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.clearance import registries_needed
from cti.lists.lookup import OpenLists
from cti.settings import LISTS, Settings
from cti.store.call_facts import CallFacts as StoredCallFacts
from cti.store.errors import StoreError


class Known(Record):
    """As the judge is told it; and whose number it is, as far as that is known."""

    listed: tuple[Listing, ...] = ()
    registries: tuple[RegistryFact, ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    as_of_seq: int = 0
    subject: Subject | None = None


async def known(
    settings: Settings, site: Site, book: Rulebook, number: str, campaign: CampaignConfig, bare: CallFacts
) -> Known:
    """`bare` is the call before anything is known of the number. What cannot be looked into is left out: the rules that
    ask for it say no."""
    state = site.state or engine.new_state(settings.site)
    needed = registries_needed(state, book, bare)
    if not state.config_hash:  # nobody has ever been called from here
        return Known(registries=needed.known)
    with OpenLists(settings.data_dir / LISTS) as lists:
        at_hand = tuple(each for each in needed.to_ask if _is_at_hand(lists, *each, number))
        command = GatherCallFacts(
            dial_id="",
            campaign_id=campaign.campaign_id,
            seller=campaign.seller,
            number=number,
            registries=at_hand,
            since_seq=state.overlay.floor,
        )
        found = await _gathered(settings, command, lists)
    if found.as_of_seq < state.overlay.floor:
        raise CtiError(
            f"The store has come to record {found.as_of_seq} of {state.last.seq}, so that lists and earlier calls are "
            "not known: start the server, which brings it up to date."
        )
    missing = dict(each for each in needed.to_ask if each not in at_hand)
    subject = state.overlay.with_numbers(number, found.subject)
    about = (number, subject, campaign.campaign_id, campaign.seller)
    return Known(
        listed=laid_over(state.overlay, found.listed, about, found.as_of_seq),
        registries=tuple(fact for fact in needed.known if fact.registry_id not in missing),
        attempts=attempts_laid_over(state.overlay, found.attempts, about),
        as_of_seq=state.last.seq,
        subject=subject,
    )


def _is_at_hand(lists: ListLookup, registry_id: str, version: str, number: str) -> bool:
    try:
        lists.holds(registry_id, version, number)
    except LookupError:
        return False
    return True


async def _gathered(settings: Settings, command: GatherCallFacts, lists: ListLookup) -> CallFactsGathered:
    try:
        async with reading(settings) as store:
            return await StoredCallFacts(store, settings.site, lists).gather(command)
    except StoreError as error:
        raise CtiError(
            f"Lists and earlier calls cannot be read: {error}. The server makes the store when it first starts."
        ) from error
