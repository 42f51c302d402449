"""Nothing is opened that is no plain file on this computer.

Windows and the cloud cannot be tried here: what the system says of a file there is imitated.
"""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.inbox_files import IGNORED, NOT_READY, SCANNING, found, only, posix, put, spying
from workflow.inbox import plain


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path


# --- what is no plain file


@posix
def test_pipes_sockets_and_devices_are_never_opened(workspace: Path) -> None:
    os.mkfifo(workspace / "inbox" / "pipe.xlsx")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(workspace / "inbox")  # the name of a socket may not be long
        try:
            listener.bind("socket.xlsx")
        finally:
            os.chdir(here)
        entries = found(workspace)
    assert {name: r.state for name, r in entries.items()} == {"pipe.xlsx": IGNORED, "socket.xlsx": IGNORED}
    assert "Put the file itself here" in entries["pipe.xlsx"].reason


@posix
def test_a_pipe_put_in_the_place_of_a_file_does_not_hang(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(workspace, "a.xlsx")
    info = path.lstat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(plain, "look", lambda _: info)
    with pytest.raises(OSError, match="replaced"), plain.opened(path):
        pass


@posix
def test_a_link_put_in_place_just_now_is_not_followed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(workspace, "a.xlsx")
    info = path.lstat()
    path.rename(workspace / "canary")
    path.symlink_to(workspace / "canary")
    monkeypatch.setattr(plain, "look", lambda _: info)
    with pytest.raises(OSError), plain.opened(path):
        pass


def test_another_file_put_in_place_just_now_is_not_read(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = put(workspace, "a.xlsx").lstat()
    other = put(workspace, "b.xlsx")
    monkeypatch.setattr(plain, "look", lambda _: info)
    with pytest.raises(OSError, match="replaced"), plain.opened(other):
        pass


@posix
def test_links_are_never_followed(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = workspace / "outside"
    outside.mkdir()
    canary = outside / "canary.xlsx"
    canary.write_bytes(b"secret")
    inbox = workspace / "inbox"
    (inbox / "link.xlsx").symlink_to(canary)
    (inbox / "folder").symlink_to(outside, target_is_directory=True)
    (inbox / "loop").symlink_to(inbox, target_is_directory=True)
    (inbox / "dangling.xlsx").symlink_to(outside / "nothing")
    opened: list[Path] = []
    monkeypatch.setattr(SCANNING, "opened", spying(opened))
    listed: list[str] = []
    scandir = os.scandir

    def listing(path: Any) -> Any:
        listed.append(str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", listing)
    entries = found(workspace)
    assert sorted(entries) == ["dangling.xlsx", "folder", "link.xlsx", "loop"]
    assert {r.state for r in entries.values()} == {IGNORED}
    assert opened == []
    assert listed == [str(inbox)]


@posix
def test_the_inbox_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.xlsx").write_bytes(b"x")
    (tmp_path / "inbox").symlink_to(tmp_path / "shared", target_is_directory=True)
    assert list(found(tmp_path)) == ["a.xlsx"]


# --- Windows and the cloud, imitated


def as_windows_says(monkeypatch: pytest.MonkeyPatch, name: str, **more: int) -> None:
    real = os.lstat

    def look(path: Path) -> Any:
        info = real(path)
        if Path(path).name != name:
            return info
        fields = {field: getattr(info, field) for field in dir(info) if field.startswith("st_")}
        return SimpleNamespace(**{**fields, **more})

    monkeypatch.setattr(SCANNING, "look", look)
    monkeypatch.setattr(plain, "look", look)


@pytest.mark.parametrize(
    "more", [{"st_file_attributes": 0x1020}, {"st_file_attributes": 0x40020}, {"st_file_attributes": 0x400020},
             {"st_file_attributes": 0x400420, "st_reparse_tag": 0x9000701A}, {"st_flags": 0x40000000}]
)  # fmt: skip
def test_a_placeholder_is_never_opened(workspace: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, int]) -> None:
    put(workspace, "a.xlsx")
    put(workspace, "b.xlsx")
    as_windows_says(monkeypatch, "a.xlsx", **more)
    opened: list[Path] = []
    monkeypatch.setattr(SCANNING, "opened", spying(opened))
    entries = found(workspace)
    assert entries["a.xlsx"].state is NOT_READY
    assert "not downloaded" in entries["a.xlsx"].reason
    assert [p.name for p in opened] == ["b.xlsx"]


@pytest.mark.parametrize("tag", [0xA000000C, 0xA0000003, 0xA000001D, 0x8000001B, 0])
@pytest.mark.parametrize("kind", [stat.S_IFREG, stat.S_IFDIR])
def test_a_reparse_point_is_not_followed(workspace: Path, monkeypatch: pytest.MonkeyPatch, tag: int, kind: int) -> None:
    """Links, junctions, links of the Linux subsystem, app aliases, and what nobody knows."""
    if kind == stat.S_IFDIR:
        put(workspace, "a/inside.xlsx")
    else:
        put(workspace, "a")
    as_windows_says(monkeypatch, "a", st_file_attributes=0x420, st_reparse_tag=tag)
    entries = found(workspace)
    assert {name: r.state for name, r in entries.items()} == {"a": IGNORED}


@pytest.mark.parametrize("tag", [0x9000001A, 0x9000601A, 0x9000F01A, 0x80000021, 0x80000013, 0x80000017])
def test_a_cloud_file_that_is_here_is_read(workspace: Path, monkeypatch: pytest.MonkeyPatch, tag: int) -> None:
    """So are those that a file server keeps without doubles, or that Windows keeps compressed."""
    put(workspace, "a.xlsx")
    as_windows_says(monkeypatch, "a.xlsx", st_file_attributes=0x420, st_reparse_tag=tag)
    assert only(workspace).state is None


def test_a_cloud_folder_is_walked_through(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(workspace, "folder/a.xlsx")
    as_windows_says(monkeypatch, "folder", st_file_attributes=0x410, st_reparse_tag=0x9000701A)
    assert list(found(workspace)) == ["folder/a.xlsx"]


def test_a_placeholder_of_icloud_is_named_as_its_file(workspace: Path) -> None:
    put(workspace, ".Q2.xlsx.icloud")
    put(workspace, ".Q3.xlsx.icloud")
    put(workspace, "Q3.xlsx")
    entries = found(workspace)
    assert {name: r.state for name, r in entries.items()} == {"Q2.xlsx": NOT_READY, "Q3.xlsx": None}


