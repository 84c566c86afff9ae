"""The machine's clock is set back while a site calls: no hours open again, and no cap is counted anew."""

from datetime import datetime

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.calling import CallingRule, CapDemand
from cti.core.codec import decode
from cti.core.states import PartyRole
from cti.runtime.clock import Clock
from tests.centre import centre
from tests.dialer.calling_site import HOURS, NUMBER, OTHER, ZONES, calling
from tests.runtime.owner import Owner, owning


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"2025-06-17T{text}-04:00").timestamp() * 1_000)


class Hands(Clock):
    """A clock that shows what it is set to."""

    def __init__(self, shows: int) -> None:
        super().__init__()
        self.shows = shows

    def now(self) -> int:
        return self.shows


async def rule_that_refuses(owner: Owner, leg_id: str, number: str) -> str:
    """Somebody is to be called of whom nobody knows anything: which rule says no; empty when they are rung."""
    leg = e.LegStarted(leg_id=leg_id, role=PartyRole.CUSTOMER, endpoint_kind="tel", endpoint=f"tel:{number}")
    dial = e.DialRequested(dial_id=leg_id, purpose="manual", leg_id=leg_id, number=number, campaign_id="spring")
    await owner.post(leg, f"leg:{leg_id}")
    await owner.post(dial, f"dial:{leg_id}")
    known = e.CallFactsGathered(dial_id=leg_id, as_of_seq=owner.driver.decider.state.last.seq)
    await owner.post(known, f"known:{leg_id}")
    told = [event async for row in owner.journal.read(0, 10**6) for event in decode(row).events]
    [verdict] = [
        event for event in told if isinstance(event, e.DialCleared | e.DialRefused) and event.dial_id == leg_id
    ]
    return verdict.rule if isinstance(verdict, e.DialRefused) else ""


def site(*rules):
    return centre(calling=calling(*rules), zones={name: table(name) for name in ZONES})


async def stamps(owner: Owner) -> list[int]:
    return [row.at async for row in owner.journal.read(0, 10**6)]


async def test_a_clock_that_is_set_back_opens_no_hours_again() -> None:
    clock = Hands(at("21:00"))
    async with owning(site(HOURS), clock=clock) as owner:
        assert await rule_that_refuses(owner, "main-x1", NUMBER) == "US-HOURS"
        clock.shows = at("19:00")
        assert await rule_that_refuses(owner, "main-x2", OTHER) == "US-HOURS"
        told = await stamps(owner)
        assert told == sorted(told)
        assert told[-1] == at("21:00")


async def test_a_clock_that_was_ahead_for_a_moment_counts_no_cap_anew() -> None:
    """Whoever was called at noon was called: setting the clock back to the morning makes it no later day's call."""
    clock = Hands(at("12:00"))
    once = CallingRule(rule_id="US-CAP", jurisdiction="US", title="Once", demand=CapDemand(most=1, hours=24))
    async with owning(site(HOURS, once), clock=clock) as owner:
        assert await rule_that_refuses(owner, "main-x1", NUMBER) == ""
        await owner.post(e.LegRefused(leg_id="main-x1", code="GONE"), "refused")
        clock.shows = at("09:00")
        assert await rule_that_refuses(owner, "main-x2", NUMBER) == "US-CAP"
