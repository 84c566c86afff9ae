"""The fake carrier shares no code with the server nor with the official library: else all could be wrong together."""

import ast
import sys
from pathlib import Path

import cti.fakecarrier

FOLDER = Path(cti.fakecarrier.__file__).parent
ALLOWED = {"aiohttp", "msgspec", "yarl"}  # yarl is aiohttp's own URL type


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_it_imports_only_itself_and_what_it_may():
    for path in FOLDER.rglob("*.py"):
        for name in imported(path):
            root = name.partition(".")[0]
            own = name == "cti.fakecarrier" or name.startswith("cti.fakecarrier.")
            assert own or root in ALLOWED or root in sys.stdlib_module_names, f"{path.name} imports {name}"
