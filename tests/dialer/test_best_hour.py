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


def site_that_learnt(*hours: int, best_hour: bool = True, **fields: object) -> PreviewSite:
    """It is noon in New York. At these local hours twice as many answer as at others."""
    site = PreviewSite(dialled(mode="preview", best_hour=best_hour, **fields))
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
