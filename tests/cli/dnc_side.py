"""A server whose rules ask for registries, and what the tests of `cti dnc` do beside it."""

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cti.cli.dialer.site import read_site
from cti.cli.dnc.check import as_json, look_up
from cti.cli.dnc.listing import as_json as registry_json
from cti.cli.dnc.registries import registry_rows
from cti.configuration.load import load
from cti.journal.sql import SqlJournal
from cti.settings import Settings, read
from cti.store.store import Store
from tests.cli.test_check import EXAMPLE
from tests.runtime.owner import owning
from tests.serving import Server, command, environment, serving

MIAMI, OTHER = "+13055550123", "+13055550124"


def example_with_registries(folder: Path, *earnest: str) -> None:
    """The example as `folder/config`, in which these registries are no examples."""
    shutil.copytree(EXAMPLE, folder / "config")
    path = folder / "config" / "do_not_call.yaml"
    lines = path.read_text().splitlines(keepends=True)
    under, kept = "", []
    for line in lines:
        if line[:1].isalpha():
            under = line.partition(":")[0]
        if not (under in earnest and line.strip().startswith("example:")):
            kept.append(line)
    path.write_text("".join(kept))


async def start_and_stop(folder: Path) -> None:
    """The data of a site that was started with `folder/config`, without the processes of a server."""
    (folder / "data").mkdir()
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{folder}/data/journal.db", "main")
    async with owning(load(folder / "config"), journal=journal):
        pass
    await journal.close()
    await (await Store.open(f"sqlite+aiosqlite:///{folder}/data/store.db")).close()


@asynccontextmanager
async def calling_server(folder: Path) -> AsyncIterator[Server]:
    """It is ready; us_national is asked for in earnest."""
    if not (folder / "config").exists():
        example_with_registries(folder, "us_national")
    async with serving(folder, {}) as server:
        await server.until("ready")
        yield server


async def dnc(folder: Path, *arguments: str) -> tuple[int, str, str]:
    return await command(folder, "dnc", *arguments)


async def done(folder: Path, *arguments: str) -> str:
    """The output of `cti dnc` where nothing goes wrong."""
    status, output, errors = await dnc(folder, *arguments)
    assert status == 0, errors
    return output


async def looked_up(folder: Path, number: str, campaign: str = "") -> dict[str, Any]:
    """What `cti dnc check --json` says, without a process for each question."""
    return dict(json.loads(as_json(await look_up(settings_of(folder), number, campaign, ""))))


async def registry(folder: Path, registry_id: str = "us_national") -> dict[str, Any]:
    """What `cti dnc list --json` says of it."""
    settings = settings_of(folder)
    rows = registry_rows(await read_site(settings), settings.data_dir)
    at = time.time_ns() // 1_000_000
    return next(registry_json(row, at) for row in rows if row.registry_id == registry_id)


def settings_of(folder: Path) -> Settings:
    return read(environment(folder, "http://127.0.0.1:9"))


def registry_file(folder: Path, numbers: range, name: str = "registry.txt", area: int = 202) -> str:
    """As the registry publishes it: area code and number in two columns."""
    (folder / name).write_text("".join(f"{area},555{number:04}\n" for number in numbers))
    return name


def on_list(answer: dict[str, Any], registry_id: str = "us_national") -> bool | None:
    """Whether the number is on the registry's list; None where that cannot be told."""
    found: bool | None = next(row["listed"] for row in answer["registries"] if row["registry"] == registry_id)
    return found
