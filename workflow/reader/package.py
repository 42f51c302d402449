"""The container: the parts of a zip file by name, inflated under limits, every CRC checked.

Part names are compared without case and with forward slashes, as real files differ in both (field-notes.md section 7,
last table). Whatever could be understood in two ways (two parts of one name) is refused, not resolved.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from workflow.errors import Unreadable
from workflow.reader import sniff
from workflow.reader.book import Limits
from workflow.reader.refusal import refuse

_CHUNK = 2**18
_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_XML_NAMES = (".xml", ".rels", ".vml")
_ENCRYPTED = 0x1  # general purpose bit 0 of a zip entry
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, OverflowError)


class Package:
    """The parts of one zip container."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Open the container. Raises Unreadable for anything that is not a whole zip file of a workbook."""
        self.limits = limits
        self._inflated = 0
        self._read: set[str] = set()
        self._zip = _open(data, limits)
        self._entries = _entries(self._zip, limits)
        if kind := sniff.zip_kind(self._entries):
            raise refuse(kind)

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._entries

    def size(self, name: str) -> int:
        """The inflated size that the part's header claims; a hint, not to be trusted."""
        return self._entries[_normal(name)].file_size

    def read(self, name: str) -> bytes:
        """A whole part. Raises Unreadable where it is missing, damaged or too large."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; its CRC is checked with the last piece. Raises Unreadable like `read`."""
        entry = self._entries.get(_normal(name))
        if entry is None:
            raise refuse("part-missing", part=name)
        self._read.add(_normal(name))
        try:
            yield from self._inflate(entry)
        except Unreadable:
            raise
        except _ZIP_ERRORS as error:
            raise refuse("zip-corrupt") from error

    def check_rest(self) -> None:
        """Inflate every part not yet read, so that damage anywhere is noticed, and look for a DOCTYPE in it."""
        for name in self._entries.keys() - self._read:
            tail = b""
            for chunk in self.chunks(name):
                if name.endswith(_XML_NAMES):
                    joined = tail + chunk
                    if any(mark in joined for mark in _DOCTYPES):
                        raise refuse("xml-doctype")
                    tail = chunk[-32:]

    def _inflate(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        limits, size = self.limits, 0
        packed = max(entry.compress_size, 1)
        with self._zip.open(entry) as part:
            while chunk := part.read(_CHUNK):
                size += len(chunk)
                self._inflated += len(chunk)
                if size > limits.part_bytes or self._inflated > limits.total_bytes:
                    raise refuse("zip-too-large")
                if size > limits.ratio_from and size > limits.ratio * packed:
                    raise refuse("zip-too-large")
                yield chunk


def resolve(source: str, target: str) -> str:
    """The name of the part that a relationship of the part `source` points to ("" is the package itself)."""
    target = unquote(target.replace("\\", "/"))
    folders = [] if target.startswith("/") else source.replace("\\", "/").split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            folders = folders[:-1]
        elif step not in ("", "."):
            folders.append(step)
    return "/".join(folders)


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if not data:
        raise refuse("file-empty")
    if len(data) > limits.file_bytes:
        raise refuse("file-too-large", limit=limits.file_bytes // 2**20)
    # Some bytes before a zip are harmless, but old .xls files and PDFs may hold a whole zip inside.
    if not data.startswith(sniff.ZIP) and (kind := sniff.not_a_zip(data)) not in ("not-a-workbook", "text"):
        raise refuse(kind)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _ZIP_ERRORS as error:
        if not data.startswith(sniff.ZIP):
            raise refuse(sniff.not_a_zip(data)) from error
        whole = b"PK\x05\x06" in data[-65_600:]  # the end record, with room for the longest comment
        raise refuse("zip-corrupt" if whole else "zip-truncated") from error


def _entries(container: zipfile.ZipFile, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The parts by normal name. Folders are left out."""
    infos = container.infolist()
    if len(infos) > limits.entries:
        raise refuse("zip-too-large")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = _normal(info.orig_filename)
        if name.endswith("/"):
            continue
        if not name or name in entries or ".." in name.split("/") or "\0" in name:
            raise refuse("zip-names")
        if info.flag_bits & _ENCRYPTED:
            raise refuse("zip-encrypted")
        if info.compress_type not in _METHODS:
            raise refuse("zip-method")
        entries[name] = info
    return entries


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
