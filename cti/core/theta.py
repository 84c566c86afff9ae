"""How much risk a pool of agents takes with its next line: `theta`, the chance that whoever answers finds nobody free.

It is steered by what comes of it, in integers, so that a turn and its replay agree to the bit. Two things decide. The
logarithm of theta is moved by each live answer, by `eta * (target - 1 if abandoned else target)`, until as many are
abandoned as should be. And theta is taken times a *haste*, from nearly nothing to the double, by what is in hand: calls
that might yet be abandoned today, or room for exposure under the ceiling. So a day that begins badly has all of its
length to make up, and ends below the ceiling; what is left over is spent.
"""

from cti.core.base import Record, changed
from cti.core.ledger import MILLION

LOWEST_U = -6_907_755
HIGHEST_U = -1_203_973
"""Logarithms, in millionths, of 0.001 and 0.3."""

ETA_PPM = 20_000

PEAK_UNIT = 1_000_000
PEAK_RISE, PEAK_FALL = 20, 2_000
"""Of the way to a higher exposure a decision makes a twentieth, to a lower one a two-thousandth."""

STARTS_U = ((5, -3_506_558), (20, -3_912_023), (200, -4_422_849))
"""Logarithms, in millionths, with which pools of so many agents begin: theta of 0.03, 0.02 and 0.012."""

CAREFUL_PPM, CAREFUL_U = 20_000, 1_203_973
"""With a ceiling below 2 %, a pool begins with three tenths of that."""

HASTE_LEAST, HASTE_MOST = MILLION // 10, 2 * MILLION
SPENT_LEAST = MILLION // 20
"""Where it is known that the day cannot make up for one more abandoned call; not 0, as then nobody would be called."""

DAY_U, DAY_AGENT_U = 7 * MILLION // 2, MILLION // 8
"""What a long day is to have in hand: three and a half calls, and one more for each eight agents, since where there are
many several calls are lost at once. As much less than wanted is no haste: a slope that is steeper makes the risk swing,
which costs more than it saves, and a stop lets everybody wait at once, who are then rung for at once."""

RESERVE_U, RESERVE_AGENT_U = 2 * MILLION, MILLION // 8
RESERVE_PARTS = 3
"""What must be in hand when the hours end: two calls, since one more may be abandoned at the very end, and now and then
another one with it; and one more for each eight agents. A third of that stands for the answers to come when they are
fewer, lest in the last minutes a single call turn haste into none."""

ROOM_GIVE_U = 6 * MILLION
"""At least this many calls less of room than wanted are no haste."""

ROOM_SPEND_PARTS = 5
"""A fifth more than wanted is the double haste."""

ROOM_SPARED = 4
"""A call of room is wanted for each agent beyond these, however low the exposure of late: when the leads answer half as
often, twice as many lines have to ring, and room comes slowly. Where agents are few, a call is dear."""


class Theta(Record):
    """`log_u` is the logarithm of theta in millionths, `peak` the exposure of late in millionths. While the ceiling
    stops lines that the risk allows it is `blocked`: nothing is learnt from what comes of fewer lines than wanted."""

    log_u: int
    peak: int = 0
    blocked: bool = False


def starting(agents: int, ceiling_ppm: int) -> Theta:
    """For a pool that has decided nothing yet: the more agents, the less their risk varies."""
    below = [each for each in STARTS_U if each[0] <= agents] or [STARTS_U[0]]
    above = [each for each in STARTS_U if each[0] > agents] or [STARTS_U[-1]]
    (low, low_u), (high, high_u) = below[-1], above[0]
    within = min(max(agents, low), high)
    log_u = low_u + (high_u - low_u) * (within - low) // max(1, high - low)
    return Theta(log_u=max(LOWEST_U, log_u - CAREFUL_U * (ceiling_ppm < CAREFUL_PPM)))


def decided(theta: Theta, exposure: int, *, blocked: bool) -> Theta:
    """After lines were chosen: the exposure with them, and whether the ceiling stopped one that the risk allowed."""
    away = exposure * PEAK_UNIT - theta.peak
    peak = theta.peak + (away // PEAK_RISE if away > 0 else -(-away // PEAK_FALL))
    return changed(theta, peak=peak, blocked=blocked)


def theta_after(theta: Theta, *, abandoned: bool, target_ppm: int, eta_ppm: int = ETA_PPM) -> Theta:
    """After the fate of a live answer is known; the target, taken times the haste, is in millionths."""
    if theta.blocked and not abandoned:
        return theta
    step = eta_ppm * (target_ppm - MILLION * abandoned) // MILLION
    return changed(theta, log_u=min(HIGHEST_U, max(LOWEST_U, theta.log_u + step)))


def haste_of_day(answers: int, abandoned: int, *, ceiling_ppm: int, agents: int) -> int:
    """By how many millionths theta is to be taken, for a day, so far with these live answers, to end at the ceiling
    whenever it may end."""
    allowed_u = ceiling_ppm * answers
    most_u = DAY_U + DAY_AGENT_U * agents
    # A day that has hardly begun has nothing in hand, and all of its length to make up.
    wanted_u = most_u * allowed_u // (most_u + allowed_u)
    return _haste(allowed_u - MILLION * abandoned, wanted_u, most_u)


def haste_of_hours(answers: int, abandoned: int, *, ceiling_ppm: int, agents: int, gone_ppm: int) -> int:
    """The same for a day of whose dialling it is known that so many millionths are gone: what may yet be abandoned
    until it ends, less the reserve, to what the answers still to come would be allowed. One abandoned call too many so
    hardly matters in the morning, and much in the evening."""
    allowed_u = ceiling_ppm * answers
    most_u = RESERVE_U + RESERVE_AGENT_U * agents
    reserve_u = most_u * allowed_u // (most_u + allowed_u)
    to_come_u = allowed_u * (MILLION - gone_ppm) // max(1, gone_ppm)
    in_hand_u = allowed_u - MILLION * abandoned
    return _haste(in_hand_u, reserve_u, max(most_u // RESERVE_PARTS, to_come_u), SPENT_LEAST)


def haste_of_room(theta: Theta, headroom: int, *, agents: int) -> int:
    """By how many millionths theta is to be taken, for the certificate to leave room for the exposure of late, and for
    that of worse hours, so that it seldom stops a line. While it does, nothing is saved by more care: hardly anybody
    is abandoned, as fewer lines ring than theta allows."""
    wanted_u, room_u = max(theta.peak, (agents - ROOM_SPARED) * MILLION, 0), headroom * MILLION
    # What is lacking is saved slowly, as that costs talk; what is left over is spent.
    give_u = wanted_u if room_u < wanted_u else wanted_u // ROOM_SPEND_PARTS
    haste = _haste(room_u, wanted_u, max(ROOM_GIVE_U, give_u))
    return max(haste, MILLION) if theta.blocked else haste


def _haste(in_hand_u: int, wanted_u: int, give_u: int, least: int = HASTE_LEAST) -> int:
    haste = MILLION + (in_hand_u - wanted_u) * MILLION // give_u
    return min(HASTE_MOST, max(least, haste))
