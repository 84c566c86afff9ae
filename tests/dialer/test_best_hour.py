"""Who is tried again is so when leads have answered best, of the hours at which they may be called."""

from msgspec.structs import replace

from cti.core import events as e
from cti.core.apply.campaigns import fresh_pool
from cti.core.campaign_config import Retry
from cti.core.learning import MILLION, Trait
from cti.core.states import EndCause, Outcome
from cti.core.times import OpeningSpan
from tests.dialer.campaign_site import dialled
from tests.dialer.preview_site import PreviewSite

HOUR_MS = 3_600_000


class Missed(PreviewSite):
    """Leads who were missed before, how often at which local hours."""

    missed: tuple[tuple[int, int], ...] = ()

    def lead(self, number: int, area: str = "212") -> e.ClaimedLead:
        return replace(super().lead(number, area), past=e.LeadPast(missed=self.missed))


def site_that_learnt(
    *hours: int, best_hour: bool = True, missed: tuple[tuple[int, int], ...] = (), **fields: object
) -> PreviewSite:
    """It is noon in New York. At these local hours twice as many answer as at others."""
    site = Missed(dialled(mode="preview", best_hour=best_hour, **fields))
    site.missed = missed
    site.start()
    good = Trait(answered=100 * MILLION, expected=50 * MILLION)
    for state in (site.state, site.twin):
        pool = fresh_pool("spring", 1, 30_000)
        traits = {f"hour:{hour}": good for hour in hours}
        state.pools.put("spring", replace(pool, knowledge=replace(pool.knowledge, traits=traits)))
        state.undo.forget()
    return site


def tried_again(site: PreviewSite, cause: EndCause = EndCause.NO_ANSWER) -> float:
    """In how many hours whoever did not answer is tried again."""
    site.next_lead()
    leg_id = site.dial()
    site.rings(leg_id)
    site.end(leg_id, cause)
    return round((site.ever(e.LeadScheduled)[-1].next_at - site.at) / HOUR_MS, 3)


def test_the_best_hour_of_the_next_day_is_chosen() -> None:
    assert tried_again(site_that_learnt(18)) == 6.0
    assert tried_again(site_that_learnt(10)) == 22.0


def test_without_the_wish_or_the_knowledge_it_is_the_bare_waiting_time() -> None:
    assert tried_again(site_that_learnt(18, best_hour=False)) == 4.0
    assert tried_again(site_that_learnt()) == 4.0


def test_an_hour_at_which_they_may_not_be_called_is_not_chosen() -> None:
    assert tried_again(site_that_learnt(6)) == 4.0
    assert tried_again(site_that_learnt(6, 8)) == 20.0


def test_the_campaigns_own_week_counts_as_well() -> None:
    early = OpeningSpan(weekday=1, opens=0, closes=21 * 60)  # the site is four hours ahead
    assert tried_again(site_that_learnt(18, spans=(early,))) == 4.0


def test_a_busy_line_is_tried_soon_whatever_the_hour() -> None:
    assert tried_again(site_that_learnt(18), EndCause.BUSY) == round(1 / 6, 3)


def test_a_wait_of_the_campaigns_own_is_kept_first() -> None:
    wait = (Retry(outcome=Outcome.NO_ANSWER, wait_ms=8 * HOUR_MS),)
    assert tried_again(site_that_learnt(18, retries=wait)) == 30.0


def test_an_hour_at_which_the_lead_itself_was_missed_is_not_chosen_while_there_is_another() -> None:
    site = site_that_learnt(12)
    assert tried_again(site) == 4.0, "it was missed at noon just now"
    assert site.ever(e.LeadScheduled)[-1].past.missed == ((12, 1),)
    assert tried_again(site_that_learnt(18, missed=((18, 1),))) == 4.0
    assert tried_again(site_that_learnt(missed=((16, 1),))) == 6.0
    assert tried_again(site_that_learnt(missed=((16, 1), (18, 2), (20, 1)))) == 20.0, "at eight the next morning"


def test_once_all_allowed_hours_were_tried_the_one_tried_least_is_and_then_the_best() -> None:
    each_once = tuple((hour, 1) for hour in (8, 10, 14, 16, 18, 20))
    assert tried_again(site_that_learnt(18, missed=each_once)) == 6.0
    assert tried_again(site_that_learnt(18, missed=(*each_once[:4], (18, 2), (20, 1)))) == 4.0


def test_who_spoke_on_a_busy_line_was_not_missed() -> None:
    site = site_that_learnt()
    tried_again(site, EndCause.BUSY)
    assert site.ever(e.LeadScheduled)[-1].past.missed == ()
