"""A YAML text as a tree of nodes that know their line and column.

Scalars are read by YAML 1.2: only `true` and `false` are truth values, times and dates are texts. Features that
surprise people or cost memory without bound are refused: anchors, aliases, tags, several documents, repeated keys.
"""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cti.configuration.mistake import Mistake, printable
from cti.configuration.syntax import explain

DEPTH_MAX = 12
NODES_MAX = 200_000

Scalar = str | int | float | bool | None

NULLS = ("", "~", "null", "Null", "NULL")
TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,9})?")

# What XML 1.0, and so a carrier's document, cannot hold, and the control characters that no editor shows.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


STAR = "put quotes around a text that begins with *, or write the value again"
AMPERSAND = "put quotes around a text that begins with &"


class Node:
    """A value of the file. `text` is a plain scalar as it was written; `children` are those of a mapping or list."""

    __slots__ = ("children", "column", "keys", "line", "scalar", "text")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.scalar: Scalar = None
        self.text = ""
        self.children: dict[str, Node] | list[Node] | None = None
        self.keys: dict[str, tuple[int, int]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is written here."""
        return self.children is None and self.scalar is None and not self.text

    def plain(self) -> Any:
        """The value as ordinary dictionaries, lists and scalars."""
        if isinstance(self.children, dict):
            return {key: node.plain() for key, node in self.children.items()}
        if isinstance(self.children, list):
            return [node.plain() for node in self.children]
        return self.scalar


class _Unreadable(Exception):
    """The rest of the file is not looked at."""


def parse(text: str, file: str, nodes_max: int = NODES_MAX) -> tuple[Node | None, list[Mistake]]:
    """The root of the file, unless it cannot be read to its end, and everything that is wrong with its form."""
    builder = _Builder(file, nodes_max)
    forbidden = FORBIDDEN.search(text)
    if forbidden:
        start = forbidden.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        builder.refuse_character(forbidden.group(), line, column)
        return None, builder.mistakes
    try:
        return builder.document(YAML(typ="safe", pure=True).parse(text)), builder.mistakes
    except _Unreadable:
        pass
    except MarkedYAMLError as error:
        mistake = explain(error, file, text)
        if mistake.line not in [known.line for known in builder.mistakes]:  # not what an earlier mistake led to
            builder.mistakes.append(mistake)
    except Exception as error:  # noqa: BLE001 - the parser raises this and that for texts that no one writes
        what = f"this is not YAML ({printable(str(error) or type(error).__name__)})"
        builder.mistakes.append(Mistake(file, 1, 1, what, "check the quotes and the escapes in it"))
    return None, builder.mistakes


class _Builder:
    """Makes nodes from the parser's events, so that no limit is passed before it is noticed."""

    def __init__(self, file: str, nodes_max: int) -> None:
        self.file = file
        self.nodes_max = nodes_max
        self.mistakes: list[Mistake] = []
        self.nodes = 0

    def refuse(self, mark: StringMark, what: str, remedy: str) -> None:
        self.mistakes.append(Mistake(self.file, mark.line + 1, mark.column + 1, what, remedy))

    def refuse_character(self, char: str, line: int, column: int) -> None:
        what = f"the character U+{ord(char):04X} can be neither spoken nor shown"
        self.mistakes.append(Mistake(self.file, line, column, what, "take it out"))

    def document(self, events: Iterator[Any]) -> Node | None:
        root = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if event.version and event.version != (1, 2):
                    self.refuse(event.start_mark, "the file asks for an old YAML", "take the %YAML line out")
                if root:
                    self.refuse(event.start_mark, "a second document begins here", "keep one document a file")
                    raise _Unreadable
            elif isinstance(event, NodeEvent):
                root = self.node(event, events, 1)
            elif isinstance(event, StreamEndEvent) and (root is None or root.is_empty):
                self.mistakes.append(
                    Mistake(self.file, 1, 1, "the file is empty", "write {} if there is nothing to say")
                )
                return None
        return root

    def node(self, event: NodeEvent, events: Iterator[Any], depth: int) -> Node:
        mark = event.start_mark
        self.nodes += 1
        if self.nodes > self.nodes_max:
            self.refuse(mark, f"the file holds more than {self.nodes_max} values", "make it smaller")
            raise _Unreadable
        if depth > DEPTH_MAX:
            self.refuse(mark, f"this is nested more than {DEPTH_MAX} deep", "close the brackets, or indent less")
            raise _Unreadable
        node = Node(mark.line + 1, mark.column + 1)
        if isinstance(event, AliasEvent):
            self.refuse(mark, "a word after * points at another place (an alias), which is not used here", STAR)
            node.text = "*"
            return node
        if event.anchor:
            self.refuse(mark, "a word after & names this place (an anchor), which is not used here", AMPERSAND)
        if isinstance(event, ScalarEvent):
            self.scalar(node, event)
        elif isinstance(event, SequenceStartEvent):
            node.children = []
            while not isinstance(event := next(events), SequenceEndEvent):
                node.children.append(self.node(event, events, depth + 1))
        elif isinstance(event, MappingStartEvent):
            self.mapping(node, events, depth)
        return node

    def scalar(self, node: Node, event: ScalarEvent) -> None:
        value: str = event.value
        if event.tag or (event.implicit[1] is False and event.implicit[0] is False):
            self.refuse(event.start_mark, "a word after ! is a tag, which is not used here", "take it out")
        forbidden = FORBIDDEN.search(value)
        if forbidden:  # written as an escape
            self.refuse_character(forbidden.group(), node.line, node.column)
            value = FORBIDDEN.sub("?", value)
        if event.style is None:
            node.text = value
            node.scalar = resolve(value)
        else:
            node.scalar = value

    def mapping(self, node: Node, events: Iterator[Any], depth: int) -> None:
        node.children = {}
        while not isinstance(event := next(events), MappingEndEvent):
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            name = self.key(key, event)
            if name is None:
                continue
            if name in node.keys:
                what = f"the key {printable(name)} is here a second time (first in line {node.keys[name][0]})"
                self.refuse(event.start_mark, what, "keep one of them")
                continue
            node.keys[name] = key.line, key.column
            node.children[name] = value
            if value.is_empty:  # the parser places nothing behind the comments and lines that follow
                value.line, value.column = key.line, key.column

    def key(self, key: Node, event: NodeEvent) -> str | None:
        if isinstance(event, AliasEvent):
            return None
        if key.children is not None:
            self.refuse(event.start_mark, "a key is a list or a mapping", "write a word as the key")
            return None
        if isinstance(key.scalar, str):
            return key.scalar
        if not key.text:
            self.refuse(event.start_mark, "a key is empty", "write a word before the colon")
            return None
        what = f"the key {printable(key.text)} is read as {kind_of(key.scalar)}"
        self.refuse(event.start_mark, what, f'put quotes around it: "{printable(key.text)}"')
        return key.text


def resolve(text: str) -> Scalar:
    """What YAML 1.2 makes of a scalar without quotes."""
    if text in NULLS:
        return None
    if text in TRUTHS:
        return TRUTHS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else text


def kind_of(value: object) -> str:
    """The kind of a value in words."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "keys and values"
