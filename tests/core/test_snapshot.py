"""The state as bytes: what comes back is the same state, and what is not a snapshot is refused."""

import json

import msgspec
import pytest

from cti import engine
from cti.core import events as e
from cti.core.errors import JournalDamaged
from tests.centre import MENU
from tests.site import Site


def busy_site() -> Site:
    site = Site()
    site.sign_in("anna", "ben")
    site.call(to=MENU)
    talking, wrapping = site.call(), site.call()
    site.talk(talking, "anna")
    site.part(wrapping, site.talk(wrapping, "ben"))
    site.call()
    site.take(e.TokenIssued(token_hash="f" * 64, scope="agent", subject="anna", expires_at=5))
    return site


def test_everything_comes_back():
    site = busy_site()
    content = engine.capture(site.state)
    restored = engine.restore("main", content)
    assert engine.capture(restored) == content
    assert restored.last == site.state.last
    assert restored.config == site.state.config
    assert restored.tokens.rows == site.state.tokens.rows
    assert restored.find_leg("", "CA2") == site.state.find_leg("", "CA2")
    assert restored.undo.steps == []


def test_a_restored_state_decides_what_the_other_one_decides():
    site = busy_site()
    twin = site.fork()
    for each in (site, twin):
        each.wait(120_000)
        each.call()
    assert [type(event) for event in site.history] == [type(event) for event in twin.history]
    assert engine.capture(site.state) == engine.capture(twin.state)


def test_an_empty_state_is_a_snapshot_too():
    state = engine.new_state("main")
    assert engine.capture(engine.restore("main", engine.capture(state))) == engine.capture(state)


def test_the_order_of_rows_in_memory_does_not_show():
    site = busy_site()
    content = engine.capture(site.state)
    for table in (site.state.contacts, site.state.legs, site.state.agents):
        table.rows = dict(reversed(table.rows.items()))
    assert engine.capture(site.state) == content


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"format":1}'])
def test_what_is_no_snapshot_is_refused(content):
    with pytest.raises(JournalDamaged, match="cannot be read"):
        engine.restore("main", content)


def test_a_snapshot_of_another_format_is_refused():
    plain = json.loads(engine.capture(engine.new_state("main")))
    with pytest.raises(JournalDamaged, match="format 99"):
        engine.restore("main", msgspec.json.encode({**plain, "format": 99}))


def test_promises_of_a_restored_state_fall_due_like_the_others():
    site = busy_site()
    restored = engine.restore("main", engine.capture(site.state))
    due = [restored.deadlines.take_due(restored, at, engine.PROMISES) for at in (site.at, site.at + 40_000)]
    assert due[0] == ()
    assert {promise.kind for promise in due[1]} == {"wrap_up"}
