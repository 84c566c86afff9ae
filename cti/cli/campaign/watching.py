"""`cti campaign watch`: where its campaigns come from, and what programs get instead of the view."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from rich.console import Console

from cti.cli.joining import check_terminal
from cti.cli.local import NotRunning, request_local
from cti.cli.local import Refused as Said
from cti.client import ClientError, Refused
from cti.core.errors import CtiError
from cti.settings import read
from cti.terminal.campaigns.picture import picture
from cti.terminal.campaigns.source import Ask, Campaigns

ANSWERS_S = 5.0
"""How long an answer may take: a server that hangs is as good as none."""

ROWS = 60
"""More than a campaign has to say; its charts have eight rows each."""


def watch(names: Sequence[str], *, json: bool, once: bool, by: str) -> int:
    """The view until it is left; with `json` an object a line; `once`, and no more. Raises `CtiError`."""
    data_dir = read(needs_carrier=False).data_dir
    source = Campaigns(asking(data_dir), names)
    try:
        if json or once:
            return asyncio.run(_written(source, json=json, once=once))
        check_terminal("campaign watch")
        from cti.terminal.campaigns.app import CampaignsApp

        app = CampaignsApp(str(data_dir), source, by)
        app.run()
        return app.return_code or 0
    except KeyboardInterrupt:
        return 0
    except ClientError as error:
        raise CtiError(str(error)) from error


def asking(data_dir: Path) -> Ask:
    """Asks the server in this data directory, as `Campaigns` wants it."""
    timeout = aiohttp.ClientTimeout(total=ANSWERS_S)

    async def ask(door: str, method: str, path: str, body: Any = None) -> Any:
        try:
            sent = {} if body is None else {"json": body}
            return await request_local(data_dir / door, method, path, timeout=timeout, **sent)
        except NotRunning as error:
            raise ClientError(str(error)) from error
        except Said as error:
            raise Refused(str(error.status), str(error)) from error
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise ClientError("The server does not answer.") from error

    return ask


async def _written(source: Campaigns, *, json: bool, once: bool) -> int:
    """A line, or a picture, an update. While the server is away a line says so; once, it is an error."""
    console = Console(highlight=False)
    async for _ in source.told():
        if once and not source.live:
            raise CtiError(source.why)
        if json:
            print(_line(source), flush=True)
        elif source.stands:
            for name in source.stands:
                console.print(picture(source.shown(name), console.width, ROWS), soft_wrap=True)
        else:
            console.print("no campaigns: see the files of campaigns/")
        if once:
            break
    return 0


def _line(source: Campaigns) -> str:
    if not source.live:
        return orjson.dumps({"at": int(time.time() * 1_000), "away": source.why}).decode()
    campaigns = [
        {**stand, "leads": source.leads.get(name), "trail": source.trails.get(name, [])[-1:]}
        for name, stand in source.stands.items()
    ]
    at = max((each["at"] for each in campaigns), default=int(time.time() * 1_000))
    return orjson.dumps({"at": at, "campaigns": campaigns}).decode()
