"""YAML as it is read here: scalars by YAML 1.2, surprising features refused, every value with its place."""

import pytest

from cti.configuration.document import parse


def plain(text):
    root, found = parse(text, "f")
    assert found == []
    return root.plain()


def said(text):
    return [str(mistake) for mistake in parse(text, "f")[1]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("17:30", "17:30"),
        ("24/7", "24/7"),
        ("2026-12-25", "2026-12-25"),
        ("0123", 123),
        ("+49", 49),
        ("-5", -5),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("9" * 5_000, float("inf")),
        ("~", None),
        ("null", None),
        ("", None),
        ('"7"', "7"),
        ("'true'", "true"),
        ("|\n  two\n  lines", "two\nlines\n"),
        (">-\n  one\n  line", "one line"),
    ],
)
def test_scalars(text, value):
    assert plain(f"key: {text}\n") == {"key": value}


def test_short_forms_of_lists_and_mappings():
    assert plain("a: [b, c: 2, {d: [e]}]\nf: {}\n") == {"a": ["b", {"c": 2}, {"d": ["e"]}], "f": {}}


def test_every_key_and_value_knows_its_place():
    root, _ = parse("# c\nsales:\n  name: S\n  queues: [a,\n    b]\n", "f")
    sales = root.children["sales"]
    assert root.keys["sales"] == (2, 1)
    assert sales.keys["name"] == (3, 3)
    assert (sales.children["name"].line, sales.children["name"].column) == (3, 9)
    last = sales.children["queues"].children[1]
    assert (last.line, last.column) == (5, 5)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "f:1:1: the file is empty, write {} if there is nothing to say"),
        ("# nothing\n", "f:1:1: the file is empty, write {} if there is nothing to say"),
        ("---\n", "f:1:1: the file is empty, write {} if there is nothing to say"),
        ("...\n", "f:1:1: the file ends before it began, write {} if there is nothing to say"),
        ("a: 1\nb: 2\na: 3\n", "f:3:1: the key a is here a second time (first in line 1), keep one of them"),
        ("a: {b: 1, b: 2}", "f:1:11: the key b is here a second time (first in line 1), keep one of them"),
        (
            "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> theirs\n",
            "f:2:1: a merge conflict was left here (<<<<<<<), decide between its two sides and take the marks away",
        ),
        ("1: x", 'f:1:1: the key 1 is read as a number, put quotes around it: "1"'),
        ("true: x", 'f:1:1: the key true is read as true or false, put quotes around it: "true"'),
        ("~: x", 'f:1:1: the key ~ is read as nothing, put quotes around it: "~"'),
        (": x", "f:1:1: a key is empty, write a word before the colon"),
        ("? [a]\n: b", "f:1:3: a key is a list or a mapping, write a word as the key"),
        (
            "a: &x 1",
            (
                "f:1:4: a word after & names this place (an anchor), which is not used here, "
                "put quotes around a text that begins with &"
            ),
        ),
        ("a: !!python/object:os.system x", "f:1:4: a word after ! is a tag, which is not used here, take it out"),
        ("a: !secret x", "f:1:4: a word after ! is a tag, which is not used here, take it out"),
        ("%YAML 1.1\n---\na: 1", "f:2:1: the file asks for an old YAML, take the %YAML line out"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document begins here, keep one document a file"),
        ("a:\n\tb: 1", "f:2:1: a tab stands where only spaces may, indent with spaces"),
        (
            "a: b: c",
            (
                'f:1:5: a ": " stands inside a value, or this line is indented too far, '
                'put quotes around a text that holds ": ", or align the key with the one above'
            ),
        ),
        (
            "a: 1\nb\n",
            (
                "f:3:1: this line is neither a key with a value nor part of the text above, "
                "write it as key: value, or indent it"
            ),
        ),
        ("a: 'it", "f:1:4: the quotes that open here are not closed, close them"),
        ("a: [1, 2\n", "f:1:4: a list in [ ] lacks a comma or its end, write [a, b], with quotes around odd texts"),
        (
            "a: {b: 1\n",
            "f:1:4: keys in { } lack a comma or their end, write {a: 1, b: 2}, with quotes around odd texts",
        ),
        (
            "a:\n  b: 1\n c: 2",
            (
                "f:3:2: this is not in line with what stands above, "
                "align it with the keys above, or put quotes around the whole text"
            ),
        ),
        ("a: @x", "f:1:4: a text begins with a character that has a meaning, put quotes around the text"),
        ("a: - b", "f:1:4: a list begins on the line of its key, write each - on a line of its own"),
        ('a: "\\q"', "f:1:4: a backslash stands before a letter that it does not go with, write two of them"),
        ('"1": a\n*: b', 'f:2:1: * has a meaning of its own, put quotes around it: "*"'),
        ("a: b\0c", "f:1:5: the character U+0000 can be neither spoken nor shown, take it out"),
        ("a: 1\nb: \x07", "f:2:4: the character U+0007 can be neither spoken nor shown, take it out"),
        ('a: "\\a"', "f:1:4: the character U+0007 can be neither spoken nor shown, take it out"),
        ('a: "\\ud800"', "f:1:4: the character U+D800 can be neither spoken nor shown, take it out"),
        ("[" * 100, "f:1:13: this is nested more than 12 deep, close the brackets, or indent less"),
        ("- " * 100, "f:1:25: this is nested more than 12 deep, close the brackets, or indent less"),
    ],
)
def test_what_is_refused(text, line):
    assert said(text) == [line]


def test_an_escape_for_no_character_is_refused():
    (line,) = said('a: "\\U00110000"')
    assert line.startswith("f:1:1: this is not YAML (")


def test_several_mistakes_of_one_file_are_named_together():
    assert [line.split(" ")[0] for line in said("a: &x 1\nb: *x\nb: 2\nc: 'y\n")] == [
        "f:1:4:",
        "f:2:4:",
        "f:3:1:",
        "f:4:4:",
    ]


def test_a_bomb_of_aliases_is_refused_without_growing():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{last}, *{last}]\n" for last, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert len(said(bomb)) == 9 + 16


def test_a_file_of_too_many_values_is_given_up():
    root, found = parse("[" + "1," * 100 + "]", "f", nodes_max=50)
    assert root is None
    assert [str(mistake) for mistake in found] == ["f:1:100: the file holds more than 50 values, make it smaller"]
