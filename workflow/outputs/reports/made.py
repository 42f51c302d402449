"""The sheets that only reports have and that are worked out as a whole: activity totals, the returns log, the cover text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workflow import disclosure, items, periods, summary
from workflow.fields import show
from workflow.merge import fold
from workflow.model import Column, Content, Item, Kind, Report, ReturnStatus, Sheet
from workflow.outputs import brief, counts, sheets, standing
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import NOT_APPLICABLE, NOT_AVAILABLE, Words, data_sheet

_COUNTED = ("sessions", "places", "attended")
_PART_2 = "Part 2"


# --- activities


def activity_totals(scope: Scope) -> Sheet:
    """The activities of the reporting year so far, added up by theme. A total that would give a small count away shows [c]."""
    by_theme: dict[str, list[dict[str, int]]] = {}
    found = list(_activities(scope))
    for item, values in found:
        by_theme.setdefault(standing.theme_words(item, scope.register), []).append(values)
    order = [t.label for t in scope.register.themes]
    themes = sorted(by_theme, key=lambda t: (t not in order, order.index(t) if t in order else 0, t))
    rows: list[tuple[Content, ...]] = [(theme, *_totals(scope, by_theme[theme])) for theme in themes]
    if len(rows) > 1:
        rows.append(("All themes", *_totals(scope, [values for _, values in found])))
    columns = (
        Column("Theme", width=44),
        Column("Activities", Kind.WHOLE, 12),
        Column("Sessions", Kind.WHOLE, 12),
        Column("Places offered", Kind.WHOLE, 12),
        Column("Attended", Kind.WHOLE, 12),
    )
    told = Words(
        "Activity totals of the year so far",
        ("Each quarter's activities, added up. [x]: no activity of the theme gave a number.",),
        "No activity was returned this year.",
    )
    return data_sheet(scope, "Activity totals", columns, rows, told)


def _activities(scope: Scope) -> Iterator[tuple[Item, dict[str, int]]]:
    """Every activity of this year's quarters in scope, with the numbers that it gave."""
    form, year = scope.view.forms.get("activities"), _year(scope.view.period.key)
    if form is None:
        return
    given = {slot: by for slot, by in scope.view.by_period.items() if slot[0] == form.name}
    each = [{s: by[key] for s, by in given.items() if key in by} for key in sorted({k for by in given.values() for k in by})]
    standings = fold(each)
    for item in items.added_items(form, standings, scope.register):
        first = next(iter(sorted(k for slot, by in given.items() if slot[1] == item.key for k in by)), "")
        held = scope.is_public and disclosure.hold_back("", item.values.get("public_safe"))
        if _year(first) == year and scope.covers(item) and not held:
            numbers = {n: v for n in _COUNTED if isinstance(v := item.values.get(n), int) and not isinstance(v, bool)}
            yield item, numbers


def _year(key: str) -> int:
    return periods.parse_key(key)[0] if periods.is_key(key) else 0


def _totals(scope: Scope, own: Sequence[dict[str, int]]) -> Iterator[Content]:
    yield len(own)
    for name in _COUNTED:
        given = [values[name] for values in own if name in values]
        hidden = name == "attended" and any(scope.small(v) for v in given)
        yield disclosure.HIDDEN if hidden else NOT_AVAILABLE if not given else summary.total(given)


# --- returns


def returns_log(scope: Scope) -> Sheet:
    """Who returned, when, in how many files, and how much of it is asked. For the public only how many."""
    if scope.is_public:
        return counts.returns_sheet(scope)
    columns = (
        Column("Partner", width=30),
        Column("State", width=14),
        Column("Received", Kind.DATE, 13),
        Column("Days late", Kind.WHOLE, 9),
        Column("Files received", Kind.WHOLE, 9),
        Column("Rows owed", Kind.WHOLE, 9),
        Column("Rows answered", Kind.WHOLE, 11),
        Column("Queries open", Kind.WHOLE, 10),
        Column("Answers held", Kind.WHOLE, 10),
        Column("Signed off", width=10),
    )
    rows = [_returned(scope, status) for status in scope.view.returns]
    return data_sheet(scope, "Returns log", columns, rows, Words("Returns received", (counts.returns_words(scope),)))


def _returned(scope: Scope, status: ReturnStatus) -> tuple[Content, ...]:
    return (
        scope.register.partner_name(status.partner),
        status.state.capitalize(),
        status.received or NOT_APPLICABLE,
        status.days_late,
        len(status.files),
        status.rows,
        status.answered,
        status.queries,
        status.held,
        "Yes" if status.signed_off else "No",
    )


# --- the text of a covering report


def cover_text(scope: Scope, report: Report) -> Sheet:
    """The parts of a covering report that the register and the ledger know, to be copied into the council's own form."""
    columns = (Column("Part of the report", width=24), Column("Words", Kind.LONG_TEXT, 60))
    lines = ("Copy what you need. What only a person can say (consultation, implications, options) is not here.",)
    return data_sheet(scope, "Cover text", columns, list(_parts(scope, report)), Words("Text for a covering report", lines))


def _parts(scope: Scope, report: Report) -> Iterator[tuple[Content, ...]]:
    view, who = scope.view, scope.register.partnership
    told = brief.words_of(scope)
    headlines, decisions = _texts(told["headlines"]), _texts(told["decisions"])
    yield "Title", f"{report.title}, {view.period.label}"
    yield "Report of", who.coordinator
    yield "Contact", sheets.joined((who.coordinator, who.email, who.phone))
    yield "Area affected", who.area or NOT_AVAILABLE
    for line in report.intro or ("To show how the partnership's work stands.",):
        yield "Purpose", line
    yield "Recommendation 1", f"That the position at {show(view.period.end)} is noted."
    for n, words in enumerate(decisions, 2):
        yield f"Recommendation {n}", f"That a decision is made on this request: {words}"
    yield from (("Headline counts", line) for line in headlines)
    yield "Part 1 or Part 2", _part_statement(scope)
    yield "Background papers", f"The returns of {len(view.returns)} partners for {view.period.label}."
    yield "Papers date", show(view.period.papers_date)


def _texts(words: object) -> list[str]:
    return [str(word) for word in words] if isinstance(words, list | tuple) else []


def _part_statement(scope: Scope) -> str:
    """Which rows are not for publication. No exemption is claimed: that is for the Monitoring Officer (domain.md B6)."""
    rows = [i for form in scope.forms for i in (*scope.rows(form.name), *scope.held(form.name))]
    part_2 = sum(1 for i in rows if _PART_2 in (i.text("public"), scope.now.words(i, "public_safe")))
    others = sum(1 for i in rows if disclosure.hold_back(i.text("public"), scope.now.value(i, "public_safe"))) - part_2
    if not part_2 and not others:
        return "Part 1: no row was proposed as exempt or as not for publication."
    said = [f"{part_2} proposed as Part 2 (exempt)"] if part_2 else []
    said += [f"{others} marked as not for publication"] if others else []
    done = "are left out of this version" if scope.is_public else "are in this version, which is not for publication"
    return (
        f"Rows with a marking: {' and '.join(said)}. They {done}. The marking is the proposer's; whether an exemption applies"
        " is for the Monitoring Officer."
    )
