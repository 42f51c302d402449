"""What public reports leave out and why, for the coordinator (design law 10): both versions are held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from workflow import disclosure
from workflow.model import Board, Book, Column, Content, Kind, Mark, Profile, Report, Sheet
from workflow.outputs.scope import PUBLIC, Scope
from workflow.outputs.sheets import Words, data_sheet, title_words
from workflow.outputs.standing import Moments
from workflow.outputs.view import View
from workflow.outputs.withheld import searched

WHOLE_ROW = "The whole row"
EARLIER = "What was said earlier says a figure that was hidden then, or was not for publication then"
_COLUMNS = (
    Column("Row key", width=16, key=True),
    Column("What it is", Kind.LONG_TEXT, 40),
    Column("What is left out", width=24),
    Column("Why", width=36),
    Column("Left out of", Kind.LONG_TEXT, 44),
)
Make = Callable[[View, Report, str], Book]
Entry = tuple[str, str]  # a row's key, and what of it is left out


def withheld_book(view: View, reports: Iterable[Report], make: Make) -> Book:
    """One row per thing that some public report leaves out, under the `working` profile. Not for publication."""
    found: dict[Entry, dict[str, None]] = {}
    for report in reports:
        for entry, where in _left_out(make(view, report, PUBLIC), make(view, report, "restricted")):
            found.setdefault(entry, {})[f"{report.title}: {where}"] = None
    told = {w.key: w.why for w in _scope(view).withheld}
    items = {i.key: i for i in (*view.register.items, *(i for rows in view.rows.values() for i in rows))}
    rows = [
        (key, title_words(items[key]) if key in items else None, what, told.get(key, EARLIER), "\n".join(papers))
        for (key, what), papers in found.items()
    ]
    lines = ("What public reports leave out.", *searched(view))
    sheet = data_sheet(Scope(Moments(view)), "Withheld", _COLUMNS, rows, Words(lines=lines, empty="Nothing is held back."))
    sheet = replace(sheet, title=f"Withheld from public reports, {view.period.label}")
    who = view.register.partnership
    return Book(
        title=sheet.title,
        subject=f"{who.name}: what public reports leave out",
        creator=who.name,
        when=view.today,
        sheets=(sheet,),
        profile=Profile.WORKING,
        keywords=view.period.key,
    )


def _scope(view: View) -> Scope:
    return Scope(Moments(view), Board("", "", PUBLIC, ""), report=True, past=True)


def _left_out(public: Book, full: Book) -> Iterator[tuple[Entry, str]]:
    """Every row that only the full version has, and every cell that the public one hides, with the sheet it is on."""
    whole = {s.name: s for s in full.sheets}
    for sheet in public.sheets:
        if not _has_keys(whole[sheet.name]):
            continue
        shown = {str(_plain(row[0])) for row in sheet.rows}
        missing = dict.fromkeys(key for row in whole[sheet.name].rows if (key := str(_plain(row[0]))) not in shown)
        yield from (((key, WHOLE_ROW), sheet.name) for key in missing)
        for row in sheet.rows:
            hidden = [c.heading for c, cell in zip(sheet.columns, row, strict=True) if _plain(cell) == disclosure.HIDDEN]
            if hidden:
                yield (str(_plain(row[0])), ", ".join(hidden)), sheet.name


def _has_keys(sheet: Sheet) -> bool:
    return bool(sheet.columns) and sheet.columns[0].heading == _COLUMNS[0].heading


def _plain(content: Content) -> Content:
    return content.value if isinstance(content, Mark) else content
