"""The guard: what it is for, its limits, how it starts, and what its fences refuse."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.guarding import ENTRY, ROOMY, ROOT, SHORT, about, failure, heard, nothing_left, script, state, worker
from workflow.errors import WorkflowError
from workflow.guard import GuardLimits, Worker, process


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path: Path) -> Iterator[None]:
    with nothing_left(tmp_path / "temporary"):
        yield


@pytest.fixture
def guarded() -> Iterator[Worker]:
    with worker() as made:
        yield made


# --- what it is for


def test_frames_come_back_as_they_were_sent(guarded: Worker) -> None:
    request = bytes(range(256)) * 200
    assert list(guarded.ask(request)) == [request]
    assert list(guarded.ask(b"")) == [b""]
    assert heard(guarded, ("say", 0), ("say", 3), ("say", 70_000)) == [b"", bytes(3), bytes(70_000)]
    assert heard(guarded) == []


def test_the_setup_reaches_every_child() -> None:
    setup = os.urandom(100_000)
    with worker(setup=setup) as guarded:
        assert heard(guarded, "setup") == [setup]
        failure(guarded, ("exit", 1))
        assert heard(guarded, "setup") == [setup]


def test_frames_come_while_the_child_still_works(guarded: Worker) -> None:
    reply = guarded.ask(script(("say", 5), ("sleep", 600)))
    assert next(reply) == bytes(5)
    reply.close()  # type: ignore[attr-defined] # it is a generator


def test_one_child_answers_many_requests_and_the_parent_does_not_grow(guarded: Worker) -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

    request, pid = b"x" * 200_000, about(guarded)["pid"]
    before = 0
    for number in range(200):
        assert list(guarded.ask(request)) == [request]
        before = before or (resident() if number == 20 else 0)
    assert resident() - before < 8 * 2**20, "180 requests of 0.2 MB would be 36 MB"
    assert guarded.asked == 201
    assert about(guarded)["pid"] == pid


def test_a_large_request_and_a_large_reply() -> None:
    request = bytes(range(256)) * 2**17
    with worker(GuardLimits()) as guarded:
        assert list(guarded.ask(request[: 31 * 2**20])) == [request[: 31 * 2**20]]
        assert guarded.asked == 1


def test_the_child_is_bare(guarded: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKFLOW_PASSWORD", "secret")
    first = about(guarded)
    assert set(first["environment"]) <= {"LC_CTYPE", *process.PASSED_ON, *process.EXTRA}  # Python sets LC_CTYPE itself
    assert first["here"] == []
    assert Path(first["cwd"]).is_relative_to(tempfile.gettempdir())
    assert first["encoding"] == "utf-8"
    assert first["open"] == 2, "its pipes and nothing else of ours"
    assert first["session"] == first["pid"], "away from our terminal"
    failure(guarded, ("exit", 1))
    assert about(guarded)["cwd"] != first["cwd"]
    assert not Path(first["cwd"]).exists()


# --- limits


def test_the_limits_are_set_before_anything_is_read(guarded: Worker) -> None:
    found = json.loads(heard(guarded, "limits")[0])
    assert found["RLIMIT_AS"] == [512 * 2**20] * 2
    assert found["RLIMIT_CORE"] == found["RLIMIT_FSIZE"] == [0, 0]
    assert found["RLIMIT_NOFILE"][1] <= 64
    assert 30 <= found["RLIMIT_CPU"][0] <= 40


@pytest.mark.parametrize("step", ["spin", "regex"])
def test_processor_time_is_limited_for_each_request(step: str) -> None:
    with worker(GuardLimits(cpu_seconds=SHORT)) as guarded:
        assert heard(guarded, ("say", 1)) == [b"\0"]
        failed = failure(guarded, step)
        assert (failed.how, "processor" in failed.detail) == ("time", True)
        assert guarded.asked == 0
        assert heard(guarded, ("say", 1)) == [b"\0"]


@pytest.mark.long
def test_an_honest_child_gets_its_processor_time_anew_for_each_request() -> None:
    with worker(GuardLimits(cpu_seconds=SHORT)) as guarded:
        for number in range(4):
            assert heard(guarded, ("burn", 0.8), ("say", 1)) == [b"\0"]
            assert guarded.asked == number + 1


@pytest.mark.parametrize("step", ["spin", "regex", ("sleep", 600), ("signal", int(signal.SIGSTOP))])
def test_the_wall_clock_holds_whatever_the_child_does(step: tuple[str, Any]) -> None:
    with worker(GuardLimits(seconds=SHORT)) as guarded:
        failed = failure(guarded, step)
        assert (failed.how, failed.detail) == ("time", "took longer than 1 seconds")
        assert guarded.asked == 0


def test_the_wall_clock_holds_without_resource_limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(process, "BOOTSTRAP", "import sys; sys.modules['resource'] = None; " + process.BOOTSTRAP)
    with worker(GuardLimits(seconds=2, cpu_seconds=SHORT, memory_mb=64)) as guarded:
        assert heard(guarded, "limits") == [b"none"]
        assert failure(guarded, "spin").detail == "took longer than 2 seconds"
        assert heard(guarded, ("write", str(tmp_path / "canary"))) == [b"PermissionError"]


@pytest.mark.long
def test_the_consumers_own_time_is_not_counted() -> None:
    with worker(GuardLimits(seconds=2)) as guarded:
        reply = guarded.ask(script(("say", 1), ("sleep", 3.5), ("say", 2)))
        assert next(reply) == bytes(1)
        time.sleep(3)
        assert list(reply) == [bytes(2)]


@pytest.mark.parametrize("step", ["eat", "eat and wrap"])
def test_memory_is_limited(guarded: Worker, step: str) -> None:
    failed = failure(guarded, step)
    assert (failed.how, failed.detail) == ("memory", "needed more than 512 MB")
    assert heard(guarded, ("say", 1)) == [b"\0"]


def test_a_child_that_has_grown_is_replaced(guarded: Worker) -> None:
    first = about(guarded)["pid"]
    heard(guarded, ("peak", 20))
    assert (about(guarded)["pid"], guarded.asked) == (first, 3)
    assert heard(guarded, ("peak", 200), ("say", 1)) == [b"\0"]
    assert guarded.asked == 0
    assert state(first) == ""
    assert about(guarded)["pid"] != first


def test_what_the_parent_uses_is_not_the_childs(guarded: Worker) -> None:
    ours = b"x" * (200 * 2**20)  # Linux gives a child the largest size of its parent as its own, in one of its figures
    first = about(guarded)["pid"]
    assert (about(guarded)["pid"], guarded.asked, len(ours)) == (first, 2, 200 * 2**20)


@pytest.mark.parametrize(("size", "fits"), [(995, True), (996, False)])
def test_a_reply_is_limited_to_the_byte(size: int, fits: bool) -> None:
    with worker(GuardLimits(reply_bytes=1000)) as guarded:
        if fits:
            assert heard(guarded, ("say", size)) == [bytes(size)]
        else:
            assert failure(guarded, ("say", size)).how == "too much"


@pytest.mark.parametrize("step", [("endless", 0), ("endless", 1000), ("flood", None), ("raw", "claim")])
def test_endless_replies_end(guarded: Worker, step: tuple[str, Any]) -> None:
    assert failure(guarded, step, ("sleep", 600)).how == "too much"
    assert heard(guarded, ("say", 1)) == [b"\0"]


# --- starting


@pytest.mark.parametrize(
    ("entry", "setup", "limits", "why"),
    [
        ("tests.no_such_module", b"", ROOMY, "ModuleNotFoundError"),
        ("json", b"", ROOMY, "AttributeError"),
        (ENTRY, b"raise", ROOMY, "RuntimeError in tests.guard_entries"),
        (ENTRY, b"", GuardLimits(memory_mb=8), "died"),
    ],
)
def test_a_child_that_cannot_start_is_no_fault_of_the_request(entry: str, setup: bytes, limits: GuardLimits, why: str) -> None:
    with Worker(entry, setup, limits, paths=(ROOT,)) as guarded:
        for _ in range(2):
            with pytest.raises(WorkflowError, match=why) as caught:
                list(guarded.ask(b""))
            assert "canary" not in str(caught.value)


def test_a_start_that_takes_for_ever_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "START_SECONDS", SHORT)
    with worker(setup=b"hang") as guarded, pytest.raises(WorkflowError, match="time"):
        list(guarded.ask(b""))


def test_python_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with worker() as guarded, pytest.raises(WorkflowError, match="did not start"):
        list(guarded.ask(b""))


def test_nothing_is_started_before_it_is_needed() -> None:
    guarded = Worker("tests.no_such_module", b"", ROOMY)
    guarded.ask(b"")
    guarded.close()


# --- fences


@pytest.mark.parametrize(
    "deed",
    [
        *("socket", "name", "write", "append", "create", "mkdir", "link", "database", "scratch"),
        *("process", "shell", "fork", "become", "spawn", "library", "kill", "remove", "rename", "empty"),
    ],
)
def test_what_no_reader_of_files_does_is_refused(guarded: Worker, deed: str, tmp_path: Path) -> None:
    canary, there = tmp_path / "canary", tmp_path / "canary.there"
    there.write_text("there")
    assert heard(guarded, (deed, str(canary)), ("say", 1)) == [b"PermissionError", b"\0"]
    assert there.read_text() == "there"
    assert {path.name for path in tmp_path.iterdir()} == {"canary.there", "temporary"}


def test_reading_and_late_imports_are_allowed(guarded: Worker, tmp_path: Path) -> None:
    (tmp_path / "canary.there").write_text("there")
    assert heard(guarded, ("read", str(tmp_path / "canary")), ("import late", None)) == [b"done", b"done"]


def test_files_cannot_be_written_even_past_the_hook(tmp_path: Path) -> None:
    """The limit alone: a write into a file that was opened before the fences is an error, and kills nobody."""
    code = (
        "import sys; from workflow.guard.fences import limit_resources\n"
        "file = open(sys.argv[1], 'wb', buffering=0); limit_resources(512)\n"
        "try:\n    file.write(b'x')\nexcept OSError as error:\n    print(error.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "canary")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["27"]  # EFBIG
    assert (tmp_path / "canary").read_bytes() == b""
