"""The lists that a running server looks into: each is opened once, and kept open for as long as it is in use."""

from collections.abc import Collection, Mapping
from pathlib import Path
from threading import Lock
from typing import Self

from cti.lists.errors import ListDamaged, ListError
from cti.lists.folder import ListFolder, list_path
from cti.lists.number_list import NumberList


class OpenLists:
    """As `cti.core.ports.ListLookup`: whether a number is on a registry's list, by the list's hash. Several threads may
    ask at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder
        self._folder = ListFolder(folder)
        self._open: dict[str, NumberList] = {}
        self._leaving: list[NumberList] = []
        self._opening = Lock()

    def holds(self, registry_id: str, version: str, number: str) -> bool:
        """Raises `LookupError` in words where this version is not at hand, or is damaged."""
        try:
            return number in self._list(version)
        except ListDamaged as error:
            words = f"our copy of {registry_id} is damaged: import it again"
            raise LookupError(words) from error
        except ListError as error:
            words = f"our copy of {registry_id} is not there: import it again, or take its file from a backup"
            raise LookupError(words) from error
        except ValueError as error:
            raise LookupError(f"that is no number that {registry_id} could be asked for") from error

    def count(self, version: str) -> int:
        """How many numbers are on a list, all of which is read first. Raises `ListError` when it is not there or not
        whole. Takes a moment: a thread's work."""
        with self._folder.open(version) as numbers:
            numbers.verify()
            count: int = numbers.count
            return count

    def missing(self, versions: Mapping[str, str]) -> dict[str, str]:
        """Of registries, with the versions that are in force: those that cannot be looked into, and why."""
        return {registry_id: why for registry_id, version in versions.items() if (why := self._why_not(version))}

    def keep(self, versions: Collection[str]) -> None:
        """Let go of all other lists, those that were in use a moment ago the next time."""
        with self._opening:
            for numbers in self._leaving:
                numbers.close()
            self._leaving = [numbers for version, numbers in self._open.items() if version not in versions]
            self._open = {version: numbers for version, numbers in self._open.items() if version in versions}

    def close(self) -> None:
        """Let go of all of them. Questions open them again."""
        self.keep(())
        self.keep(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _list(self, version: str) -> NumberList:
        found = self._open.get(version)
        if found is None:
            with self._opening:
                found = self._open.get(version)
                if found is None:
                    found = self._open[version] = self._folder.open(version)
        return found

    def _why_not(self, version: str) -> str:
        """What is open goes on answering without its file, until the server starts again."""
        try:
            if not list_path(self._path, version).is_file():
                return "the file of its list is gone: import it again, or take it from a backup"
            self._list(version)
        except ListDamaged:
            return "its list is damaged: import it again"
        except ListError:
            return "its list cannot be read: see that the server may read its files, or import it again"
        return ""
