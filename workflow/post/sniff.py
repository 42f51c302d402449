"""What comes with mail and is no return, told from its bytes: pictures, cards, signatures, what is encrypted or packed."""

from __future__ import annotations

_TNEF = b"\x78\x9f\x3e\x22"  # 0x223E9F78 ([MS-OXTNEF] 2.1.3.2)
# The object identifiers that a CMS structure begins with (RFC 5652): pkcs7, and its last number; encrypted with a check.
_PKCS7 = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_AUTHENTICATED = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17"
_SIGNED = 2
_PGP = b"-----BEGIN PGP "
_CARDS = (b"BEGIN:VCARD", b"BEGIN:VCALENDAR")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}  # how long the second header of a bitmap may be
_APPLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")  # AppleDouble, AppleSingle: what a Mac keeps besides a file (RFC 1740)
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-")


def kind_of(data: bytes) -> str:
    """The code (`refusal`) for what these bytes are among the things that come with mail; "" where they may be a return."""
    if data.startswith(_TNEF):
        return "mail-tnef"
    if data.startswith(_APPLE):
        return "mail-extra"
    if data.startswith(b"\x30"):
        return _cms(data[:32])
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().upper()
    if start.startswith(_PGP):
        kind = start.removeprefix(_PGP)
        return "mail-signature" if kind.startswith(b"SIGNATURE") else "mail-encrypted" if kind.startswith(b"MESSAGE") else ""
    if start.startswith(_CARDS):
        return "mail-card"
    return "mail-picture" if _is_picture(data) else ""


def is_container(data: bytes) -> bool:
    """Whether these bytes begin like a workbook, a zip file, an old workbook or a PDF: never a text."""
    return data.startswith(_CONTAINERS)


def _cms(start: bytes) -> str:
    if _AUTHENTICATED in start:
        return "mail-encrypted"
    _, found, rest = start.partition(_PKCS7)
    if not found or not rest:
        return ""
    return "mail-signed-opaque" if rest[0] == _SIGNED else "mail-encrypted"


def _is_picture(data: bytes) -> bool:
    if data.startswith(_PICTURES):
        return True
    if data.startswith(b"BM"):
        return int.from_bytes(data[14:18], "little") in _BMP_HEADERS and data[6:10] == bytes(4)
    return data.startswith(b"\x01\x00\x00\x00") and data[40:44] == b" EMF"
