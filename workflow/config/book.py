"""The register as a workbook to be written: made from its own forms, so that what is written is what is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as attributes
from datetime import date
from decimal import Decimal

from workflow import periods
from workflow.config.planning import plan_year
from workflow.config.rag import is_colour, rag_presets
from workflow.config.register import SHEETS
from workflow.items import STATUSES, YES_NO
from workflow.model import (
    Book,
    Calendar,
    Column,
    Content,
    Field,
    Form,
    Kind,
    Mark,
    Period,
    Profile,
    Purpose,
    RagLevel,
    Role,
    Sheet,
    Value,
)

SPARE_ROWS = 20  # blank rows of an empty sheet, so that its drop-downs are there to be used
OWN = "own column: "  # how a row calls what stands in a column of the coordinator's own, before its heading
Rows = Mapping[str, Sequence[Mapping[str, Content]]]

# Lists that a drop-down reads from the register's own key columns, so that a partner added there is offered at once.
_LIVE: Mapping[str, str] = {"calendars": "calendars", "partners": "partners", "plans": "plans", "theme ids": "themes"}


def register_book(
    forms: Mapping[str, Form], rows: Rows, title: str, when: date, own: Mapping[str, Sequence[str]] | None = None
) -> Book:
    """The register as a Book. `rows` gives, per register form, its rows by field name (one row for a record).

    `forms` are the register's own; the return forms may stand among them and are then offered where a form is named.
    `own` are headings of further columns, by form: what a row has there stands under the heading after OWN.
    """
    beside = own or {}
    own_forms = [name for name in SHEETS if name in forms]  # a workspace may be older than a sheet
    sheets = tuple(_sheet(forms[name], rows.get(name, ()), (forms, rows), beside.get(name, ())) for name in own_forms)
    return Book(
        title=title, subject="Register of the returns workflow", creator=_organisation(rows) or title, when=when,
        sheets=sheets, profile=Profile.WORKING, keywords="register", names=tuple(_names(forms)),
    )


def empty_register_book(
    forms: Mapping[str, Form], when: date, calendar: str = "april", year: int | None = None
) -> Book:
    """A new register: calendars, RAG presets and four planned periods filled in, everything else blank and labelled.

    `year` is the one in which the reporting year starts; by default the year that `when` falls in. Raises KeyError for a
    calendar that is not one of `periods.CALENDARS`.
    """
    chosen = periods.CALENDARS[calendar]
    planned = plan_year(chosen, periods.start_year(chosen, when) if year is None else year)
    rows: Rows = {
        "partnership": [{"calendar": calendar}],
        "calendars": [as_row(c) for c in periods.CALENDARS.values()],
        "periods": [as_row(p) for p in planned],
        "rag_key": [as_row(level) for level in rag_presets()],
    }
    return register_book(forms, rows, "Register", when)


def as_row(record: Calendar | Period | RagLevel) -> dict[str, Value]:
    """A record of the register as a row by field name, as it is written on its sheet."""
    row: dict[str, Value] = {}
    for attribute in attributes(record):
        value = getattr(record, attribute.name)
        if isinstance(value, tuple):
            value = "; ".join(str(v) for v in value)
        if isinstance(value, float):
            value = Decimal(f"{value:g}")
        if attribute.name != "place" and value not in (None, ""):
            row[attribute.name] = value
    return row


def _organisation(rows: Rows) -> str:
    for row in rows.get("partnership", ()):
        return str(row.get("name", ""))
    return ""


def _sheet(
    form: Form, rows: Sequence[Mapping[str, Content]], book: tuple[Mapping[str, Form], Rows], own: Sequence[str]
) -> Sheet:
    forms, all_rows = book
    columns = tuple(_column(f, form, forms, all_rows) for f in form.fields)
    if form.layout == "record":
        answers = rows[0] if rows else {}
        return Sheet(
            name=form.sheet, title=form.title, lines=form.intro, layout="record", table=form.table,
            columns=(Column("Fact", width=30), Column("Yours to fill in", Kind.LONG_TEXT, 60, answer=True)),
            rows=tuple((f.heading, answers.get(f.name)) for f in form.fields), line_columns=columns,
            description="Facts about the partnership, one to a line",
        )
    more = tuple(Column(heading, answer=True) for heading in own)
    drawn: list[tuple[Content, ...]] = [
        (*(_cell(f, row) for f in form.fields), *(row.get(f"{OWN}{heading}") for heading in own)) for row in rows
    ]
    drawn += [(None,) * len(columns + more)] * (0 if drawn else SPARE_ROWS)
    return Sheet(
        name=form.sheet, title=form.title, lines=form.intro, columns=columns + more, rows=tuple(drawn), table=form.table,
        description=f"{form.title} of the register",
    )


def _cell(f: Field, row: Mapping[str, Content]) -> Content:
    """A value; the word of a RAG colour is shown in its colours."""
    fill, ink = str(row.get("colour", "")), str(row.get("text_colour", ""))
    value = row.get(f.name)
    if isinstance(value, Mark) or f.name != "word" or not (is_colour(fill) and is_colour(ink)):
        return value
    return Mark(value, fill=fill, ink=ink)


def _names(forms: Mapping[str, Form]) -> Iterator[tuple[str, str]]:
    """The defined names that live drop-downs read: the key column of a table, which grows with the table."""
    for name in _LIVE.values():
        form = forms[name]
        heading = form.key.heading if form.key else ""
        yield _list_name(name), f"{form.table}[{heading}]"


def _list_name(form: str) -> str:
    return f"list_of_{form}"


def _column(f: Field, form: Form, forms: Mapping[str, Form], rows: Rows) -> Column:
    fixed = tuple(c.value for c in YES_NO) if f.kind is Kind.YES_NO else tuple(c.value for c in f.choices)
    live = "" if f.many or f.choices_from not in _LIVE else _list_name(_LIVE[f.choices_from])
    choices = () if f.many or live else fixed or tuple(dict.fromkeys(_listed(f, forms, rows)))
    return Column(
        heading=f.heading, kind=f.kind, width=f.width, answer=True, key=f.role is Role.KEY and form.layout == "table",
        choices=choices, lenient=not fixed, help=f.help, max_length=f.max_length, minimum=f.minimum, maximum=f.maximum,
        choices_name=live,
    )


def _listed(f: Field, forms: Mapping[str, Form], rows: Rows) -> Iterator[str]:
    """The words of a list as far as they are known now; a drop-down of them warns and does not stop."""
    returns = [form for name, form in forms.items() if name not in SHEETS and form.layout == "table"]
    match f.choices_from:
        case "status":
            yield from (c.value for c in STATUSES)
        case "forms":
            yield from (form.name for form in returns)
        case "item forms":
            yield from (form.name for form in returns if form.items)
        case "rag":
            yield from (str(row["word"]) for row in rows.get("rag_key", ()) if row.get("rule", "chosen") == "chosen")
        case "schemes":
            yield from (str(row["scheme"]) for row in rows.get("rag_key", ()) if "scheme" in row)
        case "measures":
            measures = [form.name for form in returns if form.is_measures] or [Purpose.MEASURES]
            yield from (str(row["key"]) for row in rows.get("items", ()) if row.get("form") in measures)
