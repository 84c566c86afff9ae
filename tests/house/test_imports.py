"""Who may import what: the rooms are pure and meet only through events, shells do not know each other."""

import sys
from dataclasses import dataclass

import pytest

from tests.house.sources import Source, imports, sources

ANY = "*"
ROOMS = "acd ivr conversation dialer screenpop"
ADAPTERS = "journal store lists telephony directory fanout results"


@dataclass(frozen=True)
class Rule:
    """What a package may import besides itself: parts of cti, and third-party libraries by their import name.

    A pure package has no input, output, clock, randomness or logging, so some of the standard library is closed to it.
    """

    ours: str = ""
    libraries: str = ANY
    but_not: str = ""
    pure: bool = False


PURE_LIBRARIES = "msgspec phonenumbers"

TABLE = {
    # package        may import
    "core": Rule("", libraries="msgspec", pure=True),
    "expressions": Rule("core", libraries="msgspec cel", pure=True),
    "acd": Rule("core expressions", libraries=PURE_LIBRARIES, pure=True),
    "conversation": Rule("core expressions", libraries=PURE_LIBRARIES, pure=True),
    "ivr": Rule("core expressions", libraries=PURE_LIBRARIES, pure=True),
    "dialer": Rule("core expressions", libraries=f"{PURE_LIBRARIES} numpy", pure=True),
    "screenpop": Rule("core expressions", libraries=PURE_LIBRARIES, pure=True),
    "views": Rule("core", libraries=PURE_LIBRARIES, pure=True),
    "engine": Rule(f"core {ROOMS}", libraries=PURE_LIBRARIES, pure=True),
    "configuration": Rule(f"core expressions {ROOMS}", libraries="pydantic pydantic_core ruamel msgspec phonenumbers"),
    "journal": Rule("core"),
    "store": Rule("core views"),
    "lists": Rule("core"),
    "telephony": Rule("core"),
    "directory": Rule("core"),
    "fanout": Rule("core"),
    "runtime": Rule("core engine"),
    "settings": Rule("core"),
    "named_secrets": Rule("core settings"),
    "results": Rule("core"),
    "api": Rule("core views configuration store", but_not="store.projector"),
    "web": Rule("core views configuration store", but_not="store.projector"),
    "sim": Rule(f"core expressions {ROOMS} views engine runtime journal.memory"),
    "client": Rule(),
    "fakecarrier": Rule(),
    "terminal": Rule("client"),
    "app": Rule(ANY, but_not="cli __main__"),
    "cli": Rule(ANY),
    "__main__": Rule(ANY),
}

# The top of the house: everything may be imported there, and nothing below imports it.
TOP = {"app", "cli", "__main__"}

NOT_PURE = (
    "asyncio time random uuid logging secrets threading multiprocessing concurrent subprocess socket ssl select "
    "selectors signal os io pathlib shutil tempfile glob sqlite3 http urllib.request importlib runpy"
)

STANDARD_LIBRARY = set(sys.stdlib_module_names)


def within(target: str, names: str) -> bool:
    """Whether the dotted target is, or lies in, one of the space-separated names."""
    return names == ANY or any(f"{target}.".startswith(f"{name}.") for name in names.split())


def offences(source: Source) -> list[str]:
    """Each import of the file that the table does not allow, as `path:line: what`."""
    package = source.package
    if not package:
        return [f"{source.path}:{found.line}: cti itself imports nothing" for found in imports(source)]
    rule = TABLE.get(package)
    if rule is None:
        return [f"{source.path}: {package} is not in the import table: add its row"]
    return [
        f"{source.path}:{found.line}: {package} may not import {found.target}"
        for found in imports(source)
        if not allowed(package, rule, found.target)
    ]


def allowed(package: str, rule: Rule, target: str) -> bool:
    first, _, inside = target.partition(".")
    if first == "cti":
        if within(inside, package) or inside in ("", "__version__"):
            return True
        if within(inside, rule.but_not):
            return False
        if inside.partition(".")[0] in TOP and package not in TOP:
            return False
        return within(inside, rule.ours)
    if first in STANDARD_LIBRARY:
        return not (rule.pure and within(target, NOT_PURE))
    return within(target, rule.libraries)


def test_every_import_is_in_the_table():
    assert [offence for source in sources("cti") for offence in offences(source)] == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("cti/core/x.py", "import pydantic"),
        ("cti/core/x.py", "import cti.acd.rules"),
        ("cti/core/x.py", "from asyncio import sleep"),
        ("cti/core/x.py", "def f():\n    import os.path"),
        ("cti/core/events/x.py", "from ... import views"),
        ("cti/acd/rules.py", "from cti.ivr import state"),
        ("cti/acd/rules.py", "from cti import dialer"),
        ("cti/screenpop/x.py", "import urllib.request"),
        ("cti/views/x.py", "import structlog"),
        ("cti/engine.py", "from cti.journal import memory"),
        ("cti/engine.py", "import time as clock"),
        ("cti/configuration/x.py", "import aiohttp"),
        ("cti/configuration/x.py", "from cti.runtime import driver"),
        ("cti/journal/x.py", "from cti.store import tables"),
        ("cti/lists/x.py", "from cti.store.numbers import e164"),
        ("cti/telephony/twilio/x.py", "from cti.acd import rules"),
        ("cti/runtime/x.py", "from cti.journal import sql"),
        ("cti/runtime/x.py", "from cti.api import http"),
        ("cti/api/x.py", "from cti.engine import advance"),
        ("cti/api/x.py", "from cti.store.projector import Projector"),
        ("cti/sim/x.py", "from cti.journal.sql import SqlJournal"),
        ("cti/sim/x.py", "from cti.telephony import twilio"),
        ("cti/client/x.py", "from cti.core import ids"),
        ("cti/fakecarrier/x.py", "from cti.telephony.twilio import signature"),
        ("cti/terminal/x.py", "from cti.core import ids"),
        ("cti/store/x.py", "from cti.app import serve"),
        ("cti/app.py", "from cti.cli import serve"),
        ("cti/brand_new/x.py", "import json"),
        ("cti/__init__.py", "import aiohttp"),
    ],
)
def test_an_import_outside_the_table_is_found(path, line):
    assert offences(Source(path, line)) != []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("cti/core/x.py", "import msgspec, heapq\nfrom cti.core.ids import LegId"),
        ("cti/core/events/legs.py", "from ..ids import LegId"),
        ("cti/screenpop/template.py", "from urllib.parse import quote"),
        ("cti/engine.py", "from cti.acd import rules\nfrom cti.core import ids"),
        ("cti/store/x.py", "import sqlalchemy\nfrom cti.views import record"),
        ("cti/sim/x.py", "import random\nfrom cti.journal.memory import MemoryJournal\nfrom cti.runtime import driver"),
        ("cti/cli/serve.py", "from cti.app import serve\nfrom cti import __version__"),
    ],
)
def test_an_import_in_the_table_is_allowed(path, line):
    assert offences(Source(path, line)) == []
