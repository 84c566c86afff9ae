"""Signed webhooks sent by hand: the carrier's side for measurements that need no more of it."""

import base64
import hashlib
import hmac
import re
from typing import Any
from urllib.parse import urlencode

import aiohttp

from benchmarks.serving import ACCOUNT, TOKEN


class Webhooks:
    """Posts what the carrier would post, on up to `connections` connections."""

    def __init__(self, url: str, connections: int = 64) -> None:
        self.url = url
        connector = aiohttp.TCPConnector(limit=connections)
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=15))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()

    async def post(self, url: str, **fields: str) -> tuple[int, str]:
        """The status and the document. Raises aiohttp's error when the connection is cut."""
        form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Direction": "inbound", **fields}
        headers = {"X-Twilio-Signature": signature_of(url, form), "Content-Type": "application/x-www-form-urlencoded"}
        async with self._session.post(url, data=urlencode(form), headers=headers) as response:
            return response.status, await response.text()

    async def call(self, number: int, to: str) -> tuple[int, str]:
        """A call arrives."""
        return await self.post(f"{self.url}/twilio/voice", **self.parties(number, to), CallStatus="ringing")

    async def press(self, number: int, to: str, document: str, digits: str) -> tuple[int, str]:
        """The caller presses keys at the menu of this document."""
        url = found(r'action="([^"]*/twilio/digits[^"]*)"', document)
        return await self.post(url, **self.parties(number, to), CallStatus="in-progress", Digits=digits)

    async def fall_back(self, number: int, to: str, error_url: str) -> tuple[int, str]:
        """The request to `error_url` failed: the carrier asks the fallback."""
        fields: dict[str, Any] = {"ErrorUrl": error_url, "ErrorCode": "11200", "CallStatus": "ringing"}
        return await self.post(f"{self.url}/twilio/fallback", **self.parties(number, to), **fields)

    @staticmethod
    def parties(number: int, to: str) -> dict[str, str]:
        """The fields that name the call and its two numbers. Calls with one `number` are one call."""
        return {"CallSid": f"CA{number:032x}", "From": f"+1202555{number % 10_000:04d}", "To": to}


def signature_of(url: str, form: dict[str, str]) -> str:
    """As the carrier signs: the address, then every field's name and value, sorted by name."""
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


def found(pattern: str, document: str) -> str:
    """What the pattern's group matched. Raises `LookupError`."""
    match = re.search(pattern, document)
    if match is None:
        raise LookupError(f"{pattern} is not in {document}")
    return match.group(1).replace("&amp;", "&")
