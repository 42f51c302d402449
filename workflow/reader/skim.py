"""Which sheets need not be gone through: those on which no table that is sought can stand.

A table is found by its headings (`locate`), wherever it stands, so a sheet is looked over for them before its cells are taken:
once, at the speed of one search through its bytes. Of our own template that spares the guide, the rules and the checks, whose
long formulas are most of the file. Whatever is not written plainly enough to be sure of is gone through as ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from workflow.model import Form
from workflow.reader.budget import Budget
from workflow.reader.locate import LONGEST_HEADING, Sought, label
from workflow.reader.plain import HEAD

# A cell as programs write it: a style alone, a value, a formula with its saved result. Groups: its type before the style
# (openpyxl) or after it (all others); a formula's mark; its value; what follows the name of a cell that is none of that; and
# what else may hide one: a comment or CDATA, a cell under a prefix. What only begins like a cell (`<cols>`) is passed over.
# No part of it goes over the same characters twice, but for the names of elements.
_CELL = re.compile(
    rb'<(?:c(?:(?: r="[A-Z]{1,3}[1-9][0-9]{0,6}")?+(?: t="(\w+)")?+(?: s="[0-9]+")?+(?: t="(\w+)")?+ ?+'
    rb"(?:/>|>(?:<(f)(?: [^<>]*+)?+(?:(?<=/)>|>[^<]*+</f>))?+(?:<v>([^<]*+)</v>|<v ?/>)?+</c>)"
    rb"|([^\w:.\-\x80-\xff]))|(!|[^\s<>/:]*+:c[\s/>]))"
)
_SHARED = re.compile(rb' t="s"[^<>]*+><v>([0-9]++)<')
_FIRST = 2**14  # bytes: where the headings of a table stand
_NO_TEXTS = frozenset((b"", b"n", b"b", b"e", b"s"))  # types whose values are no headings, or only point to one
_ESCAPED = re.compile(rb"&|_x")  # in a text that says something else than it shows
_NO_WORD = ""
_DIGITS = 8  # of a shared string's number: no workbook has ten million
_Kind = tuple[bytes, bytes, bytes, bytes]  # type, formula's mark, value, what is odd


class Seen(NamedTuple):
    """What was seen of a sheet that no form can be found on by its headings alone.

    `holds`: whether there is anything on it. `forms` are those that would be found there if their names led to it.
    """

    holds: bool
    forms: tuple[Form, ...]


class Skim:
    """The sheets of one workbook looked over. `strings` are its shared strings."""

    def __init__(self, sought: Sought, strings: Sequence[str], budget: Budget) -> None:
        self._sought = sought
        self._budget = budget
        self._blank = {b"%d" % n for n, text in enumerate(strings) if not text}
        known = sought.words
        self._words = {
            b"%d" % n: word
            for n, text in enumerate(strings)
            if len(text) <= LONGEST_HEADING and (word := label(text)) in known
        }
        self._many = len(strings)

    def look(self, data: bytes) -> Seen | None:
        """What is seen of a worksheet part; None where a form may be found on it by its headings, or where that is not sure."""
        shared = self._words.keys() & _SHARED.findall(data, 0, _FIRST)  # most sheets with a table say so at once
        if any(alone for _, alone in self._sought.standing({self._words[n] for n in shared})) or not HEAD.match(data):
            return None
        cells = _CELL.findall(data)
        self._budget.step(len(cells))
        kinds = {(early or late, formula, value, odd or hiding) for early, late, formula, value, odd, hiding in cells}
        if any(odd for *_, odd in kinds) or (words := self._told(kinds)) is None:
            return None
        standing = tuple(self._sought.standing(words))
        if any(alone for _, alone in standing):
            return None
        return Seen(any(self._holds(*kind) for kind in kinds), tuple(headings.form for headings, _ in standing))

    def _told(self, kinds: set[_Kind]) -> set[str] | None:
        """The headings among the texts of some cells; None where one may be a heading that cannot be told."""
        shared = {value for type_, _, value, _ in kinds if type_ == b"s" and value}
        if shared and not (b"".join(shared).isdigit() and max(map(len, shared)) < _DIGITS):
            return None
        if any(int(value) >= self._many or value[:1] == b"0" != value for value in shared):
            return None
        words = {self._words[n] for n in self._words.keys() & shared}
        for type_, _, value, _ in kinds:
            if type_ not in _NO_TEXTS and value:
                if type_ != b"str" or _ESCAPED.search(value):
                    return None
                words.add(self._heading(value.decode("utf-8", "replace")))
        return words - {_NO_WORD}

    def _holds(self, type_: bytes, formula: bytes, value: bytes, _: bytes) -> bool:
        """Whether a cell is no blank: one with a value, or a formula that was never calculated."""
        if value:
            return type_ != b"s" or value not in self._blank
        return bool(formula) and type_ != b"str"

    def _heading(self, text: str) -> str:
        word = label(text) if len(text) <= LONGEST_HEADING else ""
        return word if word in self._sought.words else _NO_WORD
