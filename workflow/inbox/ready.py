"""Whether a file of the inbox is whole and at rest: who has it open, and whether all of it has been copied."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePath

from workflow.inbox.plain import opened

OWNER = "~$"  # of Excel, Word and PowerPoint: "~$Q2.xlsx" stands beside Q2.xlsx while that is open
_LOCK = re.compile(r"\.~lock\.(.+)#", re.DOTALL)  # of LibreOffice: ".~lock.Q2.xlsx#"
_LONGEST_NAME = 60
_LONGEST_OWNER = 4096  # bytes: Excel's have 165, Word's 162, LibreOffice's a few hundred
_EXCEL_NAME, _WORD_NAME = 55, 54  # where the name stands in UTF-16, after its length; before that it stands in one byte each
_MOST_CHARACTERS = 54

END_RECORD = b"PK\x05\x06"
_END_SIZE, _LONGEST_COMMENT = 22, 0xFFFF
TAIL = _END_SIZE + _LONGEST_COMMENT  # as much of a zip file's end as can hold its end record
_ZIP64_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20


def owned(names: Collection[str]) -> dict[str, str]:
    """Which files of one folder somebody has open: the name of the file, and of the owner file that says so.

    An owner file whose file is not there counts for nothing. Names that differ in case alone are told apart where both exist.
    """
    exact = set(names)
    folded: dict[str, str] = {}
    for name in sorted(exact):
        folded.setdefault(name.casefold(), name)
    shortened = {short.casefold(): name for name in sorted(exact) if (short := _as_word_shortens(name))}
    found: dict[str, str] = {}
    for owner in sorted(exact):
        lock = _LOCK.fullmatch(owner)
        if not lock and not owner.startswith(OWNER):
            continue
        name = lock[1] if lock else owner.removeprefix(OWNER)
        owns = name if name in exact else folded.get(name.casefold()) or ("" if lock else shortened.get(name.casefold(), ""))
        if owns:
            found[owns] = owner
    return found


def open_in(folder: Path, owner: str, name: str) -> str:
    """The sentence for a file that somebody has open, with who it is where the owner file can be read."""
    lock = owner.startswith(".")
    try:
        with opened(folder / owner) as stream:
            data = stream.read(_LONGEST_OWNER)
    except OSError:
        data = b""
    who = libreoffice_user(data) if lock else office_user(data)
    program = "LibreOffice" if lock else _program(name)
    return (
        f"It is open in {program}{f' by {who}' if who else ''}. Close it there, or delete the file {plain(owner, 120)}"
        " if nobody has it open, and run collate again."
    )


def office_user(data: bytes) -> str:
    """Who has the file open, from the bytes of the owner file of Excel, Word or PowerPoint; "" where it does not say.

    The first byte is the length of the name, which follows in the computer's own code page; the same name follows in
    UTF-16 further on. The latter is taken where it makes sense, because a code page cannot be told.
    """
    for at in (_EXCEL_NAME, _WORD_NAME):
        length = int.from_bytes(data[at : at + 2], "little")
        wide = data[at + 2 : at + 2 + 2 * length]
        if 0 < length <= _MOST_CHARACTERS and len(wide) == 2 * length:
            name = wide.decode("utf-16-le", "replace").strip()
            if name and name.isprintable() and "�" not in name:
                return plain(name)
    return plain(data[1 : 1 + data[0]].decode("cp1252", "replace")) if data else ""


def libreoffice_user(data: bytes) -> str:
    """Who has the file open, from a lock file of LibreOffice: fields with commas between, the user's name first, their
    account second; a backslash makes the next character part of the field."""
    fields = re.findall(r"((?:\\.|[^,;\\])*)[,;]", data.decode("utf-8", "replace"), re.DOTALL)[:2]
    names = (plain(re.sub(r"\\(.)", r"\1", field, flags=re.DOTALL)) for field in fields)
    return next((name for name in names if name), "")


def is_whole_zip(tail: bytes, size: int) -> bool:
    """Whether a zip file has its end: `tail` is its last bytes (at least `TAIL` of them, or all), `size` that of the file.

    The end record stands last and says where the list of parts lies, which must reach up to it; where it stands at the very
    end of the file the reader may say what else is wrong. Stored workbooks inside a zip file have end records of their own.
    Source: PKWARE's APPNOTE.TXT, 4.3.16.
    """
    start = size - len(tail)
    at = tail.rfind(END_RECORD)
    while at >= 0:
        record = tail[at : at + _END_SIZE]
        if len(record) == _END_SIZE:
            ends = start + at + _END_SIZE + int.from_bytes(record[20:22], "little")
            listed = int.from_bytes(record[12:16], "little") + int.from_bytes(record[16:20], "little")
            is_64 = tail[max(at - _LOCATOR_SIZE, 0) : at].startswith(_ZIP64_LOCATOR)
            if ends == size or (ends < size and (listed == start + at or is_64)):
                return True
        at = tail.rfind(END_RECORD, 0, at + len(END_RECORD) - 1)
    return False


def plain(text: str, limit: int = _LONGEST_NAME) -> str:
    """Words from outside, made safe to stand in a sentence: one line, printable, not long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _as_word_shortens(name: str) -> str:
    """A name without the characters that Word leaves out after its "~$"; "" for names of Excel's, which leaves out none."""
    path = PurePath(name)
    if path.suffix.casefold().startswith((".xls", ".csv")) or name.startswith(OWNER):
        return ""
    return name[2:] if len(path.stem) >= 8 else name[1:] if len(path.stem) == 7 else ""


def _program(name: str) -> str:
    suffix = PurePath(name).suffix.casefold()
    if suffix.startswith((".doc", ".dot", ".rtf")):
        return "Word"
    return "PowerPoint" if suffix.startswith((".ppt", ".pps", ".pot")) else "Excel"
