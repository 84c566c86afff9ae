"""Leads: who is to be called, where they come from, and what becomes of them in a campaign."""

from typing import ClassVar

from cti.core.base import Record
from cti.core.calling import Subject
from cti.core.events.base import Event
from cti.core.events.contacts import Customer
from cti.core.numbering import Address
from cti.core.states import LeadStatus, Outcome


class LeadNumber(Record):
    """A number (E.164) of a lead, and of which kind it is: mobile, home, work or other."""

    number: str
    kind: str = ""


class LeadDetails(Record):
    """Who a lead is. `numbers` in the order in which they are to be rung. `customer_at` (ms) is when the person was
    last a customer, `callback_at` (ms) when a call was promised; higher `priority` comes first."""

    numbers: tuple[LeadNumber, ...]
    external_id: str = ""
    customer: Customer | None = None
    address: Address | None = None
    subject: Subject | None = None
    consent: str = ""
    customer_at: int = 0
    callback_at: int = 0
    priority: int = 0
    attributes: tuple[tuple[str, str], ...] = ()


class ClaimedLead(Record):
    """A lead that a campaign was given to call. `number_index` is the number to ring next; there were `attempts` so
    far, the last one came to `last_outcome`. It has been due since `due_at` (ms), and may be a promised `callback`, by
    the agent `callback_for` or by anybody."""

    lead_id: str
    list_id: str = ""
    numbers: tuple[LeadNumber, ...] = ()
    number_index: int = 0
    attempts: int = 0
    last_outcome: Outcome | None = None
    subject: Subject | None = None
    consent: str = ""
    customer_at: int = 0
    address: Address | None = None
    customer: Customer | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    due_at: int = 0
    priority: int = 0
    segment: str = ""
    callback: bool = False
    callback_for: str = ""


class LeadsClaimed(Event):
    """The answer to `ClaimLeads`, as of a record. The next of its leads who must still wait is due at `next_due_at`
    (ms; 0: there is none); `left` are due beside those given. `error` says why there is no answer."""

    personal: ClassVar[tuple[str, ...]] = ("leads",)
    campaign_id: str
    claim_id: str
    as_of_seq: int
    leads: tuple[ClaimedLead, ...] = ()
    next_due_at: int = 0
    left: int = 0
    error: str = ""


class LeadsReleased(Event):
    """A campaign gives back leads that it will not call now: who is due is due again, as before."""

    campaign_id: str
    lead_ids: tuple[str, ...]


class LeadScheduled(Event):
    """What a campaign does next with a lead: RETRY or CALLBACK at `next_at` (ms) on number `number_index`, DONE or
    SUPPRESSED. There were `attempts` calls so far, the last one at `last_at` (ms). A `success` counts towards its
    segment's quota. A CALLBACK is for the agent `callback_for`, or for anybody. The rest is what an agent said: see
    `DispositionRecorded`."""

    campaign_id: str
    lead_id: str
    status: LeadStatus
    next_at: int = 0
    number_index: int = 0
    attempts: int = 0
    last_outcome: Outcome | None = None
    last_at: int = 0
    success: bool = False
    callback_for: str = ""
    disposition: str = ""
    amount: int = 0
    currency: str = ""


class LeadNumberWrong(Event):
    """Somebody else has this number: it is not the lead's any more, in no campaign."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    list_id: str
    lead_id: str
    number: str = ""


class LeadPosted(Event):
    """A lead that is to be on a list from now on. Whoever is on it already, by `lead_id` or else by the details'
    `external_id`, is changed; what of `lead_id` is new names a new one, and without it the record does."""

    personal: ClassVar[tuple[str, ...]] = ("lead",)
    list_id: str
    lead_id: str = ""
    lead: LeadDetails | None = None
    by: str = ""
    request_id: str = ""


class LeadsImported(Event):
    """A file was taken in whole; what is new in it is on the list from now on. `moved` came from other lists, and
    `rejected` rows were not taken."""

    list_id: str
    import_id: str
    imported: int
    updated: int = 0
    moved: int = 0
    rejected: int = 0
    by: str = ""
    request_id: str = ""


class LeadsRemoved(Event):
    """A lead is not to be called any more, in no campaign; without `lead_id`, nobody on the list."""

    list_id: str
    lead_id: str = ""
    by: str = ""
    request_id: str = ""
