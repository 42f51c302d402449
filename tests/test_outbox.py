"""Laws 5 and 8: written whole or not at all, and never over a person's edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workflow import outbox
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.outbox import Outbox

TODAY = date(2023, 10, 27)


def box(root: Path, *ours: bytes) -> Outbox:
    known = {hash_of(data) for data in ours}
    return Outbox(root, TODAY, lambda _path, sha: sha in known)


def test_a_file_is_written_once(tmp_path: Path) -> None:
    assert box(tmp_path).write("outbox/a.xlsx", b"one").changed
    assert not box(tmp_path).write("outbox/a.xlsx", b"one").changed
    assert box(tmp_path, b"one").write("outbox/a.xlsx", b"two").changed
    assert (tmp_path / "outbox/a.xlsx").read_bytes() == b"two"
    assert [p.name for p in (tmp_path / "outbox").iterdir()] == ["a.xlsx"]


def test_a_persons_edit_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tracker.xlsx").write_bytes(b"edited by a person")
    written = box(tmp_path, b"one").write("tracker.xlsx", b"two")
    assert (tmp_path / "tracker.xlsx").read_bytes() == b"edited by a person"
    assert written.path == "tracker (new 2023-10-27).xlsx"
    assert (tmp_path / written.path).read_bytes() == b"two"
    assert "someone may have changed it" in written.note


def test_a_file_open_in_excel_gets_a_sibling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows refuses to replace an open file: imitated, because it cannot be tried here."""
    (tmp_path / "tracker.xlsx").write_bytes(b"one")
    real = Path.replace

    def locked(self: Path, target: Path) -> Path:
        if Path(target).name == "tracker.xlsx":
            raise PermissionError(13, "The process cannot access the file")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    monkeypatch.setattr(outbox, "_TRIES", ())
    written = box(tmp_path, b"one").write("tracker.xlsx", b"two")
    assert written.path == "tracker (new 2023-10-27).xlsx"
    assert "open in another program" in written.note
    assert (tmp_path / "tracker.xlsx").read_bytes() == b"one"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"one")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WorkflowError, match="could not be written"):
        box(tmp_path, b"one").write("a.xlsx", b"two")
    assert (tmp_path / "a.xlsx").read_bytes() == b"one"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_only_our_own_files_are_removed(tmp_path: Path) -> None:
    (tmp_path / "mine.eml").write_bytes(b"mine")
    (tmp_path / "theirs.eml").write_bytes(b"theirs")
    assert box(tmp_path, b"mine").remove("mine.eml")
    assert not box(tmp_path, b"mine").remove("theirs.eml")
    assert [p.name for p in tmp_path.iterdir()] == ["theirs.eml"]
