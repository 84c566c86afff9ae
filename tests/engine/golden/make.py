"""Make the golden journal of this logic: a day in the example centre, by dice. `python -m tests.engine.golden.make`

An old one of an earlier logic stays: it must go on folding to the same state for ever.
"""

import sys
from pathlib import Path

import msgspec

from cti import engine
from cti.configuration.load import load
from cti.core import events as e
from tests.engine.golden.replay import FOLDER, decide_again, digest, fold, read
from tests.player import Player

ROOT = Path(__file__).parents[3]
SEED, STEPS = 1, 450
CROWDED = "+12025550101"
"""The number with the shortest line."""

WANTED = (
    e.ContactConnected,
    e.ContactRequeued,
    e.ContactQuarantined,
    e.OfferDeclined,
    e.OfferExpired,
    e.OfferWithdrawn,
    e.QueueRefused,
    e.AgentAbsent,
    e.DeviceSuspected,
    e.WrapUpEnded,
    e.AttributeSet,
    e.ScreenPopUpdated,
    e.ReportIgnored,
)
"""What a day must have seen to be worth keeping."""


def main() -> None:
    config = load(ROOT / "config")
    smaller = msgspec.structs.replace(config, agents=dict(sorted(config.agents.items())[:-1]))
    player = Player(SEED, (config, smaller))
    player.play(STEPS)
    for _ in range(4):
        player.site.call(to=CROWDED)
    missing = [kind.__name__ for kind in WANTED if not player.site.ever(kind)]
    assert not missing, f"choose another seed: this day has no {', '.join(missing)}"
    path = FOLDER / f"logic-{engine.LOGIC}.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in player.site.records))
    rows = read(path)
    state = fold(rows)
    assert digest(decide_again(rows)) == digest(state)
    path.with_suffix(".sha256").write_text(f"{digest(state)}\n", encoding="utf-8")
    sys.stdout.write(f"{path.name}: {len(rows)} records, {path.stat().st_size // 1_000} kB\n")


if __name__ == "__main__":
    main()
