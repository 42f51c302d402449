"""The outbox: generated files written whole or not at all, and never over a person's edit (design laws 5 and 8)."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

from workflow.errors import WorkflowError
from workflow.inbox import hash_of

# Windows refuses to replace a file that is open in Excel; it is worth a few tries (field-notes row 39).
_TRIES = (0.05, 0.2, 0.5, 1.0)
_UNFINISHED, _TEMPORARY = ".unfinished-", ".tmp"  # how a file is called until it is whole


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one output. `path` is where it stands; `note` is a plain sentence where that is not where it was meant."""

    path: str
    changed: bool
    note: str = ""


class Outbox:
    """Writes under a workspace. `ours(path, sha256)` says whether those bytes at that path were written by us."""

    def __init__(self, workspace: Path, today: date, ours: Callable[[str, str], bool]) -> None:
        self._root = workspace
        self._today = today
        self._ours = ours

    def write(self, path: str, data: bytes) -> Written:
        """Write `data` to the workspace-relative `path`. A file a person has changed is left, the new one put beside it."""
        target = self._root / path
        if target.exists():
            standing = hash_of(target.read_bytes())
            if standing == hash_of(data):
                return Written(path, changed=False)
            if not self._ours(path, standing):
                why = "is not as it was last written here (someone may have changed it), so it was left alone"
                return self._beside(path, data, why)
        try:
            _replace(target, data)
        except PermissionError:
            return self._beside(path, data, "is open in another program")
        return Written(path, changed=True)

    def is_ours(self, path: str) -> bool:
        """Whether a file stands there as it was written, so that no person has changed it."""
        target = self._root / path
        return target.is_file() and self._ours(path, hash_of(target.read_bytes()))

    def remove(self, path: str) -> bool:
        """Remove a generated file that is out of date, unless a person has changed it or has it open."""
        if not self.is_ours(path):
            return False
        try:
            (self._root / path).unlink()
        except OSError:  # open in another program, most likely: it is tried again next time
            return False
        return True

    def sweep(self, folder: str) -> None:
        """Remove what a killed run was in the middle of writing below a folder."""
        for left in sorted((self._root / folder).rglob(f"{_UNFINISHED}*{_TEMPORARY}")):
            with suppress(OSError):  # open in another program: it is swept next time
                left.unlink()

    def _beside(self, path: str, data: bytes, why: str) -> Written:
        for sibling in self._siblings(path):
            target = self._root / sibling
            note = f"{path} {why}. The new one is {sibling}."
            standing = hash_of(target.read_bytes()) if target.exists() else ""
            if standing == hash_of(data):
                return Written(sibling, changed=False, note=note)
            if not standing or self._ours(path, standing):  # what was put beside it before is ours under its first name
                break
        try:
            _replace(target, data)
        except PermissionError as error:
            raise WorkflowError(f"{path} and {sibling} are both open in another program. Close them and run again.") from error
        return Written(sibling, changed=True, note=note)

    def _siblings(self, path: str) -> Iterator[str]:
        """The names for a file that is put beside another, in the order in which they are tried."""
        stem, dot, suffix = path.rpartition(".")
        for n in count(1):
            again = "" if n == 1 else f", {n}"
            yield f"{stem} (new {self._today:%Y-%m-%d}{again}){dot}{suffix}"


def _replace(target: Path, data: bytes) -> None:
    """Write to a temporary file in the same folder, synchronise it, and put it in place in one step."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=_UNFINISHED, suffix=_TEMPORARY, dir=target.parent)
    except OSError as error:
        raise WorkflowError(f"The folder {target.parent.name} cannot be written to ({error.strerror or error}).") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        for pause in (*_TRIES, 0.0):
            try:
                Path(temporary).replace(target)
                break
            except PermissionError:
                if not pause:
                    raise
                time.sleep(pause)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, PermissionError):
            raise
        raise WorkflowError(
            f"{target.name} could not be written ({error.strerror or error}). Nothing of it was changed."
        ) from error
