"""The caller's side: one worker, which has at most one child at a time and never passes a broken one on."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from workflow.guard.limits import GuardLimits

if TYPE_CHECKING:
    from workflow.guard.process import Child


class Worker:
    """Answers requests in a child process under limits. A context manager. Not for two threads at once.

    `entry` is a dotted module whose function `serve(setup: bytes)` the child calls once; what that returns is called with
    each request, and yields the reply's frames. `paths` are folders in which the child looks for modules before any other.
    Nothing is started yet.
    """

    def __init__(self, entry: str, setup: bytes, limits: GuardLimits, paths: tuple[str, ...] = ()) -> None:
        self._entry = entry
        self._setup = setup
        self._limits = limits
        self._paths = paths
        self._child: Child | None = None

    @property
    def asked(self) -> int:
        """How many requests the present child has answered; 0 where the next request gets, or has, a fresh one."""
        return self._child.asked if self._child is not None else 0

    def ask(self, request: bytes) -> Iterator[bytes]:
        """Send a request to the child, started if none is running, and yield the reply's frames as they come.

        A child that fails, that is not heard to the end, or that has used more than a quarter of its memory is stopped.
        Raises ChildFailed, perhaps after some frames: only a reply that came to its end is one. Raises WorkflowError where
        no child can be started at all, whatever it would be asked.
        """
        child = self._ready()
        try:
            yield from child.answer(request)
        finally:
            if not child.reusable:
                child.stop()
                if self._child is child:
                    self._child = None

    def start(self) -> None:
        """Start the child before it is asked anything. Raises WorkflowError where none can be started."""
        self._ready()

    def interrupt(self) -> None:
        """End the child's life, from another thread than the one that waits for it, which then hears ChildFailed."""
        if (child := self._child) is not None:
            child.kill()

    def close(self) -> None:
        """Stop the child. Another request would start a new one."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _ready(self) -> Child:
        # What starts processes is imported here: the child comes through this room's door too, and it would cost it time.
        from workflow.guard.process import Child  # noqa: PLC0415

        if self._child is None or not self._child.reusable:  # a reply that nobody heard to the end, a child killed while idle
            self.close()
            self._child = Child(self._entry, self._setup, self._limits, self._paths)
        return self._child
