"""What a file really is, told from its bytes. The name and the declared type of a file are not looked at.

The patterns are those of field-notes.md, section 1 (findings 5 and 6): general type-guessing libraries call hundreds of
workbooks Word documents, and no reader says "password".
"""

from __future__ import annotations

import re
from collections.abc import Collection

from workflow.reader import ole

ZIP = b"PK\x03\x04"
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_ARCHIVES = (b"\x1f\x8b", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"BZh", b"\xfd7zXZ", b"MSCF")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1", b"avif")  # brands of the pictures of telephones
_HTML = re.compile(rb"<(!doctype html|html|head|body|table|meta|script)\b", re.IGNORECASE)
_XML_EXCEL = b"urn:schemas-microsoft-com:office:spreadsheet"
_OPEN_DOCUMENT = b"urn:oasis:names:tc:opendocument"
_WEB_ARCHIVE = re.compile(rb"\AMIME-Version:|\AFrom: <Saved by", re.IGNORECASE)  # .mht: a web page kept as a mail
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\r\f\x1b")


def not_a_zip(data: bytes) -> str:
    """The refusal code for a file that is no zip container at all."""
    head = data[:65536]
    if not _as_bytes_text(head).strip(b"\x00 \t\r\n"):
        return "file-empty"
    if head.startswith(ole.MARK):
        return ole.kind(data)
    for code, starts in (("old-excel", _BIFF), ("archive", _ARCHIVES), ("picture", _PICTURES)):
        if head.startswith(starts):
            return code
    for code, told in (
        ("pdf", b"%PDF-" in head[:1024]),
        ("picture", head[4:8] == b"ftyp" and head[8:12] in _HEIC),
        ("picture", head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
        ("archive", head.startswith(b"ustar", 257)),  # tar
    ):
        if told:
            return code
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
    if any(mark in names for mark in ("_rels/.rels", "[content_types].xml", "xl/workbook.xml")):
        return ""
    return "archive" if names else "zip-corrupt"


def _as_bytes_text(head: bytes) -> bytes:
    """UTF-16 text as UTF-8, other bytes as they are, without a byte order mark."""
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2 : len(head) // 2 * 2].decode(codec, "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def _markup_or_text(head: bytes) -> str:
    markup = head.lstrip().startswith(b"<")
    for code, told in (
        ("xml-excel", markup and _XML_EXCEL in head),
        ("open-document", markup and _OPEN_DOCUMENT in head),
        ("html", markup and _HTML.search(head)),
        ("html", _WEB_ARCHIVE.match(head) and b"text/html" in head),
        ("word", head.startswith(b"{\\rtf")),
        ("text", len(head.translate(None, _CONTROL)) == len(head)),
    ):
        if told:
            return code
    return "not-a-workbook"
