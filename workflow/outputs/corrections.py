"""Corrections to earlier papers: what stands otherwise, in a period that is closed, than its papers show (restatements).

Each value is read as the closed period's own paper would print it, then and now, so that a correction says no more of a row
than that paper may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workflow import disclosure
from workflow.fields import day_in, mask, show
from workflow.history import Entry
from workflow.model import OFFICE, Column, Content, Field, Form, Item, Kind, Period, Role, Sheet, Slot, Standing
from workflow.outputs import exceptions
from workflow.outputs.columns import MODERATED, NOW_DUE, RAG_NOW, parts_of
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope, shown_value
from workflow.outputs.sheets import NOT_AVAILABLE, Part, text_of, title_words
from workflow.outputs.standing import Moments, place_words
from workflow.outputs.view import Restated
from workflow.wording import shorten

_LABEL = 70  # characters of a row's title, the whole of which stands on its own sheet
_ON_EXCEPTIONS = ("slip_reason", "recovery", "help_needed")  # packs print these on the Exceptions sheet only


@dataclass(frozen=True, slots=True)
class Correction:
    """One value of one row. `by` is the answer that stands now; None where none does any more."""

    period: Period
    item: Item
    what: str
    old: Content
    new: Content
    why: str
    by: Standing | None


def corrections(scope: Scope) -> tuple[Correction, ...]:
    """Every value that the scope's readers were told otherwise, by period, then in the order of the sheets."""
    return tuple(c for restated in scope.view.restated for c in _Closed(scope, restated).corrections())


def corrections_sheet(scope: Scope) -> Sheet:
    """One row per value: what the closed papers show, what stands now, and why."""
    rows = [_row(scope, c) for c in corrections(scope)]
    columns: tuple[Column, ...] = (
        Column("Row key", width=14, key=True),
        Column("What", Kind.LONG_TEXT, 30),
        Column("Papers of", width=12),
        Column("Changed", width=16),
        Column("Was", Kind.LONG_TEXT, 27),
        Column("Is now", Kind.LONG_TEXT, 27),
        Column("Why", Kind.LONG_TEXT, 24),
    )
    if scope.board is None:
        columns += (Column("Source", width=30), Column("Sent", Kind.DATE, 13))
    return table_sheet(scope, words_of(scope, "corrections"), columns, rows)


def _row(scope: Scope, c: Correction) -> tuple[Content, ...]:
    row: tuple[Content, ...] = (
        c.item.key,
        shorten(title_words(c.item), _LABEL),
        c.period.label,
        c.what,
        c.old,
        c.new,
        mask(c.why, scope.register.addresses) if scope.board else c.why,
    )
    return row if scope.board else (*row, place_words(c.by) if c.by else None, day_in(c.by.sent) if c.by else None)


class _Closed:
    """One closed period for one paper's readers: as its paper had it, and as it would have it now."""

    def __init__(self, scope: Scope, restated: Restated) -> None:
        self._scope = scope
        self._known = restated.known
        self.then = Scope(Moments(restated.then), scope.board)
        self.now = Scope(Moments(restated.now), scope.board, scope.published if scope.is_public else None)
        self._period = restated.now.period
        self._columns: dict[str, tuple[dict[str, Part], dict[str, Part]]] = {}  # by form, then and now, by heading

    def corrections(self) -> Iterator[Correction]:
        for form in self.now.forms:
            changed = self._changed.get(form.name, {})
            for item in self._rows(form) if changed else ():
                if names := changed.get(item.key):
                    yield from self._of_item(form, item, names)

    @cached_property
    def _changed(self) -> Mapping[str, Mapping[str, list[str]]]:
        """By form and row, the fields in which the period itself gives something else than it did."""
        found: dict[str, dict[str, list[str]]] = {}
        for form, key, name in changed_slots(self.then.view.by_period, self.now.view.by_period, self._period.key):
            found.setdefault(form, {}).setdefault(key, []).append(name)
        return found

    def _rows(self, form: Form) -> Iterable[Item]:
        """The rows that may be printed: neither held back by that period's paper as it would be now, nor by this one."""
        held = {i.key for i in (*self.now.held(form.name), *self._scope.held(form.name))}
        rows = {i.key: i for i in (*self.now.rows(form.name), *self.then.rows(form.name))}  # one may be gone since
        return (item for key, item in rows.items() if key not in held)

    def _of_item(self, form: Form, item: Item, names: list[str]) -> Iterator[Correction]:
        was_held = item.key in {i.key for i in self.then.held(form.name)}
        told: set[str] = set()
        for name, heading, old, new in self._contents(form, item, self._in_order(form, names)):
            if heading not in told and text_of(old) != text_of(new):
                told.add(heading)
                slot = (form.name, item.key, name)
                before = disclosure.HIDDEN if was_held else old
                yield Correction(self._period, item, heading, before, new, self._why(slot), self._given(self.now, slot))

    @staticmethod
    def _in_order(form: Form, names: list[str]) -> list[str]:
        order = {f.name: n for n, f in enumerate(form.fields)}
        return sorted(names, key=lambda name: (order.get(name.partition("@")[0], len(order)), name))

    def _contents(self, form: Form, item: Item, names: list[str]) -> Iterator[tuple[str, str, Content, Content]]:
        """What changed answers are printed as: field, heading, the cell then and now. The RAG that follows comes last."""
        for name in names:
            yield from ((name, *cell) for cell in self._content(form, item, name))
        then, now = self._parts(form)
        if RAG_NOW in now:
            follows = next((name for name in ("status", "value") if name in names), names[0])
            yield follows, RAG_NOW, self._cell(then.get(RAG_NOW), item), self._cell(now[RAG_NOW], item)

    def _content(self, form: Form, item: Item, name: str) -> Iterator[tuple[str, Content, Content]]:
        base, _, other = name.partition("@")
        field = form.field(base) if form.has(base) else None
        if field is None or field.role is Role.PREVIOUS:
            return
        then, now = self._parts(form)
        if other:
            heading = MODERATED if other == OFFICE else ""
        else:
            heading = {"rag": RAG_NOW, "new_due": NOW_DUE if self._scope.board else field.heading}.get(base, field.heading)
        if heading in now:
            yield heading, self._cell(then.get(heading), item), self._cell(now[heading], item)
        elif other and self._scope.board is None and other != OFFICE:
            said = f"{field.heading} (said by {self._scope.register.partner_name(other)})"
            slot = (form.name, item.key, name)
            yield said, self._value(self.then, slot), self._value(self.now, slot)
        elif base in _ON_EXCEPTIONS and item.key in self._excepted and (field.public or not self._scope.is_public):
            yield field.heading, self._excepted_cell(self.then, item, field), self._excepted_cell(self.now, item, field)

    @cached_property
    def _excepted(self) -> set[str]:
        """The rows that the Exceptions sheet lists, then or now."""
        return {e.item.key for scope in (self.then, self.now) for e in exceptions.exceptions(scope)}

    def _excepted_cell(self, scope: Scope, item: Item, field: Field) -> Content:
        said = exceptions.decision_wanted(scope, item) if field.name == "help_needed" else shown_value(scope, item, field.name)
        return said or self._blank(NOT_AVAILABLE)

    def _parts(self, form: Form) -> tuple[dict[str, Part], dict[str, Part]]:
        if form.name not in self._columns:
            then, now = ({part.heading: part for part in parts_of(scope, form)} for scope in (self.then, self.now))
            self._columns[form.name] = then, now
        return self._columns[form.name]

    def _cell(self, part: Part | None, item: Item) -> Content:
        content = part.cell(item) if part else None
        return content if text_of(content) else self._blank(part.blank if part else NOT_AVAILABLE)

    def _value(self, scope: Scope, slot: Slot) -> Content:
        given = self._given(scope, slot)
        return None if given is None else given.value

    def _blank(self, word: str) -> Content:
        return word if self._scope.board else None

    def _given(self, scope: Scope, slot: Slot) -> Standing | None:
        return scope.view.by_period.get(slot, {}).get(self._period.key)

    # --- why

    def _why(self, slot: Slot) -> str:
        """The reason of the decision that made it so, or which later return did."""
        old, new = (self._given(scope, slot) for scope in (self.then, self.now))
        entry, before = self._entry(slot, new), self._entry(slot, old)
        for one in (entry, before):
            if one and one.decision:
                return one.decision.reason or f"Decided by {self._scope.register.partner_name(OFFICE)}"
        if new and new.sha256 not in self._known:
            leaf = entry.leaf if entry else None
            received = f", received {show(day)}" if (day := day_in(leaf.received if leaf else new.sent)) else ""
            if leaf and leaf.partner == OFFICE:
                return f"Entered by {self._scope.register.partner_name(OFFICE)}{received}"
            return f"A later return of {self._scope.register.partner_name(new.partner)}{received}"
        if new and new.carried:
            return f"It repeats an answer of an earlier {self._scope.word}, which was corrected"
        if old and not before:
            return "The return that had said so was taken back"
        return "Read again after the register or the forms had changed"

    def _entry(self, slot: Slot, standing: Standing | None) -> Entry | None:
        """What the history tells of a value of this period."""
        if standing is None:
            return None
        told = self.now.view.history.get(slot, ())
        cell = (standing.sha256, standing.place)
        return next((e for e in told if (e.standing.sha256, e.standing.place) == cell and e.period == self._period.key), None)


def changed_slots(
    then: Mapping[Slot, Mapping[str, Standing]], now: Mapping[Slot, Mapping[str, Standing]], period: str
) -> Iterator[Slot]:
    """The slots in which a period gives something else than it gave then, something that it did not, or nothing any more."""
    for slot in {**now, **then}:
        old, new = then.get(slot, {}).get(period), now.get(slot, {}).get(period)
        if (old.value if old else None) != (new.value if new else None):
            yield slot
