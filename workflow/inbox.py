"""The inbox: what stands in the folder, read once, never moved or changed."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workflow.model import SubmissionState

# Leftovers of programs and systems: not returns, not worth a line each.
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "readme.md", "readme.txt"}
_KINDS = {
    ".eml": "a saved email",
    ".msg": "a saved Outlook email",
    ".zip": "a zip file",
    ".pdf": "a PDF",
    ".csv": "a CSV file",
    ".xls": "an old Excel file",
    ".ods": "an OpenDocument file",
    ".docx": "a Word document",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One file of the inbox. `data` is its bytes where it is to be read; otherwise `state` and `reason` say why not."""

    file: str  # relative to the workspace, forward slashes
    sha256: str = ""
    data: bytes = b""
    state: SubmissionState | None = None
    reason: str = ""


def scan(workspace: Path, folder: str = "inbox") -> Iterator[Received]:
    """Everything in `folder`, sub-folders too, in the order of its names. Nothing is opened for writing."""
    root = workspace / folder
    if not root.is_dir():
        return
    found = sorted(
        (p for p in root.rglob("*") if not p.is_dir() or p.is_symlink()), key=lambda p: p.relative_to(root).as_posix()
    )
    owners = {p.name[2:].casefold() for p in found if p.name.startswith("~$")}
    for path in found:
        file = path.relative_to(workspace).as_posix()
        name = path.name.casefold()
        if name in _LITTER or name.startswith(("~$", "._", ".")) or name.endswith(".tmp"):
            continue
        yield _receive(path, file, is_open=any(name.endswith(o) for o in owners if o))


def _receive(path: Path, file: str, *, is_open: bool) -> Received:
    if is_open:
        return Received(
            file, state=SubmissionState.NOT_READY, reason="It is open in Excel. Close it there and run collate again."
        )
    if path.suffix.casefold() != ".xlsx":
        kind = _KINDS.get(path.suffix.casefold(), "not an Excel workbook (.xlsx)")
        reason = f"It is {kind}. Save the filled-in template from it as an .xlsx file in inbox, and run collate again."
        return Received(file, state=SubmissionState.IGNORED, reason=reason)
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            reason = "It is a link or a device, not a file. Put the file itself here."
            return Received(file, state=SubmissionState.IGNORED, reason=reason)
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or error
        reason = f"It could not be read ({why}). Close it if it is open, see that it has finished copying, and run again."
        return Received(file, state=SubmissionState.NOT_READY, reason=reason)
    if not data:
        reason = "It is empty. See that it has finished copying, or put the file here again, and run collate again."
        return Received(file, state=SubmissionState.NOT_READY, reason=reason)
    return Received(file, hash_of(data), data)


def hash_of(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal: the name under which the archive keeps them."""
    return hashlib.sha256(data).hexdigest()
