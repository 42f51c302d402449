"""Mails that would cost time or memory: each must end quickly, in a state with a reason (sections 2 and 5)."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO

from tests.hostile_mails.build import (
    BOOK,
    EOL,
    NAME,
    XLSX,
    Member,
    attached,
    case,
    forwards,
    heads,
    mail,
    noise,
    part,
    text,
    usual,
    workbook,
    zipped,
)


def _nested(levels: int) -> bytes:
    """Multiparts in multiparts, the return in the innermost."""
    start = b"".join(b'Content-Type: multipart/mixed; boundary="n%d"\r\n\r\n--n%d\r\n' % (n, n) for n in range(levels))
    end = b"".join(b"\r\n--n%d--\r\n" % n for n in reversed(range(levels)))
    return heads() + start + attached() + end


@case()
def multiparts_20_deep() -> bytes:
    return _nested(20)


@case()
def multiparts_900_deep() -> bytes:
    return _nested(900)


@case()
def multiparts_2000_deep() -> bytes:
    return _nested(2_000)


@case()
def messages_2000_deep() -> bytes:
    return b"".join(heads(Subject=f"{n}") + b"Content-Type: message/rfc822\r\n\r\n" for n in range(2_000)) + usual()


@case()
def messages_40_deep() -> bytes:
    return forwards(40, usual())


@case()
def attachments_1200() -> bytes:
    return mail(text(), *[attached(BOOK, f"{n}.xlsx") for n in range(1_200)])


@case()
def parts_50000() -> bytes:
    return heads() + part(b"--b\r\n\r\nx\r\n" * 50_000 + b"--b--\r\n", "Content-Type: multipart/mixed; boundary=b")


@case()
def recipients_20000() -> bytes:
    return usual(To=",\r\n ".join(f"lead{n}@police.example" for n in range(20_000)))


@case()
def from_20000() -> bytes:
    return usual(From=",\r\n ".join(f"lead{n}@police.example" for n in range(20_000)))


@case()
def brackets_in_to() -> bytes:
    return usual(To="(" * 3_000 + "office@small.example")


@case()
def brackets_in_from() -> bytes:
    return usual(From="(" * 3_000 + "lead@police.example" + ")" * 3_000)


@case()
def brackets_in_date() -> bytes:
    return usual(Date="(" * 3_000 + "Mon, 16 Oct 2023 11:00:00 +0100")


@case()
def subject_of_a_million() -> bytes:
    return usual(Subject="Q2 " * 350_000)


@case()
def subject_of_encoded_words() -> bytes:
    return usual(Subject="\r\n ".join(["=?utf-8?q?Q2_?="] * 20_000))


@case()
def subject_of_open_encoded_words() -> bytes:
    """Each begins and none ends: looking for the end of each is quadratic."""
    return usual(Subject="=?a?q?" * 200_000)


@case()
def name_of_open_encoded_words() -> bytes:
    return mail(text(), attached(BOOK, "=?a?q?" * 200_000))


@case()
def name_of_a_million() -> bytes:
    return mail(text(), attached(BOOK, "x" * 1_000_000 + ".xlsx"))


@case()
def name_in_10000_pieces() -> bytes:
    pieces = ";\r\n ".join(f"filename*{n}*={n}" for n in range(10_000))
    where = ("Content-Type: " + XLSX, f"Content-Disposition: attachment; {pieces}", "Content-Transfer-Encoding: base64")
    return mail(text(), part(base64.encodebytes(BOOK), *where))


@case()
def parameters_a_million() -> bytes:
    """Python 3.11 takes the parameters of a header off its front one by one, copying the rest each time."""
    return mail(text(), attached(BOOK, NAME + '"' + ";" * 1_000_000 + 'x="'))


@case()
def type_parameters_a_million() -> bytes:
    return usual().replace(b'boundary="b1"', b'boundary="b1"' + b";" * 1_000_000, 1)


@case()
def quotes_a_million() -> bytes:
    return mail(text(), attached(BOOK, NAME + '"; x=' + '";' * 500_000 + 'y="'))


@case()
def headers_200000() -> bytes:
    return b"X-Trace: a\r\n" * 200_000 + usual()


@case()
def header_of_many_lines() -> bytes:
    return heads() + b"X-Trace: a\r\n" + b" a\r\n" * 500_000 + usual()[len(heads()) :]


@case()
def short_lines() -> bytes:
    """Sixteen million bytes of text are eight million lines, and a line costs a parser fifty bytes besides."""
    return mail(part(b"a\n" * 8_000_000, "Content-Type: text/plain"), attached())


@case()
def empty_lines() -> bytes:
    return mail(part(b"\r\n" * 8_000_000, "Content-Type: text/plain"), attached())


@case()
def text_in_a_slow_charset() -> bytes:
    """Python decodes this one in the square of its length."""
    return mail(part(b"a-" + b"b" * 2_000_000, "Content-Type: text/plain; charset=punycode"), attached())


@case()
def text_in_no_charset() -> bytes:
    bodies = (b"undefined", b'"a\x00b"', b"x" * 100_000, b"\xff\xfe", b"zlib", b"idna", b'"utf-8\r\n x"')
    return mail(*(part(b"Our return.\r\n", b"Content-Type: text/plain; charset=" + one) for one in bodies), attached())


@case()
def text_of_references() -> bytes:
    """A page that names two million pictures that it does not bring."""
    return mail(part(b"".join(b"cid:%d " % n for n in range(2_000_000)), "Content-Type: text/html"), attached())


@case()
def uuencode_of_short_lines() -> bytes:
    """Four million lines of one byte each, where the longest mail has half a million lines of forty-five."""
    return mail(part(b"begin 644 a.xlsx\n" + b"!  \n" * 4_000_000, "Content-Type: text/plain"), attached())


@case()
def uuencode_of_many_files() -> bytes:
    return mail(part(b"begin 644 a\n#86)C\n`\nend\n" * 500_000, "Content-Type: text/plain"), attached())


@case()
def text_of_almost_links() -> bytes:
    """For whoever looks for addresses with a pattern that goes back."""
    words = b"https://" * 300_000 + b"a." * 600_000 + b"<a href=" * 100_000 + b"https://x-my.sharepoint" * 20_000
    return mail(part(words, "Content-Type: text/html; charset=utf-8"), attached())


@case()
def boundary_of_100000() -> bytes:
    return mail(text(), attached(), boundary="b" * 100_000)


@case()
def boundary_with_signs() -> bytes:
    """A boundary that is a pattern for whoever forgets to escape it."""
    return mail(text(), attached(), boundary="(.*)*+[a-z]$|(b+)+")


@case()
def almost_boundaries() -> bytes:
    return mail(part(b"--b1x\r\n--b\r\n-- b1\r\n" * 200_000, "Content-Type: text/plain"), attached())


@case()
def large_workbook() -> bytes:
    """The largest that may come: 20 million bytes, 27 million in base64."""
    return mail(text(), attached(zipped(*_members(workbook("A large return")), ("xl/media/photo.bin", noise(20_000_000)))))


def _members(data: bytes) -> list[Member]:
    with zipfile.ZipFile(BytesIO(data)) as container:
        return [(name, container.read(name)) for name in container.namelist()]


@case()
def large_workbook_forwarded() -> bytes:
    """Each message that it came in is one more copy of it, for whoever makes copies."""
    large = zipped(*_members(workbook("A large return")), ("xl/media/photo.bin", noise(19_000_000)))
    return forwards(3, mail(text(), attached(large)))


@case()
def too_large() -> bytes:
    """A mail past what one received file may hold."""
    return mail(text(), part((b"y" * 75 + EOL) * 440_000, "Content-Type: image/png"))


@case(ending="zip")
def zip_of_1500() -> bytes:
    return zipped(*[(f"{n}.txt", b"x") for n in range(1_500)])


@case(ending="zip")
def zip_of_5000() -> bytes:
    return zipped(*[(f"{n}.txt", b"x") for n in range(5_000)])


@case(ending="zip")
def zip_bomb() -> bytes:
    """One member that unpacks to a thousand times its size, beside a return."""
    return zipped(("police.xlsx", BOOK), ("bomb.xlsx", bytes(60_000_000)))


@case(ending="zip")
def zip_too_much_together() -> bytes:
    """Each member is within its limits; together they are past what a file may unpack to."""
    block = b"".join(noise(400, n) + bytes(65_000) for n in range(900))
    return zipped(*[(f"{n}.xlsx", block) for n in range(6)], ("police.xlsx", BOOK))


@case()
def zips_too_much_together() -> bytes:
    """Two zip files, each within the limits."""
    block = b"".join(noise(400, n) + bytes(65_000) for n in range(900))
    one = zipped(*[(f"{n}.xlsx", block) for n in range(3)])
    return mail(text(), attached(one, "a.zip"), attached(one, "b.zip"))
