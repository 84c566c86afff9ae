"""A fake carrier and a toy application, wired to each other, as a test sees them: over HTTP only."""

from typing import Any

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from tests.fakecarrier.toy import AUTH_TOKEN, Toy
from tests.patience import PATIENCE_S

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
NUMBER = "+15550001000"
CALLER = "+12025550123"


class World:
    """The carrier's control interface, the official REST client, and the toy."""

    def __init__(self, port: int, toy: Toy, http: aiohttp.ClientSession) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.toy = toy
        self.http = http
        self._twilio_http = AsyncTwilioHttpClient()
        self.rest = Client(ACCOUNT_SID, AUTH_TOKEN, http_client=self._twilio_http)
        self.rest.api.base_url = self.rest.voice.base_url = self.url

    async def close(self) -> None:
        await self._twilio_http.close()

    async def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with self.http.request(method, f"{self.url}/_control/{path}", json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def number(self, voice: str, number: str = NUMBER, **more: str) -> None:
        """The number whose calls the toy answers at this path."""
        urls = {"voice_url": f"{self.toy.base}{voice}", **more}
        await self.control("POST", "numbers", {number: urls})

    async def call(self, *script: dict[str, Any], status: int = 201, **fields: Any) -> str:
        """Somebody calls the number and does this; returns the leg's identifier."""
        body = {"from": CALLER, "to": NUMBER, "script": list(script)} | fields
        placed = await self.control("POST", "calls", body, status)
        return str(placed["sid"])

    async def settled(self, timeout_s: float = PATIENCE_S) -> None:
        """Wait until every call is over and every callback has been answered."""
        answer = await self.control("GET", f"settle?timeout_s={timeout_s}")
        if not answer["settled"]:
            live = [leg for leg in await self.ledger("legs") if leg["ended_at"] is None]
            raise AssertionError(f"not settled within {timeout_s} s; alive: {live}")

    async def ledger(self, page: str, sid: str | None = None) -> list[dict[str, Any]]:
        answer = await self.control("GET", f"ledger?page={page}" + (f"&sid={sid}" if sid else ""))
        return list(answer[page])

    async def leg(self, sid: str) -> dict[str, Any]:
        (leg,) = await self.ledger("legs", sid)
        return leg

    async def codes(self, sid: str | None = None) -> list[int]:
        """What the carrier's debugger complained of."""
        return [entry["code"] for entry in await self.ledger("debugger", sid)]

    async def hears(self, at_ms: int | None = None) -> dict[str, list[str]]:
        """Who hears whom, now or at a moment, by the ledger."""
        return dict((await self.control("GET", "hears" + (f"?at={at_ms}" if at_ms else "")))["hears"])

    async def connect(self, who: str, application: str, *script: dict[str, Any], **parameters: str) -> str:
        """A softphone calls out by an application; returns the leg's identifier."""
        body = {"application_sid": application, "parameters": parameters, "script": list(script)}
        return str((await self.control("POST", f"clients/{who}/connect", body, 201))["sid"])

    async def verdict(self) -> dict[str, Any]:
        return dict(await self.control("GET", "verdict"))

    async def hang_up(self, sid: str) -> None:
        await self.control("POST", f"calls/{sid}/hangup", {})

    async def press(self, sid: str, digits: str) -> None:
        await self.control("POST", f"calls/{sid}/digits", {"digits": digits})

    async def endpoints(self, **behaviours: Any) -> None:
        """How softphones behave, by identity."""
        await self.control("POST", "endpoints", {f"client:{who}": how for who, how in behaviours.items()})


def heard(leg: dict[str, Any]) -> list[str]:
    """What the party heard, in order."""
    return [segment["heard"] for segment in leg["segments"]]
