"""Talking to the running server through the sockets in its data directory."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from cti.core.errors import CtiError
from cti.settings import read


class NotRunning(CtiError):
    """No server answers in this data directory."""


class Refused(CtiError):
    """The server's answer is no, with this status."""

    def __init__(self, detail: str, status: int) -> None:
        super().__init__(detail)
        self.status = status


def ask(door: str, method: str, path: str, **request: Any) -> Any:
    """One request to `admin.sock` or `follower.sock`, and its JSON answer. Raises `CtiError` with what was wrong."""
    settings = read(needs_carrier=False)
    return asyncio.run(request_local(settings.data_dir / door, method, path, **request))


async def request_local(socket_path: Path, method: str, path: str, **request: Any) -> Any:
    """The same, inside a running loop."""
    connector = aiohttp.UnixConnector(path=str(socket_path))
    async with aiohttp.ClientSession(connector=connector) as session:
        try:
            async with session.request(method, f"http://local{path}", **request) as response:
                answer = await response.json(content_type=None)
        except aiohttp.ClientConnectionError as error:
            raise NotRunning(
                f"No server answers in {socket_path.parent}. Start it with `cti serve`, or name its files with "
                "CTI_DATA_DIR."
            ) from error
        except ValueError as error:
            raise CtiError("What the server says cannot be understood: see its log.") from error
    if response.status >= 400:
        raise Refused(str(answer.get("detail", answer)), response.status)
    return answer
