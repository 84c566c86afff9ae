"""Lists that nobody needs any more are removed, a good while after the last word of them."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from cti.lists.folder import ListFolder

DAY_S = 24 * 60 * 60.0


class Sweeper:
    """Removes a list once nothing has referred to it for `after_s`, as far as this process has seen; and never one that
    was made within that time."""

    def __init__(self, folder: Path, after_s: float = DAY_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = ListFolder(folder)
        self._after_s = after_s
        self._clock = clock
        self._unused_since: dict[str, float] = {}

    def sweep(self, keep: Collection[str]) -> list[str]:
        """`keep` are the versions that something refers to now. Returns which lists were removed."""
        now = self._clock()
        unused = [version for version in self._folder.digests() if version not in keep]
        self._unused_since = {version: self._unused_since.get(version, now) for version in unused}
        due = {version for version in unused if now - self._unused_since[version] >= self._after_s}
        needed = {version for version in self._folder.digests() if version not in due}
        return self._folder.sweep(needed, self._after_s) if due else []
