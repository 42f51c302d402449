"""Returns in which nothing is wrong, though they look as if: saved by other programs, moved about, typed in other ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests import office
from tests.example.mails import Sent, forwarded, mail, zipped
from tests.faults import desk
from tests.faults.answers import ABOUT, Box, Typed, boxes, clean
from tests.faults.cells import homes
from tests.faults.desk import Received
from tests.faults.model import Change, Sending
from tests.faults.posted import _MAILED, _OUR_SUBJECT
from tests.faults.rows import ICB, POLICE, Q1, Q2, Q3, Q4, YOS
from tests.faults.ruled import PROGRESS, RAG, STATUS, box
from tests.faults.typing_in import Address, addresses, changed, places, type_in
from tests.faults.worded import HARMLESS
from workflow.model import Kind

OfficeSteps = Callable[[Mapping[Box, Address]], Sequence[Sequence[object]]]


@dataclass(frozen=True)
class Awkward:
    """A return of which nothing must be asked. Notes of the codes in `notes` may come.

    `same`: what stands afterwards is what stands after the clean return; where False, other words were typed.
    """

    name: str
    typed: Typed = field(default_factory=dict)
    change: Change | None = None
    sent: Sending | None = None
    office: OfficeSteps | None = None  # what is done to it in LibreOffice
    notes: frozenset[str] = frozenset()
    same: bool = True
    partner: str = POLICE
    period: str = Q3

    def received(self) -> list[Received]:
        """The files that arrive (of those that LibreOffice saves: before it does)."""
        data = type_in(desk.template(self.partner, self.period).data, {**clean(self.partner, self.period), **self.typed})
        if self.change:
            data, _ = changed(data, self.change)
        data = desk.saved(data, self.period)
        return list(self.sent(data)) if self.sent else [Received(f"{self.partner}.xlsx", data, self.period)]


def awkward() -> tuple[Awkward, ...]:
    """All of them."""
    return (*_plain(), *_saved(), *_moved(), *_typed(), *_told(), *_came())


def _plain() -> Iterator[Awkward]:
    for partner, period in ((POLICE, Q1), (POLICE, Q2), (POLICE, Q3), (POLICE, Q4), (YOS, Q3), (ICB, Q4)):
        yield Awkward(f"the clean return of {partner} for {period}", partner=partner, period=period)


def _saved() -> Iterator[Awkward]:
    yield Awkward("saved again by a library", change=lambda book: None)
    yield Awkward("saved again by LibreOffice", office=lambda where: [])
    yield Awkward("rows and columns inserted in LibreOffice", office=_inserted)
    yield Awkward("sorted the other way round in LibreOffice", office=_sorted)


def _inserted(where: Mapping[Box, Address]) -> Sequence[Sequence[object]]:
    return [
        ["insert rows", "Actions", 3, 2], ["insert columns", "Actions", 6, 1], ["insert columns", "Measures", 2, 2],
        ["move column", "Commitments", 9, 3], ["rename", "Issues", "Risks and money"],
    ]  # fmt: skip


def _sorted(where: Mapping[Box, Address]) -> Sequence[Sequence[object]]:
    cells = [cell for (sheet, key, heading), (_, cell) in where.items() if sheet == "Measures" and key and heading]
    rows = sorted({int("".join(c for c in cell if c.isdigit())) for cell in cells})
    last = max((cell.rstrip("0123456789") for cell in cells), key=lambda letters: (len(letters), letters))
    return [["sort down", "Measures", f"A{rows[0]}:{last}{rows[-1]}", 1]]


# --- moved about


def _sheet(book: Workbook, name: str) -> Worksheet:
    ws = book[name]
    assert isinstance(ws, Worksheet)
    return ws


def _top(ws: Worksheet) -> int:
    return next(row for row in range(1, ws.max_row + 1) if ws.cell(row, 1).value == "Row key")


def _moved() -> Iterator[Awkward]:
    yield Awkward("lines inserted above and inside the tables", change=_insert_lines)
    yield Awkward("an empty column inserted", change=lambda book: _sheet(book, "Actions").insert_cols(3))
    yield Awkward("two columns changed about", change=_swap)
    yield Awkward("sheets renamed", change=_rename)
    yield Awkward("rows in the other order", change=_reverse)
    yield Awkward("a sheet of notes beside the others", change=_notes)
    yield Awkward("spare rows hidden and others filtered", change=_hide_spare)
    yield Awkward("sheets in another order", change=lambda book: book.move_sheet("Measures", -3))


def _insert_lines(book: Workbook) -> None:
    for name in ("Actions", "Commitments", "Measures"):
        ws = _sheet(book, name)
        ws.insert_rows(_top(ws) + 2)
        ws.insert_rows(2, 2)


def _swap(book: Workbook) -> None:
    ws = _sheet(book, "Actions")
    where = places(book)
    one, two = (ws[where["Actions", "", h][1]].column for h in (STATUS, PROGRESS))
    for row in range(_top(ws), ws.max_row + 1):
        a, b = ws.cell(row, one), ws.cell(row, two)
        a.value, b.value = b.value, a.value


def _rename(book: Workbook) -> None:
    for ws in list(book.worksheets):
        ws.title = f"{ws.title[:20]} police"


def _reverse(book: Workbook) -> None:
    ws = _sheet(book, "Actions")
    lines = [[c.value for c in line] for line in ws.iter_rows(min_row=_top(ws) + 1)]
    for n, line in enumerate(reversed(lines), _top(ws) + 1):
        for column, value in enumerate(line, 1):
            ws.cell(n, column).value = value


def _notes(book: Workbook) -> None:
    ws = book.create_sheet("Working notes", 0)
    for row in (("What", "When"), ("Ask the control room", "Monday"), ("Status", "open"), ("Progress", "see the file")):
        ws.append(row)


def _hide_spare(book: Workbook) -> None:
    ws = _sheet(book, "Actions")
    for row in range(_top(ws) + 1, ws.max_row + 1):
        if str(ws.cell(row, 1).value).startswith("NEW-"):
            ws.row_dimensions[row].hidden = True


# --- typed in other ways


def _every(kinds: Sequence[Kind], way: Callable[[Any], Any]) -> Typed:
    """Every box of some kinds, typed in another way."""
    by = {(home.form.sheet, home.field.heading): home.field.kind for home in homes()}
    return {b: way(v) for b, v in clean(POLICE, Q3).items() if by.get((b[0], b[2])) in kinds and v is not None}


def _months(way: Callable[[str], Any]) -> Typed:
    return {b: way(v) for b, v in clean(POLICE, Q3).items() if b[0] == "Measures" and b[2] == "Period end"}


def _in_words(day: date) -> str:
    """ "12th December 2023"."""
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending} {day:%B %Y}"


_ENDS = {"Dec 2023": date(2023, 12, 31), "Mar 2023": date(2023, 3, 31)}


def _typed() -> Iterator[Awkward]:
    def day(way: Callable[[date], str]) -> Typed:
        return _every([Kind.DATE], lambda v: way(v) if isinstance(v, date) else v)

    yield Awkward("dates as text with slashes", day(lambda d: f"{d:%d/%m/%Y}"))
    yield Awkward("dates as text with two figures for the year", day(lambda d: f"{d.day}.{d.month}.{d:%y}"))
    yield Awkward("dates in words", day(_in_words))
    yield Awkward("months as dates", change=_as_dates)
    yield Awkward("months as figures", _months(lambda v: f"{_ENDS[v]:%m/%Y}"))
    choice = [Kind.CHOICE, Kind.YES_NO]
    yield Awkward("choices in small letters", _every(choice, lambda v: str(v).lower()))
    yield Awkward("choices in capitals with spaces around", _every(choice, lambda v: f"\u00a0{str(v).upper()}  "))
    letters = {"Red": "R", "Amber": "A", "Green": "G", "Yes": "Y", "No": "N", "On track": "ontrack", "Complete": "Done"}
    yield Awkward("choices by their letters", _every(choice, lambda v: letters.get(str(v), v)))
    discs = {"Red": "🔴", "Amber": "🟠", "Green": "🟢", "Complete": "✔"}
    yield Awkward("choices by their signs", _every(choice, lambda v: discs.get(str(v), v)))
    truth = {"Yes": True, "No": False}
    yield Awkward("yes and no as true and false", _every([Kind.YES_NO], lambda v: truth.get(str(v), v)))
    numbers = [Kind.DECIMAL, Kind.WHOLE, Kind.MONEY]
    yield Awkward("numbers as text", _every(numbers, str))
    yield Awkward("numbers with commas", _every(numbers, lambda v: f"{v:,}"), notes=frozenset({"number-tidied"}))
    yield Awkward("numbers with spaces and signs", _every(numbers, lambda v: f" {v} "), notes=frozenset({"number-tidied"}))
    yield Awkward("percentages as text", {box("M-2", "Value"): "79%", box("M-8", "Value"): "30.0%"})
    yield Awkward("percentages as Excel keeps them", change=_percent)
    yield Awkward("numbers under their formats", change=_formatted)
    texts = [Kind.TEXT, Kind.LONG_TEXT, Kind.LINK]
    yield Awkward("texts with spaces and line ends around", _every(texts, lambda v: f"  {v}\n\n"))
    yield Awkward(
        "texts in curly quotes",
        {box("A-1.1", PROGRESS): "The \u201clist\u201d is now sent \u2013 the hospitals\u2019 own copy too."},
        same=False,
    )
    yield Awkward(
        "lists, ticks and line breaks",
        {
            box(
                "A-1.1", PROGRESS
            ): "Done this quarter:\n\u2022 list sent by noon\n\u2022 hospitals added \u2713\n1) next: weekends"
        },
        same=False,
    )
    signs = {
        box("A-1.1", PROGRESS): "=the list is now sent by noon, weekends too",
        box("A-1.2", PROGRESS): "-evening hours began; +weekends from May",
        box("A-2.3", PROGRESS): "@coordinator: the review waits for guidance",
    }
    yield Awkward("texts that begin like formulas", signs, same=False)


def _as_dates(book: Workbook) -> None:
    """As Excel makes it of "Dec 2023": the first of the month, shown as Dec-23."""
    where = places(book)
    for place, value in _months(lambda v: _ENDS[v]).items():
        cell = book[place[0]][where[place][1]]
        cell.value, cell.number_format = value.replace(day=1), "mmm\\-yy"


def _percent(book: Workbook) -> None:
    where = places(book)
    for key, value in (("M-2", 0.79), ("M-8", 0.3), ("M-9", -0.045)):
        cell = book["Measures"][where["Measures", key, "Value"][1]]
        cell.value, cell.number_format = value, "0.0%"


def _formatted(book: Workbook) -> None:
    where = places(book)
    for place, code in (
        (box("M-3", "Value"), "#,##0"), (box("M-10", "Value"), "£#,##0.00"), (("Issues", "NEW-02", "Amount (£)"), '"£"#,##0'),
        (("Activities", "NEW-01", "Attended"), "0.00"),
    ):  # fmt: skip
        book[place[0]][where[place][1]].number_format = code


# --- what they tell


def _told() -> Iterator[Awkward]:
    yield Awkward(
        "long texts with names of operations, money, dates and references",
        {box(k, PROGRESS): v for k, v in HARMLESS.items()},
        same=False,
    )
    comment = box("M-1", "Comment on the figure")
    yield Awkward(
        "comments that say which period",
        {comment: "Up from 118 in the quarter before; the busiest week was in November."},
        same=False,
    )
    yield Awkward("nothing changed anywhere", {**_unchanged(("A-1.1", "A-1.2", "C-1")), **_unchanged(("I-1",))}, same=False)
    empty = dict.fromkeys((b for b in clean(YOS, Q3) if b[0] != ABOUT), None)
    nil = {(ABOUT, "", "Nothing to report this quarter"): "Yes"}
    yield Awkward("a nil return", {**empty, **nil}, same=False, partner=YOS)
    told_again = {("Actions", "A-2.6", STATUS): "On track", ("Actions", "A-2.6", RAG): "Green"}
    yield Awkward("a nil return that repeats last time's answers", {**empty, **nil, **told_again}, same=False, partner=YOS)
    moved = {
        **boxes(
            "Issues",
            "NEW-05",
            Type="Achievement",
            Title="Award for the street pastors",
            Detail="The county gave its prize to the pastors in November.",
        )
    }
    yield Awkward("a spare row out of order", moved, same=False)
    agrees = {
        box("A-2.4", RAG): "Amber",
        box("A-2.4", STATUS): "On track",
        box("A-2.4", PROGRESS): "We joined both visits in December.",
    }
    yield Awkward("a joint lead who agrees", agrees, same=False)


def _unchanged(rows: Sequence[str]) -> Typed:
    left = {b: None for b in clean(POLICE, Q3) if b[1] in rows}
    return {**left, **{box(row, "No change this quarter"): "Yes" for row in rows}}


# --- how they came


def _came() -> Iterator[Awkward]:
    yield Awkward("in a mail", sent=_mailed(mail))
    yield Awkward("in a forwarded mail", sent=_mailed(forwarded))
    yield Awkward("in a zip file", sent=lambda data: [Received("police.zip", zipped({"return.xlsx": data}), Q3)])
    yield Awkward("twice", sent=lambda data: [Received("police.xlsx", data, Q3), Received("police (1).xlsx", data, Q3)])
    yield Awkward("in two halves", sent=_halves)
    yield Awkward("saved again and sent again", sent=_again)
    yield Awkward("under another name", sent=lambda data: [Received("Copy of FINAL v3 (2).xlsx", data, Q3)])


def _mailed(way: Callable[[Sent], bytes]) -> Sending:
    def send(data: bytes) -> Sequence[Received]:
        sent = Sent(
            "lead@police.example", "Partnership Lead", "office@fictional.example", _MAILED, _OUR_SUBJECT, "return.xlsx", data
        )
        return [Received("police.eml", way(sent), Q3)]

    return send


def _halves(_data: bytes) -> Sequence[Received]:
    made = desk.template(POLICE, Q3).data
    answers = clean(POLICE, Q3)
    first = {b: v for b, v in answers.items() if b[0] in (ABOUT, "Actions", "Issues")}
    second = {b: v for b, v in answers.items() if b not in first}
    where = addresses(made)
    return [
        Received(f"part {n}.xlsx", desk.saved(type_in(made, half, where), Q3, minute=n), Q3)
        for n, half in enumerate((first, second), 1)
    ]


def _again(data: bytes) -> Sequence[Received]:
    again, _ = changed(data, lambda book: None)
    return [Received("police.xlsx", data, Q3), Received("police v2.xlsx", desk.saved(again, Q3, minute=20), Q3)]


def by_office(cases: Sequence[Awkward], folder: Path) -> Iterator[tuple[Awkward, list[Received]]]:
    """Clean returns after LibreOffice opened them, did something to them and saved them, all in one go."""
    jobs: list[office.Job] = []
    for n, each in enumerate(cases):
        (received,) = each.received()
        source, target = folder / f"{n}.xlsx", folder / f"{n} saved.xlsx"
        source.write_bytes(received.data)
        assert each.office
        jobs.append((source, target, each.office(addresses(received.data))))
    office.edit_all(jobs)
    for each, (_, target, _) in zip(cases, jobs, strict=True):
        yield each, [Received("police.xlsx", desk.saved(target.read_bytes(), each.period), each.period)]
