"""From the tables of old files to everything that is proposed: the door between what was found and what is reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from workflow import fields
from workflow.importing import prose, texts
from workflow.importing.drafts import Draft
from workflow.importing.figures import figures
from workflow.importing.headings import Headings
from workflow.importing.naming import Keys, key_part, keys_of, year_of
from workflow.importing.people import People
from workflow.importing.plans import PlanDraft, Plans
from workflow.importing.recognise import Recognised, recognise
from workflow.importing.rows import Reader, of, repeated
from workflow.importing.shape import title_of, without_tail
from workflow.importing.values import OWN_SHEETS, TAKE, Found, Ground, Imported, Proposal, numbered, where
from workflow.model import Aside, Confidence, GridKind, OldTable, SetAside, Source, Value

FIGURES = "Measures proposed"
COMMITMENTS = "commitments"  # the form of promises that stand in running text
_UNKNOWN = "No form fits this table, so it was set aside. If its rows should be tracked, head its columns as the register does."
_IN_TEXT = "This list stands in the text, under a line that calls it so. Are these commitments?"
_STRANGERS = "No field fits {columns}, so what stands there was set aside. Should it go somewhere?"
_NO_LEAD = "The file names no lead. Which partner is accountable?"
_TWICE = "{ref} is the reference of more than one row. A spreadsheet turns 1.10 into 1.1: which is it?"
_LACKING = "The file does not say {what}. Please enter it, so that the figure can be asked for and shown safely."
_MEASURE = {
    "unit": "its unit", "counts": "what it counts", "polarity": "which way is better", "period_type": "the period it covers",
}  # fmt: skip
_HIDDEN = "This row is hidden in the file. Should it be taken?"
_THERE = "The register has {key} with the same words already. Is this another row?"


def propose(sources: Sequence[Source], tables: Iterable[OldTable], ground: Ground, today: date) -> Imported:
    """Everything that the files hold, as rows for the register. `tables` are those of all the files.

    Every cell of every file is in a row or set aside: `balances` proves it.
    """
    headings = Headings(ground)
    found = [recognise(without_tail(table), ground, headings) for table in tables]
    work = _Work(ground, today)
    work.plans.survey(sources, (f for f in found if f.form in ground.item_forms))
    told = [work.take(f) for f in found]
    told += [f for s in sources for f in work.prose(s, headings)]
    work.finish()
    rows = numbered(work.made, (*ground.item_forms, *OWN_SHEETS, FIGURES))
    aside = _once(work.aside, rows)
    notes = tuple(f"{s.file}: {note}" for s in sources for note in s.notes)
    return Imported(tuple(sources), tuple(told), rows, aside, notes)


class _Work:
    """The rows of all tables, gathered one table after another."""

    def __init__(self, ground: Ground, today: date) -> None:
        self.ground = ground
        self.plans, self.people = Plans(ground), People(ground, today)
        self.reader = Reader(ground, self.people, texts.Texts(today))
        self.keys: Keys = keys_of(ground.register)
        self.refs: dict[tuple[str, str], list[Draft]] = {}  # by plan: the rows that bear a reference
        self.made: list[Proposal] = []
        self.aside: list[SetAside] = []

    def take(self, found: Recognised) -> Found:
        """Make the rows of one table."""
        grid = found.table.grid
        set_aside = len(self.aside)
        self.aside += [_as_text(a, found.table) for a in found.table.aside]
        questions = [*found.doubts]
        before = len(self.made)
        if not found.form:
            self._unknown(found)
            if any(a.why is Aside.UNKNOWN for a in self.aside[set_aside:]):
                questions.append(_UNKNOWN)
        elif found.form in OWN_SHEETS:
            self._own(found)
        else:
            self._items(found)
        strangers = [h.text for h in found.table.headings if h.col in found.rest and h.text] if found.form else []
        if strangers:
            questions.append(_STRANGERS.format(columns=fields.listed([f'"{s}"' for s in strangers], "and")))
        return Found(
            grid.file, grid.name, title_of(found.table)[0], found.form, found.confidence, len(self.made) - before,
            tuple(questions),
        )  # fmt: skip

    def finish(self) -> None:
        """What the rows need besides: plans, themes, partners, aliases, and measures for the figures in their texts."""
        items = [p for p in self.made if p.sheet in self.ground.item_forms]
        self.made += [*self.plans.proposals(), *self.people.proposals()]
        if measures := next((n for n, f in self.ground.forms.items() if f.is_measures), ""):
            self.made += [replace(p, sheet=FIGURES) for p in figures(items, self.keys, self.reader.texts)] if measures else []

    def _unknown(self, found: Recognised) -> None:
        cells = [c for h in found.table.headings for c in h.cells]
        cells += [
            c for row in found.table.rows for c in (*row.band, *(c for col in {*row.cells, *row.more} for c in of(row, col)))
        ]
        is_text = found.table.grid.kind is GridKind.PROSE
        lines = is_text or (all(len(row.cells) <= 1 for row in found.table.rows) and len({c.col for c in cells}) <= 1)
        self.aside += [SetAside(c, Aside.OUTSIDE if lines else Aside.UNKNOWN) for c in cells]

    def _own(self, found: Recognised) -> None:
        """Rows of the register's own sheets: terms, contacts, partners."""
        for heading in found.table.headings:
            self.aside += [SetAside(c, Aside.HEADING) for c in heading.cells]
        there = {fields.fold(t.term) for t in self.ground.register.glossary}
        for row in found.table.rows:
            cells = [c for col in found.columns.values() for c in of(row, col)]
            others = [c for col in {*row.cells, *row.more} if col not in found.columns.values() for c in of(row, col)]
            self.aside += [SetAside(c, Aside.COLUMN) for c in (*row.band, *others)]
            values: dict[str, Value] = {
                n: " ".join(row.text(col).split()) for n, col in found.columns.items() if row.text(col).strip()
            }
            if not values:
                self.aside += [SetAside(c, Aside.EMPTY) for c in cells]
                continue
            asked = self.people.settle(found.form, values) if found.form != "glossary" else ()
            known = found.form == "glossary" and fields.fold(str(values.get("term", ""))) in there
            if known:
                asked = (*asked, "The register explains this already. Leave it out, unless this is better.")
            lacking = len(values) < len(found.columns)
            sure = Confidence.CHECK if lacking or known else found.confidence
            self.made.append(
                Proposal(found.form, values, sure, tuple(asked), (), tuple(cells), "" if sure is Confidence.CHECK else TAKE)
            )

    def _items(self, found: Recognised) -> None:
        plan = self.plans.of(found.table.grid.file)
        drafts = self.reader.drafts(found)
        self.aside += self.reader.aside
        self.reader.aside = []
        repeated(drafts)
        title, cells = title_of(found.table) if self.plans.titled(found.table.grid.file) else ("", ())
        for draft in drafts:
            draft.theme = draft.theme if draft.theme[0] else (title, cells)
            self._place(draft, plan, found.form)
        self.made += [draft.proposal(found.form) for draft in drafts]

    def prose(self, source: Source, headings: Headings) -> Iterator[Found]:
        """Make the rows of lists in a file's running text."""
        if COMMITMENTS not in self.ground.item_forms:
            return
        for block in prose.blocks(self.aside, source.grids, headings):
            plan = self.plans.of(source.file)
            before = len(self.made)
            for n, entry in enumerate(block.entries()):
                draft = Draft(theme=(block.theme, block.theme_cells)).entry(entry)
                draft.add(*(block.cells if n == 0 else block.own(entry)))
                if years := year_of(block.section):
                    draft.put("year", f"{years[0]}/{years[1] % 100:02d}")
                self.reader.texts.tidied(draft)
                self.reader.texts.progress(draft)
                self._place(draft, plan, COMMITMENTS)
                self.made.append(draft.proposal(COMMITMENTS))
            rows = len(self.made) - before
            yield Found(source.file, block.grid.name, block.section, COMMITMENTS, Confidence.LIKELY, rows, (_IN_TEXT,))

    def _place(self, draft: Draft, plan: PlanDraft, form: str) -> None:
        """Give a row its plan, theme and permanent key, and ask what only a person can say."""
        theme = self.plans.theme(plan, *draft.theme)
        ref = draft.text("ref")
        if rag := draft.text("opening_rag"):
            plan.words[rag] += 1
        if self.ground.forms[form].is_measures:
            plan.measured = True
            lacking = [word for name, word in _MEASURE.items() if not draft.text(name)]
            draft.ask(_LACKING.format(what=fields.listed(lacking, "and")) if lacking else "")
        start = plan.id if theme.whole or theme.id == plan.id else f"{plan.id}-{theme.id}"
        part = key_part(ref)
        numbered_only = draft.listed or not part
        key = self.keys.next(f"{start}-") if numbered_only else self.keys.free(f"{plan.id}-{part}")
        again = self.refs.setdefault((plan.id, fields.fold(ref)), [])
        if ref and not draft.listed:
            again.append(draft)
        if len(again) > 1:
            for one in again:
                one.doubted(Confidence.CHECK, _TWICE.format(ref=ref))
        draft.values = {"key": key, "plan": plan.id, "theme": theme.id, **draft.values}
        if not draft.text("lead"):
            draft.ask(_NO_LEAD)
        if any(c.hidden for c in draft.cells):
            draft.doubted(Confidence.CHECK, _HIDDEN)
        same = self._there(form, draft.text("title"), draft.text("detail"))
        if same:
            draft.doubted(Confidence.CHECK, _THERE.format(key=same))

    def _there(self, form: str, title: str, detail: str) -> str:
        """The key of a row of the register that says the same, "" for none."""
        at = (fields.fold(title), fields.fold(detail))
        rows = (i for i in self.ground.register.items if i.form == form)
        return next((i.key for i in rows if title and (fields.fold(i.text("title")), fields.fold(i.text("detail"))) == at), "")


def _as_text(aside: SetAside, table: OldTable) -> SetAside:
    """A line of one cell in what no table was found in is running text."""
    alone = aside.why is Aside.UNKNOWN and sum(c.row == aside.cell.row for c in table.grid.cells) == 1
    return replace(aside, why=Aside.OUTSIDE) if alone else aside


def _once(aside: Iterable[SetAside], rows: Iterable[Proposal]) -> tuple[SetAside, ...]:
    """What is set aside, each cell once, and none that a row has."""
    placed = {where(c) for p in rows for c in p.cells}
    found: dict[tuple[str, str, int, int], SetAside] = {}
    for a in aside:
        if where(a.cell) not in placed:
            found.setdefault(where(a.cell), a)
    return tuple(found.values())
