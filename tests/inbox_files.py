"""Files put into an inbox, and what a scan finds of them: shared by the tests of the inbox."""

from __future__ import annotations

import importlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from workflow.inbox import Received, plain, scan
from workflow.model import SubmissionState

SCANNING = importlib.import_module("workflow.inbox.scan")  # the module: the room's door gives the function of that name
LIMIT = 2**20
NOT_READY, IGNORED, REFUSED = SubmissionState.NOT_READY, SubmissionState.IGNORED, SubmissionState.REFUSED
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such names or files")


def put(workspace: Path, name: str, data: bytes = b"some bytes") -> Path:
    path = workspace / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def found(workspace: Path, limit: int = LIMIT) -> dict[str, Received]:
    entries = list(scan(workspace, limit))
    assert len({r.file for r in entries}) == len(entries)
    for r in entries:
        assert (r.state is None) == bool(r.sha256) == (not r.reason)
    return {r.file.removeprefix("inbox/"): r for r in entries}


def only(workspace: Path, limit: int = LIMIT) -> Received:
    (received,) = found(workspace, limit).values()
    return received


def zipped(*members: tuple[str, bytes], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = comment
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


WORKBOOK = zipped(("xl/workbook.xml", b"<workbook/>"), ("a.xml", bytes(range(256)) * 300))


def spying(opened: list[Path]) -> Callable[[Path], Any]:
    @contextmanager
    def spy(path: Path) -> Iterator[Any]:
        opened.append(path)
        with plain.opened(path) as stream:
            yield stream

    return spy
