"""`<Dial>`: into a conference, to whoever is first in a queue, or to numbers, clients and SIP endpoints; afterwards its
action says what comes next.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.twiml.stage import GoTo, Outcome, Stage
from cti.fakecarrier.twiml.verbs.dial_conference import dial_conference
from cti.fakecarrier.twiml.verbs.dial_parties import dial_parties
from cti.fakecarrier.twiml.verbs.dial_queue import dial_queue


async def dial(stage: Stage, verb: Element) -> Outcome:
    """Perform the nouns. With an action the rest of the document is unreachable; without one it goes on.

    A caller who hangs up, or whom REST sends elsewhere, ends the Dial without a request to the action.
    """
    conference = verb.find("Conference")
    queue = verb.find("Queue")
    parameters: Mapping[str, str] | None
    if conference is not None:
        parameters = await dial_conference(stage, verb, conference)
    elif queue is not None:
        parameters = await dial_queue(stage, verb, queue)
    else:
        parameters = await dial_parties(stage, verb)
    return _after_dial(stage, verb, parameters) if parameters is not None else None


def _after_dial(stage: Stage, verb: Element, parameters: Mapping[str, str]) -> Outcome:
    attributes = stage.attributes(verb)
    action = attributes.text("action")
    if not action:
        return None
    return GoTo(Link(stage.document.resolve(action), attributes.method("method", 13210)), "dial", parameters)
