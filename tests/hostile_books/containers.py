"""Rows 1 to 3 of the fault table: files that are cut, damaged or no zip files, and containers made to deceive."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
import zlib

from tests.hostile_books.base import DAY, RELS, TYPES, WORKBOOK, Good, case, cases, packed

SHEET = "xl/worksheets/sheet2.xml"
_CENTRAL, _LOCAL = b"PK\x01\x02", b"PK\x03\x04"


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


def start_of(data: bytes, name: str) -> int:
    """Where the packed bytes of an entry begin."""
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        info = container.getinfo(name)
    name_length, extra_length = struct.unpack_from("<HH", data, info.header_offset + 26)
    return info.header_offset + 30 + int(name_length) + int(extra_length)


def central(data: bytes, name: str) -> int:
    """Where an entry stands in the directory at the end."""
    return next(m.start() for m in re.finditer(_CENTRAL, data) if data[m.start() + 46 :].startswith(name.encode()))


def patched(data: bytes, changes: dict[int, bytes]) -> bytes:
    out = bytearray(data)
    for at, new in changes.items():
        out[at : at + len(new)] = new
    return bytes(out)


def zeros(size: int) -> bytes:
    return b"\0" * size


def noise(size: int) -> bytes:
    """Bytes that no method packs any smaller, so that a bomb's ratio looks harmless."""
    return random.Random(size).randbytes(size)


# --- row 1


@case("cut-in-half")
def _half(good: Good) -> bytes:
    return good.data[: len(good.data) // 2]


@case("last-byte-missing")
def _last(good: Good) -> bytes:
    return good.data[:-1]


@case("first-bytes-missing")
def _first(good: Good) -> bytes:
    return good.data[10:]


@case("bit-flipped-in-a-sheet")
def _flip(good: Good) -> bytes:
    return flipped(good.data, start_of(good.data, SHEET) + 200)


@case("bit-flipped-in-the-directory")
def _flip_directory(good: Good) -> bytes:
    return flipped(good.data, central(good.data, WORKBOOK) + 42)  # where the entry begins


@case("random-bytes")
def _random(good: Good) -> bytes:
    return noise(5_000)


@case("bytes-before-and-after")
def _around(good: Good) -> bytes:
    return b"\r\n\r\n" + good.data + b"\r\n--boundary--\r\n"


@case("a-second-archive-in-front")
def _in_front(good: Good) -> bytes:
    """Excel would read the one at the end, and say nothing of the other."""
    return packed({"decoy.txt": b"x"}) + good.data


@case("two-workbooks-end-to-end")
def _end_to_end(good: Good) -> bytes:
    return b"x\r\n" + good.data + b"\r\n" + good.data


@case("a-workbook-in-a-compound-file")
def _in_compound_file(good: Good) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + good.data


# --- row 2


def _crc(good: Good, part: str) -> bytes:
    data = packed({**good.parts, "xl/media/image9.png": noise(3_000)}, zipfile.ZIP_STORED)
    return flipped(data, start_of(data, part) + 900)


cases(
    {
        "crc-of-a-sheet": lambda good: _crc(good, SHEET),
        "crc-of-a-part-nobody-needs": lambda good: _crc(good, "xl/theme/theme1.xml"),
        "crc-of-a-picture": lambda good: _crc(good, "xl/media/image9.png"),
    }
)

# --- row 3


@case("bomb-of-zeros")
def _bomb(good: Good) -> bytes:
    return packed({**good.parts, "xl/media/image1.png": zeros(150 * 2**20)})


@case("bomb-in-many-parts")
def _bomb_many(good: Good) -> bytes:
    """Every part within its limits and not suspiciously well packed; together far too much."""
    piece = noise(40_000) + zeros(8 * 2**20)
    return packed({**good.parts, **{f"xl/media/image{n}.png": piece for n in range(40)}})


@case("bomb-of-texts")
def _bomb_texts(good: Good) -> bytes:
    """A megabyte of texts for each ten kilobytes, each text with one character that makes it four times as large in memory."""
    items = ("<si><t>\U0001f600" + "a" * 30_000 + "</t></si>") * 5_000 + f"<!--{noise(700_000).hex()}-->"
    text = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    return packed({**good.parts, "xl/sharedStrings.xml": text.encode()})


def _lie(good: Good, size: int) -> bytes:
    """A picture of 20 MB whose headers claim another size."""
    data = packed({**good.parts, "xl/media/image1.png": noise(100_000) + zeros(20 * 2**20)})
    claim = struct.pack("<I", size)
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        local = container.getinfo("xl/media/image1.png").header_offset
    return patched(data, {central(data, "xl/media/image1.png") + 24: claim, local + 22: claim})


def _renamed(good: Good) -> bytes:
    """Nothing in the format says that a sheet's part is called sheet2.xml; only its relationship leads to it."""
    odd = "xl/worksheets/%C3%A9t%C3%A9 2.bin"
    parts = {odd if name == SHEET else name: data for name, data in good.parts.items()}
    for name in (RELS, TYPES):
        parts[name] = parts[name].replace(b"/xl/worksheets/sheet2.xml", b"/xl/worksheets/%C3%A9t%C3%A9%202.bin")
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    if rels in parts:
        parts["xl/worksheets/_rels/\u00e9t\u00e9 2.bin.rels"] = parts.pop(rels)
    return packed(parts)


cases(
    {
        "size-lie-small": lambda good: _lie(good, 100),
        "size-lie-large": lambda good: _lie(good, 2**31),
        "size-lie-nothing": lambda good: _lie(good, 0),
        "many-entries": lambda good: packed({**good.parts, **{f"xl/media/image{n}.png": b"" for n in range(10_000)}}),
        "file-too-large": lambda good: packed({**good.parts, "xl/media/image1.png": noise(33 * 2**20)}, zipfile.ZIP_STORED),
        "name-twice": lambda good: packed([*good.parts.items(), (SHEET, good.parts[SHEET])]),
        "name-twice-but-for-case": lambda good: packed([*good.parts.items(), ("XL/Worksheets/SHEET2.xml", b"<x/>")]),
        "name-twice-but-for-slashes": lambda good: packed([*good.parts.items(), ("xl\\worksheets\\sheet2.xml", b"<x/>")]),
        "name-twice-but-for-escapes": lambda good: packed([*good.parts.items(), ("xl/worksheets/sheet%32.xml", b"<x/>")]),
        "name-leads-out": lambda good: packed({**good.parts, "xl/../../../evil.xml": b"<x/>"}),
        "name-leads-out-escaped": lambda good: packed({**good.parts, "xl/%2e%2e/%2e%2e/evil.xml": b"<x/>"}),
        "packed-by-bzip2": lambda good: packed(good.parts, zipfile.ZIP_BZIP2),
        "packed-by-lzma": lambda good: packed(good.parts, zipfile.ZIP_LZMA),
        "not-packed-at-all": lambda good: packed(good.parts, zipfile.ZIP_STORED),
        "workbook-in-a-zip": lambda good: packed({"Q2/police.xlsx": good.data}),
        "workbook-in-a-zip-in-a-folder-xl": lambda good: packed({"xl/police.xlsx": good.data}),
        "nothing-in-the-zip": lambda good: packed({}),
        "sheets-in-folders-of-other-names": _renamed,
    }
)


@case("directory-of-600000-entries")
def _directory(good: Good) -> bytes:
    """Listing it would fill the memory before any limit on the number of entries could be looked at."""
    entry = struct.pack("<4s4B4HL2L5H2L", _CENTRAL, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0)
    entries = b"".join(entry + b"%07d" % n for n in range(600_000))
    return _LOCAL + zeros(26) + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, len(entries), 30, 0)


@case("locked-with-a-zip-password")
def _locked(good: Good) -> bytes:
    return patched(good.data, {m.start() + 8: b"\x01" for m in re.finditer(_CENTRAL, good.data)})


@case("locked-for-those-who-read-from-the-front")
def _locked_locally(good: Good) -> bytes:
    """The entries' own headers say locked, the directory does not."""
    with zipfile.ZipFile(io.BytesIO(good.data)) as container:
        return patched(good.data, {i.header_offset + 6: b"\x01" for i in container.infolist()})


@case("packed-by-a-method-nobody-knows")
def _method(good: Good) -> bytes:
    return patched(good.data, {m.start() + 10: b"\x63" for m in re.finditer(_CENTRAL, good.data)})


@case("parts-over-one-another")
def _overlapping(good: Good) -> bytes:
    """Each entry's packed bytes begin with the next entry, headers and all, so that one kernel is unpacked many times."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = kernel.compress(zeros(2**20)) + kernel.flush()
    content, crc = zeros(2**20), zlib.crc32(zeros(2**20))
    entries: list[tuple[str, bytes, bytes, int]] = []  # name, packed bytes, header, size
    inner = _header("xl/media/image0.png", body, crc, len(content)) + body
    entries.append(("xl/media/image0.png", body, inner, crc))
    sizes = [len(content)]
    for n in range(1, 30):
        # a stored block that holds the header of the entry before, then that entry's own packed bytes
        name, before, whole, _ = entries[-1]
        quoted = whole[: len(whole) - len(before)]
        body = b"\x00" + struct.pack("<HH", len(quoted), len(quoted) ^ 0xFFFF) + whole
        content = quoted + content
        crc = zlib.crc32(content)
        name = f"xl/media/image{n}.png"
        entries.append((name, body, _header(name, body, crc, len(content)) + body, crc))
        sizes.append(len(content))
    outermost = entries[-1][2]
    with_zip = io.BytesIO(outermost)
    directory = b""
    for (name, body, whole, crc), size in zip(entries, sizes, strict=True):
        at = len(outermost) - len(whole)
        directory += struct.pack(
            "<4s4B4HL2L5H2L", _CENTRAL, 20, 0, 20, 0, 0, 8, 0, 0x5750, crc, len(body), size, len(name), 0, 0, 0, 0, 0, at
        )
        directory += name.encode()
    rest, listed = _rest(good, len(outermost))
    directory += listed
    count = len(entries) + len(good.parts)
    with_zip.seek(0, 2)
    with_zip.write(rest + directory)
    with_zip.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(outermost + rest), 0))
    return with_zip.getvalue()


def _header(name: str, body: bytes, crc: int, size: int) -> bytes:
    return struct.pack("<4s5H3L2H", _LOCAL, 20, 0, 8, 0, 0x5750, crc, len(body), size, len(name), 0) + name.encode()


def _rest(good: Good, at: int) -> tuple[bytes, bytes]:
    """The good parts as entries that begin at `at`, and their lines of the directory."""
    rest, directory = b"", b""
    for name, data in good.parts.items():
        engine = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = engine.compress(data) + engine.flush()
        crc, raw = zlib.crc32(data), name.encode()
        directory += struct.pack(
            "<4s4B4HL2L5H2L",
            *(_CENTRAL, 20, 0, 20, 0, 0, 8, 0, 0x5750, crc, len(body), len(data), len(raw), 0, 0, 0, 0, 0, at + len(rest)),
        )
        directory += raw
        rest += _header(name, body, crc, len(data)) + body
    return rest, directory


@case("two-names-for-one-stream")
def _one_stream(good: Good) -> bytes:
    """The directory lists a second entry that begins where another one does."""
    data = packed({**good.parts, "xl/media/image1.png": b"x", "xl/media/image2.png": b"y"})
    at = central(data, "xl/media/image1.png") + 42
    return patched(data, {central(data, "xl/media/image2.png") + 42: data[at : at + 4]})


@case("an-entry-that-is-not-listed")
def _unlisted(good: Good) -> bytes:
    """Another sheet of the same name stands in the file, and the directory does not know of it."""
    hidden = b"<worksheet/>"
    return _header(SHEET, hidden, zlib.crc32(hidden), len(hidden)) + hidden + good.data


@case("written-as-a-stream")
def _streamed(good: Good) -> bytes:
    """Sizes after the data instead of before, as programs write that send while they pack."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.all = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.all += bytes(data)  # type: ignore[call-overload]  # any buffer
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in good.parts.items():
            container.writestr(zipfile.ZipInfo(name, DAY), data, zipfile.ZIP_DEFLATED)
    return bytes(pipe.all)


@case("zip64-folders-and-comments")
def _zip64(good: Good) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        container.comment = b"packed by hand"
        container.mkdir("xl/")
        for name, data in good.parts.items():
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type, info.comment = zipfile.ZIP_DEFLATED, b"a part"
            with container.open(info, "w", force_zip64=True) as part:
                part.write(data)
    return buffer.getvalue()


@case("no-content-types")
def _no_types(good: Good) -> bytes:
    return packed({name: data for name, data in good.parts.items() if name != TYPES})


@case("names-in-capitals-with-backslashes")
def _capitals(good: Good) -> bytes:
    return packed({name.upper().replace("/", "\\"): data for name, data in good.parts.items()})
