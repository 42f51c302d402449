"""The container: the parts of a zip file by name, inflated under limits, every CRC checked.

Part names are compared without case and with forward slashes, as real files differ in both (field-notes.md section 7,
last table). Whatever could be understood in two ways (two parts of one name, or one over another) is refused, not resolved.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from workflow.errors import Unreadable
from workflow.reader import ole, sniff
from workflow.reader.book import Limits
from workflow.reader.budget import Budget
from workflow.reader.refusal import refuse

OUTSIDE = " outside"
_END_RECORD = 22  # bytes
_END = b"PK\x05\x06"  # how that record begins
_CHUNK = 2**18
_PIECE = 2**16  # of packed bytes
_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_XML_NAMES = (".xml", ".rels", ".vml")
_STRICT = b"purl.oclc.org/ooxml"
_ENCRYPTED, _UTF_8 = 0x1, 0x800  # general purpose bits 0 and 11 of a zip entry
_LOCAL = struct.Struct("<4s2xHH16xHH")  # an entry's own header: mark, flags, method, lengths of name and extra field
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError,
    OverflowError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the container: where its packed bytes stand, and what its directory says of it."""

    start: int
    stop: int
    packed: bool
    size: int
    crc: int


class Package:
    """The parts of one zip container.

    `budget` is what reading them may cost; `kinds` are the kinds of relationship met so far, in small letters, with
    `OUTSIDE` behind those that leave the package.
    """

    def __init__(self, data: bytes, limits: Limits, holds: str = "") -> None:
        """Open the container. Raises Unreadable for anything that is not a whole zip file of a workbook.

        `holds` is "word" where a Word document is expected instead.
        """
        self.limits = limits
        self.budget = Budget(limits)
        self.kinds: set[str] = set()
        self._data = data
        self._inflated = 0
        self._read: set[str] = set()
        self._entries = _entries(_open(data, limits), data, limits)
        if (kind := sniff.zip_kind(self._entries)) != holds:
            raise refuse(kind or "not-a-workbook")

    def __contains__(self, name: str) -> bool:
        return name in self._entries or _normal(name) in self._entries

    @property
    def names(self) -> Collection[str]:
        """The names of all parts, in lower case."""
        return self._entries.keys()

    @property
    def unread(self) -> Collection[str]:
        """The names of the parts that nobody has read to the end."""
        return self._entries.keys() - self._read

    def unread_again(self, name: str) -> None:
        """Count a part among those that nobody has read: what stands in it was not understood."""
        self._read.discard(_normal(name))

    def size(self, name: str) -> int:
        """The inflated size of a part as its header claims it: `chunks` refuses a part that is larger or smaller."""
        return self._entries[_normal(name)].size

    def read(self, name: str) -> bytes:
        """A whole part. Raises Unreadable where it is missing, damaged or too large."""
        whole = self._at_once(name)
        return b"".join(self.chunks(name)) if whole is None else whole

    def chunks(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; its CRC is checked with the last piece. Raises Unreadable like `read`."""
        entry = self._entries.get(_normal(name))
        if entry is None:
            raise refuse("part-missing", part=name)
        if (whole := self._at_once(name)) is not None:
            yield whole
            return
        try:
            yield from self._inflate(entry)
            self._read.add(_normal(name))
        except Unreadable:
            raise
        except _ZIP_ERRORS as error:
            raise refuse("zip-corrupt") from error

    def check_rest(self, xml: Collection[str] = ()) -> None:
        """Inflate every part not yet read, so that damage anywhere is noticed, and look for a DOCTYPE in it.

        `xml` are the parts that are XML whatever their names say (`active.look`).
        """
        for name in self.unread:
            tail = b""
            for chunk in self.chunks(name):
                if name.endswith(_XML_NAMES) or name in xml:
                    joined = tail + chunk
                    if any(mark in joined for mark in _DOCTYPES):
                        raise refuse("xml-doctype")
                    tail = chunk[-32:]

    def _at_once(self, name: str) -> bytes | None:
        """A small part with nothing wrong about it, inflated in one go; None for any other: `_inflate` knows what is wrong."""
        name = name if name in self._entries else _normal(name)
        entry = self._entries.get(name)
        if entry is None or not entry.packed or entry.size >= _CHUNK or entry.stop - entry.start >= _PIECE:
            return None
        engine, limits = zlib.decompressobj(-zlib.MAX_WBITS), self.limits
        try:
            found = engine.decompress(self._data[entry.start : entry.stop], entry.size + 1)
        except zlib.error:
            return None
        inflated = self._inflated + entry.size
        usual = entry.size <= min(limits.ratio_from, limits.part_bytes) and inflated <= limits.total_bytes
        if not usual or not engine.eof or len(found) != entry.size or zlib.crc32(found) != entry.crc:
            return None
        self._inflated = inflated
        self._read.add(name)
        return found

    def _inflate(self, entry: _Entry) -> Iterator[bytes]:
        limits, size, crc = self.limits, 0, 0
        room = limits.ratio * (entry.stop - entry.start)
        for chunk in _unpacked(self._data, entry):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            self._inflated += len(chunk)
            if size > limits.part_bytes or self._inflated > limits.total_bytes or size > max(room, limits.ratio_from):
                raise refuse("zip-too-large")
            if size > entry.size:
                raise refuse("zip-corrupt")
            yield chunk
        if size != entry.size or crc != entry.crc:
            raise refuse("zip-corrupt")


def kind_of(data: bytes, limits: Limits) -> str:
    """What a file is, told from its bytes: "" for what may be a workbook, otherwise the code of its refusal.

    "word" is a Word document of today where it is a zip file, and one of 1997 to 2003 where it is not. Raises Unreadable for
    a zip file that cannot be listed, or lists too much.
    """
    if not data.startswith(sniff.ZIP):
        return sniff.not_a_zip(data)
    return sniff.zip_kind(_entries(_open(data, limits), data, limits))


def whole_document(data: bytes, limits: Limits) -> bool:
    """See that a Word document may be given to a library: every part whole, none too large, none with a document type.

    Returns whether it was saved as Strict Open XML, whose elements have other names. Raises Unreadable as `read_bytes` does.
    """
    package = Package(data, limits, holds="word")
    for name in package.names:
        tail, xml = b"", not name.startswith("word/media/")  # pictures may name a document type in good faith
        for chunk in package.chunks(name):
            if xml:
                package.budget.markup(chunk)
                if any(mark in tail + chunk for mark in _DOCTYPES):
                    raise refuse("xml-doctype")
                tail = chunk[-32:]
    return "_rels/.rels" in package and _STRICT in package.read("_rels/.rels")


def is_archive(data: bytes, limits: Limits) -> bool:
    """Whether these bytes are a zip file of other files, to be taken apart with `members`.

    One that is itself a file (a workbook, a document), that cannot be listed or that lists too much is none: `read_bytes`
    says what it is.
    """
    if not data.startswith(sniff.ZIP):
        return False
    try:
        container = _open(data, limits)
    except Unreadable:
        return False
    _looked_at[:] = [(data, limits, container)]
    infos = container.infolist()
    names = {_normal(info.orig_filename) for info in infos if not info.orig_filename.endswith(("/", "\\"))}
    return len(infos) <= limits.entries and sniff.zip_kind(names) == "archive"


def members(data: bytes, limits: Limits) -> Iterator[tuple[str, bytes | Unreadable]]:
    """The files in a zip file of other files, in its own order: the name of each, and its bytes or why they cannot be had.

    A name is text for display: it may stand there twice, and lead anywhere. Folders are left out. Raises Unreadable
    ("zip-too-large") where all files together are past `limits.total_bytes`.
    """
    left = limits.total_bytes
    for info in _open(data, limits).infolist():
        if not info.orig_filename.endswith(("/", "\\")):
            found, used = _member(info, data, limits, left)
            left -= used
            if left < 0:
                raise refuse("zip-too-large")
            yield _shown(info), found


def _member(info: zipfile.ZipInfo, data: bytes, limits: Limits, left: int) -> tuple[bytes | Unreadable, int]:
    """A member, whole, or why it cannot be had; and how many bytes it was unpacked to, at most a chunk more than are `left`."""
    out: list[bytes] = []
    size = crc = 0
    try:
        entry = _entry(info, data)
        room = min(limits.part_bytes, max(limits.ratio * (entry.stop - entry.start), limits.ratio_from))
        for chunk in _unpacked(data, entry):
            size += len(chunk)
            if size > min(room, left):
                return refuse("zip-too-large"), size
            crc = zlib.crc32(chunk, crc)
            out.append(chunk)
    except Unreadable as error:
        return error, size
    except _ZIP_ERRORS:
        return refuse("zip-corrupt"), size
    return (b"".join(out) if (size, crc) == (entry.size, entry.crc) else refuse("zip-corrupt")), size


def _shown(info: zipfile.ZipInfo) -> str:
    """A member's name as its sender sees it: many programs write UTF-8 and do not say so."""
    if info.flag_bits & _UTF_8:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


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


_looked_at: list[tuple[bytes, Limits, zipfile.ZipFile]] = []  # what `is_archive` was last asked about: it is read next


def _open(data: bytes, limits: Limits) -> zipfile.ZipFile:
    if _looked_at:
        known, under, container = _looked_at.pop()
        if known is data and under == limits:
            return container
    if not data:
        raise refuse("file-empty")
    if len(data) > limits.file_bytes:
        raise refuse("file-too-large", limit=limits.file_bytes // 2**20)
    # Some bytes before a zip are harmless, but old .xls files and PDFs may hold a whole zip inside.
    if not data.startswith(sniff.ZIP):
        kind = sniff.not_a_zip(data)
        if kind not in ("not-a-workbook", "text") or data.startswith(ole.MARK):
            raise refuse(kind)
    if data.count(b"PK\x01\x02") > 10 * limits.entries:  # not listed at all: the list alone would fill the memory
        raise refuse("zip-too-large")
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
        first = min((info.header_offset for info in container.infolist()), default=0)
    except _ZIP_ERRORS as error:
        if not data.startswith(sniff.ZIP):
            raise refuse(sniff.not_a_zip(data)) from error
        end = data.rfind(_END, max(len(data) - 65_600, 0))  # the end record, with room for the longest comment
        raise refuse("zip-corrupt" if 0 <= end <= len(data) - _END_RECORD else "zip-truncated") from error
    if _END in data[: max(first, 0)]:  # a whole zip file in front of this one: what it holds would be lost without a word
        raise refuse("archive")
    return container


def _entries(container: zipfile.ZipFile, data: bytes, limits: Limits) -> dict[str, _Entry]:
    """The parts by normal name. Folders are left out."""
    infos = container.infolist()
    if len(infos) > limits.entries:
        raise refuse("zip-too-large")
    entries: dict[str, _Entry] = {}
    free = 0  # where the entry before ends
    for info in sorted(infos, key=lambda i: i.header_offset):
        name = _normal(unquote(info.orig_filename))
        if not name or name in entries or ".." in name.split("/") or "\0" in name:
            raise refuse("zip-names")
        entry = _entry(info, data)
        if info.header_offset < free or entry.stop > container.start_dir:
            raise refuse("zip-overlap")
        free = entry.stop
        if not name.endswith("/"):
            entries[name] = entry
    return entries


def _entry(info: zipfile.ZipInfo, data: bytes) -> _Entry:
    """An entry by the container's directory and its own header, which must agree."""
    try:
        mark, flags, method, name_length, extra_length = _LOCAL.unpack_from(data, info.header_offset)
    except struct.error as error:
        raise refuse("zip-corrupt") from error
    if mark != sniff.ZIP:
        raise refuse("zip-corrupt")
    if (info.flag_bits | flags) & _ENCRYPTED:
        raise refuse("zip-encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refuse("zip-method")
    start = info.header_offset + _LOCAL.size
    name = data[start : start + name_length].decode("utf-8" if flags & _UTF_8 else "cp437", "replace")
    if method != info.compress_type or name != info.orig_filename:
        raise refuse("zip-corrupt")
    start += name_length + extra_length
    return _Entry(start, start + info.compress_size, method == zipfile.ZIP_DEFLATED, info.file_size, info.CRC)


def _unpacked(data: bytes, entry: _Entry) -> Iterator[bytes]:
    """The bytes of an entry, never more than a chunk of them at a time."""
    if not entry.packed:
        yield from (data[at : min(at + _CHUNK, entry.stop)] for at in range(entry.start, entry.stop, _CHUNK))
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    for at in range(entry.start, entry.stop, _PIECE):
        piece = data[at : min(at + _PIECE, entry.stop)]
        while piece and not engine.eof:
            chunk = engine.decompress(piece, _CHUNK)
            yield chunk
            piece = engine.unconsumed_tail
    while chunk := engine.decompress(b"", _CHUNK):
        yield chunk


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
