"""What the child shuts behind itself before it looks at anything: resource limits, and an audit hook.

The limits are the system's and hold whatever the child runs into. The hook is a second fence, and on Windows the only one
inside the child: it refuses what no reader of files has any business doing.
"""

from __future__ import annotations

import math
import os
import sys
import time
from contextlib import suppress
from types import ModuleType
from typing import Any

OPEN_FILES = 32  # five are in use; the rest is for what is imported late
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Audit events by the part before the dot, and whole (the table of audit events in Python's library reference).
_REFUSED_FAMILIES = frozenset({"socket", "subprocess", "pty", "shutil", "sqlite3", "_winapi", "webbrowser", "syslog"})
_REFUSED = frozenset(
    f"os.{name}"
    for name in (
        *("system", "exec", "fork", "forkpty", "posix_spawn", "spawn", "startfile", "startfile/2", "kill", "killpg"),
        *("remove", "rename", "rmdir", "mkdir", "link", "symlink", "truncate", "chmod", "chown", "chflags", "utime"),
        *("setxattr", "removexattr", "lockf"),
    )
) | {
    *("signal.pthread_kill", "tempfile.mkstemp", "tempfile.mkdtemp", "ctypes.dlsym", "ctypes.dlsym/handle"),
    *("winreg.CreateKey", "winreg.DeleteKey", "winreg.DeleteValue", "winreg.SetValue", "winreg.SaveKey", "winreg.LoadKey"),
}


def limit_resources(memory_mb: int) -> None:
    """Lower this process's limits for good: address space, core dumps, size of files written, open files.

    Nothing happens where the system has no such limits (Windows); one that it does not know is left (macOS and memory).
    A write beyond the limit is an error: Python ignores the signal that would come with it.
    """
    resource = _resource()
    if resource is None:
        return
    wanted = {"RLIMIT_AS": memory_mb * 2**20, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0, "RLIMIT_NOFILE": OPEN_FILES}
    for name, value in wanted.items():
        with suppress(AttributeError, ValueError, OSError):
            which = getattr(resource, name)
            hard = resource.getrlimit(which)[1]
            ours = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (ours, ours))


def limit_processor(seconds: int) -> None:
    """Allow this process that many seconds of processor time from now on; beyond them the system kills it (SIGXCPU)."""
    if resource := _resource():
        until = math.ceil(time.process_time() + seconds)
        with suppress(ValueError, OSError):
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def refuse_the_world(folder: str) -> None:
    """From now on sockets, processes, native libraries, and writing, making or removing files raise PermissionError.

    `folder` is the process's own, which it may remove.
    """

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if _refused(event, args) and (event, *args[:1]) != ("os.rmdir", folder):
            raise PermissionError(f"{event} is not allowed here")

    sys.addaudithook(hook)


def _refused(event: str, args: tuple[Any, ...]) -> bool:
    if event == "open":
        # A number is a file that is open already: the pipes, /dev/null.
        return not isinstance(args[0], int) and bool((args[2] or 0) & _WRITES)
    if event == "ctypes.dlopen":
        return args[0] is not None  # None is the program itself, which `import ctypes` asks for
    return event in _REFUSED or event.partition(".")[0] in _REFUSED_FAMILIES


def peak_mb() -> int:
    """The most memory, in MB, that this process has had in use; 0 where the system does not say (Windows)."""
    # ru_maxrss would count what the parent used before this program took its place: it survives exec on Linux.
    with suppress(OSError, ValueError), open("/proc/self/status", "rb") as status:  # noqa: PTH123 - a heavy import for one line
        for line in status:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) // 1024
    if resource := _resource():
        most = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return most // 2**20 if sys.platform == "darwin" else most // 1024
    return 0


def _resource() -> ModuleType | None:
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    return resource
