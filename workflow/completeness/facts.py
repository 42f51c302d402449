"""One partner's return for one period, as everything that judges it sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from workflow.merge import in_order
from workflow.model import (
    Finding,
    Form,
    Item,
    Period,
    Place,
    Purpose,
    Register,
    Severity,
    Slot,
    Standing,
    Submission,
    SubmissionState,
    Value,
    with_purpose,
)
from workflow.model.places import cells_of, column_letters
from workflow.validate import record_key


@dataclass(frozen=True)
class ReturnFacts:
    """One partner's return for one period. `standing` is the whole period's, `before` what stood at its start.

    `mine` are the answers that stand by this partner's word, `guests` those of any partner that stand beside a lead's: parts
    of `standing`, taken out of it once for all partners.
    """

    register: Register
    forms: Mapping[str, Form]
    period: Period
    today: date
    partner: str
    given: Mapping[str, Sequence[Item]]
    standing: Mapping[Slot, Standing]
    before: Mapping[Slot, Standing]
    mine: Mapping[Slot, Standing]
    guests: Mapping[Slot, Standing]
    submissions: Sequence[Submission]  # this partner's, for this period, in any state
    open: Sequence[Finding] = ()  # what its files are still asked about, each file by itself
    earlier: Mapping[Slot, tuple[Value, ...]] = field(default_factory=dict)  # what the quarters before gave, oldest first
    explained: frozenset[Place] = frozenset()  # cells that were asked about, and a reply or a decision closed it

    @cached_property
    def asked(self) -> frozenset[Place]:
        """The cells that something is asked about already, each cell of a merged range among them."""
        named = [p for f in self.open if f.severity is not Severity.NOTE for p in f.places]
        return self.explained.union(named, (replace(p, cell=cell) for p in named if ":" in p.cell for cell in cells_of(p.cell)))

    @cached_property
    def held(self) -> frozenset[Slot]:
        """The cells that hold an answer which was not taken: not blank, and not missing."""
        stopped = {p for f in self.open if f.severity is Severity.STOP for p in f.places}
        return frozenset(a.slot for s in self.merged for a in s.answers if a.place in stopped)

    @cached_property
    def mistaken(self) -> frozenset[str]:
        """Rows whose key was changed or stands twice: what is asked about the key is not asked again about the row."""
        keys = [f for f in self.open if f.code.startswith("row-key-")]
        twice = (key for f in keys if f.code == "row-key-repeated" for key in f.items)
        return frozenset((*(f.suggestion for f in keys), *twice))

    @cached_property
    def merged(self) -> list[Submission]:
        """Its files that were read, in the order they were sent."""
        return [s for s in in_order(self.submissions) if s.state is SubmissionState.MERGED]

    @cached_property
    def absent(self) -> frozenset[tuple[str, str]]:
        """The columns, by form and field, that a file left out and no other file has: one cause, asked about once."""
        gone = {(f.form, f.field) for s in self.merged for f in s.findings if f.code == "heading-missing"}
        there = {(name, f) for s in self.merged for name, grid in s.grids.items() for f in grid.columns}
        return frozenset(gone - there)

    @property
    def about(self) -> str:
        """The key of its "About this return" record."""
        return record_key(self.partner, self.period.key)

    @property
    def about_form(self) -> Form | None:
        """The form of that record."""
        return with_purpose(self.forms, Purpose.ABOUT)

    @property
    def about_name(self) -> str:
        """The name of that form, by which its answers are kept."""
        return form.name if (form := self.about_form) else ""

    def said(self, name: str) -> Value | None:
        """An answer of the sheet About this return."""
        standing = self.standing.get((self.about_name, self.about, name))
        return standing.value if standing else None

    def row(self, form: Form, key: str, by: str = "") -> dict[str, Standing]:
        """What stands in a row, by field name: the lead's words, or what another (`by`) said of it beside them."""
        end = f"@{by}" if by else ""
        return {f.name: s for f in form.fields if (s := self.standing.get((form.name, key, f"{f.name}{end}")))}

    def place(self, form: Form, key: str, name: str) -> Place:
        """Where a field of a row stands, or would stand: the latest file that has the row."""
        own = self.standing.get((form.name, key, f"{name}@{self.partner}"))
        standing = own or self.standing.get((form.name, key, name))
        if standing and not standing.carried and standing.place.cell and standing.partner == self.partner:
            return standing.place
        for submission in reversed(self.merged):
            grid = submission.grids.get(form.name)
            if grid and form.layout == "record" and name in grid.columns:
                line = grid.rows.get(name, 0)
                return Place(submission.place, grid.sheet, f"{column_letters(grid.columns[name])}{line}" if line else "")
            if grid and key in grid.rows and name in grid.columns:
                return Place(submission.place, grid.sheet, f"{column_letters(grid.columns[name])}{grid.rows[key]}")
        return Place(self.merged[-1].place if self.merged else "", form.sheet, "")
