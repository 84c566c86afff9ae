"""No pure code walks through a set: its order differs between runs, and order decides who gets the call.

Sets are known by how they are written (`{a, b}`, `set(...)`, `x & y` of sets) and by their annotations, also those of
a record's fields. `sorted(...)`, membership and counting are fine.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import Source, sources
from tests.house.test_imports import TABLE

SET_NAMES = {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}
SET_OPERATIONS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}
WALKERS = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "dict", "reversed", "deque", "chain"}


def annotated_as_set(annotation: ast.expr | None) -> bool:
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Attribute):
        return annotation.attr in SET_NAMES
    return isinstance(annotation, ast.Name) and annotation.id in SET_NAMES


def set_fields(trees: list[ast.Module]) -> set[str]:
    """The names of the fields that are sets in some class and nothing else in any other."""
    fields: dict[str, set[bool]] = {}
    for tree in trees:
        for owner in ast.walk(tree):
            for node in owner.body if isinstance(owner, ast.ClassDef) else []:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    fields.setdefault(node.target.id, set()).add(annotated_as_set(node.annotation))
    return {name for name, kinds in fields.items() if kinds == {True}}


class Walks(ast.NodeVisitor):
    """Collects the lines that walk through a set. Local names are those of the innermost function."""

    def __init__(self, fields: set[str]) -> None:
        self.fields = fields
        self.local: set[str] = set()
        self.lines: list[int] = []

    def is_set(self, node: ast.expr) -> bool:
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.Name(id=name):
                return name in self.local
            case ast.Attribute(attr=name):
                return name in self.fields
            case ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
            case ast.Call(func=ast.Attribute(value=value, attr=name)):
                return name in SET_METHODS and (self.is_set(value) or is_keys(value))
            case ast.BinOp(left=left, op=operation, right=right):
                either = self.is_set(left) or self.is_set(right) or is_keys(left) or is_keys(right)
                return isinstance(operation, SET_OPERATIONS) and either
            case ast.IfExp(body=body, orelse=orelse):
                return self.is_set(body) or self.is_set(orelse)
        return False

    def walk_over(self, node: ast.expr) -> None:
        if self.is_set(node):
            self.lines.append(node.lineno)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer = self.local
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        self.local = {argument.arg for argument in every if annotated_as_set(argument.annotation)}
        self.generic_visit(node)
        self.local = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name) and annotated_as_set(node.annotation):
            self.local.add(node.target.id)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Name):
                (self.local.add if self.is_set(node.value) else self.local.discard)(target.id)

    def visit_For(self, node: ast.For) -> None:
        self.walk_over(node.iter)
        self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp | ast.DictComp | ast.GeneratorExp) -> None:
        for generator in node.generators:
            self.walk_over(generator.iter)
        self.generic_visit(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self.visit_ListComp(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Name(id="sorted" | "min" | "max") if any(keyword.arg == "key" for keyword in node.keywords):
                for argument in node.args:  # among equals, the order decides
                    self.walk_over(argument)
            case ast.Name(id="sorted" | "any" | "all" | "sum" | "min" | "max" | "len" | "set" | "frozenset"):
                # The order does not show in the result, so a generator inside may walk as it likes.
                for argument in node.args:
                    if not isinstance(argument, ast.GeneratorExp):
                        self.visit(argument)
                return
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in WALKERS | {"join", "extend"}:
                for argument in node.args:
                    self.walk_over(argument)
            case ast.Attribute(value=value, attr="pop") if self.is_set(value):
                self.lines.append(node.lineno)
        self.generic_visit(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self.visit_ListComp(node)

    def visit_Starred(self, node: ast.Starred) -> None:
        self.walk_over(node.value)
        self.generic_visit(node)


def is_keys(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"keys", "items"}


def offences(pure: list[Source]) -> Iterator[str]:
    trees = [source.tree() for source in pure]
    fields = set_fields(trees)
    for source, tree in zip(pure, trees, strict=True):
        walks = Walks(fields)
        walks.visit(tree)
        yield from (f"{source.path}:{line}: walks through a set; sort it first" for line in sorted(walks.lines))


def test_no_pure_code_walks_through_a_set():
    pure = [source for source in sources("cti") if source.package in TABLE and TABLE[source.package].pure]
    assert list(offences(pure)) == []


@pytest.mark.parametrize(
    "text",
    [
        "for agent in {a, b}: pass",
        "for agent in set(agents): pass",
        "[agent for agent in {x for x in agents}]",
        "ready = set(agents)\nfor agent in ready: pass",
        "for agent in before.keys() - after.keys(): pass",
        "def f(ready: frozenset[str]):\n    return list(ready)",
        "class Agent:\n    skills: frozenset[str]\n\ndef f(agent):\n    return [skill for skill in agent.skills]",
        "text = ','.join(set(names))",
        "first = next(iter(set(agents)))",
        "first = set(agents).pop()",
        "rows = [*set(agents)]",
        "best = max(set(agents), key=rank)",
        "rows = (a | {b}).union(c)\nfor row in rows: pass",
    ],
)
def test_a_walk_through_a_set_is_found(text):
    assert len(list(offences([Source("cti/acd/x.py", text)]))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "for agent in sorted({a, b}): pass",
        "wanted = {a, b}\nknown = agent in wanted and len(wanted)",
        "class Agent:\n    skills: frozenset[str]\n\ndef f(agent):\n    return sorted(skill for skill in agent.skills)",
        "enough = all(level(skill) > 2 for skill in set(skills))",
        "for name in table.keys(): pass",
        "ready = set(agents)\nready = sorted(ready)\nfor agent in ready: pass",
        "total = a - b\nfor step in range(total): pass",
    ],
)
def test_what_does_not_depend_on_the_order_is_allowed(text):
    assert list(offences([Source("cti/acd/x.py", text)])) == []
