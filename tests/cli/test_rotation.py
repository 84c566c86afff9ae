"""Logs that others write to are kept to a size, and the writers notice nothing."""

from pathlib import Path

from cti.cli.demo.rotation import Rotation
from cti.cli.demo.tidings import Tidings


def started(role: str, pid: int) -> bytes:
    return b'{"event": "started", "role": "%s", "pid": %d}\n' % (role.encode(), pid)


def test_a_log_is_due_when_it_is_too_large(tmp_path: Path):
    path = tmp_path / "server.log"
    rotation = Rotation(path, bytes_max=10)
    assert not rotation.is_due
    path.write_bytes(b"x" * 10)
    assert not rotation.is_due
    path.write_bytes(b"x" * 11)
    assert rotation.is_due


def test_pieces_go_aside_the_oldest_away_and_writers_go_on(tmp_path: Path):
    path = tmp_path / "server.log"
    rotation = Rotation(path, bytes_max=3, kept=2)
    with path.open("ab", buffering=0) as writer:
        for number in range(5):
            writer.write(b"line %d\n" % number)
            assert rotation.is_due
            assert rotation.rotate()
        writer.write(b"last\n")
    found = {each.name: each.read_text() for each in tmp_path.iterdir()}
    assert found == {"server.log": "last\n", "server.log.1": "line 4\n", "server.log.2": "line 3\n"}


def test_where_the_disk_refuses_the_log_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "server.log"
    path.write_bytes(b"line\n")
    (tmp_path / "server.log.1").mkdir()
    assert not Rotation(path, bytes_max=1, kept=1).rotate()
    assert path.read_bytes() == b"line\n"


def test_tidings_are_read_on_after_it(tmp_path: Path):
    path = tmp_path / "server.log"
    notes: list[str] = []
    tidings = Tidings(path, notes.append)
    with path.open("ab", buffering=0) as writer:
        writer.write(started("worker", 17))
        tidings.read()
        assert Rotation(path, bytes_max=1).rotate()
        tidings.begin_anew()
        writer.write(b'{"pid": 3}} the end of a line\n' + started("follower", 18))
        tidings.read()
    assert tidings.pids == {"worker": 17, "follower": 18}
