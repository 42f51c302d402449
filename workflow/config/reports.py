"""Reports out of TOML: one file, one report. What is wrong in a file becomes findings that name the file and the sheet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from workflow import fields
from workflow.config.formchecks import SHEET_LIMIT
from workflow.config.register import SHEETS
from workflow.config.toml import Table, read_toml
from workflow.errors import WorkflowError
from workflow.model import Finding, Form, Kind, Report, ReportColumn, ReportSheet, Role
from workflow.model import reports as words

_REPORT_KEYS = frozenset({"title", "about", "audience", "intro", "order", "sheet"})
_SHEET_KEYS = frozenset({
    "name", "kind", "about", "title", "lines", "empty", "form", "plans", "themes", "years", "closed", "where", "counted",
    "column",
})
_COLUMN_KEYS = frozenset({"heading", "source", "width"})
_WIDTHS = (8, 60)
_KEY = "Row key"
_TAKEN = ("cover", "notes", "long texts")  # sheets that are always there, or may be
_AS_TEXT = frozenset({Kind.LINK, Kind.CHOICE, Kind.YES_NO, Kind.MONTH})
# Register columns of an item that are words of ours and no column of the Items sheet.
_WORDED = ("leads", "stem_title")


def load_reports(folder: Path, forms: Mapping[str, Form]) -> dict[str, Report]:
    """Every report of a folder by name, in order. `forms` are the return forms and the register's.

    Raises WorkflowError with the first fault, and how many more there are, where one cannot be used.
    """
    reports, faults = read_reports(folder, forms)
    if faults:
        more = f" There are {len(faults) - 1} more faults: run workflow check." if len(faults) > 1 else ""
        raise WorkflowError(f"{faults[0].message}{more}")
    return reports


def check_reports(folder: Path, forms: Mapping[str, Form]) -> tuple[Finding, ...]:
    """Everything that is wrong with the reports of a folder."""
    return read_reports(folder, forms)[1]


def usable_reports(folder: Path, forms: Mapping[str, Form]) -> dict[str, Report]:
    """The reports of a folder that have no fault: those that fit these forms."""
    reports, faults = read_reports(folder, forms)
    wrong = {Path(place.file).stem for fault in faults for place in fault.places}
    return {name: report for name, report in reports.items() if name not in wrong}


def read_reports(folder: Path, forms: Mapping[str, Form]) -> tuple[dict[str, Report], tuple[Finding, ...]]:
    """The reports of a folder that can be read at all, and every fault. Never raises for what stands in a file."""
    found: dict[str, Report] = {}
    faults: list[Finding] = []
    for path in sorted(folder.glob("*.toml")):
        table = read_toml(path, faults)
        if table is not None:
            found[path.stem] = _report(path.stem, table, forms)
    return dict(sorted(found.items(), key=lambda pair: (pair[1].order, pair[0]))), tuple(faults)


def _report(name: str, table: Table, forms: Mapping[str, Form]) -> Report:
    table.only(_REPORT_KEYS)
    sheets = tuple(_sheet(part, forms) for part in table.tables("sheet"))
    taken = [*_TAKEN, *(fields.fold(s.name) for s in sheets)]
    if not sheets:
        table.fault("toml-key-missing", key="[[sheet]]")
    for sheet in (s for n, s in enumerate(sheets, len(_TAKEN)) if fields.fold(s.name) in taken[:n]):
        table.fault("report-twice", sheet.name, what="sheet name")
    return Report(
        name=name,
        title=table.text("title", required=True),
        about=table.text("about", required=True),
        sheets=sheets,
        intro=table.texts("intro"),
        audience=table.word("audience", words.AUDIENCES, "public"),
        order=table.whole("order"),
    )


def _sheet(table: Table, forms: Mapping[str, Form]) -> ReportSheet:
    table.called(f"sheet {table.data.get('name', '?')}")
    table.only(_SHEET_KEYS)
    name, kind = table.text("name", required=True), table.word("kind", words.KINDS, words.ROWS, required=True)
    if len(name) > SHEET_LIMIT or set(name) & set("[]:*?/\\'"):
        table.fault("form-sheet-name", name, limit=SHEET_LIMIT)
    form = _form(table, kind, forms)
    columns = tuple(_column(part, kind, form, forms) for part in table.tables("column"))
    _columns_fit(table, kind, columns)
    counted = table.texts("counted")
    for source in (s for s in counted if s not in {c.source for c in columns}):
        known = [c.source for c in columns]
        table.fault("report-counted", source, fields.near(source, known), expected=", ".join(known) or "none")
    return ReportSheet(
        name=name,
        kind=kind,
        about=table.text("about"),
        title=table.text("title"),
        lines=table.texts("lines"),
        empty=table.text("empty"),
        form=form.name if form else "",
        plans=table.texts("plans"),
        themes=table.texts("themes"),
        years=table.texts("years"),
        closed=table.flag("closed"),
        where=_where(table, form),
        counted=counted,
        columns=columns,
        file=f"{table.place.file}, sheet {name}",
    )


def _form(table: Table, kind: str, forms: Mapping[str, Form]) -> Form | None:
    """The form whose rows a sheet shows; a fault where the kind needs one and there is none such."""
    needed = kind in (words.ROWS, words.FORM)
    if not needed and kind not in words.AS_IN_PACKS and "form" in table.data:
        table.fault("report-needless", kind, key="form")
    name = table.text("form", required=needed)
    known = [f.name for f in forms.values() if f.layout == "table" and f.name not in SHEETS]
    if kind == words.ROWS:
        known = [k for k in known if not forms[k].is_measures]  # figures have rules of their own: kind "form" prints them
    if name and name not in known:
        table.fault("toml-word", name, fields.near(name, known), key="form", expected=", ".join(known))
    return forms.get(name) if name in known else None


def _columns_fit(table: Table, kind: str, columns: tuple[ReportColumn, ...]) -> None:
    """A fault where a kind that says its columns has none, another has some, or two have one heading."""
    if (kind in words.WITH_COLUMNS) != bool(columns):
        table.fault(*(("report-needless", kind) if columns else ("toml-key-missing",)), key="[[sheet.column]]")
    headings = [fields.fold(c.heading) for c in columns]
    first = [fields.fold(_KEY)] if kind == words.ROWS else []
    for n, column in enumerate(columns):
        if headings[n] in (*first, *headings[:n]):
            table.fault("report-twice", column.heading, what="heading")


def _where(table: Table, form: Form | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    asked = table.table("where")
    asked.called(table.heading)
    names = [f.name for f in form.answers] if form else []
    asked.only(names)
    return tuple((name, asked.texts(name)) for name in asked.data if name in names)


def _column(table: Table, kind: str, form: Form | None, forms: Mapping[str, Form]) -> ReportColumn:
    outer = table.heading
    table.called(f"{outer}, column {table.data.get('heading', '?')}")
    table.only(_COLUMN_KEYS)
    source = table.text("source", required=True)
    known = sources(kind, form, forms)
    if source and source not in known and (form or kind != words.ROWS):
        table.fault("report-source", source, fields.near(source, known), expected=_expected(source, known))
    width = table.whole("width", 20)
    if not _WIDTHS[0] <= width <= _WIDTHS[1]:
        table.fault("form-range", str(width), key="width", expected=f"{_WIDTHS[0]} to {_WIDTHS[1]} characters")
    return ReportColumn(
        heading=table.text("heading", required=True),
        source=source,
        kind=known.get(source, Kind.TEXT),
        width=width,
        public=_public(source, form),
        own=source.startswith("register."),
    )


def _expected(source: str, known: Mapping[str, Kind]) -> str:
    """The sources to choose from: those that begin alike, where some do."""
    begins = source.partition(".")[0]
    alike = [k for k in known if k.partition(".")[0] == begins]
    return ", ".join(alike or known)


def sources(kind: str, form: Form | None, forms: Mapping[str, Form]) -> dict[str, Kind]:
    """What the cells of a sheet of this kind may show, with the kind of each."""
    long = {"theme.why", "theme.aims", "strategy.about"}
    plain = {words.THEMES: words.THEME_SOURCES, words.BOARDS: words.BOARD_SOURCES, words.STRATEGIES: words.STRATEGY_SOURCES}
    if kind in plain:
        return {s: Kind.LONG_TEXT if s in long else Kind.TEXT for s in plain[kind]}
    if form is None:
        return {}
    own = {f.name: f.kind for f in forms["items"].fields if not _left_out(f.name)} if "items" in forms else {}
    context = {f.source or f.name: f.kind for f in form.fields if f.role is Role.CONTEXT}
    found = {f"register.{name}": kind for name, kind in {**dict.fromkeys(_WORDED, Kind.TEXT), **own, **context}.items()}
    for when in words.ANSWERED:
        found |= {f"{when}.{f.name}": f.kind for f in form.answers if f.name != "no_change"}
    return {**{s: Kind.TEXT if k in _AS_TEXT else k for s, k in found.items()}, **words.WORKED_SOURCES}


def _left_out(name: str) -> bool:
    """What an opening column gave is an answer ("now.progress"); who else leads stands in the words of register.leads."""
    return name.startswith("opening_") or name in ("key", "form", "joint_leads", "contributors")


def _public(source: str, form: Form | None) -> bool:
    """Whether the public may read a field of a form. What only the office reads of the register is never printed to it."""
    begins, _, name = source.partition(".")
    if begins == "register":
        return name != "note"
    return not (form and begins in words.ANSWERED and form.has(name)) or form.field(name).public
