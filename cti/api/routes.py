"""Every route of the API, made of what it needs."""

import time

from aiohttp import web

from cti.api.agent_socket import AgentDoor
from cti.api.board import LiveBoard
from cti.api.catch_up import CatchUp
from cti.api.directory import LiveDirectory
from cti.api.health import Health, MissingLists
from cti.api.ports import Clock, Fanout, PopOf, SiteView
from cti.api.recordings import RecordingsDoor, Shelf
from cti.api.sockets import Sockets
from cti.api.supervisor_socket import SupervisorDoor
from cti.api.unknown import unknown_routes
from cti.api.voice_token import IssueVoiceToken, VoiceTokenDoor


def wall_clock() -> int:
    """Milliseconds since 1970, UTC: what tokens expire by."""
    return int(time.time() * 1_000)


def api_routes(
    site: SiteView,
    fanout: Fanout,
    board: LiveBoard,
    sockets: Sockets,
    *,
    pop_of: PopOf,
    version: str,
    clock: Clock = wall_clock,
    issue_voice_token: IssueVoiceToken | None = None,
    recordings: Shelf | None = None,
    missing_lists: MissingLists = dict,
) -> list[web.RouteDef]:
    """Give every durable record to `publish_record` and to `board.take`, and `sockets.close` to `on_shutdown`."""
    directory = LiveDirectory(board, clock)
    agents = AgentDoor(site, fanout, CatchUp(site, fanout, pop_of), directory, sockets, clock, version)
    supervisors = SupervisorDoor(site, fanout, board, sockets, clock, version)
    return [
        web.get("/api/v1/health", Health(site, fanout, version, missing_lists).get),
        web.get("/api/v1/agent/socket", agents.open),
        web.get("/api/v1/supervisor/socket", supervisors.open),
        web.post("/api/v1/voice-token", VoiceTokenDoor(site, clock, issue_voice_token).post),
        *(RecordingsDoor(site, clock, recordings).routes() if recordings else ()),
        *unknown_routes(),
    ]
