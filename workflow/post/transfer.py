"""Bytes out of their transfer encoding. Whatever lost bytes on its way is said to be damaged: no decoding half succeeds."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from collections.abc import Iterator

_PLAIN = {b"", b"7bit", b"8bit", b"binary"}
_UU = {b"x-uuencode", b"x-uue", b"uuencode", b"uue"}
_TOKEN = re.compile(rb"[\w-]+")
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF")

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_ENCODED_LINE = re.compile(rb"(?:\A|[\r\n])[A-Za-z0-9+/]{40}")
# Three words in a row: a gateway or a mailing list wrote here. Base64 has no spaces.
_PROSE = re.compile(rb"(?:\A|[\r\n])[A-Za-z]{1,20} [a-z]{1,20} [a-z]{1,20}[ .,]")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:\r|\n|\Z))")
_SPACED_BREAK = re.compile(rb"=[ \t]++(?=[\r\n])")

_BEGIN = re.compile(rb"(?:\A|[\r\n])begin [0-7]{3,4} ([^\r\n]+)(?:\r\n?|\n)")
_UU_LINE = re.compile(rb"([ -`])([ -`]*+)[ \t]*+(?:\r\n?|\n|\Z)")
_UU_END = re.compile(rb"(?:[` ]?[ \t]*+(?:\r\n?|\n))?end[ \t]*+(?:\r|\n|\Z)")


def decode(body: bytes, encoding: bytes) -> tuple[bytes, bool]:
    """A part's own bytes, and whether they are all there, given the value of its Content-Transfer-Encoding.

    What is not whole is given as far as it makes sense. In an encoding that nobody knows, only a file that plainly was not
    encoded is taken for whole.
    """
    token = _TOKEN.search(encoding)
    name = token[0].lower() if token else b""
    if name in _PLAIN:
        return body, True
    if name == b"base64":
        return _base64(body)
    if name == b"quoted-printable":
        return a2b_qp(_SPACED_BREAK.sub(b"=", body)), not _BAD_ESCAPE.search(body)
    if name in _UU:
        return next(((data, whole) for _, data, whole in uu_files(body)), (body, not body))
    return body, not body or body.startswith(_CONTAINERS)


def uu_files(text: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """The uuencoded files in a text: the name of each, its bytes, and whether they are all there."""
    at = 0
    while begin := _BEGIN.search(text, at):
        at = begin.end()
        out = bytearray()
        lines, whole = 0, True
        while not (end := _UU_END.match(text, at)) and (line := _UU_LINE.match(text, at)) and line.end() > at:
            data = _uu_line(line[1], line[2])
            if data is None:
                whole = False
                break
            out += data
            lines += 1
            at = line.end()
        if lines:
            yield begin[1].strip(), bytes(out), whole and end is not None
        elif end:
            yield begin[1].strip(), b"", True
        at = max(at - 1, begin.end() - 1)  # the next one may begin where this one was broken off


def _uu_line(length: bytes, signs: bytes) -> bytes | None:
    """One line of a uuencoded file; None where some of it is missing. Spaces that stood at its end may have been cut off."""
    size = (length[0] - 32) & 63
    needed = (size * 4 + 2) // 3
    if len(signs) < needed and b"`" in signs:
        return None
    try:
        return a2b_uu(length + signs[: (size + 2) // 3 * 4].ljust(needed))
    except Error:
        return None


def _base64(body: bytes) -> tuple[bytes, bool]:
    """Base64 as mail programs read it: what is none of its signs is passed over, and its padding ends it.

    It is whole if it comes out even, or ends in padding, and nothing that may be more of it follows.
    """
    data, padding, rest = body.partition(b"=")
    signs = data.translate(None, _NOT_BASE64)
    over = len(signs) % 4
    whole = over == 0 if not padding else over in {2, 3} and not _ENCODED_LINE.search(rest)
    if padding and not over and not rest.translate(None, _NOT_BASE64):
        whole = True  # padding where none is needed
    whole = whole and not _PROSE.search(data) and (bool(signs) or not body.strip())
    signs = signs[: len(signs) - (over == 1)]
    return a2b_base64(signs + b"=" * (-len(signs) % 4)), whole
