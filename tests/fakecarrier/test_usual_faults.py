"""The usual faults, callbacks that come an hour late, and the clock that makes an hour short."""

import asyncio
import json

import pytest

from cti.fakecarrier.options import parse_options
from tests.fakecarrier.rooms import agent_in
from tests.fakecarrier.toy import twiml
from tests.fakecarrier.world import ACCOUNT_SID, World

BYE = twiml("<Hangup/>")
CREDENTIALS = ["--account-sid", ACCOUNT_SID, "--auth-token", "x"]


async def test_a_callback_comes_an_hour_late(make_world):
    world = await make_world(rate=3000.0)
    await world.control("POST", "faults", {"webhooks": [{"door": "^/status$", "late": 1}]})
    world.toy.door("/voice", BYE)
    await world.number("/voice", status_callback=f"{world.toy.base}/status")
    sid = await world.call()
    await world.settled()  # which does not wait for what is late
    assert world.toy.at("/status") == []
    knock = await world.toy.knock("/status")
    assert (knock["CallStatus"], knock.signed) == ("completed", True)
    (told,) = [one for one in await world.ledger("webhooks", sid) if one["event"] == "completed"]
    assert told["sent_at"] - (await world.leg(sid))["ended_at"] >= 3600_000


async def test_rules_can_be_for_documents_or_for_callbacks(world: World):
    rules = [{"door": "", "kind": "callback", "drop": 1}, {"door": "", "kind": "document", "duplicate": 1}]
    await world.control("POST", "faults", {"webhooks": rules})
    world.toy.door("/voice", BYE)
    await world.number("/voice", status_callback=f"{world.toy.base}/voice-status")
    await world.call()
    await world.settled()
    assert [knock.path for knock in world.toy.knocks] == ["/voice", "/voice"]


async def test_a_share_of_replies_is_slow(world: World):
    await world.control("POST", "faults", {"seed": 1, "rest": [{"path": "", "slow": 0.5, "slow_ms": 20}]})
    for _ in range(20):
        await world.rest.calls.list_async()
    slow = [record["fault"] for record in await world.ledger("rest")].count("slow")
    assert 3 <= slow <= 17


async def test_the_usual_faults_cost_no_caller_who_has_a_fallback(make_world):
    world = await make_world(rate=10.0)
    plan = await world.control("GET", "faults/usual")
    assert plan["webhooks"][1]["late_by_s"] == 3600
    assert (await world.control("POST", "faults/usual?seed=5", {}))["seed"] == 5
    for path in ("/voice", "/fallback"):
        world.toy.door(path, BYE)
    await world.number("/voice", fallback_url=f"{world.toy.base}/fallback", status_callback=f"{world.toy.base}/status")
    for _ in range(60):
        await world.call()
    await world.settled()
    verdict = await world.verdict()
    assert (verdict["contacts"], verdict["lost"]) == (60, 0)


async def test_a_plan_to_begin_with(tmp_path, capsys):
    assert parse_options([*CREDENTIALS, "--faults", "usual"]).faults == "usual"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"read_delay_ms": 7}))
    assert parse_options([*CREDENTIALS, "--faults", str(path)]).faults == str(path)
    path.write_text('{"read_delay_ms": "x"}')
    with pytest.raises(SystemExit):
        parse_options([*CREDENTIALS, "--faults", str(path)])
    assert "read_delay_ms" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parse_options([*CREDENTIALS, "--clock-rate", "0"])


async def test_the_plan_is_in_force_from_the_start(make_world, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"read_delay_ms": 7}))
    world = await make_world(faults=str(path))
    assert (await world.control("GET", "faults"))["read_delay_ms"] == 7


async def test_an_hour_in_seconds(make_world):
    world = await make_world(rate=1000.0, calls_per_second=1.0, ring_buffer_s=5.0, media_timeout_s=3600.0)
    loop = asyncio.get_running_loop()
    began_s, began_ms = loop.time(), (await world.control("GET", "live"))["now_ms"]
    world.toy.door("/voice", twiml("<Play>/music-3600s.mp3</Play><Hangup/>"))
    await world.number("/voice", status_callback=f"{world.toy.base}/status")
    await world.call()
    knock = await world.toy.knock("/status", 20)
    wall_s, carrier_ms = loop.time() - began_s, (await world.control("GET", "live"))["now_ms"] - began_ms
    assert 3600 <= int(knock["CallDuration"]) <= carrier_ms / 1000 + 1
    assert int(knock["Duration"]) >= 60  # minutes
    assert carrier_ms / 1000 == pytest.approx(wall_s * 1000, rel=0.2)


async def test_the_rate_and_the_ringing_scale_too(make_world):
    world = await make_world(rate=100.0, calls_per_second=1.0, ring_buffer_s=5.0)
    await world.endpoints(alice={"on_ring": "ignore"})
    placed = [await agent_in(world, f"r{n}", timeout=10, status_callback=f"{world.toy.base}/status") for n in range(3)]
    for _ in placed:
        assert (await world.toy.knock("/status"))["CallStatus"] == "no-answer"
    legs = [await world.leg(one.call_sid) for one in placed]
    assert legs[2]["dialled_at"] - legs[0]["dialled_at"] >= 2000
    assert all(15_000 <= leg["ended_at"] - leg["ringing_at"] < 60_000 for leg in legs)


async def test_clocks_with_one_origin_agree(make_world):
    worlds = [await make_world(rate=50.0, clock_origin_ms=1_700_000_000_000) for _ in range(2)]
    first, second = [(await world.control("GET", "live"))["now_ms"] for world in worlds]
    assert abs(first - second) < 50 * 2000
