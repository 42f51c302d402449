"""Mails made at random, and another way to count what is in them: Python's own parser and zip reader."""

from __future__ import annotations

import base64
import binascii
import email
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

from hypothesis import strategies as st

START = b"MIME-Version: 1.0"  # how every mail made here begins
Render = Callable[[bytes, str], bytes]  # of a part: from the line end, and a word of its own for boundaries

_KINDS = ("mixed", "related", "alternative", "signed", "digest", "x-unheard-of")
_TYPES = (
    b"application/octet-stream", b"application/vnd.ms-excel", b"text/plain", b"text/csv", b"image/png", b"nonsense", b"a/b; x",
)  # fmt: skip
_NAMES = (
    b'filename="Q2 police.xlsx"', b"filename=Q2 police.xlsx", b'filename="../../x"', b"filename*=utf-8''%2E%2E%2Fx%00",
    b'filename="=?utf-8?q?R=C3=BC_x?="', b'filename="a > b"', b'filename=""', b'filename="\xff\xfe\x1b[2J"', b'filename="text"',
)  # fmt: skip


@dataclass(frozen=True)
class _Body:
    """Bytes in a transfer encoding."""

    data: bytes
    encoding: str

    def lines(self, eol: bytes) -> tuple[bytes, bytes]:
        """The header for it, and the encoded bytes."""
        encoded = self.data
        if self.encoding == "base64":
            encoded = base64.encodebytes(self.data).replace(b"\n", eol)
        elif self.encoding == "quoted-printable":
            encoded = binascii.b2a_qp(self.data, quotetabs=True, istext=False).replace(b"\n", eol)
        elif self.encoding == "x-uuencode":
            encoded = _uu(self.data, eol)
        return (b"Content-Transfer-Encoding: " + self.encoding.encode() + eol if self.encoding else b""), encoded


def _uu(data: bytes, eol: bytes) -> bytes:
    pieces = [binascii.b2a_uu(data[n : n + 45], backtick=True).rstrip(b"\n") for n in range(0, len(data), 45)]
    return eol.join([b"begin 644 x", *pieces, b"`", b"end"]) + eol


def _text(body: _Body, subtype: bytes, eol: bytes, _word: str) -> bytes:
    encoding, data = body.lines(eol)
    return b"Content-Type: text/" + subtype + eol + encoding + eol + data


def _file(body: _Body, kind: bytes, name: bytes, eol: bytes, _word: str) -> bytes:
    encoding, data = body.lines(eol)
    return b"Content-Type: " + kind + eol + b"Content-Disposition: attachment; " + name + eol + encoding + eol + data


def _message(part: Render, subject: bytes, encoding: str, eol: bytes, word: str) -> bytes:
    line, data = _Body(START + eol + b"From: a@b.example" + eol + subject + eol + part(eol, word), encoding).lines(eol)
    return b"Content-Type: message/rfc822" + eol + line + eol + data


def _many(parts: Sequence[Render], kind: str, around: tuple[bytes, bytes], eol: bytes, word: str) -> bytes:
    mark = b"=_" + word.encode()
    head = b"Content-Type: multipart/" + kind.encode() + b'; boundary="' + mark + b'"' + eol + eol + around[0] + eol
    body = b"".join(b"--" + mark + eol + part(eol, f"{word}.{n}") + eol for n, part in enumerate(parts))
    return head + body + b"--" + mark + b"--" + eol + around[1]


def zip_of(members: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip file, the same bytes each time."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for n, (name, data) in enumerate(members):
            container.writestr(zipfile.ZipInfo(f"{n}/{name}"), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _mail(part: Render, subject: bytes, eol: bytes) -> bytes:
    return START + eol + b"From: a@b.example" + eol + subject + eol + part(eol, "b")


# No digits: a text with "begin 644" in it would hold a file that Python's parser does not see.
_words = st.text("abc é.,=_-\n >", max_size=60).map(lambda text: text.encode())
_data = st.binary(max_size=90).map(lambda data: b"\0" + data) | st.just(b"")
_subjects = st.sampled_from((b"Subject: Q2", b"Subject: Fwd: ../x > y", b"Subject: =?utf-8?b?UTI=?=", b"X-Subject: none"))
_text_bodies = st.builds(_Body, _words, st.sampled_from(("", "8bit", "base64", "quoted-printable")))
_encodings = st.sampled_from(("base64", "base64", "quoted-printable", "binary", "x-uuencode"))
_text_parts = st.builds(partial, st.just(_text), _text_bodies, st.sampled_from((b"plain", b"html; charset=x")))
_members = st.tuples(st.sampled_from(("a", "a", "b.xlsx", ".DS_Store", "../c")), _data)


def _file_of(data: st.SearchStrategy[bytes]) -> st.SearchStrategy[Any]:
    return st.builds(
        partial, st.just(_file), st.builds(_Body, data, _encodings), st.sampled_from(_TYPES), st.sampled_from(_NAMES)
    )


def _grown(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    mails = st.builds(_mail, parts, _subjects, st.just(b"\n"))
    zips = st.lists(_members | st.tuples(st.just("m"), mails), min_size=1, max_size=3).map(zip_of)
    many = st.builds(
        partial, st.just(_many), st.lists(parts, min_size=1, max_size=4), st.sampled_from(_KINDS), st.tuples(_words, _words)
    )
    return many | st.builds(partial, st.just(_message), parts, _subjects, st.sampled_from(("", "base64"))) | _file_of(zips)


def mails() -> st.SearchStrategy[bytes]:
    """Whole mails: texts, files, zip files and messages in multiparts and in each other, in every transfer encoding."""
    parts = st.recursive(_text_parts | _file_of(_data), _grown, max_leaves=8)
    return st.builds(_mail, parts, _subjects, st.sampled_from((b"\r\n", b"\n")))


def counted(data: bytes, *, zipped: bool = False) -> Iterator[bytes]:
    """The bytes of every leaf of a mail made here, as Python's own parser sees it."""
    yield from _counted(email.message_from_bytes(data), zipped=zipped)


def _counted(message: Any, *, zipped: bool) -> Iterator[bytes]:  # the types of `email` say that a payload may be anything
    if message.get_content_type() == "message/rfc822":
        (inside,) = message.get_payload()
        if message.get("Content-Transfer-Encoding") == "base64":
            yield from counted(base64.b64decode(inside.get_payload()), zipped=zipped)
        else:
            yield from _counted(inside, zipped=zipped)
    elif message.is_multipart():
        for part in message.get_payload():
            yield from _counted(part, zipped=zipped)
    else:
        data: bytes = message.get_payload(decode=True)
        yield from _unzipped(data, zipped=zipped) if data.startswith(b"PK") else [data]


def _unzipped(data: bytes, *, zipped: bool) -> Iterator[bytes]:
    if zipped:  # a zip file in a zip file is not opened
        yield data
        return
    with zipfile.ZipFile(BytesIO(data)) as container:
        for info in container.infolist():
            member = container.read(info)
            yield from counted(member, zipped=True) if member.startswith(START) else [member]


def mutant(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """One of the seeds with bytes flipped, cut out, cut off, and pieces of the others put in."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 5, 12))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0 if at < len(data):
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.choice((1, 5, 50, 500))]
            case 2 if chance.randrange(3) == 0:
                del data[at:]
            case 3:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                data[at:at] = other[start : start + chance.choice((10, 100, 1000))]
            case _:
                data[at:at] = chance.choice(
                    (b"\r\n--b1\r\n", b"\n--b1--\n", b"\r\n\r\n", b"\n", b"\r", b"=?", b"\0", b"=", b'"', b"<")
                )
    return bytes(data)
