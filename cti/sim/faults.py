"""What may go wrong in a world. Each seed draws its own troubles, so that rare ones meet each other alone as well.

Three promises of the world keep the checks sharp, because nobody could hold them otherwise: a call request and the
fallback for it do not both fail, of two requests to the carrier about the same leg in a row one gets through, and a
worker that serves callers is not killed twice within `CRASHES_APART_MS`.
"""

from random import Random

import msgspec

from cti.core.base import Record

CRASHES_APART_MS = 20_000

CALM_SEEDS = 0.08
GROUP_ACTIVE = 0.45


class Faults(Record):
    """How likely each trouble is whenever it could happen."""

    report_lost: float = 0.0
    report_doubled: float = 0.0
    report_late: float = 0.0
    request_cut: float = 0.0
    request_doubled: float = 0.0
    answer_cut: float = 0.0
    rest_turned_away: float = 0.0
    rest_request_lost: float = 0.0
    rest_answer_lost: float = 0.0
    rest_broken: float = 0.0
    rest_slow: float = 0.0
    waiting_room_failed: float = 0.0
    directory_slow: float = 0.0
    directory_failed: float = 0.0
    journal_down: float = 0.0
    journal_unknown: float = 0.0
    journal_slow: float = 0.0
    crash: float = 0.0
    crash_recovering: float = 0.0
    crash_looking_up: float = 0.0
    pause: float = 0.0
    socket_cut: float = 0.0
    line_broken: float = 0.0


CALM = Faults()

GROUPS: tuple[dict[str, float], ...] = (
    {"report_lost": 0.12},
    {"report_doubled": 0.3, "report_late": 0.4},
    {"request_cut": 0.1, "answer_cut": 0.1, "request_doubled": 0.2},
    {"rest_turned_away": 0.25, "rest_slow": 0.25},
    {"rest_request_lost": 0.1, "rest_answer_lost": 0.1, "rest_broken": 0.1},
    {"waiting_room_failed": 0.1},
    {"directory_slow": 0.4, "directory_failed": 0.3},
    {"journal_down": 0.005, "journal_unknown": 0.006, "journal_slow": 0.02},
    {"crash": 0.03, "crash_recovering": 0.3, "crash_looking_up": 0.6},
    {"pause": 0.012},
    {"socket_cut": 0.02},
    {"line_broken": 0.2},
)
"""The greatest likelihood of each; those of a group come together."""


def draw(random: Random) -> Faults:
    """The troubles of one seed."""
    chosen: dict[str, float] = {}
    if random.random() >= CALM_SEEDS:
        for group in GROUPS:
            if random.random() < GROUP_ACTIVE:
                chosen |= {name: random.random() * greatest for name, greatest in group.items()}
    return msgspec.structs.replace(CALM, **chosen)
