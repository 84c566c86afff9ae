"""What happened, in a sentence each. What the desk shows anyway is not said again."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from cti import client as c
from cti.terminal.agent.people import People
from cti.terminal.words import cause_in_words, plain, span

_OFFER_OVER = {
    "declined": "You rejected it.",
    "expired": "It rang too long, and was offered to somebody else. You are not ready now.",
    "not_acknowledged": "It could not be shown in time, and was offered to somebody else.",
    "agent_left": "You signed out; it is offered to somebody else.",
    "agent_hung_up": "You hung up before the customer was there.",
    "caller_left": "The customer hung up before you talked.",
    "leg_failed": "Your phone could not be reached.",
    "bridge_failed": "You could not be connected; the customer is offered again.",
    "not_wanted": "It was taken back: you are not needed for it any more.",
    "not_reached": "They were not reached.",
    "not_held": "The customer could not be put on hold, and would have overheard you.",
    "forced": "A supervisor changed your state; the customer is offered to somebody else.",
}
_CONSULT_ENDED = {
    "left": "has left the conversation.",
    "ended": "is out of the conversation.",
    "declined": "does not want to join.",
    "expired": "did not answer.",
    "not_reached": "could not be reached.",
    "not_held": "was not let in: the customer could not be put on hold.",
    "refused": "may not be rung.",
    "contact_left": "was not needed any more: the customer has left.",
}


def sentence(event: object, people: People) -> str:
    """One sentence, or nothing."""
    function = _TABLE.get(type(event))
    return function(event, people) if function else ""


def urgent(event: object) -> bool:
    """Whether somebody must look."""
    if isinstance(event, c.OfferOver):
        return event.reason.lower() in ("expired", "not_acknowledged", "leg_failed", "bridge_failed")
    return isinstance(event, c.RequestRefused | c.Requeued | c.Lost) or (
        isinstance(event, c.State) and event.suspected is True
    )


def _offer(event: c.Offer, people: People) -> str:
    if event.asked_by:
        return f"{people.agent(event.asked_by)} asks you into a conversation."
    if event.campaign_id:
        return "Somebody to call: accept to do so, reject to leave it for later."
    if event.called_for:
        return (
            f"{event.from_number or 'Somebody'} was called for {people.campaign(event.called_for)}, and has answered."
        )
    return f"A caller for {people.queue(event.queue_id)}, who has waited {span(event.waited_ms)}."


def _offer_over(event: c.OfferOver, people: People) -> str:
    return _OFFER_OVER.get(event.reason.lower(), f"The offer is over: {plain(event.reason)}.")


def _wrap_up_over(event: c.WrapUpOver) -> str:
    if event.reason != "timeout":
        return ""
    late = " The outcome is taken all the same, for ten minutes or until your next conversation is over."
    return f"Wrap-up is over: the time is up.{late if event.late_until else ''}"


_STAGES = {
    "asked": "Whether they may be called is being looked up.",
    "dialled": "They are being called.",
    "ringing": "It rings there.",
    "refused": "They may not be called now.",
    "cancelled": "The call was given up.",
    "busy": "They are busy.",
    "no_answer": "Nobody answered.",
    "invalid": "There is no such number.",
}


def _progress(event: c.DialProgress, people: People) -> str:
    return _STAGES.get(event.stage, f"The call came to nothing: {plain(event.stage)}.")


def _party(agent_id: str, people: People) -> str:
    return people.agent(agent_id) if agent_id else "The outside number"


def _consult_ended(event: c.ConsultEnded, people: People) -> str:
    words = _CONSULT_ENDED.get(event.reason.lower(), f"is out of it: {plain(event.reason)}.")
    return f"{_party(event.with_agent_id, people)} {words}"


def _transferred(event: c.Transferred, people: People) -> str:
    giver = people.agent(event.from_agent_id)
    if event.queue_id:
        asked = f", where {people.agent(event.to_agent_id)} is asked first" if event.to_agent_id else ""
        return f"{giver} transferred the customer to {people.queue(event.queue_id)}{asked}."
    return f"{giver} transferred the customer to {_party(event.to_agent_id, people).replace('The', 'the')}."


def _ended(event: c.Ended, people: People) -> str:
    return f"The conversation is over after {span(event.talk_ms)}: {cause_in_words(event.cause)}."


def _state(event: c.State, people: People) -> str:
    if event.leaving:
        return "A call that counts on you is on its way: it is done in a moment, after that one."
    if event.suspected is True:
        return "The server had no sign of this desk in time: nothing is offered until it answers again."
    if event.suspected is False and event.presence is UNSET and event.ready is UNSET:
        return "The server trusts this desk again."
    if event.presence == "SIGNED_IN" and event.ready is not UNSET:
        return "You are signed in, and not ready yet."
    if event.presence == "SIGNED_OUT":
        return "You are signed out."
    if event.ready is True:
        return "You are ready."
    if event.ready is False:
        return f"You are not ready: {plain(str(event.reason))}." if event.reason else "You are not ready."
    return ""


_TABLE: dict[type, Callable[[Any, People], str]] = {
    c.Offer: _offer,
    c.OfferOver: _offer_over,
    c.DialProgress: _progress,
    c.Connected: lambda event, people: "You are talking.",
    c.Joined: lambda event, people: "You are in the conversation.",
    c.ConsultStarted: lambda event, people: f"{_party(event.with_agent_id, people)} is asked.",
    c.ConsultAnswered: lambda event, people: f"{_party(event.with_agent_id, people)} is here.",
    c.ConsultEnded: _consult_ended,
    c.ConferenceStarted: lambda event, people: "Everybody hears each other.",
    c.Transferred: _transferred,
    c.Forwarded: lambda event, people: "The customer was sent on to the outside number.",
    c.Requeued: lambda event, people: (
        f"You lost the customer, who is first in line again in {people.queue(event.queue_id)}."
    ),
    c.Ended: _ended,
    c.Disposed: lambda event, people: f"Outcome noted: {plain(event.disposition)}.",
    c.WrapUpOver: lambda event, people: _wrap_up_over(event),
    c.State: _state,
    c.SettingsChanged: lambda event, people: "A supervisor changed what can be chosen from.",
    c.RequestRefused: lambda event, people: f"Not done: {event.detail or plain(event.code)}",
    c.Lost: lambda event, people: f"{event.count} messages were too many to show; the desk is right all the same.",
}
