"""Writes docs/asyncapi.json: what is said on the sockets, as AsyncAPI 3.0, from the very types that say it.

Run it as `python tools/make_asyncapi.py` after a change of a frame or a request.
"""

from pathlib import Path
from typing import Any, get_args

import msgspec

from cti.api.requests import AnyRequest
from cti.api.supervisor_requests import AnySupervisorRequest
from cti.views.board_frames import AnyBoardFrame
from cti.views.frames import AgentFrame

TARGET = Path(__file__).resolve().parents[1] / "docs" / "asyncapi.json"
API_VERSION = "1"

AGENT_FRAMES = get_args(AgentFrame)
REQUESTS = get_args(AnyRequest)
BOARD_FRAMES = get_args(AnyBoardFrame)
BOARD_REQUESTS = get_args(AnySupervisorRequest)

CURSOR = {
    "type": "object",
    "properties": {
        "cursor": {
            "type": "string",
            "pattern": r"^[0-9]{1,15}(\.[0-9]{1,6})?$",
            "description": "The place up to which everything was taken: SEQ.INDEX of the last frame, or SEQ after "
            "`resync` and `live`. Without it the whole desk is sent.",
        }
    },
}


def document() -> dict[str, Any]:
    """The document as plain data."""
    _, schemas = msgspec.json.schema_components(
        [*AGENT_FRAMES, *REQUESTS, *BOARD_FRAMES, *BOARD_REQUESTS], ref_template="#/components/schemas/{name}"
    )
    return {
        "asyncapi": "3.0.0",
        "id": "urn:cti:sockets",
        "info": {
            "title": "Sockets for agents and supervisors",
            "version": API_VERSION,
            "description": "Text frames, each one JSON object with a `type`. Times are milliseconds since 1970, UTC. "
            "Readers ignore fields and types that they do not know.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "centre": {
                "host": "{host}",
                "protocol": "wss",
                "variables": {"host": {"default": "localhost:8080", "description": "Where the server listens."}},
                "security": [{"$ref": "#/components/securitySchemes/token"}],
            }
        },
        "channels": {
            "agent": channel("/api/v1/agent/socket", "An agent's desktop.", [*AGENT_FRAMES, *REQUESTS], CURSOR),
            "supervisor": channel(
                "/api/v1/supervisor/socket", "The wallboard of a site.", [*BOARD_FRAMES, *BOARD_REQUESTS]
            ),
        },
        "operations": {
            "tellAgent": operation("send", "agent", AGENT_FRAMES, "What happens, each frame once and in order."),
            "askAsAgent": operation("receive", "agent", REQUESTS, "What an agent can ask for.")
            | reply("agent", AGENT_FRAMES, "Done", "Refused"),
            "tellSupervisor": operation("send", "supervisor", BOARD_FRAMES, "The board, and contacts that are closed."),
            "askAsSupervisor": operation("receive", "supervisor", BOARD_REQUESTS, "What a supervisor can ask for.")
            | reply("supervisor", BOARD_FRAMES, "BoardDone", "BoardRefused"),
        },
        "components": {
            "messages": {
                kind.__name__: message(kind) for kind in (*AGENT_FRAMES, *REQUESTS, *BOARD_FRAMES, *BOARD_REQUESTS)
            },
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`cti token issue` makes one; its scope is agent or supervisor.",
                }
            },
        },
    }


def reply(channel_name: str, frames: tuple[type, ...], *names: str) -> dict[str, Any]:
    """How requests are answered: by those of the channel's frames."""
    answers = tuple(kind for kind in frames if kind.__name__ in names)
    return {"reply": {"channel": reference("channels", channel_name), "messages": messages(channel_name, answers)}}


def reference(*path: str) -> dict[str, str]:
    """A reference within the document."""
    return {"$ref": "#/" + "/".join(path)}


def channel(address: str, summary: str, kinds: list[type], query: dict[str, Any] | None = None) -> dict[str, Any]:
    """A socket, with everything that may be said on it."""
    binding = {"ws": {"method": "GET", **({"query": query} if query else {})}}
    return {
        "address": address,
        "summary": summary,
        "messages": {kind.__name__: reference("components", "messages", kind.__name__) for kind in kinds},
        "bindings": binding,
    }


def messages(channel_name: str, kinds: tuple[type, ...]) -> list[dict[str, str]]:
    """References to messages of a channel."""
    return [reference("channels", channel_name, "messages", kind.__name__) for kind in kinds]


def operation(action: str, channel_name: str, kinds: tuple[type, ...], summary: str) -> dict[str, Any]:
    """What the server does on a channel."""
    return {
        "action": action,
        "channel": reference("channels", channel_name),
        "summary": summary,
        "messages": messages(channel_name, kinds),
    }


def message(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """One type of frame, named as on the wire."""
    return {
        "name": str(kind.__struct_config__.tag),
        "title": kind.__name__,
        "summary": " ".join((kind.__doc__ or "").split()),
        "payload": reference("components", "schemas", kind.__name__),
    }


def rendered() -> str:
    """The document as it stands in the file."""
    content = msgspec.json.encode(document(), order="sorted")
    return msgspec.json.format(content, indent=2).decode() + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
