"""Many files are read by two children at once: the answers come in order, and each file still stands for itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import small as s
from tests.small import Small
from workflow.errors import WorkflowError
from workflow.guard import process
from workflow.inbox import hash_of
from workflow.model import Submission, SubmissionState
from workflow.pipeline import lanes, opener
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.opener import Given, Opener, Parcel
from workflow.pipeline.worker import setup_for

DAY = date(2023, 10, 23)

# --- in order, whatever each takes


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 3))
def test_answers_come_in_the_order_of_the_tasks(waits: list[int], many: int) -> None:
    busy: set[int] = set()

    def work(lane: int, task: tuple[int, int]) -> int:
        assert lane in range(many)
        assert lane not in busy
        busy.add(lane)
        time.sleep(task[1] / 2_000)
        busy.remove(lane)
        return task[0]

    tasks = list(enumerate(waits))
    assert list(lanes.in_order(tasks, work, many, lambda: None)) == [n for n, _ in tasks]


def test_only_a_few_tasks_are_taken_ahead() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[int]:
        for n in range(50):
            taken.append(n)
            yield n

    for n in lanes.in_order(tasks(), lambda _, task: task, 2, lambda: None):
        assert len(taken) <= n + 6


@pytest.mark.parametrize("at", [0, 3])
def test_what_goes_wrong_is_raised_in_its_turn_and_the_rest_is_stopped(at: int) -> None:
    stop = threading.Event()

    def work(lane: int, task: int) -> int:
        if task == at:
            raise WorkflowError("no child can be started")
        if task > at:
            stop.wait(60)  # what would take long
        return task

    answers = lanes.in_order(range(10), work, 2, stop.set)
    assert [next(answers) for _ in range(at)] == list(range(at))
    with pytest.raises(WorkflowError):
        next(answers)
    assert stop.is_set()


def test_nobody_who_listens_to_the_end_stops_anything() -> None:
    stopped: list[int] = []
    assert list(lanes.in_order([1, 2], lambda _, task: task, 2, lambda: stopped.append(1))) == [1, 2]
    assert stopped == []


# --- received files


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


@pytest.fixture
def opening(small: Small, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Opener]]:
    """An opener for which so many files are many, on two processors, whose reader does not outlive some files."""
    made: list[Opener] = []

    def make(many: int) -> Opener:
        monkeypatch.setattr(opener, "MANY", many)
        monkeypatch.setattr(opener, "CHILD", "tests.killing_worker")
        monkeypatch.setattr(lanes, "processors", lambda: 2)
        ground = workspaces.load(small.root).ground
        made.append(Opener(ground, setup_for(ground)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def files(small: Small, *names: str) -> list[Given]:
    """Received files: of a partner; of a partner, but deadly; one that has gone since it was seen."""
    found: list[Given] = []
    for n, name in enumerate(names):
        data = small.filled(name.removesuffix("!")) + (b"KILL" if name.endswith("!") else b"") if name else b""
        found.append((Parcel(f"inbox/{n}.xlsx", hash_of(data), DAY), partial(bytes, data) if name else lambda: None))
    return found


NAMES = ("police", "housing", "yos!", "", "yos", "police!", "housing", "police")


def states(answers: list[tuple[Submission, ...] | None]) -> list[SubmissionState | None]:
    return [leaves[0].state if leaves else None for leaves in answers]


@pytest.mark.long
def test_two_children_say_what_one_says(small: Small, opening: Callable[[int], Opener]) -> None:
    """A file that kills its child costs itself, and a child of one lane."""
    given_ = files(small, *NAMES)
    alone, together = list(opening(1_000).open_all(given_)), list(opening(1).open_all(given_))
    assert together == alone
    merged, refused = SubmissionState.MERGED, SubmissionState.REFUSED
    assert states(together) == [merged, merged, refused, None, merged, refused, merged, merged]


def test_a_second_child_is_started_only_for_many(small: Small, opening: Callable[[int], Opener]) -> None:
    given_ = files(small, *["police"] * 6)
    for many, started in ((7, 1), (6, 2)):
        one = opening(many)
        assert len(list(one.open_all(given_))) == 6
        assert sum(worker.asked > 0 for worker in one._workers) == started


def test_who_stops_listening_leaves_nothing_running(small: Small, opening: Callable[[int], Opener]) -> None:
    one = opening(1)
    given_ = files(small, *["police", "housing"] * 10)
    answers = one.open_all(given_)
    assert states([next(answers)]) == [SubmissionState.MERGED]
    threads = threading.active_count()
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert threading.active_count() < threads
    assert states(list(one.open_all(given_[:3]))) == [SubmissionState.MERGED] * 3  # and it can be asked again


def test_where_no_child_can_be_started_that_is_said(
    small: Small, opening: Callable[[int], Opener], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(process, "_spawn", fails)
    with pytest.raises(WorkflowError, match="did not start"):
        list(opening(1).open_all(files(small, "police", "housing", "yos")))
