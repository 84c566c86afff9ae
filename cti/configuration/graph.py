"""Where a flow can take a caller: no step is out of reach, and nobody goes round for ever.

Works on plain data, so that it finds what it can while other things are still wrong.
"""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from pydantic_core import PydanticCustomError

from cti.configuration.mistake import printable
from cti.configuration.written.base import Location, wrong
from cti.configuration.written.flow import STEPS_MAX as FLOW_STEPS_MAX
from cti.configuration.written.flow import kinds
from cti.ivr.flow import STEPS_MAX as WALK_STEPS_MAX

# The ways on that a caller takes without pressing anything, by kind of step.
UNASKED = {
    "play": ("next",),
    "menu": ("otherwise",),
    "collect": ("otherwise",),
    "hours": ("open", "closed"),
    "look_up": ("known", "unknown"),
    "enqueue": ("full",),
    "voicemail": ("next",),
    "hang_up": (),
}
LISTENING = (["menu"], ["collect"], ["voicemail"])
SHOWN_STEPS_MAX = 6

SIZE_MAX = 10_000
"""Characters that may be said in one go: even if each needs six bytes, they fit into a carrier's 64 kB."""

PART_SIZE = 60

Ways = dict[str, list[str]]
Found = Iterator[tuple[Location, PydanticCustomError]]


def check(flow: Any) -> Found:
    """What is wrong with the ways between the steps, with the place of it below the flow."""
    steps = flow.get("steps") if isinstance(flow, dict) else None
    if not isinstance(steps, dict) or len(steps) > FLOW_STEPS_MAX:
        return
    unasked = {name: _unasked(step) for name, step in steps.items()}
    circles = list(_circles(_among(unasked, steps)))
    for circle in circles:
        yield ("steps", circle[0], "[key]"), _describe(circle, steps)
    if not circles:
        yield from _too_long(steps, _among(unasked, steps))
    every = {name: unasked[name] + _asked(step) for name, step in steps.items()}
    start = flow.get("start")
    if isinstance(start, str) and start in steps and _among(every, steps) == every:
        reached = _reached(start, every)
        for name in steps:
            if name not in reached:
                yield ("steps", name, "[key]"), wrong("no way leads to this step", "lead one here, or take it out")


def _too_long(steps: dict[str, Any], ways: Ways) -> Found:
    """A caller is taken through steps in one go, and one document carries all that is heard on the way."""
    walks = {name: [] if kinds(steps[name]) in LISTENING else targets for name, targets in ways.items()}
    ahead: dict[str, tuple[int, int]] = {}
    for name in TopologicalSorter(walks).static_order():
        ways_on = [ahead[target] for target in walks[name]]
        count = 1 + max((count for count, _ in ways_on), default=0)
        ahead[name] = count, _size(steps[name]) + max((size for _, size in ways_on), default=0)
    longest = max(steps, key=lambda name: ahead[name][0], default="")
    if longest and ahead[longest][0] > WALK_STEPS_MAX:
        what = f"from here {ahead[longest][0]} steps follow each other without asking the caller anything"
        yield ("steps", longest, "[key]"), wrong(what, f"make it at most {WALK_STEPS_MAX}")
    wordiest = max(steps, key=lambda name: ahead[name][1], default="")
    if wordiest and ahead[wordiest][1] > SIZE_MAX:
        what = f"from here about {ahead[wordiest][1]} characters are said before the caller is asked anything"
        yield ("steps", wordiest, "[key]"), wrong(what, f"make it at most {SIZE_MAX}")


def _size(step: Any) -> int:
    """About how many characters of a carrier's document the step's prompts take."""
    found = kinds(step)
    return _prompt_size(step[found[0]]) + _prompt_size(step.get("invalid")) if len(found) == 1 else 0


def _prompt_size(prompt: Any) -> int:
    parts = prompt if isinstance(prompt, list) else [prompt]
    texts = [value for part in parts for value in (part.values() if isinstance(part, dict) else [part])]
    return sum(len(text) + PART_SIZE for text in texts if isinstance(text, str))


def _unasked(step: Any) -> list[Any]:
    """Where the step leads by itself; None for a way that cannot be told."""
    found = kinds(step)
    return [step.get(key) for key in UNASKED[found[0]]] if len(found) == 1 else [None]


def _asked(step: Any) -> list[Any]:
    """Where keys and digits lead."""
    found = kinds(step)
    if found == ["menu"]:
        choices = step.get("choices")
        return list(choices.values()) if isinstance(choices, dict) else [None]
    return [step.get("next")] if found == ["collect"] else []


def _among(ways: dict[str, list[Any]], steps: dict[str, Any]) -> Ways:
    """Without the ways to nowhere, which are reported where they are written."""
    return {
        name: [target for target in targets if isinstance(target, str) and target in steps]
        for name, targets in ways.items()
    }


def _reached(start: str, ways: Ways) -> set[str]:
    reached = {start}
    ahead = [start]
    while ahead:
        for target in ways[ahead.pop()]:
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    return reached


def _circles(ways: Ways) -> Iterator[list[str]]:
    """The circles that a walk in the order of the file closes, each from the step where it was entered."""
    left: set[str] = set()
    for start in ways:
        path = [start] if start not in left else []
        untried = [iter(ways[start])]
        while path:
            target = next(untried[-1], None)
            if target is None:
                left.add(path.pop())
                untried.pop()
            elif target in path:
                yield path[path.index(target) :]
            elif target not in left:
                path.append(target)
                untried.append(iter(ways[target]))


def _describe(circle: list[str], steps: dict[str, Any]) -> PydanticCustomError:
    names = [printable(name) for name in (*circle, circle[0])]
    if len(names) > SHOWN_STEPS_MAX:
        names[SHOWN_STEPS_MAX // 2 : -SHOWN_STEPS_MAX // 2] = ["..."]
    way = " -> ".join(names)
    found = [kinds(steps[name]) for name in circle]
    if any(kind in LISTENING for kind in found):
        what = f"a caller who presses nothing goes round for ever ({way})"
    elif ["enqueue"] in found:
        what = f"while the queue is full a caller goes round for ever ({way})"
    else:
        what = f"callers go round for ever and are never asked anything ({way})"
    return wrong(what, "let one of these steps lead elsewhere, such as to a hang_up")
