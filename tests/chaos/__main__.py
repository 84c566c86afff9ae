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


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many processes to kill (%(default)s)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(1_000_000), help="repeats a run, as far as may be (random)"
    )
    options = parser.parse_args()
    data_dir = Path("var").absolute() / f"chaos-{options.seed}"
    try:
        result = asyncio.run(
            kill_at_random(data_dir, kills=options.kills, seed=options.seed, progress=_say, carrier_options=())
        )
    except AssertionError as error:  # it did not come back: there is nothing left to kill
        result = {"seed": options.seed, "harm": [str(error)]}
    for line in result["harm"]:
        _say(line)
    if result["harm"]:
        _say(f"files kept in {data_dir}; again with: make chaos ARGS='--kills {options.kills} --seed {options.seed}'")
    print(json.dumps(result))
    return 1 if result["harm"] else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
