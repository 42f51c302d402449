"""Damage to mails, for tests that throw thousands of them at the intake: bytes, headers, boundaries, encodings, copies.

`mutate` is pure: the same bytes and the same state of the generator give the same mutant.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Damage = Callable[[bytes, random.Random], bytes]

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_HEADER = re.compile(rb"^[A-Za-z][A-Za-z0-9-]{0,60}:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n", re.MULTILINE)
_BOUNDARY_LINE = re.compile(rb"^--[^\r\n]{1,80}\r?\n", re.MULTILINE)
_BOUNDARY_SAID = re.compile(rb'(?i)boundary="?([^";\r\n]*)"?')
_ENCODING = re.compile(rb"(?i)^content-transfer-encoding:[^\r\n]*", re.MULTILINE)
_TYPE = re.compile(rb"(?i)^content-type:[ \t]*([^;\r\n]*)", re.MULTILINE)
_NAME = re.compile(rb'(?i)\b(?:file)?name="?([^";\r\n]*)"?')
_BASE64 = re.compile(rb"^[A-Za-z0-9+/]{40,76}=*\r?\n", re.MULTILINE)

ENCODINGS = (
    b"base64",
    b"quoted-printable",
    b"7bit",
    b"8bit",
    b"binary",
    b"x-uuencode",
    b"uue",
    b"base9000",
    b"",
    b"\x00",
    b"BASE64;x",
)
TYPES = (
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/mixed; boundary=b1", b"multipart/digest; boundary=b1",
    b"multipart/report; boundary=b1", b"multipart/signed; boundary=b1", b"multipart/encrypted; boundary=b1", b"message/rfc822",
    b"message/partial; id=1; number=1; total=2", b"message/external-body; access-type=URL", b"message/delivery-status",
    b"application/octet-stream", b"application/ms-tnef", b"application/pkcs7-mime", b"image/png", b"text/calendar",
    b"text/plain; charset=undefined", b"text/plain; charset*=utf-8''%FF", b"/", b"", b"text", b"multipart/", b";;;=",
)  # fmt: skip
VALUES = (
    b"", b" ", b"\x00", b"\xff\xfe", b"=?utf-8?q?a=0D=0ABcc:_x?=", b"=?undefined?b?AAAA?=", b"=?utf-8?b?A?=", b"(" * 300,
    b'"' * 301, b"<" * 300, b"a@b.example, c@d.example", b"x: y@z.example;", b"Mon, 31 Feb 0000 99:99:99 +9999", b"-0001",
    b"auto-replied", b"\x1b[2J\xe2\x80\xae", b"=?" * 500, b"a" * 20_000, b"=?punycode?q?" + b"a" * 3000 + b"?=", b";" * 3000,
)  # fmt: skip
NAMES = (
    b"",
    b"../../x.xlsx",
    b"C:\\x",
    b"x.xlsx:s",
    b"\x00",
    b"=?utf-8?q?x?=",
    b"a > b",
    b"x" * 5000,
    b"\xff",
    b"text",
    b"part 2",
)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """A damaged copy of a mail, of at most four times its size and some kilobytes. One kind of damage, at times several."""
    out = data
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        changed = rng.choice(DAMAGE)(out, rng)
        out = changed if len(changed) <= 4 * len(data) + 100_000 else out
    return out


# --- bytes


def flip(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 4, 64))):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def drop(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 2, 40, 2000)) :]


def stuff(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return (
        data[:at]
        + rng.choice((rng.randbytes(20), b"\r\n\r\n", b"\0" * 50, b"\r", b"--", b"\n--b1--\n", b"a\n" * 500))
        + data[at:]
    )


def splice(data: bytes, rng: random.Random) -> bytes:
    """A run of bytes moved or copied to another place."""
    start = rng.randrange(len(data) + 1)
    run = data[start : start + rng.choice((10, 200, 5000))]
    rest = data[:start] + data[start + len(run) :] if rng.random() < 0.5 else data
    at = rng.randrange(len(rest) + 1)
    return rest[:at] + run + rest[at:]


def line_ends(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(
        b"\n", rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\n", b"\r\n ", b"\x0b", b"\x85"))
    )


def lines_swapped(data: bytes, rng: random.Random) -> bytes:
    lines = _LINE.findall(data)
    for _ in range(rng.choice((1, 3, 10))):
        one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]
    return b"".join(lines)


# --- headers


def _pick(pattern: re.Pattern[bytes], data: bytes, rng: random.Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(data))
    return rng.choice(found) if found else None


def _replace(pattern: re.Pattern[bytes], data: bytes, rng: random.Random, new: bytes) -> bytes:
    """One match, chosen by chance, replaced: its first group where the pattern has one."""
    m = _pick(pattern, data, rng)
    group = 1 if pattern.groups else 0
    return data[: m.start(group)] + new + data[m.end(group) :] if m else data


def headers_swapped(data: bytes, rng: random.Random) -> bytes:
    one, two = _pick(_HEADER, data, rng), _pick(_HEADER, data, rng)
    if one is None or two is None or one.start() >= two.start():
        return data
    return data[: one.start()] + two[0] + data[one.end() : two.start()] + one[0] + data[two.end() :]


def header_gone(data: bytes, rng: random.Random) -> bytes:
    return _replace(_HEADER, data, rng, b"")


def header_again(data: bytes, rng: random.Random) -> bytes:
    m = _pick(_HEADER, data, rng)
    at = _pick(_HEADER, data, rng)
    times = rng.choice((1, 2, 50))
    return data[: at.start()] + m[0] * times + data[at.start() :] if m and at else data


def header_other(data: bytes, rng: random.Random) -> bytes:
    m = _pick(_HEADER, data, rng)
    if m is None:
        return data
    name = m[0].partition(b":")[0]
    return data[: m.start()] + name + b": " + rng.choice(VALUES) + b"\r\n" + data[m.end() :]


def other_type(data: bytes, rng: random.Random) -> bytes:
    return _replace(_TYPE, data, rng, rng.choice(TYPES))


def other_encoding(data: bytes, rng: random.Random) -> bytes:
    return _replace(_ENCODING, data, rng, b"Content-Transfer-Encoding: " + rng.choice(ENCODINGS))


def other_name(data: bytes, rng: random.Random) -> bytes:
    return _replace(_NAME, data, rng, rng.choice(NAMES))


# --- structure


def boundary_gone(data: bytes, rng: random.Random) -> bytes:
    return _replace(_BOUNDARY_LINE, data, rng, b"")


def boundary_again(data: bytes, rng: random.Random) -> bytes:
    line = _pick(_BOUNDARY_LINE, data, rng)
    at = _pick(_LINE, data, rng)
    times = rng.choice((1, 1, 30))
    return data[: at.start()] + line[0] * times + data[at.start() :] if line and at else data


def boundary_other(data: bytes, rng: random.Random) -> bytes:
    return _replace(_BOUNDARY_SAID, data, rng, rng.choice((b"", b"zz", b"b1", b"b2", b" ", b"--", b".*", b"\xff", b"x" * 300)))


def boundary_broken(data: bytes, rng: random.Random) -> bytes:
    line = _pick(_BOUNDARY_LINE, data, rng)
    return data[: line.start()] + rng.choice((b"-", b" ", b"\r", b"--x")) + data[line.start() :] if line else data


def base64_broken(data: bytes, rng: random.Random) -> bytes:
    new = rng.choice((b"", b"=\r\n", b"A\r\n", b"\xff" * 20 + b"\r\n", b"not base64 at all\r\n", b"====\r\n", b"\r\n\r\n"))
    return _replace(_BASE64, data, rng, new)


def wrapped(data: bytes, rng: random.Random) -> bytes:
    """The whole as a message inside another, at times several deep."""
    for n in range(rng.choice((1, 1, 2, 4, 6, 30))):
        head = b"From: a@b.example\r\nSubject: Fwd %d\r\n" % n
        if rng.random() < 0.5:
            data = head + b"Content-Type: message/rfc822\r\n\r\n" + data
        else:
            mark = b"w%d" % rng.randrange(3)
            said = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n--%s\r\nContent-Type: message/rfc822\r\n\r\n' % (
                mark,
                mark,
            )
            data = head + said + data + b"\r\n--%s--\r\n" % mark
    return data


def copy_inside(data: bytes, rng: random.Random) -> bytes:
    """A copy of the mail as a part of itself."""
    line = _pick(_BOUNDARY_LINE, data, rng)
    if line is None:
        return data
    said = line[0] + b"Content-Type: message/rfc822\r\n\r\n"
    return data[: line.start()] + said + data + b"\r\n" + data[line.start() :]


def half_and_half(data: bytes, rng: random.Random) -> bytes:
    """Two mails on top of each other, as when two programs wrote into one file."""
    middle = rng.randrange(len(data) + 1)
    return data[:middle] + data[rng.randrange(middle + 1) :]


DAMAGE: tuple[Damage, ...] = (
    flip,
    cut,
    drop,
    stuff,
    splice,
    line_ends,
    lines_swapped,
    headers_swapped,
    *(header_gone, header_again),
    *(header_other,) * 3,
    *(other_type,) * 3,
    *(other_encoding,) * 2,
    *(other_name,) * 2,
    boundary_gone,
    boundary_again,
    boundary_other,
    boundary_broken,
    *(base64_broken,) * 2,
    wrapped,
    copy_inside,
    half_and_half,
)
