"""The inbox: what stands in the folder, read once, never moved or changed.

Nothing is told from a name here but leftovers of programs: what a file is, its bytes say, and they are opened elsewhere.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workflow.inbox.plain import is_elsewhere, is_folder, is_plain, look, opened, stamp
from workflow.inbox.ready import OWNER, TAIL, is_whole_zip, open_in, owned
from workflow.model import SubmissionState

# Leftovers of programs and systems: not returns, not worth a line each.
_LITTER = {"thumbs.db", "desktop.ini", "readme.md", "readme.txt", "icon\r"}
_LITTER_FOLDERS = {"__macosx"}
_ICLOUD = ".icloud"  # ".Q2.xlsx.icloud" stands for a Q2.xlsx that is not on this computer
_PIECE = 2**18
_ZIP = b"PK\x03\x04"
_OTHERS_HAVE_IT = {32, 33}  # Windows: sharing violation, lock violation

_LINK = "It is a link or a device, not a file. Put the file itself here."
_EMPTY = "It is empty. See that it has finished copying, or put the file here again, and run collate again."
_HALF = "Only part of it is here. See that it has finished copying; if it still says so then, ask for it again."
_CHANGED = "It changed while it was being read. See that it has finished copying, and run collate again."
_CLOUD = (
    "It is not downloaded: its contents are in the cloud, not on this computer. Right-click it, choose to keep it on this"
    " device, and run collate again when it is here."
)
_BUSY = "It is open in another program, or still being copied. Close it there, and run collate again."
_FORBIDDEN = (
    "You are not allowed to read it. Put a copy that you can open here, or ask whoever looks after the folder, and run collate"
    " again."
)
_NAME = "The name of it, or of its folder, holds characters that cannot be shown. Rename it, and run collate again."


@dataclass(frozen=True, slots=True)
class Received:
    """One file of the inbox, without its bytes. `state` is None where it is to be opened; otherwise `reason` says why not.

    `file` is relative to the workspace, with forward slashes, as it is on disk: whoever prints it makes it printable.
    """

    file: str
    sha256: str = ""  # "" unless it is to be opened
    size: int = 0  # in bytes
    state: SubmissionState | None = None
    reason: str = ""
    stamp: tuple[int, int] = (0, 0)  # size in bytes and modification time in nanoseconds, when it was read


def scan(workspace: Path, limit: int, folder: str = "inbox") -> Iterator[Received]:
    """Everything in `folder`, sub-folders too, in the order of its names, each file read once and hashed in pieces.

    A file larger than `limit` bytes is refused unread. Links, devices and placeholders of files in the cloud are never
    opened, links to folders not followed (`folder` itself may be one), hidden folders and leftovers of programs passed over.
    No trouble with a file or a folder is an exception: it is that file's, or that folder's, `reason`. A file that goes away
    meanwhile is left out. On Windows a path of more than 259 characters may count as one that cannot be read.
    """
    for found in sorted(_list(workspace / folder, folder), key=lambda f: f.file):
        if received := found.known or _looked_at(found, limit):
            yield received


def look_at(workspace: Path, files: Iterable[str], limit: int) -> Iterator[Received]:
    """The same for single files of the workspace, by their names relative to it. That somebody has one open is no matter:
    what is saved of it is read."""
    for file in files:
        if received := _looked_at(_Found(file, workspace / file), limit):
            yield received


def _looked_at(found: _Found, limit: int) -> Received | None:
    """One file, read or with the reason why not; None where it went away."""
    try:
        return _receive(found, limit)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _not_ready(found.file, _why(error))


def read(workspace: Path, received: Received) -> bytes | None:
    """The bytes of a file again; None where they are no longer those that were hashed: changed, gone or locked."""
    if received.state is not None:
        return None
    try:
        with opened(workspace / received.file) as stream:
            data = stream.read(received.size + 1)
    except OSError:
        return None
    return data if len(data) == received.size and hash_of(data) == received.sha256 else None


def unchanged(workspace: Path, received: Received) -> bool:
    """The second look: whether a file still has the size and the modification time that it was read with."""
    try:
        info = look(workspace / received.file)
    except OSError:
        return False
    return received.state is None and is_plain(info) and stamp(info) == received.stamp


def hash_of(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal: the name under which the archive keeps them."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in the inbox: what is known of it before it is opened, and the owner file that says that somebody has it open."""

    file: str
    path: Path
    known: Received | None = None
    owner: str = ""


def _list(top: Path, folder: str) -> Iterator[_Found]:
    """Every name that counts, folders walked through; a folder that cannot be listed is one entry of its own."""
    waiting = [(top, folder)]
    while waiting:
        path, file = waiting.pop()
        try:
            with os.scandir(path) as entries:
                names = [entry.name for entry in entries]
        except FileNotFoundError:
            continue
        except OSError as error:
            reason = (
                f"This folder could not be listed ({error.strerror or error}), so nothing in it was read. Ask whoever looks"
                " after it to let you open it, or copy its files to inbox, and run collate again."
            )
            yield _Found(file, path, _not_ready(_speakable(file), reason))
            continue
        owners = owned(names)
        for name in names:
            found = _Found(f"{file}/{name}", path / name, owner=owners.get(name, ""))
            if _is_folder(found.path):
                if not name.startswith(".") and name.casefold() not in _LITTER_FOLDERS:
                    waiting.append((found.path, found.file))
            elif name.startswith(".") and name.casefold().endswith(_ICLOUD) and name[1 : -len(_ICLOUD)] not in {"", *names}:
                whole = f"{file}/{name[1 : -len(_ICLOUD)]}"
                yield _Found(whole, found.path, _not_ready(_speakable(whole), _CLOUD))
            elif not _is_litter(name.casefold()):
                speakable = _speakable(found.file)
                yield found if speakable == found.file else _Found(found.file, found.path, _not_ready(speakable, _NAME))


def _is_folder(path: Path) -> bool:
    try:
        return is_folder(look(path))
    except OSError:  # what is wrong with it is said when it is to be read
        return False


def _is_litter(name: str) -> bool:
    return name in _LITTER or name.startswith((OWNER, ".")) or name.endswith(".tmp")


def _receive(found: _Found, limit: int) -> Received:
    """Look at one file and read it. Raises OSError."""
    info = look(found.path)
    if unread := _unread(found, info, limit):
        return unread
    digest, size, head, tail = hashlib.sha256(), 0, b"", b""
    with opened(found.path) as stream:
        before = os.fstat(stream.fileno())
        while size <= limit and (piece := stream.read(_PIECE)):
            digest.update(piece)
            size += len(piece)
            head = head or piece[: len(_ZIP)]
            tail = (tail + piece)[-TAIL:]
        after = os.fstat(stream.fileno())
    if stamp(before) != stamp(after) or size != after.st_size:
        return _not_ready(found.file, _CHANGED)
    if head == _ZIP and not is_whole_zip(tail, size):
        return _not_ready(found.file, _HALF)
    return Received(found.file, digest.hexdigest(), size, stamp=stamp(after))


def _unread(found: _Found, info: os.stat_result, limit: int) -> Received | None:
    """A file that is not to be read at all, as the system describes it."""
    if not is_plain(info):
        return Received(found.file, state=SubmissionState.IGNORED, reason=_LINK)
    if is_elsewhere(info):
        return _not_ready(found.file, _CLOUD)
    if found.owner:
        return _not_ready(found.file, open_in(found.path.parent, found.owner, found.path.name))
    if info.st_size > limit:
        reason = (
            f"It is larger than {limit // 2**20} MB, so it was not read. Ask its sender to take out pictures and unused sheets"
            " and to send it again."
        )
        return Received(found.file, size=info.st_size, state=SubmissionState.REFUSED, reason=reason)
    return None if info.st_size else _not_ready(found.file, _EMPTY)


def _not_ready(file: str, reason: str) -> Received:
    return Received(file, state=SubmissionState.NOT_READY, reason=reason)


def _why(error: OSError) -> str:
    if getattr(error, "winerror", None) in _OTHERS_HAVE_IT:
        return _BUSY
    if isinstance(error, PermissionError):
        return _FORBIDDEN
    why = error.strerror or error
    return f"It could not be read ({why}). Close it if it is open, see that it has finished copying, and run collate again."


def _speakable(file: str) -> str:
    """A name that can be printed and stored: what is not Unicode in it is escaped."""
    try:
        file.encode()
    except UnicodeEncodeError:
        return os.fsencode(file).decode("utf-8", "backslashreplace")
    return file
