"""What may be on a list, for hypothesis: numbers far from each other, and whole runs of them, which make bitmaps."""

from hypothesis import strategies as st

FIRST, LAST = 10_000, 10**15 - 1

ANYWHERE = st.sets(st.integers(FIRST, LAST), max_size=30)
CLOSE = st.sets(st.integers(12_025_550_000, 12_025_579_999), max_size=60)


@st.composite
def runs(draw) -> set[int]:
    """About as many as decide whether a block is a bitmap; they may reach into the next one."""
    first = draw(st.sampled_from((12_025_550_000, 12_025_559_700, 442_079_460_000)))
    length = draw(st.sampled_from((1, 300, 624, 625, 626, 5_000, 10_000)))
    return set(range(first, first + length, draw(st.sampled_from((1, 2, 7)))))


SETS = st.builds(set.union, ANYWHERE, CLOSE, runs() | st.just(set()))
