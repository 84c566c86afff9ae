"""The client's types are the server's, though neither imports the other."""

import typing

import msgspec
import pytest

from cti.client import desk as desks
from cti.client import events as e
from cti.client import wallboard as w
from cti.views import board_frames as b
from cti.views import frames as f
from cti.views.board import Board
from cti.views.wallboard import Wallboard
from tests.views.watching import Watcher

SERVER = {kind.__struct_config__.tag: kind for kind in typing.get_args(f.AgentFrame)}
CLIENT = {kind.__struct_config__.tag: kind for kind in typing.get_args(e.AnyEvent)}
SERVER_BOARD = {kind.__struct_config__.tag: kind for kind in typing.get_args(b.AnyBoardFrame)}
CLIENT_BOARD = {kind.__struct_config__.tag: kind for kind in typing.get_args(w.AnyBoardEvent)}


def outline(kind):
    """The fields of a struct, through all the structs inside it."""
    schema = msgspec.json.schema(kind)
    definitions = schema.get("$defs", {})
    return {name: sorted(definition.get("properties", {})) for name, definition in definitions.items()}


def same_fields(server, client):
    names = [sorted(field.encode_name for field in msgspec.structs.fields(kind)) for kind in (server, client)]
    return names[0] == names[1]


def test_every_frame_has_its_event():
    assert set(SERVER) == set(CLIENT)
    assert set(SERVER_BOARD) == set(CLIENT_BOARD)


@pytest.mark.parametrize("tag", sorted(SERVER))
def test_frame_and_event_have_the_same_fields(tag):
    assert same_fields(SERVER[tag], CLIENT[tag])


@pytest.mark.parametrize("tag", sorted(SERVER_BOARD))
def test_board_frame_and_event_have_the_same_fields(tag):
    assert same_fields(SERVER_BOARD[tag], CLIENT_BOARD[tag])


@pytest.mark.parametrize(
    ("server", "client"),
    [
        *[(SERVER[tag], CLIENT[tag]) for tag in sorted(SERVER)],
        *[(SERVER_BOARD[tag], CLIENT_BOARD[tag]) for tag in sorted(SERVER_BOARD)],
    ],
)
def test_so_have_the_records_inside_them(server, client):
    theirs, ours = outline(server), outline(client)
    for name in set(theirs) & set(ours):
        assert theirs[name] == ours[name], name
    structs = {name for name, fields in theirs.items() if fields} - {server.__name__}
    assert structs <= set(ours)


@pytest.mark.parametrize("seed", range(8))
def test_the_clients_desk_is_the_servers(seed):
    watcher = Watcher(seed)
    kept = {
        agent_id: msgspec.json.decode(msgspec.json.encode(desk), type=e.Desk)
        for agent_id, desk in watcher.desks.items()
    }
    for _ in range(150):
        before = len(watcher.told)
        watcher.dice.choice(watcher.actions)()
        watcher.note()
        for to, frame in watcher.told[before:]:
            event = e.decode(f.encode(frame))
            kept |= {
                agent_id: desks.apply_event(desk, event) for agent_id, desk in kept.items() if to in ("", agent_id)
            }
        for agent_id, desk in watcher.desks.items():
            if agent_id in kept:
                assert msgspec.json.encode(desk) == again(kept[agent_id])
        kept = {agent_id: desk for agent_id, desk in kept.items() if agent_id in watcher.desks}


def again(desk):
    """The client's desk in the words of the server, which leaves out what is empty in a pop."""
    return msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(desk), type=f.Desk))


@pytest.mark.parametrize("seed", range(4))
def test_the_clients_wallboard_is_the_servers(seed):
    watcher, kept = Watcher(seed), w.Wallboard()
    board: Board = watcher.wallboard.board
    whole = b.WholeBoard(seq=1, rows=board.whole(), finished=(), outcomes={}, dials=b.Dials())
    kept.apply(w.decode(msgspec.json.encode(whole)))
    version = board.version
    for step in range(150):
        watcher.dice.choice(watcher.actions)()
        watcher.note()
        if step % 5 == 0:
            outcomes = dict(watcher.wallboard.outcomes)
            changed = b.BoardChanged(seq=1, rows=board.since(version), outcomes=outcomes, dials=b.Dials(waiting=step))
            kept.apply(w.decode(msgspec.json.encode(changed)))
            version = board.version
            assert shown(kept) == shown_by(watcher.wallboard)
            assert kept.dials.waiting == step


def shown(kept):
    rows = (kept.queues, kept.agents, kept.contacts)
    return [sorted(msgspec.json.encode(row) for row in each.values()) for each in rows], kept.outcomes


def shown_by(wallboard: Wallboard):
    rows = wallboard.board.whole()
    each = (rows.queues, rows.agents, rows.contacts)
    return [sorted(msgspec.json.encode(row) for row in kind) for kind in each], dict(wallboard.outcomes)


def test_what_a_newer_server_says_is_not_lost():
    unknown = e.decode(b'{"type":"coached","seq":7,"index":2,"at":5,"by":"eve"}')
    assert unknown == e.Unknown(
        type="coached", seq=7, index=2, data={"type": "coached", "seq": 7, "index": 2, "at": 5, "by": "eve"}
    )
    known = e.decode(
        b'{"type":"alerting","seq":7,"index":2,"at":5,"offer_id":"o","contact_id":"c","expires_at":9,"x":1}'
    )
    assert isinstance(known, e.Alerting)
    assert isinstance(w.decode(b'{"type":"weather","seq":1}'), e.Unknown)
