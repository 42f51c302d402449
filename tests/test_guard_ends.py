"""The guard: however a child ends, `ask` ends in frames or in `ChildFailed`, nothing is left, and the next one works."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.guarding import PATIENCE, ROOT, SHORT, about, failure, heard, nothing_left, script, soon, state, worker
from workflow.guard import ChildFailed, GuardLimits, Worker


@pytest.fixture(autouse=True)
def leaves_nothing(tmp_path: Path) -> Iterator[None]:
    with nothing_left(tmp_path / "temporary"):
        yield


@pytest.fixture
def guarded() -> Iterator[Worker]:
    with worker() as made:
        yield made


# --- ends


@pytest.mark.parametrize(
    ("step", "detail"),
    [
        (("exit", 3), "ended with exit code 3"),
        (("exit", 0), "ended with exit code 0"),
        (("abort", None), "killed by signal 6 (SIGABRT)"),
        (("signal", 9), "killed by signal 9 (SIGKILL)"),
        (("crash", None), "killed by signal 11 (SIGSEGV)"),
        (("signal", 40), "killed by signal 40"),
        (("close", None), "closed its pipe and went on"),
    ],
)
def test_a_child_that_dies(guarded: Worker, step: tuple[str, Any], detail: str) -> None:
    heard(guarded, ("say", 1))
    failed = failure(guarded, ("say", 1), step, ("sleep", 600))
    assert (failed.how, failed.detail) == ("died", detail)
    assert guarded.asked == 0
    assert heard(guarded, ("say", 1)) == [b"\0"]


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (("fail", "value"), "ValueError"),
        (("fail", "exit"), "SystemExit"),
        (("fail", "interrupt"), "KeyboardInterrupt"),
        (("recurse", None), "RecursionError"),
        (("not bytes", "text"), "TypeError"),
        (("not bytes", 5), "TypeError"),
    ],
)
def test_an_exception_is_named_and_nothing_of_its_text_comes_out(guarded: Worker, step: tuple[str, Any], name: str) -> None:
    failed = failure(guarded, step)
    assert failed.how == "died"
    place = "" if name == "TypeError" else r" in tests\.guard_entries, line \d+"  # that one is the guard's own
    assert re.fullmatch(f"ended by {name}{place}", failed.detail)
    assert heard(guarded, ("say", 1)) == [b"\0"]


def test_an_exception_cannot_smuggle_text_in_its_name(guarded: Worker) -> None:
    failed = failure(guarded, "fail without a name")
    assert (failed.how, failed.detail) == ("died", "ended by an error of no proper name")


def test_printing_does_not_get_between_the_frames(guarded: Worker) -> None:
    assert heard(guarded, ("say", 1), "chatter", ("say", 2)) == [bytes(1), bytes(2)]
    assert heard(guarded, ("say", 3)) == [bytes(3)]


@pytest.mark.parametrize("name", ["empty", "kind", "turn"])
def test_garbage_is_told(guarded: Worker, name: str) -> None:
    assert failure(guarded, ("raw", name), ("sleep", 600)).how == "garbage"
    assert heard(guarded, ("say", 1)) == [b"\0"]


def test_an_old_answer_is_not_read_as_a_new_one(guarded: Worker) -> None:
    heard(guarded, ("raw later", "turn"))
    time.sleep(1)
    assert guarded.asked == 1, "the caller asks again, for the child was not fresh"
    assert failure(guarded, ("sleep", 2)).how == "garbage"
    assert heard(guarded, ("say", 1)) == [b"\0"]


def test_a_child_that_dies_while_nobody_asks_costs_nothing(guarded: Worker) -> None:
    pid = about(guarded)["pid"]
    heard(guarded, ("exit later", 3))
    assert soon(lambda: state(pid) == "")
    assert about(guarded)["pid"] != pid


def stopped(guarded: Worker) -> int:
    """Bring the child to a halt between two requests, so that it reads nothing; its process id."""
    pid = int(about(guarded)["pid"])
    heard(guarded, "halt later")
    assert soon(lambda: state(pid) == "T")
    return pid


def test_a_request_to_a_child_that_does_not_read_ends_at_the_limit() -> None:
    with worker(GuardLimits(seconds=2)) as guarded:
        stopped(guarded)
        with pytest.raises(ChildFailed) as caught:
            list(guarded.ask(bytes(32 * 2**20)))
        assert caught.value.how == "time"


def test_a_child_that_dies_while_a_request_is_written(guarded: Worker) -> None:
    timer = threading.Timer(0.5, os.kill, (stopped(guarded), signal.SIGKILL))
    timer.start()
    with pytest.raises(ChildFailed) as caught:
        list(guarded.ask(bytes(32 * 2**20)))
    assert (caught.value.how, caught.value.detail) == ("died", "killed by signal 9 (SIGKILL)")
    timer.join()


def test_a_reply_that_is_not_heard_to_its_end_costs_the_child(guarded: Worker) -> None:
    pid = about(guarded)["pid"]
    for _ in guarded.ask(script(("endless", 1000))):
        break
    assert soon(lambda: state(pid) == "")
    assert guarded.asked == 0
    assert heard(guarded, ("say", 1)) == [b"\0"]


def test_a_second_request_ends_a_reply_that_nobody_finished(guarded: Worker) -> None:
    first = guarded.ask(script(("endless", 1000)))
    next(first)
    assert heard(guarded, ("say", 1)) == [b"\0"]
    with pytest.raises(ChildFailed, match="died"):
        list(first)
    assert heard(guarded, ("say", 1)) == [b"\0"]
    assert guarded.asked == 2, "the old reply's end does not cost the new child"


def test_closed_in_the_middle_of_a_reply() -> None:
    guarded = worker()
    reply = guarded.ask(script(("endless", 1000)))
    next(reply)
    guarded.close()
    guarded.close()
    with pytest.raises(ChildFailed):
        list(reply)


# --- the parent's own end

# Python hears Ctrl-C only where whoever started it did: not where the tests run in the background of a shell.
PARENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from workflow.guard import GuardLimits, Worker
with Worker("tests.guard_entries", b"", GuardLimits(cpu_seconds=3), paths=(sys.argv[1],)) as guarded:
    for frame in guarded.ask(sys.argv[2].encode()):
        print(frame.decode(), flush=True)
"""


@pytest.mark.long
@pytest.mark.parametrize("last", ["spin", "regex", ("sleep", 600), ("endless", 0)])
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_no_child_outlives_its_parent(last: str | tuple[str, Any], end: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, ROOT, script("about", last).decode()],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        known = json.loads(parent.stdout.readline())
        assert state(known["pid"])
        parent.send_signal(end)
        assert parent.wait(PATIENCE) == -end
    assert soon(lambda: state(known["pid"]) == "")
    if last == "regex" and end is signal.SIGKILL and Path(known["cwd"]).exists():
        # The system ended the child where it was in the regular expression already: nobody was left to do it.
        Path(known["cwd"]).rmdir()
    assert not Path(known["cwd"]).exists()


# --- the law

BRIEF = GuardLimits(seconds=4, cpu_seconds=SHORT, memory_mb=256, reply_bytes=100_000)
ANY_STEP = st.sampled_from(
    [
        *(("say", 0), ("say", 1000), ("say", 90_000), ("say", 200_000), ("about", None), ("chatter", None), ("peak", 20)),
        *(("peak", 100), ("sleep", 0.05), ("fork", "/canary"), ("eat", None), ("spin", None), ("exit", 0), ("exit", 77)),
        *(("abort", None), ("signal", 9), ("signal", int(signal.SIGSTOP)), ("crash", None), ("fail", "value")),
        *(("recurse", None), ("not bytes", None), ("endless", 10), ("flood", None), ("close", None), ("raw", "claim")),
        *(("raw", "empty"), ("raw", "kind"), ("raw", "turn"), ("raw later", "claim"), ("exit later", 1)),
    ]
)


@pytest.mark.long
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ANY_STEP, max_size=4), stop_after=st.none() | st.integers(0, 2))
def test_whatever_a_child_does_the_next_request_is_answered(steps: list[tuple[str, Any]], stop_after: int | None) -> None:
    with worker(BRIEF) as guarded:
        list(guarded.ask(b"first"))
        began, size = time.monotonic(), 0
        try:
            for number, frame in enumerate(guarded.ask(script(*steps))):
                size += len(frame)
                if number == stop_after:
                    break
        except ChildFailed as failed:
            assert failed.how in {"time", "memory", "died", "garbage", "too much"}
            assert failed.detail.isprintable()
            assert guarded.asked == 0
        assert time.monotonic() - began < BRIEF.seconds + PATIENCE
        assert size <= BRIEF.reply_bytes
        asked = guarded.asked
        try:
            reply = list(guarded.ask(b"next"))
        except ChildFailed:  # something that the steps left for later, in a child that was not fresh: asked again
            assert asked
            reply = list(guarded.ask(b"next"))
        assert reply == [b"next"]
