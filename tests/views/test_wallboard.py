"""The wallboard shows what is there, whether it was folded from the start or begun in the middle."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.codec import decode
from cti.core.config import SupervisorConfig
from cti.core.states import AgentState, ContactState, EndCause, PartyState, SupervisorMode, TransferKind
from cti.views import board as boards
from cti.views.board_frames import Rows
from cti.views.wallboard import FINISHED_MAX, Wallboard
from tests.centre import agent, centre, queue
from tests.dialer.calling_site import OTHER, CallingSite
from tests.site import Site
from tests.views.watching import Watcher


def timeless(rows: Rows) -> Rows:
    """Since when something is so is known better to who saw it happen."""
    return replace(
        rows,
        agents=tuple(replace(row, since=0) for row in rows.agents),
        contacts=tuple(replace(row, since=0) for row in rows.contacts),
    )


@dataclass
class Watched:
    """A site and the wallboard that is folded from its records."""

    site: Site
    wallboard: Wallboard
    seen: int = 0

    def look(self) -> Rows:
        for row in self.site.records[self.seen :]:
            self.wallboard.take(decode(row))
        self.seen = len(self.site.records)
        return self.wallboard.board.whole()


def watched() -> Watched:
    config = centre(agent("anna"), agent("ben"), queues=(queue(wrap_up_s=30),))
    return Watched(Site(config), Wallboard())


@pytest.mark.parametrize("seed", range(20))
def test_folded_from_records_it_equals_one_begun_from_the_state(seed):
    watcher = Watcher(seed)
    for _ in range(150):
        watcher.dice.choice(watcher.actions)()
        watcher.note()
        fresh = Wallboard()
        fresh.begin(watcher.site.state)
        assert timeless(watcher.wallboard.board.whole()) == timeless(fresh.board.whole()), watcher.site.names()
        assert watcher.wallboard.board.dials == fresh.board.dials, watcher.site.names()


@pytest.mark.parametrize("seed", range(5))
def test_changes_on_an_older_board_make_the_newer_one(seed):
    watcher = Watcher(seed)
    board = watcher.wallboard.board
    shown, version = _by_id(board.whole()), board.version
    for step in range(150):
        watcher.dice.choice(watcher.actions)()
        watcher.note()
        if step % 7 == 0:
            changes = board.since(version)
            version = board.version
            _apply(shown, changes)
            assert shown == _by_id(board.whole())


def _by_id(rows: Rows) -> dict[str, object]:
    return {
        **{f"queue {row.queue_id}": row for row in rows.queues},
        **{f"agent {row.agent_id}": row for row in rows.agents},
        **{f"contact {row.contact_id}": row for row in rows.contacts},
    }


def _apply(shown: dict[str, object], changes: Rows) -> None:
    shown.update(_by_id(changes))
    for kind, gone in (
        ("queue", changes.queues_gone),
        ("agent", changes.agents_gone),
        ("contact", changes.contacts_gone),
    ):
        for row_id in gone:
            shown.pop(f"{kind} {row_id}", None)


def test_a_call_moves_over_the_board():
    watch = watched()
    watch.site.sign_in("anna")
    [queue_row] = watch.look().queues
    assert queue_row.agents == {AgentState.READY: 1, AgentState.SIGNED_OUT: 1}

    leg = watch.site.call()
    queued_at = watch.site.at
    [queue_row] = watch.look().queues
    assert (queue_row.waiting, queue_row.offered, queue_row.oldest_queued_at) == (0, 1, queued_at)
    watch.site.call()
    [queue_row] = watch.look().queues
    assert (queue_row.waiting, queue_row.offered, queue_row.oldest_queued_at) == (1, 1, queued_at)

    agent_leg = watch.site.talk(leg, "anna")
    rows = watch.look()
    assert (rows.queues[0].waiting, rows.queues[0].offered, rows.queues[0].connected) == (1, 0, 1)
    assert rows.queues[0].oldest_queued_at > queued_at
    talking = next(row for row in rows.contacts if row.state is ContactState.CONNECTED)
    assert talking.agent_id == "anna"
    anna = next(row for row in rows.agents if row.agent_id == "anna")
    assert (anna.state, anna.contact_ids, anna.since) == (AgentState.BUSY, (talking.contact_id,), talking.since)

    watch.site.part(leg, agent_leg)
    watch.site.dispose("anna", leg)
    rows = watch.look()
    assert [row.outcome for row in watch.wallboard.finished] == ["connected"]
    assert watch.wallboard.outcomes == {"connected": 1}
    assert talking.contact_id not in [row.contact_id for row in rows.contacts]


def test_a_conversation_is_marked():
    site = Site(
        centre(
            agent("anna"),
            agent("ben"),
            supervisors={"sue": SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")},
        )
    )
    watch = Watched(site, Wallboard())
    site.sign_in("anna")
    leg = site.call()
    site.talk(leg, "anna")
    site.sign_in("ben")
    contact_id = site.contact(leg).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="anna", destination="agent:ben"))
    site.take(e.LegHeld(leg_id=leg))
    site.take(e.SupervisionRequested(supervisor_id="sue", contact_id=contact_id, mode=SupervisorMode.MONITOR))
    [row] = watch.look().contacts
    assert (row.agent_id, row.on_hold) == ("anna", True)
    assert [(party.agent_id, party.state) for party in row.parties] == [("ben", PartyState.ASKED)]
    assert [(each.supervisor_id, each.mode) for each in row.supervisions] == [("sue", SupervisorMode.MONITOR)]
    site.take(
        e.TransferRequested(contact_id=contact_id, agent_id="anna", kind=TransferKind.BLIND, destination="queue:sales")
    )
    [row] = watch.look().contacts
    assert (row.on_hold, row.parties, row.supervisions) == (False, (), ())


def test_who_comes_back_into_the_line_counts_from_when_they_came():
    watch = watched()
    watch.site.sign_in("anna")
    leg = watch.site.call()
    agent_leg = watch.site.talk(leg, "anna")
    assert watch.look().queues[0].oldest_queued_at == 0
    watch.site.leave(agent_leg, EndCause.FAILED)
    assert watch.look().queues[0].oldest_queued_at == watch.site.at


def test_calls_that_wait_for_what_is_known_of_the_number_are_counted_too():
    watch = Watched(CallingSite(calls_per_second=1), Wallboard())
    first = watch.site.request()
    watch.site.call_out(OTHER)
    third = watch.site.call_out("+12125550125")
    watch.look()
    assert watch.wallboard.board.dials.waiting == 2
    fresh = Wallboard()
    fresh.begin(watch.site.state)
    assert watch.wallboard.board.dials == fresh.board.dials
    watch.site.know(first)
    watch.site.wait(5_000)
    watch.look()
    assert watch.wallboard.board.dials.waiting == 0
    assert {first, third} <= set(watch.site.rung())


def test_legs_that_wait_for_the_carriers_rate_are_counted():
    agents = tuple(agent(name) for name in ("anna", "ben", "carl"))
    watch = Watched(Site(centre(*agents, calls_per_second=1)), Wallboard())
    watch.site.sign_in("anna", "ben", "carl")
    for _ in range(3):
        watch.site.call()
    for name in ("anna", "ben", "carl"):
        watch.site.accept(name)
    asked_at = watch.site.ever(e.DialQueued) and watch.site.at
    watch.look()
    dials = watch.wallboard.board.dials
    assert (dials.waiting, dials.wait_ms, dials.stopped) == (2, 2_000, False)
    assert 0 < dials.oldest_asked_at < asked_at
    version = watch.wallboard.board.version
    watch.site.wait(5_000)
    watch.look()
    assert watch.wallboard.board.dials.waiting == 0
    assert watch.wallboard.board.version > version


def test_the_alarm_of_too_many_outside_numbers_is_shown_until_it_is_over():
    watch = watched()
    for event, stopped in (
        (e.DialsStopped(dials=9, hour_began_at=0), True),
        (e.DialsResumed(supervisor_id="sue"), False),
    ):
        record = decode(watch.site.records[-1])
        watch.wallboard.take(replace(record, events=(event,)))
        assert watch.wallboard.board.dials.stopped is stopped


def test_the_newest_finished_contacts_are_kept_and_all_are_counted():
    watch = watched()
    for _ in range(FINISHED_MAX + 10):
        watch.site.end(watch.site.call())
    watch.look()
    assert len(watch.wallboard.finished) == FINISHED_MAX
    assert watch.wallboard.outcomes == {"abandoned_in_queue": FINISHED_MAX + 10}
    assert watch.wallboard.finished[-1].contact_id == watch.site.ever(e.ContactClosed)[-1].contact_id


def test_who_is_too_far_behind_is_told_so(monkeypatch):
    monkeypatch.setattr(boards, "CHANGES_MAX", 5)
    watch = watched()
    watch.look()
    version = watch.wallboard.board.version
    for _ in range(10):
        watch.site.call()
    watch.look()
    assert watch.wallboard.board.since(version) is None
    assert watch.wallboard.board.since(watch.wallboard.board.version) == Rows(queues=(), agents=(), contacts=())


def test_nothing_on_it_says_who_the_caller_is():
    watch = watched()
    watch.site.call(from_number="+4930777777")
    assert "777777" not in str(watch.look())
