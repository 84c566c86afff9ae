"""Commands on their way: one after another on a leg, but a hang-up is kept waiting by nothing that only waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.calling import CallingRule, HoursDemand, Listing
from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    FindSuppression,
    GatherCallFacts,
    HangUpLeg,
    HoldLeg,
    Originate,
    RedirectLeg,
)
from cti.core.ports import CallFactsSource, Result
from cti.core.states import EndCause, PartyRole
from cti.core.times import OpeningSpan
from cti.directory.sql import SqlDirectory
from cti.journal.memory import MemoryJournal
from cti.runtime.clock import Clock
from cti.runtime.dispatcher import Dispatcher
from cti.runtime.failpoints import Failpoints
from tests.centre import DIRECT, centre
from tests.dialer.calling_site import calling
from tests.patience import PATIENCE_S
from tests.runtime.owner import Owner, owning

FRIEND = "number:+12025550111"

LATER = Result("retry", detail="too many at once", retry_after_s=60)


NEW_YORK = "America/New_York"
DAYS = tuple(OpeningSpan(weekday=day, opens=0, closes=1_440) for day in range(7))
ALL_DAY = calling(CallingRule(rule_id="US-ALL", jurisdiction="US", title="All day", demand=HoursDemand(spans=DAYS)))
CALLED = "+12125550123"


class Facts:
    """A store that knows of one number on a list, and of one entry."""

    async def gather(self, command: GatherCallFacts) -> e.CallFactsGathered:
        listed = (Listing(list_id="main-s1", scope="company"),) if command.number != CALLED else ()
        return e.CallFactsGathered(dial_id=command.dial_id, as_of_seq=command.since_seq, listed=listed)

    async def find_entries(self, command: FindSuppression) -> e.SuppressionFound:
        if command.value != CALLED:
            raise ConnectionError("the store is gone")
        found = (e.FoundEntry(entry_id="main-s1", since=1),)
        return e.SuppressionFound(
            scope=command.scope, value=command.value, reason=command.reason, by=command.by, found=found, as_of_seq=1
        )


class Carrier:
    """Says of each command what it was told to, and of dials in doubt that it cannot say yet. `asked` notes them."""

    def __init__(self) -> None:
        self.says: dict[type, Result] = {}
        self.asked: asyncio.Queue[AnyCommand] = asyncio.Queue()
        self.slow: dict[type, asyncio.Event] = {}
        """Answers that come once the event is set."""

    async def execute(self, command: AnyCommand) -> Result:
        self.asked.put_nowait(command)
        if type(command) in self.slow:
            await self.slow[type(command)].wait()
        return self.says.get(type(command), Result("done"))

    async def reconcile(self, command: Originate, sent_at: int) -> Result:
        self.asked.put_nowait(command)
        return Result("unknown", detail="the carrier may not show it yet", retry_after_s=60)

    async def survey(self, legs: Sequence[tuple[str, str]]) -> list[e.AnyEvent]:
        return []

    async def next(self, kind: type) -> AnyCommand:
        """The next command of this kind."""
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(command := await self.asked.get(), kind):
                pass
        return command


async def nobody(number: str) -> tuple[e.Customer, ...]:
    return ()


@contextlib.asynccontextmanager
async def at_work(
    facts: CallFactsSource | None = None, journal: MemoryJournal | None = None
) -> AsyncIterator[tuple[Owner, Carrier]]:
    """An owner that carries its commands out; Anna is ready."""
    config = centre(dial_prefixes=("+1202",), calling=ALL_DAY, zones={NEW_YORK: table(NEW_YORK)})
    async with owning(config, journal=journal) as owner:
        carrier = Carrier()
        dispatcher = Dispatcher(owner.driver, carrier, SqlDirectory(nobody), Clock(), Failpoints(), facts)
        owner.driver.committed.append(dispatcher.committed)
        for number, ask in enumerate(
            (
                e.DesktopConnected(agent_id="anna", socket_id="desk"),
                e.SignInRequested(agent_id="anna"),
                e.ReadyRequested(agent_id="anna"),
            )
        ):
            await owner.post(ask, f"begin:{number}")
        try:
            yield owner, carrier
        finally:
            await dispatcher.close()


async def accepted(owner: Owner) -> e.OfferAccepted:
    """A caller whom Anna accepts."""
    await owner.call("CA1", to=DIRECT)
    offer = next(event for event in happened(owner) if isinstance(event, e.OfferMade))
    await owner.post(e.OfferAcknowledged(agent_id="anna", offer_id=offer.offer_id), "acknowledged")
    await owner.post(e.AcceptRequested(agent_id="anna", offer_id=offer.offer_id), "accepted")
    return next(event for event in happened(owner) if isinstance(event, e.OfferAccepted))


def happened(owner: Owner) -> list[e.AnyEvent]:
    return [event for record in owner.records for event in record.events]  # type: ignore[attr-defined]


async def until(says: Callable[[], bool]) -> None:
    """What the driver does in its own task has no event to wait for."""
    async with asyncio.timeout(PATIENCE_S):
        while not says():
            await asyncio.sleep(0.005)


async def test_a_hang_up_is_not_kept_waiting_by_a_dial_in_doubt() -> None:
    async with at_work() as (owner, carrier):
        carrier.says[Originate] = Result("unknown", detail="no answer")
        offer = await accepted(owner)
        await carrier.next(Originate)
        await carrier.next(Originate)  # now it is only asked about
        leg_id = offer.leg_id
        await owner.post(e.LegAlerting(leg_id=leg_id, provider_ref="CB1"), "rings")
        await owner.post(e.LegEnded(leg_id="", provider_ref="CA1", cause=EndCause.NORMAL), "gone")
        assert await carrier.next(HangUpLeg) == HangUpLeg(leg_id=leg_id, provider_ref="CB1")
        await until(lambda: not [row for row in owner.journal._outbox.values() if row.status == "in_doubt"])  # noqa: SLF001


async def test_a_hang_up_overtakes_what_backs_off() -> None:
    async with at_work() as (owner, carrier):
        carrier.says = {RedirectLeg: LATER, CheckLeg: LATER}
        offer = await accepted(owner)
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=offer.leg_id, provider_ref="CB1"), "joined")
        moved = await carrier.next(RedirectLeg)
        leg_id = moved.leg_id  # type: ignore[union-attr]
        await owner.post(e.CommandFailed(command_id="1.0", leg_id=leg_id, code="GONE"), "ask")  # waits behind the move
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=leg_id, provider_ref="CA1"), "talks")
        await owner.post(e.HangUpRequested(agent_id="anna", contact_id=offer.contact_id), "bye")
        assert await carrier.next(HangUpLeg) == HangUpLeg(leg_id=leg_id, provider_ref="CA1")


@pytest.mark.parametrize("fails", [True, False])
async def test_what_backs_off_and_is_still_wanted_keeps_its_place(fails: bool) -> None:  # noqa: FBT001
    """News about the leg that change nothing for the command do not hurry it."""
    async with at_work() as (owner, carrier):
        carrier.says[RedirectLeg] = LATER if fails else Result("done")
        offer = await accepted(owner)
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=offer.leg_id, provider_ref="CB1"), "joined")
        leg_id = (await carrier.next(RedirectLeg)).leg_id  # type: ignore[union-attr]
        for number in range(3):
            await owner.post(e.LegChecked(leg_id=leg_id, alive=True), f"checked:{number}")
        again = [command for command in _drained(carrier) if isinstance(command, RedirectLeg)]
        assert again == []


async def test_nobody_is_rung_into_a_room_before_the_customer_is_on_hold_there() -> None:
    async with at_work() as (owner, carrier):
        offer = await accepted(owner)
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=offer.leg_id, provider_ref="CB1"), "joined")
        leg_id = (await carrier.next(RedirectLeg)).leg_id  # type: ignore[union-attr]
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=leg_id, provider_ref="CA1"), "talks")
        held = carrier.slow[HoldLeg] = asyncio.Event()
        await owner.post(e.ConsultRequested(**about(offer), destination=FRIEND), "consult")
        await carrier.next(HoldLeg)
        await owner.post(e.LegChecked(leg_id=leg_id, alive=True), "later")
        assert [command for command in _drained(carrier) if isinstance(command, Originate)] == []
        held.set()
        assert (await carrier.next(Originate)).endpoint == FRIEND.replace("number:", "tel:")  # type: ignore[union-attr]


async def test_nobody_is_taken_off_hold_while_somebody_may_still_come_who_is_not_wanted() -> None:
    async with at_work() as (owner, carrier):
        offer = await accepted(owner)
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=offer.leg_id, provider_ref="CB1"), "joined")
        leg_id = (await carrier.next(RedirectLeg)).leg_id  # type: ignore[union-attr]
        await owner.post(e.CallJoined(call_id=offer.call_id, leg_id=leg_id, provider_ref="CA1"), "talks")
        await owner.post(e.ConsultRequested(**about(offer), destination=FRIEND), "consult")
        await carrier.next(HoldLeg)
        party = [event for event in happened(owner) if isinstance(event, e.ConsultStarted)][-1]
        await owner.post(e.LegHeld(leg_id=leg_id), "held")
        carrier.slow[Originate] = asyncio.Event()
        await carrier.next(Originate)
        await owner.post(e.ConsultEndRequested(**about(offer), party_id=party.party_id), "not any more")
        await owner.post(e.RetrieveRequested(**about(offer)), "back")
        carrier.slow[Originate].set()
        await owner.post(e.LegPlaced(leg_id=party.leg_id, provider_ref="CC1"), "named")
        await carrier.next(HangUpLeg)
        await owner.post(e.LegChecked(leg_id=leg_id, alive=True), "later")
        assert [command for command in _drained(carrier) if isinstance(command, HoldLeg)] == []
        await owner.post(e.LegEnded(leg_id=party.leg_id, provider_ref="CC1", cause=EndCause.CANCELLED), "gone")
        assert not (await carrier.next(HoldLeg)).held  # type: ignore[union-attr]


def about(offer: e.OfferAccepted) -> dict[str, str]:
    """What Anna's requests in this conversation name."""
    return {"contact_id": offer.contact_id, "agent_id": "anna", "request_id": "r"}


def _drained(carrier: Carrier) -> list[AnyCommand]:
    return [carrier.asked.get_nowait() for _ in range(carrier.asked.qsize())]


async def ask_to_call(owner: Owner, leg_id: str, number: str) -> None:
    started = e.LegStarted(
        leg_id=leg_id, role=PartyRole.CUSTOMER, endpoint_kind="tel", endpoint=f"tel:{number}", call_id="room"
    )
    await owner.post(started, f"start:{leg_id}")
    asked = e.DialRequested(dial_id=leg_id, purpose="manual", leg_id=leg_id, number=number, campaign_id="spring")
    await owner.post(asked, f"dial:{leg_id}")


async def test_the_store_is_asked_what_is_known_of_a_number_and_then_it_is_rung() -> None:
    async with at_work(Facts()) as (owner, carrier):
        await ask_to_call(owner, "main-x1", "+12125550124")
        await ask_to_call(owner, "main-x2", CALLED)
        rung = await carrier.next(Originate)
        assert isinstance(rung, Originate)
        assert rung.leg_id == "main-x2"
        assert "main-x1" not in owner.driver.decider.state.legs


async def test_without_a_store_nobody_is_called() -> None:
    async with at_work() as (owner, carrier):
        await ask_to_call(owner, "main-x1", CALLED)
        async with asyncio.timeout(PATIENCE_S):
            while "main-x1" in owner.driver.decider.state.legs:
                await asyncio.sleep(0)
        assert carrier.asked.empty()


async def test_a_removal_is_looked_up_first_and_a_store_that_fails_is_told() -> None:
    async with at_work(Facts()) as (owner, _):
        told: list[str] = []
        owner.driver.committed.append(lambda record: told.extend(type(event).__name__ for event in record.events))
        for number in (CALLED, "+12125550199"):
            asked = e.SuppressionRemovalRequested(scope="company", value=number, reason="they asked", by="ben")
            await owner.post(asked, f"remove:{number}")
        async with asyncio.timeout(PATIENCE_S):
            while len(told) < 2:
                await asyncio.sleep(0)
        assert sorted(told) == ["SuppressionRefused", "SuppressionRemoved"]
