"""What the guard's tests run in its child: a request is a list of steps, and each step does something to the child."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SECRET = "what the partner wrote \x1b[31m"
HEADS = {
    "claim": b"\xff\xff\xff\xff\x04",
    "empty": b"\0\0\0\0\x04",
    "kind": b"\0\0\0\x02\x63x",
    "turn": b"\0\0\0\x06\x05\0\0\0\x63\0",
}


def serve(setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    if setup == b"raise":
        raise RuntimeError(SECRET)
    if setup == b"hang":
        time.sleep(600)

    def answer(request: bytes) -> Iterator[bytes]:
        if not request.startswith(b"["):
            yield request
            return
        for name, argument in json.loads(request):
            if name == "setup":
                yield setup
            elif name in TALKS:
                yield from TALKS[name](argument)
            elif name in DEEDS:
                yield attempt(DEEDS[name], argument)
            else:
                HARMS[name](argument)

    return answer


def attempt(deed: Callable[[Any], object], argument: Any) -> bytes:
    """What came of it: "done", or the name of the exception."""
    try:
        deed(argument)
    except Exception as error:
        return type(error).__name__.encode()
    return b"done"


# --- answers that say something


def say(size: int) -> Iterator[bytes]:
    yield bytes(size)


def endless(size: int) -> Iterator[bytes]:
    while True:
        yield bytes(size)


def about(_: object) -> Iterator[bytes]:
    known = {
        "pid": os.getpid(),
        "cwd": str(Path.cwd()),
        "here": [p.name for p in Path().iterdir()],
        "environment": dict(os.environ),
    }
    yield json.dumps(known | {"encoding": sys.getfilesystemencoding(), "open": len(pipes()), "session": os.getsid(0)}).encode()


def limits(_: object) -> Iterator[bytes]:
    try:
        import resource
    except ImportError:
        yield b"none"
        return
    names = ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CPU")
    yield json.dumps({name: resource.getrlimit(getattr(resource, name)) for name in names}).encode()


def not_bytes(value: Any) -> Iterator[Any]:
    yield value


TALKS: dict[str, Callable[[Any], Iterator[bytes]]] = {
    "say": say,
    "endless": endless,
    "about": about,
    "limits": limits,
    "not bytes": not_bytes,
}


# --- deeds that the fences refuse: each does what its name says, if it is let


def connect(_: object) -> None:
    import socket

    socket.create_server(("127.0.0.1", 0)).close()


def fork(path: str) -> None:
    if os.fork() == 0:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
        os._exit(0)
    os.wait()


def load(_: object) -> None:
    import ctypes

    ctypes.CDLL("libc.so.6" if sys.platform == "linux" else "libc.dylib")


def keep(path: str) -> None:
    import sqlite3

    sqlite3.connect(path).execute("CREATE TABLE canary (x)")


def scratch(path: str) -> None:
    import tempfile

    os.close(tempfile.mkstemp(dir=Path(path).parent)[0])


DEEDS: dict[str, Callable[[Any], object]] = {
    "socket": connect,
    "name": lambda _: __import__("socket").getaddrinfo("localhost", 80),
    "write": lambda path: Path(path).write_text("canary"),
    "append": lambda path: Path(path).open("a").close(),
    "create": lambda path: os.close(os.open(path, os.O_CREAT | os.O_WRONLY)),
    "mkdir": lambda path: Path(path).mkdir(),
    "link": lambda path: Path(path).symlink_to("/"),
    "database": keep,
    "scratch": scratch,
    "process": lambda path: subprocess.run(["touch", path], check=True),
    "shell": lambda path: os.system(f"touch '{path}'"),
    "fork": fork,
    "become": lambda path: os.execv("/bin/sh", ["sh", "-c", f"touch '{path}'"]),
    "spawn": lambda path: os.posix_spawn("/bin/sh", ["sh", "-c", f"touch '{path}'"], {}),
    "library": load,
    "kill": lambda _: os.kill(os.getppid(), 0),
    "remove": lambda path: Path(path + ".there").unlink(),
    "rename": lambda path: Path(path + ".there").rename(path),
    "empty": lambda path: os.truncate(path + ".there", 0),
    "read": lambda path: Path(path + ".there").read_text(),
    "import late": lambda _: __import__("zipfile"),
}


# --- harm


def pipes() -> list[int]:
    """The descriptors of the pipes to the parent: its own, wherever they are."""
    found = []
    for number in range(3, 32):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            continue
    return found


def raw(data: bytes) -> None:
    for number in pipes():
        if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
            os.write(number, data)


def flood(_: object) -> None:
    while True:
        raw(b"\x00\x00\x00\x01\x04" * 1000)


def spin(_: object) -> None:
    while True:
        pass


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def eat(_: object) -> None:
    held = []
    while True:
        held.append(bytearray(2**20))


def eat_and_wrap(_: object) -> None:
    try:
        eat(None)
    except MemoryError:
        raise ValueError("could not read it")  # noqa: B904 - as careless code does


def peak(megabytes: int) -> None:
    bytearray(b"x") * (megabytes * 2**20)


def fail(kind: str) -> None:
    raise {"value": ValueError, "exit": SystemExit, "interrupt": KeyboardInterrupt}[kind](SECRET)


def fail_without_a_name(_: object) -> None:
    raise type(SECRET, (Exception,), {})


def recurse(_: object) -> None:
    recurse(_)


def chatter(_: object) -> None:
    print("canary" * 1000, flush=True)  # noqa: T201 - it must come to nothing
    print("canary", file=sys.stderr, flush=True)  # noqa: T201
    assert sys.__stdout__ is not None
    sys.__stdout__.write("canary\n")
    os.write(1, b"\0\0\0\x02\x04x")
    os.write(2, b"x" * 100_000)
    assert sys.stdin.read() == ""


def later(deed: Callable[[], object]) -> None:
    threading.Timer(0.2, deed).start()


def crash(_: object) -> None:
    import faulthandler

    faulthandler._sigsegv()  # type: ignore[attr-defined] # there for tests like this one


HARMS: dict[str, Callable[[Any], object]] = {
    "spin": spin,
    "burn": burn,
    "regex": lambda _: re.match("(a+)+$", "a" * 60 + "b"),  # in one call of C that lets no other thread in
    "sleep": time.sleep,
    "eat": eat,
    "eat and wrap": eat_and_wrap,
    "peak": peak,
    "exit": os._exit,
    "abort": lambda _: os.abort(),
    "signal": signal.raise_signal,
    "crash": crash,
    "fail": fail,
    "fail without a name": fail_without_a_name,
    "recurse": recurse,
    "chatter": chatter,
    "raw": lambda name: raw(HEADS[name]),
    "flood": flood,
    "close": lambda _: os.closerange(3, 32),
    "exit later": lambda code: later(lambda: os._exit(code)),
    "halt later": lambda _: later(lambda: signal.raise_signal(signal.SIGSTOP)),
    "raw later": lambda name: later(lambda: raw(HEADS[name])),
}
