"""OLE compound files ([MS-CFB]): what stands in the root folder, which tells an old workbook from a locked new one.

Only names are read. They are looked for in the root folder and not in the whole file, because an old workbook may hold a
Word document, and an Outlook message a locked workbook.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LISTED = struct.Struct("<109I")  # the sectors of the allocation table that the header itself lists
_ENTRY = struct.Struct("<64sHBx3I36xII4x")  # name, its bytes, kind; left, right, child; first sector, size
_NONE = 0xFFFFFFFA  # from here on a number is no sector; a folder's "no entry" is above it too
_MOST = 10_000  # entries gone through
_LABELLED = tuple(name.encode("utf-16-le") for name in ("DRMEncrypted", "DRMContent", "DRMDataSpace"))
_BOF, _FILE_PASS = 0x0809, 0x002F  # records of a workbook stream ([MS-XLS] 2.4.21, 2.4.117)

# Names in the root folder, in the order in which they decide.
_KINDS = (
    ("__substg1.0_", "message"),
    ("__properties_version1.0", "message"),
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "word"),
    ("PowerPoint Document", "powerpoint"),
    ("Workbook", "old-excel"),
    ("Book", "old-excel"),
)


def kind(data: bytes) -> str:
    """The refusal code for an OLE file."""
    try:
        root = dict(_root(data))
    except (struct.error, ValueError):
        root = {}
    if any("DRMContent" in name for name in root) or (
        (not root or "EncryptedPackage" in root) and any(mark in data for mark in _LABELLED)
    ):
        return "protected-by-label"  # rights management keeps a document in the same stream as a password does
    for name, code in _KINDS:
        # A file whose folder cannot be followed is still told by the names that stand in it somewhere.
        if any(own.startswith(name) for own in root) if root else name.encode("utf-16-le") in data:
            return "encrypted" if code == "old-excel" and _has_password(data, root.get(name, 0)) else code
    return "not-a-workbook"


def _root(data: bytes) -> Iterator[tuple[str, int]]:
    """Every name in the root folder, with where its content begins. Raises ValueError or struct.error where damaged."""
    size = _sector_size(data)
    table = b"".join(_sector(data, n, size) for n in _LISTED.unpack_from(data, 76) if n < _NONE)
    folder = bytearray()
    sector = struct.unpack_from("<I", data, 48)[0]
    while sector < _NONE and len(folder) < _MOST * _ENTRY.size:
        folder += _sector(data, sector, size)
        sector = struct.unpack_from("<I", table, 4 * sector)[0]
    entries = [_ENTRY.unpack_from(folder, at) for at in range(0, len(folder), _ENTRY.size)]
    left, seen = [entries[0][5]] if entries else [], set[int]()
    while left:
        number = left.pop()
        if number < len(entries) and number not in seen:
            seen.add(number)
            name, length, _, before, after, _, first, _ = entries[number]
            left += [before, after]
            if length > 2:  # an entry in use; the last two bytes end its name
                yield name[: length - 2].decode("utf-16-le"), size * (first + 1)


def _sector_size(data: bytes) -> int:
    shift: int = struct.unpack_from("<H", data, 30)[0]
    if shift not in (9, 12):
        raise ValueError(shift)
    return 1 << shift


def _sector(data: bytes, number: int, size: int) -> bytes:
    found = data[size * (number + 1) : size * (number + 2)]
    if not found:
        raise ValueError(number)
    return found.ljust(size, b"\0")


def _has_password(data: bytes, at: int) -> bool:
    """Whether the workbook stream that begins there asks for a password: its second or third record says so."""
    while 0 < at < len(data) - 4:
        record, length = struct.unpack_from("<HH", data, at)
        if record == _FILE_PASS:
            return True
        if record not in (_BOF, 0x0086):  # 0x0086: "recommended to be opened for reading only", which may stand before
            return False
        at += 4 + length
    return False
