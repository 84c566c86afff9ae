"""A directory of YAML files in, a configuration out, or every mistake in it."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Annotated, Any

import msgspec
from pydantic import Field, TypeAdapter, ValidationError

from cti.configuration import calling, calling_checks, document, files, graph, names, numbering, translate
from cti.configuration.calling import WrittenCalling
from cti.configuration.calling_checks import Found
from cti.configuration.document import Node
from cti.configuration.files import Tree, folder_of
from cti.configuration.mistake import ConfigRefused, Mistake
from cti.configuration.names import Known, Plain
from cti.configuration.reach import unreachable
from cti.configuration.resolve import WrittenTree, heard, resolve
from cti.configuration.written.agents import AgentWritten
from cti.configuration.written.calendars import CalendarId, CalendarWritten
from cti.configuration.written.calling_rules import CallingRuleWritten, RuleId
from cti.configuration.written.campaigns import ID as CAMPAIGN_ID
from cti.configuration.written.campaigns import CampaignWritten
from cti.configuration.written.do_not_call import RegistryWritten
from cti.configuration.written.entry_points import EntryPointWritten
from cti.configuration.written.flow import FlowWritten
from cti.configuration.written.hours import HoursWritten
from cti.configuration.written.numbering import NanpWritten, PlacesWritten, PostcodesWritten
from cti.configuration.written.queues import QueueWritten
from cti.configuration.written.site import SiteWritten
from cti.configuration.written.values import ID, Id, Number
from cti.core.calling import NO_CALLING, CallingConfig
from cti.core.config import Prompt, SiteConfig
from cti.core.numbering import Numbering

# What each file holds, or each file of a folder, and how many of them at most.
SHAPES: dict[str, Any] = {
    files.SITE: SiteWritten,
    files.HOURS: Annotated[dict[Id, HoursWritten], Field(max_length=1_000)],
    files.QUEUES: Annotated[dict[Id, QueueWritten], Field(max_length=5_000)],
    files.AGENTS: Annotated[dict[Id, AgentWritten], Field(max_length=10_000)],
    files.ENTRY_POINTS: Annotated[dict[Number, EntryPointWritten], Field(max_length=5_000)],
    files.DO_NOT_CALL: Annotated[dict[Id, RegistryWritten], Field(max_length=1_000)],
    files.FLOWS: FlowWritten,
    files.CAMPAIGNS: CampaignWritten,
    files.CALLING_RULES: Annotated[dict[RuleId, CallingRuleWritten], Field(max_length=5_000)],
    files.NANP: NanpWritten,
    files.POSTCODES: PostcodesWritten,
    files.PLACES: PlacesWritten,
    files.CALENDARS: Annotated[dict[CalendarId, CalendarWritten], Field(max_length=1_000)],
}
ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(shape) for name, shape in SHAPES.items()}

Nodes = dict[str, Node | None]


class Looked(msgspec.Struct, frozen=True):
    """What a directory turned out to be: a configuration, or mistakes, sorted by place. `unchecked`: what a file says
    together with others was not looked at, as there are mistakes in the file itself."""

    tree: Tree
    nodes: Nodes
    mistakes: tuple[Mistake, ...]
    config: SiteConfig | None = None
    unchecked: bool = False


def load(directory: str | Path) -> SiteConfig:
    """The configuration in a directory: the same on any day and machine with the same zone data.

    Raises `ConfigRefused`, a `ConfigError`, with every mistake there is; nothing else, whatever the files hold.
    """
    looked = look(directory)
    if looked.config is None:
        raise ConfigRefused(looked.mistakes)
    return looked.config


def heard_without_rules(directory: str | Path) -> tuple[Prompt, Prompt]:
    """What site.yaml says as `apology` and `hold_music`, whatever the other files hold.

    Raises `ConfigRefused` where it holds a mistake itself.
    """
    tree = files.read(Path(directory))
    nodes = {files.SITE: _parse(tree, files.SITE, tree.texts.get(files.SITE))}
    site = _model(tree, files.SITE, nodes[files.SITE], _known(tree, nodes))
    if site is None:
        raise ConfigRefused(mistake for mistake in tree.mistakes if mistake.file == tree.file(files.SITE))
    return heard(site)


def check(directory: str | Path) -> list[Mistake]:
    """Every mistake in a directory, sorted by place. Empty when it loads."""
    return list(look(directory).mistakes)


def look(directory: str | Path) -> Looked:
    """Reads a directory. Never raises for what it holds."""
    tree = files.read(Path(directory))
    nodes = {name: _parse(tree, name, text) for name, text in tree.texts.items()}
    known = _known(tree, nodes)
    written = {name: _validate(tree, name, node, known) for name, node in nodes.items()}
    _check_reach(tree, nodes, written)
    rules = _calling(tree, nodes, written)
    if tree.mistakes:
        mistakes = tuple(sorted(set(tree.mistakes)))
        return Looked(tree=tree, nodes=nodes, mistakes=mistakes, unchecked=None in written.values())
    config = resolve(
        WrittenTree(
            site=written[files.SITE],
            hours=written[files.HOURS],
            queues=written[files.QUEUES],
            agents=written[files.AGENTS],
            entry_points=written[files.ENTRY_POINTS],
            flows=_by_stem(written, files.FLOWS),
        ),
        rules,
    )
    return Looked(tree=tree, nodes=nodes, mistakes=(), config=config)


def _parse(tree: Tree, name: str, text: str | None) -> Node | None:
    if text is None:
        return None
    root, mistakes = document.parse(text, tree.file(name))
    tree.mistakes += mistakes
    return root


def _known(tree: Tree, nodes: Nodes) -> Known:
    plain = {name: node.plain() if (node := nodes.get(name)) else None for name in files.FILES}
    entries = Plain(
        site=plain[files.SITE],
        hours=plain[files.HOURS],
        queues=plain[files.QUEUES],
        agents=plain[files.AGENTS],
        registries=plain[files.DO_NOT_CALL] if files.DO_NOT_CALL in nodes else {},
        calendars=[node.plain() if node else None for node in _inside(nodes, files.CALENDARS).values()],
    )
    return names.collect(entries, flows=tuple(_by_stem(nodes, files.FLOWS)) or None, prompts=tree.prompts)


def _inside(by_name: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """What belongs to the files of a folder, by their names."""
    return {name: value for name, value in by_name.items() if folder_of(name) == folder}


def _by_stem(by_name: Mapping[str, Any], folder: str) -> dict[str, Any]:
    """The same, by what the files are called after."""
    return {PurePath(name).stem: value for name, value in _inside(by_name, folder).items()}


def _validate(tree: Tree, name: str, node: Node | None, known: Known) -> Any:
    """The file as models, or None when it holds mistakes."""
    folder = folder_of(name)
    if folder == files.FLOWS:
        return _validate_flow(tree, name, node, known)
    if folder == files.CAMPAIGNS and not CAMPAIGN_ID.fullmatch(PurePath(name).stem):
        remedy = "call the file by small letters, digits, - and _, such as spring-sale.yaml"
        tree.refuse(name, "a campaign is called after its file, and this is not a possible name", remedy)
    return _model(tree, name, node, known)


def _model(tree: Tree, name: str, node: Node | None, known: Known) -> Any:
    if node is None:
        return None
    shape = name if name in SHAPES else folder_of(name)
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


def _refuse(tree: Tree, nodes: Nodes, found: Found) -> None:
    """Note what a check found that looked at more than one value."""
    name, location, error = found
    node = nodes[name]
    assert node is not None, "it was looked at"
    _, path, place = translate.locate(node, location)
    context = error.context or {}
    what = f"{path}: {context['what']}" if path else context["what"]
    tree.mistakes.append(Mistake(tree.file(name), *place, what, context["remedy"]))


def _check_reach(tree: Tree, nodes: Nodes, written: dict[str, Any]) -> None:
    """Telephones of our own people that the rules for outside numbers would never ring."""
    site, agents = written.get(files.SITE), written.get(files.AGENTS)
    if site is None:
        return
    for location, error in unreachable(site, agents or {}):
        _refuse(tree, nodes, (files.AGENTS, location, error))
    for location, error in unreachable(site, site.supervisors):
        _refuse(tree, nodes, (files.SITE, ("supervisors", *location), error))


def _calling(tree: Tree, nodes: Nodes, written: dict[str, Any]) -> CallingConfig:
    """The calling rules; an empty one when they hold mistakes, which are noted."""
    rules, calendars = (_inside(written, folder) for folder in (files.CALLING_RULES, files.CALENDARS))
    registries = written.get(files.DO_NOT_CALL, {})
    campaigns = _inside(written, files.CAMPAIGNS)
    found = list(calling_checks.misnamed(rules))
    for folder in (files.CALLING_RULES, files.CALENDARS):
        found += calling_checks.named_twice(
            {name: node.keys for name, node in _inside(nodes, folder).items() if node is not None}
        )
    nanp, postcodes, places = (written.get(name) for name in files.NUMBERING_FILES)
    resolved = NO_CALLING
    if registries is not None and None not in (*rules.values(), *calendars.values()):
        resolved = calling.resolve(
            WrittenCalling(
                rules={key: rule for file in rules.values() for key, rule in file.items()},
                calendars={key: calendar for file in calendars.values() for key, calendar in file.items()},
                registries=registries,
                campaigns={key: model for key, model in _by_stem(written, files.CAMPAIGNS).items() if model},
                numbering=numbering.resolve(nanp, postcodes, places) if nanp and postcodes and places else Numbering(),
            )
        )
        models = {name: model for name, model in campaigns.items() if model}
        found += (*calling_checks.campaigns(resolved, models), *calling_checks.identities(models))
    for each in found:
        _refuse(tree, nodes, each)
    return resolved


def _validate_flow(tree: Tree, name: str, node: Node | None, known: Known) -> Any:
    if not ID.fullmatch(PurePath(name).stem):
        remedy = "call the file by small letters, digits and _, such as main.yaml"
        tree.refuse(name, "a flow is called after its file, and this is not a possible name", remedy)
    if node is None:
        return None
    plain = node.plain()
    steps = plain.get("steps") if isinstance(plain, dict) else None
    known = msgspec.structs.replace(known, steps=tuple(steps) if isinstance(steps, dict) else None)
    written = _model(tree, name, node, known)
    for location, error in graph.check(plain):
        _refuse(tree, {name: node}, (name, location, error))
    return written
