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


class LeadPast(Record):
    """What a campaign's calls to a lead came to: how many `ended` in which outcome, and which numbers are `spent`, so
    that the campaign rings them no more: nobody has them, or no rule will ever allow it. Of the latter `refused` says
    which rule, number by number. `missed` says at what time of day, where the lead is, nobody was reached, and how
    often: an even hour, for it and the next."""

    ended: tuple[tuple[Outcome, int], ...] = ()
    spent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    missed: tuple[tuple[int, int], ...] = ()


class ClaimedLead(Record):
    """A lead that a campaign was given to call. `number_index` is the number to ring next; there were `attempts` so
    far, the last one came to `last_outcome`, all of them to `past`. It has been due since `due_at` (ms), and may be a
    promised `callback`, by the agent `callback_for` or by anybody."""

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
    past: LeadPast = LeadPast()
    external_id: str = ""


class LeadsClaimed(Event):
    """The answer to `ClaimLeads`, as of a record. The next of its leads who must still wait is due at `next_due_at`
    (ms; 0: there is none); `left` are due beside those given. Of segments with a quota it says how many `successes`
    each has. The next call that was promised is due at `promised_at` (ms; 0: there is none). `above` and `only_first`
    are as asked. While leads that were posted are still `entering`, more may be had soon. `error` says why there is no
    answer."""

    personal: ClassVar[tuple[str, ...]] = ("leads",)
    campaign_id: str
    claim_id: str
    as_of_seq: int
    leads: tuple[ClaimedLead, ...] = ()
    next_due_at: int = 0
    left: int = 0
    error: str = ""
    successes: tuple[tuple[str, int], ...] = ()
    above: int | None = None
    only_first: bool = False
    entering: bool = False
    promised_at: int = 0


class LeadsReleased(Event):
    """A campaign gives back leads that it will not call now: who is due is due again, as before."""

    campaign_id: str
    lead_ids: tuple[str, ...]


class LeadScheduled(Event):
    """What a campaign does next with a lead: RETRY or CALLBACK at `next_at` (ms) on number `number_index`, DONE or
    SUPPRESSED. There were `attempts` calls so far, the last one at `last_at` (ms). A `success` counts towards its
    segment's quota. A CALLBACK is for the agent `callback_for`, or for anybody. The rest is what an agent said: see
    `DispositionRecorded`. Without a `past` that is as it was."""

    personal: ClassVar[tuple[str, ...]] = ("past",)
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
    past: LeadPast | None = None


class LeadNumberWrong(Event):
    """Somebody else has this number: it is not the lead's any more, in no campaign."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    list_id: str
    lead_id: str
    number: str = ""


class LeadPosted(Event):
    """A lead that is to be on a list from now on. Whoever is on it already, by `lead_id`, or else by the details'
    `external_id`, or where both are empty by a number of theirs, is changed; what of `lead_id` is new names a new one,
    and without it the record does."""

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


class LeadsChanged(Event):
    """Leads that were on these lists before are otherwise from now on: the one of this `lead_id`, or else whom others
    call `external_id`, or else who has one of these `numbers`, or else any."""

    personal: ClassVar[tuple[str, ...]] = ("external_id", "numbers")
    list_ids: tuple[str, ...]
    lead_id: str = ""
    external_id: str = ""
    numbers: tuple[str, ...] = ()


class LeadsRevived(Event):
    """Those on a list whom the rules refused for good are asked again: by one campaign, or without `campaign_id` by
    all. The rules judge them anew."""

    list_id: str
    campaign_id: str = ""
    by: str = ""
    request_id: str = ""


class LeadsRemoved(Event):
    """A lead is not to be called any more, in no campaign; without `lead_id`, nobody on the list."""

    list_id: str
    lead_id: str = ""
    by: str = ""
    request_id: str = ""
