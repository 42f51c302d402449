"""`config/register.xlsx` -> `model.Register`, with a place for every cell and findings for what could not be read.

A row that lacks or garbles what it cannot do without is left out with a finding; the other rows are read all the same.
Whether the rows make sense together is for `checks`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from workflow import fields, items, periods, reader
from workflow.config.cells import ChoicesFor, Line, Places, SheetCells, no_choices
from workflow.config.itemrows import opening_choices, read_items, same
from workflow.config.rag import tidy_colour
from workflow.errors import Unreadable
from workflow.model import (
    TAKE_LATER,
    Alias,
    Board,
    Calendar,
    Contact,
    Finding,
    Form,
    Item,
    Partner,
    Partnership,
    Period,
    Place,
    Plan,
    RagLevel,
    Register,
    Strategy,
    Term,
    Theme,
    Waiver,
)
from workflow.names import Names
from workflow.validate import Trouble, gather
from workflow.wording import finding

SHEETS = (
    "partnership", "calendars", "periods", "partners", "contacts", "aliases", "plans", "themes", "items", "boards",
    "rag_key", "waivers", "glossary", "strategies",
)
ESSENTIAL = frozenset({"partnership", "periods", "partners", "plans", "themes", "items"})
_NUMBER = re.compile(r"-[A-Z](\d{1,2})$", re.IGNORECASE)  # of a period within its year, as its key says
OPTIONAL = frozenset({"strategies"})  # may be left out without a word, and a workspace older than it has no form for it


def load_register(
    data: bytes, forms: Mapping[str, Form], file: str, *, today: date | None = None
) -> tuple[Register | None, tuple[Finding, ...]]:
    """Read the register. `forms` are the register's own and beside them the return forms, whose purposes the items have;
    `file` names it in messages.

    `today` decides which of an alias's meanings holds; without it, the day on which the workbook was last saved.
    None is returned only where the file cannot be read or lacks a sheet that nothing works without.
    """
    try:
        book = reader.read_bytes(data, reader.OF_THE_OFFICE)
    except Unreadable as error:
        return None, (finding("register-unreadable", [Place(file)], why=_inside(str(error))),)
    source = _Source(book, forms, file, today or _saved(book))
    register = _build(source)
    if source.missing:
        return None, tuple(source.findings)
    register = replace(register, sha256=hashlib.sha256(data).hexdigest(), places=source.places)
    return register, (*source.findings, *gather(source.troubles, "", ""))


def _inside(sentence: str) -> str:
    """A sentence as part of another."""
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def _saved(book: reader.Workbook) -> date:
    """The day the workbook was last saved, as it says itself: never the clock."""
    try:
        return date.fromisoformat(book.core.get("modified", "")[:10])
    except ValueError:
        return date(2000, 1, 1)


@dataclass(slots=True)
class _Source:
    """The workbook and what reading it gathers."""

    book: reader.Workbook
    forms: Mapping[str, Form]
    file: str
    today: date
    troubles: list[Trouble] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: Places = field(default_factory=Places)
    missing: bool = False
    tables: Mapping[str, reader.TableRead] = field(init=False)

    def __post_init__(self) -> None:
        own = {name: self.forms[name] for name in SHEETS if name in self.forms}
        self.tables = reader.read_tables(self.book, own, self.file)  # all in one pass

    def lines(self, name: str, choices_for: ChoicesFor = no_choices) -> list[Line]:
        """The rows of one sheet that can be used."""
        if name in OPTIONAL and name not in self.forms:
            return []
        form = self.forms[name]
        read = self.tables[name]
        if not read.found and name in OPTIONAL:
            return []
        if not read.found:
            essential = name in ESSENTIAL
            self.missing = self.missing or essential
            code = "register-sheet-missing" if essential else "register-sheet-absent"
            there = reader.sheet_meant(self.book, form)
            besides = f" (there is a sheet {there}, but not with its headings)" if there else ""
            self.findings.append(finding(code, [Place(self.file, there)], form=name, sheet=form.sheet, besides=besides))
            return []
        # Here a needed column that is gone loses rows, so it is said more strongly than in a return.
        self.findings.extend(f for f in read.findings if f.code != "heading-missing")
        where = {f.field: f.places for f in read.findings if f.code == "heading-missing"}  # at what may have been it
        self.findings.extend(
            finding(
                "register-column-missing", where.get(f.name, [Place(self.file, read.sheet)]), form=name, field=f.name,
                found=f.heading,
            )
            for f in form.fields if (f.required or f is form.key) and f.name not in read.headings
        )
        cells = SheetCells(form, self.file, self.today, choices_for)
        found = [line for row in read.rows if (line := cells.line(row))]
        self.troubles.extend(cells.troubles)
        self.places.rows.update(cells.places.rows)
        if form.layout == "record" and not found:
            found = [Line(name, "", Place(self.file, read.sheet))]
        return found


def _build(source: _Source) -> Register:
    partnership = _partnership(source.lines("partnership"))
    calendars = tuple(
        Calendar(x.key, x.text("name"), x.whole("first_month", 1), x.place) for x in source.lines("calendars")
    ) or tuple(periods.CALENDARS.values())
    partners = tuple(_partner(x) for x in source.lines("partners"))
    plans = tuple(_plan(x, partnership.calendar) for x in source.lines("plans"))
    themes = tuple(_theme(x, plans) for x in source.lines("themes"))
    register = Register(
        partnership=partnership, calendars=calendars,
        periods=tuple(_period(x, partnership.calendar) for x in source.lines("periods")),
        partners=partners, contacts=(), aliases=(), plans=plans, themes=themes, items=(), boards=(),
        rag=tuple(_level(x) for x in source.lines("rag_key")),
        glossary=tuple(Term(x.key, x.text("meaning"), x.place) for x in source.lines("glossary")),
        strategies=tuple(
            Strategy(x.key, x.text("owner"), x.text("years"), x.text("about"), x.place) for x in source.lines("strategies")
        ),
    )
    known = Names(partners, (), source.today)
    register = replace(
        register,
        contacts=tuple(
            Contact(known.find(x.key) or x.key, x.text("post"), x.text("email"), x.text("role"), x.place)
            for x in source.lines("contacts")
        ),
        aliases=tuple(
            Alias(x.key, known.find(x.text("partner")) or x.text("partner"), x.day("valid_from"), x.day("valid_to"), x.place)
            for x in source.lines("aliases")
        ),
    )
    register = replace(register, items=_items(source, register))
    return replace(
        register,
        boards=tuple(_board(x, register) for x in source.lines("boards")),
        waivers=tuple(
            Waiver(fields.fold(x.key), x.text("item"), known.find(x.text("partner")) or x.text("partner"), x.text("reason"),
                   x.text("agreed_by"), x.day("until"), x.place)
            for x in source.lines("waivers")
        ),
    )


def _ids(rows: Iterable[Partner | Plan | Theme]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.id for row in rows))


def _partnership(lines: Sequence[Line]) -> Partnership:
    line = lines[0] if lines else Line("partnership", "", Place())
    names = ("name", "short_name", "area", "coordinator", "email", "phone", "reply_to", "subject_prefix", "licence", "label")
    return Partnership(
        **{name: line.text(name) for name in names},
        calendar=line.text("calendar", "april"),
        conflicts=line.text("conflicts", TAKE_LATER),
    )


def _period(line: Line, calendar: str) -> Period:
    found = _NUMBER.search(line.key)
    quarter = line.whole("quarter") or (int(found.group(1)) if found else 0)
    return Period(
        key=line.key, label=line.text("label") or _label(line.key), calendar=line.text("calendar", calendar),
        start=line.sure_day("start"), end=line.sure_day("end"), issue_date=line.sure_day("issue_date"),
        due_date=line.sure_day("due_date"), papers_date=line.sure_day("papers_date"), state=line.text("state", "planned"),
        quarter=quarter, place=line.place,
    )


def _label(key: str) -> str:
    """"Q2 2023/24"; a key that is none is shown as it stands, and the checks say so."""
    try:
        return periods.label(key)
    except ValueError:
        return key


def _partner(line: Line) -> Partner:
    return Partner(
        id=line.key, name=line.text("name"), short_name=line.text("short_name"), forms=line.many("forms"),
        domains=tuple(d.lower().removeprefix("@") for d in line.many("domains")),
        active_from=line.day("active_from"), active_to=line.day("active_to"), place=line.place,
    )


def _plan(line: Line, calendar: str) -> Plan:
    return Plan(
        id=line.key, name=line.text("name"), calendar=line.text("calendar", calendar), rag=line.text("rag"),
        measure_rag=line.text("measure_rag"), start=line.day("start"), end=line.day("end"), place=line.place,
    )


def _theme(line: Line, plans: Sequence[Plan]) -> Theme:
    return Theme(
        id=line.key, plan=same(line.text("plan"), _ids(plans)), number=line.text("number"), title=line.text("title"),
        place=line.place, former=line.many("former"), why=line.text("why"), aims=line.text("aims"),
    )


def _level(line: Line) -> RagLevel:
    statuses = [c.value for c in items.STATUSES]
    return RagLevel(
        scheme=line.key, letter=line.text("letter"), word=line.text("word"), meaning=line.text("meaning"),
        colour=tidy_colour(line.text("colour")), text_colour=tidy_colour(line.text("text_colour")),
        rule=line.text("rule", "chosen"), statuses=tuple(same(s, statuses) for s in line.many("statuses")),
        at_least=line.number("at_least"), below=line.number("below"), place=line.place,
    )


def _board(line: Line, register: Register) -> Board:
    plans, themes = _ids(register.plans), _ids(register.themes)
    return Board(
        id=line.key, name=line.text("name"), audience=line.text("audience"), also_for=line.text("also_for"),
        frequency=line.text("frequency"),
        plans=tuple(same(p, plans) for p in line.many("plans")), themes=tuple(same(t, themes) for t in line.many("themes")),
        forms=line.many("forms"), sections=line.many("sections"),
        quarters=tuple(_quarter(q) for q in line.many("quarters")), focus=tuple(_focus(f, themes) for f in line.many("focus")),
        chair=line.text("chair"), clerk=line.text("clerk"), email=line.text("email"), place=line.place,
        reports_to=line.text("reports_to"),
    )


def _focus(text: str, themes: Sequence[str]) -> tuple[int, str]:
    """"Q2 DA" or "2: DA" -> (2, "DA"); quarter 0 for what says no quarter, which the checks report."""
    quarter, _, theme = text.replace(":", " ").replace("=", " ").strip().partition(" ")
    return _quarter(quarter), same(theme.strip(), themes)


def _quarter(text: str) -> int:
    """"2" or "Q2" -> 2; 0 for what is no number of a period, which the checks report."""
    digits = text[1:] if text[:1].isalpha() else text
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _items(source: _Source, register: Register) -> tuple[Item, ...]:
    """The Items sheet; what its RAG words may be depends on the plan, which is why the other sheets are read first."""
    form = source.forms["items"]
    lines = source.lines("items", lambda f, values: opening_choices(f, values, register))
    found, troubles = read_items(form, lines, register, (source.forms, source.today))
    source.troubles.extend(troubles)
    return found
