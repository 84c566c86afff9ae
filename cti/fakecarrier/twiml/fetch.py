"""Asks the server for documents, and its fallback when that fails."""

from typing import TYPE_CHECKING

from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.twiml.document import Document, DocumentFailed, read_reply
from cti.fakecarrier.webhooks.parameters import voice_parameters
from cti.fakecarrier.webhooks.request import WebhookFailed, WebhookRequest

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier


class ApplicationError(Exception):
    """Neither the document nor a fallback could be had: the call is over, and lost."""

    def __init__(self, failure: DocumentFailed) -> None:
        super().__init__(str(failure))
        self.code = failure.code
        self.reason = failure.reason


async def fetch(
    carrier: "Carrier", leg: Leg, link: Link, event: str, extra: dict[str, str], *, has_fallback: bool = True
) -> Document:
    """The document at the link, or the fallback's; ApplicationError if there is neither."""
    try:
        return await _ask(carrier, leg, link, event, extra)
    except DocumentFailed as failure:
        return await fall_back(carrier, leg, failure, link.url, extra, has_fallback=has_fallback)


async def fall_back(
    carrier: "Carrier",
    leg: Leg,
    failure: DocumentFailed,
    culprit_url: str,
    extra: dict[str, str],
    *,
    has_fallback: bool = True,
) -> Document:
    """Note the failure and ask the fallback, with ErrorCode and ErrorUrl; ApplicationError if that fails too."""
    carrier.ledger.error(failure.code, failure.reason, sid=leg.sid, url=culprit_url)
    if leg.fallback is None or not has_fallback:
        raise ApplicationError(failure)
    blame = {"ErrorCode": str(failure.code), "ErrorUrl": culprit_url}
    leg.last_chance = True
    try:
        return await _ask(carrier, leg, leg.fallback, "fallback", extra | blame, is_fallback=True)
    except DocumentFailed as second:
        carrier.ledger.error(second.code, f"the fallback failed too: {second.reason}", sid=leg.sid, url=second.url)
        raise ApplicationError(second) from second
    finally:
        leg.last_chance = False


async def _ask(
    carrier: "Carrier", leg: Leg, link: Link, event: str, extra: dict[str, str], *, is_fallback: bool = False
) -> Document:
    def warn(code: int, message: str) -> None:
        carrier.ledger.warn(code, message, sid=leg.sid, url=link.url)

    try:
        reply = await carrier.sender.ask(document_request(carrier, leg, link, event, extra))
    except WebhookFailed as failure:
        raise DocumentFailed(failure.code, failure.reason, link.url) from failure
    return read_reply(reply, link, warn, is_fallback=is_fallback)


def document_request(carrier: "Carrier", leg: Leg, link: Link, event: str, extra: dict[str, str]) -> WebhookRequest:
    """The request for a document on this leg."""
    parameters = voice_parameters(leg, carrier.options.account_sid) | extra
    return WebhookRequest(kind="document", event=event, sid=leg.sid, link=link, parameters=parameters, leg=leg)
