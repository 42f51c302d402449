"""The structure of a message: its headers, and where each of its parts begins and ends, in its bytes as they came.

This is our own, because Python's parser of mail makes a list of every line, which fills the memory at eight million short
ones, and follows a message down as deep as it goes. On what both can read they agree: it is the oracle in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflow.post.headers import Fields, Value
from workflow.post.refusal import refuse

MOST_PARTS = 1_000
_DEEPEST = 100  # multiparts in multiparts: mail programs write three or four

_MOST_MARKS = 20 * MOST_PARTS
_LONGEST_HEAD = 4 * 2**20  # bytes; what is beyond counts as body

# A line that begins with "--" is never taken for a header, though a name may begin so: it is where a part begins.
_HEADER = rb"(?!--)(?:From |[!-9;-~]*+:|[ \t])"
_FIRST = re.compile(_HEADER)
_LAST = re.compile(rb"(?:\r\n?+|\n)(?!%s)" % _HEADER)
_LINE_END = re.compile(rb"\r\n?|\n|\Z")
_DASHES = re.compile(rb"[\r\n](--[^\r\n]*+)")


@dataclass(frozen=True, slots=True)
class Entity:
    """A part that holds no parts. `broken`: it says that it holds some, and they cannot be found.

    `kind` is its content type in lower case. `body` is still in its transfer encoding. `around` are the kinds of multipart that
    it stands in, the outermost first: "mixed", "related".
    """

    fields: Fields
    kind: str
    body: bytes
    around: tuple[str, ...] = ()
    broken: bool = False


def head_of(data: bytes, start: int = 0) -> tuple[Fields, int]:
    """The headers that begin at `start`, and where the body after them begins."""
    end = start
    if _FIRST.match(data, start):
        last = _LAST.search(data, start, start + _LONGEST_HEAD)
        end = last.end() if last else min(start + _LONGEST_HEAD, len(data))
    gap = _LINE_END.match(data, end)
    return Fields(data[start:end]), gap.end() if gap else end


def take_apart(data: bytes) -> list[Entity]:
    """Every part of a message that holds no parts, in order: at least one.

    Raises Unreadable where it has more than a thousand ("mail-too-many"), or multiparts more than a hundred deep
    ("mail-too-deep"). What stands before the first part of a multipart or after its end is no part, as for any mail program.
    """
    return _Splitter(data).entities()


@dataclass(slots=True)
class _Level:
    """A multipart that is open."""

    fields: Fields
    kind: str
    start: int  # of its body
    mark: bytes
    begun: bool = False  # its first part has been found


@dataclass(frozen=True, slots=True)
class _Mark:
    """A line where a part of an open multipart begins, or where it ends."""

    level: int
    last: bool
    start: int
    stop: int


class _Splitter:
    """Goes once through a message, from line to line that begins with "--"."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._found: list[Entity] = []
        self._levels: list[_Level] = []
        self._marks: dict[bytes, int] = {}  # the level of each mark
        self._seen = 0

    def entities(self) -> list[Entity]:
        at: int | None = 0
        while at is not None:
            at = self._part(at)
        return self._found

    def _part(self, at: int) -> int | None:
        """Take the part whose headers begin at `at`; return where the next one begins."""
        fields, start = head_of(self._data, at)
        content = Value(fields.first("content-type"))
        kind = self._kind(content.kind)
        boundary = content.raw("boundary").rstrip()
        mark: _Mark | None
        if kind.startswith("multipart/") and boundary:
            self._open(_Level(fields, kind, start, b"--" + boundary))
            mark = self._next(start)
        else:
            mark = self._next(start)
            if mark and mark.start == at and mark.level == len(self._levels) - 1:
                return mark.stop  # two marks, one under the other, are one
            self._add(fields, kind, start, mark.start if mark else len(self._data), broken=kind.startswith("multipart/"))
        while mark is not None:
            self._unwind(mark.level + 1, mark.start)
            level = self._levels[mark.level]
            if not mark.last:
                level.begun = True
                return mark.stop
            del self._marks[level.mark]
            mark = self._next(mark.stop)
        self._unwind(0, len(self._data))
        return None

    def _kind(self, said: str) -> str:
        """The content type; what it is where none is given, or nonsense, depends on where the part stands (RFC 2046, 5.1.5)."""
        inside = self._levels[-1].kind if self._levels else ""
        if said.count("/") == 1:
            return said
        return "message/rfc822" if inside == "multipart/digest" and not said else "text/plain"

    def _open(self, level: _Level) -> None:
        if len(self._levels) >= _DEEPEST:
            raise refuse("mail-too-deep")
        self._levels.append(level)
        self._marks.setdefault(level.mark, len(self._levels) - 1)  # the outer one's, where two have the same

    def _unwind(self, depth: int, stop: int) -> None:
        """Leave the multiparts deeper than `depth`: an outer one goes on at `stop`."""
        while len(self._levels) > depth:
            level = self._levels.pop()
            if self._marks.get(level.mark) == len(self._levels):
                del self._marks[level.mark]
            if not level.begun:
                self._add(level.fields, level.kind, level.start, stop, broken=True)

    def _add(self, fields: Fields, kind: str, start: int, stop: int, *, broken: bool) -> None:
        if len(self._found) >= MOST_PARTS:
            raise refuse("mail-too-many")
        if stop < len(self._data):  # the line end before a mark belongs to the mark
            stop -= 2 if self._data[stop - 2 : stop] == b"\r\n" else 1
        around = tuple(level.kind.partition("/")[2] for level in self._levels)
        self._found.append(Entity(fields, kind, self._data[start : max(start, stop)], around, broken))

    def _next(self, at: int) -> _Mark | None:
        """The next mark of an open multipart, from the line on that begins at `at`."""
        if not self._marks:
            return None
        for match in _DASHES.finditer(self._data, max(at - 1, 0)):
            line = match[1].rstrip(b" \t")
            last = line not in self._marks
            level = self._marks.get(line[:-2] if line.endswith(b"--") else b"") if last else self._marks[line]
            if level is not None:
                self._seen += 1
                if self._seen > _MOST_MARKS:
                    raise refuse("mail-too-many")
                end = _LINE_END.match(self._data, match.end())
                return _Mark(level, last, match.start(1), end.end() if end else match.end())
        return None
