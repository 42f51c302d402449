"""From the bytes of an old file to a Source: what it is, and which of the three ways reads it."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from workflow.errors import Unreadable
from workflow.model import OldGrid, Source
from workflow.reader import Limits, kind_of
from workflow.sources.delimited import read_delimited
from workflow.sources.refusal import refuse, said_here
from workflow.sources.sheets import read_sheets

_LIMITS = Limits()
_ZIP = b"PK\x03\x04"
_MAYBE_TEXT = ("text", "not-a-workbook")  # a CSV file in UTF-16 looks like neither; its own reader says


def read_source(data: bytes, name: str) -> Source:
    """Read an old workbook (.xlsx, .xlsm), CSV file or Word document (.docx).

    `name` is the file as a person knows it; it stands in every place. Pure: no disk, no network, nothing executed. Raises
    Unreadable, and nothing else, with one sentence for the person who imports (`sources.refusal`).
    """
    try:
        grids, notes = _read(data, name)
    except Unreadable as error:
        raise said_here(error) from error
    return Source(name, hashlib.sha256(data).hexdigest(), grids, notes)


def _read(data: bytes, name: str) -> tuple[tuple[OldGrid, ...], tuple[str, ...]]:
    if len(data) > _LIMITS.file_bytes:
        raise refuse("file-too-large")
    kind = kind_of(data, _LIMITS)
    if kind == "":
        return read_sheets(data, name, _LIMITS)
    if kind == "word" and data.startswith(_ZIP):
        from workflow.sources.document import read_document  # noqa: PLC0415 - it brings a heavy library

        return read_document(data, name, _LIMITS)
    if kind in _MAYBE_TEXT:
        return read_delimited(data, (name, PurePosixPath(name.replace("\\", "/")).stem), _LIMITS)
    raise refuse(kind)
