"""From what happens in conversations to what the desktops in them are told."""

from collections.abc import Callable, Iterable
from typing import Any

from cti.core import events as e
from cti.views import frames as f
from cti.views.desk import DeskParty, DeskTalk

Told = tuple[str, f.AgentFrame]
"""Whom, and what."""

Maker = Callable[[Any, f.Stamp], Iterable[Told]]


def _talk_changed(event: e.TalkChanged, stamp: f.Stamp) -> Iterable[Told]:
    numbers = dict(event.numbers)
    return [
        (
            agent_id,
            f.TalkChanged(**stamp, contact_id=event.contact_id, talk=talk_as_seen_by(agent_id, event.talk, numbers)),
        )
        for agent_id in event.agent_ids
    ]


def talk_as_seen_by(agent_id: str, talk: e.Talk, numbers: dict[str, str]) -> DeskTalk:
    """The picture as one of those in it has it. `numbers` are those of outside parties."""
    own = next((party for party in talk.parties if party.agent_id == agent_id), None)
    return DeskTalk(
        agent_id=talk.agent_id,
        party_id=own.party_id if own else "",
        on_hold=talk.on_hold,
        muted=own.muted if own else talk.muted,
        recording=talk.recording,
        parties=tuple(
            DeskParty(
                party_id=party.party_id,
                agent_id=party.agent_id,
                number=numbers.get(party.party_id, ""),
                state=party.state,
                on_hold=party.on_hold,
                muted=party.muted,
            )
            for party in talk.parties
        ),
        unwanted=talk.unwanted,
    )


def _consult_started(event: e.ConsultStarted, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.ConsultStarted(
        **stamp, contact_id=event.contact_id, party_id=event.party_id, with_agent_id=event.with_agent_id
    )
    return ((event.agent_id, frame),)


def _consult_answered(event: e.ConsultAnswered, stamp: f.Stamp) -> Iterable[Told]:
    contact_id, party_id, with_agent_id = event.contact_id, event.party_id, event.with_agent_id
    if with_agent_id:
        yield with_agent_id, f.Joined(**stamp, contact_id=contact_id, party_id=party_id)
    if event.agent_id:
        answered = f.ConsultAnswered(**stamp, contact_id=contact_id, party_id=party_id, with_agent_id=with_agent_id)
        yield event.agent_id, answered


def _consult_ended(event: e.ConsultEnded, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.ConsultEnded(
        **stamp,
        contact_id=event.contact_id,
        party_id=event.party_id,
        with_agent_id=event.with_agent_id,
        reason=event.reason,
    )
    return ((event.agent_id, frame),)


def _conference_started(event: e.ConferenceStarted, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.ConferenceStarted(**stamp, contact_id=event.contact_id, agent_ids=event.agent_ids)
    return [(agent_id, frame) for agent_id in event.agent_ids]


def _transferred(event: e.ContactTransferred, stamp: f.Stamp) -> Iterable[Told]:
    """Whom a blind transfer is meant for gets an offer like any other."""
    frame = f.Transferred(
        **stamp,
        contact_id=event.contact_id,
        from_agent_id=event.from_agent_id,
        kind=event.kind,
        party_id=event.party_id,
        to_agent_id=event.to_agent_id,
        queue_id=event.queue_id,
    )
    told = (event.from_agent_id, event.to_agent_id if event.party_id else "")
    return [(agent_id, frame) for agent_id in told if agent_id]


def _forwarded(event: e.ContactForwarded, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.from_agent_id, f.Forwarded(**stamp, contact_id=event.contact_id)),)


def _requeued(event: e.ContactRequeued, stamp: f.Stamp) -> Iterable[Told]:
    """Before anybody talked nobody loses it: the offer is over, which is told as such."""
    frame = f.Requeued(**stamp, contact_id=event.contact_id, queue_id=event.queue_id, reason=event.reason)
    return ((event.agent_id, frame),) if event.agent_id else ()


MAKERS: dict[type, Maker] = {
    e.TalkChanged: _talk_changed,
    e.ConsultStarted: _consult_started,
    e.ConsultAnswered: _consult_answered,
    e.ConsultEnded: _consult_ended,
    e.ConferenceStarted: _conference_started,
    e.ContactTransferred: _transferred,
    e.ContactForwarded: _forwarded,
    e.ContactRequeued: _requeued,
}
