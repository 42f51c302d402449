"""What a child may use, and how it fails."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """What one child may use. The defaults suit files of at most 32 MB (field-notes section 5)."""

    seconds: int = 60  # of waiting for one request; what the consumer does between two frames is not counted
    cpu_seconds: int = 30  # of processor time for one request, where the system can limit it
    memory_mb: int = 1024  # of address space, where the system can limit it
    reply_bytes: int = 32 * 2**20  # all frames of one reply, each with its head of five bytes


class ChildFailed(Exception):  # noqa: N818 - it reads as what it says
    """The child gave no whole answer, and is gone. The next request gets a fresh child.

    `how` is "time" (too long, or too much processor time), "memory", "died" (it ended, or an exception ended it), "garbage"
    (what it sent is no frame) or "too much" (a longer reply than allowed). `detail` says more in words, for a log: it holds
    nothing of what the child was given.
    """

    def __init__(self, how: str, detail: str) -> None:
        super().__init__(f"{how}: {detail}")
        self.how = how
        self.detail = detail
