"""A clock that runs faster than the world's, for tests of long times."""

import time

from cti.fakecarrier.clock import Clock as CarriersClock
from cti.runtime.clock import Clock

HOUR_MS = 3_600_000
APART_MS = 60_000
"""How far two readings may be apart on a machine that stalls between them, ten times as fast."""


def now_ms():
    return time.time_ns() // 1_000_000


def test_by_default_it_is_the_worlds():
    assert abs(Clock().now() - now_ms()) < APART_MS


def test_who_starts_later_goes_on_by_the_same_clock():
    origin_ms = now_ms() - HOUR_MS
    assert abs(Clock(10.0, origin_ms).now() - (origin_ms + 10 * HOUR_MS)) < APART_MS


def test_the_carriers_clock_agrees():
    origin_ms = now_ms() - HOUR_MS
    assert abs(Clock(10.0, origin_ms).now() - CarriersClock(10.0, origin_ms).now_ms()) < APART_MS


def test_its_seconds_are_as_many_times_as_short():
    clock = Clock(10.0)
    assert clock.real_s(5.0) == 0.5
    assert 5 < clock.seconds_until(clock.now() + 100_000) <= 10
    assert clock.seconds_until(clock.now() - 1) == 0
