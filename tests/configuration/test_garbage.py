"""Whatever the files hold: a configuration, or a list of mistakes that fit on their lines. Never anything else."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from cti.configuration.load import check
from tests.configuration.trees import CALLING, write
from tests.configuration.trees import GOOD as GOOD_CENTRE

GOOD = GOOD_CENTRE | {f"{name}.yaml": text for name, text in CALLING.items()}
FILES = [name.removesuffix(".yaml") for name in GOOD]


def look(**changed):
    with tempfile.TemporaryDirectory() as directory:
        for mistake in check(write(Path(directory), **{**CALLING, **changed})):
            line = str(mistake)
            assert line.isprintable()
            assert line.encode()
            assert mistake.line > 0
            assert mistake.column > 0
            assert mistake.what
            assert mistake.remedy


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(FILES), data=st.binary(max_size=300))
def test_any_bytes(name, data):
    look(**{name: data})


YAMLISH = st.text(alphabet="ab:-?,[]{}#&*!|>'\"%@` \n\t~01.\\x\0\ufeff\u2028é", max_size=120)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(FILES), text=YAMLISH)
def test_text_that_looks_like_yaml(name, text):
    look(**{name: text})


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(sorted(GOOD)), at=st.integers(0, 400), cut=st.integers(0, 12), put=YAMLISH)
def test_a_good_file_with_a_piece_replaced(name, at, cut, put):
    text = GOOD[name]
    at %= len(text)
    look(**{name.removesuffix(".yaml"): text[:at] + put[:20] + text[at + cut :]})


WORDS = sorted({word.strip("{}[]:,\"'") for text in GOOD.values() for word in text.split()} - {""})
SCALARS = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["24/7", "never", "mon-fri", "08:00-17:30", "1", "*", "4-8", "look_up", "collect", "say", "pause"]),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=10),
    st.dates().map(str),
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=6)
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(FILES), tree=TREES, key=st.sampled_from(["steps", "sales", "shop", "anna", "menu", ""]))
def test_any_values_in_any_place(name, tree, key):
    with tempfile.TemporaryFile("w+") as file:
        YAML(typ="safe", pure=True).dump({key: tree} if key else tree, file)
        file.seek(0)
        text = file.read()
    if name == "flows/main":
        text = f"start: open\n{text}"
    look(**{name: text.encode("utf-8", "surrogateescape")})
