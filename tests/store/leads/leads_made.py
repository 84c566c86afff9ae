"""Leads as tests put them into a store, and campaigns that ask for them."""

import msgspec

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.core.leads import NOWHERE, ClaimSpec
from cti.core.states import LeadStatus, Outcome
from cti.store.leads.claiming import Claims
from cti.store.leads.entering import Segments
from cti.store.leads.projector import LeadsProjector
from cti.store.leads.staging import Begin, Rows, Sorted, StagedLead, Staging
from cti.store.leads.upkeep import Upkeep
from cti.store.store import Store
from tests.store.made import ARRIVED_AT, SITE, record

NOON = ARRIVED_AT
SPEC = ClaimSpec(lists=("spring",))


def details(number: str = "+12125550101", *more: str, **fields: object) -> e.LeadDetails:
    numbers = tuple(e.LeadNumber(number=each, kind="mobile") for each in (number, *more))
    return e.LeadDetails(**{"numbers": numbers, **fields})  # type: ignore[arg-type]


def number(of: int) -> str:
    return f"+1212555{of:04}"


def posted(lead_id: str, list_id: str = "spring", **fields: object) -> e.LeadPosted:
    return e.LeadPosted(list_id=list_id, lead_id=lead_id, lead=details(**fields))  # type: ignore[arg-type]


def by_attribute(spec: ClaimSpec):
    """Segments by the lead's attribute of the same name, so that tests need no expressions."""

    def segment_of(list_id: str, lead: e.LeadDetails) -> str:
        if not spec.segments:
            return ""
        named = dict(lead.attributes).get("segment", "")
        return named if named in [each.segment_id for each in spec.segments] else NOWHERE

    return segment_of


class Desk:
    """A store, and the journal that is projected into it: each call of `happened` is a record."""

    def __init__(self, store: Store, segments: Segments = by_attribute) -> None:
        self.store = store
        self.seq = 0
        self.segments = segments
        self.upkeep = Upkeep(store, SITE, segments)
        self.staging = Staging(store, SITE)

    async def happened(self, *events: e.AnyEvent, asked: tuple[ClaimLeads, ...] = ()) -> int:
        self.seq += 1
        made = msgspec.structs.replace(record(self.seq, *events), commands=asked)
        await LeadsProjector(self.store, SITE).project([made])
        return self.seq

    async def keep_up(self) -> int:
        """Until nothing is left to do; how many pieces that were."""
        pieces = 0
        while await self.upkeep.step():
            pieces += 1
        return pieces

    async def asks(self, campaign_id: str = "sales", spec: ClaimSpec = SPEC, leads_max: int = 100) -> None:
        """The campaign has asked, and its leads are entered."""
        command = ClaimLeads(campaign_id=campaign_id, claim_id="k", leads_max=leads_max, spec=spec)
        await self.happened(asked=(command,))
        await self.keep_up()

    async def claim(
        self,
        spec: ClaimSpec = SPEC,
        *,
        campaign_id: str = "sales",
        leads_max: int = 100,
        at: int = NOON,
        **more: object,
    ) -> e.LeadsClaimed:
        command = ClaimLeads(
            campaign_id=campaign_id,
            claim_id="k",
            leads_max=leads_max,
            due_by=at,
            spec=spec,
            **more,  # type: ignore[arg-type]
        )
        return await Claims(self.store, SITE, self.segments).claim(command)

    async def take(self, spec: ClaimSpec = SPEC, **more: object) -> list[str]:
        """Claim, and have the journal say so; who was given."""
        found = await self.claim(spec, **more)  # type: ignore[arg-type]
        await self.happened(found)
        return [lead.lead_id for lead in found.leads]

    async def scheduled(
        self, lead_id: str, status: LeadStatus, at: int = 0, campaign_id: str = "sales", **more: object
    ) -> None:
        told = {"attempts": 1, "last_outcome": Outcome.NO_ANSWER, **more}
        await self.happened(
            e.LeadScheduled(campaign_id=campaign_id, lead_id=lead_id, status=status, next_at=at, **told)  # type: ignore[arg-type]
        )

    async def imported(
        self,
        *leads: e.LeadDetails,
        list_id: str = "spring",
        changes: tuple[tuple[int, str], ...] = (),
        visible: bool = True,
    ) -> str:
        """A file with these rows."""
        begun = await self.staging.begin(Begin(list_id, f"file {self.seq}", "leads.csv", "anna", NOON))
        staged = tuple(StagedLead(row, lead) for row, lead in enumerate(leads, 1))
        await self.staging.add(begun.import_id, Rows(0, len(leads), staged))
        numbers = sorted((each.number, row) for row, lead in enumerate(leads, 1) for each in lead.numbers)
        await self.staging.sort(begun.import_id, Sorted(tuple(numbers), (), changes))
        if visible:
            await self.happened(e.LeadsImported(list_id=list_id, import_id=begun.import_id, imported=len(leads)))
        return begun.import_id


def ids(found: e.LeadsClaimed) -> list[str]:
    return [lead.lead_id for lead in found.leads]
