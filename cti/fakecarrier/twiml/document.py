"""Documents: the bytes of an answer become verbs, or an error code; departures from the grammar become warnings."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError, XMLParser

import msgspec

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.twiml.grammar import RULES, UNDONE, VERBS
from cti.fakecarrier.webhooks.request import WebhookReply

XML_TYPES = frozenset({"text/xml", "application/xml", "text/html"})

Warn = Callable[[int, str], None]
"""Takes a code and a message for the debugger."""


class DocumentFailed(Exception):
    """A document could not be had, read or carried out; `code` is the carrier's error code, `url` the culprit's."""

    def __init__(self, code: int, reason: str, url: str | None = None) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.url = url


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be performed. `source` is where it came from (None: given inline) and can be asked again."""

    verbs: tuple[Element, ...]
    source: Link | None
    is_fallback: bool = False

    def resolve(self, reference: str) -> str:
        """The absolute URL that the reference means in this document; DocumentFailed(11100) if it means none."""
        url = urljoin(self.source.url, reference) if self.source is not None else reference
        if urlsplit(url).scheme not in {"http", "https"}:
            raise DocumentFailed(11100, f"{reference!r} is not an absolute URL, and there is none to relate it to")
        return url


def read_reply(reply: WebhookReply, link: Link, warn: Warn, *, is_fallback: bool = False) -> Document:
    """The document in an answer, by its status and content type; DocumentFailed with a code if there is none."""
    if reply.status >= 400:
        raise DocumentFailed(11200, f"answered {reply.status}", link.url)
    source = Link(reply.url, link.method)
    if reply.content_type.startswith("audio/"):
        verbs: tuple[Element, ...] = (_element("Play", reply.url), _element("Hangup"))
    elif not reply.body.strip():
        raise DocumentFailed(11770, "the answer is empty", link.url)
    elif reply.content_type in XML_TYPES:
        verbs = parse_verbs(reply.body, warn)
    elif reply.content_type == "text/plain":
        verbs = _plain_text_verbs(reply.body, warn)
    else:
        raise DocumentFailed(12300, f"content type {reply.content_type!r} is none the carrier reads", link.url)
    return Document(verbs=verbs, source=source, is_fallback=is_fallback)


def parse_verbs(body: bytes | str, warn: Warn) -> tuple[Element, ...]:
    """The verbs of a document. Not well-formed: 12100; a root other than Response: 12102; the rest are warnings."""
    parser = XMLParser()  # noqa: S314 - only servers on this machine are asked
    try:
        parser.feed(body)
        root = parser.close()
    except ParseError as error:
        raise DocumentFailed(12100, f"the document is not well-formed: {error}") from error
    if root.tag != "Response":
        raise DocumentFailed(12102, f"the root element is <{root.tag}>, it must be <Response>")
    verbs = []
    for verb in root:
        if verb.tag in VERBS:
            _check(verb, warn)
            verbs.append(verb)
        else:
            warn(12200, _stranger(verb.tag, "Response"))
    return tuple(verbs)


def _check(element: Element, warn: Warn) -> None:
    """Warn of attributes and children the grammar does not have, and take those children out."""
    rule = RULES[element.tag]
    for name in element.attrib:
        if name not in rule.attributes:
            warn(12200, f"attribute {name!r} is not known in <{element.tag}>")
    if rule.any_child:
        return
    for child in list(element):
        if child.tag in rule.children:
            _check(child, warn)
        else:
            warn(12200, _stranger(child.tag, element.tag))
            element.remove(child)


def _stranger(tag: str, parent: str) -> str:
    if tag in UNDONE:
        return f"<{tag}> in <{parent}> is real TwiML, but this fake carrier does not carry it out"
    return f"<{tag}> is not known in <{parent}>; names are case-sensitive"


def _plain_text_verbs(body: bytes, warn: Warn) -> tuple[Element, ...]:
    """Plain text is carried out if it is a document, else read aloud."""
    try:
        return parse_verbs(body, warn)
    except DocumentFailed:
        return (_element("Say", body.decode(errors="replace")), _element("Hangup"))


def _element(tag: str, text: str | None = None) -> Element:
    element = Element(tag)
    element.text = text
    return element


def words(element: Element) -> str:
    """All text of an element without its mark-up, trimmed."""
    return "".join(element.itertext()).strip()
