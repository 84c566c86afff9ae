"""Giving a caller away, and asking somebody in, while the carrier fails after the deed, the worker dies, or the reports
that tell of it are lost: nobody is lost, nobody is there twice, and our record is right.

One server and one carrier serve all the tests; the server's workers die in some of them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from cti.client import Connected, ConsultAnswered, ConsultEnded, Forwarded, Requeued, TalkChanged, Transferred
from tests.chaos.play import Play
from tests.telephony.talk_centre import LINE, MAILBOX, NINA, OUTSIDE, STAYS, TalkCentre, line_is_up, open_centre
from tests.telephony.trap_centre import Desktop

PRESSES_1 = {"on_ring": "answer", "after_ms": 20, "presses": "1", "presses_after_ms": 300}
FAULTS = ("error_after_the_deed", "killed_before_it_asked", "killed_before_it_was_answered", "reports_lost")
UNANSWERED_MS = 8_000
"""How long the carrier keeps an answer for which nobody waits any more."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory) -> AsyncIterator[TalkCentre]:
    async with open_centre(tmp_path_factory.mktemp("faults")) as centre:
        for name in ("anna", "ben"):
            await centre.phone(name, on_ring="answer", after_ms=20)
        await centre.number(OUTSIDE, on_ring="answer", after_ms=20, talk_s=0.5)
        await centre.number(NINA, **PRESSES_1)
        yield centre


@pytest_asyncio.fixture(loop_scope="module")
async def centre(running) -> AsyncIterator[TalkCentre]:
    await running.faults()
    yield running
    await running.faults()
    await running.everybody_goes()


async def struck(
    centre: TalkCentre,
    fault: str,
    path: str,
    deed: Callable[[], Awaitable[None]],
    done: Callable[[], Awaitable[object]],
) -> None:
    """Do the deed, whose request goes to `path`, under this fault. `done` waits until the carrier has done it."""
    match fault:
        case "error_after_the_deed":
            await centre.faults(rest=[{"path": path, "method": "POST", "times": 1, "server_error": 1}])
            await deed()
        case "killed_before_it_asked":
            await centre.faults(rest_concurrent_max=0)
            await deed()
            await centre.until("rest", code=20429)
            await killed(centre)
            await centre.faults()
        case "killed_before_it_was_answered":
            slow = {"path": path, "method": "POST", "times": 1, "slow_ms": UNANSWERED_MS}
            await centre.faults(rest=[slow])
            await deed()
            await done()
            await killed(centre)
        case "reports_lost":
            lost = {"door": "/twilio/(room|leg)$", "drop": 1}
            await centre.faults(webhooks=[lost, {"door": "/twilio/(forwarded|joined)$", "lost_reply": 1, "times": 1}])
            await deed()
            await done()
    await done()
    await centre.faults()


async def killed(centre: TalkCentre) -> None:
    """The worker dies, and the next one is there."""
    await Play(centre.centre).kill("worker")


async def works_on(desktop: Desktop) -> None:
    """Nothing is left of it at this desk: no contact, and ready for the next."""
    async with asyncio.timeout(60):
        while desktop.client.desk.contacts or not desktop.client.desk.ready:
            await asyncio.sleep(0.05)  # over lost connections too, of which no event tells


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_caller_given_to_a_number_rings_there_once(centre, fault):
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        await struck(
            centre,
            fault,
            f"/Calls/{sid}.json$",
            lambda: anna.client.transfer(contact_id, f"number:{OUTSIDE}"),
            lambda: centre.until("legs", to=OUTSIDE, parent_sid=sid),
        )
        await anna.saw(Forwarded)
        await centre.over(sid)
        await works_on(anna)
        await centre.unharmed(sid)
        assert [leg["to"] for leg in await centre.ledger("legs") if leg["parent_sid"] == sid] == [OUTSIDE]
        record = await centre.record(sid)
        assert (record["outcome"], record["cause"], record["agent_ids"]) == ("connected", "TRANSFERRED", ["anna"])


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_caller_handed_over_talks_to_the_other_agent_alone(centre, fault):
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        leg = await centre.newest_leg("client:anna")
        async with centre.at_desk("ben") as ben:
            await anna.client.consult(contact_id, "agent:ben")
            await anna.saw(ConsultAnswered)
            await struck(
                centre,
                fault,
                f"/(Calls|Participants)/{leg['sid']}.json$",
                lambda: anna.client.transfer(contact_id),
                lambda: centre.over(leg["sid"]),
            )
            await ben.saw(Transferred)
            other = await centre.newest_leg("client:ben")
            await centre.until("hearing", listener=sid, speaker=other["sid"], end_ms=None)
            assert await centre.hears(sid) == [other["sid"]]
            await works_on(anna)
            await ben.client.hang_up(contact_id)
            await centre.over(sid)
            await works_on(ben)
        await centre.unharmed(sid)
        record = await centre.record(sid)
        assert (record["outcome"], record["cause"]) == ("connected", "AGENT_HUNG_UP")
        assert record["agent_ids"] == ["anna", "ben"]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_nailed_up_agent_asked_in_comes_or_not_and_goes_home(centre, fault):
    async with centre.at_desk("nina") as nina, centre.at_desk("anna") as anna:
        await line_is_up(nina)
        line = await centre.newest_leg(NINA)
        sid, contact_id = await centre.talking(anna)
        own = await centre.newest_leg("client:anna")
        comes = fault != "killed_before_it_asked"  # a move that may have been made is not made again

        async def done():
            if comes:
                await centre.until("hearing", listener=line["sid"], speaker=own["sid"])

        await struck(
            centre,
            fault,
            f"/Calls/{line['sid']}.json$",
            lambda: anna.client.consult(contact_id, "agent:nina"),
            done,
        )
        async with asyncio.timeout(60):
            while not (anna.all(ConsultAnswered) or anna.all(ConsultEnded)):
                await asyncio.sleep(0.05)
        for party in anna.client.desk.contacts[0].talk.parties:
            await anna.client.end_consult(contact_id, party.party_id)
        await anna.client.retrieve(contact_id)
        await anna.saw_that(TalkChanged, lambda event: not event.talk.on_hold and not event.talk.parties)
        await centre.until("hearing", listener=sid, speaker=own["sid"], end_ms=None)
        assert await centre.hears(sid) == [own["sid"]]
        await anna.client.hang_up(contact_id)
        await centre.over(sid)
        await works_on(anna)
        await works_on(nina)
        following, contact_id = await centre.talking(nina, LINE)
        await nina.client.hang_up(contact_id)
        await centre.over(following)
        await works_on(nina)
    await centre.unharmed(sid, following)
    record = await centre.record(sid)
    assert (record["outcome"], record["cause"]) == ("connected", "AGENT_HUNG_UP")
    assert record["agent_ids"][0] == "anna"
    assert (await centre.record(following))["agent_ids"] == ["nina"]


async def test_a_nailed_up_line_that_drops_in_a_talk_leaves_the_caller_first_in_line_and_comes_up_again(centre):
    async with centre.at_desk("nina") as nina:
        await line_is_up(nina)
        line = await centre.newest_leg(NINA)
        sid, _ = await centre.talking(nina, LINE)
        waiting = await centre.call(*STAYS, to=LINE)
        await centre.hangs_up(line["sid"])
        await nina.saw(Requeued)
        async with centre.at_desk("ben") as ben:
            connected = await ben.saw(Connected)
            other = await centre.newest_leg("client:ben")
            await centre.until("hearing", listener=sid, speaker=other["sid"], end_ms=None)
            await nina.saw(Connected, 2)  # with the one who waited, once her line is up again
            for desktop, contact_id in ((ben, connected.contact_id), (nina, nina.all(Connected)[1].contact_id)):
                await desktop.client.hang_up(contact_id)
                await works_on(desktop)
    await centre.unharmed(sid, waiting)
    assert (await centre.record(sid))["agent_ids"] == ["nina", "ben"]
    assert (await centre.record(waiting))["agent_ids"] == ["nina"]


async def test_a_lost_report_on_a_recording_costs_no_message_and_no_talk(centre):
    await centre.faults(webhooks=[{"door": "/twilio/recording$", "drop": 1}])
    message = await centre.call(
        {"wait": "record", "timeout_ms": 60_000}, {"say": "Please call me back."}, {"hang_up": True}, to=MAILBOX
    )
    async with centre.at_desk("anna") as anna:
        sid, contact_id = await centre.talking(anna)
        await anna.client.record(contact_id, "START")
        await anna.saw_that(TalkChanged, lambda event: event.talk.recording == "ON")
        await asyncio.sleep(0.5)  # some talk: of less there would be no recording
        await anna.client.record(contact_id, "STOP")
        await centre.until("recordings", call_sid=sid, status="completed")
        await anna.client.hang_up(contact_id)
        await works_on(anna)
    await centre.unharmed(sid, message)
    assert (await centre.record(message))["outcome"] == "voicemail"
    assert (await centre.record(sid))["outcome"] == "connected"
