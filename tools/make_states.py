"""Writes docs/reference/states.md from the transition tables: `python tools/make_states.py`."""

import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from cti.core.agent import ASSIGNMENT_TRANSITIONS, PRESENCE_TRANSITIONS
from cti.core.call import LEG_TRANSITIONS
from cti.core.contact import CONTACT_TRANSITIONS
from cti.core.states import AssignmentState, ContactState, LegState, Presence

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "states.md"

Transitions = Mapping[StrEnum, Mapping[type, StrEnum | None]]

HEAD = """# States

Everything that a thing can be, and what takes it from one state to the next. This page is made from the tables in the
code by `tools/make_states.py`; the tables are the only place where a move is allowed.

What is not in a table cannot happen: a report of the carrier that does not fit is noted as `ReportIgnored` and has no
effect; a rule that would decide it has its whole turn taken back.
"""


class Section(NamedTuple):
    """A table, what to say about it, and how a thing comes to be: the first state, and the event that puts it there."""

    title: str
    words: str
    transitions: Transitions
    begins: tuple[tuple[StrEnum, str], ...]


SECTIONS = (
    Section(
        "Contact",
        """\
One customer's stay with us. `CONNECTING` is the moment between the agent's leg in the room and the caller's; until then
the caller has not moved, so that an offer that comes to nothing needs no repair.""",
        CONTACT_TRANSITIONS,
        ((ContactState.IN_FLOW, "ContactStarted"),),
    ),
    Section(
        "Leg",
        """\
One endpoint's attachment: the caller's, or an agent's. It moves on the carrier's reports only, never on what we asked
for. A caller's leg begins connected; one that we place, initiated.""",
        LEG_TRANSITIONS,
        ((LegState.INITIATED, "LegStarted"), (LegState.CONNECTED, "LegStarted")),
    ),
    Section(
        "Agent: presence",
        """\
Whether the agent is at work, and whether a desktop is connected. What people call the agent's state (`READY`, `BUSY`,
`WRAP_UP` and so on) is derived: the busiest of the assignments, else the work mode.""",
        PRESENCE_TRANSITIONS,
        ((Presence.SIGNED_OUT, "ConfigApplied"),),
    ),
    Section(
        "Agent: assignment",
        "An agent's hold on one contact.",
        ASSIGNMENT_TRANSITIONS,
        ((AssignmentState.RESERVED, "OfferMade"),),
    ),
)


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(text, SECTIONS)])


def text(section: Section) -> str:
    """A diagram of the moves that change the state, and the list of all."""
    return "\n".join(
        [
            f"## {section.title}\n",
            f"{section.words}\n",
            "```mermaid",
            "stateDiagram-v2",
            *diagram(section),
            "```\n",
            *listing(section.transitions),
            "",
        ]
    )


def diagram(section: Section) -> list[str]:
    """One arrow for each pair of states, with the events that take it; a state without a way out is an end."""
    arrows: dict[tuple[StrEnum, StrEnum | None], list[str]] = {}
    for state, moves in section.transitions.items():
        for event, target in moves.items():
            if target is not state:
                arrows.setdefault((state, target), []).append(event.__name__)
        if not moves:
            arrows[state, None] = []
    lines = [f"    [*] --> {state} : {event}" for state, event in section.begins]
    for (state, target), events in arrows.items():
        label = f" : {', '.join(events)}" if events else ""
        lines.append(f"    {state} --> {target or '[*]'}{label}")
    return lines


def listing(transitions: Transitions) -> list[str]:
    """Every event that may come in each state."""
    lines = []
    for state, moves in transitions.items():
        lines.append(f"- `{state}`" + ("" if moves else ": nothing more happens"))
        targets = list(dict.fromkeys(moves.values()))
        for target in targets:
            events = ", ".join(f"`{event.__name__}`" for event, to in moves.items() if to is target)
            where = "stays" if target is state else f"to `{target}`" if target else "is over"
            lines.append(f"  - {where}: {events}")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(PAGE.parents[2])} written\n")
