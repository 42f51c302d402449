"""What is attached: names, types, transfer encodings, pictures (rows 24, 25, 26)."""

from __future__ import annotations

import base64
import binascii
import quopri
from functools import partial

from tests.hostile_mails.build import (
    BOOK,
    BOOK2,
    BOOK3,
    EOL,
    NAME,
    OLE,
    PDF,
    XLSX,
    attached,
    case,
    encoded,
    heads,
    mail,
    many,
    part,
    picture,
    text,
)

NAMES: dict[str, str | bytes | None] = {
    "name-climbs": "../../x.xlsx",
    "name-of-a-drive": r"C:\\Users\\x.xlsx",
    "name-of-a-drive-unquoted": r"C:\Users\x.xlsx",
    "name-of-a-share": r"\\\\server\\share\\x.xlsx",
    "name-absolute": "/etc/passwd",
    "name-of-a-stream": "x.xlsx:s",
    "name-of-a-device": "CON.xlsx",
    "name-ends-in-dots": "x.xlsx. . .",
    "name-of-300-bytes": "é" * 145 + "Q2.xlsx",
    "name-turned-round": "Q2\u202excod.xlsx",
    "name-with-nul": b"x\x00.xlsx",
    "name-with-controls": b"\x1b[2Jx\x07\x7f.xlsx",
    "name-invisible": "\u200b\u2066\ufeff",
    "name-of-spaces": "   ",
    "name-empty": "",
    "name-none": None,
    "name-decomposed": "Q2 re\u0301sume\u0301.xlsx",
    "name-with-a-level": "Fwd > Q2 > x.xlsx",
    "name-with-forbidden": "a<b>|c?*.xlsx",
    "name-encoded-still": "=?utf-8?q?Q2_police.xlsx?=",
    "name-encoded-path": "=?utf-8?b?Li4vLi4veC54bHN4?=",
    "name-encoded-line-break": "=?utf-8?q?x=0D=0ABcc:_evil.xlsx?=",
    "name-of-undefined-charset": "=?undefined?q?x.xlsx?=",
    "name-raw-utf8": "Rückmeldung.xlsx",
    "name-raw-windows": "Rückmeldung.xlsx".encode("cp1252"),
    "name-formula": "=1+1.xlsx",
}


def _named(name: str | bytes | None) -> bytes:
    return mail(text(), attached(BOOK, name))


for _case, _name in NAMES.items():
    case(name=_case)(partial(_named, _name))


def _disposed(where: str) -> bytes:
    lines = (f"Content-Type: {XLSX}", f"Content-Disposition: {where}", "Content-Transfer-Encoding: base64")
    return mail(text(), part(base64.encodebytes(BOOK), *lines))


@case()
def name_in_pieces() -> bytes:
    return _disposed("attachment; filename*0*=utf-8''Q2%20pol; filename*1=\"ice.xl\"; filename*2=sx")


@case()
def name_in_pieces_out_of_order() -> bytes:
    return _disposed("attachment; filename*1=ice.xlsx; filename*0*=utf-8''Q2%20pol")


@case()
def name_in_pieces_climbs() -> bytes:
    return _disposed("attachment; filename*=utf-8''%2E%2E%2F%2E%2E%2Fx%00%0D%0A.xlsx")


@case()
def name_piece_of_huge_number() -> bytes:
    """Python refuses to make a number of so many digits."""
    return _disposed(f"attachment; filename*{'9' * 5000}*=utf-8''x.xlsx; filename=\"{NAME}\"")


@case()
def name_piece_of_undefined_charset() -> bytes:
    return _disposed("attachment; filename*=undefined''x.xlsx")


@case()
def name_piece_of_broken_charset() -> bytes:
    return _disposed("attachment; filename*=utf-8%00'x.xlsx")


@case()
def name_in_type_only() -> bytes:
    lines = (f'Content-Type: {XLSX}; name="{NAME}"', "Content-Transfer-Encoding: base64")
    return mail(text(), part(base64.encodebytes(BOOK), *lines))


@case()
def names_the_same() -> bytes:
    return mail(text(), attached(), attached(BOOK2), attached(BOOK3, "Q2 police (2).xlsx"))


@case()
def names_the_same_and_counted() -> bytes:
    return mail(text(), attached(BOOK, "x"), attached(BOOK2, "x (2)"), attached(BOOK3, "x"))


@case()
def name_of_the_body() -> bytes:
    return mail(text(), attached(BOOK, "text"), attached(BOOK2, "part 2"), attached(BOOK3, None))


# --- types that lie


@case()
def workbook_as_text() -> bytes:
    return mail(text(), attached(kind="text/plain; charset=us-ascii"))


@case()
def workbook_as_picture() -> bytes:
    """Inline, with a Content-ID that the page refers to, as a picture of a signature is."""
    page = text('<p>Ours: <img src="cid:logo@police.example"></p>', "html")
    lines = ("Content-Type: image/png", 'Content-Disposition: inline; filename="logo.png"')
    lie = part(base64.encodebytes(BOOK), *lines, "Content-ID: <logo@police.example>", "Content-Transfer-Encoding: base64")
    return heads() + many(page, lie, kind="related")


@case()
def workbook_as_octet_stream() -> bytes:
    return mail(text(), attached(kind="application/octet-stream"))


@case()
def workbook_as_signature() -> bytes:
    """A return that calls itself a signature, which would be passed over."""
    return mail(text(), attached(name="smime.p7s", kind="application/pkcs7-signature"))


@case()
def workbook_as_calendar() -> bytes:
    return mail(text(), attached(name="invite.ics", kind="text/calendar"))


@case()
def workbook_as_multipart() -> bytes:
    """A part that says it has parts, and has none."""
    return mail(text(), attached(kind='multipart/mixed; boundary="nowhere"'))


@case()
def type_is_nonsense() -> bytes:
    return mail(text(), attached(kind="xlsx; =;;\"; charset*=\xff''%"))


@case()
def pdf_as_workbook() -> bytes:
    return mail(text(), attached(PDF))


@case()
def picture_as_workbook() -> bytes:
    return mail(text(), attached(picture()))


@case()
def locked_workbook() -> bytes:
    """It is in the same container as an Outlook message."""
    return mail(text(), attached(OLE + "EncryptedPackage".encode("utf-16-le")))


@case()
def text_file() -> bytes:
    return mail(text(), attached(), attached(b"Nothing to add.\n", "notes.txt", "text/plain"))


# --- transfer encodings


@case()
def base64_cut() -> bytes:
    whole = base64.encodebytes(BOOK).replace(b"\n", b"")
    return mail(text(), encoded(whole[: len(whole) // 2 // 4 * 4 + 3], "base64"))


@case()
def base64_cut_between_fours() -> bytes:
    """Cut where the encoding itself shows nothing: only the workbook inside does."""
    whole = base64.encodebytes(BOOK).replace(b"\n", b"")
    return mail(text(), encoded(whole[: len(whole) // 2 // 4 * 4], "base64"))


@case()
def base64_with_garbage() -> bytes:
    """Lines of signs that are no base64, which every mail program passes over."""
    lines = base64.encodebytes(BOOK).splitlines(keepends=True)
    return mail(text(), encoded(b"!!! *** ---\n".join(lines), "base64"))


@case()
def base64_with_a_footer() -> bytes:
    """A mailing list put its footer under the attachment."""
    assert len(BOOK) % 3, "the workbook must end in padding, so that where its data ends is known"
    return mail(text(), encoded(base64.encodebytes(BOOK) + b"____\nThis list is run by the office\n", "base64"))


@case()
def base64_is_words() -> bytes:
    return mail(text(), encoded(b"The attachment was removed by the gateway.\r\n", "base64"))


@case()
def quoted_printable() -> bytes:
    body = quopri.encodestring(BOOK, quotetabs=True).replace(b"\r", b"=0D")
    assert quopri.decodestring(body) == BOOK
    return mail(text(), encoded(body, "quoted-printable"))


@case()
def binary() -> bytes:
    return mail(text(), encoded(BOOK, "binary"))


@case(name="7bit")
def seven_bit() -> bytes:
    """The bytes of the workbook as they are, under a header that says that there are none such."""
    return mail(text(), encoded(BOOK, "7bit"))


@case(name="8bits")
def eight_bits() -> bytes:
    """There is no encoding of this name; what it means is plain."""
    return mail(text(), encoded(BOOK, "8bits"))


def _uu(data: bytes) -> bytes:
    lines = b"".join(binascii.b2a_uu(data[n : n + 45]) for n in range(0, len(data), 45))
    return b"begin 644 q2.xlsx\n" + lines + b"`\nend\n"


@case()
def uuencode() -> bytes:
    return mail(text(), encoded(_uu(BOOK), "x-uuencode"))


@case()
def uuencode_in_the_text() -> bytes:
    """What old mail programs did with attachments."""
    return heads() + part(b"Our return:\r\n\r\n" + _uu(BOOK), "Content-Type: text/plain; charset=us-ascii")


@case()
def uuencode_damaged() -> bytes:
    whole = _uu(BOOK)
    return mail(text(), encoded(whole[: len(whole) // 2] + b"\nthe rest is gone\n", "x-uuencode"))


@case()
def uuencode_without_beginning() -> bytes:
    return mail(text(), encoded(b"The attachment was taken out.\n", "uuencode"))


@case()
def base9000() -> bytes:
    """Nobody knows this encoding: what came cannot be told."""
    return mail(text(), encoded(base64.encodebytes(BOOK), "base9000"))


@case()
def zero_bytes() -> bytes:
    return mail(text(), attached(b""))


@case()
def zero_bytes_beside_a_return() -> bytes:
    return mail(text(), attached(b"", "empty.xlsx"), attached())


# --- pictures


@case()
def signature_picture() -> bytes:
    page = text('<p>See attached.</p><img src="cid:logo">', "html")
    logo = attached(picture(), "image001.png", "image/png", "Content-ID: <logo>").replace(b": attachment;", b": inline;")
    return mail(many(page, logo, kind="related", boundary="b2"), attached())


@case()
def small_picture_beside_a_return() -> bytes:
    return mail(text(), attached(), attached(picture(20_000), "photo.png", "image/png"))


@case()
def large_picture_beside_a_return() -> bytes:
    """Somebody took a picture of half of their return."""
    return mail(text(), attached(), attached(picture(150_000), "photo.png", "image/png"))


@case()
def picture_of_a_return() -> bytes:
    """A picture, attached, and no workbook: its sender means it as the return."""
    return mail(text(), attached(picture(20_000), "Q2.png", "image/png"))


@case()
def signature_picture_only() -> bytes:
    """A mail with a logo under it brings nothing, and somebody must see that."""
    page = text('<p>We will send it on Friday.</p><img src="cid:logo">', "html")
    logo = attached(picture(), "image001.png", "image/png", "Content-ID: <logo>").replace(b": attachment;", b": inline;")
    return heads() + many(page, logo, kind="related")


@case()
def three_returns() -> bytes:
    return mail(text(), attached(), attached(BOOK2, "Q2 housing.xlsx"), attached(BOOK3, "Q2 YOS.xlsx")) + EOL
