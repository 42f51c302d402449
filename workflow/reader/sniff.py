"""What a file really is, told from its bytes. The name and the declared type of a file are not looked at.

The patterns are those of field-notes.md, section 1 (findings 5 and 6): general type-guessing libraries call hundreds of
workbooks Word documents, and no reader says "password".
"""

from __future__ import annotations

import re
from collections.abc import Collection

ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta|script)\b", re.IGNORECASE)
_XML_EXCEL = b"urn:schemas-microsoft-com:office:spreadsheet"
_OPEN_DOCUMENT = b"urn:oasis:names:tc:opendocument"
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")

# Streams in the directory of an OLE file, in the order in which they decide. Rights management keeps the document in the
# same EncryptedPackage stream as a password does, and says DRMEncrypted besides.
_OLE_STREAMS = (
    ("DRMEncrypted", "protected-by-label"),
    ("EncryptedPackage", "encrypted"),
    ("__substg1.0_", "message"),
    ("WordDocument", "word"),
    ("PowerPoint Document", "powerpoint"),
    ("Workbook", "old-excel"),
    ("Book", "old-excel"),
)


def not_a_zip(data: bytes) -> str:
    """The refusal code for a file that is no zip container at all."""
    head = data[:65536]
    if not head.strip(b"\x00"):
        return "file-empty"
    if head.startswith(_OLE):
        return _ole(data)
    for code, starts in (("old-excel", _BIFF), ("archive", _ARCHIVES), ("picture", _PICTURES)):
        if head.startswith(starts):
            return code
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head[4:8] == b"ftyp":  # HEIC, the pictures of telephones
        return "picture"
    return _markup_or_text(_as_bytes_text(head))


def zip_kind(names: Collection[str]) -> str:
    """The refusal code for a zip container by its part names (lower case); "" where it may be a workbook."""
    if any(name.startswith("xl/") and name.endswith(".bin") and name.count("/") == 1 and "workbook" in name for name in names):
        return "binary-excel"
    for code, marks in (
        ("numbers", ("index/document.iwa", "index.zip", "index/tables/datalist.iwa")),
        ("open-document", ("content.xml", "meta-inf/manifest.xml")),
        ("word", ("word/document.xml",)),
        ("powerpoint", ("ppt/presentation.xml",)),
    ):
        if any(mark in names for mark in marks):
            return code
    if "_rels/.rels" in names or any(name.startswith("xl/") for name in names):
        return ""
    return "archive" if names else "zip-corrupt"


def _ole(data: bytes) -> str:
    for stream, code in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return code
    return "not-a-workbook"


def _as_bytes_text(head: bytes) -> bytes:
    """UTF-16 text as UTF-8, other bytes as they are, without a byte order mark."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2 : len(head) // 2 * 2].decode(codec, "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def _markup_or_text(head: bytes) -> str:
    if head.lstrip().startswith(b"<"):
        if _XML_EXCEL in head:
            return "xml-excel"
        if _OPEN_DOCUMENT in head:
            return "open-document"
        if _HTML.search(head):
            return "html"
    if head.startswith((b"{\\rtf",)):
        return "word"
    if len(head.translate(None, _CONTROL)) == len(head):
        return "text"
    return "not-a-workbook"
