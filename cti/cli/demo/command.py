"""The command itself."""

import asyncio

from cti.core.errors import CtiError

UNITS_S = {"s": 1, "m": 60, "h": 3_600}


def demo(*, for_: str = "", json: bool = False) -> int:
    """Run the example centre beside a carrier of its own, and watch it, until Ctrl-C.

    Parameters
    ----------
    for_
        How long, such as 30s or 5m; without it, until Ctrl-C.
    json
        No pictures: one line of JSON at the end.
    """
    from cti.cli.demo.show import run

    return asyncio.run(run(seconds_of(for_), as_json=json))


def seconds_of(text: str) -> float | None:
    """`30s`, `5m`, `1h` or a number of seconds; None for an empty text."""
    if not text:
        return None
    factor = UNITS_S.get(text[-1])
    try:
        return float(text[:-1]) * factor if factor else float(text)
    except ValueError:
        raise CtiError(f"--for: {text!r} is no length of time; write it like 30s, 5m or 1h.") from None
