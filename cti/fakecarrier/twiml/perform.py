"""Performs documents on a leg: verb after verb, document after document, until something ends it."""

from typing import NamedTuple
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.legs.run import Ending
from cti.fakecarrier.twiml.document import Document, DocumentFailed, parse_verbs
from cti.fakecarrier.twiml.fetch import ApplicationError, fall_back, fetch
from cti.fakecarrier.twiml.stage import GoTo, Inline, Left, Outcome, Stage


class RanOut(NamedTuple):
    """The document had no more verbs."""


async def perform(stage: Stage, opening: GoTo | Inline) -> Ending | Left | RanOut:
    """Perform from the opening until a verb ends the leg or leaves the queue, or there are no more verbs.

    ApplicationError if a document fails and no fallback helps.
    """
    document = await _open(stage, opening)
    while True:
        stage.document = document
        try:
            outcome = await _perform_verbs(stage)
        except DocumentFailed as failure:
            document = await _after_failure(stage, failure)
            continue
        if not isinstance(outcome, GoTo):
            return outcome if outcome is not None else RanOut()
        document = await _come_to(stage, outcome)


async def _open(stage: Stage, opening: GoTo | Inline) -> Document:
    if isinstance(opening, GoTo):
        return await _come_to(stage, opening)
    try:
        return Document(verbs=parse_verbs(opening.twiml, stage.warn), source=None)
    except DocumentFailed as failure:
        return await _after_failure(stage, failure)


async def _come_to(stage: Stage, goto: GoTo) -> Document:
    if not stage.scope.is_announcement:
        stage.leg.hear("silence" if stage.leg.status == "in-progress" else "ringing")
    parameters = stage.scope.parameters() | dict(goto.parameters)
    return await fetch(
        stage.carrier, stage.leg, goto.link, goto.event, parameters, has_fallback=not stage.scope.is_announcement
    )


async def _perform_verbs(stage: Stage) -> Outcome:
    for verb in stage.document.verbs:
        outcome = await perform_verb(stage, verb)
        if outcome is not None:
            return outcome
    return None


async def perform_verb(stage: Stage, verb: Element) -> Outcome:
    """Perform one verb, if it may stand in this scope."""
    if verb.tag not in stage.scope.verbs:
        stage.warn(stage.scope.refusal_code, f"<{verb.tag}> may not stand in a {stage.scope.name} document")
        return None
    return await stage.carrier.performers[verb.tag](stage, verb)


async def _after_failure(stage: Stage, failure: DocumentFailed) -> Document:
    """A verb could not be carried out: the fallback goes on, unless it is the fallback that failed."""
    source = stage.document.source or Link("")
    if stage.document.is_fallback:
        stage.carrier.ledger.error(failure.code, failure.reason, sid=stage.leg.sid, url=source.url)
        raise ApplicationError(failure)
    return await fall_back(
        stage.carrier,
        stage.leg,
        failure,
        source.url,
        stage.scope.parameters(),
        has_fallback=not stage.scope.is_announcement,
    )
