"""A cell's text into the entries of its list: the one way in which nothing of it is lost.

Of all places where an entry could begin (`marks`), the chain of one kind that counts upwards and begins first is the list;
the same is done again inside each entry, which gives what is nested.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from workflow.promises.marks import Mark, find_marks
from workflow.promises.pieces import TICKS, Piece

_DEEPEST = 12  # lists inside lists
_BACK = 80  # marks that a counting chain looks back over for the one before
_KINDS = {"inner": "number", "LETTER": "letter", "ROMAN": "roman"}
_COUNTING = frozenset({"number", "inner", "letter", "LETTER", "roman", "ROMAN"})
_TICK = rf"[{TICKS}]\ufe0f?"
_LEADING_TICK = re.compile(rf"\s*((?:{_TICK}\s*)+)")
_TRAILING_TICK = re.compile(rf"({_TICK}(?:\s*{_TICK})*)$")
# A line that ends on one of these goes on: "recommendations within the" / "Exploratory Study".
_GOES_ON = re.compile(
    r"(?:[,(&/+–-]|\b(?:a|an|and|as|at|by|for|from|in|into|including|of|on|or|our|the|their|through|to|with|within|via|that|"
    r"which|is|are|was|were|be|has|have|not|than|under|over|across))\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]?\s*$")
_ANEW = re.compile(r"\s*(?:in addition|additional|also|other|further|as well)\b[^.]{0,60}:\s*$", re.IGNORECASE)
_OPENS = re.compile(r"[:;]\s*$")


def split_list(text: str) -> tuple[Piece, ...]:
    """A cell's text as the entries of its list; text without a list is one piece, and no text is none.

    A line before the list that only introduces it has `stem`. The pieces written out one after the other (`Piece.spelled`)
    hold every character of the text, but for white space.
    """
    return tuple(_Cell.of(text).pieces(by_line=False))


def split_entries(text: str) -> tuple[Piece, ...]:
    """As `split_list`, for the columns of a table of promises: without a list each paragraph is an entry of its own."""
    return tuple(_Cell.of(text).pieces(by_line=True))


def split_outcomes(text: str) -> tuple[Piece, ...]:
    """As `split_entries`, for columns of paragraphs: a list under a line that introduces it stays nested in that line."""
    pieces: list[Piece] = []
    for piece in split_entries(text):
        if pieces and pieces[-1].stem and piece.mark and not piece.stem:
            pieces[-1] = replace(pieces[-1], nested=(*pieces[-1].nested, piece))
        else:
            pieces.append(piece)
    return tuple(replace(p, stem=False) if p.stem and p.nested else p for p in pieces)


@dataclass(frozen=True)
class _Cell:
    """One text with all the marks that could stand in it."""

    text: str
    marks: Sequence[Mark]

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where the marks begin."""
        return [m.start for m in self.marks]

    @classmethod
    def of(cls, text: str) -> _Cell:
        return cls(text, find_marks(text))

    def pieces(self, *, by_line: bool) -> Iterator[Piece]:
        """The pieces of the whole cell: one list after the other, with what stands before, between and behind them."""
        start, whole = 0, len(self.text)
        while start < whole:
            chain = self.chain(start, whole, top=True)
            if not chain:
                yield from self.paragraphs(start, whole, by_line=by_line or start > 0)
                return
            yield from self.lead(start, chain[0].start)
            end = self.end_of_list(chain)
            yield from self.entries(chain, end)
            start = end

    def entries(self, chain: Sequence[Mark], end: int, depth: int = 0) -> list[Piece]:
        """The pieces of a chain of marks, whose last one reaches to `end`."""
        ends = [*(m.start for m in chain[1:]), end]
        made = [self.piece(mark, mark.end, upto, depth) for mark, upto in zip(chain, ends, strict=True)]
        last, inner = made[-1], self.chain(chain[-1].end, end)
        # Numbers that begin again at 1, no deeper and under no line that introduces them, go on as the same list.
        if inner and _same(inner[0], chain[-1]) and inner[0].first and not _OPENS.search(last.text) and last.text:
            return [*made[:-1], replace(last, nested=()), *last.nested]
        return made

    def piece(self, mark: Mark | None, start: int, end: int, depth: int = 0) -> Piece:
        """One entry: its own text, and what is nested in it."""
        chain = self.chain(start, end) if depth < _DEEPEST else []
        own = self.text[start : chain[0].start if chain else end]
        nested = tuple(self.entries(chain, end, depth + 1)) if chain else ()
        aside = tail = ""
        if match := _LEADING_TICK.match(own):
            aside, own = match[1], own[match.end() :]
        if not nested and (match := _TRAILING_TICK.search(own.rstrip())) and own[: match.start()].strip():
            tail, own = match[1], own[: match.start()]
        made = Piece(_tidy(own), nested=nested, tick=bool(aside or tail), aside=_tidy(aside), tail=_tidy(tail))
        if mark is None:
            return made
        made = replace(
            made,
            mark=_tidy(self.text[mark.start : mark.end]),
            numbers=mark.numbers,
            tick=made.tick or mark.tick,
            kind=_KINDS.get(mark.kind, mark.kind if mark.kind in {*_COUNTING, "tick"} else "bullet"),
        )
        if not made.text and not made.aside and len(nested) == 1:  # "• 1. Text": two marks of one entry
            inner = nested[0]
            return replace(inner, mark=f"{made.mark} {inner.mark}", tick=made.tick or inner.tick)
        return made

    def lead(self, start: int, end: int) -> Iterator[Piece]:
        """What stands before the list. Its last line introduces the list, unless it is a sentence."""
        made = list(self.paragraphs(start, end, by_line=True))
        for n, piece in enumerate(made):
            last = n == len(made) - 1
            yield replace(piece, stem=last and not _SENTENCE_END.search(piece.whole) and not piece.text[:1].islower())

    def paragraphs(self, start: int, end: int, *, by_line: bool) -> Iterator[Piece]:
        """Text outside any list: a piece for each paragraph, or one for all."""
        if not self.text[start:end].strip():
            return
        cuts = [start, *(self.new_lines(start, end) if by_line else ()), end]
        for low, high in pairwise(cuts):
            if self.text[low:high].strip():
                yield self.piece(None, low, high)

    def new_lines(self, start: int, end: int) -> Iterator[int]:
        """Where in a stretch a line begins that does not go on with the one before."""
        before = ""
        for match in re.finditer(r"[^\n\r\v\f\x85\u2028\u2029]+", self.text[start:end]):
            line = match[0]
            if before and line.strip() and not _continues(before, line):
                yield start + match.start()
            before = line if line.strip() else before

    def end_of_list(self, chain: Sequence[Mark]) -> int:
        """Where the list ends: before the first paragraph behind it that neither goes on nor is marked.

        What is nested in the last entry stays in it, unless a line as "In addition:", or one behind a gap, begins anew.
        """
        whole, last = len(self.text), chain[-1].end
        deepest = max((m.end for m in self.marks if m.first and not m.bare and m.start >= chain[-1].start), default=last)
        starts = {m.start - m.indent for m in self.marks if m.first and not m.bare}
        for at in self.new_lines(last, whole):
            line = self.text[at:].split("\n", 1)[0]
            marked = any(start in starts for start in range(at, at + len(line) - len(line.lstrip()) + 1))
            if not marked and (at >= deepest or _ANEW.match(line) or self.text[:at].endswith(("\n\n", "\n \n"))):
                return at
        return whole

    def chain(self, start: int, end: int, *, top: bool = False) -> list[Mark]:
        """The marks of the list that a stretch of text holds; empty where it holds none."""
        inside = [m for m in self.marks[bisect_left(self.starts, start) : bisect_left(self.starts, end)] if m.end <= end]
        kinds = dict.fromkeys(m.kind for m in inside)
        found = [c for c in (_best(inside, kind) for kind in kinds) if c and _accepted(c)]
        # A tick inside an entry is its own, not a list.
        found = [c for c in found if not (self.in_sentence(c, start) if top else c[0].kind == "tick")]
        lined = [c for c in found if c[0].first and len(c) > 1]
        if lined:
            found = [c for c in found if c[0].first]
        return min(
            found, key=lambda c: (c[0].start, -len(c), c[0].kind not in _COUNTING, c[0].kind.casefold() == "letter"), default=[]
        )

    def accepted(self, start: int, end: int, depth: int = 0) -> Iterator[Mark]:
        """Every mark of the lists in a stretch of text, outer and nested."""
        chain = self.chain(start, end, top=not depth) if depth < _DEEPEST else []
        for mark, until in zip(chain, [*(m.start for m in chain[1:]), end], strict=True) if chain else ():
            yield mark
            yield from self.accepted(mark.end, until, depth + 1)

    def in_sentence(self, chain: Sequence[Mark], start: int) -> bool:
        """Whether a chain of letters, romans or ticks only counts inside a sentence: "declined because i) late ii) closed"."""
        if any(m.first for m in chain) or chain[0].kind == "number":
            return False
        before = self.text[start : chain[0].start]
        return bool(before.strip()) and (chain[0].kind == "tick" or not _OPENS.search(before))


def _best(marks: Sequence[Mark], kind: str) -> list[Mark]:
    """The best chain of one kind: counting upwards, of the strongest marks."""
    own = [m for m in marks if m.kind == kind]
    if kind not in _COUNTING:
        edge = own[0].indent
        return [m for m in own if not m.first or m.indent < edge + 2] if own[0].first else own
    scores: list[tuple[float, int]] = []
    for n, mark in enumerate(own):
        best = (mark.strength - _start_cost(mark), -1)
        for before in range(max(0, n - _BACK), n):
            cost = _step_cost(own[before], mark)
            if cost is not None and scores[before][0] + mark.strength - cost > best[0]:
                best = (scores[before][0] + mark.strength - cost, before)
        scores.append(best)
    return _without_stray_end(_walk_back(own, scores))


def _walk_back(own: Sequence[Mark], scores: Sequence[tuple[float, int]]) -> list[Mark]:
    at = max(range(len(own)), key=lambda n: (scores[n][0], -n))
    chain = []
    while at >= 0:
        chain.append(own[at])
        at = scores[at][1]
    return chain[::-1]


def _start_cost(mark: Mark) -> float:
    """What it costs to begin a list with a mark: most lists begin at 1."""
    if mark.numbers[0] == 1 and (mark.first or not mark.bare):
        return 0.0
    if mark.bare or mark.weak:
        return 9.0
    return 1.0 if mark.first else 2.2


def _step_cost(before: Mark, after: Mark) -> float | None:
    """What it costs that one mark follows another; None where it cannot."""
    if before.end > after.start:
        return None
    deeper = 0.5 if after.first and before.first and after.indent >= before.indent + 2 else 0.0
    step = after.numbers[0] - before.numbers[-1]
    if after.bare and (step != 1 or (after.lower and not (before.bare and before.lower))):
        return None
    if step == 1:
        return deeper
    if not (after.first and before.first) or before.bare:
        return None
    if step == 0 or 2 <= step <= 5:
        return 1.5 + deeper
    return None


def _without_stray_end(chain: list[Mark]) -> list[Mark]:
    """Without what is no mark at the end of a chain: "see section 3.", or a first bare number, "we met 3 Westmarsh schools"."""
    while len(chain) > 1 and chain[-1].weak:
        chain = chain[:-1]
    if len(chain) > 1 and chain[-1].bare and not chain[-1].first and not any(m.bare for m in chain[:-1]):
        return chain[:-1]
    return chain


def _accepted(chain: Sequence[Mark]) -> bool:
    """Whether a chain is a list, and not a number or letter that stands alone."""
    head = chain[0]
    if head.kind not in _COUNTING:
        return True
    if head.bare and not head.first:
        return False
    if len(chain) == 1:
        return head.first and not head.bare and not head.dotted
    if head.first:
        return True
    if head.numbers[0] == 1:
        return True
    return head.kind == "number" and (len(chain) > 2 or all(m.strength >= 2 for m in chain))


def _same(inner: Mark, outer: Mark) -> bool:
    return inner.kind == outer.kind == "number" and inner.indent < outer.indent + 2


def _continues(before: str, line: str) -> bool:
    """Whether a line without a mark goes on with the line before: broken by a page, or by the width of a column."""
    start = line.lstrip()
    return start[:1].islower() or start[:1] in ",;)&%" or bool(_GOES_ON.search(before))


def _tidy(text: str) -> str:
    """White space tidied; lines that do not go on stay lines."""
    made: list[str] = []
    for line in text.splitlines():
        words = " ".join(line.split())
        if not words:
            continue
        if made and _continues(made[-1], words):
            made[-1] = f"{made[-1]} {words}"
        else:
            made.append(words)
    return "\n".join(made)


def mark_spans(text: str) -> list[tuple[int, int]]:
    """Where the marks of a text's list stand, those of nested lists too."""
    cell = _Cell.of(text)
    return [(m.start, m.end) for m in cell.accepted(0, len(text))]
