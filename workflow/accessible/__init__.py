"""The accessibility list of domain.md section C1, checked by program. This is the room's one door.

It says which checks a file fails. A file that fails none "passes the checks we can test"; nobody can say more by program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from workflow.accessible import book as whole
from workflow.accessible import cell, charts, parts, sheet
from workflow.accessible.page import Fault, Page, TooLargeError, pages
from workflow.model import Profile

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_P, _R, _W = Profile.PUBLISHED, Profile.RETURN, Profile.WORKING
_ALL, _OUT = (_P, _R, _W), (_P, _R)

# The checks marked "must" in C1, with the profiles they hold for. The tracker (working) has the sensible part of them.
_BOOK: tuple[tuple[str, tuple[Profile, ...], Callable[[Workbook, Sequence[Page]], Iterator[Fault]]], ...] = (
    ("X02", _ALL, whole.table_names),
    ("X09", _OUT, whole.hidden),
    ("X11", (_P,), whole.notes),
    ("X16", _ALL, whole.tabs),
    ("X21", _ALL, charts.has_its_table),
    ("X25", _ALL, whole.properties),
    ("X26", _ALL, whole.first_view),
    ("X32", _OUT, whole.cover),
    ("X34", _ALL, whole.defined_names),
)
_SHEET: tuple[tuple[str, tuple[Profile, ...], Callable[[Page], Iterator[Fault]]], ...] = (
    ("X01", _ALL, sheet.has_table),
    ("X03", _ALL, sheet.merged),
    ("X04", _OUT, sheet.blank_rows),
    ("X05", _ALL, sheet.headings),
    ("X06", _OUT, cell.nothing_cut_off),
    ("X07", _OUT, sheet.panes),
    ("X08", (_P,), sheet.empty_cells),
    ("X10", _OUT, sheet.widths),
    ("X12", _ALL, sheet.title),
    ("X13", _OUT, sheet.nothing_outside),
    ("X13", _ALL, charts.stands_alone),
    ("X14", _ALL, sheet.starts_left),
    ("X15", _OUT, sheet.one_table),
    ("X17", _ALL, sheet.no_header_footer),
    ("X18", _OUT, cell.no_structural_fill),
    ("X19", _OUT, cell.words_with_colour),
    ("X20", _ALL, cell.contrasts),
    ("X23", _ALL, cell.fonts),
    ("X24", _OUT, sheet.link_words),
    ("X27", _OUT, cell.numbers),
    ("X28", (_P,), cell.units),
    ("X29", _ALL, cell.dates),
    ("X31", _ALL, sheet.printing),
)
_SHOWN_CELLS = 5


def check(data: bytes, profile: Profile, name: str = "") -> tuple[str, ...]:
    """The failed checks of a workbook in plain English, each with its sheet, its cells and its number in domain.md C1.

    Empty when all pass. `name` is the file's name, checked where given. A file that cannot be opened is one failed check.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy

    try:
        found = parts.read_parts(data)
        book = load_workbook(BytesIO(data), data_only=True)  # a formula counts as its saved result
        looked = pages(book, profile)
        if parts.has_formula_links(data):
            _note_links(looked, load_workbook(BytesIO(data)))
    except TooLargeError as problem:
        return (f"The file is too large to check: {problem}.",)
    except Exception:  # openpyxl raises a dozen kinds for a broken file; each means the same here
        return ("The file could not be opened as an Excel workbook (.xlsx), so nothing was checked.",)
    failed: list[tuple[str, Fault]] = []
    for code, holds, rule in _BOOK:
        failed += [(code, fault) for fault in rule(book, looked)] if profile in holds else []
    for code, holds, test in _SHEET:
        failed += [(code, fault) for page in looked for fault in test(page)] if profile in holds else []
    failed += [("X22", fault) for fault in parts.no_active_content(found)]
    failed += [("X17", fault) for fault in parts.no_shapes(found, profile)]
    failed += [("X19", fault) for fault in charts.differ_without_colour(found, profile)]
    failed += [("X23", fault) for fault in charts.readable(found, profile)]
    if profile in _OUT:
        failed += [("X21", fault) for fault in parts.no_pictures(found, profile)]
        failed += [("X35", fault) for fault in parts.file_itself(data, name)]
    return _sentences(failed)


def _note_links(looked: Sequence[Page], formulas: Workbook) -> None:
    """Tell the pages which of their cells are links made by formulas, of which only the results were read so far."""
    for page in looked:
        rows = formulas[page.name].iter_rows()
        page.formula_links = frozenset(
            str(cell.coordinate) for row in rows for cell in row if isinstance(cell.value, str) and "HYPERLINK(" in cell.value
        )


def _sentences(failed: list[tuple[str, Fault]]) -> tuple[str, ...]:
    """One sentence for each problem of a sheet, with all its cells, in the order of the list."""
    cells: dict[tuple[str, str, str], list[str]] = {}
    for code, fault in failed:
        cells.setdefault((code, fault.sheet, fault.words), []).append(fault.cell)
    said = []
    for (code, tab, words), places in sorted(cells.items(), key=lambda item: item[0][0]):
        named = [place for place in places if place]
        shown = ", ".join(named[:_SHOWN_CELLS])
        more = f" and {len(named) - _SHOWN_CELLS} more" if len(named) > _SHOWN_CELLS else ""
        where = " ".join(part for part in (tab, f"({shown}{more})" if shown else "") if part)
        said.append(f"{where}: {words} ({code})" if where else f"{words[:1].upper()}{words[1:]} ({code})")
    return tuple(said)
