"""A campaign's question for leads goes to the store, and its answer, or that there is none, is told."""

import asyncio

from cti.core import events as e
from cti.core.campaign import CampaignRun
from cti.core.commands import ClaimLeads
from cti.core.ports import LeadsSource
from cti.core.record import Batch, OutboxRow
from cti.directory.sql import SqlDirectory
from cti.runtime.clock import Clock
from cti.runtime.dispatcher import Dispatcher
from cti.runtime.failpoints import Failpoints
from cti.runtime.outbox import Entry
from tests.centre import centre
from tests.patience import PATIENCE_S
from tests.runtime.owner import owning
from tests.runtime.test_dispatcher import Carrier, nobody

ASKED = ClaimLeads(campaign_id="sales", claim_id="main-k1", leads_max=2)


class Leads:
    """A store that has one lead for whoever asks for more than none."""

    async def claim(self, command: ClaimLeads) -> e.LeadsClaimed:
        if not command.leads_max:
            raise ConnectionError("the store is gone")
        leads = (e.ClaimedLead(lead_id="a"),)
        return e.LeadsClaimed(campaign_id=command.campaign_id, claim_id=command.claim_id, as_of_seq=1, leads=leads)


async def answer_to(command: ClaimLeads, leads: LeadsSource | None) -> e.LeadsClaimed:
    async with owning(centre()) as owner:
        told: asyncio.Queue[e.AnyEvent] = asyncio.Queue()
        owner.driver.committed.append(lambda record: told.put_nowait(record.input))
        dispatcher = Dispatcher(owner.driver, Carrier(), SqlDirectory(nobody), Clock(), Failpoints(), leads=leads)
        asked = OutboxRow(command_id="1.0", seq=1, ordinal=0, effect="QUERY", status="intent", at=1, epoch=1)
        await owner.journal.append(Batch(epoch=1, outbox=(asked,)))
        run = CampaignRun(campaign_id=command.campaign_id, claim_id=command.claim_id)
        owner.driver.decider.state.runs.put(run.campaign_id, run)
        dispatcher.start(Entry(command_id="1.0", seq=1, command=command))
        async with asyncio.timeout(PATIENCE_S):
            while not isinstance(answer := await told.get(), e.LeadsClaimed):
                pass
        await dispatcher.close()
    return answer


async def test_the_store_says_who_is_next() -> None:
    answer = await answer_to(ASKED, Leads())
    assert (answer.claim_id, [lead.lead_id for lead in answer.leads], answer.error) == ("main-k1", ["a"], "")


async def test_a_store_that_fails_or_is_not_there_is_told() -> None:
    none = ClaimLeads(campaign_id="sales", claim_id="main-k2", leads_max=0)
    assert (await answer_to(none, Leads())).error == "FAILED"
    assert (await answer_to(ASKED, None)).error == "NO_STORE"
