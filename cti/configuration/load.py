"""A directory of YAML files in, a configuration out, or every mistake in it."""

from pathlib import Path, PurePath
from typing import Annotated, Any

import msgspec
from pydantic import Field, TypeAdapter, ValidationError

from cti.configuration import document, files, graph, names, translate
from cti.configuration.document import Node
from cti.configuration.files import Tree
from cti.configuration.mistake import ConfigRefused, Mistake
from cti.configuration.names import Known
from cti.configuration.reach import unreachable
from cti.configuration.resolve import WrittenTree, resolve
from cti.configuration.written.agents import AgentWritten
from cti.configuration.written.entry_points import EntryPointWritten
from cti.configuration.written.flow import FlowWritten
from cti.configuration.written.hours import HoursWritten
from cti.configuration.written.queues import QueueWritten
from cti.configuration.written.site import SiteWritten
from cti.configuration.written.values import ID, Id, Number
from cti.core.config import SiteConfig

# What each file holds, and how many of them at most.
SHAPES: dict[str, Any] = {
    files.SITE: SiteWritten,
    files.HOURS: Annotated[dict[Id, HoursWritten], Field(max_length=1_000)],
    files.QUEUES: Annotated[dict[Id, QueueWritten], Field(max_length=5_000)],
    files.AGENTS: Annotated[dict[Id, AgentWritten], Field(max_length=10_000)],
    files.ENTRY_POINTS: Annotated[dict[Number, EntryPointWritten], Field(max_length=5_000)],
    files.FLOWS: FlowWritten,
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(shape) for name, shape in SHAPES.items()}


def load(directory: str | Path) -> SiteConfig:
    """The configuration in a directory: the same on any day and machine with the same zone data.

    Raises `ConfigRefused`, a `ConfigError`, with every mistake there is; nothing else, whatever the files hold.
    """
    tree = files.read(Path(directory))
    nodes = {name: _parse(tree, name, text) for name, text in tree.texts.items()}
    known = _known(tree, nodes)
    written = {name: _validate(tree, name, nodes.get(name), known) for name in files.FILES}
    flows = {
        PurePath(name).stem: _validate_flow(tree, name, node, known)
        for name, node in nodes.items()
        if name not in files.FILES
    }
    _check_reach(tree, nodes, written)
    if tree.mistakes:
        raise ConfigRefused(tree.mistakes)
    return resolve(
        WrittenTree(
            site=written[files.SITE],
            hours=written[files.HOURS],
            queues=written[files.QUEUES],
            agents=written[files.AGENTS],
            entry_points=written[files.ENTRY_POINTS],
            flows=flows,
        )
    )


def check(directory: str | Path) -> list[Mistake]:
    """Every mistake in a directory, sorted by place. Empty when it loads."""
    try:
        load(directory)
    except ConfigRefused as refused:
        return list(refused.mistakes)
    return []


def _parse(tree: Tree, name: str, text: str | None) -> Node | None:
    if text is None:
        return None
    root, mistakes = document.parse(text, tree.file(name))
    tree.mistakes += mistakes
    return root


def _known(tree: Tree, nodes: dict[str, Node | None]) -> Known:
    plain = {name: node.plain() if (node := nodes.get(name)) else None for name in files.FILES}
    flows = tuple(PurePath(name).stem for name in nodes if name not in files.FILES)
    site, hours, queues, agents = (plain[name] for name in (files.SITE, files.HOURS, files.QUEUES, files.AGENTS))
    return names.collect(site, hours, queues, agents, flows=flows or None, prompts=tree.prompts)


def _validate(tree: Tree, name: str, node: Node | None, known: Known, shape: str = "") -> Any:
    """The file as models, or None when it holds mistakes. `shape` is the key of its shape, by default its name."""
    if node is None:
        return None
    shape = shape or name
    try:
        return ADAPTERS[shape].validate_python(node.plain(), context=known)
    except ValidationError as error:
        file = tree.file(name)
        known_places = {(earlier.line, earlier.column) for earlier in tree.mistakes if earlier.file == file}
        tree.mistakes += [
            mistake
            for mistake in translate.translate(error.errors(include_url=False), file, node, SHAPES[shape])
            if (mistake.line, mistake.column) not in known_places  # what one mistake leads to is not another
        ]
    return None


def _check_reach(tree: Tree, nodes: dict[str, Node | None], written: dict[str, Any]) -> None:
    """Telephones of our own people that the rules for outside numbers would never ring."""
    site, agents = written[files.SITE], written[files.AGENTS]
    if site is None:
        return
    for name, within, people in ((files.AGENTS, (), agents or {}), (files.SITE, ("supervisors",), site.supervisors)):
        for location, rule in unreachable(site, people):
            node = nodes[name]
            assert node is not None, "it was validated"
            _, path, place = translate.locate(node, (*within, *location))
            what = f"{path}: this telephone may not be rung ({rule})"
            remedy = "cover it by dial_prefixes or dial_countries in site.yaml, or write another"
            tree.mistakes.append(Mistake(tree.file(name), *place, what, remedy))


def _validate_flow(tree: Tree, name: str, node: Node | None, known: Known) -> Any:
    if not ID.fullmatch(PurePath(name).stem):
        remedy = "call the file by small letters, digits and _, such as main.yaml"
        tree.refuse(name, "a flow is called after its file, and this is not a possible name", remedy)
    if node is None:
        return None
    plain = node.plain()
    steps = plain.get("steps") if isinstance(plain, dict) else None
    known = msgspec.structs.replace(known, steps=tuple(steps) if isinstance(steps, dict) else None)
    written = _validate(tree, name, node, known, files.FLOWS)
    for location, error in graph.check(plain):
        _, path, place = translate.locate(node, location)
        context = error.context or {}
        tree.mistakes.append(Mistake(tree.file(name), *place, f"{path}: {context['what']}", context["remedy"]))
    return written
