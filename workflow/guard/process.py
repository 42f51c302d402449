"""The parent's side of one child: the process, its pipes, its clock, and how it ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import cast

import workflow
from workflow.errors import WorkflowError
from workflow.guard import frames
from workflow.guard.limits import ChildFailed, GuardLimits

START_SECONDS = 60  # for Python to start and the child to set itself up: nothing that was received plays a part in it
END_SECONDS = 2  # for a child that has closed its pipe to end
SHORT = 200  # bytes: more than any frame but data can hold
# The folder of our package comes first only for our package: nothing else that lies in it may pass for Python's library.
BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); import workflow; sys.path.append(sys.path.pop(0)); "
    "from workflow.guard.child import serve_child; serve_child()"
)
# What Python may need to start: where Windows is, where libpython is. Nothing else of ours is the child's business.
PASSED_ON = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Address space is limited, and without the first the C library reserves 64 MB of it for each thread. The others keep it from
# giving memory back to the system between two files, only to ask for it again: that took a tenth of the time of reading.
EXTRA = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": str(2**26),
    "MALLOC_MMAP_THRESHOLD_": str(2**22),
}
_NAMED = re.compile(r"[A-Za-z_]\w{0,59}( in [A-Za-z_][\w.]{0,99}, line \d{1,6})?", re.ASCII)


class Clock(threading.Thread):
    """Calls `expire` once, when `seconds` have passed while it ran. `end` must be called."""

    def __init__(self, seconds: float, expire: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._expire = expire
        self._over = threading.Event()
        self._left: tuple[float, float | None] = seconds, time.monotonic()  # one value: the other thread reads it as it is

    def left(self) -> float:
        """The seconds that are left."""
        seconds, since = self._left
        return seconds if since is None else seconds - (time.monotonic() - since)

    def pause(self) -> None:
        """Stand still: nobody waits for the child."""
        self._left = self.left(), None

    def resume(self) -> None:
        """Run on."""
        self._left = self.left(), time.monotonic()

    def run(self) -> None:
        """Wait until the time is up, or `end`."""
        while not self._over.wait(max(self.left(), 0.05)):
            if self.left() <= 0:
                self._expire()
                return

    def end(self) -> None:
        """Stop for good: once this returns, `expire` is not called any more."""
        self._over.set()
        if self.ident is not None and self is not threading.current_thread():
            self.join()


class Child:
    """One child process. Whoever makes one calls `stop`. Not for two threads at once.

    Raises WorkflowError where no child can be made at all: that is no fault of what it would have been asked.
    """

    def __init__(self, entry: str, setup: bytes, limits: GuardLimits, paths: tuple[str, ...]) -> None:
        self._limits = limits
        self._killing = threading.RLock()  # a collector that runs in the clock's thread may come here twice
        self._expired = False
        self._in_step = False
        self._grown = False
        self.asked = 0  # requests answered
        self._folder = tempfile.TemporaryDirectory(prefix="workflow-", ignore_cleanup_errors=True)
        root = str(Path(workflow.__file__).parents[1])
        arguments = [root, entry, str(limits.memory_mb), str(limits.cpu_seconds), *paths]
        try:
            self._process = _spawn(arguments, self._folder.name)
        except OSError as trouble:
            self._folder.cleanup()
            raise _cannot_start(trouble.strerror or "no reason given") from trouble
        self._requests = cast(FileIO, self._process.stdin)
        self._replies = BufferedReader(cast(FileIO, self._process.stdout))
        self._start(setup)

    @property
    def reusable(self) -> bool:
        """Whether it is running, waits for a request, and has not grown too big."""
        return self._in_step and not self._grown and not self._expired and self._process.poll() is None

    def answer(self, request: bytes) -> Iterator[bytes]:
        """Send a request and yield the reply's frames as they come; raise ChildFailed."""
        self._in_step = False
        clock = Clock(self._limits.seconds, self._expire)
        try:
            clock.start()
            whole = self._say(frames.REQUEST, request)
            left = self._limits.reply_bytes
            while (frame := self._hear(left))[0] == frames.DATA:
                left -= len(frame[1]) + frames.HEAD.size
                clock.pause()
                yield frame[1]
                clock.resume()
            self._finish(frame, whole)
        finally:
            clock.end()

    def stop(self) -> None:
        """Kill it if it runs, and leave nothing of it behind. May be called again."""
        try:
            self.kill()
            for pipe in (self._requests, self._replies):
                with suppress(OSError):
                    pipe.close()
            self._process.wait()
        finally:
            self._folder.cleanup()

    def _start(self, setup: bytes) -> None:
        clock = Clock(START_SECONDS, self._expire)
        try:
            clock.start()
            self._say(frames.SETUP, setup)
            if self._hear(0)[0] != frames.READY:
                raise ChildFailed("garbage", "its first word was not the right one")
            self._in_step = True
        except ChildFailed as failed:
            raise _cannot_start(f"{failed.how}: {failed.detail}") from failed
        finally:
            clock.end()
            if not self._in_step:
                self.stop()

    def _finish(self, frame: tuple[int, bytes], whole: bool) -> None:
        kind, payload = frame
        expected = kind == frames.END and len(payload) == frames.DONE.size and whole
        number, grown = frames.DONE.unpack(payload) if expected else (0, 0)
        if number != self.asked + 1:
            raise ChildFailed("garbage", "it answered out of turn")
        self.asked = number
        self._grown = bool(grown)
        self._in_step = True

    def _say(self, kind: int, payload: bytes) -> bool:
        """Send one frame; False where the child does not take it, for then what it said last is worth reading."""
        try:
            for part in (frames.head(kind, len(payload)), payload):
                rest = memoryview(part)
                while rest:
                    rest = rest[self._requests.write(rest) :]
        except (OSError, ValueError):  # the pipe is broken, or was closed by `stop`
            return False
        return True

    def _hear(self, most: int) -> tuple[int, bytes]:
        """The next frame. `most` is what a data frame may still hold, its head counted."""
        length, kind = frames.HEAD.unpack(self._read(frames.HEAD.size))
        size = length - 1
        if kind == frames.DATA and size + frames.HEAD.size > most:
            raise ChildFailed("too much", f"its reply is longer than {self._limits.reply_bytes} bytes")
        if size < 0 or kind not in (frames.DATA, frames.READY, frames.END, frames.REFUSED):
            raise ChildFailed("garbage", "what it sent is not a frame")
        if kind != frames.DATA and size > SHORT:
            raise ChildFailed("garbage", "a short frame is too long")
        payload = self._read(size)
        if kind == frames.REFUSED:
            said = payload.decode("ascii", "replace")
            raise ChildFailed("died", f"ended by {said}" if _NAMED.fullmatch(said) else "ended by an error of no proper name")
        return kind, payload

    def _read(self, size: int) -> bytes:
        data = b""
        with suppress(OSError, ValueError):  # as in `_say`
            data = self._replies.read(size)
        if len(data) < size:
            raise self._ended()
        return data

    def _ended(self) -> ChildFailed:
        """How it came to its end, once nothing more comes from it."""
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return ChildFailed("died", "closed its pipe and went on")
        limits = self._limits
        if self._expired:
            return ChildFailed("time", f"took longer than {limits.seconds} seconds")
        if code == -getattr(signal, "SIGXCPU", 0) and code:
            return ChildFailed("time", f"used more than {limits.cpu_seconds} seconds of processor time")
        if code == frames.OUT_OF_MEMORY:
            return ChildFailed("memory", f"needed more than {limits.memory_mb} MB")
        return ChildFailed("died", in_words(code))

    def _expire(self) -> None:
        self._expired = True
        self.kill()

    def kill(self) -> None:
        """Kill it if it runs. Any thread may."""
        with self._killing:
            if sys.platform != "win32" and self._process.poll() is None:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group of its own
            self._process.kill()


def in_words(code: int) -> str:
    """What a `subprocess` exit code means: "ended with exit code 3", "killed by signal 9 (SIGKILL)"."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"killed by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"killed by signal {-code}"


def _spawn(arguments: list[str], folder: str) -> subprocess.Popen[bytes]:
    given = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - Python itself, with our own words
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", BOOTSTRAP, *arguments],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=given | EXTRA,
        start_new_session=True,  # away from the terminal: Ctrl-C is for the parent, which then ends the child
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _cannot_start(why: str) -> WorkflowError:
    return WorkflowError(
        f"The part of this tool that opens received files did not start ({why})."
        " Check that the limits in config/workflow.toml are not too small, and that the tool is installed whole."
    )
