"""How each event changes the state: one table from event type to function. Nothing here decides."""

from collections.abc import Callable
from typing import Any

from cti.core.apply import agents, contacts, conversation, dialling, legs, site

Apply = Callable[[Any, Any, Any], None]

APPLY: dict[type, Apply] = {}
for _table in (legs.APPLY, contacts.APPLY, conversation.APPLY, dialling.APPLY, agents.APPLY, site.APPLY):
    APPLY.update(_table)
