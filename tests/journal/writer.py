"""A process that writes to a journal as fast as it can, and says on its standard output what it was told is durable.

`python -m tests.journal.writer URL SEED` never ends but by an error, of which it dies on the spot. With a third
argument, no file may grow beyond so many bytes; it then stops when not even a probe gets through, lifts the limit, and
writes one last batch.
"""

import asyncio
import os
import random
import resource
import sys

from cti.core.errors import JournalError, JournalUnavailable
from cti.journal.sql import SqlJournal
from tests.journal.made import SITE, batch, chain, end_of


async def write(journal: SqlJournal, choice: random.Random) -> None:
    """Appends until an error comes."""
    epoch = await journal.take_over("writer")
    end = await journal.tail()
    while True:
        rows = chain(end, choice.choice((1, 1, 2, 10, 64)), epoch=epoch)
        await journal.append(batch(rows, epoch=epoch))
        end = end_of(rows)
        print(end.seq, flush=True)


async def write_until_full(journal: SqlJournal, choice: random.Random, bytes_max: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_max, hard))
    while True:
        try:
            await write(journal, choice)
        except JournalError as error:
            print(type(error).__name__, flush=True)
        try:
            await journal.probe()
        except JournalUnavailable:
            print("full", flush=True)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    epoch = await journal.take_over("writer")
    rows = chain(await journal.tail(), 64, epoch=epoch)
    await journal.append(batch(rows, epoch=epoch))
    print(rows[-1].seq, flush=True)


async def main(url: str, seed: str, bytes_max: str = "") -> None:
    journal = await SqlJournal.open(url, SITE)
    if bytes_max:
        await write_until_full(journal, random.Random(seed), int(bytes_max))
    else:
        try:
            await write(journal, random.Random(seed))
        except JournalError as error:
            print(type(error).__name__, flush=True)
            os._exit(1)  # nothing is closed in good order
    await journal.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
