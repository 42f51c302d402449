"""The inside of a saved Outlook message: storages, streams and MAPI properties ([MS-CFB], [MS-OXMSG], [MS-OXPROPS]).

The library olefile reads the header, the allocation table and the directory. The streams are followed here, because olefile
goes round a loop for as long as a stream's declared size says, and fills the memory. Everything wrong with a file is
`Unreadable("outlook-damaged")`.
"""

from __future__ import annotations

import codecs
import io
import struct
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from workflow.post.refusal import refuse

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how every compound file begins
PROPERTIES = "__properties_version1.0"
_SMALLEST = 1536  # a header, a sector of the allocation table, one of the directory
_MINI_BELOW = 4096  # streams shorter than this lie in the mini stream
_MINI_SHIFT = 6  # whose sectors have 64 bytes
_SLACK = 128  # sectors of allocation table beyond those that the file can need
_STREAM = 2  # an entry's type in the directory

_INTEGERS = {0x0002: "<h", 0x0003: "<i", 0x000B: "<?", 0x0014: "<q"}  # property types by the shape of their value
_TIME, _STRING8, _UNICODE, _BINARY = 0x0040, 0x001E, 0x001F, 0x0102
_CODE_PAGES = {1200: "utf-16-le", 10000: "mac_roman", 20127: "ascii", 20866: "koi8_r", 21866: "koi8_u"}
_CODE_PAGES |= {28590 + n: f"iso8859_{n}" for n in range(1, 17)}
_CODE_PAGES |= {50220: "iso2022_jp", 51932: "euc_jp", 51949: "euc_kr", 54936: "gb18030", 65001: "utf-8"}
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_NO_DATE = datetime(4501, 1, 1, tzinfo=UTC)  # Outlook's own "none"


class Storage:
    """One storage: a folder of the file, with streams and further storages by name. Names are matched whatever their case."""

    def __init__(self, container: _Container, entry: Any) -> None:  # olefile has no types
        self._container, self._entry = container, entry

    def names(self) -> list[str]:
        """The names of everything in it, in lower case, in order."""
        return sorted(self._entry.kids_dict)

    def storage(self, name: str) -> Storage | None:
        """The storage of that name; None where there is none."""
        found = self._entry.kids_dict.get(name.lower())
        return None if found is None or found.entry_type == _STREAM else Storage(self._container, found)

    def stream(self, name: str) -> bytes | None:
        """The whole of the stream of that name; None where there is none. Raises Unreadable where it is not whole."""
        found = self._entry.kids_dict.get(name.lower())
        return None if found is None or found.entry_type != _STREAM else self._container.read(found)


def open_storage(data: bytes) -> Storage:
    """The root storage of a compound file. Raises Unreadable where the file is none or is damaged."""
    import olefile  # type: ignore[import-untyped]  # noqa: PLC0415 - only where an OLE file comes; it has no types

    _check_header(data)
    ole = olefile.OleFileIO(raise_defects=olefile.DEFECT_INCORRECT)
    ole._check_duplicate_stream = lambda *_, **__: None  # quadratic in the number of streams; _Container counts bytes instead
    try:
        ole.open(io.BytesIO(data))  # never the bytes themselves: olefile takes a short run of bytes for a file's name
        return Storage(_Container(data, ole), ole.root)
    except MemoryError:
        raise
    except Exception as error:  # olefile lets out whatever Python raises on nonsense: struct.error, IndexError, RecursionError
        raise refuse("outlook-damaged") from error


def _check_header(data: bytes) -> None:
    """Check what olefile takes on trust, and what would make it run or fill the memory without end."""
    if len(data) < _SMALLEST or not data.startswith(MAGIC):
        raise refuse("outlook-damaged")
    order, shift, mini_shift = struct.unpack_from("<3H", data, 28)
    (fat_sectors,) = struct.unpack_from("<I", data, 44)
    if order != 0xFFFE or shift not in {9, 12} or mini_shift != _MINI_SHIFT:
        raise refuse("outlook-damaged")
    if fat_sectors > (len(data) >> shift >> (shift - 2)) + _SLACK:  # a sector of the table speaks for a quarter of its size
        raise refuse("outlook-damaged")


class _Container:
    """The sectors of a compound file.

    All streams that are read come together to no more than twice the file's size: a whole file holds each byte once, and one
    wrong size leaves room for the others.
    """

    def __init__(self, data: bytes, ole: Any) -> None:  # olefile has no types
        self._data, self._left = memoryview(data), 2 * len(data)
        self._shift: int = ole.sector_shift
        self._fat: array[int] = ole.fat
        self._root, self._mini_fat_at, self._mini_fat_sectors = ole.root, ole.first_mini_fat_sector, ole.num_mini_fat_sectors
        self._mini: tuple[memoryview, array[int]] | None = None

    def read(self, entry: Any) -> bytes:
        """A stream's bytes. Raises Unreadable where its sectors are missing, go round in a loop or are read too often."""
        size: int = entry.size
        if size > min(self._left, len(self._data)):
            raise refuse("outlook-damaged")
        self._left -= size
        if size >= _MINI_BELOW:
            return self._large(entry.isectStart, size)
        if self._mini is None:
            self._mini = self._mini_stream()
        held, table = self._mini
        chain = _chain(table, entry.isectStart, size, _MINI_SHIFT)
        return _joined(held, [at << _MINI_SHIFT for at in chain], _MINI_SHIFT, size)

    def _large(self, start: int, size: int) -> bytes:
        """Bytes in whole sectors; the first sector follows the header, which fills one."""
        places = [(at + 1) << self._shift for at in _chain(self._fat, start, size, self._shift)]
        return _joined(self._data, places, self._shift, size)

    def _mini_stream(self) -> tuple[memoryview, array[int]]:
        """The stream that holds the small ones, and the allocation table of its sectors."""
        held = self._large(self._root.isectStart, self._root.size)
        numbers = self._large(self._mini_fat_at, self._mini_fat_sectors << self._shift)
        return memoryview(held), array("I", struct.unpack(f"<{len(numbers) // 4}I", numbers))


def _chain(table: array[int], start: int, size: int, shift: int) -> list[int]:
    """The sectors of a stream, in order. Raises Unreadable where they end too soon, or come round again."""
    count = -(-size >> shift)
    if count > len(table):
        raise refuse("outlook-damaged")
    chain: list[int] = []
    at = start
    for _ in range(count):
        if at >= len(table):
            raise refuse("outlook-damaged")
        chain.append(at)
        at = table[at]
    if len(set(chain)) != count:
        raise refuse("outlook-damaged")
    return chain


def _joined(held: memoryview, places: list[int], shift: int, size: int) -> bytes:
    """The sectors at these places as one run of `size` bytes. Raises Unreadable where some lie beyond the end."""
    joined = b"".join([held[at : at + (1 << shift)] for at in places])
    if len(joined) < size:
        raise refuse("outlook-damaged")
    return joined[:size]


class Properties:
    """The MAPI properties of one storage: a message, an attachment.

    `header` is how many bytes of its list come before the first property: 32 for the message that was saved, 24 for a message
    inside, 8 for an attachment. `code_pages` are tried on 8-bit texts before its own; an attachment has its message's.
    """

    def __init__(self, storage: Storage, header: int, code_pages: tuple[str, ...] = ()) -> None:
        listed = storage.stream(PROPERTIES)
        if listed is None or len(listed) < header:
            raise refuse("outlook-damaged")
        self.storage, self.head = storage, listed[:header]
        self._values = {number: (kind, value) for kind, number, value in struct.iter_unpack("<HH4x8s", _whole(listed[header:]))}
        own = (self.integer(0x3FFD), self.integer(0x3FDE))  # PidTagMessageCodepage, PidTagInternetCodepage
        self.code_pages = (*code_pages, *(name for page in own if (name := _codec(page))))

    def integer(self, number: int) -> int | None:
        """A number, or a truth as 0 or 1; None where there is none."""
        kind, value = self._values.get(number, (0, b""))
        return int(struct.unpack_from(_INTEGERS[kind], value)[0]) if kind in _INTEGERS else None

    def time(self, number: int) -> str:
        """A time, as "2023-10-16T10:00:00Z"; "" where there is none. MAPI keeps UTC, in tenths of a microsecond since 1601."""
        kind, value = self._values.get(number, (0, b""))
        (ticks,) = struct.unpack("<Q", value) if kind == _TIME else (0,)
        try:
            when = _EPOCH + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return ""
        return f"{when:%Y-%m-%dT%H:%M:%SZ}" if ticks and when < _NO_DATE else ""

    def text(self, number: int) -> str:
        """A text, without the ends that some programs write; "" where there is none. No character set stops it."""
        wide = self.storage.stream(_name(number, _UNICODE))
        if wide is not None:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        narrow = self.storage.stream(_name(number, _STRING8))
        return "" if narrow is None else self.decoded(narrow).rstrip("\0")

    def binary(self, number: int) -> bytes | None:
        """Bytes; None where there are none."""
        return self.storage.stream(_name(number, _BINARY))

    def decoded(self, text: bytes) -> str:
        """An 8-bit text by the first code page that fits; some programs write another one than they say."""
        for codec in (*self.code_pages, "utf-8"):
            try:
                return text.decode(codec)
            except UnicodeError:
                continue
        return text.decode("cp1252", "replace")


def _name(number: int, kind: int) -> str:
    return f"__substg1.0_{number:04X}{kind:04X}"


def _whole(listed: bytes) -> bytes:
    """A list of properties without what is left over at its end: some programs write four bytes too many."""
    return listed[: len(listed) // 16 * 16]


def _codec(page: int | None) -> str:
    """Python's name for a Windows code page; "" where it has none."""
    try:
        return codecs.lookup(_CODE_PAGES.get(page or 0, f"cp{page}")).name
    except LookupError:
        return ""


# --- compressed RTF ([MS-OXRTFCP])

# What every compressed text may refer to from its first byte on ([MS-OXRTFCP] 2.1.2.1).
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_RING = 4096  # how far back a reference reaches


def plain_rtf(data: bytes, limit: int) -> bytes:
    """Compressed RTF (PidTagRtfCompressed) as RTF: its first `limit` bytes, or as far as it makes sense."""
    if data[8:12] == b"MELA":  # stored as it is
        return data[16 : 16 + limit]
    out = bytearray(_KNOWN).rjust(_RING, b"\0")
    if data[8:12] == b"LZFu":
        for token in _tokens(data[16:]):
            if len(token) == 1:
                out += token
            else:
                start, length = (token[0] << 8 | token[1]) >> 4, (token[1] & 0xF) + 2
                back = (len(out) + len(_KNOWN) - start) % _RING  # from the next byte's place in the ring
                if not back:  # how the end is said
                    break
                piece = out[len(out) - back : len(out) - back + length]
                out += piece if back >= length else (piece * length)[:length]  # what reaches its own copy begins again
            if len(out) >= _RING + limit:
                break
    return bytes(out[_RING : _RING + limit])


def _tokens(packed: bytes) -> Iterator[bytes]:
    """What a compressed text is made of: single bytes, and pairs that refer back. A byte before each eight says which."""
    at = 0
    while at < len(packed):
        control = packed[at]
        at += 1
        for bit in range(8):
            size = 1 + (control >> bit & 1)
            if at + size > len(packed):
                return
            yield packed[at : at + size]
            at += size
