"""Which form an old table is: by its headings, then by what stands in its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow import fields
from workflow.importing.headings import Headings, Meant, assign
from workflow.importing.values import Ground
from workflow.model import Confidence, GridKind, OldTable

_REF = re.compile(
    r"(?:[A-Z]{1,5}[-./ ]?)?\d{1,4}(?:[.\-/]\d{1,3}){0,4}[.)]?\s?(?:\(?[a-z]{1,3}\)?)?|[A-Za-z]\d{0,3}|[ivxIVX]{1,5}[.)]?"
)
_MOSTLY = 0.6
_LONG = 25  # characters on average from which a column without a known heading may say what a row is about
_OWN = {"glossary": ("term", "meaning"), "contacts": ("email", "partner"), "partners": ("name", "domains")}
_ITEMS = frozenset({"lead", "due", "opening_rag", "opening_status", "opening_progress", "ref", "opening_outcome", "term"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table was taken for. `form` is "" where none fits. `columns` gives the column of each field."""

    table: OldTable
    form: str = ""
    confidence: Confidence = Confidence.CHECK
    columns: Mapping[str, int] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()  # questions about the table as a whole
    unsure: frozenset[str] = frozenset()  # fields whose column was found by a guess

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"{self.table.grid.file}, {self.table.grid.name}"

    @property
    def rest(self) -> tuple[int, ...]:
        """The columns that no field fits."""
        return tuple(h.col for h in self.table.headings if h.col not in self.columns.values())


def recognise(table: OldTable, ground: Ground, headings: Headings) -> Recognised:
    """The form that fits a table best, and its columns."""
    labels = [h.text for h in table.headings]
    readings = [headings.meant(text) if text.strip() else () for text in labels]
    best: tuple[float, str, dict[int, Meant]] = (0.0, "", {})
    for form in (*ground.item_forms, *(f for f in _OWN if f in ground.own_forms)):
        chosen = assign(readings, form)
        named = {m.field for m in chosen.values()}
        own = [m for m in chosen.values() if m.form == form]
        if form in _OWN:
            if not set(_OWN[form]) <= named or not own or ("term" in named and named & {"lead", "due"}):
                continue
            if len(readings) > len(chosen) + 1:
                continue
        score = sum(m.fit for m in chosen.values()) + 0.5 * len(own)
        if score > best[0] + 1e-9:
            best = (score, form, chosen)
    _, form, chosen = best
    if (table.grid.kind is GridKind.PROSE or len(table.headings) == 1) and form != "commitments":
        return Recognised(table)  # lists of something else in running text, which has many
    if not form:
        return _glossary(table) or Recognised(table)
    if form in _OWN:
        sure = all(m.confidence is Confidence.SURE for m in chosen.values())
        return Recognised(
            table,
            form,
            Confidence.SURE if sure else Confidence.LIKELY,
            {m.field: table.headings[n].col for n, m in chosen.items()},
        )
    return _items(table, form, chosen)


def _items(table: OldTable, form: str, chosen: Mapping[int, Meant]) -> Recognised:
    """A table whose rows are tracked: what it is about must be known, by its heading or by what stands in the columns."""
    columns = {m.field: table.headings[n].col for n, m in chosen.items()}
    told = {m.field: m for m in chosen.values()}
    unsure = {m.field for m in chosen.values() if m.confidence is not Confidence.SURE}
    doubts: list[str] = []
    _by_content(table, columns, unsure)
    if "title" not in columns and "detail" in columns:
        columns["title"] = columns.pop("detail")
        told["title"] = told["detail"]
        unsure -= {"detail"}
    if "opening_progress" not in columns and "note" in columns and form != "measures":
        columns["opening_progress"] = columns.pop("note")  # "Comments" is where many people write what was done
        unsure.add("opening_progress")
    own = any(m.form == form for m in chosen.values())
    if "title" not in columns:
        col = _longest(table, columns)
        if col is None or len(_ITEMS & set(columns)) < 2:
            return _glossary(table) or Recognised(table)
        columns["title"] = col
        unsure.add("title")
        doubts.append(
            f'No heading says which column holds what is to be done. "{_heading(table, col)}" was taken. Is that right?'
        )
    if len(columns) < 2 and not own:
        return Recognised(table)
    confidence = Confidence.SURE if own and not unsure - {"ref"} else Confidence.LIKELY
    if "title" in unsure and (doubts or not own):
        confidence = Confidence.CHECK
    return Recognised(table, form, confidence, columns, tuple(doubts), frozenset(unsure))


def _by_content(table: OldTable, columns: dict[str, int], unsure: set[str]) -> None:
    """Columns without a heading that tells: references, dates and colours are known by themselves."""
    for heading in table.headings:
        if heading.col in columns.values():
            continue
        texts = [t for r in table.rows if (t := r.text(heading.col).strip())]
        if not texts:
            continue
        blank = not heading.text.strip()
        if "ref" not in columns and _share(texts, _is_ref) >= _MOSTLY and (blank or heading is table.headings[0]):
            columns["ref"] = heading.col
            unsure.add("ref")
        elif "due" not in columns and blank and _share(_typed(table, heading.col), lambda v: isinstance(v, date)) >= _MOSTLY:
            columns["due"] = heading.col
            unsure.add("due")
    rag = columns.get("opening_status")
    if "opening_rag" not in columns and rag is not None:
        texts = [t for r in table.rows if (t := fields.fold(r.text(rag)))]
        if texts and _share(texts, lambda t: t in COLOURS) >= _MOSTLY:
            columns["opening_rag"] = columns.pop("opening_status")


COLOURS = frozenset({"r", "a", "g", "b", "red", "amber", "green", "blue", "yellow", "orange", "amber/green", "amber/red"})


def _glossary(table: OldTable) -> Recognised | None:
    """Two columns without headings that tell, of which the first is all abbreviations, are a glossary."""
    columns = [h.col for h in table.headings]
    if len(columns) != 2:
        return None
    first = [t for r in table.rows if (t := r.text(columns[0]).strip())]
    if len(first) < 3 or _share(first, lambda t: len(t) <= 12 and sum(c.isupper() for c in t) >= 2) < 0.8:
        return None
    told = {"term": columns[0], "meaning": columns[1]}
    doubt = "No heading says so, but this looks like a list of abbreviations. Is it?"
    return Recognised(table, "glossary", Confidence.LIKELY, told, (doubt,))


def _longest(table: OldTable, columns: Mapping[str, int]) -> int | None:
    """The column without a field that holds the longest texts, where they are texts at all."""
    lengths: dict[int, float] = {}
    for h in table.headings:
        texts = [t for r in table.rows if (t := r.text(h.col))]
        if h.col not in columns.values() and texts:
            lengths[h.col] = sum(map(len, texts)) / len(texts)
    col = max(lengths, key=lambda c: lengths[c], default=None)
    return col if col is not None and lengths[col] >= _LONG else None


def _heading(table: OldTable, col: int) -> str:
    return next((h.text for h in table.headings if h.col == col), "") or f"the column without a heading ({col})"


def _typed(table: OldTable, col: int) -> Sequence[object]:
    return [c.value for r in table.rows if (c := r.cells.get(col)) and c.text.strip()]


def _is_ref(text: str) -> bool:
    return len(text) <= 16 and _REF.fullmatch(text) is not None


def _share(things: Sequence[object], holds: object) -> float:
    test = holds if callable(holds) else bool
    return sum(1 for t in things if test(t)) / len(things) if things else 0.0


def rows_of(found: Recognised) -> Iterator[int]:
    """The rows of a table by their place, blank ones left out."""
    yield from (n for n, r in enumerate(found.table.rows) if r.cells)
