"""Legs that wait for the carrier's calls a second, and the hours in which outside numbers are counted."""

from typing import NamedTuple

from cti.core.base import Record

SECOND_US = 1_000_000
HOUR_MS = 3_600_000


class Purpose(NamedTuple):
    """The least `importance` goes first. `counted`: the number was chosen by a person, not by the configuration."""

    importance: int
    counted: bool


PURPOSES = {
    "agent_leg": Purpose(0, counted=False),  # a caller waits for it
    "consult_agent": Purpose(1, counted=False),
    "consult": Purpose(1, counted=True),
    "transfer": Purpose(1, counted=True),
    "nailed_up": Purpose(2, counted=False),
    "supervision": Purpose(3, counted=False),
    "manual": Purpose(4, counted=True),
    "callback": Purpose(4, counted=True),
    "campaign": Purpose(5, counted=True),
}
"""What legs are placed for."""


class Dial(Record):
    """A leg that waits for its turn. It was asked for at `asked_at` (ms), in record `asked_seq`."""

    dial_id: str
    importance: int
    purpose: str
    asked_at: int
    asked_seq: int
    leg_id: str
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    request_id: str = ""


class DialCount(Record):
    """How many outside numbers an agent, or the whole site (no `agent_id`), had rung in an hour since 1970. `stopped`:
    the site has rung too many, or spent too much, by the cap `rule`."""

    agent_id: str
    hour: int
    dials: int = 0
    stopped: bool = False
    rule: str = ""


def next_token_at(next_token_us: int) -> int:
    """The first millisecond in which the token is there."""
    return -(-next_token_us // 1_000)


def gap_us(calls_per_second: int) -> int:
    """Between two legs that we place. 0: none."""
    return -(-SECOND_US // calls_per_second) if calls_per_second else 0
