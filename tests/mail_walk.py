"""How many leaves a received file has, counted without the code that is tested and without the standard library's mail parser.

Lines and bytes only: headers up to the first line that is none, parts between the lines that the boundary makes. A message
inside counts as what it holds, down to the depth to which messages are opened; a zip file as its members.
"""

from __future__ import annotations

import base64
import io
import quopri
import re
import zipfile
import zlib

DEPTH = 5  # messages inside messages
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")
_UU = re.compile(rb"^begin 644 ", re.MULTILINE)  # a file written into the text
_OLE, _WIDE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "__substg1.0_".encode("utf-16-le")
_MAIL = {b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"received", b"return-path", b"x-trace"}


def _lines(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def count(data: bytes) -> int:
    """The leaves of a received file, at least one."""
    return _count(data, 0, in_zip=False, message=False)


def _count(data: bytes, level: int, *, in_zip: bool, message: bool) -> int:
    if data.startswith(_OLE) and _WIDE in data:
        return 1 if level > DEPTH else _outlook(data, level, in_zip)
    if data.startswith(b"PK\x03\x04"):
        return 1 if in_zip else _zip(data, level)
    lines = _lines(data)
    if message or _looks_like_mail(lines):
        return 1 if level > DEPTH else max(_part(_start(lines), level, in_zip, b"text/plain"), 1)
    return 1


def _zip(data: bytes, level: int) -> int:
    try:
        container = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        return 1
    members = [info for info in container.infolist() if not info.is_dir()]
    if any(info.filename.startswith(("xl/", "_rels/")) for info in members):
        return 1  # a workbook
    total = 0
    for info in members:
        try:
            total += _count(container.read(info), level, in_zip=True, message=False)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
            total += 1
    return max(total, 1)


def _start(lines: list[bytes]) -> list[bytes]:
    """The lines from the first header on."""
    first = 0
    while first < len(lines) and (not lines[first].strip(b"\xef\xbb\xbf \t") or lines[first].strip().isdigit()):
        first += 1
    kept = lines[first:] or [b""]
    kept[0] = kept[0].removeprefix(b"\xef\xbb\xbf")
    return kept[1:] if kept[0].startswith(b"From ") else kept


def _looks_like_mail(lines: list[bytes]) -> bool:
    start = _start(lines)
    first = start[0].partition(b":")[0].lower()
    if first not in _MAIL or start[0].startswith(b"From:\t"):
        return False
    head = start[: start.index(b"")] if b"" in start else start
    return len(_MAIL & {line.partition(b":")[0].lower() for line in head}) > 1


def _part(lines: list[bytes], level: int, in_zip: bool, default: bytes) -> int:
    headers, body = _split(lines)
    kind = headers.get(b"content-type", default).partition(b";")[0].strip().lower() or default
    if kind.startswith(b"multipart/"):
        parts = _between(body, headers[b"content-type"])
        inner = b"message/rfc822" if kind == b"multipart/digest" else b"text/plain"
        return max(sum(_part(one, level, in_zip, inner) for one in parts), 1)
    data = _decoded(b"\n".join(body), headers.get(b"content-transfer-encoding", b"").strip().lower())
    if kind == b"message/rfc822" and not data.startswith(b"PK"):
        return _count(data, level + 1, in_zip=in_zip, message=True)
    if kind.startswith(b"message/"):
        return 1
    if kind.startswith(b"text/") and b"content-disposition" not in headers:
        return 1 + len(_UU.findall(data))
    inside = data.startswith(_OLE) or _looks_like_mail(_lines(data[:10_000]))
    return _count(data, level + inside, in_zip=in_zip, message=False)


def _split(lines: list[bytes]) -> tuple[dict[bytes, bytes], list[bytes]]:
    """The headers, each by its first mention, and the lines of the body."""
    found: dict[bytes, list[bytes]] = {}
    name = b""
    rest: list[bytes] = []
    for number, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") and name:
            found[name].append(line.strip())
        elif _HEADER.match(line):
            name, _, value = line.partition(b":")
            name = name.strip().lower()
            name = name if name not in found else b"again"
            found[name] = [value]
        else:
            rest = lines[number + (not line) :]
            break
    return {key: b" ".join(value) for key, value in found.items()}, rest


def _between(body: list[bytes], said: bytes) -> list[list[bytes]]:
    """The parts between the lines that the boundary makes."""
    found = re.search(rb'boundary\s*=\s*(?:"([^"]*)"|([^\s;]*))', said, re.IGNORECASE)
    mark = b"--" + (found[1] or found[2] or b"") if found else b"--"
    parts: list[list[bytes]] = []
    if mark == b"--":
        return parts
    for line in body:
        if line.rstrip() == mark + b"--":
            break
        if line.rstrip() == mark:
            parts.append([])
        elif parts:
            parts[-1].append(line)
    return parts


def _decoded(data: bytes, encoding: bytes) -> bytes:
    if encoding == b"base64":
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        odd = len(packed) % 4
        return base64.b64decode(packed[: len(packed) - (odd if odd == 1 else 0)] + b"=" * (4 - odd if odd > 1 else 0))
    return quopri.decodestring(data) if encoding == b"quoted-printable" else data


def _outlook(data: bytes, level: int, in_zip: bool) -> int:
    import olefile  # type: ignore[import-untyped]  # it has no types

    try:
        ole = olefile.OleFileIO(io.BytesIO(data))
    except Exception:
        return 1
    names = ["/".join(path) for path in ole.listdir(streams=True, storages=True)]
    return _message(ole, names, "", level, in_zip)


def _message(ole: object, names: list[str], at: str, level: int, in_zip: bool) -> int:
    """The leaves of the message that lies at a place in the file: its text, its attachments, what lies in those."""
    total = int(f"{at}__substg1.0_1000001F" in names)
    for name in (n for n in names if re.fullmatch(re.escape(at) + r"__attach_version1\.0_#\w{8}", n)):
        held = f"{name}/__substg1.0_3701000D"
        if f"{held}/__properties_version1.0" in names:
            total += 1 if level + 1 > DEPTH else _message(ole, names, f"{held}/", level + 1, in_zip)
        elif f"{name}/__substg1.0_37010102" in names:
            body = ole.openstream(f"{name}/__substg1.0_37010102").read()  # type: ignore[attr-defined]  # it has no types
            inside = body.startswith(_OLE) or _looks_like_mail(_lines(body[:10_000]))
            total += _count(body, level + inside, in_zip=in_zip, message=False)
        else:
            total += 1
    return max(total, 1)
