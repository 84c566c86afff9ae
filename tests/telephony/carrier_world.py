"""The adapter and a small centre behind it, beside the fake carrier: what the tests that use both ask of them."""

import asyncio
from dataclasses import dataclass

import aiohttp

from cti.core.events import CallJoined
from cti.telephony.twilio.adapter import Adapter
from tests.patience import PATIENCE_S
from tests.telephony.small_centre import AGENT_LEG, SmallCentre

ACCOUNT_SID, TOKEN = "AC" + "0" * 29 + "abc", "token-of-the-tests"
NUMBER = "+12025550100"
QUICK = ["--calls-per-second", "0", "--ring-buffer-s", "0", "--speech-speed", "1000", "--seed", "7"]


@dataclass
class World:
    centre: SmallCentre
    adapter: Adapter
    control_url: str
    http: aiohttp.ClientSession

    async def control(self, method, path, body=None):
        async with self.http.request(method, f"{self.control_url}/_control/{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json()

    async def call(self, *script):
        placed = await self.control("POST", "calls", {"from": "anonymous", "to": NUMBER, "script": list(script)})
        return placed["sid"]

    async def all_is_well(self, **counts):
        """Everything is over, nobody was lost or heard nothing, and the carrier had nothing to complain of."""
        assert (await self.control("GET", "settle?timeout_s=10"))["settled"]
        verdict = await self.control("GET", "verdict")
        expected = {"lost": 0, "silent": 0, "bridged_twice": 0, "dialled_twice": 0} | counts
        assert {name: verdict[name] for name in expected} == expected, verdict["findings"]
        return (await self.control("GET", "ledger?page=debugger"))["debugger"]


IN_THE_MENU = ({"wait": "menu"}, {"press": "1"})


async def talking(world):
    """A caller and the agent in a room, until one of them leaves."""
    await world.call(*IN_THE_MENU, {"wait": "bridged"})
    await asyncio.wait_for(world.centre.talking.wait(), PATIENCE_S)
    await world.centre.happened(CallJoined, leg_id=AGENT_LEG)
