"""A process that imports and is killed: `python -m tests.lists.importer PLAN FOLDER FILE MEANING BASE`.

It says on its standard output, a line each time, what its children did: each is the same import, and dies by SIGKILL
when it is about to do something to a file for the so many-th time.

`PLAN` is `each`: for every such moment there is, one child dies there, another does the rest. Or it is a number, the
seed of moments at which one child after another dies until one is done.
"""

import os
import random
import shutil
import signal
import sys
from pathlib import Path

from cti.lists.builder import Meaning
from tests.lists.made import builder

TOUCHES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.listdir", "os.scandir", "mmap.__new__"}
"""What Python tells those who listen (PEP 578) before it is done."""
NEVER = 10**9


def child(folder: Path, file: Path, meaning: Meaning, base: str, dies_at: int) -> str | None:
    """The digest, or None when it was killed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        touches = 0

        def count(event: str, arguments: object) -> None:
            nonlocal touches
            touches += event in TOUCHES
            if touches == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        built = builder(folder).build(file, meaning, base=base)
        os.write(writing, f"{built.digest} {built.lines} {built.accepted} {built.rejected}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        result = said.read()
    os.waitpid(pid, 0)
    return result or None


def main(plan: str, *task: str) -> None:
    folder, file, meaning, base = Path(task[0]), Path(task[1]), task[2], task[3]
    assert meaning in ("list", "changes", "add", "remove")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def run(dies_at: int) -> str | None:
        return child(folder, file, meaning, base, dies_at)

    if plan != "each":
        choice = random.Random(plan)
        while (done := run(choice.randint(1, 60))) is None:
            print("killed", flush=True)
        print(done, flush=True)
        return
    dies_at, done = 1, None
    while done is None:
        shutil.rmtree(folder)
        folder.mkdir()
        for path, content in before.items():
            path.write_bytes(content)
        done = run(dies_at)
        print(done or run(NEVER), flush=True)
        dies_at += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
