"""The short form of the fault runs: a minute in all. `make chaos` is the long one."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.kills import kill_at_random
from tests.chaos.play import playing
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.chaos

LIVES = (
    "after_read=kill:9",
    "in_decide=kill:9",
    "after_decide=kill:9",
    "before_commit=kill:6",
    "after_commit=kill:6",
    "before_reply=kill:9",
    "after_reply=kill:9",
    "before_send=kill:3",
    "unanswered=kill:3",
    "after_send=kill:3",
    "before_confirm=kill:3",
    "before_commit=fail:6",
    "in_recovery=kill",
    "after_recovery=kill",
    "before_commit=stall:5000:6",
)
"""Each worker after another dies at its point; the twelfth cannot commit, the next two die while they recover, and the
last is kept waiting by its disk. A carrier asks twice, and no server survives being killed under both of its requests:
so those that become ready are told when they may die."""

READY = len(LIVES) - 2
"""How many of them become ready."""


def _said(data_dir: Path, event: str) -> list[dict[str, Any]]:
    """What the server has logged under this name."""
    log = (data_dir / "server.log").read_text(errors="replace")
    return [line for line in map(json.loads, re.findall(r"^\{.*\}$", log, re.MULTILINE)) if line["event"] == event]


async def test_a_worker_may_die_anywhere_and_nothing_is_lost(disk: Path) -> None:
    when = disk.with_name("when")
    lives = "|".join(life if "recovery" in life else f"when={when};{life}" for life in LIVES)
    async with playing(disk, seed=11, rate_per_s=4, environment={"CTI_FAILPOINTS": lives}) as play:
        for life in range(1, READY + 1):
            async with asyncio.timeout(PATIENCE_S):
                while len(_said(disk, "ready")) < life:
                    await asyncio.sleep(0.1)
            await play.fair_moment()
            when.touch()
            async with asyncio.timeout(PATIENCE_S):
                while when.exists() or len(_said(disk, "worker_died")) < min(life, READY - 1):
                    await asyncio.sleep(0.1)
        await asyncio.sleep(7)
        judged = await play.verdict()
        assert await play.harm(judged) == []
        assert judged["connected"] > 0
    died = [line["status"] for line in _said(disk, "worker_died")]
    assert died.count(-9) == len(LIVES) - 2
    assert died.count(75) == 1


async def test_a_worker_that_dies_in_its_recovery_and_in_the_next_harms_nobody(disk: Path) -> None:
    lives = ("after_commit=kill:60", "in_recovery=kill", "in_recovery=kill")
    async with playing(disk, seed=14, rate_per_s=3, environment={"CTI_FAILPOINTS": "|".join(lives)}) as play:
        async with asyncio.timeout(PATIENCE_S):
            while len(_said(disk, "worker_died")) < len(lives):
                await asyncio.sleep(0.1)
            while len(_said(disk, "ready")) < 2:
                await asyncio.sleep(0.1)
        judged = await play.verdict()
        assert await play.harm(judged) == []
        assert judged["connected"] > 0
    assert [line["epoch"] for line in _said(disk, "ready")] == [1, 4]  # the two that died had taken over


async def test_random_kills_lose_nothing(disk: Path) -> None:
    result = await kill_at_random(disk, kills=8, seed=12, progress=lambda text: None)
    assert result["harm"] == []
    assert result["kills"] == 8
    assert result["contacts"] > 5


async def test_a_snapshot_that_was_being_written_is_no_loss(disk: Path) -> None:
    environment = {"CTI_FAILPOINTS": "in_snapshot=kill", "CTI_SNAPSHOT_RECORDS": "150"}
    async with playing(disk, seed=13, rate_per_s=3, environment=environment) as play:
        async with asyncio.timeout(PATIENCE_S):
            while not list((disk / "snapshots").glob("*.snapshot")):
                await asyncio.sleep(0.1)
        await play.kill("worker")
        judged = await play.verdict()
        assert await play.harm(judged) == []
    assert _said(disk, "ready")[-1]["snapshot"] > 0
