"""The child's side of `workflow check-accessible`: it opens one workbook of anybody's after another, under the guard's limits.

The reader goes first. It has limits of its own for what a package may unpack to and what its parts may hold, which openpyxl
has not.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator

from workflow import accessible, reader
from workflow.errors import Unreadable
from workflow.model import Profile

_NOTHING = "Nothing was checked."


def request_out(data: bytes, profile: Profile, name: str) -> bytes:
    """What the child is asked: a line that says what the file is to be taken for, and the file."""
    return json.dumps([profile.value, name]).encode() + b"\n" + data


def serve(_setup: bytes) -> Callable[[bytes], Iterator[bytes]]:
    """What answers the requests of one child (see `guard.Worker`): one frame each, `[sentence, failed]` as JSON.

    The sentence says why a file cannot be checked, and is "" for one that was; `failed` is a list of `accessible.Failed`.
    """
    sys.modules["numpy"] = None  # type: ignore[assignment] # openpyxl would load it, which takes longer than most checks

    def answer(frame: bytes) -> Iterator[bytes]:
        line, _, data = frame.partition(b"\n")
        profile, name = json.loads(line)
        yield json.dumps(_checked(data, Profile(profile), name)).encode()

    return answer


def _checked(data: bytes, profile: Profile, name: str) -> tuple[str, tuple[accessible.Failed, ...]]:
    try:
        book = reader.read_bytes(data, reader.Limits())
        if book.strict:  # openpyxl would find nothing in it
            return f"This is a Strict Open XML workbook: save it as an Excel Workbook (.xlsx). {_NOTHING}", ()
        order = {sheet.name: n for n, sheet in enumerate(book.sheets)}
        del book  # openpyxl needs the room
        failed = accessible.failures(data, profile, name)
        return "", tuple(sorted(failed, key=lambda f: order.get(f.sheet, -1)))  # the workbook first, then tab by tab
    except Unreadable as refused:
        what = str(refused).partition(": please")[0].partition(", which")[0]  # the rest is said to the sender of a return
        return f"{what.rstrip('.')}. {_NOTHING}", ()
    except accessible.CannotCheckError as problem:
        return str(problem), ()
