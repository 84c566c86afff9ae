"""What the files say about each other: the names that exist, whatever else is wrong with them.

A name is None where its file could not be read: then nothing is said about references to it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

Names = tuple[str, ...] | None

DEFAULT_LANGUAGE = "en-US"


class Staff(msgspec.Struct, frozen=True):
    """Of an agent, what a queue's requirements are compared with."""

    queues: tuple[str, ...]
    skills: dict[str, int]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Handed to every check of a file. `steps` are those of the flow that is being read."""

    queues: Names
    flows: Names
    hours: Names
    prompts: Names
    skills: Names
    staff: tuple[Staff, ...] | None
    clients: Mapping[str, tuple[str, ...]]
    language: str
    calendars: Names
    registries: Names
    steps: Names = ()


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """The files as plain data, however wrong they may be; None for one that could not be read."""

    site: Any
    hours: Any
    queues: Any
    agents: Any
    registries: Any
    calendars: Sequence[Any]


def collect(plain: Plain, *, flows: Names, prompts: Names) -> Known:
    """The names that there are."""
    site, hours, queues, agents = plain.site, plain.hours, plain.queues, plain.agents
    calendars = [_names(entries) for entries in plain.calendars]
    staff = _staff(agents)
    clients: dict[str, tuple[str, ...]] = {}
    for agent_id, agent in _entries(agents).items():
        endpoint = _entries(agent).get("endpoint", f"client:{agent_id}")
        if isinstance(endpoint, str) and endpoint.startswith("client:"):
            clients[endpoint] = (*clients.get(endpoint, ()), agent_id)
    language = _entries(site).get("language")
    return Known(
        queues=_names(queues),
        flows=flows,
        hours=_names(hours),
        prompts=prompts,
        skills=None if staff is None else tuple(sorted({skill for agent in staff for skill in agent.skills})),
        staff=staff,
        clients=clients,
        language=language if isinstance(language, str) else DEFAULT_LANGUAGE,
        calendars=None if None in calendars else tuple(name for found in calendars for name in found or ()),
        registries=_names(plain.registries),
    )


def _names(entries: Any) -> Names:
    return tuple(entries) if isinstance(entries, dict) else None


def _entries(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _staff(agents: Any) -> tuple[Staff, ...] | None:
    if not isinstance(agents, dict):
        return None
    return tuple(
        Staff(
            queues=_queues(_entries(agent).get("queues")),
            skills={
                skill: level
                for skill, level in _entries(_entries(agent).get("skills")).items()
                if isinstance(level, int)
            },
        )
        for agent in agents.values()
    )


def _queues(memberships: Any) -> tuple[str, ...]:
    if not isinstance(memberships, list):
        return ()
    names = [list(item) if isinstance(item, dict) else [item] for item in memberships]
    return tuple(name for found in names for name in found if isinstance(name, str))
