"""The rows of an old table as rows that are proposed for the register: what each cell becomes, and what is asked about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from workflow import fields
from workflow.importing import texts
from workflow.importing.cells import Reading, rag_of, status_word
from workflow.importing.drafts import Draft
from workflow.importing.listed import Lists, besides, entries
from workflow.importing.people import People
from workflow.importing.recognise import Recognised
from workflow.importing.shape import mended, with_bands
from workflow.importing.values import Ground
from workflow.model import Aside, Confidence, Field, GridKind, Kind, OldRow, SetAside, SourceCell

DATES = frozenset({"start", "due", "revised_due"})
LEADS = frozenset({"lead", "joint_leads", "contributors"})
PROSE = frozenset({"title", "detail", "opening_progress", "opening_outcome", "monitoring", "note"})
_SHORT = frozenset({"ref", "theme", "goal", "board", "year", "owner", "source"})
_SPLIT = frozenset({"title", "opening_progress", "opening_outcome"})  # what may be a list, one entry to a promise
_NO_HEADING = "Without a heading"
_ABOVE = "Nothing stands here to say what it is part of, so the row above was taken. Is that right?"
_NOTHING = "It does not say what will be done. What will be?"
_HOLDS = "This cell holds more than one. Should each have a row of its own?"

Cells = Sequence[SourceCell]


@dataclass
class Reader:
    """Reads the rows of tables whose form is known."""

    ground: Ground
    people: People
    texts: texts.Texts
    aside: list[SetAside] = field(default_factory=list)

    def drafts(self, found: Recognised) -> list[Draft]:
        """The rows of a table in its order, those of a list in a cell one after another."""
        self._set_aside(found)
        rows = [(row, self._draft(found, row)) for row in _shaped(found) if _filled(found, row)]
        labels = {n: h.text for n, col in found.columns.items() for h in found.table.headings if h.col == col and h.text}
        self.texts.resolve([draft for _, draft in rows], labels)
        _carry_down([draft for _, draft in rows])
        drafts = [made for row, draft in rows for made in self._split(found, row, draft, len(rows))]
        for draft in drafts:
            self.texts.progress(draft)
        return drafts

    def _set_aside(self, found: Recognised) -> None:
        """What no field fits: the headings, the columns of strangers, and rows with nothing in any field's column."""
        for heading in found.table.headings:
            self.aside += [SetAside(c, Aside.HEADING) for c in heading.cells]
        rows = _shaped(found)
        placed = {c for row in rows if _filled(found, row) for c in _placed(found, row)}
        for row in found.table.rows:
            cells = (*row.band, *(c for col in row.cells for c in of(row, col)))
            self.aside += [SetAside(c, Aside.COLUMN if c.text.strip() else Aside.EMPTY) for c in cells if c not in placed]

    def _draft(self, found: Recognised, row: OldRow) -> Draft:
        draft = Draft(confidence=found.confidence)
        draft.add(*_placed(found, row))
        if row.band:
            first = row.band[0]
            beside = tuple(c for c in row.band if c.row == first.row)
            draft.theme = (" ".join(c.text.strip() for c in beside), beside)
        for name, col in sorted(found.columns.items(), key=lambda pair: pair[0] != "unit"):  # what numbers are read by
            cells = of(row, col)
            if cells:
                self._field(draft, name, fields.clean(row.text(col)), cells)
                heading = next((h.text for h in found.table.headings if h.col == col), "") or _NO_HEADING
                if name != "besides" and fields.fold(draft.text(name)) != fields.fold(row.text(col)):
                    draft.say(heading, fields.clean(row.text(col)))
                if name in found.unsure and name != "ref":
                    draft.doubted(Confidence.LIKELY)
        if "detail" in found.columns and not draft.text("detail"):
            draft.ask(_NOTHING)
        return draft

    def _field(self, draft: Draft, name: str, text: str, cells: Cells) -> None:
        """One cell as its field."""
        if name == "opening_rag":
            _take(draft, name, rag_of(cells[0], self.ground.register))
        elif name == "opening_status":
            self._status(draft, text, cells[0])
        elif not text or name == "besides":
            return
        elif name == "theme":
            draft.theme = (text, tuple(cells))
        elif name in DATES:
            _take(draft, name, self.texts.day(text, cells[0].value))
        elif name in LEADS:
            self._lead(draft, name, text)
        elif name in PROSE:
            self.texts.prose(draft, name, text)
        else:
            self._other(draft, name, text)

    def _status(self, draft: Draft, text: str, cell: SourceCell) -> None:
        if text:
            word = status_word(text)
            _take(draft, "opening_status", Reading(word) if word else self.texts.status(text))
        if "opening_rag" not in draft.values and cell.fill:
            _take(
                draft,
                "opening_rag",
                replace(rag_of(replace(cell, text=""), self.ground.register), confidence=Confidence.LIKELY),
            )

    def _lead(self, draft: Draft, name: str, text: str) -> None:
        read = self.people.read(text)
        draft.doubted(read.confidence)
        for asked in read.asked:
            draft.ask(asked)
        named = {"lead": (read.lead,), "joint_leads": read.joint, "contributors": read.contributors}
        if name != "lead":
            named = {name: (read.lead, *read.joint, *read.contributors)}
        there = {i for n in LEADS for i in draft.text(n).split("; ")}
        for field_name, ids in named.items():
            new = [i for i in ids if i and i not in there]
            if new:
                draft.put(field_name, "; ".join(filter(None, (draft.text(field_name), *new))))
                there |= {*new}

    def _other(self, draft: Draft, name: str, text: str) -> None:
        """Any other field of the register: read as the register would, or asked about."""
        own = self.ground.own_forms["items"]
        if name in _SHORT or not own.has(name):
            draft.put(name, " ".join(text.split()))
            return
        f: Field = own.field(name)
        if f.kind in (Kind.TEXT, Kind.LONG_TEXT):
            draft.put(name, text)
        else:
            _take(draft, name, self.texts.typed(f, text, draft.text("unit")))

    def _split(self, found: Recognised, row: OldRow, draft: Draft, count: int) -> Iterator[Draft]:
        """A row for each entry, where what was promised is a list; what other cells say goes for each."""
        cells = {n: row.text(col) for n, col in found.columns.items() if n in _SPLIT}
        promised, done, came = (cells.get(n, "") for n in ("title", "opening_progress", "opening_outcome"))
        lists = Lists(promised, done, came, count, found.table.grid.kind is GridKind.PROSE)
        if not lists.is_list:
            yield from (draft,) if draft.text("title") or "besides" not in found.columns else ()
        elif found.form == "indicators" or "detail" in found.columns or draft.text("ref"):
            draft.ask(_HOLDS)
            yield draft
        else:
            whole = {fields.clean(text) for text in cells.values()}
            draft.written = [w for w in draft.written if w.text not in whole]  # each entry says its own
            for entry in entries(lists):
                made = draft.entry(entry)
                self.texts.tidied(made)
                yield made
        for entry in besides(row.text(found.columns["besides"])) if "besides" in found.columns else ():
            made = Draft(theme=draft.theme, confidence=draft.confidence, cells=list(draft.cells)).entry(entry)
            self.texts.tidied(made)
            yield made


def _shaped(found: Recognised) -> tuple[OldRow, ...]:
    """The rows of a table, those of a list that a page cut in two as one."""
    rows = with_bands(found.table.rows)
    return mended(rows, found.columns["title"]) if found.form == "commitments" and "title" in found.columns else rows


def of(row: OldRow, col: int) -> tuple[SourceCell, ...]:
    """The cells of one column of a row, with what goes on after a page break."""
    return ((row.cells[col],) if col in row.cells else ()) + tuple(row.more.get(col, ()))


def _placed(found: Recognised, row: OldRow) -> tuple[SourceCell, ...]:
    """The cells that a row's values come from. A coloured blank counts where a colour is looked for."""
    coloured = {found.columns.get("opening_rag"), found.columns.get("opening_status")}
    return (
        *row.band,
        *(c for col in found.columns.values() for c in of(row, col) if c.text.strip() or col in coloured),
    )


def _filled(found: Recognised, row: OldRow) -> bool:
    return any(c.text.strip() for col in found.columns.values() for c in of(row, col))


def _take(draft: Draft, name: str, read: Reading) -> None:
    draft.put(name, read.value)
    draft.doubted(read.confidence, read.asked)


def _carry_down(drafts: Sequence[Draft]) -> None:
    """A row that has its own action but no recommendation belongs to the one above."""
    before: Draft | None = None
    for draft in drafts:
        if not draft.text("title") and draft.text("detail") and before and before.text("title"):
            draft.put("title", before.text("title"))
            draft.theme = draft.theme if draft.theme[0] else before.theme
            draft.doubted(Confidence.LIKELY, _ABOVE)
        before = draft if draft.text("title") else before


def repeated(drafts: Sequence[Draft]) -> None:
    """Rows of one table that say the same are asked about: a promise is often made twice."""
    counts = Counter(fields.fold(d.text("title")) for d in drafts if d.text("title") and not d.text("detail"))
    for draft in drafts:
        if counts[fields.fold(draft.text("title"))] > 1 and not draft.text("detail"):
            draft.ask("Another row says the same. Is it one commitment, or two?")
