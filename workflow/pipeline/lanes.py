"""Work done in a few lanes at once and handed over in order: each lane waits for a child process of its own."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
_AHEAD = 2  # tasks that wait for each lane, so that none stands idle; what they hold is held in memory


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def in_order(tasks: Iterable[A], work: Callable[[int, A], B], lanes: int, stop: Callable[[], None]) -> Iterator[B]:
    """What `work` makes of each task, in their order. It is called with a lane's number, which no other call has then.

    Tasks are taken in the caller's thread, and only a few ahead. What `work` raises is raised here, in its turn. Where nobody
    listens to the end, `stop` is called, which brings the work under way to its end: it is waited for.
    """
    from concurrent.futures import Future, ThreadPoolExecutor  # noqa: PLC0415 - most runs have too few files for it

    free: SimpleQueue[int] = SimpleQueue()
    for lane in range(lanes):
        free.put(lane)

    def done(task: A) -> B:
        lane = free.get()
        try:
            return work(lane, task)
        finally:
            free.put(lane)

    pool = ThreadPoolExecutor(lanes)
    under_way: deque[Future[B]] = deque()
    whole = False
    try:
        for task in tasks:
            under_way.append(pool.submit(done, task))
            if len(under_way) > lanes * _AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
        whole = True
    finally:
        if not whole:
            stop()
        pool.shutdown(wait=True, cancel_futures=True)
