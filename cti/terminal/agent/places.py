"""Where a customer can go, or whom to ask: the directory as rows, fewer with each letter that is typed."""

import re
from collections.abc import Iterator

from cti.client import Directory, DirectoryAgent, DirectoryQueue
from cti.terminal.dialogs import Choice
from cti.terminal.words import count, plain, since, state_in_words

ROWS_MAX = 200
NUMBER = re.compile(r"\+?[\d\s()/.-]{3,}")


def rows_of(directory: Directory, me: str, text: str, now: float, *, with_queues: bool) -> list[Choice]:
    """Who is free, then queues, then who is not free now, each by name; a typed number comes first."""
    wanted = text.casefold().split()
    agents = sorted(directory.agents.values(), key=lambda row: (row.name.casefold(), row.agent_id))
    found = [row for row in agents if row.agent_id != me and _fits(wanted, row.agent_id, row.name, *row.queue_ids)]
    free = [row for row in found if row.state == "READY"]
    queues = sorted(directory.queues.values(), key=lambda row: (row.name.casefold(), row.queue_id))
    rows = [
        *_number(text),
        *(_agent(row, now) for row in free),
        *(_queue(row) for row in queues if with_queues and _fits(wanted, row.queue_id, row.name, "queue")),
        *(_agent(row, now) for row in found if row.state != "READY"),
    ]
    return rows[:ROWS_MAX]


def _fits(wanted: list[str], *words: str) -> bool:
    said = " ".join(words).casefold()
    return all(word in said for word in wanted)


def _number(text: str) -> Iterator[Choice]:
    if not NUMBER.fullmatch(text.strip()):
        return
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+"):
        yield Choice(f"number:+{digits}", f"outside number +{digits}")
    else:
        yield Choice("", "an outside number begins with + and the country code", possible=False)


def _agent(row: DirectoryAgent, now: float) -> Choice:
    serves = f"  ({', '.join(map(plain, row.queue_ids))})" if row.queue_ids else ""
    state = f"{state_in_words(row.state, row.reason)} {since(row.since, now)}".rstrip()
    return Choice(f"agent:{row.agent_id}", f"{row.name or row.agent_id}: {state}{serves}", row.state == "READY")


def _queue(row: DirectoryQueue) -> Choice:
    ready = count(row.ready, "agent ready", "agents ready")
    return Choice(f"queue:{row.queue_id}", f"queue {row.name or plain(row.queue_id)}: {row.waiting} waiting, {ready}")
