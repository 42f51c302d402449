"""One run at a time: the second stops and says who has the lock, and a killed run locks nobody out."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workflow.errors import WorkflowError
from workflow.ledger import lock, run_lock


@contextmanager
def another(workspace: Path, code: str = "input()") -> Iterator[subprocess.Popen[str]]:
    """Another process that has the lock."""
    program = f"""
        from pathlib import Path
        from workflow.ledger import run_lock
        with run_lock(Path({str(workspace)!r})):
            print("locked", flush=True)
            {code}
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout and running.stdout.readline() == "locked\n"
        try:
            yield running
        finally:
            running.kill()


def refusal(workspace: Path) -> str:
    with pytest.raises(WorkflowError) as stopped, run_lock(workspace):
        pass
    return str(stopped.value)


def test_the_lock_file_says_who_and_goes_away(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        said = json.loads((tmp_path / "ledger.lock").read_text())
        assert said["pid"] == os.getpid()
        assert set(said) == {"user", "host", "pid", "since"}
        assert abs(datetime.fromisoformat(said["since"]) - datetime.now(UTC)) < timedelta(minutes=10)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_gives_it_back(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), run_lock(tmp_path):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with run_lock(tmp_path):
        pass


def test_a_second_run_is_told_who_has_it(tmp_path: Path) -> None:
    with another(tmp_path):
        path = tmp_path / "ledger.lock"
        said = json.loads(path.read_text())
        at = datetime.fromisoformat(said["since"]).astimezone()
        expected = f"Another run is going: started at {at:%H:%M} by {said['user']} on {said['host']}."
        assert refusal(tmp_path) == f"{expected} Wait for it to finish, then run again."
        assert path.exists(), "whoever is refused takes nothing away"
        assert refusal(tmp_path).startswith(expected)


def test_a_run_within_a_run_is_refused(tmp_path: Path) -> None:
    with run_lock(tmp_path):
        assert "Another run is going" in refusal(tmp_path)
    with run_lock(tmp_path):
        pass


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_killed_run_locks_nobody_out(tmp_path: Path) -> None:
    with another(tmp_path) as running:
        running.send_signal(signal.SIGKILL)
        running.wait(30)
        assert (tmp_path / "ledger.lock").exists()
        with run_lock(tmp_path):
            assert json.loads((tmp_path / "ledger.lock").read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_that_is_taken_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever had it finishes between our opening the file and our locking it: what we hold is then nobody's lock."""
    take = lock._try_lock
    taken: list[int] = []

    def late(handle: int) -> None:
        if not taken and os.name != "nt":
            (tmp_path / "ledger.lock").unlink()
        taken.append(handle)
        take(handle)

    monkeypatch.setattr(lock, "_try_lock", late)
    with run_lock(tmp_path):
        assert (tmp_path / "ledger.lock").exists()
        assert "Another run is going" in refusal(tmp_path)
    assert list(tmp_path.iterdir()) == []


YESTERDAY = "2023-10-16T10:00:00+00:00"


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (b"", "Another run is going. Wait"),
        (b"\xff\xfe not json", "Another run is going. Wait"),
        (b"[1, 2]", "Another run is going. Wait"),
        (b"[" * 4096, "Another run is going. Wait"),
        (b'{"user": 7, "host": null, "since": 3}', "Another run is going. Wait"),
        (b'{"user": "lead", "since": "yesterday"}', "Another run is going: started by lead. Wait"),
        (json.dumps({"user": "a\x1b[31m\u202eb", "host": "h" * 99}).encode(), f"started by a[31mb on {'h' * 60}. Wait"),
        (json.dumps({"host": "desk", "since": YESTERDAY}).encode(), "started on 16/10/2023 at "),
    ],
)
def test_what_the_file_says_is_not_trusted(tmp_path: Path, left: bytes, says: str) -> None:
    with another(tmp_path):
        (tmp_path / "ledger.lock").write_bytes(left)
        said = refusal(tmp_path)
    assert says in said
    assert said.isprintable()


def test_two_runs_never_meet(tmp_path: Path) -> None:
    """Four processes that each want the lock a hundred times: inside, nobody else is; and none waits for ever."""
    program = f"""
        import os, sys, time
        from pathlib import Path
        from workflow.errors import WorkflowError
        from workflow.ledger import run_lock
        root, inside, turns, refused = Path({str(tmp_path)!r}), Path({str(tmp_path)!r}, "inside"), 0, 0
        while turns < 100:
            try:
                with run_lock(root):
                    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
                    inside.unlink()
                    turns += 1
            except WorkflowError as error:
                assert "Another run is going" in str(error), error
                refused += 1
        print(refused)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    done = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * 4, [errors for _, errors in done]
    assert sum(int(refused) for refused, _ in done), "they never tried at once, so nothing was shown"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="making links is not for everybody on Windows")
def test_a_link_in_the_place_of_the_lock_file_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "ledger.lock").symlink_to(precious)
    assert "cannot be written to" in refusal(tmp_path)
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_workspace_that_cannot_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "open", fail)
    assert os.strerror(code) in refusal(tmp_path)


def test_a_drive_that_knows_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "_try_lock", fail)
    with run_lock(tmp_path):
        assert (tmp_path / "ledger.lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_does_not_matter_to_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    with run_lock(tmp_path):
        assert refusal(tmp_path) == "Another run is going. Wait for it to finish, then run again."
