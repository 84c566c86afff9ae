"""`python -m cti.fakecarrier`: listen, print one JSON line when ready, and serve until told to stop."""

import asyncio
import json
import logging
import os
import signal
import sys
import threading

from cti.fakecarrier.application import Serving
from cti.fakecarrier.options import Options, parse_options


def main() -> None:
    """Run the process; its only line on standard output is the one that says it is ready."""
    options = parse_options()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    asyncio.run(_serve(options))


async def _serve(options: Options) -> None:
    serving = Serving(options)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, serving.stop.set)
    port = await serving.start()
    sys.stdout.write(json.dumps({"ready": True, "port": port}, separators=(",", ":")) + "\n")
    sys.stdout.flush()
    if options.die_with_parent:
        threading.Thread(target=_watch_stdin, args=(loop, serving.stop), daemon=True).start()
    await serving.stop.wait()
    await serving.close()


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Set `stop` when standard input closes: the parent is gone."""
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    main()
