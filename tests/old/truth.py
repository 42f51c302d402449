"""What came of an import beside what is true: every helper gives a list of sentences or pairings, empty when all is right.

A proposed row is anything with the attributes of `Proposed`: how an importer names its own records is its business.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import docx
import openpyxl

from tests.old.documents import Document, Entry, Pairs, plain
from tests.old.trackers import TrackedRow
from tests.old.trackers import Truth as TrackerTruth
from workflow.model import Confidence


class Proposed(Protocol):
    """A row that an import proposes, by register field: ref, title, detail, stem, lead, joint_leads, contributors, due,
    opening_rag, opening_status, opening_progress, outcomes, theme."""

    @property
    def form(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...
    @property
    def confidence(self) -> Confidence: ...
    @property
    def questions(self) -> Sequence[str]: ...


def norm(value: object) -> str:
    """A text for comparing: no marks of lists or footnotes, no ticks, white space single, no full stop at the end."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹✓•❖]", "", plain(str(value or "")))
    text = re.sub(r"^(?:\d+\.|\d+\s*&\s*\d+|[-–])\s+", "", text.strip())
    return " ".join(text.split()).rstrip(".;,: ").casefold()


# ------------------------------------------------------------------------------------------------ counts


@dataclass(frozen=True)
class Counts:
    """What a document holds: promises, replies and outcomes of its paired lists, replies besides, ticks, and rows by form.

    `lists` are the bullets that are commitments of their own, beside every table."""

    promises: int
    replies: int
    extras: int
    outcomes: int
    ticks: int
    rows: Mapping[str, int]
    lists: int


def counts(document: Document) -> Counts:
    pairs = document.pairs
    forms = ("actions", "commitments", "indicators", "glossary")
    return Counts(
        promises=sum(len(p.promises) for p in pairs),
        replies=sum(len(p.replies) for p in pairs),
        extras=sum(len(p.extras) for p in pairs),
        outcomes=sum(len(p.outcomes) for p in pairs),
        ticks=sum(e.tick for p in pairs for e in p.promises),
        rows={form: len(document.rows(form)) for form in forms if document.rows(form)},
        lists=sum(len(b.entries) for b in document.lists("commitments")),
    )


# ------------------------------------------------------------------------------------------------ pairings


@dataclass(frozen=True)
class Pairing:
    """One promise as an import paired it. `wrong` and `doubt` say why, and are "" for what is right and plain."""

    section: str
    number: int
    row: Proposed
    wrong: str = ""
    doubt: str = ""

    @property
    def sure(self) -> bool:
        return self.row.confidence is Confidence.SURE


def pairings(rows: Sequence[Proposed], document: Document) -> list[Pairing]:
    """Each promise of the document's paired lists that a row holds, in the order of the rows.

    A row holds a promise when the promise's words begin its title, or stand in it. Of promises that say the same, the rows
    take one after the other, in the order of the paper or by a theme that fits."""
    left = [(section, n, entry) for section in document.pairs for n, entry in enumerate(section.promises, start=1)]
    made = []
    for row in rows:
        title = norm(row.values.get("title"))
        fits = [p for p in left if title and (title.startswith(norm(p[2].text)) or norm(p[2].text) in title)]
        if not fits:
            continue
        theme = str(row.values.get("theme") or "")
        best = next((p for p in fits if p[0].theme in theme or p[0].id in theme), fits[0])
        left.remove(best)
        made.append(_judge(row, best[0], best[1]))
    return made


def missing(rows: Sequence[Proposed], document: Document) -> list[tuple[str, int]]:
    """Section and number of each promise that no row holds."""
    found = {(p.section, p.number) for p in pairings(rows, document)}
    return [(s.id, n) for s in document.pairs for n in range(1, len(s.promises) + 1) if (s.id, n) not in found]


def replies_in(row: Proposed, entries: Iterable[Entry]) -> list[Entry]:
    """The replies whose words stand in a row's progress."""
    told = norm(row.values.get("opening_progress"))
    return [e for e in entries if norm(e.text) and norm(e.text) in told]


def _judge(row: Proposed, section: Pairs, number: int) -> Pairing:
    """Right when what the row tells is of this promise, and it tells something where the paper does."""
    has = replies_in(row, section.replies)
    true = section.answered[number]
    strangers = [e for e in has if number not in e.answers]
    wrong = ""
    if strangers:
        wrong = f"has a reply that is not its own: {strangers[0].words[:60]}"
    elif row.values.get("opening_progress") and not has:
        wrong = "has progress that is no reply of its section"
    elif true and not has:
        wrong = f"its reply is missing: {true[0].words[:60]}"
    return Pairing(section.id, number, row, wrong, "; ".join(e.doubt for e in {*has, *true} if e.doubt))


def wrong(rows: Sequence[Proposed], document: Document) -> list[Pairing]:
    return [p for p in pairings(rows, document) if p.wrong]


def wrong_sure(rows: Sequence[Proposed], document: Document) -> list[Pairing]:
    """The pairings that are called sure and are wrong: there must be none."""
    return [p for p in wrong(rows, document) if p.sure]


def first_fifth(order: Sequence[Proposed], document: Document) -> list[Pairing]:
    """The wrong or doubtful pairings that stand below the first fifth of a review sheet, given its rows from the top.

    A promise that was given no reply, where one that is slid or doubtful is its own, counts as wrong: a person must see it."""
    top = {id(row) for row in order[: math.ceil(len(order) / 5)]}
    return [p for p in pairings(order, document) if (p.wrong or p.doubt) and id(p.row) not in top]


def lost_replies(rows: Sequence[Proposed], document: Document) -> list[str]:
    """The replies, and outcomes, whose words stand in no row at all, whichever field."""
    told = " ".join(norm(v) for row in rows for value in row.values.values() for v in _each(value))
    told += " ".join(norm(q) for row in rows for q in row.questions)
    entries = [e for s in document.pairs for e in (*s.replies, *s.extras, *s.outcomes)]
    return [e.words for e in entries if norm(e.text) not in told]


def _each(value: object) -> Sequence[object]:
    return list(value) if isinstance(value, tuple | list) else [value]


# ------------------------------------------------------------------------------------------------ rows and fields


def row_errors(rows: Sequence[Proposed], document: Document, form: str, fields: Sequence[str]) -> list[str]:
    """What is missing or different in the rows of a table with a row for each thing, by the given register fields."""
    errors = []
    for true in document.rows(form):
        row = _find(rows, true.truth, ("ref", "title", "term"))
        name = true.cells[0][:40]
        if row is None:
            errors.append(f"{name}: no row")
            continue
        errors += [f"{name}: {e}" for e in _field_errors(row, true.truth, fields)]
        if true.unknown and not _asks(row, true.unknown):
            errors.append(f"{name}: no question about {true.unknown[0]}")
    return errors


def _find(rows: Sequence[Proposed], truth: Mapping[str, object], keys: Sequence[str]) -> Proposed | None:
    for key in keys:
        if truth.get(key):
            same = [r for r in rows if norm(r.values.get(key)) == norm(truth[key])]
            if len(same) == 1:
                return same[0]
    return None


def _field_errors(row: Proposed, truth: Mapping[str, object], fields: Sequence[str]) -> list[str]:
    return [
        f"{name} is {row.values.get(name)!r}, not {truth.get(name)!r}"
        for name in fields
        if not same(row.values.get(name), truth.get(name))
    ]


_RAG = {"r": "red", "a": "amber", "g": "green", "b": "blue"}


def same(found: object, true: object) -> bool:
    """Whether two values say the same: text by its words, dates by the day, lists as they are, RAG letters as their words."""
    if isinstance(true, date | datetime):
        return _day(found) == _day(true)
    if isinstance(true, tuple) or isinstance(found, tuple | list):
        return _names(found) == _names(true)
    one, other = norm(found), norm(true)
    return _RAG.get(one, one) == _RAG.get(other, other)


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _names(value: object) -> list[str]:
    parts = value.split(";") if isinstance(value, str) else _each(value)
    return [norm(p) for p in parts if p]


def _asks(row: Proposed, words: Iterable[str]) -> bool:
    return any(w.casefold() in q.casefold() for w in words for q in row.questions)


# ------------------------------------------------------------------------------------------------ trackers

TRACKER_FIELDS = ("ref", "title", "detail", "lead", "joint_leads", "contributors", "due", "opening_rag", "opening_status",
                  "opening_progress")  # fmt: skip


def tracker_errors(rows: Sequence[Proposed], truth: TrackerTruth) -> list[str]:
    """What an import of a generated tracker got wrong without asking: rows missing or besides, fields that differ.

    A field that differs is in order when the row is not sure and asks: one question excuses one field."""
    errors = []
    own = [r for r in rows if r.form == truth.form]
    for true in truth.rows:
        row = _find(own, true.values, ("title",))
        if row is None:
            errors.append(f"{truth.name} {true.cells['title']}: no row")
            continue
        own.remove(row)
        excused = 0 if row.confidence is Confidence.SURE else len(row.questions)
        wrong_fields = _field_errors(row, true.values, _said(true))
        errors += [f"{truth.name} {true.cells['title']}: {e}" for e in wrong_fields[excused:]]
        if true.ask and not row.questions:
            errors.append(f"{truth.name} {true.cells['title']}: no question about {', '.join(sorted(true.ask))}")
    errors += [f"{truth.name}: a row that is none: {norm(r.values.get('title'))[:40]}" for r in own]
    return errors


def _said(row: TrackedRow) -> list[str]:
    """The fields that a tracker's row has, but those that a person must be asked about."""
    return [f for f in TRACKER_FIELDS if f in row.values and f not in row.ask]


# ------------------------------------------------------------------------------------------------ the balance


def cells_in_xlsx(data: bytes) -> set[tuple[str, str]]:
    """Sheet and cell of everything that a workbook says: a value, or a background that somebody chose."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [(ws.title, c) for ws in book for line in ws.iter_rows() for c in line]
    return {(sheet, c.coordinate) for sheet, c in cells if c.value is not None or c.fill.fill_type}


def cells_in_docx(data: bytes) -> int:
    """How many places of a document say something: cells of tables, a merged one once, and paragraphs outside tables."""
    paper: Any = docx.Document(io.BytesIO(data))
    boxes = {c._tc: c.text for table in paper.tables for row in table.rows for c in row.cells}
    return sum(bool(t.strip()) for t in boxes.values()) + sum(bool(p.text.strip()) for p in paper.paragraphs)


def unbalanced(read: int, placed: int, aside: int, left_out: int) -> int:
    """How many cells are unaccounted for: 0 when the count balances."""
    return read - placed - aside - left_out


def twice(places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The cells that an import put in more than one of its piles."""
    return [place for place, times in Counter(places).items() if times > 1]
