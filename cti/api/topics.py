"""The names under which frames are published."""

HEAD = "head"
"""One empty frame a turn, the last of it: everything of that turn has been published."""

EVERYONE = "agents"
CONTACTS = "contacts"


def agent_topic(agent_id: str) -> str:
    """What one agent's desktops are told."""
    return f"agent:{agent_id}"


def supervisor_topic(supervisor_id: str) -> str:
    """What one supervisor is answered."""
    return f"supervisor:{supervisor_id}"


def token_topic(token_hash: str) -> str:
    """Something is published here when the token is revoked."""
    return f"token:{token_hash}"
