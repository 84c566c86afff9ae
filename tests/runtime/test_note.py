"""What the worker notes while it decides, as its parent reads it: each at its own pace, and never half."""

import os
import subprocess
import sys
import time

from cti.runtime.note import Note

READS = 500_000
LOOP = """
import sys
from cti.runtime.note import Note
note = Note.shared(int(sys.argv[1]))
print("begun", flush=True)
while True:
    note.deciding("input:1")
    note.done()
"""


def test_a_decision_that_began_a_moment_ago_is_never_taken_for_an_old_one():
    descriptor = os.memfd_create("note")
    note = Note.shared(descriptor)
    began_at = time.monotonic()
    command = [sys.executable, "-c", LOOP, str(descriptor)]
    with subprocess.Popen(command, pass_fds=(descriptor,), stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        found = [read for _ in range(READS) if (read := note.read()) is not None]
        worker.kill()
    os.close(descriptor)
    assert {mark for _, mark in found} <= {"input:1"}
    assert max((seconds for seconds, _ in found), default=0.0) <= time.monotonic() - began_at
