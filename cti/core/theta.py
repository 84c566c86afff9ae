"""How much risk a pool of agents takes with its next line: `theta`, the chance that whoever answers finds nobody free.

It is steered by what comes of it, in integers, so that a turn and its replay agree to the bit: each live answer moves
the logarithm of theta by `eta * (target - 1 if abandoned else target)`. Over `n` answers the rate of abandoned ones is
then as close to the target as the logarithm's range, divided by `eta * n`, for as long as theta is not at its bounds.
"""

from cti.core.base import Record, changed
from cti.core.ledger import MILLION

LOWEST_U = -6_907_755
HIGHEST_U = -1_203_973
"""Logarithms, in millionths, of 0.001 and 0.3."""

ETA_PPM = 50_000
RESERVE_PPM = 600_000
"""Of the target, while there is too little in reserve."""

PEAK_UNIT = 1_000_000
PEAK_RISE, PEAK_FALL = 20, 2_000
"""Of the way to a higher exposure a decision makes a twentieth, to a lower one a two-thousandth."""

STARTS_U = ((5, -3_506_558), (20, -3_912_023), (200, -4_422_849))
"""Logarithms, in millionths, with which pools of so many agents begin: theta of 0.03, 0.02 and 0.012."""


class Theta(Record):
    """`log_u` is the logarithm of theta in millionths, `peak` the exposure of late in millionths. While the ceiling
    stops lines that the risk allows it is `blocked`: nothing is learnt from what comes of fewer lines than wanted."""

    log_u: int
    peak: int = 0
    blocked: bool = False


def starting(agents: int) -> Theta:
    """For a pool that has decided nothing yet: the more agents, the less their risk varies."""
    below = [each for each in STARTS_U if each[0] <= agents]
    above = [each for each in STARTS_U if each[0] > agents]
    if not below or not above:
        return Theta(log_u=(below or above[:1])[-1][1])
    (low, low_u), (high, high_u) = below[-1], above[0]
    return Theta(log_u=low_u + (high_u - low_u) * (agents - low) // (high - low))


def decided(theta: Theta, exposure: int, *, blocked: bool) -> Theta:
    """After lines were chosen: the exposure with them, and whether the ceiling stopped one that the risk allowed."""
    away = exposure * PEAK_UNIT - theta.peak
    peak = theta.peak + (away // PEAK_RISE if away > 0 else -(-away // PEAK_FALL))
    return changed(theta, peak=peak, blocked=blocked)


def theta_after(theta: Theta, *, abandoned: bool, target_ppm: int, eta_ppm: int = ETA_PPM) -> Theta:
    """After the fate of a live answer is known; the target is in millionths."""
    if theta.blocked and not abandoned:
        return theta
    step = eta_ppm * (target_ppm - MILLION * abandoned) // MILLION
    return changed(theta, log_u=min(HIGHEST_U, max(LOWEST_U, theta.log_u + step)))


def target(theta: Theta, *, target_ppm: int, headroom: int, reserve_ppm: int = 1_500_000) -> int:
    """What to steer to: the target, or three fifths of it until the ceiling leaves room for `reserve_ppm` millionths of
    the exposure of late, so that the ceiling seldom stops a line."""
    has_reserve = headroom * MILLION * PEAK_UNIT >= reserve_ppm * theta.peak
    return target_ppm if has_reserve else target_ppm * RESERVE_PPM // MILLION
