"""How each event changes the state: one table from event type to function. Nothing here decides."""

from collections.abc import Callable
from typing import Any

from cti.core.apply import agents, contacts, conversation, dialling, legs, recordings, site, spend

Apply = Callable[[Any, Any, Any], None]

APPLY: dict[type, Apply] = {}
for _room in (legs, contacts, conversation, recordings, dialling, spend, agents, site):
    APPLY.update(_room.APPLY)
