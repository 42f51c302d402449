"""The child's side: shut the fences, set up what answers, then answer one request after another until the parent is gone."""

from __future__ import annotations

import gc
import os
import sys
from _queue import SimpleQueue  # queue.SimpleQueue, without the imports of `queue`
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from threading import Thread
from types import TracebackType
from typing import BinaryIO

from workflow.guard import fences, frames

_THRESHOLDS = (50_000, 20, 20)  # when Python looks for rings in what is new; a return makes some thousand values
Answer = Callable[[bytes], Iterator[bytes]]


def serve_child() -> None:
    """Run as a child: never returns. The arguments in `sys.argv` are those that `workflow.guard.process` gives.

    The entry module's `serve(setup)` is called once, and what it returns once for each request; each `bytes` that it yields
    is sent at once. An exception ends the child: after one nobody knows what state it is in.
    """
    entry, memory_mb, cpu_seconds, *paths = sys.argv[2:]
    code, folder = 1, os.getcwd()  # noqa: PTH109 - a heavy import for one word
    try:
        source, sink = _pipes()
        sys.path[:0] = paths
        fences.limit_resources(int(memory_mb))
        fences.refuse_the_world(folder)
        requests: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_listen, args=(source, requests, folder), daemon=True).start()
        try:
            answer = import_module(entry).serve(requests.get())
            _settle()
            _send(sink, frames.READY)
            _converse(sink, requests, answer, (int(cpu_seconds), int(memory_mb)))
        except BaseException as error:
            if _ran_out(error):
                raise MemoryError from None
            _send(sink, frames.REFUSED, _name(error, entry.partition(".")[0]))
    except MemoryError:
        code = frames.OUT_OF_MEMORY
    finally:
        _leave(code, folder)


def _settle() -> None:
    """What was made so far stays: Python need not look through it again and again for rings that nobody needs any more."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes under numbers of their own, so that nothing printed, or read from standard input, gets between frames."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def _listen(source: BinaryIO, requests: SimpleQueue[bytes], folder: str) -> None:
    """Pass each request on. The end of the pipe ends this process, whatever it is doing: its parent is gone.

    A single long call into C holds this up; then the limit on processor time ends the process, where there is one.
    """
    code = 0
    try:
        while len(head := source.read(frames.HEAD.size)) == frames.HEAD.size:
            requests.put(source.read(frames.HEAD.unpack(head)[0] - 1))
    except MemoryError:
        code = frames.OUT_OF_MEMORY
    finally:
        _leave(code, folder)


def _leave(code: int, folder: str) -> None:
    """End at once, and take the folder along: perhaps nobody else is left to do it."""
    with suppress(OSError, MemoryError):
        os.rmdir(folder)  # noqa: PTH106 - as above
    os._exit(code)  # nothing that runs at an ordinary exit may hold it up


def _converse(sink: BinaryIO, requests: SimpleQueue[bytes], answer: Answer, limits: tuple[int, int]) -> None:
    cpu_seconds, memory_mb = limits
    number = 0
    while True:
        request = requests.get()
        number += 1
        fences.limit_processor(cpu_seconds)
        for part in answer(request):
            _send(sink, frames.DATA, part)
        del request  # it may be large, and the next one may be long in coming
        grown = fences.peak_mb() > memory_mb // 4
        _send(sink, frames.END, frames.DONE.pack(number, grown))


def _send(sink: BinaryIO, kind: int, payload: bytes = b"") -> None:
    size = memoryview(payload).nbytes  # anything but bytes ends here, before half a frame is on its way
    sink.write(frames.head(kind, size))
    sink.write(payload)
    sink.flush()


def _ran_out(error: BaseException | None) -> bool:
    """Whether a MemoryError is behind it, however often it was wrapped."""
    for _ in range(20):
        if error is None or isinstance(error, MemoryError):
            break
        error = error.__cause__ or error.__context__
    return isinstance(error, MemoryError)


def _name(error: BaseException, package: str) -> bytes:
    """The exception's type and where in our code it arose. Never its text, which may quote the file."""
    name, place = type(error).__name__, ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__"))
        if module.partition(".")[0] == package and module != __name__:
            place = f" in {module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return f"{name}{place}".encode()
