"""A figure: what was measured, against what, and whether it is good enough."""

import os
import platform
from collections.abc import Callable
from pathlib import Path

import msgspec

AT_LEAST = "at_least"
AT_MOST = "at_most"


class Figure(msgspec.Struct, kw_only=True):
    """`ratio` is `value` to `baseline`, where there is one. `goal` bounds the ratio if there is one, else the value."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    goal: float
    bound: str = AT_MOST
    ok: bool = False
    runs: int = 1
    machine: str = ""
    detail: str = ""

    def judge(self) -> "Figure":
        """Say whether it is good enough, and where it was measured."""
        judged = self.ratio if self.ratio is not None else self.value
        self.ok = judged >= self.goal if self.bound == AT_LEAST else judged <= self.goal
        self.machine = machine()
        return self


Measure = Callable[[bool], list[Figure]]
"""Takes whether to be quick; raises when the figure cannot be measured."""


def machine() -> str:
    """Processors and Python: figures of different machines are not to be compared."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor()
    return f"{os.cpu_count()} x {model}, Python {platform.python_version()}"
