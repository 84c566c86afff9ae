"""A contact as lines of text: who it is, and what happens. Every state is a word, never only a colour."""

from collections.abc import Iterator

from rich.text import Text

from cti.client import DeskContact, DeskParty, DeskTalk, ScreenPop
from cti.terminal.agent.people import People
from cti.terminal.words import cause_in_words, left, plain, since

CUSTOMERS_SHOWN = 4
ATTRIBUTES_SHOWN = 8

_MATCHES = {
    "none": "not a known customer",
    "pending": "looking who it is ...",
    "withheld": "the number is withheld",
    "failed": "the look-up failed",
}
_PARTY_STATES = {"ASKED": "is asked", "RINGING": "is rung", "HERE": "is here"}
_RECORDINGS = {"ASKED": "the recording is about to begin", "ON": "RECORDED", "PAUSED": "recording PAUSED"}


def card(contact: DeskContact, people: People, now: float, *, chosen: bool, note: str = "") -> Text:
    """The whole of it. `chosen` is the one that the keys mean."""
    text = Text()
    head = _head(contact, people, now)
    text.append(f"{'>' if chosen else ' '} {head}", style="bold")
    for line in _lines(contact, people, now):
        text.append(f"\n    {line}")
    if note:
        text.append(f"\n    your note: {' '.join(note.split())}")
    return text


def _head(contact: DeskContact, people: People, now: float) -> str:
    queue = people.queue(contact.queue_id)
    if contact.campaign_id:
        return _calling(contact, people.campaign(contact.campaign_id), now)
    if contact.called_for:
        queue = f"called for {people.campaign(contact.called_for)}"
    match contact.phase:
        case "OFFERED" | "ALERTING":
            ringing = contact.phase == "ALERTING"
            ends = f", {left(contact.until, now)} left to answer" if ringing and contact.until else ""
            if contact.asked_by:
                return f"{people.agent(contact.asked_by)} ASKS YOU IN ({queue}){ends}"
            waited = "" if contact.called_for else f", has waited {since(contact.queued_at, now)}"
            return f"{'RINGING' if ringing else 'COMING'}: {queue}{waited}{ends}"
        case "CONNECTING":
            return f"CONNECTING: {queue}, your phone is rung"
        case "CONNECTED":
            return f"TALKING {since(contact.since, now)}: {queue}"
        case "WRAP_UP":
            return f"WRAP-UP, {left(contact.until, now)} left: {queue}"
        case _:
            return f"{plain(contact.phase)}: {queue}"


def _calling(contact: DeskContact, campaign: str, now: float) -> str:
    """Of somebody whom the agent calls: nothing rings here, and the campaign says more than the queue."""
    match contact.phase:
        case "OFFERED" | "ALERTING":
            ends = f", {left(contact.until, now)} left to look" if contact.until else ""
            return f"SOMEBODY TO CALL: {campaign}{ends}"
        case "CONNECTING":
            return f"CALLING: {campaign}"
        case "CONNECTED":
            return f"TALKING {since(contact.since, now)}: {campaign}"
        case "WRAP_UP":
            return f"WRAP-UP, {left(contact.until, now)} left: {campaign}"
        case _:
            return f"{plain(contact.phase)}: {campaign}"


def _lines(contact: DeskContact, people: People, now: float) -> Iterator[str]:
    yield from who_calls(contact)
    if contact.before:
        yield f"talked before to {', '.join(map(people.agent, contact.before))}"
    if contact.phase == "CONNECTED" and contact.talk:
        yield from _talk(contact.talk, people)
    if contact.phase == "WRAP_UP" and contact.cause:
        yield f"how it ended: {cause_in_words(contact.cause)}"
    if contact.disposition:
        yield f"outcome: {plain(contact.disposition)}"


def who_calls(contact: DeskContact) -> Iterator[str]:
    """The caller, or who was called, as far as anybody knows; what the menu asked; where to read more."""
    number, pop = contact.from_number or "no number", contact.pop
    theirs, ours = ("to", "from") if contact.called_for or contact.campaign_id else ("from", "to")
    if pop is None:
        yield f"{theirs} {number}"
        return
    number = pop.from_number or number
    other = f", {ours} {pop.to_number}" if pop.to_number else ""
    yield f"{theirs} {number}{other}" + _match(pop)
    for customer in pop.customers[:CUSTOMERS_SHOWN]:
        facts = [
            customer.name or customer.customer_id,
            customer.segment,
            customer.account and f"account {customer.account}",
        ]
        yield "customer: " + ", ".join(fact for fact in facts if fact)
    if len(pop.customers) > CUSTOMERS_SHOWN:
        yield f"and {len(pop.customers) - CUSTOMERS_SHOWN} more customers with this number"
    if pop.attributes:
        yield "told so far: " + ", ".join(f"{plain(name)} {value}" for name, value in pop.attributes[:ATTRIBUTES_SHOWN])
    if pop.url:
        yield pop.url


def _match(pop: ScreenPop) -> str:
    if pop.match == "several":
        return f", one of {len(pop.customers)} customers"
    words = _MATCHES.get(pop.match, "")
    return f", {words}" if words else ""


def _talk(talk: DeskTalk, people: People) -> Iterator[str]:
    if talk.unwanted:
        yield "THEY ASKED NOT TO BE CALLED: say sorry, and end the call"
    if talk.party_id:
        whose = people.agent(talk.agent_id) if talk.agent_id else "an outside party"
        yield f"you were asked in; {whose} has the customer"
    marks = ["customer ON HOLD" if talk.on_hold else "customer is with you" if not talk.party_id else ""]
    marks += ["you are MUTED" if talk.muted else "", _RECORDINGS.get(talk.recording, "")]
    if any(marks):
        yield ", ".join(mark for mark in marks if mark)
    for party in talk.parties:
        if party.party_id != talk.party_id:
            yield party_in_words(party, people)


def party_in_words(party: DeskParty, people: People) -> str:
    """Somebody else in the conversation."""
    marks = [_PARTY_STATES.get(party.state, plain(party.state)), "ON HOLD" if party.on_hold else ""]
    marks.append("muted" if party.muted else "")
    return f"{people.party(party)} {', '.join(mark for mark in marks if mark)}"
