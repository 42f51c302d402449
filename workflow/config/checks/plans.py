"""Checks of what and when: calendars, periods, plans, themes, items and boards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from workflow import fields, periods
from workflow.config.checks.facts import Facts, Spot
from workflow.config.checks.people import bad_id, before
from workflow.config.papers import paper_words, section_name
from workflow.model import CUTS, Board, Item, Period, Plan, cut_of
from workflow.validate import SPARE, Trouble

AUDIENCES = ("public", "partnership", "restricted")


def calendars(facts: Facts) -> Iterator[Trouble]:
    """Nothing twice, and the partnership's own calendar among them."""
    rows = facts.register.calendars
    ids = [c.id for c in rows]
    yield from facts.twice(((c.id, Spot("calendars", c.id, c.place, "id")) for c in rows), "calendar")
    who = facts.register.partnership
    place = facts.register.places.get(("partnership", "", "calendar"))
    if place and who.calendar not in ids and who.calendar not in facts.keys("calendars"):
        yield facts.unknown(Spot("partnership", "", place, "calendar"), who.calendar, "a calendar", ids)


def reporting_periods(facts: Facts) -> Iterator[Trouble]:
    """Keys once and as the calendar has them, days in order, no overlap and no gap."""
    rows = facts.register.periods
    yield from facts.twice(((p.key, _period(p, "key")) for p in rows), "period")
    for p in rows:
        yield from _period_days(facts, p)
        yield from _period_names(facts, p)
    ordered = sorted(rows, key=lambda p: (p.start, p.end))
    for earlier, later in pairwise(ordered):
        if fields.fold(earlier.key) == fields.fold(later.key) or earlier.end < earlier.start:
            continue  # reported already
        if later.start <= earlier.end:
            day = fields.show(earlier.end)
            yield facts.trouble("register-period-overlap", _period(later, "start"), later.key, other=earlier.key, day=day)
        elif later.start > earlier.end + timedelta(days=1):
            days = {"first": fields.show(earlier.end + timedelta(days=1)), "last": fields.show(later.start - timedelta(days=1))}
            yield facts.trouble("register-period-gap", _period(later, "start"), **days)


def _period_days(facts: Facts, p: Period) -> Iterator[Trouble]:
    if p.end <= p.start:
        yield before(facts, _period(p, "end"), (p.end, p.start), "the first day", "register-date-not-after")
    if p.due_date <= p.issue_date:
        yield before(facts, _period(p, "due_date"), (p.due_date, p.issue_date), "the issue date", "register-date-not-after")
    if p.papers_date < p.due_date:
        yield before(facts, _period(p, "papers_date"), (p.papers_date, p.due_date), "the due date")


def _period_names(facts: Facts, p: Period) -> Iterator[Trouble]:
    yield from _calendar(facts, _period(p, "calendar"), p.calendar)
    calendar = next((c for c in facts.register.calendars if c.id == p.calendar), None)
    if calendar is None:
        return
    expected = periods.key(calendar, p.start, cut_of(p.key))
    if not _is_key(p.key):
        yield facts.trouble("register-period-form", _period(p, "key"), p.key, expected, example=expected)
        return
    if p.key not in (expected, periods.key(calendar, p.end, cut_of(p.key))):
        yield facts.trouble("register-period-key", _period(p, "key"), p.key, expected, expected=expected)
    quarter = periods.parse_key(p.key)[1]
    if p.quarter != quarter:
        expected = f"the {p.word} of the key ({quarter})"
        yield facts.trouble("register-number", _period(p, "quarter"), str(p.quarter), expected=expected)


def _calendar(facts: Facts, spot: Spot, calendar: str) -> Iterator[Trouble]:
    """A calendar that is not there; where it is the partnership's own, that was said at its own cell."""
    known = [c.id for c in facts.register.calendars]
    if calendar not in known and calendar not in facts.keys("calendars") and calendar != facts.register.partnership.calendar:
        yield facts.unknown(spot, calendar, "a calendar", known)


def _is_key(key: str) -> bool:
    try:
        periods.parse_key(key)
    except ValueError:
        return False
    return True


def plans(facts: Facts) -> Iterator[Trouble]:
    """Plans once, with a calendar and RAG schemes that exist."""
    rows = facts.register.plans
    schemes = list(dict.fromkeys(level.scheme for level in facts.register.rag))
    yield from facts.twice(((p.id, _plan(p, "id")) for p in rows), "plan")
    for p in rows:
        yield from _calendar(facts, _plan(p, "calendar"), p.calendar)
        for name, scheme in (("rag", p.rag), ("measure_rag", p.measure_rag)):
            if scheme and scheme not in schemes:
                yield facts.unknown(_plan(p, name), scheme, "a scheme on the RAG key sheet", schemes)
        if p.start and p.end and p.end < p.start:
            yield before(facts, _plan(p, "end"), (p.end, p.start), "its start")


def themes(facts: Facts) -> Iterator[Trouble]:
    """A theme once in each plan, and plans that exist."""
    rows = facts.register.themes
    ids = [p.id for p in facts.register.plans]
    for plan in dict.fromkeys(t.plan for t in rows):
        within = [(t.id, Spot("themes", t.id, t.place, "id")) for t in rows if t.plan == plan]
        yield from facts.twice(within, "theme in each plan")
    for t in rows:
        if t.plan not in ids and t.plan not in facts.keys("plans"):
            yield facts.unknown(Spot("themes", t.id, t.place, "plan"), t.plan, "a plan", ids)


def items(facts: Facts) -> Iterator[Trouble]:
    """Every item once, with a form, a plan and a theme that exist, its days in order and its measure linked."""
    rows = facts.register.items
    yield from facts.twice(((i.key, _item(i, "key")) for i in rows), "row key")
    for i in rows:
        if i.key.upper().startswith(SPARE):
            yield facts.trouble("register-key-reserved", _item(i, "key"), i.key)
        yield from _belonging(facts, i)
        yield from _item_days(facts, i)
        yield from _item_periods(facts, i)
        yield from _measure(facts, i)


def _belonging(facts: Facts, i: Item) -> Iterator[Trouble]:
    forms = [f.name for f in facts.forms.values() if f.items and f.layout == "table"]
    if i.form not in forms:
        yield facts.unknown(_item(i, "form"), i.text("form") or i.form, "a form with rows of its own", forms)
    ids = [p.id for p in facts.register.plans]
    if i.plan not in ids:
        if i.plan not in facts.keys("plans"):
            yield facts.unknown(_item(i, "plan"), i.plan, "a plan", ids)
        return
    known = [t.id for t in facts.register.themes if t.plan == i.plan]
    if i.theme not in known:
        yield facts.unknown(_item(i, "theme"), i.theme, f"a theme of {i.plan}", known)


def _item_days(facts: Facts, i: Item) -> Iterator[Trouble]:
    start, due, revised = i.day("start"), i.day("due"), i.day("revised_due")
    if start and due and due < start:
        yield before(facts, _item(i, "due"), (due, start), "its start")
    if start and revised and revised < start:
        yield before(facts, _item(i, "revised_due"), (revised, start), "its start")


def _item_periods(facts: Facts, i: Item) -> Iterator[Trouble]:
    """From and up to which period a row is asked for: keys of periods, the register's own or ones still to come."""
    example = facts.register.periods[-1].key if facts.register.periods else "2024-25-Q1"
    for name in ("asked_from", "closed_after"):
        if (key := i.text(name)) and not _is_key(key):
            yield facts.trouble("register-period-form", _item(i, name), key, example=example)


def _measure(facts: Facts, i: Item) -> Iterator[Trouble]:
    measures = facts.register.measure_keys
    named = {name: i.text(name) for name in ("measure", "same_as")}
    if i.text("unit") != "%":  # shares may name any set, which then makes 100 per cent; counts need their total
        named["part_of"] = i.text("part_of").partition(":")[0].strip() if i.text("unit") != "rank" else ""
    for name, linked in named.items():
        if linked and linked not in measures:
            yield facts.unknown(_item(i, name), linked, "the row key of a measure", measures, "register-link-unknown")


def boards(facts: Facts) -> Iterator[Trouble]:
    """Boards once, with an audience, plans, themes, forms and quarters that exist."""
    rows = facts.register.boards
    cut = next((cut_of(p.key) for p in facts.register.periods), CUTS[0])
    yield from facts.twice(((b.id, _board(b, "id")) for b in rows), "board")
    themes = list(dict.fromkeys(t.id for t in facts.register.themes))
    for b in rows:
        yield from bad_id(facts, _board(b, "id"), "csp-board")
        known: Sequence[tuple[str, tuple[str, ...], str, list[str]]] = (
            ("audience", (b.audience,), "an audience", list(AUDIENCES)),
            ("plans", b.plans, "a plan", [p.id for p in facts.register.plans]),
            ("themes", b.themes, "a theme", themes),
            ("focus", tuple(theme for quarter, theme in b.focus if quarter), "a theme", themes),
            ("forms", b.forms, "a form", [f.name for f in facts.forms.values()]),
            ("sections", tuple(map(section_name, b.sections)), "a section of a pack or a form", _sections(facts)),
        )
        for name, words, what, options in known:
            for word in words:
                if word not in options:
                    yield facts.unknown(_board(b, name), word, what, options)
        if any(not 1 <= q <= cut.parts for q in b.quarters):
            yield facts.trouble("register-quarters", _board(b, "quarters"), most=cut.parts, word=cut.word)
        if any(not 1 <= q <= cut.parts for q, _ in b.focus):
            yield facts.trouble("register-focus", _board(b, "focus"), letter=cut.letter, word=cut.word)


def _sections(facts: Facts) -> list[str]:
    return [*paper_words().order, *(section_name(f.name) for f in facts.forms.values())]


def _period(p: Period, field: str) -> Spot:
    return Spot("periods", p.key, p.place, field)


def _plan(p: Plan, field: str) -> Spot:
    return Spot("plans", p.id, p.place, field)


def _item(i: Item, field: str) -> Spot:
    return Spot("items", i.key, i.place, field, i.label)


def _board(b: Board, field: str) -> Spot:
    return Spot("boards", b.id, b.place, field)
