"""`make chaos`: the server's processes are killed at random, one after another, while calls go on, each 0.5 to 1.6 s
after all is ready again. Then everybody is served to the end, and carrier, desktops and records are compared.
Exit status 1, and the files kept, when a call came to harm. 200 kills take several minutes, more on a busy machine."""

import argparse
import asyncio
import json
import random
import sys
from pathlib import Path

from tests.chaos.kills import kill_at_random
from tests.chaos.play import SLOW

BUSY_S = 8.0
"""Four times what a restart with thousands of live contacts may take."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many processes to kill (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(1_000_000), help="repeats a run, as far as may be (random)"
    )
    parser.add_argument("--patient", action="store_true", help="the carrier waits for a minute, not for 15 s")
    options = parser.parse_args()
    data_dir = Path("var").absolute() / f"chaos-{options.seed}"
    limits = SLOW if options.patient else ()
    try:
        result = asyncio.run(
            kill_at_random(data_dir, kills=options.kills, seed=options.seed, progress=_say, carrier_options=limits)
        )
    except AssertionError as error:  # it did not come back: there is nothing left to kill
        result = {"seed": options.seed, "harm": [str(error)]}
    for line in result["harm"]:
        _say(line)
    if result["harm"]:
        if result.get("ready_again_s_max", 0) > BUSY_S:
            _say("the server took so long to come back that the machine must be busy: try again later, or --patient")
        _say(f"files kept in {data_dir}; again with: make chaos ARGS='--kills {options.kills} --seed {options.seed}'")
    print(json.dumps(result))
    return 1 if result["harm"] else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
