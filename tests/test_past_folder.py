"""Past versions in a folder: named in an index, or by their own names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.errors import UsageProblem
from sync.past.folder import PastVersion, has_index, read_folder


def seen(day: int, body: bytes, *, hour: int = 12) -> PastVersion:
    """A version of September 2021."""
    return PastVersion(datetime(2021, 9, day, hour, tzinfo=UTC), body)


def put(folder: Path, **files: bytes) -> None:
    """Files whose names begin with a letter, for an index."""
    for name, body in files.items():
        (folder / f"{name}.xml").write_bytes(body)


# -- an index -----------------------------------------------------------------------------------------


def test_an_index_says_when_each_version_was_seen(tmp_path: Path) -> None:
    put(tmp_path, a=b"A", b=b"B", unnamed=b"C")
    (tmp_path / "index.csv").write_text(
        "observed_at,updated,file\n"
        "2021-09-03T12:00:00Z,2021-09-02,b.xml\n"
        "2021-09-01T12:00:00Z,2021-09-01,a.xml\n"
        "2021-09-05T12:00:00Z,2021-09-01,a.xml\n",
        "utf-8",
    )
    assert has_index(tmp_path)
    assert list(read_folder(tmp_path)) == [seen(1, b"A"), seen(3, b"B"), seen(5, b"A")]


@pytest.mark.parametrize(
    "text",
    [
        "2021-09-03T12:00:00Z",
        "2021-09-03T12:00:00+00:00",
        "2021-09-03 12:00:00",
        "2021-09-03T14:00:00+02:00",
        "2021-09-03T12:00:00.999Z",
        "20210903T120000Z",
    ],
)
def test_a_time_without_a_zone_is_utc(tmp_path: Path, text: str) -> None:
    put(tmp_path, a=b"A")
    (tmp_path / "index.csv").write_text(f"observed_at,file\n{text},a.xml\n", "utf-8")
    assert list(read_folder(tmp_path)) == [seen(3, b"A")]


def test_those_of_one_time_stay_in_the_order_of_the_index(tmp_path: Path) -> None:
    put(tmp_path, a=b"A", b=b"B", c=b"C")
    lines = [f"2021-09-03T12:00:00Z,{name}.xml" for name in ("b", "c", "a")]
    (tmp_path / "index.csv").write_text("\n".join(["observed_at,file", *lines]), "utf-8")
    assert [version.body for version in read_folder(tmp_path)] == [b"B", b"C", b"A"]


def test_a_spreadsheet_s_byte_order_mark_and_line_ends_are_no_matter(tmp_path: Path) -> None:
    put(tmp_path, a=b"A")
    (tmp_path / "index.csv").write_bytes(
        b'\xef\xbb\xbf"observed_at","file"\r\n"2021-09-03T12:00:00Z","a.xml"\r\n'
    )
    assert list(read_folder(tmp_path)) == [seen(3, b"A")]


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (b"seen,file\n2021-09-03,a.xml\n", "must name the columns observed_at and file"),
        (b"", "must name the columns observed_at and file"),
        (b"observed_at,file\n", "no past versions here"),
        (b"observed_at,file\n2021-09-03,a.xml\nyesterday,a.xml\n", "index.csv:3: 'yesterday' is no time"),
        (b"observed_at,file\n0001-01-01T00:00:00+09:00,a.xml\n", "index.csv:2: .* is no time"),
        (b"observed_at,file\n2021-09-03\n", "index.csv:2: the column file is empty"),
        (b"observed_at,file\n,a.xml\n", "index.csv:2: '' is no time"),
        (b"observed_at,file\n2021-09-03,b.xml\n", r"b\.xml: can't be read: No such file"),
        (b"observed_at,file\n2021-09-03,.\n", "can't be read: Is a directory"),
        (b"observed_at,file\n2021-09-03,\xff.xml\n", "no CSV file in UTF-8"),
        (b'observed_at,file\n2021-09-03,"a.xml\n', "no CSV file in UTF-8"),
    ],
)
def test_an_index_that_cannot_be_meant_is_refused(tmp_path: Path, index: bytes, said: str) -> None:
    put(tmp_path, a=b"A")
    (tmp_path / "index.csv").write_bytes(index)
    with pytest.raises(UsageProblem, match=said):
        list(read_folder(tmp_path))


def test_an_index_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.csv").symlink_to(tmp_path / "index.csv")
    assert not has_index(tmp_path)
    (tmp_path / "index.csv").unlink()
    (tmp_path / "index.csv").mkdir()
    assert not has_index(tmp_path)


# -- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "20210903T120000Z.xml",
        "20210903T120000.xml",
        "20210903120000.xml",
        "2021-09-03T12:00:00Z.xml",
        "2021-09-03_12-00-00.xml",
        "20210903-120000",
    ],
)
def test_a_file_named_by_a_time_is_of_that_time(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"A")
    assert not has_index(tmp_path)
    assert list(read_folder(tmp_path)) == [seen(3, b"A")]


def test_a_file_named_by_a_day_is_of_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "2021-09-03.xml").write_bytes(b"A")
    assert list(read_folder(tmp_path)) == [seen(3, b"A", hour=0)]


def test_files_come_oldest_first_and_other_things_are_left_alone(tmp_path: Path) -> None:
    for name, body in (("20210905.xml", b"C"), ("20210901.xml", b"A"), ("2021-09-03.txt", b"B")):
        (tmp_path / name).write_bytes(body)
    for name in ("README.md", "websocket.xml", "20210901T12.xml", "20210901T120000Z.xml.gz", "².xml"):
        (tmp_path / name).write_bytes(b"no version")
    (tmp_path / "20210902").mkdir()
    assert [version.body for version in read_folder(tmp_path)] == [b"A", b"B", b"C"]


def test_files_of_one_time_come_by_their_names(tmp_path: Path) -> None:
    for name in ("20210903.c", "20210903.a", "20210903.b", "2021-09-03.a"):
        (tmp_path / name).write_text(name, "utf-8")
    names = [version.body.decode() for version in read_folder(tmp_path)]
    assert names == ["2021-09-03.a", "20210903.a", "20210903.b", "20210903.c"]


@pytest.mark.parametrize("name", ["20211303.xml", "20210931T000000Z.xml", "20210903T250000Z.xml"])
def test_a_name_that_is_no_time_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"A")
    with pytest.raises(UsageProblem, match=f"{name}: the name is no time"):
        list(read_folder(tmp_path))


def test_an_empty_folder_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"index\.csv .* observed_at and file, files named by time"):
        list(read_folder(tmp_path))
