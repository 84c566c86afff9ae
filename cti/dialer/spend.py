"""Caps by spend: what calls to outside numbers cost is estimated by prices a minute, and counted while they live.

The first minute is counted before the number is rung, each further one when it begins. A call that goes on is never cut
off; but the next number is not rung once a cap is reached.
"""

from typing import NamedTuple

import phonenumbers

from cti.core.apply.spend import MINUTE, spend_of
from cti.core.config import SiteConfig
from cti.core.dial import HOUR_MS, PURPOSES
from cti.core.events import (
    CallJoined,
    ContactEnded,
    ContactRequeued,
    DialCleared,
    DialsStopped,
    LegAnswered,
    LegEnded,
    LegRefused,
    SpendCapReached,
    SpendCommitted,
    SpendEnded,
    SpendMinuteBegan,
    SpendRunning,
)
from cti.core.spend import AGENT_DAY, AGENT_HOUR, SITE_DAY, SITE_HOUR, money
from cti.core.state import State
from cti.core.states import ContactState, LegState
from cti.core.turn import Turn
from cti.core.zone import clock, day_ends_at, site_zone

VERSION = "spend-2"


class Cap(NamedTuple):
    """A limit that is in force: what was spent of it, and when it is counted anew (ms)."""

    rule: str
    agent_id: str
    spent: int
    cap: int
    frees_at: int

    @property
    def is_reached(self) -> bool:
        """Nothing more may be rung. Before that, a number may only be too dear for what is left."""
        return self.spent >= self.cap


def price_of(config: SiteConfig, number: str) -> int:
    """Millionths a minute; 0 where nobody said. The longest prefix decides; where none fits, the country."""
    prices = config.dial_prices
    prefix = max((each for each in prices if number.startswith(each)), key=len, default="")
    if prefix:
        return prices[prefix]
    try:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return 0
    return prices.get(country or "", 0)


def caps(state: State, agent_id: str, at: int) -> list[Cap]:
    """Every cap that holds for this agent, the agent's own first."""
    config = state.config
    hour_ends_at, day_ends = (at // HOUR_MS + 1) * HOUR_MS, day_ends_at(site_zone(config), at)
    site, found = spend_of(state, "", at), []
    if agent_id:
        own = spend_of(state, agent_id, at)
        found = [
            Cap(AGENT_HOUR, agent_id, own.in_hour, config.spend_per_agent_hour, hour_ends_at),
            Cap(AGENT_DAY, agent_id, own.in_day, config.spend_per_agent_day, day_ends),
        ]
    found += [
        Cap(SITE_HOUR, "", site.in_hour, config.spend_per_hour, hour_ends_at),
        Cap(SITE_DAY, "", site.in_day, config.spend_per_day, day_ends),
    ]
    return [cap for cap in found if cap.cap]


class Obstacle(NamedTuple):
    """A cap that one more minute, at this price, would go beyond."""

    cap: Cap
    price: int

    @property
    def frees_at(self) -> int:
        """When the number may be rung (ms); -1 where time changes nothing."""
        waits_for_somebody = self.cap.is_reached and not self.cap.agent_id
        return -1 if self._is_for_ever or waits_for_somebody else self.cap.frees_at

    @property
    def holds_until(self) -> tuple[bool, int]:
        """Of two, the greater holds longer."""
        return self._is_for_ever, self.cap.frees_at

    @property
    def _is_for_ever(self) -> bool:
        return self.price > self.cap.cap and not self.cap.is_reached

    def words(self, config: SiteConfig) -> str:
        """Which cap it is, and when it frees."""
        cap = self.cap
        spent, limit = money(cap.spent, config.currency), money(cap.cap, config.currency)
        price = f"A minute to this number costs {money(self.price, config.currency)}"
        span, spans = ("this hour", "an hour") if cap.rule in (AGENT_HOUR, SITE_HOUR) else ("today", "a day")
        who, have = ("you", "you have") if cap.agent_id else ("the site", "the site has")
        if self._is_for_ever:
            return f"{price}, more than the {limit} that {who} may spend in {spans}: it is not rung."
        again = clock(site_zone(config), cap.frees_at)
        gone = f"{have} spent {spent} of {limit} on outside numbers {span}"
        if not cap.is_reached:
            return f"{price}, and {gone}: it may be rung at {again}."
        what_now = f"you may ring the next at {again}" if cap.agent_id else "ask a supervisor"
        return f"{gone[0].upper()}{gone[1:]}: {what_now}."


def obstacle(state: State, number: str, agent_id: str, at: int) -> Obstacle | None:
    """What is in the way of one more minute; of several caps the one that holds longest."""
    price = price_of(state.config, number) if state.config.dial_prices else 0
    if not price:
        return None
    found = [Obstacle(cap, price) for cap in caps(state, agent_id, at) if cap.spent + price > cap.cap]
    return max(found, key=lambda each: each.holds_until, default=None)


def why_stopped(config: SiteConfig, rule: str) -> str:
    """The site's cap that stopped everything, as part of a sentence."""
    cap, span = (config.spend_per_day, "a day") if rule == SITE_DAY else (config.spend_per_hour, "an hour")
    return f"the {money(cap, config.currency)} that the site may spend in {span} were spent"


def raise_alarm(turn: Turn, cap: Cap) -> None:
    """Once an hour, or a day. The site's caps stop every outside number until a supervisor says so."""
    spend = spend_of(turn.state, cap.agent_id, turn.now.at)
    if cap.rule not in spend.alarmed:
        turn.emit(
            SpendCapReached(rule=cap.rule, agent_id=cap.agent_id, spent=cap.spent, cap=cap.cap, frees_at=cap.frees_at)
        )
    count = turn.state.dial_counts.get("")
    if not cap.agent_id and not (count and count.stopped):
        hour = turn.now.at // HOUR_MS
        dials = count.dials if count and count.hour == hour else 0
        turn.emit(DialsStopped(dials=dials, hour_began_at=hour * HOUR_MS, rule=cap.rule))


def decide_dial_cleared(turn: Turn, event: DialCleared) -> None:
    """The first minute is counted before anything rings."""
    purpose = PURPOSES.get(event.purpose)
    if not turn.state.config.dial_prices or not event.number or purpose is None or not purpose.paid:
        return
    price = price_of(turn.state.config, event.number)
    if price:
        turn.emit(
            SpendCommitted(
                key=event.leg_id or event.contact_id,
                dial_id=event.dial_id,
                agent_id=event.agent_id,
                price=price,
                rings=event.leg_id != "",
            )
        )


def decide_counted(turn: Turn, event: SpendCommitted | SpendMinuteBegan) -> None:
    """The alarm is raised as soon as a cap is reached, whoever is talking."""
    metered = turn.state.metered.get(event.key)
    agent_id = event.agent_id if isinstance(event, SpendCommitted) else metered.agent_id if metered else ""
    for cap in caps(turn.state, agent_id, turn.now.at):
        if cap.is_reached:
            raise_alarm(turn, cap)


def decide_answered(turn: Turn, event: LegAnswered | CallJoined) -> None:
    """From now on it costs by the minute."""
    if not len(turn.state.metered):
        return
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    metered = turn.state.metered.get(leg.leg_id) if leg else None
    if metered and not metered.minute_at:
        turn.emit(SpendRunning(key=metered.key))


def decide_leg_over(turn: Turn, event: LegEnded | LegRefused) -> None:
    """What nobody answered costs nothing. The report may name the leg by the carrier's reference alone, and the leg is
    forgotten by now: so whatever lives no more is over."""
    if len(turn.state.metered):
        for metered in turn.state.metered.in_order():
            if not _lives(turn.state, metered.key):
                turn.emit(SpendEnded(key=metered.key, refunded=not metered.minute_at))


def decide_contact_over(turn: Turn, event: ContactRequeued | ContactEnded) -> None:
    """Who was sent on and comes back was not reached."""
    if event.contact_id in turn.state.metered:
        turn.emit(SpendEnded(key=event.contact_id, refunded=isinstance(event, ContactRequeued)))


def due_minute(turn: Turn, key: str) -> None:
    """Another minute begins, if it still lives."""
    turn.emit(SpendMinuteBegan(key=key) if _lives(turn.state, key) else SpendEnded(key=key, refunded=False))


def _lives(state: State, key: str) -> bool:
    leg, contact = state.legs.get(key), state.contacts.get(key)
    forwarded = contact is not None and contact.state is ContactState.FORWARDED
    return forwarded or (leg is not None and leg.state is not LegState.ENDED)


def _minute_at(state: State, key: str) -> int:
    metered = state.metered.get(key)
    return metered.minute_at if metered else 0


PROMISES = {MINUTE: _minute_at}
DUE = {MINUTE: due_minute}
