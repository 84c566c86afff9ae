"""Who gets in: a form of bounded size that the carrier signed for our account. Nothing is read from any other."""

import re
from urllib.parse import unquote_to_bytes

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.signature import Pair, SignatureCheck
from cti.telephony.twilio.sparingly import Sparingly

BODY_BYTES_MAX = 64 * 1024
FIELDS_MAX = 1_000
FORM_TYPE = "application/x-www-form-urlencoded"

# Once decoded, these could not be told from the ends of fields and keys.
_ENCODED_ENDS = re.compile(b"%26|%3[Dd]")

log = structlog.get_logger(__name__)

Form = dict[str, str]


class Admission:
    """Checks a request and reads its form. Raises aiohttp's answer to a request that may not come in: 400 (not what
    it says it is), 403 (not signed, or not for us), 413 (too large) or 415 (signed, but no form)."""

    def __init__(self, account: Account) -> None:
        self._account_sid = account.account_sid
        self._check = SignatureCheck(account.auth_tokens, account.public_url)
        self._log = Sparingly(log.warning)

    async def form(self, request: web.Request) -> Form:
        """The first value of each field. Times: one signature, one pass over the body."""
        body = await _body(request)
        is_form = request.content_type == FORM_TYPE
        pairs = parse(body) if is_form else []
        if not self._is_signed(request, body, pairs, is_form=is_form):
            self._log("request refused", reason="signature", path=request.path, remote=request.remote)
            raise web.HTTPForbidden(text="the signature is missing or wrong\n")
        if not is_form:
            raise web.HTTPUnsupportedMediaType(text=f"a form ({FORM_TYPE}) was expected\n")
        form = dict(reversed(pairs))
        if form.get("AccountSid") != self._account_sid:
            self._log("request refused", reason="account", path=request.path, remote=request.remote)
            raise web.HTTPForbidden(text="the request is for another account\n")
        return form

    def address(self, request: web.Request) -> None:
        """Check a GET: it has no form, and what it tells stands in its address."""
        signatures = request.headers.getall("X-Twilio-Signature", ())
        if len(signatures) != 1 or not self._check.form(request.raw_path, (), signatures[0]):
            self._log("request refused", reason="signature", path=request.path, remote=request.remote)
            raise web.HTTPForbidden(text="the signature is missing or wrong\n")
        if request.query.get("AccountSid", self._account_sid) != self._account_sid:
            self._log("request refused", reason="account", path=request.path, remote=request.remote)
            raise web.HTTPForbidden(text="the request is for another account\n")

    def _is_signed(self, request: web.Request, body: bytes, pairs: list[Pair], *, is_form: bool) -> bool:
        signatures = request.headers.getall("X-Twilio-Signature", ())
        if len(signatures) != 1:
            return False
        if is_form or not body:
            return self._check.form(request.raw_path, pairs, signatures[0])
        return self._check.body(request.raw_path, body, signatures[0])


def parse(body: bytes) -> list[Pair]:
    """The pairs of a form as `urllib.parse.parse_qsl` reads them, blank values kept, in a quarter of its time. Bytes
    that are no UTF-8 become surrogates, so that the signature is checked over what was sent."""
    at_once = not _ENCODED_ENDS.search(body)
    text = _decoded(body) if at_once else body.decode("ascii", "surrogateescape")
    pairs = []
    for field in text.split("&"):  # decoding is what costs, and all in one go costs least
        key, _, value = field.partition("=")
        if field:
            pairs.append((key, value) if at_once else (_decoded(_bytes(key)), _decoded(_bytes(value))))
    return pairs


def _decoded(encoded: bytes) -> str:
    return unquote_to_bytes(encoded.replace(b"+", b" ")).decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("ascii", "surrogateescape")


async def _body(request: web.Request) -> bytes:
    length = request.content_length
    try:
        if length is None:
            body = await _read_at_most(request, BODY_BYTES_MAX)
        elif length <= BODY_BYTES_MAX:
            body = await request.read()
        else:
            raise _too_large(length)
    except RequestPayloadError as error:
        raise web.HTTPBadRequest(text="the body is incomplete, or not encoded as it says\n") from error
    if body.count(b"&") >= FIELDS_MAX:
        raise web.HTTPBadRequest(text=f"a form has at most {FIELDS_MAX} fields\n")
    return body


async def _read_at_most(request: web.Request, bytes_max: int) -> bytes:
    """The body of a request that does not say how long it is."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > bytes_max:
            raise _too_large(len(body))
    return bytes(body)


def _too_large(length: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(
        max_size=BODY_BYTES_MAX, actual_size=length, text=f"a form has at most {BODY_BYTES_MAX} bytes\n"
    )
