"""docs/reference/states.md says what the tables say."""

from tools.make_states import PAGE, SECTIONS, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python tools/make_states.py"


def test_every_state_and_every_event_of_the_tables_is_on_it():
    words = page()
    for section in SECTIONS:
        for state, moves in section.transitions.items():
            assert f"`{state}`" in words
            assert all(f"`{event.__name__}`" in words for event in moves)
