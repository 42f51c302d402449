"""The press: workbooks are drawn and checked, much of it beside what else is done, in a child process.

Drawing a large workbook and reading it back for the checks takes most of a run. A second processor does it while this one lays
out the next. What few rows there are is drawn here: starting a process takes longer.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

from workflow import accessible, guard, writer
from workflow.errors import WorkflowError
from workflow.model import Book

CHILD = "workflow.pipeline.press"  # what answers in the child
_MUCH = 20_000  # cells: some two seconds of drawing and checking
# It draws our own workbooks, so these limits are only against hanging for ever.
_LIMITS = guard.GuardLimits(seconds=3600, cpu_seconds=3600, memory_mb=8192, reply_bytes=2**30)


def checked(book: Book, name: str) -> bytes:
    """Render a workbook and read it again: one that fails a check is our mistake, and is never left lying.

    How large it is, is none of ours: it is written, and a person is told (`emit.large`).
    """
    data = writer.render(book)
    failures = accessible.check(data, book.profile, name, any_size=True)
    if failures:
        raise WorkflowError(f"{name} does not pass the checks for its kind of workbook: {failures[0]} Nothing was written.")
    return data


class Proof:
    """A workbook to be drawn; `name` is the file's name where it is to be checked, "" where not."""

    def __init__(self, book: Book, name: str = "", going: Future[bytes] | None = None) -> None:
        self.book = book
        self.name = name
        self._going = going
        self._data: bytes | None = None

    @property
    def data(self) -> bytes:
        """The workbook's bytes; waited for, or drawn now where nobody has begun. Raises as `checked` does."""
        if self._data is None:
            self._data = self._drawn()
        return self._data

    def _drawn(self) -> bytes:
        if self._going is not None and not self._going.cancel():
            # Whatever was wrong there (no process, too little memory, a check that fails), it is met here again and told.
            with suppress(guard.ChildFailed, WorkflowError):
                if data := self._going.result():
                    return data
        return _drawn(self.book, self.name)


def _drawn(book: Book, name: str) -> bytes:
    return checked(book, name) if name else writer.render(book)


class Press:
    """Takes workbooks to be drawn. A context manager: left, it ends its child. Nothing is started before much is to be done."""

    def __init__(self, number: int = 1) -> None:
        """`number`: of about so many workbooks like the first."""
        self._worker = guard.Worker(CHILD, b"", _LIMITS)
        self._hand: ThreadPoolExecutor | None = None
        self._number = number

    def expect(self, cells: int) -> None:
        """A workbook of so many cells comes next: where that is much, the child starts while the workbook is laid out."""
        if self._hand is None and cells * self._number >= _MUCH:
            self._hand = ThreadPoolExecutor(1)
            self._hand.submit(self._worker.start)

    def give(self, book: Book, name: str = "") -> Proof:
        """Give a workbook to the press, to be drawn and, as the file called `name`, checked."""
        self.expect(sum(len(sheet.rows) * len(sheet.columns) for sheet in book.sheets))
        return Proof(book, name, self._hand.submit(self._ask, book, name) if self._hand else None)

    def _ask(self, book: Book, name: str) -> bytes:
        return b"".join(self._worker.ask(pickle.dumps((book, name))))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._hand is not None:
            self._hand.shutdown(wait=False, cancel_futures=True)
            self._worker.close()  # what is being drawn is not waited for
            self._hand.shutdown()
        self._worker.close()


def serve(_setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """What answers the requests of the child (see `guard.Worker`): one workbook each, nothing where it may not be written."""

    def answer(frame: bytes) -> Iterator[bytes]:
        book, name = pickle.loads(frame)  # noqa: S301 - it comes from the process that started this one, never from a file
        with suppress(WorkflowError):
            yield _drawn(book, name)

    return answer
