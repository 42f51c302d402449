"""What one paper may say: which rows are in it, and what of them is held back for its audience.

The tracker has everything. A pack has its board's plans, themes and forms, and a pack for the public only what
`disclosure` lets through. The sheets ask the scope; none of them decides for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar, cast

from workflow import disclosure, fields, yearend
from workflow.disclosure import Withheld
from workflow.model import (
    Board,
    Content,
    Field,
    Form,
    Item,
    Mark,
    Period,
    Purpose,
    RagLevel,
    Register,
    Value,
    with_purpose,
)
from workflow.outputs import standing
from workflow.outputs.published import Published
from workflow.outputs.standing import Moment, Moments
from workflow.outputs.view import View

PUBLIC = "public"
T = TypeVar("T")
NOBODY = Board("", "", PUBLIC, "")  # a public paper of everything
PEOPLE_FIELDS = frozenset({"attended"})  # fields outside measures that count people


@dataclass(frozen=True)
class Scope:
    """One paper: the whole tracker (`board` None) or one board's pack."""

    moments: Moments
    board: Board | None = None
    within: Published | None = None  # of the paper that this closed period is corrected in, or of all reports
    report: bool = False  # a report that is asked for by name: its "board" is whoever reads it
    past: bool = False  # also what no paper of the period knows of: rows of other years, closed or not yet asked for

    @classmethod
    def on(cls, view: View, board: Board | None = None) -> Scope:
        """The paper of a board, or the tracker, made once: what was worked out for it is asked for again beside it."""
        found = view.kept.get((cls, board))
        if not isinstance(found, cls):
            found = view.kept[cls, board] = cls(Moments.on(view), board)
        return found

    @property
    def view(self) -> View:
        """The view it is made from."""
        return self.moments.view

    @property
    def register(self) -> Register:
        """The view's register."""
        return self.view.register

    @property
    def now(self) -> Moment:
        """What stands at the end of the period."""
        return self.moments.now

    @property
    def before(self) -> Moment:
        """What stood at the end of the period before."""
        return self.moments.before

    @property
    def word(self) -> str:
        """What people call its period: "quarter"."""
        return self.view.period.word

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it."""
        return self.board is not None and self.board.audience == PUBLIC

    @property
    def place(self) -> str:
        """Where fields are printed: `tracker` or `pack` (`Field.shown`)."""
        return "tracker" if self.board is None else "pack"

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Its table forms in order: those the board asks for, less those with no row that could be in its scope."""
        wanted = self.board.forms if self.board else ()
        tables = [f for f in self.view.forms.values() if f.layout == "table" and (not wanted or f.name in wanted)]
        return tuple(f for f in sorted(tables, key=lambda f: f.order) if self._has_sheet(f))

    def _has_sheet(self, form: Form) -> bool:
        if self.board is None or self._in_scope(form.name):
            return True
        return not form.items and form.only_quarter in (0, self.view.period.quarter)

    def shows(self, field: Field) -> bool:
        """Whether a field may be printed in this paper."""
        return field.shown(self.place) and (field.public or not self.is_public)

    @cached_property
    def kept(self) -> dict[Callable[[Scope], object], object]:
        """What several sheets of the paper ask for, worked out once (`once`)."""
        return {}

    # --- rows

    @cached_property
    def _rows(self) -> Mapping[str, tuple[Item, ...]]:
        """The view's rows; with the `past`, every row of the register that is no measure, in its order."""
        rows = self.view.rows
        if not self.past:
            return rows
        every: dict[str, tuple[Item, ...]] = {f: tuple(i for i in self.register.items if i.form == f) for f in rows}
        added = {f: tuple(i for i in own if i not in every[f]) for f, own in rows.items()}
        return {f: rows[f] if self.view.forms[f].is_measures else (*every[f], *added[f]) for f in rows}

    @cached_property
    def _by_form(self) -> dict[str, tuple[tuple[Item, str], ...]]:
        """Per form, every row in scope with why it is held back ("" where it is printed)."""
        return {form: tuple((i, self._why_held(i)) for i in rows if self.covers(i)) for form, rows in self._rows.items()}

    def _in_scope(self, form: str) -> tuple[Item, ...]:
        return tuple(item for item, _ in self._by_form.get(form, ()))

    def covers(self, item: Item) -> bool:
        """Whether an item is the board's business, by plan and theme. A row without a theme is only for boards that see all.

        A row that a partner added and that was closed before this quarter is no longer anybody's, nor is one that ended with
        an earlier year.
        """
        if self.board is None:
            return True
        if not self.past and standing.is_ended(self.now, item):
            return False
        if not self.past and standing.added(item) and standing.is_finished(self.before, item):
            return False
        theme = standing.theme_of(item, self.register)
        plan = standing.plan_of(item, self.register)
        return (not self.board.plans or plan in self.board.plans) and (
            not self.board.themes or (theme.id if theme else item.theme) in self.board.themes
        )

    def rows(self, form: str) -> tuple[Item, ...]:
        """The rows of a form that are printed, each once, in the view's order."""
        return tuple(item for item, why in self._by_form.get(form, ()) if not why)

    def of(self, purpose: Purpose) -> tuple[Item, ...]:
        """The printed rows of the form that is for something; none where there is no such form."""
        form = with_purpose(self.view.forms, purpose)
        return self.rows(form.name) if form else ()

    @property
    def measure(self) -> str:
        """What people call one of its figures: "measure"."""
        form = with_purpose(self.view.forms, Purpose.MEASURES)
        return form.one if form else "measure"

    @property
    def has_measures(self) -> bool:
        """Whether there is a form for measures."""
        return with_purpose(self.view.forms, Purpose.MEASURES) is not None

    @property
    def measures(self) -> Form:
        """The form for measures, asked for only where there is one."""
        form = with_purpose(self.view.forms, Purpose.MEASURES)
        if form is None:
            raise KeyError("there is no form for measures")
        return form

    def held(self, form: str) -> tuple[Item, ...]:
        """The rows of a form that are in scope and held back from this audience."""
        return tuple(item for item, why in self._by_form.get(form, ()) if why)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every printed row of every form."""
        return tuple(i for f in self.forms for i in self.rows(f.name))

    def _why_held(self, item: Item) -> str:
        if not self.is_public:
            return ""
        if standing.added(item) and self.view.forms[item.form].items:
            return "Proposed by a partner and not yet accepted into the plan"
        return disclosure.hold_back(item.text("public"), self.now.value(item, "public_safe"))

    @cached_property
    def year_end(self) -> yearend.YearEnd:
        """What becomes of every item and proposal, as the period leaves it."""
        view = self.view
        return yearend.year_end(view.register, view.forms, view.period, view.now, {key for _, key, _ in view.by_period})

    # --- cells

    @cached_property
    def limits(self) -> disclosure.Limits:
        """From which counts on figures are shown to the public."""
        given, usual = self.view.thresholds, disclosure.Limits()
        return disclosure.Limits(int(given.get("small_number", usual.count)), int(given.get("hidden_base", usual.base)))

    @cached_property
    def _hidden(self) -> dict[tuple[str, str], Mapping[str, str]]:
        """Per printed row of a public pack, the cells shown as [c] and why. Empty for other audiences."""
        if not self.is_public:
            return {}
        every = [i for f in self.view.forms for i in self._rows.get(f, ())]
        measures = {i.key: found for i in every if i.is_measure and (found := self._hidden_of_measure(i))}
        hidden: dict[tuple[str, str], Mapping[str, str]] = {}
        for item in every:
            of_row = measures.get(item.key) if item.is_measure else self._hidden_of_row(item, set(measures))
            if of_row:
                hidden[item.form, item.key] = of_row
        return hidden

    @cached_property
    def published(self) -> Published:
        """What all public papers so far print, and must hide: one decision for every board, so that no two papers differ."""
        if self.within:
            return self.within
        public = [b for b in self.register.boards if b.audience == PUBLIC]
        if self.report:
            return self._of_reports(Scope(self.moments, public[0]).published if public else None)
        boards = public if self.board is None or self.board in public else [*public, self.board]
        name = f"published {' '.join(b.id for b in boards)}"
        found = self.view.kept.get(name)  # several papers are made of one view
        if not isinstance(found, Published):
            scopes = [Scope(self.moments, b) for b in boards]
            found = Published(self.view, self.limits, lambda item, period: any(s.prints(item, period) for s in scopes))
            self.view.kept[name] = found
        return found

    def _of_reports(self, packs: Published | None) -> Published:
        """What public reports print: any of them any row, so that they are judged as one paper, which comes after the packs."""
        found = self.view.kept.get("published reports")
        if not isinstance(found, Published):
            every = Scope(self.moments, NOBODY)
            found = Published(self.view, self.limits, every.prints, packs)
            self.view.kept["published reports"] = found
        return found

    def prints(self, item: Item, period: Period) -> bool:
        """Whether this board's pack of a period has a row for an item, as the register and the answers stand now."""
        due = self.board is None or not self.board.quarters or period.quarter in self.board.quarters
        return due and self.covers(item) and not self._why_held(item)

    def _hidden_of_measure(self, item: Item) -> Mapping[str, str]:
        return disclosure.dependents(self.published.hidden_of(item, self.now.readings))

    def _hidden_of_row(self, item: Item, measures: set[str]) -> Mapping[str, str]:
        """Counts of people in other forms; an indicator's words where they say a number that its measure hides."""
        found = {
            name: f"a count of people under {self.limits.count}"
            for name in PEOPLE_FIELDS
            if isinstance(value := self.now.value(item, name), int) and disclosure.small(value, self.limits.count)
        }
        linked = item.text("measure")
        if linked in measures:
            words = "\n".join(self.now.words(item, f.name) for f in self.view.forms[item.form].answers)
            if disclosure.mentions(words, self._hidden_numbers(linked)):
                found["progress"] = "it says a figure that is not shown"
        return found

    def _hidden_numbers(self, key: str) -> set[Decimal]:
        item = next(i for i in self.view.measures if i.key == key)
        now, before = self.now.readings.now(item), self.now.readings.before(item)
        numbers = [r for reading in (now, before) if reading for r in (reading.value, reading.numerator)]
        return {n for n in numbers if n is not None and n != 0}

    def hidden(self, item: Item) -> Mapping[str, str]:
        """The cells of a row that this audience sees as [c], by name, each with why."""
        return self._hidden.get((item.form, item.key), {})

    def why_hidden_then(self, item: Item, period: str) -> str:
        """Why a measure's figure of one period, this or an earlier one, is not shown to this audience; "" where it is."""
        if not self.is_public or not item.is_measure:
            return ""
        own = self.hidden(item).get("value", "") if period == self.view.period.key else ""
        return own or self.published.why_hidden(item, period)

    def small(self, value: Value | None) -> bool:
        """Whether a count of people is too small for this paper's readers."""
        return self.is_public and isinstance(value, int) and disclosure.small(value, self.limits.count)

    def rag(self, item: Item) -> RagLevel | None:
        """Its RAG as this audience may see it."""
        return None if "rag" in self.hidden(item) else standing.rag_at(self.now, item)

    def rag_then(self, moment: Moment, item: Item) -> RagLevel | None:
        """Its RAG at the end of a period, as this audience may see it: none of a figure that is hidden then or now."""
        hidden = "rag" in self.hidden(item) or self.why_hidden_then(item, moment.period.key)
        return None if hidden else standing.rag_at(moment, item)

    # --- what was left out

    @cached_property
    def withheld(self) -> tuple[Withheld, ...]:
        """All that this paper leaves out of its scope for its audience's sake, for the coordinator."""
        found: list[Withheld] = []
        for form in self.forms:
            printed = [f for f in form.fields if self.is_public and self.shows(f)]
            for item, why in self._by_form.get(form.name, ()):
                if why:
                    given = self.now.words(item, "public_reason")
                    found.append(Withheld(item.key, form.name, "The whole row", why, given))
                    continue
                if hidden := self.hidden(item):
                    reasons = "; ".join(dict.fromkeys(hidden.values()))
                    found.append(Withheld(item.key, form.name, _cell_words(hidden, form), reasons[:1].upper() + reasons[1:]))
                found += self._masked(printed, item)
        return disclosure.in_order(found)

    def _masked(self, printed: Iterable[Field], item: Item) -> Iterable[Withheld]:
        """What a public paper shows masked of a row's words, as it looks like personal data (`said`)."""
        hidden = self.hidden(item)
        for field in printed:
            value = self.now.value(item, field.name) or item.values.get(field.source or field.name)
            if isinstance(value, str) and field.name not in hidden:
                masks = dict.fromkeys(hit.mask for hit in fields.find_personal(value, self.register.addresses))
                if masks:
                    what = f"{', '.join(masks)} in {field.heading}"
                    yield Withheld(item.key, item.form, what, "It looks like personal data, so it is shown masked")

    def said(self, content: Content) -> Content:
        """A cell as this audience may see it: for the public, what looks like personal data is masked (domain.md B9)."""
        if not self.is_public:
            return content
        if isinstance(content, Mark):
            return replace(content, value=self.said(content.value))  # type: ignore[arg-type] # a value stays a value
        return fields.mask(content, self.register.addresses, whole=True) if isinstance(content, str) else content


def once(scope: Scope, work: Callable[[Scope], T]) -> T:
    """What a function makes of a paper, worked out when it is first asked for."""
    if work not in scope.kept:
        scope.kept[work] = work(scope)
    return cast(T, scope.kept[work])


def _cell_words(names: Iterable[str], form: Form) -> str:
    """The headings of the cells that are hidden: "Value, Change"."""
    derived = {"previous": "Value last time", "change": "Change", "direction": "Direction", "rag": "RAG"}
    return ", ".join(derived.get(n) or (form.field(n).heading if form.has(n) else n) for n in names)


def shown_value(scope: Scope, item: Item, name: str) -> Value | None:
    """An answer as the scope's audience may see it: the value, [c], or None where there is none."""
    return disclosure.HIDDEN if name in scope.hidden(item) else scope.now.value(item, name)
