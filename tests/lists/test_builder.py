"""Lists that are made, and lists that are changed, against Python's sets."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.lists.builder import LIMITS, ListBuilder
from cti.lists.errors import ImportRunning, ListDamaged, ListError, SourceRefused
from cti.lists.merging import compare
from cti.lists.number_list import NumberList
from cti.store.numbers import NotANumber, e164
from tests.lists.made import SMALL, builder, list_of, on_list, text

files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

NUMBERS = st.one_of(
    st.integers(12_025_550_000, 12_025_550_040),
    st.integers(12_025_550_000, 12_025_580_000),
    st.integers(12_012_000_000, 19_899_999_999).filter(lambda number: number // 10**9 != 11),
)


def base_of(folder, numbers):
    path = list_of(folder / "new", numbers)
    with NumberList.open(path) as made:
        digest = made.digest
    path.rename(folder / digest)
    return digest


@files
@given(st.lists(NUMBERS, min_size=1, max_size=150))
def test_a_file_makes_the_list_of_its_numbers(tmp_path, folder, numbers):
    file = text(tmp_path / "file", "".join(f"+{number}\n" for number in numbers))
    small, big = builder(folder).build(file), builder(folder, limits=LIMITS).build(file)
    assert on_list(folder, small.digest) == sorted(set(numbers))
    assert small == big
    assert (small.count, small.lines) == (len(set(numbers)), len(numbers))


SPELLINGS = [
    "+{0}",
    "{0}",
    " {0} ",
    '"{0}"',
    "+1 ({1}) {2}-{3}",
    "{1}{2}{3}",
    "{1}.{2}.{3}",
    "001{1}{2}{3}",
    "{1}{2}",
    "",
    "x",
]


@files
@given(st.lists(st.tuples(NUMBERS, st.sampled_from(SPELLINGS)), max_size=80))
def test_lines_are_read_alike_at_a_glance_and_one_by_one(tmp_path, folder, spelt):
    lines = ["+12025550100", *[form.format(number, *parts(number)) for number, form in spelt]]
    expected = set()
    for line in filter(str.strip, lines):
        try:
            expected.add(int(e164(line.replace('"', ""), "US")))
        except NotANumber:
            continue
    file = text(tmp_path / "file", "\n".join(lines))
    small, big = builder(folder).build(file), builder(folder, limits=LIMITS).build(file)
    assert on_list(folder, small.digest) == sorted(expected)
    assert small == big


def parts(number):
    return str(number)[1:4], str(number)[4:7], str(number)[7:]


@files
@given(st.sets(NUMBERS, max_size=40), st.lists(st.tuples(st.booleans(), NUMBERS), max_size=150))
def test_changes_apply_one_after_another(tmp_path, folder, before, changes):
    expected = set(before)
    for add, number in changes:
        (expected.add if add else expected.discard)(number)
    file = text(tmp_path / "file", "".join(f"{'-+'[add]}{number}\n" for add, number in changes))
    built = builder(folder).build(file, "changes", base=base_of(folder, before))
    assert on_list(folder, built.digest) == sorted(expected)
    assert built.digest == base_of(folder, expected)


@files
@given(st.sets(NUMBERS, max_size=60), st.sets(NUMBERS, max_size=60))
def test_numbers_may_be_only_added_or_only_removed(tmp_path, folder, before, said):
    base = base_of(folder, before)
    file = text(tmp_path / "file", "".join(f"{number}\n" for number in sorted(said)))
    added = builder(folder).build(file, "add", base=base)
    removed = builder(folder).build(file, "remove", base=base)
    assert on_list(folder, added.digest) == sorted(before | said)
    assert on_list(folder, removed.digest) == sorted(before - said)


@files
@given(st.sets(NUMBERS, max_size=60), st.sets(NUMBERS, max_size=60))
def test_a_comparison_counts_what_came_and_what_went(folder, old, new):
    with (
        NumberList.open(folder / base_of(folder, old)) as before,
        NumberList.open(folder / base_of(folder, new)) as after,
    ):
        assert compare(before, after) == (len(new - old), len(old - new))
        assert compare(before, before) == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        "+2025550101\n-2025550100\n",
        "+12025550101\n-12025550100\n",
        "++12025550101\n-+12025550100\n",
        "+ (202) 555-0101\n- (202) 555-0100\n",
        "202,5550101,A\n202,5550100,D\n",
        "202,5550101,2026-11-21-10.32.15,A\n202,5550100,2026-11-21-10.32.16,D\n",
        "phone;action\n2025550101;Add\n2025550100;Delete\n",
        "action,phone\nadded,(202) 555-0101\nremoved,+1 202 555 0100\n",
        "phone;since\n+2025550101;x\n-2025550100;y\n",
        "+2025550100\n-2025550100\n-2025550101\n+2025550101\n",
    ],
)
def test_changes_may_be_written_in_several_ways(tmp_path, folder, content):
    base = base_of(folder, [12_025_550_100, 12_025_550_102])
    built = builder(folder).build(text(tmp_path / "file", content), "changes", base=base)
    assert on_list(folder, built.digest) == [12_025_550_101, 12_025_550_102]
    assert built.rejected == 0


def test_a_german_number_keeps_its_code_after_a_sign(tmp_path, folder):
    built = builder(folder, "DE").build(text(tmp_path / "file", "+4930123456\n+030123457\n++4930123458\n"), "changes")
    assert on_list(folder, built.digest) == [4930123456, 4930123457, 4930123458]


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        ("+2025550101\n2025550100\n", ["it begins neither with + nor with -"]),
        (
            "202,5550101,A\n" * 19 + "202,5550100,X\n",
            ["it says neither that the number is added nor that it is removed"],
        ),
    ],
)
def test_a_change_that_does_not_say_which_is_rejected(tmp_path, folder, content, reasons):
    built = builder(folder).build(text(tmp_path / "file", content), "changes")
    assert on_list(folder, built.digest) == [12_025_550_101]
    assert [rejection.reason for rejection in built.rejections] == reasons


def test_a_day_without_changes_leaves_the_list_as_it_is(tmp_path, folder):
    base = base_of(folder, [12_025_550_100])
    for meaning in ("changes", "add", "remove"):
        assert builder(folder).build(text(tmp_path / "file", ""), meaning, base=base).digest == base


def test_progress_is_told_in_bytes_of_the_file(tmp_path, folder):
    file = text(tmp_path / "file", "".join(f"202555{number:04}\n" for number in range(200)))
    told: list[tuple[int, int]] = []
    builder(folder).build(file, progress=lambda done, of, counts: told.append((done, of)))
    size = file.stat().st_size
    assert told == sorted(told)
    assert told[-1] == (size, size)
    assert all(0 < done <= of == size for done, of in told)


def test_a_whole_list_has_no_list_before_it(tmp_path, folder):
    with pytest.raises(ListError, match="as changes"):
        builder(folder).build(text(tmp_path / "file", "2025550100\n"), base="0" * 64)


@pytest.mark.parametrize("base", ["0" * 64, "../file", "x", "A" * 64])
def test_a_base_that_is_not_there_says_so(tmp_path, folder, base):
    with pytest.raises(ListError):
        builder(folder).build(text(tmp_path / "file", "+2025550100\n"), "changes", base=base)


def test_a_damaged_base_is_found_before_anything_is_built_on_it(tmp_path, folder):
    base = base_of(folder, range(12_025_550_000, 12_025_550_900))
    content = bytearray((folder / base).read_bytes())
    content[100] ^= 1
    (folder / base).write_bytes(content)
    with pytest.raises(ListDamaged, match="was changed or is damaged"):
        builder(folder).build(text(tmp_path / "file", "+2025551100\n"), "changes", base=base)


def test_a_list_that_is_there_already_and_damaged_is_healed(tmp_path, folder):
    file = text(tmp_path / "file", "2025550100\n")
    digest = builder(folder).build(file).digest
    (folder / digest).write_bytes(b"")
    assert builder(folder).build(file).digest == digest
    assert on_list(folder, digest) == [12_025_550_100]


def test_the_same_import_does_not_run_twice_at_once(tmp_path, folder):
    file = text(tmp_path / "file", "2025550100\n2025550101\n")
    refused = []

    def again(done, of, counts):
        with pytest.raises(ImportRunning) as running:
            builder(folder).build(file)
        refused.append(str(running.value))

    builder(folder).build(file, progress=again)
    assert refused
    assert set(refused) == {"Another process is importing this file. Wait until it is done."}


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, folder):
    file = text(tmp_path / "file", "2025550100\n")

    def more(done, of, counts):
        with file.open("a") as growing:
            growing.write("2025550101\n")

    with pytest.raises(SourceRefused, match="changed while it was read"):
        builder(folder).build(file, progress=more)
    assert on_list(folder, builder(folder).build(file).digest) == [12_025_550_100, 12_025_550_101]


def test_a_normaliser_that_makes_no_number_is_not_believed(tmp_path, folder):
    odd = ListBuilder(folder, lambda written: written.replace("x", ""), limits=SMALL)
    built = odd.build(text(tmp_path / "file", "x+12025550100\nx12025550101\n+x\n"))
    assert on_list(folder, built.digest) == [12_025_550_100]
    assert [rejection.reason for rejection in built.rejections] == ["it is no number in E.164"] * 2
