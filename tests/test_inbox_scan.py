"""The inbox: every file of it is accounted for once, trouble with one stops only itself, and nothing is touched."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.inbox_files import LIMIT, NOT_READY, WORKBOOK, found, only, posix, put
from workflow.inbox import Received, hash_of, scan, unchanged
from workflow.inbox import read as read_again


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


# --- what is received


@pytest.mark.parametrize("name", ["a.xlsx", "a.pdf", "a.docx", "a.csv", "a.eml", "a.msg", "a.zip", "a", "a.lnk", "é – 1.xlsx"])
def test_no_file_is_told_from_its_name(workspace: Path, name: str) -> None:
    put(workspace, name, b"\xd0\xcf anything")
    assert found(workspace)[name] == Received(
        f"inbox/{name}", hash_of(b"\xd0\xcf anything"), 11, stamp=(11, (workspace / "inbox" / name).stat().st_mtime_ns)
    )


def test_a_file_of_many_pieces_is_read_whole(workspace: Path) -> None:
    data = bytes(range(251)) * 4000
    put(workspace, "large.bin", data)
    assert only(workspace).sha256 == hash_of(data)
    assert read_again(workspace, only(workspace)) == data


def test_files_come_in_the_order_of_their_names(workspace: Path) -> None:
    names = ["b/z.xlsx", "a.xlsx", "b.xlsx", "B.xlsx", "b/a/c.xlsx", "z/1.xlsx", "a/2.xlsx"]
    for name in names:
        put(workspace, name)
    assert list(found(workspace)) == sorted(names)
    assert list(scan(workspace, LIMIT)) == list(scan(workspace, LIMIT))


def test_no_inbox_is_an_empty_inbox(tmp_path: Path) -> None:
    assert list(scan(tmp_path, LIMIT)) == []


def test_another_folder_can_be_scanned(tmp_path: Path) -> None:
    (tmp_path / "post" / "in").mkdir(parents=True)
    (tmp_path / "post" / "in" / "a.eml").write_bytes(b"x")
    assert [r.file for r in scan(tmp_path, LIMIT, "post/in")] == ["post/in/a.eml"]


LITTER = (
    ".DS_Store", "Thumbs.db", "DESKTOP.INI", "README.md", "readme.txt", "._Q2.xlsx", ".hidden", "~$gone.xlsx",
    ".~lock.gone.xlsx#", "x.TMP", "Icon\r", ".git/config", "__MACOSX/Q2.xlsx", ".Trash-0/files/Q2.xlsx",
)  # fmt: skip


@posix
@pytest.mark.parametrize("name", LITTER)
def test_litter_is_passed_over(workspace: Path, name: str) -> None:
    put(workspace, name)
    put(workspace, "Q2.xlsx")
    assert list(found(workspace)) == ["Q2.xlsx"]


def test_two_thousand_files(workspace: Path) -> None:
    for n in range(2000):
        put(workspace, f"{n % 7}/{n:04d}.xlsx", b"%d" % n)
    entries = found(workspace)
    assert len(entries) == 2000
    assert all(r.state is None for r in entries.values())
    assert all(unchanged(workspace, r) for r in entries.values())


# --- the second look


def test_the_second_look(workspace: Path) -> None:
    path = put(workspace, "a.xlsx", b"first")
    received = only(workspace)
    assert unchanged(workspace, received)
    assert read_again(workspace, received) == b"first"
    path.write_bytes(b"first and more")
    assert not unchanged(workspace, received)
    assert read_again(workspace, received) is None
    path.write_bytes(b"FIRST")
    os.utime(path, ns=(received.stamp[1], received.stamp[1]))
    assert unchanged(workspace, received), "the second look asks the system alone"
    assert read_again(workspace, received) is None, "the bytes themselves tell"
    path.unlink()
    assert not unchanged(workspace, received)
    assert read_again(workspace, received) is None


def test_what_is_not_to_be_opened_is_not_read_again(workspace: Path) -> None:
    put(workspace, "a.xlsx", WORKBOOK[:-30])
    assert read_again(workspace, only(workspace)) is None
    assert not unchanged(workspace, only(workspace))


@posix
def test_a_link_put_in_the_place_of_a_file_is_not_followed(workspace: Path) -> None:
    canary = workspace / "canary.txt"
    canary.write_bytes(b"some bytes")
    path = put(workspace, "a.xlsx")
    received = only(workspace)
    path.unlink()
    path.symlink_to(canary)
    assert read_again(workspace, received) is None
    assert not unchanged(workspace, received)


# --- trouble


def denied() -> OSError:
    return PermissionError(errno.EACCES, "Permission denied")


def shared() -> OSError:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    vars(error)["winerror"] = 32  # as on Windows
    return error


def failing() -> OSError:
    return OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize(
    ("trouble", "says"),
    [(denied, "You are not allowed to read it"), (shared, "open in another program"), (failing, "Input/output error")],
)
@pytest.mark.parametrize("where", ["open", "lstat"])
def test_a_file_that_cannot_be_read_stops_only_itself(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], OSError], says: str, where: str
) -> None:
    put(workspace, "a.xlsx")
    put(workspace, "b.xlsx")
    real = getattr(os, where)

    def fail(path: Any, *more: Any, **named: Any) -> Any:
        if str(path).endswith("a.xlsx"):
            raise trouble()
        return real(path, *more, **named)

    monkeypatch.setattr(os, where, fail)
    entries = found(workspace)
    assert entries["a.xlsx"].state is NOT_READY
    assert says in entries["a.xlsx"].reason
    assert entries["b.xlsx"].state is None
    assert read_again(workspace, Received("inbox/a.xlsx", "0", 1)) is None


def test_a_file_that_goes_away_meanwhile_is_left_out(workspace: Path) -> None:
    put(workspace, "a.xlsx")
    gone = put(workspace, "b.xlsx")
    entries = scan(workspace, LIMIT)
    assert next(entries).file == "inbox/a.xlsx"
    gone.unlink()
    assert list(entries) == []


@pytest.mark.parametrize("trouble", [denied, failing])
def test_a_folder_that_cannot_be_listed_is_said(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[], OSError]
) -> None:
    put(workspace, "closed/a.xlsx")
    put(workspace, "open/b.xlsx")
    scandir = os.scandir

    def fail(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise trouble()
        return scandir(path)

    monkeypatch.setattr(os, "scandir", fail)
    entries = found(workspace)
    assert {name: r.state for name, r in entries.items()} == {"closed": NOT_READY, "open/b.xlsx": None}
    assert "This folder could not be listed" in entries["closed"].reason


def test_an_inbox_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "inbox").write_bytes(b"")
    (entry,) = scan(tmp_path, LIMIT)
    assert (entry.file, entry.state) == ("inbox", NOT_READY)


@posix
@pytest.mark.parametrize("name", [b"caf\xe9.xlsx", b"caf\xe9/a.xlsx"])
def test_a_name_that_is_no_text_is_said(workspace: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(workspace / "inbox") + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    received = only(workspace)
    assert received.file.encode() == b"inbox/" + name.replace(b"\xe9", b"\\xe9")
    assert (received.state, "Rename it" in received.reason) == (NOT_READY, True)


@posix
def test_a_name_with_control_characters_is_as_it_is_on_disk(workspace: Path) -> None:
    put(workspace, "a\x1b[31m\nb\\c.xlsx")
    received = only(workspace)
    assert (received.file, received.state) == ("inbox/a\x1b[31m\nb\\c.xlsx", None)
    assert read_again(workspace, received) == b"some bytes"


# --- the law

NAMES = st.one_of(
    st.text(st.characters(exclude_characters="/\\\0:*?\"<>|", exclude_categories=["Cs"]), min_size=1, max_size=8),
    st.sampled_from(["Q2.xlsx", "q2.XLSX", "~$Q2.xlsx", ".~lock.Q2.xlsx#", ".hidden", "x.tmp", "README.md", "Thumbs.db"]),
    st.just("__MACOSX"),
).filter(lambda n: n not in {".", ".."} and len(n.encode()) < 200)
CONTENTS = st.one_of(st.binary(max_size=40), st.just(WORKBOOK), st.just(WORKBOOK[:-40]), st.just(b""))
TREES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(CONTENTS, st.just("link"), st.just("pipe")), lambda tree: st.dictionaries(NAMES, tree, max_size=5), max_leaves=15
)


def build(folder: Path, tree: dict[str, Any]) -> None:
    for name, content in tree.items():
        path = folder / name
        if isinstance(content, dict):
            path.mkdir()
            build(path, content)
        elif content == "link":
            path.symlink_to(folder.parent)
        elif content == "pipe":
            os.mkfifo(path)
        else:
            path.write_bytes(content)


def state_of_disk(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    found: dict[str, tuple[int, int, int, int]] = {}
    for path, folders, files in os.walk(folder):
        for name in (*folders, *files, "."):
            info = os.lstat(Path(path, name))
            found[f"{path}/{name}"] = (info.st_mode, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
    return found


def counts(tree: dict[str, Any], at: str = "inbox") -> Iterator[str]:
    """The files that count: everything but what a person would not call a file of theirs."""
    for name, content in tree.items():
        low = name.casefold()
        if isinstance(content, dict):
            if not (low[0] == "." or low == "__macosx"):
                yield from counts(content, f"{at}/{name}")
        elif not (low[0] == "." or low[:2] == "~$" or low[-4:] == ".tmp" or low in {"readme.md", "thumbs.db"}):
            yield f"{at}/{name}"


@posix
@given(st.dictionaries(NAMES, TREES, max_size=6))
@settings(max_examples=60)
def test_every_file_is_accounted_for_once_and_nothing_is_touched(tree: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        (workspace / "inbox").mkdir()
        build(workspace / "inbox", tree)
        before = state_of_disk(workspace)
        entries = list(scan(workspace, LIMIT))
        assert [r.file for r in entries] == sorted(counts(tree))
        for r in entries:
            data = read_again(workspace, r)
            assert unchanged(workspace, r) == (r.state is None) == (data is not None)
            assert data is None or hash_of(data) == r.sha256
            assert bool(r.reason) == (r.state is not None)
        assert state_of_disk(workspace) == before
