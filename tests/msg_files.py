"""Saved Outlook messages (.msg) made from values, for the tests and for the example: bytes out, nothing touches the disk.

A .msg is a compound file ([MS-CFB]) of storages and streams that hold MAPI properties ([MS-OXMSG], [MS-OXPROPS]). Here a
storage is a dict and a stream is bytes, so that a test can change any part of a message before it is written. No clock and no
chance: the same values give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Storage: TypeAlias = "dict[str, bytes | Storage]"
Value: TypeAlias = "str | bytes | int | bool | datetime"

PROPERTIES, NAMED = "__properties_version1.0", "__nameid_version1.0"
EMBEDDED = "__substg1.0_3701000D"  # where an attachment keeps a message or an object
BY_VALUE, BY_REFERENCE, EMBEDDED_MESSAGE, OLE_OBJECT, BY_WEB_REFERENCE = 1, 2, 5, 6, 7
_INTEGER, _BOOLEAN, _OBJECT, _STRING8, _UNICODE, _TIME, _BINARY = 0x0003, 0x000B, 0x000D, 0x001E, 0x001F, 0x0040, 0x0102


@dataclass(frozen=True)
class MsgMail:
    """A message to be written, or one to be embedded in another.

    `more` holds further properties by number, and takes the place of those that are written by themselves; None leaves a
    property out. `codepage` writes texts as 8-bit streams in that Windows code page, as Outlook 97 to 2002 did.
    """

    subject: str = ""
    sender: str = ""
    sent: datetime | None = None
    body: str = ""
    attachments: Sequence[tuple[str, bytes | MsgMail] | MsgFile] = ()
    message_class: str = "IPM.Note"
    headers: str = ""
    codepage: int = 0
    more: Mapping[int, Value | None] = field(default_factory=dict)


@dataclass(frozen=True)
class MsgFile:
    """An attachment with more to say than a name and its bytes. `more` is as in `MsgMail`."""

    name: str
    data: bytes | MsgMail | Storage | None
    method: int = BY_VALUE
    more: Mapping[int, Value | None] = field(default_factory=dict)


def msg_bytes(  # noqa: PLR0917 - in the order in which a mail is read
    subject: str,
    sender: str,
    sent: datetime | None,
    body: str,
    attachments: Sequence[tuple[str, bytes | MsgMail]] = (),
    message_class: str = "IPM.Note",
    headers: str = "",
) -> bytes:
    """A saved Outlook message as the bytes of its .msg. An attachment is (name, its bytes) or (name, a message inside)."""
    return mail_bytes(MsgMail(subject, sender, sent, body, attachments, message_class, headers))


def mail_bytes(mail: MsgMail) -> bytes:
    """The same from one value, with all that it can say."""
    return compound_file(message_storage(mail))


# --- MAPI


def message_storage(mail: MsgMail, top: bool = True) -> Storage:
    """The storage of one message: its properties, one recipient, its attachments."""
    values: dict[int, Value | None] = {
        0x001A: mail.message_class,
        0x0037: mail.subject,
        0x003D: "",  # no prefix: the whole subject is the normalised one
        0x0E1D: mail.subject,
        0x0E07: 0x1 | (0x10 if mail.attachments else 0),  # read; has attachments
        0x0E1B: bool(mail.attachments),
        0x340D: 0x0004_0E79 if not mail.codepage else 0x0E79,  # what the store can do; 0x40000 says that texts are Unicode
        0x3FDE: 65001,
        0x3FFD: mail.codepage or 1252,
        0x1000: mail.body or None,
        0x007D: mail.headers or None,
        0x0039: mail.sent,
        0x0E06: mail.sent,
    }
    for name, kind, address in ((0x0C1A, 0x0C1E, 0x0C1F), (0x0042, 0x0064, 0x0065)):  # the sender, and for whom it was sent
        values |= {name: mail.sender, kind: "SMTP", address: mail.sender} if mail.sender else {}
    values |= {0x5D01: mail.sender, 0x5D02: mail.sender} if mail.sender else {}
    counts = struct.pack("<8x4I", 1, len(mail.attachments), 1, len(mail.attachments)) + bytes(8 if top else 0)
    storage = property_storage({**values, **mail.more}, counts, mail.codepage)
    if top:
        storage[NAMED] = {f"__substg1.0_000{n}0102": b"" for n in (2, 3, 4)}  # no named properties
    storage["__recip_version1.0_#00000000"] = _recipient(mail.codepage)
    for number, one in enumerate(mail.attachments):
        attached = one if isinstance(one, MsgFile) else MsgFile(*one)
        storage[f"__attach_version1.0_#{number:08X}"] = _attachment(number, attached, mail.codepage)
    return storage


def _recipient(codepage: int) -> Storage:
    address = "returns@council.example"
    values: dict[int, Value | None] = {0x0C15: 1, 0x0FFE: 6, 0x3000: 0, 0x3001: address, 0x3002: "SMTP", 0x3003: address}
    return property_storage({**values, 0x39FE: address}, bytes(8), codepage)


def _attachment(number: int, attached: MsgFile, codepage: int) -> Storage:
    inside = attached.data
    method = EMBEDDED_MESSAGE if isinstance(inside, MsgMail) else attached.method
    values: dict[int, Value | None] = {
        0x0E21: number,
        0x0FFE: 7,
        0x3001: attached.name or None,
        0x3705: method,
        0x3714: 0,
        0x7FFE: False,
        0x370B: -1,  # not shown within the text
    }
    if attached.name and method != EMBEDDED_MESSAGE:
        stem, dot, ending = attached.name.rpartition(".")
        values |= {0x3707: attached.name, 0x3704: f"{(stem or ending)[:6]}~1{(dot + ending)[:4] if stem else ''}".upper()}
    if isinstance(inside, bytes):
        values |= {0x3701: inside, 0x0E20: len(inside)}
    storage = property_storage({**values, **attached.more}, bytes(8), codepage)
    if isinstance(inside, MsgMail):
        storage[EMBEDDED] = message_storage(inside, top=False)
    elif isinstance(inside, dict):
        storage[EMBEDDED] = inside
    if EMBEDDED in storage:
        listed = storage[PROPERTIES]
        assert isinstance(listed, bytes)
        kind = 1 if isinstance(inside, MsgMail) else 4
        storage[PROPERTIES] = listed + struct.pack("<HHIII", _OBJECT, 0x3701, 6, 0xFFFF_FFFF, kind)
    return storage


def property_storage(values: Mapping[int, Value | None], header: bytes, codepage: int = 0) -> Storage:
    """A storage with these properties: the small ones in its list, a stream for each text and each run of bytes."""
    storage: Storage = {}
    listed = []
    for number, value in sorted(values.items()):
        if value is None:
            continue
        kind, raw, stream = _encoded(value, codepage)
        listed.append(struct.pack("<HHI8s", kind, number, 6, raw))  # 6: may be read and written
        if stream is not None:
            storage[f"__substg1.0_{number:04X}{kind:04X}"] = stream
    storage[PROPERTIES] = header + b"".join(listed)
    return storage


def _encoded(value: Value, codepage: int) -> tuple[int, bytes, bytes | None]:
    """A property's type, what stands for it in the list, and its stream where it has one."""
    match value:
        case bool():
            return _BOOLEAN, struct.pack("<Q", value), None
        case int():
            return _INTEGER, struct.pack("<iI", value, 0), None
        case datetime():
            ticks = (value.astimezone(UTC) - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
            return _TIME, struct.pack("<Q", ticks), None
        case bytes():
            return _BINARY, struct.pack("<II", len(value), 0), value
        case _ if codepage:
            text = value.encode("utf-8" if codepage == 65001 else f"cp{codepage}", "replace")
            return _STRING8, struct.pack("<II", len(text) + 1, 0), text  # the length counts an end that is not written
        case _:
            wide = value.encode("utf-16-le", "surrogatepass")
            return _UNICODE, struct.pack("<II", len(wide) + 2, 0), wide


# --- the compound file

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT, _DIFAT, _NONE = 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFD, 0xFFFF_FFFC, 0xFFFF_FFFF
_ROOT_CLASS = bytes.fromhex("0b0d020000000000c000000000000046")  # a message: {00020D0B-0000-0000-C000-000000000046}
_IN_HEADER = 109  # FAT sectors that the header itself lists


@dataclass
class _Entry:
    """One entry of the directory."""

    name: str
    content: bytes | Storage
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    red: bool = False
    start: int = _END
    size: int = 0


def compound_file(root: Storage) -> bytes:
    """The bytes of a compound file, version 3, that holds these storages and streams.

    As in Outlook's own, the allocation table comes first and then the directory: a file that is cut off still says what it is.
    """
    entries = _directory(root)
    mini, mini_numbers, large = bytearray(), list[int](), list[_Entry]()
    for entry in entries[1:]:
        if isinstance(entry.content, bytes):
            entry.size = len(entry.content)
            if entry.size >= _CUTOFF:
                large.append(entry)
            elif entry.size:
                entry.start = len(mini) // _MINI
                mini += entry.content + bytes(-entry.size % _MINI)
                mini_numbers += [*range(entry.start + 1, len(mini) // _MINI), _END]
    mini_fat = _table(mini_numbers)
    contents = [mini_fat, _filled(bytes(mini)), *(_filled(e.content) for e in large if isinstance(e.content, bytes))]
    lengths = [-(-len(entries) // 4), *(len(content) // _SECTOR for content in contents)]
    fats, difats = _table_lengths(sum(lengths))
    starts = [fats + difats + sum(lengths[:n]) if length else _END for n, length in enumerate(lengths)]
    for entry, start in zip(large, starts[3:], strict=True):
        entry.start = start
    entries[0].start, entries[0].size = starts[2], len(mini)
    directory = b"".join(map(_entry_bytes, entries)) + _entry_bytes(_Entry("", b"")) * (-len(entries) % 4)
    allocation = _allocation(fats, difats, lengths)
    return b"".join([_header(starts, lengths[1], fats, difats), allocation, directory, *contents])


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % _SECTOR)


def _table_lengths(used: int) -> tuple[int, int]:
    """How many sectors the FAT takes, and the DIFAT, which lists those of its sectors that the header cannot."""
    fats = difats = 0
    while fats * 128 < used + fats + difats or difats * 127 < fats - _IN_HEADER:
        fats = -(-(used + fats + difats) // 128)
        difats = max(0, -(-(fats - _IN_HEADER) // 127))
    return fats, difats


def _allocation(fats: int, difats: int, lengths: Sequence[int]) -> bytes:
    """The FAT and the DIFAT, which come first, followed by chains of these lengths."""
    numbers = [_FAT] * fats + [_DIFAT] * difats
    for length in filter(None, lengths):
        numbers += [*range(len(numbers) + 1, len(numbers) + length), _END]
    difat = bytearray()
    for n in range(difats):
        first = _IN_HEADER + 127 * n
        sectors = list(range(first, min(first + 127, fats)))
        following = fats + n + 1 if n + 1 < difats else _END
        difat += struct.pack("<128I", *sectors, *[_FREE] * (127 - len(sectors)), following)
    return _table(numbers) + bytes(difat)


def _table(numbers: Sequence[int]) -> bytes:
    """Sector numbers as whole sectors, the rest marked as free."""
    filled = [*numbers, *[_FREE] * (-len(numbers) % 128)]
    return struct.pack(f"<{len(filled)}I", *filled)


def _header(starts: Sequence[int], mini_fats: int, fats: int, difats: int) -> bytes:
    listed = [*range(min(fats, _IN_HEADER))]
    return struct.pack(
        "<8s16x5H6x9I109I",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        0x3E,
        3,  # version 3: sectors of 512 bytes
        0xFFFE,
        9,
        6,
        0,  # directory sectors: not counted in version 3
        fats,
        starts[0],  # the directory
        0,
        _CUTOFF,
        starts[1],
        mini_fats,
        fats if difats else _END,
        difats,
        *listed,
        *[_FREE] * (_IN_HEADER - len(listed)),
    )


def _directory(root: Storage) -> list[_Entry]:
    """Every storage and stream, the root first, each storage's children linked as a red-black tree."""
    entries = [_Entry("Root Entry", root)]
    for entry in entries:  # the list grows while it is walked: each storage adds its own children
        if isinstance(entry.content, dict):
            names = sorted(entry.content, key=_rank)
            first = len(entries)
            entries += [_Entry(name, entry.content[name]) for name in names]
            entry.child = _link(entries, range(first, len(entries)))
    return entries


def _rank(name: str) -> tuple[int, bytes]:
    """The order of names in a directory: the shorter first, then by their capitals ([MS-CFB] 2.6.4)."""
    wide = name.upper().encode("utf-16-be")
    assert 0 < len(wide) <= 62 and not set(name) & set("/\\:!"), name
    return len(wide), wide


def _link(entries: list[_Entry], numbers: range) -> int:
    """Make these entries, already in order, a balanced tree; its root's number.

    Halving fills every level but the last, so that with the last level red, where it is not full, all paths are equally black.
    """
    full = (len(numbers) + 1).bit_length() - 1  # levels that are full

    def halve(part: range, level: int) -> int:
        if not part:
            return _NONE
        middle = len(part) // 2
        entry = entries[part[middle]]
        entry.red = level >= full
        entry.left, entry.right = halve(part[:middle], level + 1), halve(part[middle + 1 :], level + 1)
        return part[middle]

    return halve(numbers, 0)


def _entry_bytes(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    kind = 0 if not entry.name else 2 if isinstance(entry.content, bytes) else 1
    root = entry.name == "Root Entry" and kind == 1
    storage = kind == 1 and not root
    return struct.pack(
        "<64sHBBIII16s4xQQIQ",
        name,
        len(name) + 2 if kind else 0,
        5 if root else kind,
        0 if entry.red else 1,
        entry.left,
        entry.right,
        entry.child,
        _ROOT_CLASS if root else b"",
        0,  # made and changed: not said
        0,
        0 if storage or not kind else entry.start,
        entry.size,
    )


def streams(storage: Storage, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """Every stream of a storage with its path, for comparing with what another reader finds."""
    for name, content in storage.items():
        if isinstance(content, dict):
            yield from streams(content, (*path, name))
        else:
            yield (*path, name), content
