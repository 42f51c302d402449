"""The columns of an item table: the form's own fields, and beside them what is worked out (RAG, dates, change, source)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from workflow import disclosure, items, yearend
from workflow.fields import show
from workflow.model import OFFICE, Content, Field, Form, Item, Kind, Role, Standing, Value
from workflow.outputs import readings, standing
from workflow.outputs.risks import placed_at
from workflow.outputs.scope import Scope, once, shown_value
from workflow.outputs.sheets import ESTIMATED, NOT_APPLICABLE, NOT_AVAILABLE, Cell, Part, rag_mark

RAG_NOW, RAG_BEFORE, DIRECTION, SINCE = "RAG now", "RAG last time", "Direction", "Since last time"
BOTH = "Direction and change"
MODERATED = "Moderated"
NOW_DUE, DAYS_OVERDUE, TIMES_MOVED = "Now due", "Days overdue", "Times moved"
SMALL_BASE = 30.0  # a percentage on a smaller base says so (domain.md B8.4)
# Answers that are about one quarter only: last quarter's are not repeated as if they were this quarter's.
_FRESH = frozenset({"help_needed"})
# Columns of the register that a row may do without: a blank says that they do not apply.
MAY_BE_BLANK = frozenset({"ref", "stem", "measure", "target", "baseline", "revised_due"})
_OF_READING = frozenset(
    {"period_type", "period_start", "period_end", "numerator", "denominator", "comparator", "provisional", "not_available"}
)


def parts_of(scope: Scope, form: Form) -> list[Part]:
    """The columns of one form's table in one paper, the key first."""
    parts: list[Part] = []
    for field in form.fields:
        if scope.shows(field) and field.name not in ("rag", "no_change") and not _said_by_rag(scope, form, field):
            parts.append(_field_part(scope, form, field))
        parts += _after(scope, form, field.name)
    if scope.board is None:
        if yearend.proposes(form, scope.view.period) and yearend.is_last(scope.view.period):
            parts.insert(1, Part("Proposed new key", _new_key(scope), width=16))
        parts += _trace(scope, form)
    return parts


def _new_key(scope: Scope) -> Cell:
    """The key that a proposal for next year has on the register, or would have (`workflow roll`); or why it has none."""
    proposed = scope.year_end.proposed
    why = {item.key: f"None: {reason}" for item, reason in proposed.left_out}
    return lambda i: proposed.key(i.key) or why.get(i.key)


def this_quarter_only(form: Form, name: str) -> bool:
    """Whether the column of an answer shows what this very quarter gave, and never what an earlier one did."""
    if form.has(name) and form.field(name).only_quarter:
        return True
    if form.is_measures and name in _OF_READING | {"value", "comment"}:
        return True
    return name == "progress" or name in _FRESH


def has_rag(scope: Scope, form: Form) -> bool:
    """Whether rows of a form bear a RAG: chosen by its lead, or derived by the scheme of a plan in scope."""
    if not form.items or form.is_measures:
        return False
    return form.has("rag") or form.name in once(scope, _derived_forms)


def _derived_forms(scope: Scope) -> frozenset[str]:
    """The forms of which a row's RAG follows from its status or its dates."""

    def derives(form: Form) -> bool:
        levels = (level for i in scope.rows(form.name) for level in standing.scheme_levels(i, scope.register))
        return form.has("status") and any(level.rule != "chosen" for level in levels)

    return frozenset(form.name for form in scope.view.forms.values() if form.items and not form.is_measures and derives(form))


def rated_forms(scope: Scope) -> tuple[Form, ...]:
    """The forms whose rows bear a RAG."""
    return tuple(f for f in scope.forms if scope.rows(f.name) and (f.is_measures or has_rag(scope, f)))


def _said_by_rag(scope: Scope, form: Form, field: Field) -> bool:
    """Whether a pack can do without the status: its RAG follows from it and prints it."""
    if field.name != "status" or scope.board is None or not has_rag(scope, form):
        return False
    return all(standing.only_status(standing.scheme_levels(i, scope.register)) for i in scope.rows(form.name))


def _after(scope: Scope, form: Form, name: str) -> list[Part]:
    """What is worked out and stands beside a field: the first that applies."""
    rag_field = "rag" if form.has("rag") else "status"
    measures = form.is_measures
    beside: tuple[tuple[bool, Callable[[Scope], list[Part]]], ...] = (
        (name == "due" and form.items, _due_parts),
        (name == rag_field and has_rag(scope, form), _rag_parts),
        (name == "impact" and form.has("likelihood"), _score_parts),
        (name == "progress" and scope.board is None, _progress_parts),
        (name == "value" and measures, _last_parts),
        (name == "comparator" and measures, _change_parts),
    )
    return next((parts(scope) for applies, parts in beside if applies), [])


def _field_part(scope: Scope, form: Form, field: Field) -> Part:
    kind = Kind.TEXT if field.kind in (Kind.LINK, Kind.CHOICE, Kind.YES_NO, Kind.MONTH) else field.kind
    blank = NOT_AVAILABLE
    own = field.role is Role.CONTEXT and field.name in MAY_BE_BLANK
    if own or (field.role is Role.ANSWER and not field.required):
        blank = NOT_APPLICABLE
    optional = (field.role is Role.ANSWER and not field.required and field.name != "comparator") or field.name == "measure"
    return Part(field.heading, _content(scope, form, field), kind, field.width, blank, optional, field.role is Role.KEY)


def _content(scope: Scope, form: Form, field: Field) -> Cell:  # noqa: PLR0911 - one line per kind of cell
    name = field.name
    if field.role is Role.KEY:
        return lambda i: i.key
    if field.role is Role.PREVIOUS:
        return lambda i: scope.before.value(i, field.source)
    if name == "theme":
        return lambda i: standing.theme_words(i, scope.register)
    if field.role is Role.CONTEXT:
        return lambda i: context(scope, field, i)
    if name == "progress":
        return lambda i: _hidden(scope, i, name) or standing.progress(scope.moments, i)
    if form.is_measures and name == "value":
        return lambda i: measure_value(scope, i)
    if form.is_measures and name == "comment":
        return lambda i: _hidden(scope, i, name) or _comment(scope, i)
    if name == items.NEXT_YEAR and scope.board is not None:
        return lambda i: _next_year(scope, form, i)
    if this_quarter_only(form, name):
        return lambda i: _hidden(scope, i, name) or _reported(scope, i, name)
    if field.kind is Kind.MONTH:
        return lambda i: _month(shown_value(scope, i, name))
    return lambda i: shown_value(scope, i, name)


def _next_year(scope: Scope, form: Form, item: Item) -> str | None:
    """What happens to a row next year and why, in one cell: a page of a pack has no room for two columns."""
    told = (items.NEXT_YEAR, yearend.REASON) if form.has(yearend.REASON) else (items.NEXT_YEAR,)
    allowed = (n for n in told if form.field(n).public or not scope.is_public)
    words = [show(value) for n in allowed if (value := _hidden(scope, item, n) or _reported(scope, item, n))]
    return ": ".join(words) or None


def _month(value: Value | None) -> Value | None:
    """A month is no day: "Sep 2023", not its last day."""
    return readings.month_words(value) if isinstance(value, date) else value


def _hidden(scope: Scope, item: Item, name: str) -> str:
    return disclosure.HIDDEN if name in scope.hidden(item) else ""


def _reported(scope: Scope, item: Item, name: str) -> Value | None:
    given = scope.view.reported(item.form, item.key, name)
    return None if given is None else given.value


def context(scope: Scope, field: Field, item: Item) -> Content:
    """The register's word on an item; on a row that a partner added, the partner's own."""
    if standing.added(item):
        if field.name == "lead":
            return scope.register.partner_name(item.lead)
        return scope.now.value(item, field.name)
    return items.context_value(field, item, scope.register)


# --- dates and RAG


def _due_parts(scope: Scope) -> list[Part]:
    parts = [
        Part(
            NOW_DUE,
            lambda i: standing.now_due(scope.now, i),
            width=14,
            blank=NOT_APPLICABLE,
            optional=True,
            nothing=standing.NOT_REVISED,
        )
    ]
    if scope.board is None:
        parts += [
            Part(DAYS_OVERDUE, lambda i: standing.days_overdue(scope.now, i), Kind.WHOLE, 10),
            Part(TIMES_MOVED, lambda i: standing.times_moved(scope.moments, i), Kind.WHOLE, 9),
        ]
    return parts


def _rag_parts(scope: Scope) -> list[Part]:
    """RAG now and before. The tracker has direction and last RAG apart, to filter by; a pack has them in one column."""

    def now(item: Item) -> Content:
        return rag_now(scope, item)

    def before(item: Item) -> Content:
        return rag_mark(standing.rag_at(scope.before, item), standing.status(scope.before, item))

    def way(item: Item) -> Content:
        return standing.direction(scope.rag(item), standing.rag_at(scope.before, item))

    def since(item: Item) -> Content:
        return standing.since(scope.rag(item), standing.rag_at(scope.before, item))

    parts = [Part(RAG_NOW, now, width=14)]
    if any(_moderated(scope, i) for f in scope.forms for i in scope.rows(f.name)):
        parts.append(Part(MODERATED, lambda i: _moderated(scope, i), width=14, blank=NOT_APPLICABLE, optional=True))
    if scope.board is None:
        return [*parts, Part(RAG_BEFORE, before, width=13), Part(DIRECTION, way, width=12)]
    return [*parts, Part(SINCE, since, width=12, optional=True, nothing=standing.NEW)]


def _moderated(scope: Scope, item: Item) -> str | None:
    """What the office says of a row this quarter, beside its lead's own word: "RAG now: Red"."""
    form = scope.view.forms[item.form]
    given = [(f.heading, scope.view.reported(item.form, item.key, f"{f.name}@{OFFICE}")) for f in form.answers]
    words = [f"{heading}: {show(s.value)}" for heading, s in given if s]
    return "; ".join(words) or None


def rag_now(scope: Scope, item: Item) -> Content:
    """Its RAG as this paper's readers may see it."""
    return rag_mark(scope.rag(item), standing.status(scope.now, item))


def _progress_parts(scope: Scope) -> list[Part]:
    return [Part("Progress last time", lambda i: scope.before.value(i, "progress"), Kind.LONG_TEXT, 36)]


def _score_parts(scope: Scope) -> list[Part]:
    def score(item: Item) -> Content:
        """Likelihood times impact, where a risk gives both."""
        at = placed_at(scope, item)
        return at[0] * at[1] if at else None

    return [Part("Score", score, Kind.WHOLE, 8, NOT_APPLICABLE, optional=True)]


# --- measures


def measure_value(scope: Scope, item: Item) -> Content:
    """This quarter's figure, the reason why there is none, or that none was reported."""
    now = scope.now.readings.now(item)
    if now is None:
        return readings.not_reported(scope.word)
    return _hidden(scope, item, "value") or (now.reason if now.value is None else placed(now.value, item))


def placed(value: Decimal, item: Item) -> Decimal:
    """A figure with as many places as the register prints, never fewer than the partner gave."""
    places = item.values.get("decimals")
    if isinstance(places, Decimal | int) and -int(value.as_tuple().exponent) < int(places):
        return value.quantize(Decimal(1).scaleb(-int(places)))
    return value


def _comment(scope: Scope, item: Item) -> str | None:
    """The partner's comment, after what the figure itself calls for: that it is provisional, or stands on a small base."""
    now = scope.now.readings.now(item)
    base = scope.view.thresholds.get("small_base", SMALL_BASE)
    notes = []
    if now and now.value is not None and now.provisional:
        notes.append(f"{ESTIMATED} Provisional.")
    if now and item.text("unit") == "%" and disclosure.small(now.denominator, int(base)):
        notes.append(f"Small base (under {base:g}).")
    given = _reported(scope, item, "comment")
    return " ".join([*notes, *([show(given)] if given is not None else [])]) or None


def _last_parts(scope: Scope) -> list[Part]:
    def period(item: Item) -> Content:
        now = scope.now.readings.now(item)
        return readings.period_words(now) if now and (now.value is not None or now.end) else None

    def last(item: Item) -> Content:
        before = scope.now.readings.before(item)
        return _hidden(scope, item, "previous") or (
            placed(before.value, item) if before and before.value is not None else None
        )

    def last_period(item: Item) -> Content:
        now, before = scope.now.readings.now(item), scope.now.readings.before(item)
        return readings.period_words(before, now) if before else None

    return [
        Part("Period", period, width=17, blank=NOT_APPLICABLE),
        Part("Value last time", last, Kind.DECIMAL, 11),
        Part("Period last time", last_period, width=17, blank=NOT_APPLICABLE),
    ]


def _change_parts(scope: Scope) -> list[Part]:
    """The change recomputed and its direction: apart in the tracker, in one column of a pack."""

    def change(item: Item) -> readings.Change:
        return readings.change(item, scope.now.readings.now(item), scope.now.readings.before(item))

    def rag(item: Item) -> Content:
        return _hidden(scope, item, "rag") or rag_now(scope, item)

    rag_part = Part(RAG_NOW, rag, width=14, blank=NOT_APPLICABLE, optional=True)
    if scope.board is not None:
        both = Part(BOTH, lambda i: _hidden(scope, i, "change") or change(i).both, width=22)
        return [both, rag_part]
    return [
        Part("Change", lambda i: change(i).words, width=18),
        Part(DIRECTION, lambda i: change(i).direction, width=12),
        rag_part,
    ]


# --- where it came from (the tracker only)


def _trace(scope: Scope, form: Form) -> Sequence[Part]:
    def found(item: Item) -> Standing | None:
        return standing.source(scope.moments, item, form)

    def updated(item: Item) -> Content:
        given = found(item)
        period = scope.register.period(given.period) if given else None
        return joined_period(period.label if period else "", given.carried if given else False)

    def source(item: Item) -> Content:
        given = found(item)
        return standing.place_words(given) if given else None

    parts = [
        Part("Last updated", updated, width=14),
        Part("Source", source, width=30),
        Part("Sent by", lambda i: scope.register.partner_name(g.partner) if (g := found(i)) else None, width=18),
        Part("Sent at", lambda i: g.sent.replace("T", " ")[:16] if (g := found(i)) else None, width=17),
    ]
    if form.items and any(standing.others_say(scope.now, i, form) for i in scope.rows(form.name)):
        parts.append(Part("What joint leads say", lambda i: standing.others_say(scope.now, i, form), Kind.LONG_TEXT, 30))
    if form.items:
        parts.append(Part("State in the register", _state, width=14))
    return parts


def _state(item: Item) -> str:
    return "Proposed by the partner" if standing.added(item) else item.text("state") or "Open"


def joined_period(label: str, carried: bool) -> str:
    """The period that gave the row's words: "Q2 2023/24 (no change)" where it only confirmed them; "Never" without one."""
    if not label:
        return "Never"
    return f"{label} (no change)" if carried else label
