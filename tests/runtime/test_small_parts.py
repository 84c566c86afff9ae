"""The note, the failpoints, the snapshots, the log."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from cti.core.errors import JournalUnavailable, SettingsError
from cti.core.events import ContactClosed
from cti.core.states import Direction, EndCause
from cti.runtime.failpoints import Failpoints
from cti.runtime.logs import Reminder, contact_line, leave_out_personal, mask_cards
from cti.runtime.note import Note
from cti.runtime.parent import AlreadyRunning, lock
from cti.runtime.snapshots import KEPT, Snapshots


def test_the_note_is_read_by_another_holder_of_its_memory() -> None:
    fd = os.memfd_create("note")
    worker, parent = Note.shared(fd), Note.shared(os.dup(fd))
    assert parent.read() is None
    worker.deciding("digits:main-l5:7")
    deciding = parent.read()
    assert deciding is not None
    assert deciding[1] == "digits:main-l5:7"
    assert 0 <= deciding[0] < 60
    worker.done()
    assert parent.read() is None


def test_a_note_takes_any_key() -> None:
    note = Note.nowhere()
    note.deciding("ü" * 10_000)
    assert note.read() is not None


def test_failpoints_fire_once_at_their_passing() -> None:
    failpoints = Failpoints("after_decide=raise:3")
    failpoints.here("after_decide")
    failpoints.here("after_read")
    failpoints.here("after_decide")
    with pytest.raises(Exception, match="after_decide"):
        failpoints.here("after_decide")
    failpoints.here("after_decide")


def test_failpoints_wait_for_their_file_and_take_it_away(tmp_path: Path) -> None:
    when = tmp_path / "now"
    failpoints = Failpoints(f"when={when};after_decide=raise:2")
    for _ in range(5):
        failpoints.here("after_decide")
    when.touch()
    failpoints.here("after_read")
    assert when.exists()
    failpoints.here("after_decide")
    assert not when.exists()
    with pytest.raises(Exception, match="after_decide"):
        failpoints.here("after_decide")


async def test_failpoints_fail_and_stall() -> None:
    failpoints = Failpoints("before_commit=fail;after_read=stall:30")
    began_at = time.monotonic()
    await failpoints.pass_by("after_read")
    assert time.monotonic() - began_at >= 0.03
    with pytest.raises(JournalUnavailable):
        await failpoints.pass_by("before_commit")


@pytest.mark.parametrize("text", ["nowhere=kill", "after_read=explode", "after_read"])
def test_failpoints_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="CTI_FAILPOINTS"):
        Failpoints(text)


def test_what_stays_wrong_is_said_at_once_and_then_now_and_then() -> None:
    said: list[tuple[int, str]] = []
    now = 0
    remind = Reminder(lambda event, why, remedy: said.append((now, why)), clock=lambda: now)
    for now in range(70):
        remind("holding", why="no disk" if now < 65 else "no lease", remedy="free it")
    assert said == [(0, "no disk"), (30, "no disk"), (60, "no disk"), (65, "no lease")]


def test_two_snapshots_are_kept_and_a_damaged_one_is_passed_over(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "snapshots")
    paths = [snapshots.write(seq, f"hash{seq}", "1", f"state {seq}".encode()) for seq in (10, 20, 30)]
    assert len(list((tmp_path / "snapshots").iterdir())) == KEPT
    assert [found.seq for found in snapshots.newest_first()] == [30, 20]
    content = bytearray(paths[2].read_bytes())
    content[-1] ^= 1
    paths[2].write_bytes(bytes(content))
    assert [(found.seq, found.hash, found.content) for found in snapshots.newest_first()] == [
        (20, "hash20", b"state 20")
    ]


def test_a_second_server_on_the_same_files_is_refused_with_who_has_them(tmp_path: Path) -> None:
    held = lock(tmp_path)
    with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\) is using .*CTI_DATA_DIR"):
        lock(tmp_path)
    os.close(held)
    os.close(lock(tmp_path))


def test_the_line_of_a_contact_says_how_it_went_and_not_who_it_was() -> None:
    closed = ContactClosed(
        contact_id="main-c5",
        direction=Direction.INBOUND,
        cause=EndCause.CALLER_HUNG_UP,
        outcome="connected",
        arrived_at=1_000,
        ended_at=61_000,
        queue_id="sales",
        queued_at=3_000,
        connected_at=11_000,
        agent_ids=("anna",),
        offers=2,
        talk_ms=42_000,
    )
    line = contact_line(closed)
    assert (line["waited_ms"], line["talk_ms"], line["total_ms"]) == (8_000, 42_000, 60_000)
    assert not any("number" in name for name in line)
    called = msgspec.structs.replace(closed, direction=Direction.OUTBOUND, queued_at=0)
    assert contact_line(called)["waited_ms"] == 0, "whom an agent called waited in no queue"


def test_personal_fields_and_card_numbers_never_reach_the_log() -> None:
    event = {"event": "x", "from_number": "+1202", "why": "entered 4111 1111 1111 1111 twice", "n": 7}
    shown = leave_out_personal(None, "info", event)
    assert shown["from_number"] == "[left out]"
    assert shown["why"] == "entered [card] twice"
    assert shown["n"] == 7
    assert mask_cards("order 4111111111111112") == "order 4111111111111112"


def test_what_the_http_library_logs_is_json_too() -> None:
    script = (
        "import logging; from cti.runtime.logs import configure; configure()\n"
        "try: raise ValueError('from +12025550142')\n"
        "except ValueError: logging.getLogger('aiohttp.server').exception('Error handling request')\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    told = json.loads(ran.stderr)
    assert (told["event"], told["level"], told["why"]) == ("aiohttp.server", "error", "Error handling request")
    assert "ValueError: from [number]" in told["exception"]
