"""The quick way through XML written plainly, as Excel, LibreOffice and the usual libraries write nearly all of it.

A long part is cut in two: the run of rows (or of shared strings), which is matched token by token against a strict
grammar, and the little that is left around it, which goes to expat as ever. One token outside the grammar, and the whole
part goes to expat instead, so that this way can be quick and never has to be clever. `tests/test_reader_lanes.py` holds
both ways to the same cells.
"""

from __future__ import annotations

import re

from workflow.reader.package import Package

MOST_BYTES = 16 * 2**20  # parts above this are streamed, not held in memory

HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="(?:yes|no)")? ?\?>)?\s*<[A-Za-z]'
)
# What is not allowed in XML, or means something else than it says: control characters (a carriage return is read as a
# line feed), the two code points that are no characters, the end mark of CDATA.
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n")
_FORBIDDEN = (b"\xef\xbf", b"]]>")  # the first stands for all of U+FFC0 to U+FFFF
_ENTITY = re.compile(r"&(lt|gt|amp|quot|apos);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class NotPlainError(Exception):
    """The part is not written plainly; it is no error of the file. Never leaves a room that reads."""


def whole(package: Package, part: str) -> bytes | None:
    """A part in one piece; None where it is too long to be held in memory."""
    return package.read(part) if package.size(part) <= MOST_BYTES else None


def cut(data: bytes, start: re.Pattern[bytes], end: bytes) -> tuple[str, bytes]:
    """A part's long run of tokens, and the part without it. Raises NotPlainError.

    `start` matches the opening tag before the run, `end` is the closing tag after it. What surrounds the run holds no
    comment, CDATA or processing instruction, so that what looks like a tag there is one; in the run itself the caller's
    grammar sees to that.
    """
    opening = start.search(data)
    stop = data.rfind(end)
    if opening is None or stop < opening.end():
        raise NotPlainError
    run, rest = data[opening.end() : stop], data[: opening.end()] + data[stop:]
    if not HEAD.match(rest) or b"<!" in rest or rest.count(b"<?") > 1:
        raise NotPlainError
    if len(run.translate(None, _CONTROLS)) != len(run) or any(mark in run for mark in _FORBIDDEN):
        raise NotPlainError
    try:
        return run.decode(), rest
    except UnicodeDecodeError as error:
        raise NotPlainError from error


def characters(text: str) -> str:
    """Text with the five entities that XML knows by itself. Raises NotPlainError for any other ampersand."""
    if "&" not in text:
        return text
    if text.count("&") != len(_ENTITY.findall(text)):
        raise NotPlainError
    return _ENTITY.sub(lambda m: _ENTITIES[m[1]], text)
