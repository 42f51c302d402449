"""How the mail is put together: missing separators and boundaries, odd beginnings, odd line ends (section 2; row 27)."""

from __future__ import annotations

import base64

from tests.hostile_mails.build import (
    BOOK,
    BOOK2,
    EOL,
    NAME,
    XLSX,
    attached,
    case,
    encoded,
    heads,
    inside,
    mail,
    many,
    part,
    text,
    usual,
)


@case()
def no_separator() -> bytes:
    """The empty line between headers and body is missing."""
    return usual().replace(b'boundary="b1"\r\n\r\n', b'boundary="b1"\r\n', 1)


@case()
def no_separator_and_words() -> bytes:
    """The body begins in the middle of the headers, with a line that is no header."""
    return usual().replace(b'boundary="b1"\r\n\r\n', b'boundary="b1"\r\nThis mail was looked at by a gateway\r\n', 1)


@case()
def start_boundary_missing() -> bytes:
    """The mail says where its parts begin, and none begins there."""
    return usual().replace(b'boundary="b1"', b'boundary="somewhere-else"', 1)


@case()
def no_boundary_given() -> bytes:
    return usual().replace(b'; boundary="b1"', b"", 1)


@case()
def inner_boundary_missing() -> bytes:
    """One part of the mail cannot be taken apart; the return beside it can be read."""
    broken = many(text(), attached(BOOK2), boundary="b2").replace(b'boundary="b2"', b'boundary="b3"', 1)
    return mail(text(), broken, attached())


@case()
def close_boundary_missing() -> bytes:
    """The end of the last part is the end of the file; the return in it is whole."""
    return heads() + many(text(), attached(), closed=False)


@case()
def cut_in_the_attachment() -> bytes:
    """The connection broke while the mail was saved."""
    whole = usual()
    return whole[: whole.index(b"base64") + 502]


@case()
def cut_in_the_headers() -> bytes:
    return heads()[:-20]


@case()
def parts_after_the_close() -> bytes:
    """What stands after the closing boundary is no part of the mail, for any mail program."""
    return heads() + many(text()) + many(attached()).partition(EOL + EOL)[2]


@case()
def same_boundary_inside() -> bytes:
    return mail(text(), many(text("Again."), attached()))


@case()
def boundary_begins_alike() -> bytes:
    return mail(text(), many(text("Again."), attached(), boundary="b1x"), attached(BOOK2, "second.xlsx"))


@case()
def empty_multipart() -> bytes:
    return heads() + many()


@case()
def headers_only() -> bytes:
    return heads()


@case()
def empty_body() -> bytes:
    return heads() + EOL


@case()
def alternative_bodies() -> bytes:
    bodies = many(text(), text("<p>Please find our return attached.</p>", "html"), kind="alternative", boundary="b2")
    return mail(bodies, attached())


@case()
def digest() -> bytes:
    """In a digest every part is a message, though no part says so."""
    one, two = (mail(attached(data), boundary=b, Subject=s) for data, b, s in ((BOOK, "b2", "One"), (BOOK2, "b3", "Two")))
    return heads() + many(EOL + one, EOL + two, kind="digest")


@case()
def encoded_multipart() -> bytes:
    """A multipart may not have a transfer encoding, and some gateways write one."""
    return usual(Content_Transfer_Encoding="base64")


@case()
def workbook_is_the_whole_body() -> bytes:
    return heads() + attached()


@case()
def workbook_is_the_text() -> bytes:
    """A body that is called a text and is a workbook."""
    lines = ("Content-Type: text/plain", "Content-Transfer-Encoding: base64")
    return heads() + part(base64.encodebytes(BOOK), *lines)


@case()
def nothing_but_a_type_lie() -> bytes:
    """A part that says it is a text, has no name, and is a workbook."""
    return mail(text(), part(base64.encodebytes(BOOK), "Content-Type: text/plain", "Content-Transfer-Encoding: base64"))


# --- how the file begins and how its lines end


@case()
def byte_order_mark() -> bytes:
    """Saved by an editor."""
    return b"\xef\xbb\xbf" + usual()


@case()
def utf16() -> bytes:
    """Saved by an editor as "Unicode"."""
    return b"\xff\xfe" + usual().decode().encode("utf-16-le")


@case()
def blank_lines_first() -> bytes:
    return EOL * 3 + usual()


@case()
def line_feeds_only() -> bytes:
    return usual().replace(EOL, b"\n")


@case()
def carriage_returns_only() -> bytes:
    return usual().replace(EOL, b"\r").replace(b"\n", b"\r")


@case()
def unix_from_line() -> bytes:
    return b"From lead@police.example Mon Oct 16 10:00:00 2023\n" + usual().replace(EOL, b"\n")


@case(ending="mbox")
def two_mails() -> bytes:
    """A whole mailbox: the second mail's return must not be lost for the first one's."""
    line = b"From lead@police.example Mon Oct 16 10:00:00 2023\n"
    second = mail(text(), attached(BOOK2, "second.xlsx"), From="lead@housing.example", Subject="Second")
    return b"\n".join(line + one.replace(EOL, b"\n") for one in (usual(), second))


@case(ending="emlx")
def apple() -> bytes:
    """Apple Mail: the count of bytes on a line of its own, the mail, a property list."""
    body = usual().replace(EOL, b"\n")
    return b"%-10d\n" % len(body) + body + b'<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"></plist>\n'


@case(ending="mht")
def saved_page() -> bytes:
    """A web page that a browser saved: the form of a mail, and no mail."""
    start = b"From: <Saved by a browser>\r\nSubject: Return\r\nDate: Mon, 16 Oct 2023 11:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    page = part(b"<html><body><table></table></body></html>\r\n", "Content-Type: text/html", "Content-Location: file:///q2.htm")
    return start + many(page, kind="related")


@case(ending="txt")
def saved_as_text() -> bytes:
    """What Outlook saves as text: it looks like headers, and the attachments are gone."""
    return b"From:\tPartnership Lead\nSent:\t16 October 2023 11:00\nTo:\tOffice\nSubject:\tQ2 return\n\nSee attached.\n"


@case(ending="txt")
def notes_with_a_colon() -> bytes:
    """A plain text is no mail because its first line holds a colon."""
    return b"Note: we had no changes this quarter.\nAction 1.1: on track\n\nThanks\n"


@case(ending="html")
def web_page() -> bytes:
    return b"<!DOCTYPE html>\n<html><body><p>From: lead@police.example</p></body></html>\n"


@case()
def headers_folded_oddly() -> bytes:
    """Names that fold in the middle of a parameter, tabs, trailing spaces, capitals."""
    odd = part(
        base64.encodebytes(BOOK),
        f'CONTENT-TYPE:{XLSX};\r\n\tNAME=\r\n "{NAME}"  ',
        'content-disposition:ATTACHMENT;\r\n   FileName=\r\n\t"Q2\r\n police.xlsx"',
        "Content-Transfer-Encoding:\r\n BASE64  ",
    )
    return mail(text(), odd)


@case()
def encoding_given_twice() -> bytes:
    """The first is right; the second came from a gateway."""
    return mail(text(), encoded(base64.encodebytes(BOOK), "base64\r\nContent-Transfer-Encoding: 7bit"))


# --- messages inside, written oddly


@case()
def message_in_base64() -> bytes:
    """A message inside may not be in base64, and some servers write it so."""
    message = mail(text(), attached(), boundary="b2", Subject="Inside")
    return mail(text(), inside(base64.encodebytes(message), "Content-Transfer-Encoding: base64"))


@case()
def message_as_octet_stream() -> bytes:
    message = mail(text(), attached(), boundary="b2", Subject="Inside")
    return mail(text(), attached(message, "Inside.eml", "application/octet-stream"))


@case()
def message_called_a_workbook() -> bytes:
    message = mail(text(), attached(), boundary="b2", Subject="Inside")
    return mail(text(), attached(message, NAME))


@case()
def message_that_is_none() -> bytes:
    """A part that says it is a message and is a workbook."""
    return mail(text(), part(base64.encodebytes(BOOK), "Content-Type: message/rfc822", "Content-Transfer-Encoding: base64"))
