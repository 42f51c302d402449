"""Rows 14 to 16: files that are locked, and files that are something else than a workbook, whatever their names say."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile

from tests.hostile_books.base import Good, cases, packed
from tests.msg_files import compound_file, msg_bytes

_BOF = struct.pack("<HH", 0x0809, 16) + struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
_FILE_PASS = struct.pack("<HH", 0x002F, 54) + b"\x01\x00" + bytes(range(52))
_CODE_PAGE = struct.pack("<HHH", 0x0042, 2, 1200)
_TABLE = b"<table><tr><td>Row key</td><td>RAG now</td></tr><tr><td>A-1</td><td>Amber</td></tr></table>"
_RECORDS = b"Row key,RAG now,Progress this quarter\r\nA-1,Amber,We met.\r\n"


def spaces(rights: bool) -> dict[str, bytes | dict[str, object]]:
    """What stands beside the locked content: how it is locked, by a password or by rights."""
    kind = "DRMEncryptedDataSpace" if rights else "StrongEncryptionDataSpace"
    return {"DataSpaceInfo": {kind: bytes(64)}, "TransformInfo": {}, "Version": bytes(76)}


def locked(good: Good, rights: bool = False) -> bytes:
    """A workbook as Excel locks it: its bytes, not to be read, in one stream of an OLE file."""
    unreadable = bytes(b ^ 0x5A for b in good.data)
    return compound_file(
        {"\x06DataSpaces": spaces(rights), "EncryptionInfo": bytes(300), "EncryptedPackage": unreadable}  # type: ignore[dict-item]
    )


def xls(*records: bytes, **streams: bytes) -> bytes:
    """A workbook of Excel 97-2003, as far as its first records."""
    book = _BOF + b"".join(records) + bytes(5_000)
    return compound_file({"Workbook": book, "\x05SummaryInformation": bytes(200), **streams})


def zipped(*names: str, **first: bytes) -> bytes:
    return packed([*first.items(), *((name, b"<x/>") for name in names)])


def tar(good: Good) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("police.xlsx")
        info.size = len(good.data)
        archive.addfile(info, io.BytesIO(good.data))
    return buffer.getvalue()


# --- rows 14 and 15

cases(
    {
        "locked-with-a-password": locked,
        "locked-with-a-password-and-damaged": lambda good: locked(good)[:48] + b"\xff\xff\xff\x00" + locked(good)[52:],
        "xls-locked-with-a-password": lambda good: xls(_FILE_PASS, _CODE_PAGE),
        "protected-by-a-label": lambda good: locked(good, rights=True),
        "xls-protected-by-rights": lambda good: xls(_CODE_PAGE, **{"\x09DRMContent": bytes(5_000)}),
    }
)

# --- row 16

KINDS = {
    "is-xls": lambda good: xls(_CODE_PAGE),
    "is-xls-that-holds-a-word-document": lambda good: compound_file(
        {"Workbook": _BOF + bytes(5_000), "MBD00012345": {"WordDocument": bytes(5_000)}}
    ),
    "is-xls-of-excel-95": lambda good: compound_file({"Book": _BOF + bytes(5_000)}),
    "is-xls-of-excel-4": lambda good: b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(200),
    "is-xls-with-a-whole-workbook-inside": lambda good: xls(_CODE_PAGE) + good.data,
    "is-xlsb": lambda good: packed(
        {**{n: d for n, d in good.parts.items() if "xl/" not in n}, "xl/workbook.bin": b"\x83\x01\x00"}
    ),
    "is-ods": lambda good: zipped(
        "content.xml", "META-INF/manifest.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"
    ),
    "is-flat-ods": lambda good: (
        b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>'
    ),
    "is-numbers": lambda good: zipped("Index/Document.iwa", "Index/Tables/DataList.iwa", "Metadata/Properties.plist"),
    "is-csv": lambda good: _RECORDS,
    "is-csv-in-utf-16": lambda good: _RECORDS.decode().replace(",", "\t").encode("utf-16"),
    "is-json": lambda good: b'{"A-1": {"rag": "Amber"}}',
    "is-text": lambda good: b"Please find our return attached.\r\n",
    "is-pdf": lambda good: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "is-pdf-with-a-whole-workbook-inside": lambda good: b"%PDF-1.7\n" + good.data,
    "is-html": lambda good: b"<html><body>" + _TABLE + b"</body></html>",
    "is-html-of-excel": lambda good: (
        b'\xef\xbb\xbf<html xmlns:x="urn:schemas-microsoft-com:office:excel"><meta charset="utf-8">' + _TABLE
    ),
    "is-mht": lambda good: (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html\r\n\r\n<html>" + _TABLE + b"</html>\r\n--x--\r\n"
    ),
    "is-xml-of-excel-2003": lambda good: (
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    ),
    "is-docx": lambda good: zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "is-docx-with-a-workbook-inside": lambda good: packed(
        {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>", "word/embeddings/book.xlsx": good.data}
    ),
    "is-doc": lambda good: compound_file({"WordDocument": bytes(5_000), "1Table": bytes(5_000)}),
    "is-rtf": lambda good: b"{\\rtf1\\ansi Amber}",
    "is-pptx": lambda good: zipped("[Content_Types].xml", "_rels/.rels", "ppt/presentation.xml"),
    "is-ppt": lambda good: compound_file({"PowerPoint Document": bytes(5_000), "Current User": bytes(100)}),
    "is-msg": lambda good: msg_bytes("Return", "analyst@police.example", None, "Attached.", [("police.xlsx", good.data)]),
    "is-msg-that-holds-a-locked-workbook": lambda good: msg_bytes(
        "Return", "analyst@police.example", None, "Attached.", [("police.xlsx", locked(good))]
    ),
    "is-png": lambda good: b"\x89PNG\r\n\x1a\n" + bytes(100),
    "is-jpg": lambda good: b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100),
    "is-heic": lambda good: b"\x00\x00\x00\x18ftypheic" + bytes(100),
    "is-webp": lambda good: b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(100),
    "is-film": lambda good: b"\x00\x00\x00\x18ftypisom" + bytes(100),
    "is-gz": lambda good: gzip.compress(good.data, mtime=0),
    "is-7z": lambda good: b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(100),
    "is-rar": lambda good: b"Rar!\x1a\x07\x01\x00" + bytes(100),
    "is-tar": tar,
    "is-a-program": lambda good: b"MZ\x90\x00\x03" + bytes(range(256)),
    "is-nothing": lambda good: b"",
    "is-zeros": lambda good: bytes(40_000),
    "is-white-space": lambda good: b"\xef\xbb\xbf \r\n\r\n",
    "is-a-drawing-package": lambda good: packed(
        {"_rels/.rels": good.parts["_rels/.rels"].replace(b"xl/workbook.xml", b"visio/x.xml"), "visio/x.xml": b"<x/>"}
    ),
}
cases(KINDS)
