"""What an agent can do now, by how the desk stands: nothing is shown that the server would refuse for that alone."""

from collections.abc import Iterator

from cti.client import Desk, DeskContact, DeskParty, DeskTalk
from cti.terminal.keys import Action

LEAVE = Action("q", "leave", "leave")
NEXT = Action("tab", "next contact", "next")
ACCEPT = Action("a", "accept", "accept")
REJECT = Action("x", "reject", "reject")
NEXT_LEAD = Action("l", "next lead", "next_lead")
SAYING = ("CONNECTED", "WRAP_UP")
"""Phases in which the outcome of the contact itself is said."""
PREVIEW = "preview"
"""The mode of campaigns whose leads agents look at before they call."""
OUTCOME = Action("o", "outcome and notes", "outcome")
LATE = Action("o", "outcome of the last call", "outcome")


def actions_of(
    desk: Desk | None, contact: DeskContact | None, *, bell: bool = True, late: bool = False
) -> tuple[Action, ...]:
    """The keys, the most urgent first. `contact` is the one that is chosen. `late`: something may still be said of one
    whose wrap-up is over."""
    if desk is None:
        return (LEAVE,)
    if desk.presence == "SIGNED_OUT":
        return (Action("s", "sign in", "sign_in"), _bell(bell=bell), LEAVE)
    return (
        *(_of_contact(contact) if contact else ()),
        *((LATE,) if late and (contact is None or contact.phase not in SAYING) else ()),
        *((NEXT,) if len(desk.contacts) > 1 else ()),
        *_of_agent(desk),
        _bell(bell=bell),
        LEAVE,
    )


def _bell(*, bell: bool) -> Action:
    return Action("b", "bell off" if bell else "bell on", "bell")


def _of_agent(desk: Desk) -> Iterator[Action]:
    if not desk.ready:
        yield Action("r", "ready", "ready")
    if desk.state == "READY" and any(campaign.mode == PREVIEW for campaign in desk.settings.campaigns):
        yield NEXT_LEAD
    yield Action("n", "not ready" if desk.ready else "other reason", "not_ready")
    if not any(contact.phase == "CONNECTED" for contact in desk.contacts):
        yield Action("s", "sign out", "sign_out")


def _of_contact(contact: DeskContact) -> Iterator[Action]:
    if contact.phase in ("OFFERED", "ALERTING"):
        yield ACCEPT
        yield REJECT
    elif contact.phase == "CONNECTED":
        yield from _of_talk(contact.talk or DeskTalk(agent_id=""))
        yield Action("u", "hang up", "hang_up")
        yield OUTCOME
    elif contact.phase == "WRAP_UP":
        yield OUTCOME
        yield Action("w", "end wrap-up", "end_wrap_up")


def _of_talk(talk: DeskTalk) -> Iterator[Action]:
    here = others_here(talk)
    if here:
        yield Action("h", "hold or retrieve", "hold")
    else:
        yield Action("h", "retrieve" if talk.on_hold else "hold", "hold")
    yield Action("m", "unmute" if talk.muted else "mute", "mute")
    yield Action("d", "digits", "digits")
    if not talk.party_id:
        yield Action("c", "consult", "consult")
        yield Action("t", "transfer", "transfer")
        if here:
            yield Action("g", "give to whom you consulted", "give")
            yield Action("j", "join all", "conference")
        if talk.parties:
            yield Action("e", "end consult", "end_consult")
    yield from _of_recording(talk.recording)


def others_here(talk: DeskTalk) -> tuple[DeskParty, ...]:
    """Who takes part beside the customer, and beside whoever asked them in."""
    return tuple(party for party in talk.parties if party.state == "HERE" and party.party_id != talk.party_id)


def _of_recording(recording: str) -> Iterator[Action]:
    if recording == "OFF":
        yield Action("k", "record", "record")
    elif recording == "ON":
        yield Action("p", "pause recording", "pause")
        yield Action("k", "stop recording", "record")
    elif recording == "PAUSED":
        yield Action("p", "resume recording", "pause")
        yield Action("k", "stop recording", "record")
