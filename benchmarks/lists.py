"""The big do-not-call lists: `dnc_memory_mib_250m`, `dnc_lookup_us_p50` and `dnc_import_10m_s`.

250 million numbers lie as a national registry's do: in nearly every exchange of every area code, about a thousand in
each. A process of its own asks for them until all of the list is in its memory. Ten million more are imported from a
file as the registry publishes it, area code and number in two columns, in no order at all, beside a server at work.
"""

import random
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import msgspec
import phonenumbers

from benchmarks import registry_import
from benchmarks.figure import Figure
from cti.lists.blocks import BITMAP_BYTES, BLOCK
from cti.lists.number_list import NumberList
from cti.lists.writing import ListWriter

LISTED, IMPORTED = 250_000_000, 10_000_000
ASKED = 200_000
QUICK = 10
"""With `--quick`, a tenth of all that."""

DENSITY = "01011000"
"""26/256 of a block's numbers, as a binary fraction from its last digit on."""
STRIDE = 6_180_339_887
"""A prime: every place in a file comes once, and far from the one before."""
MIB = 1024 * 1024


class Asked(msgspec.Struct):
    """What it took to hold a list in memory and to ask for numbers on it."""

    resident_kib: int
    of_list_kib: int
    list_bytes: int
    p50_us: float
    p99_us: float


def measure(quick: bool) -> list[Figure]:
    """The three figures, each of one run."""
    share = QUICK if quick else 1
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=_disk()))
    try:
        asked, count = _ask(folder, LISTED // share)
        _write_text(folder / "registry.txt", IMPORTED // share)
        imported = registry_import.measure(folder / "registry.txt", IMPORTED // share)
    finally:
        shutil.rmtree(folder)
    memory = (
        f"{count:,} numbers in a file of {asked.list_bytes / MIB:.0f} MiB, {asked.of_list_kib / 1024:.0f} in memory"
    )
    lookup = f"{ASKED:,} questions, half of them for numbers on the list; 99 % within {asked.p99_us:.1f} us"
    return [
        Figure(
            name="dnc_memory_mib_250m", value=round(asked.resident_kib / 1024), unit="MiB", goal=1024, detail=memory
        ),
        Figure(name="dnc_lookup_us_p50", value=round(asked.p50_us, 2), unit="us", goal=10, detail=lookup),
        imported,
    ]


def _ask(folder: Path, count: int) -> tuple[Asked, int]:
    path = folder / "list"
    _write_list(path, count)
    asked = msgspec.json.decode(_child(path), type=Asked)
    assert asked.of_list_kib * 1024 >= asked.list_bytes, "not all of the list was in memory"
    with NumberList.open(path) as numbers:
        assert numbers.count >= count
        return asked, numbers.count


def _write_list(path: Path, count: int) -> None:
    writer = ListWriter(path)
    choice = random.Random(4)
    for key in _exchanges():
        bits = 0
        for digit in DENSITY:
            some = choice.getrandbits(BLOCK)
            bits = some | bits if digit == "1" else some & bits
        writer.add(key, bits.to_bytes(BITMAP_BYTES, "little"))
        if writer.count >= count:
            break
    writer.finish()


def _write_text(path: Path, count: int) -> None:
    """As many numbers in each exchange, in an order that has nothing to do with theirs."""
    choice = random.Random(4)
    exchanges = list(_exchanges())
    each = -(-count // len(exchanges))
    numbers = array("Q")
    for key in exchanges:
        numbers.extend(key * BLOCK + rest for rest in choice.sample(range(BLOCK), each))
    with path.open("w", encoding="ascii") as file:
        for place in range(count):
            number = str(numbers[place * STRIDE % len(numbers)])
            file.write(f"{number[1:4]},{number[4:]}\n")


def _exchanges() -> Iterator[int]:
    """Every exchange of the United States' area codes, as the key of its block."""
    for area_code in range(201, 990):
        number = phonenumbers.parse(f"+1{area_code}2345678")
        if phonenumbers.region_code_for_number(number) == "US":
            for exchange in range(200, 1_000):
                if exchange % 100 != 11:
                    yield 1_000_000 + area_code * 1_000 + exchange


def _child(path: Path) -> bytes:
    command = [sys.executable, "-m", "benchmarks.lists", str(path)]
    return subprocess.run(command, cwd=Path(__file__).parent.parent, check=True, stdout=subprocess.PIPE).stdout


def _disk() -> str:
    """Beside the project, not in /tmp, which may be memory: an import must reach a disk."""
    folder = Path(__file__).parent.parent / "var"
    folder.mkdir(exist_ok=True)
    return str(folder)


def ask(path: Path) -> Asked:
    """Ask until all of the list is in memory, then for numbers anywhere in it."""
    with NumberList.open(path) as numbers:
        for key, _ in numbers.each_block():
            for rest in range(0, BLOCK, BLOCK // 8):
                key * BLOCK + rest in numbers  # noqa: B015
        resident = _kib(Path("/proc/self/smaps_rollup").read_text(), "Rss:")
        of_list = sum(_kib(part, "Rss:") for part in _mappings() if part.partition("\n")[0].endswith(str(path)))
        spans = _spans(numbers)
    cuts = quantiles(spans, n=100)
    return Asked(resident, of_list, path.stat().st_size, median(spans) / 1_000, cuts[98] / 1_000)


def _spans(numbers: NumberList) -> list[int]:
    """Nanoseconds for each of many questions."""
    choice = random.Random(5)
    keys = [key for key, _ in numbers.each_block()]
    wanted = [choice.choice(keys) * BLOCK + choice.randrange(BLOCK) for _ in range(8 * ASKED)]
    on_list = [number for number in wanted if number in numbers][: ASKED // 2]
    asked = [*on_list, *[number for number in wanted if number not in numbers][: ASKED - len(on_list)]]
    choice.shuffle(asked)
    spans = []
    for number in asked:
        began_at = time.perf_counter_ns()
        number in numbers  # noqa: B015
        spans.append(time.perf_counter_ns() - began_at)
    return spans


def _mappings() -> list[str]:
    """Each mapping of this process, as its lines in smaps."""
    parts: list[str] = []
    for line in Path("/proc/self/smaps").read_text().splitlines(keepends=True):
        if not line.partition(" ")[0].endswith(":"):
            parts.append("")
        parts[-1] += line
    return parts


def _kib(text: str, name: str) -> int:
    return int(text.partition(f"\n{name}")[2].split()[0])


if __name__ == "__main__":
    print(msgspec.json.encode(ask(Path(sys.argv[1]))).decode())
