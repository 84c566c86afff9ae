"""Is it the agent who has answered? A key tells: machines press none."""

from cti.core.config import Prompt
from cti.core.plan import Collect, Door, GoOn, Plan

ACCEPTS = "1"
LISTEN_S = 8
"""How long somebody who has answered may think about it."""


def listen(prompts: Prompt) -> Plan:
    """Say it, and listen for a key."""
    return Plan((Collect(prompts=prompts, timeout_s=LISTEN_S, digits_max=1), GoOn(door=Door.NEXT)))
