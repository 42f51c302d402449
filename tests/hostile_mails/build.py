"""What hostile mails are built from: a usual mail, its headers and parts as bytes, and three small workbooks."""

from __future__ import annotations

import base64
import random
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

from tests import raw_books

Make = Callable[[], bytes]
Headers = dict[str, str | bytes | Sequence[str] | None]

CASES: dict[str, Make] = {}  # "no-date.eml" and the function that makes it, in the order of the files
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAME = "Q2 police.xlsx"
EOL = b"\r\n"
USUAL: Headers = {
    "From": "Partnership Lead <lead@police.example>",
    "To": "office@small.example",
    "Subject": "Q2 return",
    "Date": "Mon, 16 Oct 2023 11:00:00 +0100",
    "Message-ID": "<q2@police.example>",
    "MIME-Version": "1.0",
}
TNEF = b"\x78\x9f\x3e\x22\x01\x00" + bytes(200)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
_PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


Member = tuple[str, bytes]


def zipped(*members: Member, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members, the same bytes each time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for name, data in members:
            container.writestr(zipfile.ZipInfo(name), data, packing)
    return out.getvalue()


def workbook(words: str) -> bytes:
    """A workbook with these words in its one cell; not packed, so that its size does not depend on the packing library."""
    sheet = raw_books.sheet(raw_books.cell(raw_books.text(words), ' t="inlineStr"'))
    return zipped(*raw_books.parts(sheet).items(), packing=zipfile.ZIP_STORED)


BOOK = workbook("The first return")
BOOK2 = workbook("The second return")
BOOK3 = workbook("The third return")


def case(ending: str = "eml", name: str = "") -> Callable[[Make], Make]:
    """Enter a function among the cases, under its own name."""

    def enter(make: Make) -> Make:
        file = f"{name or make.__name__.replace('_', '-')}.{ending}"
        assert file not in CASES, f"two cases are called {file}"
        CASES[file] = make
        return make

    return enter


def picture(size: int = 100) -> bytes:
    """A PNG of at least this many bytes."""
    return _PNG + bytes(max(size - len(_PNG), 0))


def heads(**changes: str | bytes | Sequence[str] | None) -> bytes:
    """The usual headers with some changed; None leaves one out, a list gives it several times. `Message_ID` is Message-ID."""
    lines = []
    for name, value in {**USUAL, **{key.replace("_", "-"): value for key, value in changes.items()}}.items():
        values = [] if value is None else [value] if isinstance(value, str | bytes) else value
        lines += [name.encode() + b": " + (one if isinstance(one, bytes) else one.encode("utf-8")) + EOL for one in values]
    return b"".join(lines)


def part(body: bytes, *lines: str | bytes) -> bytes:
    """A part: its own header lines, an empty line, its body as it stands."""
    return b"".join((line if isinstance(line, bytes) else line.encode()) + EOL for line in lines) + EOL + body


def text(words: str = "Please find our return attached.", kind: str = "plain") -> bytes:
    return part(words.encode() + EOL, f"Content-Type: text/{kind}; charset=utf-8")


def attached(data: bytes = BOOK, name: str | bytes | None = NAME, kind: str = XLSX, *more: str) -> bytes:
    """An attachment in base64; its name stands in Content-Disposition, quoted, as it is given."""
    raw = name.encode() if isinstance(name, str) else name
    where = b"Content-Disposition: attachment" + (b'; filename="' + raw + b'"' if raw is not None else b"")
    return part(base64.encodebytes(data), f"Content-Type: {kind}", where, "Content-Transfer-Encoding: base64", *more)


def encoded(body: bytes, encoding: str, name: str = NAME) -> bytes:
    """An attachment whose body is given in its transfer encoding."""
    where = f'Content-Disposition: attachment; filename="{name}"'
    return part(body, f"Content-Type: {XLSX}", where, f"Content-Transfer-Encoding: {encoding}")


def many(*parts: bytes, kind: str = "mixed", boundary: str = "b1", closed: bool = True) -> bytes:
    """A multipart as a part: its Content-Type, an empty line, its parts."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + EOL + one + EOL for one in parts) + (mark + b"--" + EOL if closed else b"")
    return part(body, f'Content-Type: multipart/{kind}; boundary="{boundary}"')


def mail(*parts: bytes, kind: str = "mixed", boundary: str = "b1", **changes: str | bytes | Sequence[str] | None) -> bytes:
    """A whole mail: the usual headers with changes, and a multipart of these parts."""
    return heads(**changes) + many(*parts, kind=kind, boundary=boundary)


def usual(**changes: str | bytes | Sequence[str] | None) -> bytes:
    """The mail that is hoped for, with changed headers: a text and one return."""
    return heads(**changes) + many(text(), attached())


def inside(message: bytes, *lines: str) -> bytes:
    """A message as a part of another."""
    return part(message, "Content-Type: message/rfc822", *lines)


def forwards(levels: int, core: bytes) -> bytes:
    """A message in a message, so many levels deep; each says a word of its own. Level 1 is the innermost."""
    found = core
    for n in range(1, levels + 1):
        found = mail(text(f"Level {n}."), inside(found), boundary=f"f{n}", Subject=f"Fwd {n}", From=f"post{n}@police.example")
    return found


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that do not pack, the same each time."""
    return random.Random(seed).randbytes(size)
