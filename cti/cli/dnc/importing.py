"""From a registry's file to the list in force: made here, out of the way of calls, and switched to by the server."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from cti.cli.dialer import question
from cti.cli.dialer.site import read_site
from cti.cli.dnc.plausible import doubt
from cti.cli.local import NotRunning, Refused, ask
from cti.cli.progress import bytes_bar
from cti.configuration.mistake import suggest
from cti.core.errors import CtiError
from cti.dialer.numbering.normalise import LETTERS, Unusable, normalise
from cti.lists.builder import Built, ListBuilder
from cti.lists.errors import ListError
from cti.lists.folder import ListFolder
from cti.lists.merging import Difference, compare
from cti.lists.reading import Counts
from cti.lists.spelling import Normalise
from cti.settings import LISTS, Settings

NICENESS = 10
"""Calls come first: the importing process leaves the processor to them."""

REJECTIONS_SHOWN = 20
AGAIN_S, AGAIN_TIMES = 2.0, 30
UNKNOWN = Difference(-1, -1)
IN_FORCE = "IN-FORCE"

Registry = dict[str, Any]


def registry_of(registry_id: str) -> Registry:
    """What the running server says of it. Raises `CtiError`, where it has no such registry too."""
    known = {row["registry_id"]: row for row in ask("admin.sock", "GET", "/registries")["registries"]}
    if registry_id not in known:
        there_are = f"there are {', '.join(sorted(known)) or 'none: see do_not_call.yaml'}."
        raise CtiError(f"There is no registry {registry_id!r}: {suggest(registry_id, known, there_are)}")
    return dict(known[registry_id])


def as_of(written: str, file: Path) -> tuple[int, str]:
    """Of when the file is (ms), and in words how that is known. A day is taken from its beginning."""
    if not written:
        try:
            at = int(file.stat().st_mtime * 1_000)
        except OSError as error:
            raise CtiError(f"{file} cannot be read: {error.strerror}.") from error
        return at, "the date of the file; say --as-of if it is older"
    if written == "now" or "T" in written:
        return question.instant(written), "as you said"
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise CtiError(f"--as-of: {written!r} is no date: write it like 2026-11-20.") from error
    if day > datetime.now(UTC).date() + timedelta(days=1):
        raise CtiError(f"--as-of: {written} lies in the future: nobody would notice that the list goes stale.")
    began = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return min(int(began.timestamp() * 1_000), time.time_ns() // 1_000_000), "as you said"


def build(settings: Settings, registry: Registry, file: Path, *, changes: bool, column: str) -> Built:
    """Make the list, with a bar. Raises `CtiError`; then the same command goes on where this one was."""
    os.umask(0o077)  # whom not to call is nobody else's business
    with suppress(OSError):
        os.nice(NICENESS)
    region = registry["jurisdiction"].partition("-")[0]
    region = "" if region == "*" else region
    folder = settings.data_dir / LISTS
    meaning: Literal["list", "changes"] = "changes" if changes else "list"
    base = registry["version"] if changes else ""
    builder = ListBuilder(folder, _normalise(region), region)
    with bytes_bar("lines", "rejected") as bar:
        task = bar.add_task(f"importing {file.name}", total=None, lines=0, rejected=0)

        def told(done: int, of: int, counts: Counts) -> None:
            words = "making the list" if done == of else f"importing {file.name}"
            said = {"lines": counts.lines, "rejected": counts.rejected}
            bar.update(task, completed=done, total=of, description=words, **said)  # type: ignore[arg-type]

        try:
            built = builder.build(file, meaning, base=base, column=column, progress=told)
        except KeyboardInterrupt:
            print("stopped: the same command goes on from here", file=sys.stderr)
            raise
    _hand_over(settings.data_dir, built.digest)
    return built


def _normalise(region: str) -> Normalise:
    def e164(written: str) -> str:
        found = normalise(written, region)
        if isinstance(found, Unusable):
            raise ValueError(found.what)  # noqa: TRY004 - what the builder takes for an answer
        if LETTERS in found.notes:  # a registry has none: it is a word, or another column
            raise ValueError("it has letters in it")
        return found.number

    return e164


def _hand_over(data_dir: Path, digest: str) -> None:
    """What root made is the server's, whose files the others are."""
    if os.geteuid() == 0:
        owner = data_dir.stat()
        for path in (data_dir / LISTS, data_dir / LISTS / "unfinished", data_dir / LISTS / digest):
            with suppress(OSError):
                os.chown(path, owner.st_uid, owner.st_gid)


def difference(data_dir: Path, before: str, version: str) -> Difference:
    """What is new and what is gone since the version in force; -1 where that one is not at hand."""
    folder = ListFolder(data_dir / LISTS)
    try:
        with folder.open(version) as new:
            if not before:
                return Difference(new.count, 0)
            with folder.open(before) as old:
                return compare(old, new)
    except ListError:
        return UNKNOWN


def switch(settings: Settings, registry: Registry, built: Built, at: int, by: str) -> dict[str, Any]:
    """Have the server switch to it. The answer says `switched`, `held` or `refused`."""
    site = asyncio.run(read_site(settings))
    doubtful = doubt(site, registry["jurisdiction"], settings.data_dir / LISTS / built.digest)
    changed = difference(settings.data_dir, registry["version"], built.digest)
    wanted = {
        "version": built.digest,
        "as_of": at,
        "base": registry["version"],
        "added": changed.added,
        "removed": changed.removed,
        "by": by,
        "doubt": doubtful,
    }
    return patiently(f"/registries/{registry['registry_id']}", wanted)


def patiently(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post it to the worker; one that is busy, or starts again, is given a minute."""
    for _ in range(AGAIN_TIMES):
        try:
            return dict(ask("admin.sock", "POST", path, json=body))
        except NotRunning:
            pass
        except Refused as refused:
            if refused.status != 503:
                raise
        time.sleep(AGAIN_S)
    return dict(ask("admin.sock", "POST", path, json=body))


def say_read(file: Path, built: Built) -> None:
    """What was read, and the first lines that were not taken."""
    for rejection in built.rejections[:REJECTIONS_SHOWN]:
        where = f"{file}{f' ({rejection.text})' if rejection.text else ''}:{rejection.line}"
        print(f"{where}: {rejection.reason}", file=sys.stderr)
    if built.rejected > REJECTIONS_SHOWN:
        print(f"... and {built.rejected - REJECTIONS_SHOWN:,} lines more", file=sys.stderr)
    print(f"{file}: {built.lines:,} lines, {built.rejected:,} rejected, {built.count:,} numbers ({built.shapes[-1]})")


def say_switched(registry: Registry, answer: dict[str, Any]) -> int:
    """What the server answered; the exit status. Raises `CtiError` for a no."""
    registry_id, outcome = registry["registry_id"], answer["outcome"]
    if outcome == "refused" and answer["code"] == IN_FORCE:
        print(f"{registry_id}: this very version is in force since before; nothing to switch")
        return 0
    if outcome == "refused":
        raise CtiError(f"{registry_id} was not switched: {answer['detail']}")
    count, added, removed = answer["count"], answer.get("added", 0), answer.get("removed", 0)
    changes = f"{added:,} new, {removed:,} gone" if added >= 0 else "what is new cannot be told"
    if outcome == "held":
        print(f"{registry_id} is HELD: {answer['reason']} ({changes}). It is not in force.")
        print(f"If that is right, somebody else says so: cti dnc confirm {registry_id} --by NAME")
        return 1
    day = question.iso(answer["as_of"])[:10]
    print(f"{registry_id} switched: {count:,} numbers, {changes}, as of {day}, version {answer['version'][:12]}")
    if registry["example"]:
        print(
            f"{registry_id} is an example in this site's configuration. With a copy it counts, and grows old, like any "
            "other.",
            file=sys.stderr,
        )
    return 0
