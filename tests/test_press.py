"""The press: what is drawn beside is what would have been drawn here, and no trouble there is trouble for the run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NoReturn

import pytest

from workflow import guard, writer
from workflow.errors import WorkflowError
from workflow.model import Book, Column, Profile, Sheet
from workflow.pipeline import press as pressing
from workflow.pipeline.press import Press, checked

NAME = "paper.xlsx"


def book(rows: int = 3, title: str = "Figures") -> Book:
    body = tuple((f"Row {n}", f"What was said of {n}") for n in range(rows))
    columns = (Column("Row"), Column("Words", width=40))
    sheet = Sheet("Figures", title, ("All figures of the quarter.",), columns, body, table="Figures")
    return Book(title, "A paper", "An office", date(2023, 10, 23), (sheet,), Profile.WORKING, keywords="figures")


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every workbook counts as much work."""
    monkeypatch.setattr(pressing, "_MUCH", 0)
    yield


def never(*_: object) -> NoReturn:
    raise AssertionError("it was drawn here")


def test_what_is_drawn_beside_is_what_is_drawn_here(eager: None, monkeypatch: pytest.MonkeyPatch) -> None:
    here = [checked(book(n), NAME) for n in range(1, 4)]
    with Press() as press:
        proofs = [press.give(book(n), NAME) for n in range(1, 4)]
        first = [proof.data for proof in proofs]
        again = [proof.data for proof in proofs]
    assert first == again == here
    with Press() as press:
        proof = press.give(book(5))
        while proof._going is not None and not proof._going.running() and not proof._going.done():
            pass
        monkeypatch.setattr(pressing, "_drawn", never)
        assert proof.data == writer.render(book(5))


def test_little_is_drawn_here_and_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard.Worker, "ask", never)
    with Press() as press:
        assert press.give(book(), NAME).data == checked(book(), NAME)


def test_many_of_one_kind_are_drawn_beside_from_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bytes] = []

    def drawn(_: guard.Worker, request: bytes) -> Iterator[bytes]:
        asked.append(request)
        yield b"drawn"

    monkeypatch.setattr(guard.Worker, "ask", drawn)
    with Press(10_000) as press:
        proof = press.give(book())
        assert proof._going is not None
        proof._going.result()
        assert proof.data == b"drawn"
    assert len(asked) == 1


def test_a_workbook_that_fails_its_checks_is_refused_wherever_it_is_drawn(eager: None) -> None:
    with Press() as press, pytest.raises(WorkflowError, match="does not pass the checks"):
        _ = press.give(book(title=""), NAME).data
    with pytest.raises(WorkflowError, match="does not pass the checks"):
        checked(book(title=""), NAME)


@pytest.mark.parametrize("trouble", [guard.ChildFailed("died", "killed by signal 9"), WorkflowError("It did not start.")])
def test_a_process_that_fails_or_does_not_start_costs_nothing_but_time(
    trouble: Exception, eager: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> NoReturn:
        raise trouble

    monkeypatch.setattr(guard.Worker, "ask", failing)
    with Press() as press:
        assert press.give(book(), NAME).data == checked(book(), NAME)
        assert press.give(book(4), NAME).data == checked(book(4), NAME)


def test_a_press_that_is_left_early_leaves_no_process(eager: None) -> None:
    with pytest.raises(KeyError), Press() as press:
        for n in range(1, 30):
            press.give(book(n), NAME)
        raise KeyError
    assert press._worker._child is None
