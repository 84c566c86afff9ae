"""Writing a list: block by block, ascending, in one go."""

import os
from array import array
from hashlib import sha256
from pathlib import Path

from cti.lists.blocks import count
from cti.lists.errors import ListError
from cti.lists.layout import BLOCKS_MAX, DIGEST_BYTES, HEAD, MARK, TAIL, VERSION, check_machine

BUFFER_BYTES = 1024 * 1024


class ListWriter:
    """Takes blocks in ascending order; `finish` makes them a list. Whoever reads `path` before that sees no list."""

    def __init__(self, path: Path) -> None:
        check_machine()
        self._file = path.open("wb", buffering=BUFFER_BYTES)
        self._hash = sha256()
        self._keys = array("Q")
        self._places = array("Q", [0])
        self.count = 0
        self._write(HEAD.pack(MARK, VERSION))

    def add(self, key: int, block: bytes) -> None:
        """The next block; `block` is as `cti.lists.blocks` makes it, and not empty."""
        keys = self._keys
        assert block
        assert not keys or key > keys[-1]
        if len(keys) == BLOCKS_MAX:
            raise ListError(f"The numbers lie in more than {BLOCKS_MAX} blocks of 10,000: these are no telephones.")
        keys.append(key)
        self._places.append(self._places[-1] + len(block))
        self.count += count(block)
        self._write(block)

    def finish(self) -> str:
        """Write the index, and wait until the disk has everything. Returns the hash of the content."""
        self._write(self._keys.tobytes())
        self._write(self._places.tobytes())
        self._write(TAIL.pack(self.count, len(self._keys), self._places[-1], b"")[:-DIGEST_BYTES])
        self._file.write(self._hash.digest())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._file.close()

    def _write(self, content: bytes) -> None:
        self._hash.update(content)
        self._file.write(content)


def put_in_place(finished: Path, path: Path) -> None:
    """Give a finished file its name, for good: a power cut leaves the old or the new, and whole."""
    finished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's names."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
