"""What the tests of the house look at: the repository's files, and Python sources read as trees."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What tools make, by folder; only needed where git cannot say it.
TOOL_CACHES = {".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
GENERATED = {".git", ".venv", "build", "dist", "node_modules", "var", "vendor"} | TOOL_CACHES


@dataclass(frozen=True)
class Source:
    """One Python file: `path` within the repository, `module` as it is imported (`cti.core.ids`)."""

    path: str
    text: str

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def is_package(self) -> bool:
        return self.path.endswith("/__init__.py")

    @property
    def package(self) -> str:
        """The first name below `cti`, which is what the import table speaks of; empty for `cti` itself."""
        return self.module.partition(".")[2].partition(".")[0]

    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, which is parsed once for all who look."""
        return list(ast.walk(self.tree()))


def files() -> list[Path]:
    """Every file that is, or could be, committed. Without git (not installed, or an unpacked archive), every file not
    made by a tool."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found = [ROOT / name for name in listing.split("\0") if name]
        return sorted(path for path in found if path.is_file())
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and not GENERATED & set(path.parts))


@cache
def sources(*folders: str) -> list[Source]:
    """The Python files below the given folders, read."""
    python = [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]
    return [Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in python]


@dataclass(frozen=True)
class Import:
    """An import as written: what it asks for (`target`), the name it binds, and what that name then means."""

    line: int
    target: str
    name: str
    meaning: str


def imports(source: Source) -> Iterator[Import]:
    """Every import of the file, wherever it stands, those for type checking included."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield Import(node.lineno, alias.name, alias.asname or first, alias.name if alias.asname else first)
        elif isinstance(node, ast.ImportFrom):
            origin = _absolute(source, node)
            for alias in node.names:
                target = f"{origin}.{alias.name}"
                yield Import(node.lineno, target, alias.asname or alias.name, target)


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")
    base = parts[: len(parts) - node.level + source.is_package]
    return ".".join([*base, *([node.module] if node.module else [])])


def references(source: Source) -> Iterator[tuple[int, str]]:
    """Every use of a name as (line, dotted name), with what was imported under another name called by its own.

    `from datetime import datetime as moment; moment.now()` uses `datetime.datetime.now`. A plain name that was not
    imported comes as it stands, so builtins come as `open`, `hash`.
    """
    aliases = {found.name: found.meaning for found in imports(source)}
    for node in source.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            dotted = _dotted(node)
            if dotted:
                first, dot, rest = dotted.partition(".")
                yield node.lineno, aliases.get(first, first) + dot + rest


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value)):
        return f"{base}.{node.attr}"
    return ""
