"""What it costs to judge a call in the turn in which it leaves, by the rules of the example: facts and zones are known.

A number in Florida at noon, which may be rung; and one that may be in 42 zones, in some of which it is night, so that
every rule that says no also says until when.
"""

import time
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure
from cti import engine
from cti.configuration.load import load
from cti.core.base import Moment, changed
from cti.core.calling import AttemptFact, Clearance, Subject
from cti.core.config import SiteConfig
from cti.core.dial import GatheredFacts
from cti.core.events import ConfigApplied, DialRequested
from cti.core.numbering import Address, Place
from cti.dialer.clearance import campaign_of, clear, ready_for

CONFIG = Path(__file__).parent.parent / "config"
NOON = 1_790_006_400_000
"""2026-09-21 16:00 UTC, a Monday: noon in Florida, the middle of the night in Adelaide."""

DAY_MS = 86_400_000
CALLS = 2_000
MANY_ZONES = 42


def _measured(config: SiteConfig, zones: tuple[str, ...]) -> float:
    """The median of many calls, each to another number of Florida, in microseconds. `zones` are other ones to be in."""
    state = engine.new_state("bench")
    engine.advance(state, ConfigApplied(config_hash="bench", config=config), Moment(1, NOON - DAY_MS))
    attempts = tuple(
        AttemptFact(at=NOON - days * DAY_MS, same=("number", "person"), told=("answers",), attempt_id=f"a{days}")
        for days in (2, 4, 6)
    )
    gathered = GatheredFacts(as_of_seq=1, registries=(), attempts=attempts)
    ready, spent = ready_for(state), []
    for call in range(CALLS):
        asked = DialRequested(
            dial_id=f"d{call}",
            purpose="campaign",
            leg_id=f"d{call}",
            number=f"+1305{call + 2_000_000:07d}",
            campaign_id="us-sales",
            subject=Subject(person_id=f"p{call}"),
        )
        campaign, place = campaign_of(state, asked), _place(ready.place(asked.number, Address()), zones)
        assert campaign is not None
        began = time.perf_counter_ns()
        proof = clear(state, ready.book, asked, campaign, place, gathered, NOON)
        spent.append(time.perf_counter_ns() - began)
        assert isinstance(proof, Clearance), proof
        assert bool(proof.blocks) == bool(zones), proof.blocks
    return median(spent) / 1_000


def _place(place: Place, zones: tuple[str, ...]) -> Place:
    return changed(place, zones=zones) if zones else place


def measure(quick: bool) -> list[Figure]:
    """`clearance_us_p50` for a number of one zone under federal and state rows, and the same with 42 zones."""
    config, runs = load(CONFIG), 1 if quick else 3
    many_zones = tuple(sorted(config.zones)[:MANY_ZONES])
    assert len(many_zones) == MANY_ZONES
    one = median(_measured(config, ()) for _ in range(runs))
    many = median(_measured(config, many_zones) for _ in range(runs))
    detail = f"{len(config.calling.rules)} rows, 3 earlier calls; median of {CALLS} calls"
    return [
        Figure(name="clearance_us_p50", value=round(one, 1), unit="us", goal=50, runs=runs, detail=detail),
        Figure(name="clearance_42_zones_us_p50", value=round(many, 1), unit="us", goal=500, runs=runs, detail=detail),
    ]
