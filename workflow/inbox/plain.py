"""A plain file and nothing else: links, devices, pipes and files that are not on this computer are never opened.

What Windows says of a file (attributes, reparse tags) follows Microsoft's "File Attribute Constants" and "Reparse Point
Tags", and what macOS says follows its sys/stat.h. It could not be tried here and is imitated in the tests.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_ELSEWHERE = 0x1000 | 0x40000 | 0x400000  # OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS
_DATALESS = 0x40000000  # macOS: the contents are in the cloud
_REPARSE_POINT = 0x400
# Reparse points that are files all the same: of a cloud program (sixteen tags that differ in one digit, and OneDrive's own),
# and those that a file server's deduplication and Windows' own compression leave.
_CLOUD, _CLOUD_MASK = 0x9000001A, 0xFFFF0FFF
_FILES_ALL_THE_SAME = frozenset({0x80000021, 0x80000013, 0x80000017})
_SAFELY = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT")  # each where the system has it
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in _SAFELY)


def look(path: Path) -> os.stat_result:
    """What the system says of a name, links not followed. Raises OSError."""
    return os.lstat(path)


def is_link(info: os.stat_result) -> bool:
    """Whether it stands for something elsewhere: a symbolic link, a junction, or a reparse point nobody knows."""
    if stat.S_ISLNK(info.st_mode):
        return True
    if not getattr(info, "st_file_attributes", 0) & _REPARSE_POINT:
        return False
    tag = getattr(info, "st_reparse_tag", 0)
    return tag & _CLOUD_MASK != _CLOUD and tag not in _FILES_ALL_THE_SAME


def is_folder(info: os.stat_result) -> bool:
    """Whether it is a folder in its own right."""
    return stat.S_ISDIR(info.st_mode) and not is_link(info)


def is_plain(info: os.stat_result) -> bool:
    """Whether it is a regular file in its own right."""
    return stat.S_ISREG(info.st_mode) and not is_link(info)


def is_elsewhere(info: os.stat_result) -> bool:
    """Whether only a placeholder of the file is on this computer. Reading it would fetch it, and may hang."""
    return bool(getattr(info, "st_file_attributes", 0) & _ELSEWHERE or getattr(info, "st_flags", 0) & _DATALESS)


def stamp(info: os.stat_result) -> tuple[int, int]:
    """What tells whether a file has changed: its size in bytes and its modification time in nanoseconds."""
    return info.st_size, info.st_mtime_ns


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A plain file, open for reading and never for writing.

    What is opened is what was looked at: a link put in its place in between is not followed, and a pipe does not hold up.
    Raises OSError where it cannot be opened, where it is no plain file, and where it is not on this computer.
    """
    seen = look(path)
    if not is_plain(seen) or is_elsewhere(seen):
        raise OSError(errno.EINVAL, "it is not a plain file on this computer")
    handle = os.open(path, _FLAGS)
    try:
        if not _same(seen, os.fstat(handle)):
            raise OSError(errno.EAGAIN, "it was replaced just now")
        stream = os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
    with stream:
        yield stream


def _same(seen: os.stat_result, now: os.stat_result) -> bool:
    """Windows numbers its drives in two ways, so that only the file's own number can be compared there."""
    return stat.S_ISREG(now.st_mode) and seen.st_ino == now.st_ino and (os.name == "nt" or seen.st_dev == now.st_dev)
