"""What is put before an import by mistake or on purpose: refused in a sentence, in bounded time and memory."""

import gzip
import io
import os
import socket
import zipfile

import pytest

from cti.lists.builder import LIMITS
from cti.lists.errors import SourceRefused
from tests.lists.made import builder, on_list, text
from tests.lists.test_files import NUMBERS, PLAIN, in_zip

MIB = 1024 * 1024


def refusal(folder, path):
    with pytest.raises(SourceRefused) as refused:
        builder(folder, limits=LIMITS).build(path)
    assert [path for path in folder.iterdir() if path.is_file()] == []
    return str(refused.value)


def test_a_folder_a_pipe_a_socket_and_a_device_are_no_files(tmp_path, folder):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path, pipe, tmp_path / "socket"):
            assert "is no file" in refusal(folder, path)
    device = tmp_path / "device"
    device.symlink_to("/dev/zero")
    assert "another folder" in refusal(folder, device)


def test_what_is_not_there_says_so(tmp_path, folder):
    assert "No such file" in refusal(folder, tmp_path / "missing")


def test_a_link_may_lead_to_a_neighbour_and_nowhere_else(tmp_path, folder):
    there = tmp_path / "there"
    there.mkdir()
    today = text(there / "2026-11-22.txt", PLAIN)
    (there / "latest").symlink_to(today.name)
    assert on_list(folder, builder(folder).build(there / "latest").digest) == NUMBERS
    outside, again = tmp_path / "outside" / "link", there / "again"
    outside.parent.mkdir()
    outside.symlink_to(today)
    again.symlink_to("again")
    with pytest.raises(SourceRefused, match="another folder"):
        builder(folder).build(outside)
    with pytest.raises(SourceRefused, match=r"itself|cannot be read"):
        builder(folder).build(again)


def test_a_line_that_never_ends_is_refused_before_it_is_read(tmp_path, folder):
    endless = text(tmp_path / "endless", PLAIN.encode() + b"1" * MIB)
    with endless.open("ab") as file:
        file.truncate(2048 * MIB)
    assert "a line of more than" in refusal(folder, endless)


def test_two_gigabytes_of_nothing_are_refused_at_their_beginning(tmp_path, folder):
    nothing = tmp_path / "nothing"
    with nothing.open("wb") as file:
        file.truncate(2048 * MIB)
    assert "NUL" in refusal(folder, nothing)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode() + b"\0" + PLAIN.encode(),
        PLAIN.encode("utf-16-le"),
        bytes(range(256)) * 40,
        b"\x7fELF\x02\x01\x01" + bytes(100),
        gzip.compress(in_zip(("list.txt", PLAIN)), mtime=0),
        in_zip(("inner.zip", in_zip(("list.txt", PLAIN)))),
    ],
    ids="nul utf16_without_mark bytes program zip_in_gzip zip_in_zip".split(),
)
def test_what_is_no_text_is_refused(tmp_path, folder, content):
    assert "NUL" in refusal(folder, text(tmp_path / "file", content))


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: in_zip(("list.txt", content))], ids=["gzip", "zip"])
def test_a_bomb_is_refused_before_it_goes_off(tmp_path, folder, pack):
    bomb = text(tmp_path / "bomb", pack(PLAIN.encode() * 1_500_000))
    assert "times its size" in refusal(folder, bomb)


def test_many_files_that_are_one_are_a_bomb_as_well(tmp_path, folder):
    content = in_zip(*[(f"{number}.txt", b"1" * 100) for number in range(1_001)])
    assert "more than 1000 files" in refusal(folder, text(tmp_path / "file", content))


@pytest.mark.parametrize("lie", ["count", "comment", "huge"])
def test_an_archive_that_lies_about_how_many_files_it_has_is_refused(tmp_path, folder, lie):
    content = bytearray(in_zip(*[(f"{number}.txt" + "x" * 1_000, b"1") for number in range(1_100)]))
    end = content.rindex(b"PK\5\6")
    content[end + 8 : end + 12] = b"\1\0\1\0"
    if lie == "comment":
        content[end + 20 : end + 22] = b"\4\0"
        content += b"PK\5\6"
    elif lie == "huge":
        content[end:end] = b"PK\6\7" + bytes(16)
    assert refusal(folder, text(tmp_path / "file", bytes(content)))


def test_an_archive_may_have_a_comment(tmp_path, folder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.txt", PLAIN)
        archive.comment = b"as of 22 November"
    assert on_list(folder, builder(folder).build(text(tmp_path / "file", file.getvalue())).digest) == NUMBERS


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_without_end_are_refused(tmp_path, folder, delimiter):
    assert "columns" in refusal(folder, text(tmp_path / "file", (delimiter * 60_000 + "\n") * 15))


@pytest.mark.parametrize("cut", [1, 9, 12, 30, 60])
def test_an_archive_that_is_cut_off_is_refused(tmp_path, folder, cut):
    content = "".join(f"202555{number:04}\n" for number in range(50)).encode()
    for packed in (gzip.compress(content), in_zip(("list.txt", content))):
        said = refusal(folder, text(tmp_path / "file", packed[:-cut]))
        assert "cannot be unpacked" in said


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: in_zip(("a", content), ("b", content))])
def test_an_archive_that_was_changed_is_refused_or_has_the_same_numbers(tmp_path, folder, pack):
    """There are bytes that mean nothing, such as the time; and names and kinds are not under any sum."""
    packed = pack(PLAIN.encode())
    outcomes = set()
    for place, was in enumerate(packed):
        file = text(tmp_path / "file", packed[:place] + bytes([was ^ 0x55]) + packed[place + 1 :])
        try:
            outcomes.add(tuple(on_list(folder, builder(folder, limits=LIMITS).build(file).digest)))
        except SourceRefused as refused:
            outcomes.add(str(refused).removeprefix(str(file)).partition(".")[0])
    assert tuple(NUMBERS) in outcomes
    assert " is cut off or damaged: it cannot be unpacked" in outcomes
    assert {outcome for outcome in outcomes if isinstance(outcome, tuple)} == {tuple(NUMBERS)}


def test_an_encrypted_archive_says_so(tmp_path, folder):
    packed = bytearray(in_zip(("list.txt", PLAIN)))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(mark) + flags] |= 1
    assert "encrypted" in refusal(folder, text(tmp_path / "file", bytes(packed)))


def test_a_zip_that_is_compressed_otherwise_says_so(tmp_path, folder):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("list.txt", PLAIN)
    assert "unusual" in refusal(folder, text(tmp_path / "file", file.getvalue()))


def test_a_spreadsheet_says_what_to_do(tmp_path, folder):
    content = in_zip(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", "<x/>"))
    assert "Save the sheet" in refusal(folder, text(tmp_path / "file", content))


def test_names_in_an_archive_lead_nowhere(tmp_path, folder):
    built = builder(folder).build(text(tmp_path / "file", in_zip(("../../../etc/cron.d/x", PLAIN), ("/abs", PLAIN))))
    assert on_list(folder, built.digest) == NUMBERS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "lists"]
