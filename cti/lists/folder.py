"""The folder of the lists: `lists/<hash>`, and in `unfinished/` what imports have not finished yet."""

import re
import time
from collections.abc import Collection
from pathlib import Path

from cti.lists.checkpoint import forget, holding
from cti.lists.errors import ImportRunning, ListDamaged, ListError
from cti.lists.number_list import NumberList

UNFINISHED = "unfinished"
DIGEST = re.compile(r"[0-9a-f]{64}")
YOUNG_S = 3_600.0


def list_path(folder: Path, digest: str) -> Path:
    """Where the list with this hash lies. Raises `ListError` for what is no hash: it may have come from outside."""
    if not DIGEST.fullmatch(digest):
        raise ListError("The name of a list is its hash: 64 hexadecimal digits in small letters.")
    return folder / digest


class ListFolder:
    """All lists of a server. None is ever changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, digest: str) -> NumberList:
        """The list with this hash. Raises `ListDamaged` when the file says that it is another one, or `ListError`."""
        numbers = NumberList.open(list_path(self._folder, digest))
        if numbers.digest != digest:
            numbers.close()
            raise ListDamaged(f"{numbers.path} is another list than its name says. Take it from a backup.")
        return numbers

    def digests(self) -> list[str]:
        """The hashes of all lists that there are."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []
        return sorted(name for name in names if DIGEST.fullmatch(name))

    def unreferenced(self, keep: Collection[str], older_s: float = YOUNG_S) -> list[str]:
        """The lists that are not among these, and are older than so many seconds: a young one may have been made a
        moment ago, and nothing had the time to refer to it."""
        before = time.time() - older_s
        return [name for name in self.digests() if name not in keep and (self._folder / name).stat().st_mtime <= before]

    def sweep(self, keep: Collection[str], older_s: float = YOUNG_S) -> list[str]:
        """Remove the lists that are not among these, and are older than so many seconds. Returns which they were.
        Whoever has one of them open keeps it."""
        removed = self.unreferenced(keep, older_s)
        for name in removed:
            (self._folder / name).unlink(missing_ok=True)
        return removed

    def forget_unfinished(self) -> int:
        """Remove what is left of imports that nobody is running; they would begin anew. Returns how many they were."""
        forgotten = 0
        for path in list((self._folder / UNFINISHED).glob("*")):
            try:
                with holding(path):
                    forget(path)
            except ImportRunning:
                continue
            forgotten += 1
        return forgotten
