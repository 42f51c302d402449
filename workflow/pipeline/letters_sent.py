"""Whether a letter is one that has gone already: from what a draft says and what was tried before, to what is to be done.

A draft is known by its place, `outbox/<period>/mail/<kind>-<who>.eml`, and by what it says. Neither its bytes nor its
Message-ID will do: `collate` on another day makes both anew (the date is in them, and in the workbook that goes with it), and
a mail program that saves a draft rewrites it. So:

- what it says is its recipients, its subject and its words, with line ends and spaces left out;
- what goes with it is each attachment's name and content: a workbook's cells, without the day on which it was made;
- nothing gone from this place yet: it goes;
- the same words and the same attachments have gone: it has gone, whatever day it was made again on, and nobody is asked;
- other words, and the file is as we wrote it: it is a new letter (a second reminder, a receipt for what came since), and goes;
- other words or attachments in a file that a person has saved, or the same words with another workbook: somebody has to say
  whether it is the same letter (`--again`), because nobody else can know;
- the last attempt has no end: it may have gone, and somebody has to look.

So a re-save never sends twice, and what is new is either sent or named; nothing is passed over in silence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflow import fields, reader
from workflow.errors import Unreadable
from workflow.ledger import FAILED, SENT, TRYING, Attempt
from workflow.model import Cell


class Case(StrEnum):
    """What is to be done with a draft."""

    SEND = "send"
    ANEW = "anew"  # send: it is another letter than the one that went
    GONE = "gone"  # nothing: it went
    CHANGED = "changed"  # ask: one went from here, and the file has been changed since
    UNKNOWN = "unknown"  # ask: it may have gone


@dataclass(frozen=True, slots=True)
class Standing:
    """A case, with the attempt that it rests on."""

    case: Case
    last: Attempt | None = None


def standing(letter: str, attempts: Sequence[Attempt], *, ours: bool) -> Standing:
    """What is to be done with a letter, given every attempt from its place, oldest first. `ours`: nobody has saved the file."""
    gone = [a for a in attempts if a.state != FAILED]
    if not gone:
        return Standing(Case.SEND)
    same = next((a for a in reversed(gone) if a.letter == letter and a.state == SENT), None)
    if same:
        return Standing(Case.GONE, same)
    last = gone[-1]
    if last.state == TRYING:
        return Standing(Case.UNKNOWN, last)
    words_went = any(_words(a.letter) == _words(letter) for a in gone)
    return Standing(Case.ANEW if ours and not words_went else Case.CHANGED, last)


def what_it_says(words: str, files: Iterable[tuple[str, bytes]]) -> str:
    """What is kept of a letter to know it again: a hash of its words and one of what goes with it."""
    told = json.dumps(sorted((name, contents(data)) for name, data in files))
    return f"{words} {hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()}"


def contents(data: bytes) -> str:
    """A hash of what an attachment says: of a workbook its cells, without the day on which it was made; else its bytes."""
    try:
        book = reader.read_bytes(data)
    except Unreadable:
        return hashlib.sha256(data).hexdigest()
    day = _made(book.core.get("modified", ""))
    cells = [
        (sheet.name, sheet.state, place, _value(cell, day))
        for sheet in book.sheets
        for place, cell in sorted(sheet.cells.items())
    ]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=True).encode()).hexdigest()


def _value(cell: Cell, day: str) -> str:
    text = f"{cell.type} {cell.value!r} {cell.formula!r}"
    return text.replace(day, "") if day else text


def _made(stamp: str) -> str:
    """The day of a workbook's own time stamp, as our papers write it."""
    try:
        return fields.show(date.fromisoformat(stamp[:10]))
    except ValueError:
        return ""


def _words(letter: str) -> str:
    return letter.partition(" ")[0]
