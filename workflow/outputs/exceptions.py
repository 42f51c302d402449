"""The two sheets that a chair reads first: what needs attention, and what changed since the quarter before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow import disclosure
from workflow.fields import day_in, show
from workflow.model import Column, Content, Form, Item, Kind, Sheet, Standing
from workflow.outputs import standing
from workflow.outputs.columns import NOW_DUE, RAG_NOW, has_rag, rag_now
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope, once, shown_value
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, rag_mark, title_words
from workflow.wording import shorten

MOVED_OFTEN = 2.0  # a date that moved this often is put before the board (domain.md B4)
_LABEL = 120  # characters of a row's title, where the whole of it stands on another sheet
_SHORT = frozenset({Kind.CHOICE, Kind.DATE, Kind.WHOLE, Kind.MONEY, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.YES_NO})
_NOT_A_CHANGE = frozenset({"no_change", "public_safe", "rag", "new_due", "slip_reason"})


@dataclass(frozen=True, slots=True)
class Exception_:  # noqa: N801 - the board's own word; the builtin keeps its name
    """One row that needs the board's attention, and why it is listed: at least one reason, in the order of weight."""

    item: Item
    reasons: tuple[str, ...]
    red: bool
    overdue: int


def exceptions(scope: Scope) -> tuple[Exception_, ...]:
    """Red, amber and slipping, overdue, moved twice or more, or a decision wanted. Red first, then the longest overdue."""
    return once(scope, _exceptions)


def _exceptions(scope: Scope) -> tuple[Exception_, ...]:
    found = [e for form in scope.forms for item in scope.rows(form.name) if form.items and (e := _exception(scope, form, item))]
    return tuple(sorted(found, key=lambda e: (not e.red, -e.overdue)))


def _exception(scope: Scope, form: Form, item: Item) -> Exception_ | None:
    level = scope.rag(item) if form.is_measures or has_rag(scope, form) else None
    late = standing.days_overdue(scope.now, item) or 0
    moved = standing.times_moved(scope.moments, item)
    finished = standing.is_finished(scope.now, item)
    reasons: list[str] = []
    if standing.is_red(level) and level:
        reasons.append(level.word)
    if standing.is_amber(level) and level and (why := _slipping(scope, item, late)):
        reasons.append(f"{level.word} and {why}")
    if late:
        reasons.append("Overdue")
    if moved >= scope.view.thresholds.get("revisions", MOVED_OFTEN) and not finished:
        reasons.append(f"Due date moved {'twice' if moved == 2 else f'{moved} times'}")
    if decision_wanted(scope, item):
        reasons.append("Decision wanted")
    return Exception_(item, tuple(reasons), standing.is_red(level), late) if reasons else None


def _slipping(scope: Scope, item: Item, late: int) -> str:
    """Why an amber row is slipping; "" where it is not. Amber that is overdue is listed as overdue."""
    if not late and standing.proposed_due(scope.now, item):
        return "a new date proposed"
    was = standing.rag_at(scope.before, item)
    if not item.is_measure and standing.direction(scope.rag(item), was) == standing.WORSE:
        return "worse than last time"
    return ""


def decision_wanted(scope: Scope, item: Item) -> str:
    """What the lead wants of the board, if this very quarter's return asks for it."""
    given = scope.view.reported(item.form, item.key, "help_needed")
    return "" if given is None or not _may(scope, item, "help_needed") else show(given.value)


def _may(scope: Scope, item: Item, name: str) -> bool:
    """Whether a field may be read by this paper's readers. Exceptions prints fields that packs have no column for."""
    form = scope.view.forms[item.form]
    return form.has(name) and (form.field(name).public or not scope.is_public)


def _said(scope: Scope, item: Item, name: str) -> Content:
    return shown_value(scope, item, name) if _may(scope, item, name) else None


def exceptions_sheet(scope: Scope) -> Sheet:
    """One row per exception: what, was due, now due, days overdue, why, recovery, decision wanted."""
    found = exceptions(scope)
    columns = (
        Column("Row key", width=12, key=True),
        Column("What", Kind.LONG_TEXT, 28),
        Column("Lead", width=16),
        Column(RAG_NOW, width=13),
        Column("Why it is listed", width=15),
        Column("Was due", Kind.DATE, 12),
        Column(NOW_DUE, width=13),
        Column("Days overdue", Kind.WHOLE, 10),
        Column("Reason given", Kind.LONG_TEXT, 18),
        Column("Getting back on track", Kind.LONG_TEXT, 24),
        Column("Decision wanted", Kind.LONG_TEXT, 20),
    )
    return table_sheet(scope, words_of(scope, "exceptions"), columns, [_exception_row(scope, e) for e in found])


def _exception_row(scope: Scope, e: Exception_) -> tuple[Content, ...]:
    item, blank = e.item, NOT_AVAILABLE if scope.board else None
    none = NOT_APPLICABLE if scope.board else None
    if item.is_measure:
        comment = scope.view.reported(item.form, item.key, "comment") if _may(scope, item, "comment") else None
        hidden = "comment" in scope.hidden(item)
        why: Content = disclosure.HIDDEN if hidden else show(comment.value) if comment else blank
        dates: tuple[Content, ...] = (none, none, none)
    else:
        why = _said(scope, item, "slip_reason") or blank
        due = item.day("due")
        dates = (
            due or none,
            standing.now_due(scope.now, item) or none,
            standing.days_overdue(scope.now, item) if due else none,
        )
    mark = rag_now(scope, item)
    return (
        item.key,
        shorten(title_words(item), 2 * _LABEL),
        scope.register.partner_name(item.lead),
        mark or none,
        ". ".join(e.reasons),
        *dates,
        why,
        _said(scope, item, "recovery") or (none if item.is_measure else blank),
        decision_wanted(scope, item) or none,
    )


# --- what changed


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is other than it was at the end of the quarter before. `by` is the answer that made it so."""

    item: Item
    what: str
    old: Content
    new: Content
    by: Standing | None


def changes(scope: Scope) -> tuple[Changed, ...]:
    """Every short answer, RAG and due date of a row in scope that is other than it was, and every row that is new.

    Progress and figures are not listed: they are new each quarter and stand on their own sheets, beside the last ones.
    """
    return once(scope, _changes)


def _changes(scope: Scope) -> tuple[Changed, ...]:
    forms = [f for f in scope.forms if f.items or f.carry_rows]
    return tuple(c for form in forms for item in scope.rows(form.name) for c in _of_item(scope, form, item))


def _of_item(scope: Scope, form: Form, item: Item) -> Iterable[Changed]:
    if standing.added(item) and not any(scope.before.standing(item, f.name) for f in form.answers):
        first = next((s for f in form.answers if (s := scope.now.standing(item, f.name))), None)
        yield Changed(item, "New row", None, "Added", first)
        return
    if not form.is_measures:
        yield from _answers(scope, form, item)
    if form.has("new_due") and not standing.is_finished(scope.now, item):  # a finished row has no date to move
        was, now = standing.now_due(scope.before, item), standing.now_due(scope.now, item)
        if was != now:
            yield Changed(item, NOW_DUE, was, now, scope.now.standing(item, "new_due"))
    yield from _rag(scope, form, item)


def _answers(scope: Scope, form: Form, item: Item) -> Iterable[Changed]:
    """The short answers. One that must be given each quarter is a change only where there was an earlier one, and what only
    one quarter asks for is none."""
    for field in form.answers:
        if not field.only_quarter and field.kind in _SHORT and field.name not in _NOT_A_CHANGE and scope.shows(field):
            old, new = scope.before.value(item, field.name), shown_value(scope, item, field.name)
            if new is not None and old != new and (old is not None or not field.required):
                yield Changed(item, field.heading, old, new, scope.now.standing(item, field.name))


def _rag(scope: Scope, form: Form, item: Item) -> Iterable[Changed]:
    """A RAG that moved. One that only follows the status says nothing that the status does not."""
    if not form.is_measures and not has_rag(scope, form):
        return
    old, new = scope.rag_then(scope.before, item), scope.rag(item)
    if old is None or new is None or old == new or (new.rule == "status is" and old.rule == "status is"):
        return
    field = {"chosen": "rag", "status is": "status", "off target %": "value"}.get(new.rule, "")
    yield Changed(item, RAG_NOW, rag_mark(old), rag_mark(new), scope.now.standing(item, field))


def changes_sheet(scope: Scope) -> Sheet:
    """One row per change: old, new, when, who."""
    rows = [
        (
            c.item.key,
            shorten(title_words(c.item), _LABEL),
            c.what,
            _blank(c.old, scope),
            c.new,
            day_in(c.by.sent if c.by else "") or _blank(None, scope),
            scope.register.partner_name(c.by.partner) if c.by else "Worked out from the dates",
        )
        for c in changes(scope)
    ]
    columns = (
        Column("Row key", width=14, key=True),
        Column("What", Kind.LONG_TEXT, 46),
        Column("Changed", width=18),
        Column("Was", width=20),
        Column("Is now", width=20),
        Column("When", Kind.DATE, 13),
        Column("Who", width=20),
    )
    return table_sheet(scope, words_of(scope, "changes"), columns, rows)


def _blank(content: Content, scope: Scope) -> Content:
    return NOT_APPLICABLE if scope.board and content in (None, "") else content
