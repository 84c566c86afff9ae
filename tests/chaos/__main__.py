"""`make chaos`: the long fault runs. Exit status 1, and the files kept, when a call came to harm."""

import argparse
import asyncio
import json
import random
import sys
from pathlib import Path

from tests.chaos.kills import kill_at_random


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many processes to kill")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="repeats a run, as far as may be")
    options = parser.parse_args()
    data_dir = Path("var").absolute() / f"chaos-{options.seed}"
    result = asyncio.run(
        kill_at_random(data_dir, kills=options.kills, seed=options.seed, progress=_say, carrier_options=())
    )
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
