"""Under which ceilings calls of a campaign fall: a rule may bind some of its calls, and there may be no such lead."""

from collections.abc import Callable, Iterator

from cti.core.base import Record
from cti.core.calling import CampaignConfig
from cti.core.campaign import HeldLead
from cti.core.campaign_config import LedgerBound
from cti.core.ceilings import ceilings_of
from cti.core.guarding import guard_days
from cti.core.ledger import day_of, headroom, window
from cti.core.ledgers import ledger_of
from cti.core.state import State
from cti.core.tuning import tuned_campaign
from cti.core.zone import site_zone

Bounds = tuple[LedgerBound, ...]

BoundsOf = Callable[[State, HeldLead], Bounds | None]
"""In which ledgers a call to a lead counts; None where the rules let nobody call it. Only the dialer knows where
numbers are: so whoever asks hands this in."""


Waiting = tuple[Bounds, ...]
"""Of the leads whose turn may be next, each that there is once."""


class LedgerStand(Record):
    """Of `answers` within `days` so many were `abandoned`, and `ceiling_ppm` millionths may be. `room` more may be now,
    if nobody is there for them. The same of today against what the pacing aims at: the ceiling, where nothing else is
    said. `used`: an answer within these days counts in it, or a line in the air or a lead that waits here would. With a
    `programme` it holds for that alone."""

    ledger_id: str
    rule_id: str
    ceiling_ppm: int
    days: int
    answers: int
    abandoned: int
    room: int
    aim_ppm: int = 0
    today_answers: int = 0
    today_abandoned: int = 0
    today_room: int = 0
    used: bool = False
    programme: str = ""


def every_bound(state: State, held: HeldLead) -> Bounds:
    """As if each rule that may bind some of the campaign's calls bound this one."""
    campaign = tuned_campaign(state, held.campaign_id)
    if campaign is None:
        return ()
    return tuple(each.bound for each in ceilings_of(state.config.calling, campaign))


def bounds_waiting(state: State, campaign_id: str, bounds_of: BoundsOf) -> Waiting:
    """Of the leads that a campaign holds. Whom an agent promised to call has no turn."""
    held = (each for each in state.leads.rows.values() if each.campaign_id == campaign_id)
    waiting = (each for each in held if not each.leg_id and not each.kept_for)
    found = dict.fromkeys(bounds_of(state, each) for each in waiting)
    return tuple(bounds for bounds in found if bounds is not None)


def ledgers_of(state: State, campaign: CampaignConfig, at: int, waiting: Waiting = ()) -> Iterator[LedgerStand]:
    """The campaign's own ceiling, and those of the rules that may bind its calls."""
    day = day_of(at, site_zone(state.config))
    target_ppm = campaign.dialling.pacing.target_ppm if campaign.dialling else -1
    in_the_air = [each.bounds for each in state.lines.rows.values() if each.campaign_id == campaign.campaign_id]
    fallen_under = {bound.ledger_id for bounds in (*waiting, *in_the_air) for bound in bounds}
    for rule_id, bound, programme in ceilings_of(state.config.calling, campaign):
        ceiling_ppm, days = bound.ceiling_ppm, bound.days
        ledger = ledger_of(state, bound)
        answers, abandoned = window(ledger, day, days)
        today_answers, today_abandoned = window(ledger, day, 1)
        aim_ppm = ceiling_ppm if target_ppm < 0 else min(ceiling_ppm, target_ppm)
        yield LedgerStand(
            ledger_id=bound.ledger_id,
            rule_id=rule_id,
            ceiling_ppm=ceiling_ppm,
            days=days,
            answers=answers,
            abandoned=abandoned,
            room=headroom(
                ledger,
                day,
                ceiling_ppm=ceiling_ppm,
                days=days,
                guard_days=guard_days(state, bound.ledger_id, day),
            ),
            aim_ppm=aim_ppm,
            today_answers=today_answers,
            today_abandoned=today_abandoned,
            today_room=headroom(ledger, day, ceiling_ppm=aim_ppm, days=1, guard_days=0),
            programme=programme,
            used=bool(answers) or bound.ledger_id in fallen_under,
        )
