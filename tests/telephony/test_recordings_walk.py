"""Recordings of a whole server beside the fake carrier: made, accounted for though reports get lost, heard."""

import asyncio
import wave
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
import pytest_asyncio

from cti.cli.demo.processes import Centre
from cti.client import Ended
from tests.telephony.trap_centre import MENU, SALES, TrapCentre, write_config

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUEUES = """
desk: {name: Desk, ring_s: 15, wrap_up_s: 0, music: [Please wait., {pause: 1s}], recording: always,
       recording_notice: This call is recorded.}
"""
TALK = ({"wait": "bridged"}, {"after_ms": 2_000}, {"hang_up": True})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def processes(tmp_path_factory) -> AsyncIterator[Centre]:
    folder = tmp_path_factory.mktemp("recordings")
    config = write_config(folder / "config")
    (config / "queues.yaml").write_text(QUEUES)
    made = Centre(folder / "data", config, lambda note: None)
    try:
        yield made
    finally:
        await made.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(processes) -> TrapCentre:
    centre = TrapCentre(processes)
    await centre.begin()
    return centre


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ask(processes, centre):
    """A supervisor's question over HTTP: the status, and the answer."""
    tokens = {}
    for scope, name in (("supervisor", "sue"), ("agent", "anna")):
        answer = await processes.local("admin.sock", "POST", "/tokens", json={scope: name, "days": 1})
        tokens[scope] = answer["token"]

    async def question(path="", scope="supervisor"):
        headers = {"Authorization": f"Bearer {tokens[scope]}"}
        url = f"{processes.url}/api/v1/recordings{path}"
        async with processes.session.get(url, headers=headers) as response:
            is_json = "json" in response.content_type
            return response.status, await (response.json(content_type=None) if is_json else response.read())

    return question


async def accounted_for(centre, ask, sid):
    """The one record of this call's recording, once it is over. The books are written behind the calls."""
    contact = await centre.record(sid)
    async with asyncio.timeout(60):
        while True:
            status, page = await ask(f"?contact_id={contact['contact_id']}")
            assert status == 200
            if page["recordings"] and page["recordings"][0]["status"] not in ("asked", "running"):
                [row] = page["recordings"]
                return row
            await asyncio.sleep(0.1)


async def talk(centre) -> str:
    """An agent and a caller talk for two seconds, and are recorded."""
    async with centre.working() as anna:
        sid = await centre.call(SALES, *TALK, to=MENU)
        await anna.saw(Ended, timeout_s=30)
    await centre.unharmed(sid)
    return sid


async def test_what_was_said_can_be_heard_by_supervisors_alone(centre, ask):
    sid = await talk(centre)
    row = await accounted_for(centre, ask, sid)
    [made] = await centre.ledger("recordings", sid)
    assert (row["provider_ref"], row["status"], row["kind"], row["asked_by"]) == (
        made["sid"], "complete", "conversation", "",
    )  # fmt: skip
    assert (row["channels"], row["duration_s"]) == (2, round(made["duration_ms"] / 1_000))
    status, one = await ask(f"/{row['recording_id']}")
    assert (status, one) == (200, row)
    status, sound = await ask(row["audio"].removeprefix("/api/v1/recordings"))
    assert status == 200
    with wave.open(BytesIO(sound)) as file:
        assert file.getnchannels() == 2
    for path in ("", f"/{row['recording_id']}", f"/{row['recording_id']}/audio"):
        status, refused = await ask(path, scope="agent")
        assert (status, refused["code"]) == (403, "wrong_scope")


async def test_a_completion_whose_report_is_lost_is_made_good(centre, ask):
    await centre.faults(webhooks=[{"door": "/twilio/recording", "drop": 1}])
    row = await accounted_for(centre, ask, await talk(centre))
    assert (row["status"], row["location"]) == ("complete", "carrier")
    status, sound = await ask(f"/{row['recording_id']}/audio")
    assert (status, sound[:4]) == (200, b"RIFF")


async def test_one_that_the_carrier_does_not_hand_out_yet_is_asked_for_again(centre, ask):
    await centre.faults()
    row = await accounted_for(centre, ask, await talk(centre))
    await centre.faults(media_delay_ms=600_000)
    status, answer = await ask(f"/{row['recording_id']}/audio")
    assert (status, answer["code"]) == (404, "no_audio")
    await centre.faults()
    assert (await ask(f"/{row['recording_id']}/audio"))[0] == 200
