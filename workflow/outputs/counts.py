"""Counts in words and tables: by theme and RAG, by status, quarter by quarter, and who returned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflow import items, summary
from workflow.model import Column, Content, Form, Item, Kind, Purpose, ReturnStatus, Sheet
from workflow.outputs import standing
from workflow.outputs.columns import rated_forms
from workflow.outputs.saying import table_sheet, words_of
from workflow.outputs.scope import Scope, once
from workflow.outputs.sheets import NOT_APPLICABLE
from workflow.outputs.standing import Moment
from workflow.summary import Count, Fact

NO_PLAN = "No plan given"
NO_RAG, NO_STATUS, TOTAL, NOT_UPDATED = "No RAG", "No status", "Total", "Of these, not updated"
# Partner states of design.md section 7, as they are printed and in this order.
STATES = ("returned", "nil return", "part returned", "held", "late", "owed", "not due")


def rag_words(scope: Scope) -> tuple[str, ...]:
    """The RAG words of the schemes in scope, worst first; those that say nothing of delivery come last."""
    return once(scope, _rag_words)


def _rag_words(scope: Scope) -> tuple[str, ...]:
    rows = [item for form in rated_forms(scope) for item in scope.rows(form.name)]
    levels = {level for item in rows for level in standing.scheme_levels(item, scope.register)}
    ranks: dict[str, int] = {}
    for level in scope.register.rag:
        if level in levels:
            found = standing.rank(level)
            ranks.setdefault(level.word, 9 if found is None else found)
    return tuple(sorted(ranks, key=lambda word: ranks[word]))


def _fact(scope: Scope, form: Form, item: Item, moment: Moment) -> Fact:
    level = scope.rag_then(moment, item)
    plan = scope.register.plan(standing.plan_of(item, scope.register))
    return Fact(
        key=item.key,
        form=form.title,
        theme=standing.theme_words(item, scope.register),
        rag=level.word if level else "",
        status=standing.status(moment, item),
        updated=standing.is_updated(scope.moments, item, form),
        period=moment.period.label,
        plan=plan.name if plan else NO_PLAN,
    )


def facts(scope: Scope, forms: Sequence[Form]) -> tuple[Fact, ...]:
    """The rows of these forms as they stand now."""
    kept = once(scope, _facts_by_form)
    for form in forms:
        if form.name not in kept:
            kept[form.name] = tuple(_fact(scope, form, item, scope.now) for item in scope.rows(form.name))
    return tuple(fact for form in forms for fact in kept[form.name])


def _facts_by_form(_: Scope) -> dict[str, tuple[Fact, ...]]:
    return {}


def rated(scope: Scope) -> tuple[Count, ...]:
    """The rated rows by sheet and theme, counted by RAG."""
    return once(scope, _rated)


def _rated(scope: Scope) -> tuple[Count, ...]:
    return summary.rag_counts(facts(scope, rated_forms(scope)), rag_words(scope))


def history(scope: Scope) -> tuple[Fact, ...]:
    """The rated rows at the end of each period so far, earliest first. Rows that nothing was known of yet are left out."""
    return once(scope, _history)


def _history(scope: Scope) -> tuple[Fact, ...]:
    found: list[Fact] = []
    for period in scope.moments.periods:
        moment = scope.moments.at(period)
        every = (_fact(scope, form, item, moment) for form in rated_forms(scope) for item in scope.rows(form.name))
        found += [fact for fact in every if fact.rag or fact.status]
    return tuple(found)


def summary_sheet(scope: Scope) -> Sheet:
    """RAG by theme, with the headline counts in sentences above it."""
    words = rag_words(scope)
    counted = rated(scope)
    heads = ["Sheet", "Theme", *words, NO_RAG, TOTAL, NOT_UPDATED]
    columns, rows = _count_columns(heads, 2), _count_rows(counted, ("All sheets", "All themes"))
    return table_sheet(scope, words_of(scope, "summary"), columns, rows, *headlines(scope, counted))


def headlines(scope: Scope, counted: Sequence[Count]) -> Iterable[str]:
    """Sentences made of counts, nothing else."""
    if counted:
        everything = summary.overall(counted, "all")
        parts = [f"{n} {word.lower()}" for word, n in everything.counts.items()]
        untargeted = sum(1 for i in scope.of(Purpose.MEASURES) if i.values.get("target") is None)
        which = f" ({untargeted} of them {scope.measures.plural} without a target)" if untargeted and everything.none else ""
        yield f"Of {everything.total} rows: {', '.join(parts)}, {everything.none} with no RAG{which}."
        if stale := everything.not_updated:
            yield f"{stale} of them {'was' if stale == 1 else 'were'} not updated this {scope.word}."
    moves = summary.quarter_on_quarter(_trend(scope))
    if moved := [f"{m.word.lower()} {m.before} to {m.now}" for m in moves if m.change]:
        yield f"From the {scope.word} before to this one: {', '.join(moved)}."
    rated = rated_forms(scope)
    for form in (f for f in scope.forms if f.items and f not in rated and scope.rows(f.name)):
        rows = scope.rows(form.name)
        updated = sum(1 for i in rows if standing.is_updated(scope.moments, i, form))
        yield f"{form.title}, which bear no RAG: {len(rows)}, of which {updated} updated this {scope.word}."
    held = sum(len(scope.held(f.name)) for f in scope.forms)
    if held:
        yield f"{held} row{' is' if held == 1 else 's are'} held back from this pack and not counted."


def status_sheet(scope: Scope) -> Sheet:
    """Status by theme, for the forms that have one."""
    forms = [f for f in scope.forms if f.items and f.has("status")]
    known = [c.value for c in items.STATUSES]
    told = facts(scope, forms)
    words = [*known, *dict.fromkeys(f.status for f in told if f.status and f.status not in known)]
    counted = summary.status_counts(told, words)
    heads = ["Sheet", "Theme", *words, NO_STATUS, TOTAL, NOT_UPDATED]
    columns, rows = _count_columns(heads, 2), _count_rows(counted, ("All sheets", "All themes"))
    return table_sheet(scope, words_of(scope, "status"), columns, rows)


def trend_sheet(scope: Scope) -> Sheet:
    """RAG quarter by quarter: the rows in scope as they stood at the end of each period so far."""
    counted = _trend(scope)
    heads = [scope.word.capitalize(), *rag_words(scope), NO_RAG, TOTAL]
    rows: list[tuple[Content, ...]] = [(c.group[0], *c.counts.values(), c.none, c.total) for c in counted]
    return table_sheet(scope, words_of(scope, "trend"), _count_columns(heads, 1), rows)


def _trend(scope: Scope) -> tuple[Count, ...]:
    return summary.trend(history(scope), rag_words(scope))


def _count_columns(heads: Sequence[str], groups: int) -> tuple[Column, ...]:
    return tuple(
        Column(head, width=16 if n == 0 else 38) if n < groups else Column(head, Kind.WHOLE, 11) for n, head in enumerate(heads)
    )


def _count_rows(counted: Sequence[Count], total: tuple[str, str]) -> list[tuple[Content, ...]]:
    """One row per group and, last, the sum of all: no totals in between (domain.md X28)."""
    rows: list[tuple[Content, ...]] = [(*c.group, *c.counts.values(), c.none, c.total, c.not_updated) for c in counted]
    if len(counted) > 1:
        every = summary.overall(counted, "")
        rows.append((*total, *every.counts.values(), every.none, every.total, every.not_updated))
    return rows


# --- returns


def returns_sheet(scope: Scope) -> Sheet:
    """Who returned. For the public only how many: which agency was late is the partnership's own business."""
    if scope.is_public:
        return _returns_totals(scope)
    columns = [
        Column("Partner", width=32),
        Column("State", width=15),
        Column("Received", Kind.DATE, 13),
        Column("Days late", Kind.WHOLE, 9),
        Column("Rows owed", Kind.WHOLE, 10),
        Column("Rows answered", Kind.WHOLE, 11),
        Column("Signed off", width=10),
    ]
    rows: list[list[Content]] = [[*_returned(scope, r)] for r in scope.view.returns]
    if scope.board is None:
        columns += [
            Column("Queries", Kind.WHOLE, 10),
            Column("Answers held", Kind.WHOLE, 10),
            Column("Files", Kind.LONG_TEXT, 36),
            Column("Still owed", Kind.LONG_TEXT, 50),
        ]
        for row, status in zip(rows, scope.view.returns, strict=True):
            row += [status.queries, status.held, "\n".join(status.files) or None, "\n".join(status.missing) or None]
    words = words_of(scope, "returns" if scope.board else "returns_log")
    return table_sheet(scope, words, columns, rows, returns_words(scope), *_balance(scope))


def _returned(scope: Scope, status: ReturnStatus) -> Iterable[Content]:
    none = NOT_APPLICABLE if scope.board else None
    yield scope.register.partner_name(status.partner)
    yield status.state.capitalize()
    yield status.received or none
    yield status.days_late
    yield status.rows
    yield status.answered
    yield "Yes" if status.signed_off else "No"


def _returns_totals(scope: Scope) -> Sheet:
    states = [s.state for s in scope.view.returns]
    rows = [(state.capitalize(), states.count(state)) for state in STATES if state in states]
    columns = (Column("State of the return", width=24), Column("Partners", Kind.WHOLE, 12))
    return table_sheet(scope, words_of(scope, "returns_public"), columns, rows, returns_words(scope))


def returns_words(scope: Scope) -> str:
    """How many partners returned, in a sentence."""
    due = [s for s in scope.view.returns if s.state != "not due"]
    came = [s for s in due if s.state in ("returned", "nil return")]
    part = [s for s in due if s.state == "part returned"]
    more = f" and {len(part)} in part" if part else ""
    return f"{len(came)} of the {len(due)} partners that owe a return have returned in full{more}."


def _balance(scope: Scope) -> tuple[str, ...]:
    """The balance of the period's answer cells (design law 1), for the tracker."""
    if scope.board is not None:
        return ()
    b = scope.view.balance
    return (
        f"Answer cells read: {b.read}. Accepted {b.accepted}, unchanged {b.unchanged}, superseded {b.superseded},"
        f" held {b.held}.",
    )


def activity_words(scope: Scope) -> tuple[str, ...]:
    """The activity log added up: "12 activities: 30 sessions, 400 places offered, 350 attended." A total that would give
    a hidden number away is left out (domain.md B8)."""
    rows = scope.of(Purpose.ACTIVITIES)
    hidden = any("attended" in scope.hidden(i) for i in rows)
    parts = []
    for name, word in (("sessions", "sessions"), ("places", "places offered"), ("attended", "attended")):
        values = [v for i in rows if isinstance(v := scope.now.value(i, name), int)]
        added = summary.total(values)
        if added is not None and not (name == "attended" and hidden):
            parts.append(f"{added:,} {word}")
    return (f"{len(rows)} activit{'y' if len(rows) == 1 else 'ies'}: {', '.join(parts)}.",) if parts else ()
