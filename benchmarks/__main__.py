"""`make bench`: measure everything, or what is named. Exit status 1 when a figure misses its goal."""

import argparse
import sys

import msgspec

from benchmarks import (
    burst,
    clearance,
    dials,
    engine_figures,
    leads_import,
    lists,
    overload,
    pacing_decision,
    pops,
    rated,
    restart,
    webhook,
)

MEASURES = {
    "webhook_ratio": webhook.measure,
    "engine": engine_figures.measure,
    "clearance": clearance.measure,
    "dials_decided_per_s": dials.measure,
    "pop_ms_p99": pops.measure,
    "burst_ms_p99": burst.measure,
    "rated_connects_per_min": rated.measure,
    "overload_over_s": overload.measure,
    "restart_ready_s": restart.measure,
    "dnc_lists": lists.measure,
    "pacing_decision_ms_p99": pacing_decision.measure,
    "leads_import_1m_s": leads_import.measure,
}


def main() -> int:
    """Print a figure a line; 1 when one misses its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(MEASURES)}; without any, all")
    parser.add_argument("--quick", action="store_true", help="shorter runs, rougher figures")
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MEASURES]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    good = True
    for name in options.names or MEASURES:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        for figure in MEASURES[name](options.quick):
            figure.judge()
            good = good and figure.ok
            print(msgspec.json.encode(figure).decode(), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
