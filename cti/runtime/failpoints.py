"""Places where tests make the server fail. Armed by `CTI_FAILPOINTS`, for example
`after_decide=kill:20;before_commit=stall:5000:3`: at the 20th passing die by SIGKILL; at the third, wait 5,000 ms.

Actions: `kill[:passing]`, `fail[:passing]` (raises `JournalUnavailable`), `stall:ms[:passing]`, `hang:ms[:passing]`
(blocks the loop), `raise[:passing]`. Without `passing` the first one counts. Each fires once. With `when=FILE` among
them, no passing counts until there is that file; who sees it first takes it away.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

from cti.core.errors import CtiError, JournalUnavailable, SettingsError

POINTS = (
    "after_read",
    "in_decide",
    "after_decide",
    "before_commit",
    "after_commit",
    "before_reply",
    "after_reply",
    "before_send",
    "unanswered",  # the carrier has carried a request out, and what it says of it is not read yet
    "after_send",
    "before_confirm",
    "in_snapshot",
    "in_recovery",
    "after_recovery",
)


class FailpointRaised(CtiError):
    """What `raise` raises."""


class Failpoints:
    """Counts passings; does nothing at all unless armed."""

    def __init__(self, text: str = "") -> None:
        self._armed: dict[str, tuple[str, int, int]] = {}
        self._when = ""
        for part in filter(None, text.split(";")):
            point, _, action = part.partition("=")
            if point == "when":
                self._when = action
                continue
            words = action.split(":")
            timed = words[0] in ("stall", "hang")
            if point not in POINTS or words[0] not in ("kill", "fail", "stall", "hang", "raise"):
                raise SettingsError(f"CTI_FAILPOINTS: unknown point or action in {part!r}; points: {', '.join(POINTS)}")
            milliseconds = int(words[1]) if timed else 0
            passing = int(words[-1]) if len(words) > (2 if timed else 1) else 1
            self._armed[point] = (words[0], milliseconds, passing)

    def __bool__(self) -> bool:
        return bool(self._armed)

    def _fires(self, point: str) -> tuple[str, int] | None:
        armed = self._armed.get(point)
        if armed is None or not self._is_time():
            return None
        action, milliseconds, passing = armed
        if passing > 1:
            self._armed[point] = (action, milliseconds, passing - 1)
            return None
        del self._armed[point]
        return action, milliseconds

    def _is_time(self) -> bool:
        if self._when:
            try:
                Path(self._when).unlink()
            except FileNotFoundError:
                return False
            self._when = ""
        return True

    def here(self, point: str) -> None:
        """A passing in code that does not wait."""
        fired = self._fires(point)
        if fired:
            self._act(*fired, point)

    async def pass_by(self, point: str) -> None:
        """A passing in code that may wait."""
        fired = self._fires(point)
        if fired is None:
            return
        if fired[0] == "stall":
            await asyncio.sleep(fired[1] / 1_000)
        else:
            self._act(*fired, point)

    def _act(self, action: str, milliseconds: int, point: str) -> None:
        if action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if action == "fail":
            raise JournalUnavailable(f"failpoint {point}")
        if action == "raise":
            raise FailpointRaised(point)
        time.sleep(milliseconds / 1_000)
