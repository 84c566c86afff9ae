"""`make chaos`: the server's processes are killed at random, one after another, while calls go on, each 0.5 to 1.6 s
after all is ready again. Then everybody is served to the end, and carrier, desktops and records are compared. A mixed
shift, and one of a campaign, follow. Exit status 1, and the files kept, when a call came to harm. 200 kills take
several minutes, more on a busy machine."""

import argparse
import asyncio
import json
import random
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from tests.chaos.dialling.run import LONG, play_dialling
from tests.chaos.kills import kill_at_random
from tests.chaos.play import SLOW
from tests.chaos.shift.run import play_shift

RUNS = {
    "kills": "processes are killed at random under load",
    "shift": "an hour of a mixed shift, ten times as fast, with the carrier's usual faults",
    "killed-shift": "the same at an easier pace, while processes are killed",
    "dialling": "ten real minutes of a campaign with 50 agents, and callers in between, while the carrier is slow, "
    "silent or fails after the deed, workers are killed, agents vanish; then audit and carrier's ledger are compared",
}
DEFAULT = ("kills", "shift", "dialling")
KILLED_RATE = 2.0
"""A restart takes the machine's time, of which a caller's seconds are so many times as short."""

SHIFT_MINUTES = 60

BUSY_S = 8.0
"""Four times what a restart with thousands of live contacts may take."""


def main() -> int:
    options = _options()
    status = 0
    for run in options.runs:
        data_dir = Path("var").absolute() / f"chaos-{run}-{options.seed}"
        _say(f"{run}: {RUNS[run]} (seed {options.seed})")
        try:
            result = asyncio.run(_play(run, data_dir, options))
        except AssertionError as error:  # it did not come back: there is nothing left to kill
            result = {"seed": options.seed, "harm": [str(error)]}
        for line in result["harm"]:
            _say(line)
        if result["harm"]:
            status = 1
            if result.get("ready_again_s_max", 0) > BUSY_S:
                _say(
                    "the server took so long to come back that the machine must be busy: try again later, or --patient"
                )
            _say(f"files kept in {data_dir}; again with: make chaos ARGS='{run} {_again(options)}'")
        print(json.dumps({"run": run, **result}), flush=True)
    return status


def _play(run: str, data_dir: Path, options: argparse.Namespace) -> Coroutine[Any, Any, dict[str, Any]]:
    if run == "kills":
        limits = SLOW if options.patient else ()
        return kill_at_random(data_dir, kills=options.kills, seed=options.seed, progress=_say, carrier_options=limits)
    if run == "dialling":
        size = msgspec.structs.replace(LONG, agents=options.agents, minutes=options.minutes or LONG.minutes)
        return play_dialling(data_dir, size, seed=options.seed, progress=_say)
    killed = run == "killed-shift"
    minutes = options.minutes or SHIFT_MINUTES
    rate = KILLED_RATE if killed else options.rate
    return play_shift(data_dir, minutes=minutes, rate=rate, seed=options.seed, kills=killed, progress=_say)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos",
        description=__doc__,
        epilog="Runs: " + "; ".join(f"{name}: {what}" for name, what in RUNS.items()) + ".",
    )
    add = parser.add_argument
    add("runs", nargs="*", metavar="RUN", help=f"which of {', '.join(RUNS)}; by default {', '.join(DEFAULT)}")
    add("--kills", type=int, default=200, help="kills: how many processes to kill (%(default)s)")
    add("--patient", action="store_true", help="kills: the carrier waits for a minute, not for 15 s")
    add("--minutes", type=float, help="shift, dialling: how long it is, by the callers' time (60, and 10)")
    add("--agents", type=int, default=LONG.agents, help="dialling: how many agents there are (%(default)s)")
    add("--rate", type=float, default=10, help="shift: how many times as fast as ours that passes (%(default)g)")
    add("--seed", type=int, default=random.randrange(1_000_000), help="repeats a run, as far as may be (random)")
    options = parser.parse_args()
    options.runs = options.runs or [*DEFAULT]
    unknown = [run for run in options.runs if run not in RUNS]
    if unknown:
        parser.error(f"{', '.join(unknown)}: the runs are {', '.join(RUNS)}")
    return options


def _again(options: argparse.Namespace) -> str:
    minutes = f"--minutes {options.minutes:g} " if options.minutes else ""
    return f"--kills {options.kills} {minutes}--rate {options.rate:g} --agents {options.agents} --seed {options.seed}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
