"""What a pool of agents has learnt of its lines and talks: in integers, folded with the events that tell of them.

Times are kept as histograms; how many lines are answered by a person, as counts that forget with a time constant of ten
minutes. What sets leads apart, the list, the hour, how often they were tried, what came of it, are *traits*: each has a
factor by which its leads answer more or less often than the pool's, shrunken towards 1 by how little is known of it.
Pacing reads this outside the turn; here it costs microseconds and gives the same everywhere.
"""

from cti.core.base import Record, changed

MILLION = 1_000_000
UNIT = 1 << 10
"""What one observation weighs in a histogram."""

OCTAVE = 16
BINS = 11 * OCTAVE
"""Seconds up to 31 have a bin each, then each doubling has 16: nothing is further off than a sixteenth. The last bin,
from 4.4 hours on, has whatever is longer."""

OBSERVATIONS_MAX = 4_000
"""With more, everything in a histogram counts half from then on: what was learnt of another script fades."""

TAU_MS = 600_000
LINES_LEAST = 150
"""The share of lines that are answered forgets with this time constant, but keeps what that many lines told."""

TRAITS_MAX = 512
"""With more, those of which least is known are forgotten."""

SHRINK_PPM = 8 * MILLION
"""The weight of a factor of 1: that of eight answers that were expected."""

EXPECTED_MAX_PPM = 400 * MILLION
"""With more answers expected of a trait, what was learnt of it counts half from then on."""

LEAST_PPM, MOST_PPM = 2_000, 950_000
"""No lead is taken to answer less or more often."""

LEAST_FACTOR_PPM, MOST_FACTOR_PPM = 20_000, 20 * MILLION

Histogram = tuple[int, ...]


def bin_of(ms: int) -> int:
    """The bin that a time falls into."""
    seconds = max(0, ms) // 1_000
    shift = max(0, seconds.bit_length() - 5)
    return min(BINS - 1, shift * OCTAVE + (seconds >> shift))


def bin_starts_s() -> tuple[int, ...]:
    """The first second of each bin."""
    linear = tuple(range(2 * OCTAVE))
    doubled = (((OCTAVE + place % OCTAVE) << (place // OCTAVE)) for place in range(OCTAVE, BINS - OCTAVE))
    return linear + tuple(doubled)


BIN_STARTS_S = bin_starts_s()


def _guess(mean_s: int, weight: int) -> Histogram:
    """As if so many times had been seen, spread by a constant hazard."""
    left, counts = weight * UNIT * MILLION, []
    for place, start in enumerate(BIN_STARTS_S):
        width = BIN_STARTS_S[place + 1] - start if place + 1 < BINS else 0
        after = left
        for _ in range(min(width, 60 * mean_s)):
            after = after * (mean_s - 1) // mean_s
        counts.append((left - after if width else left) // MILLION)
        left = after
    return tuple(counts)


def _even(begins_s: int, ends_s: int, weight: int) -> Histogram:
    """As if so many times had been seen, spread evenly."""
    inside = [begins_s <= start < ends_s for start in BIN_STARTS_S]
    return tuple(weight * UNIT // sum(inside) if each else 0 for each in inside)


TALK_GUESS = _guess(160, 40)
WRAP_GUESS = _guess(30, 40)
ANSWER_GUESS = _even(2, 22, 20)
OVER_GUESS = _even(12, 26, 10)


class Trait(Record):
    """What is known of the leads that have it: live answers, and how many were expected of them if the trait said
    nothing, both in millionths."""

    answered: int = 0
    expected: int = 0

    @property
    def factor_ppm(self) -> int:
        """How much more or less often they answer, in millionths."""
        factor = (self.answered + SHRINK_PPM) * MILLION // (self.expected + SHRINK_PPM)
        return min(MOST_FACTOR_PPM, max(LEAST_FACTOR_PPM, factor))


UNKNOWN = Trait()


class Knowledge(Record):
    """Of one pool. `answered` of `lines` (both in millionths) were answered live, as of `at` (ms); a line counts by how
    much likelier its traits make an answer. `answer_ages` and `over_ages` are the ages at which lines were answered
    live, and at which they came to anything else. A trait's name says of what it is: `list:7`, `hour:14`."""

    pool_id: str
    at: int = 0
    answered: int = 6 * MILLION
    lines: int = 20 * MILLION
    answer_ages: Histogram = ANSWER_GUESS
    over_ages: Histogram = OVER_GUESS
    talk: Histogram = TALK_GUESS
    wrap: Histogram = WRAP_GUESS
    traits: dict[str, Trait] = {}


def learnt_line(
    knowledge: Knowledge, at: int, age_ms: int, *, answered: bool, traits: tuple[str, ...] = ()
) -> Knowledge:
    """A line came to something `age_ms` after it was placed: a person answered, or anything else happened."""
    answers, lines = _faded(knowledge, at)
    weight, known = MILLION, knowledge.traits
    if traits:
        factors = [factor_ppm(knowledge, name) for name in traits]
        weight, base, known = _product(factors), base_ppm(knowledge), {**known}
        for name, factor in zip(traits, factors, strict=True):
            expected = _likely(base * weight // factor)
            known[name] = _told(known.get(name, UNKNOWN), answered=answered, expected=expected)
        if len(known) > TRAITS_MAX:
            known = _best_known(known)
    ages = "answer_ages" if answered else "over_ages"
    return changed(
        knowledge,
        at=max(at, knowledge.at),
        answered=answers + MILLION * answered,
        lines=lines + weight,
        traits=known,
        **{ages: _seen(getattr(knowledge, ages), age_ms)},
    )


def learnt_talk(knowledge: Knowledge, ms: int) -> Knowledge:
    """An agent was busy with a customer for so long."""
    return changed(knowledge, talk=_seen(knowledge.talk, ms))


def learnt_wrap(knowledge: Knowledge, ms: int) -> Knowledge:
    """An agent wrapped up for so long."""
    return changed(knowledge, wrap=_seen(knowledge.wrap, ms))


def base_ppm(knowledge: Knowledge) -> int:
    """How likely a lead of no traits is to answer live at present, in millionths."""
    return _likely(knowledge.answered * MILLION // max(1, knowledge.lines))


def answer_ppm(knowledge: Knowledge, traits: tuple[str, ...] = ()) -> int:
    """How likely a lead of these traits is to answer live, in millionths."""
    return _likely(base_ppm(knowledge) * _product([factor_ppm(knowledge, name) for name in traits]) // MILLION)


def factor_ppm(knowledge: Knowledge, name: str) -> int:
    """By how much a trait makes an answer likelier, in millionths: a million where nothing is known."""
    return knowledge.traits.get(name, UNKNOWN).factor_ppm


def _product(factors: list[int]) -> int:
    product = MILLION
    for factor in factors:
        product = product * factor // MILLION
    return product


def _likely(ppm: int) -> int:
    return min(MOST_PPM, max(LEAST_PPM, ppm))


def _seen(counts: Histogram, ms: int) -> Histogram:
    place = bin_of(ms)
    counts = (*counts[:place], counts[place] + UNIT, *counts[place + 1 :])
    if sum(counts) > OBSERVATIONS_MAX * UNIT:
        counts = tuple(count >> 1 for count in counts)
    return counts


def _faded(knowledge: Knowledge, at: int) -> tuple[int, int]:
    """Answers and lines, with less weight the longer ago; never less than what `LINES_LEAST` lines told."""
    answers, lines, past_ms = knowledge.answered, knowledge.lines, max(0, at - knowledge.at)
    faded = lines * TAU_MS // (TAU_MS + past_ms)
    least = min(lines, LINES_LEAST * MILLION)
    kept = max(faded, least)
    return answers * kept // max(1, lines), kept


def _told(trait: Trait, *, answered: bool, expected: int) -> Trait:
    answers, total = trait.answered + MILLION * answered, trait.expected + expected
    halved = total > EXPECTED_MAX_PPM
    return Trait(answered=answers >> halved, expected=total >> halved)


def _best_known(traits: dict[str, Trait]) -> dict[str, Trait]:
    """Without the eighth of which least is known, so that this is seldom needed."""
    by_knowledge = sorted(traits, key=lambda name: (-traits[name].expected, name))
    return {name: traits[name] for name in by_knowledge[: TRAITS_MAX * 7 // 8]}
