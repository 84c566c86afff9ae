"""The carrier's side of the webhooks: captured requests, signed by the official library."""

import asyncio
import hmac
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from multidict import MultiDict
from twilio.request_validator import RequestValidator

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.admission import parse

PUBLIC = "https://cc.example"
TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = Account(
    site="main", account_sid="AC00000000000000000000000000000abc", auth_tokens=(TOKEN,), public_url=PUBLIC
)
CALLER = "CA0000000000000000000000000000c001"
AGENT = "CA0000000000000000000000000000a001"
ROOM = "CF0000000000000000000000000000f001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> tuple[str, bytes]:
    """A captured request: where it went, and its body."""
    target, body = (PAYLOADS / f"{name}.txt").read_text().splitlines()
    return target, body.encode()


def signature(target: str, body: bytes, token: str = TOKEN) -> str:
    pairs = parse(body)
    try:
        return RequestValidator(token).compute_signature(f"{PUBLIC}{target}", MultiDict(pairs))
    except UnicodeEncodeError:  # the library cannot sign bytes that are no text; the carrier signs what it sends
        message = f"{PUBLIC}{target}" + "".join(key + value for key, value in sorted(set(pairs)))
        return b64encode(hmac.digest(token.encode(), message.encode("utf-8", "surrogateescape"), "sha1")).decode()


def signed(target: str, body: bytes, **more: str) -> dict[str, str]:
    """The headers of a request that the carrier signed."""
    return {**FORM, "X-Twilio-Signature": signature(target, body), **more}


@dataclass
class Posted:
    event: object
    key: str
    token: str
    actor: str


@dataclass
class RecordingIntake:
    """The server's way in, as the port describes it: notes what is posted, and answers as it is told."""

    answer: object = "<Response/>"
    holding: str = ""
    posted: list[Posted] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def post(self, event, *, key, token="", actor):
        self.posted.append(Posted(event, key, token, actor))
        self.arrived.set()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, asyncio.Future) else self._say()

    async def _say(self):
        return self.answer

    def keep_secret(self, value):
        self.secrets.append(value)
        return f"secret-{len(self.secrets)}"
