"""What the demonstration tells of its server's processes, by their log."""

import json

from cti.cli.demo.tidings import Tidings


def told(folder, *events):
    log, notes = folder / "server.log", []
    lines = [{"timestamp": f"2026-01-05T12:00:{second:02}Z", **event} for second, event in enumerate(events)]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    Tidings(log, notes.append).read()
    return notes


def died(pid):
    return {"event": "worker_died", "pid": pid, "status": -9}


def started(pid):
    return {"event": "started", "role": "worker", "pid": pid}


HANGS = {"event": "worker_hangs", "input": "7", "seconds": 5.1}
READY = {"event": "ready"}


def test_who_hung_was_killed_by_its_parent_and_the_next_one_by_somebody(tmp_path):
    assert told(tmp_path, HANGS, died(17), started(18), READY, died(18), started(19), READY) == [
        "worker 17 hung and was killed by its parent; worker 18 took over, new calls waited 2.0 s in the backlog",
        "worker 18 was killed (SIGKILL); worker 19 took over, new calls waited 2.0 s in the backlog",
    ]
