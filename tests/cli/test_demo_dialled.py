"""What became of the people whom the demonstration's campaign called, read from a ledger of the carrier."""

import pytest

from cti.cli.demo.dialled import Asked, read_ledger
from cti.cli.demo.figures import dialled_in_words

IDA = "+12025550121"
EVA, OTTO, MAX, UMA, PIA = (f"+120755501{place:02d}" for place in range(5))
NOON = 1_790_000_000_000


def leg(sid, to, answered_at=None, ended_at=None, **more):
    empty = {"answered_by": None, "detected_at": None, "vanished_at": None, "segments": []}
    return {"sid": sid, "to": to, **empty, "answered_at": answered_at, "ended_at": ended_at, **more}


def pages():
    """Eva talked with ida, nobody was there for Otto, Max was a machine, Uma did not answer, Pia hung up at once."""
    message = [{"heard": "menu", "start_ms": NOON + 13_100, "end_ms": NOON + 15_000}]
    legs = [
        leg("CAida", IDA, NOON - 60_000),
        leg("CAeva", EVA, NOON + 5_000, NOON + 20_000, answered_by="human", detected_at=NOON + 7_000),
        leg("CAotto", OTTO, NOON + 9_000, NOON + 15_000, segments=message),
        leg("CAmax", MAX, NOON + 8_000, NOON + 11_000, answered_by="machine_start", detected_at=NOON + 10_900),
        leg("CAuma", UMA, None, NOON + 15_000),
        leg("CApia", PIA, NOON + 9_000, NOON + 9_400),
    ]
    return {
        "legs": legs,
        "bridges": [
            {"sids": ["CAida", "CAeva"], "start_ms": NOON + 5_010, "end_ms": NOON + 20_000},
            {"sids": ["CAida", "CAmax"], "start_ms": NOON + 8_010, "end_ms": NOON + 11_000},
        ],
        "rung": [{"sid": each["sid"], "to": each["to"], "at": NOON} for each in legs],
        "webhooks": [webhook(NOON + 9_000)],
    }


def webhook(sent_at, ms=5.0, error=None):
    return {"kind": "document", "sent_at": sent_at, "answered_at": sent_at + round(ms), "ms": ms, "error": error}


def read(found, *, ceiling=100, refused=()):
    numbers = (EVA, OTTO, MAX, UMA, PIA)
    return read_ledger(found, Asked(numbers=numbers, refused=refused, phones=(IDA,), ceiling_ppm=ceiling * 10_000))


def test_each_call_is_counted_as_what_it_was():
    found = read(pages())
    assert (found.dialled, found.people, found.live, found.abandoned, found.wrong) == (5, 3, 2, 1, ())


def test_the_ceiling_holds_up_to_the_last_call():
    assert read(pages(), ceiling=50).wrong == ()
    assert read(pages(), ceiling=49).wrong == (f"over the ceiling: 1 of 2 live answers abandoned, 49 % may be: {OTTO}",)


def test_an_agent_who_comes_after_the_message_has_begun_comes_too_late():
    late = pages()
    late["bridges"].append({"sids": ["CAotto", "CAida"], "start_ms": NOON + 13_200, "end_ms": NOON + 15_000})
    found = read(late, ceiling=0)
    assert (found.abandoned, found.wrong) == (1, ())  # counted, and nothing that fewer lines would have saved


def test_whoever_waits_to_the_end_without_a_message_is_abandoned_too():
    silent = pages()
    silent["legs"][2]["segments"] = []
    assert read(silent).abandoned == 1
    silent["legs"][2]["ended_at"] = NOON + 12_900  # before anybody had to be there
    assert read(silent).abandoned == 0


@pytest.mark.parametrize(
    "webhooks",
    [
        [webhook(NOON + 8_900, ms=1_500)],
        [webhook(NOON + 9_100, error="connection reset")],
    ],
)
def test_whom_the_server_was_away_for_is_counted_but_breaks_no_ceiling(webhooks):
    away = pages()
    away["webhooks"] = webhooks
    found = read(away, ceiling=0)
    assert (found.abandoned, found.wrong) == (1, ())


def test_so_is_whose_agent_was_lost():
    lost = pages()
    lost["legs"][0]["ended_at"] = NOON
    assert read(lost, ceiling=0).wrong == ()
    lost["legs"][0]["ended_at"] = NOON - 120_000
    assert len(read(lost, ceiling=0).wrong) == 1


def test_nobody_is_rung_twice_or_against_their_will():
    found = pages()
    found["rung"].append({"sid": "CAagain", "to": UMA, "at": NOON + 30_000})
    assert read(found, refused=(MAX, "+12075550199")).wrong == (
        f"rung against their will: {MAX} was on our list of whom not to call",
        f"rung twice: {UMA} rang 2 times",
    )


def test_it_is_told_in_words():
    words = dialled_in_words(read(pages()), 30_000)
    assert words == "5 dialled, 3 answered by people, 1 of them abandoned (at most 3 % may be)"


def test_that_it_was_too_short_is_told_too():
    nobody = {"legs": [], "bridges": [], "rung": [], "webhooks": []}
    assert dialled_in_words(read(nobody), 30_000).endswith("too short to show more")
