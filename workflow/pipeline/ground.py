"""What is judged, a leaf as it came, and what on: the register, the forms and the settings, and nothing of the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflow import __version__
from workflow.config import Settings
from workflow.inbox import hash_of
from workflow.model import INSIDE, Form, Message, Period, Register


@dataclass(frozen=True, slots=True)
class Ground:
    """Plain values: it is what goes to the child process that reads files. `forms_sha` is the hash of the forms' texts."""

    register: Register
    forms: Mapping[str, Form]
    settings: Settings
    forms_sha: str

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods in the order of their dates."""
        return tuple(sorted(self.register.periods, key=lambda p: p.start))

    @property
    def key(self) -> str:
        """What a judgement depends on besides the bytes: when it changes, what is held is judged again."""
        s = self.settings
        rules = (s.workspace_id, str(s.limits), str(s.refuse_active), *s.layouts)
        parts = (self.register.sha256, self.forms_sha, __version__, *rules)
        return hash_of("|".join(parts).encode())[:16]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One leaf of a received file as it came: the file's name in the inbox, the leaf's bytes, the day it was first seen.

    `messages` are those that it came in, the nearest first; `alone` says that no other workbook came in that message.
    """

    file: str
    sha256: str
    data: bytes
    received: date
    part: str | None = None
    container: str = ""
    messages: tuple[Message, ...] = ()
    alone: bool = True

    @property
    def place(self) -> str:
        """What places and findings call it: the received file, and the part of it."""
        return self.file if self.part is None else f"{self.file}{INSIDE}{self.part}"
