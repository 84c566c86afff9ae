"""Legs that wait for the carrier's calls a second, and the hours in which outside numbers are counted."""

from typing import NamedTuple

from cti.core.base import Record
from cti.core.calling import AttemptFact, Listing, Subject
from cti.core.numbering import Address

SECOND_US = 1_000_000
HOUR_MS = 3_600_000

FACTS, FACTS_MS = "dial_facts", 60_000
"""How long (ms) a dial waits for what is to be known of its number; then it is refused."""


class Purpose(NamedTuple):
    """The least `importance` goes first. `counted`: the number was chosen by a person, at that moment. `judged`:
    somebody is called for a campaign, so the calling rules hold."""

    importance: int
    counted: bool
    judged: bool = False

    @property
    def paid(self) -> bool:
        """Whether it is anybody outside, whose minutes cost."""
        return self.counted or self.judged


PURPOSES = {
    "agent_leg": Purpose(0, counted=False),  # a caller waits for it
    "consult_agent": Purpose(1, counted=False),
    "consult": Purpose(1, counted=True),
    "transfer": Purpose(1, counted=True),
    "nailed_up": Purpose(2, counted=False),
    "supervision": Purpose(3, counted=False),
    "manual": Purpose(4, counted=True, judged=True),
    "callback": Purpose(4, counted=True, judged=True),
    "campaign": Purpose(5, counted=False, judged=True),
}
"""What legs are placed for."""


class GatheredFacts(Record):
    """What the store and the lists say of a number, as of record `as_of_seq`: see `CallFactsGathered`. `subject` is
    whom the call is for, with all that the store knows of them (None: nothing more)."""

    as_of_seq: int
    listed: tuple[Listing, ...] = ()
    registries: tuple[tuple[str, str], ...] = ()
    attempts: tuple[AttemptFact, ...] = ()
    subject: Subject | None = None


class Dial(Record):
    """A leg that waits for its turn. It was asked for at `asked_at` (ms), in record `asked_seq`. One that is judged has
    `facts`; while it waits for them, it does so until `facts_by` (ms), and they were asked for `asks` times."""

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
    campaign_id: str = ""
    subject: Subject | None = None
    consent: str = ""
    customer_at: int = 0
    guaranteed: bool = False
    address: Address | None = None
    facts: GatheredFacts | None = None
    facts_by: int = 0
    asks: int = 0


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
