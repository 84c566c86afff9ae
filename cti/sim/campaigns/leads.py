"""The store of this world: who is on which list, where each stands in each campaign, who is not to be called; as of a
record of its own choice."""

from collections.abc import Callable, Sequence

import msgspec

from cti.core.calling import AttemptFact, Listing, Subject
from cti.core.commands import ClaimLeads, FindSuppression, GatherCallFacts
from cti.core.events import (
    AnyEvent,
    CallFactsGathered,
    ClaimedLead,
    Customer,
    DialCleared,
    LeadNumber,
    LeadPast,
    LeadScheduled,
    LeadsClaimed,
    SuppressionAdded,
)
from cti.core.ports import Result
from cti.core.record import TurnRecord
from cti.core.repeating import found_for
from cti.core.states import LeadStatus
from cti.sim.campaigns.centre import AREA, NAMES
from cti.sim.nature import Nature

BEHIND_MAX = 40
"""How many records the store may be behind."""

SLOW_MS = 4_000
LATE_MS = 15_000
"""Longer than a campaign waits for leads."""

FEW = 5
TOLD = LeadScheduled | DialCleared | SuppressionAdded

Question = GatherCallFacts | FindSuppression | ClaimLeads

Done = Callable[[Result], None]


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, on a list, with one number or several."""

    lead_id: str
    list_id: str
    person_id: str
    numbers: tuple[str, ...]


def leads_of(nature: Nature) -> dict[str, Lead]:
    """Everybody. Some are on two lists, under other names; now and then two people share a number."""
    found: dict[str, Lead] = {}
    made = 0
    for list_id in (*NAMES, "shared"):
        for _ in range(nature.pick((3, 60, 90))):
            made += 1
            numbers = [f"{AREA}556{made:04d}"]
            while nature.chance(0.3) and len(numbers) < 3:
                numbers.append(f"{AREA}557{made * 3 + len(numbers):04d}")
            person_id = f"p{made}"
            other = nature.pick(tuple(found.values())) if found and nature.chance(0.1) else None
            if other:
                numbers[0] = other.numbers[0]
                person_id = other.person_id if nature.chance(0.7) else person_id
            lead = Lead(lead_id=f"l{made}", list_id=list_id, person_id=person_id, numbers=tuple(numbers))
            found[lead.lead_id] = lead
    return found


class LeadsStore:
    """Takes its time, is behind, and now and then gone."""

    def __init__(self, nature: Nature, records: Sequence[TurnRecord], leads: dict[str, Lead]) -> None:
        self._nature = nature
        self._records = records
        self._leads = leads
        self._told: list[tuple[int, int, AnyEvent]] = []
        self._read = 0
        self._seen = {True: 0, False: 0}

    def ask(self, command: GatherCallFacts | FindSuppression, done: Done) -> None:
        """What is known of a number."""
        self._say(command, done)

    def claim(self, command: ClaimLeads, done: Done) -> None:
        """Who is next."""
        self._say(command, done)

    def _say(self, command: Question, done: Done) -> None:
        nature = self._nature
        if nature.strikes("directory_failed"):
            nature.after(1, 500, lambda: done(Result("failed", code="FAILED", detail="the store is gone")))
            return
        is_claim = isinstance(command, ClaimLeads)
        as_of_seq = max(self._seen[is_claim], self._as_of(getattr(command, "since_seq", 0)))
        self._seen[is_claim] = as_of_seq  # it never goes back
        answer = self._answer(command, as_of_seq)
        longest_ms = SLOW_MS if nature.chance(0.2) else 60
        if is_claim and nature.strikes("directory_slow"):
            longest_ms = LATE_MS
        nature.after(1, longest_ms, lambda: done(Result("done", (answer,))))

    def _as_of(self, since_seq: int) -> int:
        """Mostly far enough."""
        last = len(self._records)
        as_of = max(0, last - self._nature.between(0, BEHIND_MAX)) if self._nature.chance(0.6) else last
        return as_of if self._nature.chance(0.1) else min(max(as_of, since_seq), last)

    def _answer(self, command: Question, as_of_seq: int) -> AnyEvent:
        for record in self._records[self._read :]:
            self._told += [(record.seq, record.at, event) for event in record.events if isinstance(event, TOLD)]
        self._read = len(self._records)
        match command:
            case ClaimLeads():
                return self._claimed(command, as_of_seq)
            case GatherCallFacts():
                return self._gathered(command, as_of_seq)
            case FindSuppression():
                return found_for(command, as_of_seq=as_of_seq)

    def _claimed(self, command: ClaimLeads, as_of_seq: int) -> LeadsClaimed:
        """Those that are due, who was promised a call before all others, without those whom the campaign has."""
        stands: dict[str, LeadScheduled] = {}
        for seq, _, event in self._told:
            if seq <= as_of_seq and isinstance(event, LeadScheduled) and event.campaign_id == command.campaign_id:
                stands[event.lead_id] = event
        promised: list[ClaimedLead] = []
        due: list[ClaimedLead] = []
        later = []
        for lead in self._leads.values():
            scheduled = stands.get(lead.lead_id)
            if lead.list_id not in command.spec.lists or lead.lead_id in command.excluding:
                continue
            if scheduled and scheduled.status not in (LeadStatus.RETRY, LeadStatus.CALLBACK):
                continue
            if scheduled and scheduled.next_at > command.due_by:
                later.append(scheduled.next_at)
            else:
                is_promised = scheduled is not None and scheduled.status is LeadStatus.CALLBACK
                (promised if is_promised else due).append(_claimed_lead(lead, scheduled))
        due = sorted(promised, key=lambda lead: lead.due_at) + ([] if command.only_first else due)
        most = min(command.leads_max, self._nature.pick((FEW, command.leads_max)))
        return LeadsClaimed(
            campaign_id=command.campaign_id,
            claim_id=command.claim_id,
            as_of_seq=as_of_seq,
            leads=tuple(due[:most]),
            next_due_at=min(later, default=0),
            left=max(0, len(due) - most),
            above=command.above,
            only_first=command.only_first,
        )

    def _gathered(self, command: GatherCallFacts, as_of_seq: int) -> CallFactsGathered:
        listed, attempts = [], []
        for seq, at, event in self._told:
            if seq > as_of_seq:
                break
            if isinstance(event, SuppressionAdded) and event.value == command.number:
                listed.append(Listing(list_id=event.entry_id, scope=event.scope))
            elif isinstance(event, DialCleared) and event.number == command.number and event.campaign_id:
                attempts.append(AttemptFact(at=at, same=("number",), attempt_id=event.dial_id))
        return CallFactsGathered(
            dial_id=command.dial_id,
            as_of_seq=as_of_seq,
            listed=tuple(listed),
            registries=command.registries,
            attempts=tuple(attempts),
        )


def _claimed_lead(lead: Lead, scheduled: LeadScheduled | None) -> ClaimedLead:
    return ClaimedLead(
        lead_id=lead.lead_id,
        list_id=lead.list_id,
        numbers=tuple(LeadNumber(number=number, kind="mobile") for number in lead.numbers),
        number_index=scheduled.number_index if scheduled else 0,
        attempts=scheduled.attempts if scheduled else 0,
        last_outcome=scheduled.last_outcome if scheduled else None,
        subject=Subject(person_id=lead.person_id),
        customer=Customer(customer_id=lead.person_id, name=lead.person_id),
        due_at=scheduled.next_at if scheduled else 0,
        callback=scheduled is not None and scheduled.status is LeadStatus.CALLBACK,
        callback_for=scheduled.callback_for if scheduled else "",
        past=(scheduled.past if scheduled else None) or LeadPast(),
    )
