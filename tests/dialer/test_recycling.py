"""What is done next with a lead, by what came of all its calls: on which number, how often, and when no more."""

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.campaign_config import Retry
from cti.core.commands import ClaimLeads
from cti.core.states import EndCause, LeadStatus, Outcome
from tests.dialer.campaign_site import CampaignSite, dialled

NOBODYS, PREMIUM = 404, "+19002345678"
SOON = Retry(outcome=Outcome.NO_ANSWER, wait_ms=60_000, most=6, next_number=True)


class Again(CampaignSite):
    """A store that gives one lead, again and again, as it was left."""

    def __init__(self, *numbers: str, retries: tuple[Retry, ...] = ()) -> None:
        super().__init__(dialled(mode="progressive", retries=(SOON, *retries)), agents=1)
        self.control("start")
        self._lead = replace(self.lead(0), numbers=tuple(e.LeadNumber(number=each) for each in numbers))
        self._give()

    def _give(self) -> None:
        asked = [each for each in self.asked if isinstance(each, ClaimLeads)][-1]
        claimed = {"claim_id": asked.claim_id, "as_of_seq": self.state.last.seq, "leads": (self._lead,)}
        self.take(e.LeadsClaimed(campaign_id="spring", **claimed))

    def call(self, cause: EndCause = EndCause.NO_ANSWER, sip_code: int = 0) -> e.LeadScheduled:
        """It is called, if that may be, and given again when it is due. Returns what was decided."""
        before = len(self.ever(e.LeadScheduled))
        for leg_id in self.pace(1):
            self.place(leg_id)
            self.take(e.LegEnded(leg_id=leg_id, cause=cause, sip_code=sip_code))
        *_, scheduled = self.ever(e.LeadScheduled)[before:]
        if scheduled.status is LeadStatus.RETRY:
            self._lead = replace(
                self._lead,
                number_index=scheduled.number_index,
                attempts=scheduled.attempts,
                last_outcome=scheduled.last_outcome,
                past=scheduled.past or self._lead.past,
            )
            self.wait_until(max(scheduled.next_at, self.state.runs["spring"].claim_after, self.at) + 1)
            self._give()
        return scheduled

    def rung(self) -> list[str]:
        return [event.number[-4:] for event in self.ever(e.DialCleared)]


def test_a_number_that_nobody_has_is_rung_once_and_the_others_go_on() -> None:
    site = Again("+12125560001", "+12125560002", "+12125560003")
    site.call()
    site.call(EndCause.UNREACHABLE, NOBODYS)
    site.call()
    site.call()
    site.call()
    assert site.rung() == ["0001", "0002", "0003", "0001", "0003"]


def test_a_lead_whose_last_number_may_never_be_rung_is_called_on_the_others() -> None:
    site = Again("+12125560001", PREMIUM)
    site.call()
    refused = site.call()
    assert (refused.status, refused.number_index) == (LeadStatus.RETRY, 0)
    site.call()
    site.call()
    assert site.rung() == ["0001", "0001", "0001"]
    assert [event.rule for event in site.ever(e.DialRefused)] == ["premium"], "asked once, and known from then on"


def test_a_lead_none_of_whose_numbers_may_be_rung_is_let_go() -> None:
    site = Again(PREMIUM, "+19002345679")
    site.call()
    assert site.ever(e.LeadScheduled)[-1].status is LeadStatus.RETRY
    last = site.call()
    assert last.status is LeadStatus.SUPPRESSED
    assert last.past is not None
    assert last.past.refused == ((PREMIUM, "premium"), ("+19002345679", "premium")), "which rule it was is kept"


def test_numbers_that_nobody_has_end_with_the_last_of_them() -> None:
    site = Again("+12125560001", "+12125560002")
    assert site.call(EndCause.UNREACHABLE, NOBODYS).status is LeadStatus.RETRY
    assert site.call(EndCause.UNREACHABLE, NOBODYS).status is LeadStatus.DONE


@pytest.mark.parametrize(
    ("calls_before", "status"), [(0, LeadStatus.RETRY), (1, LeadStatus.RETRY), (2, LeadStatus.DONE)]
)
def test_calls_are_counted_by_how_they_ended(calls_before: int, status: LeadStatus) -> None:
    """Three may end as busy; those that nobody answered are others."""
    busy = Retry(outcome=Outcome.BUSY, wait_ms=600_000, most=3)
    site = Again("+12125560001", retries=(busy,))
    for _ in range(3):
        site.call()
    for _ in range(calls_before):
        site.call(EndCause.BUSY)
    assert site.call(EndCause.BUSY).status is status


def test_an_outcome_after_which_nobody_is_called_again_ends_it() -> None:
    site = Again("+12125560001", "+12125560002", retries=(Retry(outcome=Outcome.BUSY, wait_ms=600_000, most=0),))
    assert site.call(EndCause.BUSY).status is LeadStatus.DONE
