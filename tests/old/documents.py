"""The old documents as values: blocks in the order of the paper, each with what it says and what is true of it.

The TOML files say how they are written; this reads them, and fails on a key that it does not know.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = ("action_plan", "annual_report", "strategy_year1", "strategy_year2", "delivery_plan")
BREAK = "¦"  # where a page broke inside a text
TICK = "✓"
BULLET = "•"
_LABELS = {"why": "Why does it come first?", "aims": "What do we want to achieve?"}

Truth = str | date | int | tuple[str, ...] | None


def plain(text: str) -> str:
    """A text as one reads it: without page breaks, without the marks for bold and italic, white space single."""
    joined = re.sub(rf"\s*{BREAK}\s*", " ", text)
    return " ".join(re.sub(r"\*\*|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", joined).split())


@dataclass(frozen=True)
class Entry:
    """One entry of a list: a promise, a reply, an outcome, a bullet. `answers` is of replies: the promises it speaks of."""

    text: str
    mark: str = ""  # what stands before it: "3.", "3& 4", "•", ""
    subs: tuple[str, ...] = ()
    tick: bool = False
    answers: tuple[int, ...] = ()
    doubt: str = ""  # why a person who reads both should look twice at the pairing
    look: str = ""  # and why at what it says, whatever it is paired with

    @property
    def words(self) -> str:
        return plain(self.text)


@dataclass(frozen=True)
class Block:
    """What every block may say: that a new page or a new sheet begins with it."""

    page: bool = False
    sheet: str = ""


@dataclass(frozen=True)
class Words(Block):
    """A title, a heading, paragraphs, a list, or page furniture. A list with a `form` is rows of that form."""

    kind: str = "text"
    entries: tuple[Entry, ...] = ()
    level: int = 1
    marks: str = "none"
    label: str = ""  # a line above a list
    lead_in: str = ""  # a sentence above a list
    form: str = ""
    theme: str = ""
    year: str = ""
    closing: bool = False  # a list at the end, which says again what other sections say


@dataclass(frozen=True)
class Row:
    """One row of a table with a row for each thing. `truth` is by register field, `look` is field and why."""

    cells: tuple[str, ...]
    truth: Mapping[str, Truth] = field(default_factory=dict)
    band: tuple[str, ...] = ()  # the full-width row above it; more than one part where a page's maker cut it
    theme: str = ""
    parts: int = 1  # how many indicators stand in its first cell
    resolved: tuple[str, str] | None = None  # the field that says "as above", and the ref of the row that it means
    unknown: tuple[str, ...] = ()  # names in the lead cell that are no partner's
    new_alias: str = ""  # a name in the lead cell that is close to a partner's, and in no list yet
    look: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rows(Block):
    """A table with a row for each thing."""

    form: str = ""
    theme: str = ""
    year: str = ""
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()
    spare: int = 0
    more: bool = False
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Pairs(Block):
    """Lists side by side: promises, replies and perhaps outcomes, each list in one cell (or one under another, in prose)."""

    id: str = ""
    theme: str = ""
    labels: tuple[str, ...] = ()
    shape: str = "table"
    word: str = "typed"  # or "automatic": in a document the numbers are the program's, and stand in no text
    book: str = "lines"  # or "run together": in a workbook no line breaks between the entries
    repeat: bool = False  # the headings stand again where a page broke
    intro: tuple[str, ...] = ()  # a paragraph above the list, by column
    marks: tuple[str, str, str] = ("none", "none", "none")  # style by column
    sub_marks: str = "bullets"  # style of the lists inside entries
    promises: tuple[Entry, ...] = ()
    replies: tuple[Entry, ...] = ()
    outcomes: tuple[Entry, ...] = ()
    extras: tuple[Entry, ...] = ()
    same: tuple[tuple[int, str, int], ...] = ()  # promise, section and promise that say the same

    @property
    def columns(self) -> tuple[tuple[Entry, ...], ...]:
        lists = (self.promises, self.replies, self.outcomes)
        return lists if self.outcomes else lists[:2]

    @property
    def answered(self) -> Mapping[int, tuple[Entry, ...]]:
        """By promise number, from 1: the replies that speak of it."""
        return {n: tuple(r for r in self.replies if n in r.answers) for n in range(1, len(self.promises) + 1)}

    @property
    def slid(self) -> tuple[int, ...]:
        """The numbers whose reply does not answer the promise of the same number: as numbered, or as counted."""
        return tuple(n for n in range(1, len(self.promises) + 1) for r in self.by_number(n) if n not in r.answers)

    def by_number(self, number: int) -> tuple[Entry, ...]:
        """The replies that bear a number, or stand at its place where they bear none."""
        own = [(set(map(int, re.findall(r"\d+", r.mark))) or {at}, r) for at, r in enumerate(self.replies, start=1)]
        return tuple(r for numbers, r in own if number in numbers)


@dataclass(frozen=True)
class Document:
    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def pairs(self) -> tuple[Pairs, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Pairs))

    def rows(self, form: str) -> tuple[Row, ...]:
        return tuple(r for b in self.blocks if isinstance(b, Rows) and b.form == form for r in b.rows)

    def lists(self, form: str) -> tuple[Words, ...]:
        return tuple(b for b in self.blocks if isinstance(b, Words) and b.form == form)


def _marked(entries: Sequence[Any], marks: str) -> tuple[Entry, ...]:
    """Entries of a list, each with the mark that the list's style gives unless it has its own."""
    given: list[dict[str, Any]] = [{"text": e} if isinstance(e, str) else dict(e) for e in entries]
    style = {"numbers": "{}.", "bullets": BULLET, "none": ""}.get(marks, marks)
    made = []
    for number, entry in enumerate(given, start=1):
        entry["subs"] = tuple(entry.get("subs", ()))
        entry["answers"] = tuple(entry.get("answers", ()))
        made.append(Entry(**{"mark": style.format(number), **entry}))
    return tuple(made)


def _row(raw: dict[str, Any], fields: Sequence[str]) -> Row:
    """A row; what its cells say is true as it stands, unless the file says better."""
    own: dict[str, Any] = {k: raw.pop(k) for k in ("theme", "parts", "new_alias") if k in raw}
    own |= {k: tuple(raw.pop(k)) for k in ("band", "resolved", "unknown") if k in raw}
    own["look"] = tuple((f, why) for f, why in raw.pop("look", ()))
    cells = tuple(text.strip("\n") for text in raw.pop("cells"))
    truth: dict[str, Truth] = {f: text or None for f, text in zip(fields, cells, strict=bool(fields))}
    truth |= {f: tuple(v) if isinstance(v, list) else v.strip("\n") if isinstance(v, str) else v for f, v in raw.items()}
    return Row(cells=cells, truth=truth, **own)


def _block(raw: dict[str, Any]) -> Block:
    kind: str = raw.pop("kind")
    raw |= {k: tuple(raw[k]) for k in ("labels", "fields", "widths", "intro") if k in raw}
    if kind == "rows":
        rows = tuple(_row(r, raw.get("fields", ())) for r in raw.pop("row"))
        return Rows(rows=rows, **raw)
    if kind == "pairs":
        marks = raw.pop("marks")
        styles = (marks, raw.pop("reply_marks", marks), raw.pop("outcome_marks", "none"))
        extra = raw.pop("extra_marks", "none")
        raw["same"] = tuple(tuple(s) for s in raw.pop("same", ()))
        for column, style in (("promises", styles[0]), ("replies", styles[1]), ("outcomes", styles[2]), ("extras", extra)):
            raw[column] = _marked(raw.get(column, ()), style)
        return Pairs(marks=styles, **raw)
    raw.setdefault("label", _LABELS.get(kind, ""))
    entries = raw.pop("items", None) or raw.pop("paragraphs", None) or raw.pop("lines", None) or [raw.pop("text")]
    return Words(kind=kind, entries=_marked(entries, raw.get("marks", "none")), **raw)


@cache
def document(name: str) -> Document:
    """One of `NAMES`, read from its file."""
    raw = tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
    return Document(raw["name"], raw["title"], tuple(_block(b) for b in raw["block"]))
