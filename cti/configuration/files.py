"""The files of a tree, read safely: regular files inside the directory, of a bounded size, in UTF-8."""

from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from cti.configuration.mistake import Mistake, printable, suggest

SITE = "site.yaml"
HOURS = "hours.yaml"
QUEUES = "queues.yaml"
AGENTS = "agents.yaml"
ENTRY_POINTS = "entry_points.yaml"
DO_NOT_CALL = "do_not_call.yaml"
FLOWS = "flows"
CAMPAIGNS = "campaigns"
CALLING_RULES = "calling_rules"
CALENDARS = "calling_rules/calendars"
NUMBERING = "calling_rules/numbering"
NANP = "calling_rules/numbering/nanp.yaml"
POSTCODES = "calling_rules/numbering/us_postcodes.yaml"
PLACES = "calling_rules/numbering/zones.yaml"
PROMPTS = "prompts"

REQUIRED = (SITE, HOURS, QUEUES, AGENTS, ENTRY_POINTS)
FILES = (*REQUIRED, DO_NOT_CALL)
NUMBERING_FILES = (NANP, POSTCODES, PLACES)
"""All of them or none; where there is a campaign, all."""

FILE_BYTES_MAX = 2 * 1024 * 1024
TREE_BYTES_MAX = 8 * 1024 * 1024
PROMPTS_MAX = 10_000


class Folder(NamedTuple):
    """One that holds YAML files, in one case `only` these, and perhaps folders that are looked at by themselves."""

    path: str
    files_max: int
    folders: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is in it."""
        return self.path.rpartition("/")[2].replace("_", " ")


FOLDERS = (
    Folder(FLOWS, 1_000),
    Folder(CAMPAIGNS, 1_000),
    Folder(CALLING_RULES, 300, (CALENDARS, NUMBERING)),
    Folder(CALENDARS, 300),
    Folder(NUMBERING, 300, only=NUMBERING_FILES),
)
"""Only the flows must be there."""

UNREADABLE = (OSError, ValueError, RuntimeError)  # a circle of links is a RuntimeError before Python 3.13


class Tree(msgspec.Struct):
    """What was read: texts by name below the directory (None: there, but unreadable), and what went wrong.

    `prompts` are the recordings, as paths below their folder; None without such a folder.
    """

    label: str
    texts: dict[str, str | None]
    mistakes: list[Mistake]
    prompts: tuple[str, ...] | None = None

    def file(self, name: str) -> str:
        """What reports call the file."""
        return "/".join(printable(part) for part in (self.label, name) if part) or "."

    def refuse(self, name: str, what: str, remedy: str, line: int = 1, column: int = 1) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(self.file(name), line, column, what, remedy))


def read(directory: Path) -> Tree:
    """Everything a configuration consists of. Never raises for what the directory holds."""
    tree = Tree(label=directory.name, texts={}, mistakes=[])
    try:
        root = directory.resolve(strict=True)
        tree.label = root.name if directory.name in ("", "..") else directory.name
        names = sorted(path.name for path in root.iterdir())
    except UNREADABLE as error:
        tree.refuse("", f"the directory cannot be read ({_reason(error)})", "name a directory that holds site.yaml")
        return tree
    for name in names:
        if name.endswith((".yaml", ".yml")) and name not in FILES and not name.startswith("."):
            remedy = suggest(name, FILES, "take it away, or put a flow into the folder flows")
            tree.refuse(name, "this is not a file of the configuration", remedy)
    for name in FILES:
        if name in REQUIRED or name in names:
            _read_into(tree, root, name)
    for folder in FOLDERS:
        _read_folder(tree, root, folder)
    if any(folder_of(name) in (NUMBERING, CAMPAIGNS) for name in tree.texts):
        for name in NUMBERING_FILES:
            if name not in tree.texts:
                remedy = "take it from the example: nobody is called of whom nobody can say where they are"
                tree.refuse(name, "the file is missing", remedy)
    _find_prompts(tree, root / PROMPTS)
    if sum(len(text or "") for text in tree.texts.values()) > TREE_BYTES_MAX:
        tree.refuse("", f"the files together are larger than {TREE_BYTES_MAX // 1024**2} MB", "make them smaller")
        tree.texts = dict.fromkeys(tree.texts)
    return tree


def folder_of(name: str) -> str:
    """The folder in which a file was found; nothing for one of the directory itself."""
    return name.rpartition("/")[0]


def _read_folder(tree: Tree, root: Path, folder: Folder) -> None:
    try:
        paths = sorted(path for path in (root / folder.path).iterdir() if not path.name.startswith("."))
        inside = [path for path in paths if path.is_dir()]
    except FileNotFoundError:
        if folder.path == FLOWS:
            tree.refuse(FLOWS, "the folder is missing", "create it, with a file for each flow")
        return
    except OSError as error:
        remedy = "check what it is, and who may read it"
        tree.refuse(folder.path, f"the folder cannot be read ({_reason(error)})", remedy)
        return
    names = [f"{folder.path}/{path.name}" for path in paths if path.suffix == ".yaml"]
    for path in paths:
        name = f"{folder.path}/{path.name}"
        if path.suffix == ".yml":
            tree.refuse(name, f"files of {folder.words} end in .yaml", f"call it {printable(path.stem)}.yaml")
        elif path.suffix != ".yaml" and path in inside and name not in folder.folders:
            tree.refuse(name, f"folders among the {folder.words} are not read", f"put the files into {folder.path}")
    for name in names if folder.only else ():
        if name not in folder.only:
            remedy = suggest(name, folder.only, "take it away")
            tree.refuse(name, "this is not a file of the configuration", remedy)
    names = [name for name in names if not folder.only or name in folder.only]
    if folder.path == FLOWS and not names:
        tree.refuse(FLOWS, "there is no flow", "write one, such as flows/main.yaml")
    if len(names) > folder.files_max:
        tree.refuse(folder.path, f"there are {len(names)} files of {folder.words}", f"keep at most {folder.files_max}")
    for name in names[: folder.files_max]:
        _read_into(tree, root, name)


def _find_prompts(tree: Tree, folder: Path) -> None:
    try:
        if not folder.is_dir():
            return
        found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        tree.prompts = tuple(sorted(islice(found, PROMPTS_MAX + 1)))
    except UNREADABLE as error:
        tree.refuse(PROMPTS, f"the folder cannot be read ({_reason(error)})", "check its permissions")
        return
    if len(tree.prompts) > PROMPTS_MAX:
        tree.refuse(PROMPTS, f"there are more than {PROMPTS_MAX} files", "take away what is not heard any more")


def _read_into(tree: Tree, root: Path, name: str) -> None:
    tree.texts[name] = None
    try:
        data = _bytes(tree, root, name)
    except FileNotFoundError:
        tree.refuse(name, "the file is missing", "create it; write {} in it if there is nothing to say")
        return
    except UNREADABLE as error:
        tree.refuse(name, f"the file cannot be read ({_reason(error)})", "check its name and its permissions")
        return
    if data is None:
        return
    try:
        tree.texts[name] = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        tree.refuse(name, f"the byte 0x{data[error.start]:02x} is not UTF-8", "save the file as UTF-8", line, column)


def _bytes(tree: Tree, root: Path, name: str) -> bytes | None:
    """The file's bytes, or None when it is refused."""
    path = (root / name).resolve(strict=True)
    if not path.is_relative_to(root):
        tree.refuse(name, "the file is a link that leads out of the directory", "put the file itself here")
        return None
    if not path.is_file():  # opening a named pipe or a device could wait for ever
        tree.refuse(name, "this is not a regular file", "put a file of that name here")
        return None
    with path.open("rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        tree.refuse(name, f"the file is larger than {FILE_BYTES_MAX // 1024**2} MB", "make it smaller")
        return None
    return data


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "links lead in a circle" if isinstance(error, RuntimeError) else "the name is not possible"
