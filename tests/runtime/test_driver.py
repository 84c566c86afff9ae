"""Nothing leaves before it is durable; a repeat gets the first answer; trouble with the journal holds callers."""

import asyncio

import msgspec
import pytest

from cti.core.base import changed
from cti.core.config import EnqueueStep, EntryPoint, Flow, HangUpStep, LookUpStep, SiteConfig
from cti.core.errors import CommitUnknown, JournalUnavailable
from cti.core.events import CallArrived, ContactStarted, CustomersFound, PlanRequested, ReportIgnored, ServerStarted
from cti.core.plan import Door, Plan
from cti.core.states import LeaveResult
from tests.centre import MENU, centre
from tests.patience import PATIENCE_S
from tests.runtime.owner import APOLOGY, JsonDocuments, owning


def look_up_centre() -> SiteConfig:
    """The flow of the menu's number begins by waiting for the look-up."""
    config = centre()
    look_up = LookUpStep(known="queue", unknown="queue", wait_s=5)
    queue = EnqueueStep(queue_id="sales", full="bye")
    flow = Flow(flow_id="look_up", start="who", steps={"who": look_up, "queue": queue, "bye": HangUpStep()})
    entry_points = {MENU: EntryPoint(number=MENU, flow_id="look_up")}
    return changed(config, flows={"look_up": flow}, entry_points=entry_points)


async def test_a_reply_comes_only_after_its_record_is_durable() -> None:
    async with owning(centre(), failpoints="before_commit=stall:200:2") as owner:
        answer = asyncio.ensure_future(owner.call(to=MENU))
        await asyncio.sleep(0)
        while not owner.driver.decider.state.contacts.rows:
            await asyncio.sleep(0)  # decided ...
        assert not answer.done()  # ... but not yet said
        assert (await owner.journal.tail()).seq == 1
        assert await answer
        assert (await owner.journal.tail()).seq == 2


@pytest.mark.parametrize("token", ["", "token-1"])
async def test_a_repeat_gets_the_same_bytes_and_has_no_effect(token: str) -> None:
    async with owning(centre()) as owner:
        first = await owner.call(to=MENU)
        answer = await owner.ask(first, Door.DIGITS, "1", token)
        records = len(owner.records)
        assert await owner.ask(first, Door.DIGITS, "1", token) == answer
        assert await owner.call(to=MENU) == first
        assert len(owner.records) == records


async def test_repeats_that_arrive_together_are_decided_once() -> None:
    async with owning(centre()) as owner:
        answers = await asyncio.gather(*[owner.call(to=MENU) for _ in range(20)])
        assert len(set(answers)) == 1
        assert len(owner.driver.decider.state.contacts) == 1


async def test_a_repeat_is_answered_while_the_journal_is_slow() -> None:
    async with owning(centre(), failpoints="before_commit=stall:5000:3") as owner:
        first = await owner.call(to=MENU)
        other = asyncio.ensure_future(owner.call("CA2", to=MENU))
        async with asyncio.timeout(PATIENCE_S):
            while not owner.driver.holding:
                await asyncio.sleep(0.02)
        assert await owner.call(to=MENU) == first
        assert not other.done()
        other.cancel()


async def test_a_repeat_after_a_restart_gets_the_stored_answer() -> None:
    async with owning(centre()) as owner:
        first = await owner.call(to=MENU)
        journal = owner.journal.after_crash()
    async with owning(centre(), journal=journal) as owner:
        assert await owner.call(to=MENU) == first
        assert len(owner.driver.decider.state.contacts) == 1


async def test_a_failed_commit_ends_the_driver_and_tells_everybody_why() -> None:
    async with owning(centre()) as owner:
        owner.journal.fail_next(CommitUnknown("the connection was lost"))
        with pytest.raises(JournalUnavailable, match="connection was lost"):
            await owner.call(to=MENU)
        assert "connection was lost" in owner.driver.holding
        with pytest.raises(JournalUnavailable):
            await owner.call("CA2", to=MENU)


async def test_a_slow_commit_is_called_holding() -> None:
    async with owning(centre(), failpoints="before_commit=stall:5000:2") as owner:
        answer = asyncio.ensure_future(owner.call(to=MENU))
        async with asyncio.timeout(PATIENCE_S):
            while not owner.driver.holding:
                await asyncio.sleep(0.02)
            assert "has not answered" in owner.driver.holding
            assert await answer
        assert owner.driver.holding == ""


async def test_an_input_that_breaks_the_rules_hurts_only_its_own_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    from cti import engine

    def broken(turn: object, event: PlanRequested) -> None:
        if event.digits == "7":
            raise RecursionError("a rule went wrong")

    async with owning(centre()) as owner:
        first, other = await owner.call("CA1", to=MENU), await owner.call("CA2", to=MENU)
        monkeypatch.setitem(engine.RULES, PlanRequested, (broken, *engine.RULES[PlanRequested]))
        apology = await owner.ask(first, Door.DIGITS, "7")
        assert '"hang_up"' in apology
        rejected = owner.records[-1].input  # type: ignore[attr-defined]
        assert rejected.input_type == "PlanRequested"
        assert "a rule went wrong" in rejected.reason
        assert '"park"' in await owner.ask(other, Door.DIGITS, "1")


class Broken(JsonDocuments):
    """Cannot say anything."""

    def document(self, plan: Plan, leg_id: str, nonce: int) -> str:
        raise ValueError("a document that cannot be")


async def test_a_caller_hears_an_apology_even_when_that_cannot_be_rendered() -> None:
    async with owning(centre(), renderer=Broken()) as owner:
        assert await owner.call("CA1", to=MENU) == APOLOGY
        assert await owner.call("CA2", to=MENU) == APOLOGY
        assert await owner.call("CA1", to=MENU) == APOLOGY
        assert len(owner.driver.decider.state.contacts) == 0


async def test_an_input_whose_rejection_fails_too_is_about_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from cti import engine
    from cti.core.events import ContactQuarantined

    def broken(turn: object, event: object) -> None:
        raise RecursionError("a rule went wrong")

    async with owning(centre()) as owner:
        first = await owner.call("CA1", to=MENU)
        for kind in (PlanRequested, ContactQuarantined):
            monkeypatch.setitem(engine.RULES, kind, (broken,))
        assert '"hang_up"' in await owner.ask(first, Door.DIGITS, "1")
        monkeypatch.undo()
        assert '"collect"' in await owner.call("CA2", to=MENU)


class BrokenForOne(JsonDocuments):
    """Cannot say anything to this leg."""

    leg_id = ""

    def document(self, plan: Plan, leg_id: str, nonce: int, endpoint: str = "") -> str:
        if leg_id == self.leg_id:
            raise ValueError("a document that cannot be")
        return super().document(plan, leg_id, nonce, endpoint)


async def test_who_stops_waiting_takes_nothing_back() -> None:
    async with owning(centre()) as owner:
        event = CallArrived(provider="test", provider_ref="CA1", to_number=MENU, from_number="+16175550123")
        owner.driver.post(event, key="voice:CA1", actor="test").cancel()
        assert await owner.call("CA1", to=MENU)  # the first answer again
        assert [record.input for record in owner.records if type(record.input) is CallArrived] == [event]  # type: ignore[attr-defined]


async def test_of_promises_that_fail_together_only_the_one_to_blame_is_put_off() -> None:
    """Three callers wait for a look-up; what one of them is to hear when its time is over cannot be rendered."""
    renderer = BrokenForOne()
    async with owning(look_up_centre(), renderer=renderer) as owner:
        waiting = [asyncio.ensure_future(owner.call(f"CA{number}", to=MENU)) for number in range(3)]
        decider = owner.driver.decider
        async with asyncio.timeout(PATIENCE_S):
            while len(decider.state.contacts) < 3:
                await asyncio.sleep(0.01)
        contacts = [contact.contact_id for contact in decider.state.contacts.in_order()]
        over = max(decider.state.contacts[contact_id].look_up_by for contact_id in contacts)
        renderer.leg_id = decider.state.contacts[contacts[0]].leg_id
        together = decider.due(over)
        assert together is not None
        assert [due.key for due in together.event.due] == contacts  # type: ignore[union-attr]
        first = decider.take(together, over)
        assert first.record.input.input_type == "Due:look_up"  # type: ignore[union-attr]
        assert list(first.answers.values()) == [APOLOGY]  # type: ignore[union-attr]
        others = decider.due(over)
        assert others is not None
        assert [due.key for due in others.event.due] == contacts[1:]  # type: ignore[union-attr]
        answers = decider.take(others, over).answers.values()  # type: ignore[union-attr]
        assert all('"park"' in answer for answer in answers)
        assert [decider.state.contacts[contact_id].quarantined for contact_id in contacts] == [True, False, False]
        for future in waiting:
            future.cancel()


async def test_what_a_worker_died_of_is_not_decided_again() -> None:
    async with owning(centre()) as owner:
        owner.driver.decider.suspects.add("voice:CA1")
        answer = await owner.call("CA1", to=MENU)
        assert '"hang_up"' in answer
        assert not any(type(event) is ContactStarted for event in owner.records[-1].events)  # type: ignore[attr-defined]
        assert '"collect"' in await owner.call("CA2", to=MENU)


async def test_an_old_nonce_changes_nothing_and_gets_the_plan_that_is() -> None:
    async with owning(centre()) as owner:
        first = await owner.call(to=MENU)
        parked = await owner.ask(first, Door.DIGITS, "1")
        late = await owner.ask(first, Door.NEXT)
        assert '"park"' in late
        assert late == parked
        assert type(owner.records[-1].events[0]) is ReportIgnored  # type: ignore[attr-defined]


async def test_what_answers_a_notice_of_having_moved_a_caller_is_not_what_the_caller_hears_there_later() -> None:
    """The request for what comes after the room was lost, and the caller was led through the first answers again."""
    async with owning(centre()) as owner:
        first = await owner.call(to=MENU)
        parked = await owner.ask(first, Door.DIGITS, "1")
        moved = await owner.ask(parked, Door.PARKED, result=LeaveResult.REDIRECTED)
        assert msgspec.json.decode(moved)["plan"]["verbs"] == []
        assert await owner.ask(parked, Door.PARKED, result=LeaveResult.REDIRECTED) == moved
        again = await owner.ask(parked, Door.PARKED, result=LeaveResult.FAILED)
        assert '"go_on"' in again
        assert await owner.ask(parked, Door.PARKED, result=LeaveResult.FAILED) == again


async def test_a_number_of_nobody_is_answered() -> None:
    async with owning(centre()) as owner:
        assert '"hang_up"' in await owner.call(to="+19995550000")


async def test_promises_come_one_by_one_after_a_worker_died_at_a_batch_and_the_culprit_is_left_out() -> None:
    async with owning(centre()) as owner:
        for number in range(3):
            await owner.call(f"CA{number}", to=MENU)
        decider = owner.driver.decider
        later = decider.state.last.at + 24 * 60 * 60 * 1_000
        decider.suspects.add("due:batch")
        first = decider.due(later)
        assert first is not None
        assert len(first.event.due) == 1  # type: ignore[union-attr]
        promise = first.event.due[0]  # type: ignore[union-attr]
        decider.suspects.add(f"due:{promise.kind}:{promise.key}:{promise.at}")
        taken = decider.take(first, later)
        assert type(taken.record.input).__name__ == "InputRejected"  # type: ignore[union-attr]


async def test_a_request_that_was_never_answered_is_answered_after_a_restart() -> None:
    """The worker ended while a flow waited for a look-up: the carrier asks again, and must not wait for ever."""
    config = look_up_centre()
    async with owning(config) as owner:
        asked = asyncio.ensure_future(owner.call("CA1", to=MENU))
        async with asyncio.timeout(PATIENCE_S):
            while not owner.records or len(owner.driver.decider.state.contacts) == 0:
                await asyncio.sleep(0.01)
        journal = owner.journal.after_crash()
        asked.cancel()
    async with owning(config, journal=journal) as owner:
        await owner.post(ServerStarted(epoch=2, logic="1"), "epoch:2")
        waiting = asyncio.ensure_future(owner.call("CA1", to=MENU))
        contact_id = next(iter(owner.driver.decider.state.contacts.rows))
        await asyncio.sleep(0.05)
        await owner.post(CustomersFound(contact_id=contact_id), "found")
        answer = await asyncio.wait_for(waiting, PATIENCE_S)
        assert '"park"' in answer
        assert await owner.call("CA1", to=MENU) == answer


async def test_an_owner_proves_that_the_site_is_its_own_unless_a_commit_just_has() -> None:
    async with owning(centre()) as owner:
        journal = owner.journal.after_crash()
    async with owning(centre(), journal=journal.after_crash()) as owner:
        await owner.driver.prove_ownership()
        owner.journal.fence()
        await owner.driver.prove_ownership()  # the commit of a moment ago still counts
    async with owning(centre(), journal=journal) as owner:
        owner.journal.fence()
        with pytest.raises(JournalUnavailable, match="epoch"):
            await owner.driver.prove_ownership()
