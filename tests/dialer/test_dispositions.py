"""What an agent says of a lead decides what is done next with it: sold, refused, wrong number, again, promised."""

from typing import Any

import pytest
from msgspec.structs import replace

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.base import changed
from cti.core.commands import ClaimLeads
from cti.core.leads import ClaimSpec
from cti.core.numbering import Address
from cti.core.states import AgentState, LeadStatus, Outcome
from tests.dialer.campaign_site import OUTBOUND, CampaignSite, dialled
from tests.dialer.preview_site import TIMED, PreviewSite, outbound

KINDS = {
    "sold": "success",
    "no_interest": "refused",
    "call_back": "callback",
    "wrong": "wrong_number",
    "later": "again",
    "done": "done",
}
HOUR_MS = 3_600_000
WEST = "America/Los_Angeles"
MORNING = "2025-06-18T10:30"
"""Tomorrow, in New York."""


class Said(PreviewSite):
    """Agents who call, talk, and say what became of it."""

    def __init__(self, *campaigns: Any, stated: str = "", **fields: Any) -> None:
        self.address = Address(zone=stated) if stated else None
        super().__init__(*campaigns, **fields)
        config = self.state.config
        queue = outbound(dispositions=(*KINDS, "other"), disposition_kinds=KINDS, wrap_up_s=60)
        self.apply(replace(config, queues={**config.queues, OUTBOUND: queue}, currency="USD"))
        self.start()

    def lead(self, number: int, area: str = "212") -> e.ClaimedLead:
        lead = replace(super().lead(number, area), address=self.address)
        second = e.LeadNumber(number=f"+1{area}557{number:04d}", kind="work")
        return replace(lead, numbers=(*lead.numbers, second))

    def talk_to_next(self, agent_id: str = "a0") -> str:
        """Returns the contact."""
        if not self.shown(agent_id):
            self.next_lead(agent_id)
        leg_id = self.dial(agent_id)
        self.rings(leg_id)
        contact_id = self.customer_answers(leg_id)
        self.end(leg_id)
        return contact_id

    def say(self, contact_id: str, disposition: str, agent_id: str = "a0", **fields: Any) -> None:
        given = {"agent_id": agent_id, "contact_id": contact_id, "disposition": disposition, "request_id": "said"}
        self.take(e.DispositionGiven(**{**given, **fields}))

    @property
    def scheduled(self) -> e.LeadScheduled:
        return self.ever(e.LeadScheduled)[-1]


@pytest.mark.parametrize(
    ("disposition", "success"), [("sold", True), ("no_interest", False), ("done", False), ("other", True)]
)
def test_the_kind_says_whether_it_was_a_success(disposition: str, *, success: bool) -> None:
    site = Said()
    site.say(site.talk_to_next(), disposition)
    assert (site.scheduled.status, site.scheduled.success) == (LeadStatus.DONE, success)
    assert site.scheduled.last_outcome is Outcome.HUMAN
    assert site.scheduled.disposition == disposition
    assert site.agent_is("a0") is AgentState.READY


def test_a_success_may_have_an_amount() -> None:
    site = Said()
    site.say(site.talk_to_next(), "sold", amount=129_900_000)
    recorded = site.ever(e.DispositionRecorded)[-1]
    assert (recorded.kind, recorded.amount, recorded.currency) == ("success", 129_900_000, "USD")
    assert (site.scheduled.amount, site.scheduled.currency) == (129_900_000, "USD")


def test_nothing_else_has_an_amount() -> None:
    site = Said()
    contact_id = site.talk_to_next()
    site.say(contact_id, "no_interest", amount=1)
    assert site.refused() == "no_amount"
    site.say(contact_id, "sold", amount=-1)
    assert site.refused() == "no_amount"
    assert not site.ever(e.DispositionRecorded)


def test_a_wrong_number_is_not_rung_again_and_the_next_one_is() -> None:
    site = Said()
    site.say(site.talk_to_next(), "wrong")
    (wrong,) = site.ever(e.LeadNumberWrong)
    assert (wrong.lead_id, wrong.number) == ("lead0", "+12125560000")
    assert (site.scheduled.status, site.scheduled.next_at, site.scheduled.number_index) == (
        LeadStatus.RETRY,
        site.at,
        0,
    )


def test_a_wrong_number_is_rung_for_no_other_campaign() -> None:
    """The other one holds the lead by then, and is being given it anew."""
    site = Said(dialled(mode="preview"), dialled("autumn", mode="progressive"))
    site.control("start", "autumn")
    asked = [each for each in site.asked if isinstance(each, ClaimLeads) and each.campaign_id == "autumn"][-1]
    known = site.state.last.seq
    leads = (replace(site.lead(0), numbers=site.lead(0).numbers[:1]),)
    site.take(e.LeadsClaimed(campaign_id="autumn", claim_id=asked.claim_id, as_of_seq=known, leads=leads))
    site.say(site.talk_to_next(), "wrong")
    assert [event.lead_ids for event in site.ever(e.LeadsReleased) if event.campaign_id == "autumn"] == [("lead0",)]
    assert "autumn/lead0" not in site.state.leads
    site.wait(61_000)
    asked = [each for each in site.asked if isinstance(each, ClaimLeads) and each.campaign_id == "autumn"][-1]
    assert asked.since_seq > known


def test_again_is_when_the_agent_says() -> None:
    site = Said()
    site.say(site.talk_to_next(), "later", again_s=3_600)
    assert (site.scheduled.status, site.scheduled.next_at) == (LeadStatus.RETRY, site.at + HOUR_MS)


@pytest.mark.parametrize("disposition", ["later", "wrong"])
def test_who_was_called_as_often_as_may_be_is_done_with_whatever_is_said_but_a_promise(disposition: str) -> None:
    """Else it would wait for a call that the store never gives."""
    site = Said(dialled(mode="preview", claim=ClaimSpec(lists=("spring",), attempts_max=1)))
    site.say(site.talk_to_next(), disposition)
    assert (site.scheduled.status, site.scheduled.next_at) == (LeadStatus.DONE, 0)
    at = promised(site)
    assert (site.scheduled.status, site.scheduled.next_at) == (LeadStatus.CALLBACK, at)


def test_what_is_said_last_counts() -> None:
    site = Said()
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    contact_id = site.customer_answers(leg_id)
    site.say(contact_id, "sold")
    site.say(contact_id, "later", again_s=60)
    site.end(leg_id)
    site.wait(61_000)
    assert site.scheduled.status is LeadStatus.RETRY
    assert site.scheduled.success is False


def test_a_promise_is_a_time_by_the_clock_where_they_are() -> None:
    site = Said()
    site.say(site.talk_to_next(), "call_back", callback_local=MORNING, callback_for="me")
    (promised,) = site.ever(e.CallbackPromised)
    assert promised.callback_at == 1_750_257_000_000  # 14:30 UTC
    assert (site.scheduled.status, site.scheduled.next_at) == (LeadStatus.CALLBACK, promised.callback_at)
    assert site.scheduled.callback_for == "a0"
    assert site.agent_is("a0") is AgentState.READY


@pytest.mark.parametrize(
    ("stated", "here", "clock"),
    [("", WEST, 17), (WEST, "America/New_York", 17), ("", "Europe/Berlin", 15)],
)
def test_where_they_may_be_in_several_zones_the_clock_is_the_stated_one_or_ours(
    stated: str, here: str, clock: int
) -> None:
    """The first of a country's zones by name is hardly the one that is meant: 10:30 is 17:30 UTC in Los Angeles, and
    15:30 in Chicago."""
    site = Said(stated=stated)
    numbering = site.state.config.calling.numbering
    areas = {**numbering.areas, "1212": changed(numbering.areas["1212"], zones=("America/Chicago", WEST))}
    known = changed(site.state.config.calling, numbering=changed(numbering, areas=areas))
    site.apply(
        changed(site.state.config, zone=here, zones={**site.state.config.zones, here: table(here)}, calling=known)
    )
    site.say(site.talk_to_next(), "call_back", callback_local=MORNING)
    (promised,) = site.ever(e.CallbackPromised)
    assert (promised.callback_at // HOUR_MS % 24, promised.callback_at // 60_000 % 60) == (clock, 30)


def test_nobody_is_promised_a_call_at_an_illegal_time() -> None:
    site = Said()
    contact_id = site.talk_to_next()
    site.say(contact_id, "call_back", callback_local="2025-06-18T06:30")
    (refused,) = site.happened(e.RequestRefused)
    assert (refused.code, refused.rule, refused.request_id) == ("not_allowed", "US-HOURS", "said")
    assert refused.detail.endswith("It would do from 2025-06-18 08:00 (America/New_York) on.")
    assert refused.next_allowed_at == 1_750_248_000_000
    assert site.agent_is("a0") is AgentState.WRAP_UP
    site.say(contact_id, "call_back", callback_at=refused.next_allowed_at)
    assert site.scheduled.status is LeadStatus.CALLBACK
    assert site.scheduled.callback_for == ""


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"callback_local": "tomorrow"},
        {"callback_local": "2025-06-17T08:30"},
        {"callback_local": "2026-06-17T08:30"},
        {"callback_local": "2025-06-18T10:30+02:00"},
    ],
)
def test_a_promise_needs_a_time_to_come(when: dict[str, str]) -> None:
    site = Said()
    site.say(site.talk_to_next(), "call_back", **when)
    assert site.refused() == "bad_time"


def test_who_is_on_no_list_cannot_be_promised_a_call() -> None:
    site = Said()
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number="+12125550123"))
    contact = site.called()
    assert contact
    site.tell(contact.leg_id)
    site.rings(contact.leg_id)
    site.customer_answers(contact.leg_id)
    site.end(contact.leg_id)
    site.say(contact.contact_id, "call_back", callback_local=MORNING)
    assert site.refused() == "no_lead"


def promised(site: Said, *, for_: str = "me", wait_ms: int = HOUR_MS) -> int:
    """A call is promised by `a0`, due in an hour. Returns when."""
    at = site.at + wait_ms
    site.say(site.talk_to_next(), "call_back", callback_at=at, callback_for=for_)
    return at


def given_back(site: Said, at: int, callback_for: str) -> None:
    """The store gives the lead that is due."""
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    lead = replace(site.lead(0), callback=True, callback_for=callback_for, due_at=at, attempts=1)
    claimed = {"claim_id": asked.claim_id, "as_of_seq": site.state.last.seq, "leads": (lead,)}
    site.take(e.LeadsClaimed(campaign_id="spring", **claimed))


def test_a_promised_call_is_asked_for_when_it_is_due_and_shown_to_who_promised_it() -> None:
    site = Said(dialled(mode="preview"), agents=2)
    at = promised(site)
    asked = len([each for each in site.asked if isinstance(each, ClaimLeads)])
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id="none", as_of_seq=0, leads=()))
    site.wait_until(at - 1)
    site.wait_until(at + 1)
    assert len([each for each in site.asked if isinstance(each, ClaimLeads)]) > asked
    given_back(site, at, "a0")
    assert site.shown("a1") is None
    shown = site.shown("a0")
    assert shown
    assert shown.customers[0].customer_id == "c0"


def test_a_promised_call_is_anybodys_after_a_while() -> None:
    site = Said(dialled(mode="preview", preview_s=20, keep_ms=600_000), agents=2)
    at = promised(site)
    site.not_ready("a0")
    for agent_id in ("a1",):
        site.not_ready(agent_id)
    site.wait_until(at + 1)
    given_back(site, at, "a0")
    site.ready("a1")
    site.acknowledge("a1")
    contact = site.shown("a1")
    assert contact
    assert contact.customers[0].customer_id != "c0"
    site.wait_until(at + 600_100)
    assert site.ever(e.CallbackFreed)
    assert [held.kept_for for held in site.state.leads.in_order() if held.lead.lead_id == "lead0"] == [""]


def test_a_progressive_campaign_shows_who_promised_it_the_call_and_dials_nobody_elses() -> None:
    site = Said(dialled(mode="preview"), dialled("autumn", mode="progressive"), agents=1)
    site.control("stop", "spring")
    site.start("autumn", leads=0)
    asked = [each for each in site.asked if isinstance(each, ClaimLeads) and each.campaign_id == "autumn"][-1]
    site.not_ready("a0")
    lead = replace(site.lead(70), callback=True, callback_for="a0", due_at=site.at, attempts=1)
    site.wait(61_000)
    asked = [each for each in site.asked if isinstance(each, ClaimLeads) and each.campaign_id == "autumn"][-1]
    claimed = {"claim_id": asked.claim_id, "as_of_seq": site.state.last.seq, "leads": (lead,)}
    site.take(e.LeadsClaimed(campaign_id="autumn", **claimed))
    assert site.pace(1, pool_id="autumn") == []
    site.ready("a0")
    shown = site.shown("a0")
    assert shown
    assert shown.customers[0].customer_id == "c70"


def test_a_promise_for_anybody_comes_before_those_who_wait() -> None:
    site = Said(TIMED)
    at = promised(site, for_="")
    site.not_ready("a0")
    site.wait_until(at + 1)
    given_back(site, at, "")
    site.ready("a0")
    shown = site.shown()
    assert shown
    assert shown.customers[0].customer_id == "c0"


def test_a_promise_outlives_a_restart_and_a_store_that_is_late() -> None:
    site = Said(dialled(mode="preview"))
    at = promised(site)
    site.restart()
    site.connect("a0")
    site.wait_until(at + 1)
    before = len(site.ever(e.LeadsAsked))
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=asked.claim_id, as_of_seq=site.state.last.seq, leads=()))
    site.wait(120_000)
    assert len(site.ever(e.LeadsAsked)) > before


@pytest.mark.parametrize(("area", "code"), [("808", ""), ("212", "WITHDRAWN")])
def test_a_promised_call_that_cannot_be_made_just_then_stays_promised(area: str, code: str) -> None:
    """It is six in the morning there; or the carrier had no time for it."""
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    site.control("start")
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    lead = replace(site.lead(0, area), callback=True, callback_for="zoe", due_at=site.at, attempts=1)
    site.take(
        e.LeadsClaimed(campaign_id="spring", claim_id=asked.claim_id, as_of_seq=site.state.last.seq, leads=(lead,))
    )
    legs = site.pace(1)
    if code:
        site.take(e.LegRefused(leg_id=legs[0], code=code))
    (scheduled,) = site.ever(e.LeadScheduled)
    assert (scheduled.status, scheduled.callback_for, scheduled.attempts) == (LeadStatus.CALLBACK, "zoe", 1)
    before = len(site.ever(e.CallbackSought))
    site.wait_until(scheduled.next_at + 1)
    assert len(site.ever(e.CallbackSought)) > before


def unsaid(**fields: Any) -> tuple[Said, str]:
    """Wrap-up ran out, and nothing was said; and of which contact."""
    site = Said(**fields)
    contact_id = site.talk_to_next()
    site.wait(60_010)
    (over,) = site.ever(e.WrapUpEnded)
    assert (over.reason, over.late_until) == ("timeout", over.late_until and site.at - 10 + 600_000)
    assert site.agent_is("a0") is not AgentState.WRAP_UP
    return site, contact_id


def test_what_is_said_after_wrap_up_counts_as_if_it_had_been_said_in_time() -> None:
    site, contact_id = unsaid()
    assert not site.ever(e.LeadScheduled), "what follows waits for it"
    site.restart()
    site.connect("a0")
    site.say(contact_id, "call_back", callback_local=MORNING)
    assert (site.scheduled.status, site.scheduled.disposition) == (LeadStatus.CALLBACK, "call_back")
    assert len(site.ever(e.LeadScheduled)) == 1
    assert contact_id not in site.state.contacts
    site.say(contact_id, "sold")
    assert site.refused() == "no_contact"


@pytest.mark.parametrize("ends", ["time", "next", "drain"])
def test_who_says_nothing_in_the_end_has_said_nothing(ends: str) -> None:
    """Ten minutes are over, the agent's next contact is, or the campaign is drained."""
    site, contact_id = unsaid()
    if ends == "time":
        site.wait(600_000)
    elif ends == "next":
        site.talk_to_next()
    else:
        site.control("drain")
        assert not any(run.status == "DRAINING" for run in site.state.runs.in_order())
    assert (site.scheduled.lead_id, site.scheduled.status, site.scheduled.success) == ("lead0", LeadStatus.DONE, True)
    assert contact_id not in site.state.contacts
    site.say(contact_id, "sold")
    assert site.refused() == "no_contact"


def test_of_an_agent_who_is_removed_nothing_is_waited_for() -> None:
    site, contact_id = unsaid(agents=2)
    site.sign_out("a0")
    site.disconnect("a0")
    config = site.state.config
    site.apply(replace(config, agents={name: each for name, each in config.agents.items() if name != "a0"}))
    assert (site.scheduled.lead_id, site.scheduled.status) == ("lead0", LeadStatus.DONE)
    assert contact_id not in site.state.contacts


def test_only_who_talked_may_say_something_late() -> None:
    site, contact_id = unsaid(agents=2)
    site.say(contact_id, "sold", agent_id="a1")
    assert site.refused() == "no_contact"
    site.say(contact_id, "nonsense")
    assert site.refused() == "unknown_disposition"
    site.say(contact_id, "sold")
    assert site.scheduled.disposition == "sold"


def test_after_a_wrap_up_in_which_something_was_said_nothing_is_waited_for() -> None:
    site = Said()
    contact_id = site.talk_to_next()
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=contact_id))
    assert site.scheduled.status is LeadStatus.DONE
    assert site.ever(e.WrapUpEnded)[-1].late_until == 0
