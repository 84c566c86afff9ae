"""The YAML parser's complaints in words that help somebody who does not know its grammar."""

import re

from ruamel.yaml.error import MarkedYAMLError

from cti.configuration.mistake import Mistake, printable

# What the parser says contains the first text -> what to say instead. The first that fits counts.
EXPLANATIONS = (
    ("character '\\t'", "a tab stands where only spaces may", "indent with spaces"),
    (
        "mapping values are not allowed",
        'a ": " stands inside a value, or this line is indented too far',
        'put quotes around a text that holds ": ", or align the key with the one above',
    ),
    (
        "could not find expected ':'",
        "this line is neither a key with a value nor part of the text above",
        "write it as key: value, or indent it",
    ),
    ("scanning a quoted scalar", "the quotes that open here are not closed", "close them"),
    ("scanning a directive", "a line begins with %", "put quotes around a text that begins with %"),
    ("unknown escape character", "a backslash stands before a letter that it does not go with", "write two of them"),
    ("scanning an alias", "* has a meaning of its own", 'put quotes around it: "*"'),
    ("scanning an anchor", "& has a meaning of its own", 'put quotes around it: "&"'),
    ("that cannot start any token", "a text begins with a character that has a meaning", "put quotes around the text"),
    ("sequence entries are not allowed", "a list begins on the line of its key", "write each - on a line of its own"),
    ("expected ',' or ']'", "a list in [ ] lacks a comma or its end", "write [a, b], with quotes around odd texts"),
    (
        "expected ',' or '}'",
        "keys in { } lack a comma or their end",
        "write {a: 1, b: 2}, with quotes around odd texts",
    ),
    (
        "expected <block end>",
        "this is not in line with what stands above",
        "align it with the keys above, or put quotes around the whole text",
    ),
    ("expected '<document start>'", "the file should end before this", "write every line as key: value"),
    ("but found '<document end>'", "the file ends before it began", "write {} if there is nothing to say"),
    ("expected the node content", "a value is missing here", "write one, or put quotes around the text"),
)

CONFLICT = re.compile(r"^(<{7}|>{7})(?= )", re.MULTILINE)
BARE_STAR = re.compile(r"^[ \t]*(?=\*[ \t]*:)", re.MULTILINE)  # a menu's key, written without quotes


def explain(error: MarkedYAMLError, file: str, text: str) -> Mistake:
    """The mistake behind a syntax error, where a person would look for it."""
    conflict = CONFLICT.search(text)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        what = f"a merge conflict was left here ({conflict.group()})"
        return Mistake(file, line, 1, what, "decide between its two sides and take the marks away")
    star = BARE_STAR.search(text)
    if star:
        line, column = text.count("\n", 0, star.end()) + 1, len(star.group()) + 1
        return Mistake(file, line, column, "* has a meaning of its own", 'put quotes around it: "*"')
    said = f"{error.context or ''} {error.problem or ''}"
    at_its_beginning = "quoted scalar" in said or "<stream end>" in said
    mark = (error.context_mark if at_its_beginning else error.problem_mark) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    for sign, what, remedy in EXPLANATIONS:
        if sign in said:
            return Mistake(file, line, column, what, remedy)
    what = f"this is not YAML ({printable(said.strip())})"
    return Mistake(file, line, column, what, "check the quotes and the indentation here")
