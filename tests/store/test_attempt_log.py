"""The log of campaigns' calls: every instant to the millisecond, the same whichever way the journal is read."""

from cti.core import events as e
from cti.core.codec import decode
from cti.core.states import EndCause
from cti.store.attempt_log import AttemptLog
from cti.store.attempt_log_projector import AttemptLogProjector
from cti.store.clearances_projector import ClearancesProjector
from cti.store.store import Store
from tests.dialer.calling_site import NUMBER
from tests.dialer.campaign_site import CampaignSite
from tests.dialer.preview_site import PreviewSite
from tests.dialer.short_shift import shift
from tests.store.made import SITE


async def rows_of(store, site: CampaignSite, pieces: int = 1) -> list:
    records = [decode(row) for row in site.records]
    size = -(-len(records) // pieces)
    for first in range(0, len(records), size):
        await AttemptLogProjector(store, SITE).project(records[first : first + size])
    return [row async for row in AttemptLog(store, SITE).by_name()]


async def test_every_instant_of_a_call_is_kept_as_the_journal_has_it(store):
    site = shift()
    talked, waited, machine, silent = await rows_of(store, site)
    told = {(type(event).__name__, event.attempt_id): record.at for record in map(decode, site.records)
            for event in record.events if hasattr(event, "attempt_id")}  # fmt: skip
    for row in (talked, waited, machine, silent):
        assert (row.campaign_id, row.seller, row.programme) == ("spring", "harbour", "service")
        assert row.dialled_at == told["AttemptStarted", row.attempt_id]
        assert row.ended_at == told["AttemptEnded", row.attempt_id]
        assert [(each.ceiling_ppm, each.days) for each in row.bounds] == [(30_000, 30)]
    assert talked.joined_at == told["AttemptConnected", talked.attempt_id]
    assert talked.dialled_at < talked.alerted_at < talked.answered_at <= talked.greeting_ended_at
    assert talked.classified_at - talked.greeting_ended_at == 10
    assert (talked.agent_id, talked.disposition, talked.outcome) == ("a0", "sold", "HUMAN")
    assert (talked.is_live, talked.counted_abandoned, talked.abandoned_at) == (True, False, 0)
    assert waited.abandoned_at == told["AttemptAbandoned", waited.attempt_id]
    assert waited.message_at == told["MessageBegun", waited.attempt_id]
    assert (waited.message_flow, waited.late, waited.agent_id, waited.outcome) == ("sorry", False, "", "ABANDONED")
    assert (waited.is_live, waited.counted_at, waited.counted_abandoned) == (True, waited.abandoned_at, True)
    assert (machine.classified, machine.is_machine, machine.is_live, machine.counted_at) == ("MACHINE", True, False, 0)
    assert (silent.outcome, silent.answered_at, silent.contact_id) == ("NO_ANSWER", 0, "")


async def test_a_call_that_was_refused_is_no_call_and_says_by_which_rule(store):
    site = shift()
    rows = await rows_of(store, site)
    (refused,) = site.ever(e.DialRefused)
    assert len(rows) == 4
    assert [(row.dial_id, row.rule) async for row in AttemptLog(store, SITE).refused(0, 2**60)] == [
        (refused.dial_id, "DNC-COMPANY")
    ]


async def test_read_record_by_record_or_all_at_once_or_twice_it_is_the_same(store, tmp_path):
    site = shift()
    rows = await rows_of(store, site)
    other = await Store.open(f"sqlite:///{tmp_path}/other.db")
    assert await rows_of(other, site, pieces=len(site.records)) == rows
    assert await rows_of(store, site) == rows
    projector = AttemptLogProjector(store, SITE)
    await projector.reset()
    assert await rows_of(store, site) == rows
    await other.close()


async def test_a_line_that_is_not_yet_a_call_is_not_reported_as_one(store):
    site = CampaignSite()
    site.start()
    site.take(e.PacingComputed(campaign_id="spring", calls_now=1, method="test"))
    (row,) = await rows_of(store, site)
    assert row.dialled_at == 0
    assert [each async for each in AttemptLog(store, SITE).made(0, 2**60)] == []


async def test_each_call_tells_where_its_clearance_stands(store):
    site = shift()
    await ClearancesProjector(store, SITE).project([decode(row) for row in site.records])
    await rows_of(store, site)
    assert [each.position async for each in AttemptLog(store, SITE).made(0, 2**60)] == [1, 2, 3, 4]


async def test_calls_by_hand_are_in_the_log_with_who_called_and_what_they_said(store):
    site = PreviewSite()
    talked = by_hand(site, number=NUMBER)
    site.rings(talked)
    site.customer_answers(talked)
    contact_id = site.state.legs[talked].contact_id
    site.end(talked)
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="sold"))
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=contact_id))
    site.wait(31_000)
    again = by_hand(site, redial=True)
    site.no_answer(again)
    for pieces in (1, len(site.records)):
        rows = {row.attempt_id: row for row in await rows_of(store, site, pieces)}
        assert [(rows[leg_id].purpose, rows[leg_id].agent_id) for leg_id in (talked, again)] == [("manual", "a0")] * 2
        assert (rows[talked].outcome, rows[talked].disposition, rows[talked].seller) == ("HUMAN", "sold", "harbour")
        assert 0 < rows[talked].dialled_at < rows[talked].answered_at <= rows[talked].joined_at
        assert (rows[again].outcome, rows[again].answered_at, rows[again].bounds) == ("NO_ANSWER", 0, ())
        await AttemptLogProjector(store, SITE).reset()


async def test_a_number_that_an_agent_may_not_call_is_a_refusal_and_no_call(store):
    site = PreviewSite()
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number=NUMBER, request_id="dial"))
    (leg_id,), known = [event.leg_id for event in site.happened(e.LegStarted)], site.state.last.seq
    site.suppress(NUMBER)
    site.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=known))
    assert await rows_of(store, site) == []
    refused = [(row.campaign_id, row.rule) async for row in AttemptLog(store, SITE).refused(0, 2**60)]
    assert refused == [("spring", "DNC-COMPANY")]


async def test_a_call_that_was_hung_up_before_it_left_is_none(store):
    site = PreviewSite()
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number=NUMBER, request_id="dial"))
    (contact_id,) = [event.contact_id for event in site.happened(e.ContactStarted)]
    site.take(e.HangUpRequested(agent_id="a0", contact_id=contact_id))
    assert await rows_of(store, site) == []


async def test_a_lead_that_is_only_shown_is_not_answered(store):
    site = PreviewSite()
    site.start()
    site.next_lead()
    (row,) = await rows_of(store, site)
    assert (row.dialled_at, row.answered_at) == (0, 0)
    leg_id = site.dial()
    site.no_answer(leg_id)
    (row,) = await rows_of(store, site)
    assert (row.outcome, row.answered_at, row.by_hand) == ("NO_ANSWER", 0, False)


def by_hand(site: PreviewSite, **asked) -> str:
    """The agent calls, and what is known of the number is told. Returns the leg."""
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", request_id="dial", **asked))
    (leg_id,) = [event.leg_id for event in site.happened(e.LegStarted)]
    site.tell(leg_id)
    return leg_id


async def test_a_call_whose_end_overtakes_everything_has_the_carriers_name_for_it(store):
    site = CampaignSite()
    site.start()
    (leg_id,) = site.pace(1)
    site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.UNREACHABLE, provider_ref="CAgone"))
    site.take(e.LegPlaced(leg_id=leg_id, provider_ref="CAgone"))
    (row,) = await rows_of(store, site)
    assert (row.provider_ref, row.outcome) == ("CAgone", "INVALID")
