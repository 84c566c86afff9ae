"""Make `docs/openapi.json` from the types of what is answered over HTTP: `python tools/make_openapi.py`."""

from pathlib import Path
from typing import Any

import msgspec

from cti.api.recordings import KINDS, LIMIT
from cti.store.recordings import LIMIT_MAX, STATUSES, RecordingRecord

TARGET = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"

PROBLEM = {
    "type": "object",
    "description": "Why not (RFC 9457). `code` is stable, `detail` says what to do.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}

ID = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"}
MS = {"type": "integer", "minimum": 0, "description": "milliseconds since 1970, UTC"}


def recording() -> dict[str, Any]:
    """A recording as it is answered: every field of its record, and where to hear it."""
    [_, made] = msgspec.json.schema_components([RecordingRecord])
    schema: dict[str, Any] = made["RecordingRecord"]
    properties = {name: {**rest} for name, rest in schema["properties"].items()}
    for each in properties.values():
        each.pop("default", None)
    properties["kind"]["enum"] = list(KINDS)
    properties["status"]["enum"] = list(STATUSES)
    properties["audio"] = {"type": "string", "description": "where to hear it; empty while there is nothing to hear"}
    described = " ".join((RecordingRecord.__doc__ or "").split())
    return {"type": "object", "description": described, "properties": properties, "required": sorted(properties)}


def parameter(name: str, schema: dict[str, Any], description: str, place: str = "query") -> dict[str, Any]:
    """Something that may be asked by."""
    return {"name": name, "in": place, "required": place == "path", "description": description, "schema": schema}


def answer(description: str, schema: dict[str, Any], kind: str = "application/json") -> dict[str, Any]:
    """What comes back."""
    return {"description": description, "content": {kind: {"schema": schema}}}


def problems(**described: str) -> dict[str, Any]:
    """What may go wrong, by status."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status.removeprefix("s"): answer(text, schema, "application/problem+json") for status, text in described.items()
    }


def operation(scope: str, summary: str, answers: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    """One thing to ask for; `scope` is what the token must be for."""
    doors = problems(
        s401="`no_token`, `unknown_token` or `expired_token`",
        s403=f"`wrong_scope`: it takes a token of scope {scope}",
        s503="nothing can be looked up or recorded now: try again in a moment",
    )
    made: dict[str, Any] = {"summary": summary, "responses": {**(doors if scope else {}), **answers}}
    if scope:
        made["security"] = [{"token": [scope]}]
    if parameters:
        made["parameters"] = list(parameters)
    return made


def paths() -> dict[str, Any]:
    """Every address that answers plain HTTP."""
    token = {"token": {"type": "string"}, "identity": {"type": "string"}, "expires_at": MS}
    health = _object({name: {"type": "string"} for name in ("status", "why", "version")}, "seq", "load")
    why_missing = "the registries that cannot be looked into, each with the reason; left out where there are none"
    health["properties"]["missing_registries"] = {"type": "object", "description": why_missing}
    return {
        "/api/v1/health": {
            "get": operation(
                "",
                "Can this server take calls?",
                {
                    "200": answer("`ready`, or `holding`: callers hear music", health),
                    "503": answer("`starting`", health),
                },
            )
        },
        "/api/v1/voice-token": {
            "post": operation(
                "agent",
                "A token with which the agent's own softphone signs in at the carrier",
                {
                    "200": answer("the token", _object(token)),
                    **problems(s409="`no_softphone` or `bad_identity`", s501="`no_softphones`"),
                },
            )
        },
        **recording_paths(),
    }


def recording_paths() -> dict[str, Any]:
    """What supervisors ask of recordings."""
    one = {"$ref": "#/components/schemas/Recording"}
    page = {
        "type": "object",
        "required": ["recordings", "next"],
        "properties": {
            "recordings": {"type": "array", "items": one},
            "next": {"type": "string", "description": "`before` of the next page; empty on the last"},
        },
    }
    named = parameter("recording_id", ID, "our own name for the recording", "path")
    unknown = problems(s404="`unknown_recording`")
    return {
        "/api/v1/recordings": {
            "get": operation(
                "supervisor",
                "Recordings, the last asked for first",
                {"200": answer("a page of them", page), **problems(s400="`bad_query`")},
                parameter("contact_id", ID, "only of this contact"),
                parameter("asked_by", ID, "only those that this agent asked for"),
                parameter("kind", {"type": "string", "enum": list(KINDS)}, "only of this kind"),
                parameter("status", {"type": "string", "enum": list(STATUSES)}, "only of this status"),
                parameter("from", MS, "only those asked for at this time or later"),
                parameter("until", MS, "only those asked for before this time"),
                parameter("before", {"type": "string"}, "`next` of the page before"),
                parameter(
                    "limit",
                    {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT},
                    "how many at most",
                ),
            )
        },
        "/api/v1/recordings/{recording_id}": {
            "get": operation("supervisor", "One recording", {"200": answer("its record", one), **unknown}, named)
        },
        "/api/v1/recordings/{recording_id}/audio": {
            "get": operation(
                "supervisor",
                "Hear it. That you do is on record before the first byte comes.",
                {
                    "200": answer("the sound", {"type": "string", "format": "binary"}, "audio/x-wav"),
                    **problems(
                        s404="`unknown_recording`; `no_audio`: the carrier has none, or not yet",
                        s409="`not_complete`: it still runs, or is being made ready",
                        s410="`no_audio`: nothing was recorded, or it is lost",
                        s502="`carrier`: the carrier does not hand it out",
                        s503="`audio_busy`: five are being heard, try again when somebody has finished; or nothing "
                        "can be looked up or recorded now: try again in a moment",
                    ),
                },
                named,
            )
        },
    }


def _object(properties: dict[str, Any], *others: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": sorted([*properties, *others]),
        "properties": {**properties, **{name: {} for name in others}},
    }


def document() -> dict[str, Any]:
    """The whole of it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "cti over HTTP",
            "version": "1",
            "description": "What is asked once. What happens is told on the sockets: see asyncapi.json.",
        },
        "paths": paths(),
        "components": {
            "schemas": {"Problem": PROBLEM, "Recording": recording()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`cti token issue` makes one."}
            },
        },
    }


def rendered() -> str:
    """The document as it stands in the file."""
    content = msgspec.json.encode(document(), order="sorted")
    return msgspec.json.format(content, indent=2).decode() + "\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), encoding="utf-8")
