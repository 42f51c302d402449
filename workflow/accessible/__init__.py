"""The accessibility list of domain.md section C1, checked by program. This is the room's one door.

It says which checks a file fails. A file that fails none "passes the checks that can be tested"; nobody can say more by
program. What no program can test stands in `BY_PERSON`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from workflow.accessible import book as whole
from workflow.accessible import cell, charts, opened, parts, plain, sheet
from workflow.accessible.checklist import BY_PERSON, CHECKLIST, JUDGED
from workflow.accessible.page import OURS, THEIRS, Fault, Most, Page, TooLargeError
from workflow.model import Profile
from workflow.reader import NotPlainError

__all__ = ["BY_PERSON", "CHECKLIST", "JUDGED", "CannotCheckError", "Failed", "check", "failures", "large", "tested"]

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_P, _R, _W = Profile.PUBLISHED, Profile.RETURN, Profile.WORKING
_ALL, _OUT = (_P, _R, _W), (_P, _R)

# The checks of C1, with the profiles they hold for. The tracker (working) has the sensible part of them.
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
_PARTS: tuple[tuple[str, tuple[Profile, ...], Callable[[parts.File], Iterator[Fault]]], ...] = (
    ("X17", _ALL, parts.no_shapes),
    ("X19", _ALL, charts.differ_without_colour),
    ("X21", _OUT, parts.no_pictures),
    ("X22", _ALL, parts.no_active_content),
    ("X23", _ALL, charts.readable),
    ("X33", _OUT, parts.described_tables),
    ("X35", _OUT, parts.file_itself),
)
_Way: TypeAlias = Callable[[bytes, Profile, Most], tuple["Workbook", Iterator[Page]]]
_SHOWN_CELLS = 5
_NO_WORKBOOK = "The file could not be opened as an Excel workbook (.xlsx), so nothing was checked."


class CannotCheckError(ValueError):
    """The file cannot be checked at all; the text says why, as a sentence."""


class Failed(NamedTuple):
    """One failed check: its number in domain.md C1, the sheet ("" for the workbook), the cells in words ("" for the whole
    sheet), and what is wrong and what to do, beginning with a small letter."""

    code: str
    sheet: str
    cells: str
    words: str

    @property
    def sentence(self) -> str:
        """Where, what, what to do."""
        where = " ".join(part for part in (self.sheet, f"({self.cells})" if self.cells else "") if part)
        said = f"{where}: {self.words}" if where else f"{self.words[:1].upper()}{self.words[1:]}"
        return f"{said} ({self.code})"


def tested(profile: Profile) -> tuple[str, ...]:
    """The numbers of the checks that are made of a workbook of that profile, in order."""
    registered = [(code, holds) for code, holds, _ in (*_BOOK, *_SHEET, *_PARTS)]
    return tuple(sorted({code for code, holds in registered if profile in holds}))


def check(data: bytes, profile: Profile, name: str = "", *, any_size: bool = False) -> tuple[str, ...]:
    """The failed checks of one of our own workbooks in plain English, each with its sheet, cells and number in domain.md C1.

    Empty when all pass. `name` is the file's name, checked where given. A file that cannot be opened is one failed check.
    With `any_size` nothing is said of a large one: what a partnership has to say is no mistake (`large` is for people).
    """
    try:
        failed = failures(data, profile, name, OURS)
    except CannotCheckError as problem:
        return (str(problem),)
    size = parts.too_large(len(data)) if any_size else ""
    return tuple(one.sentence for one in failed if not size or one.words != size)


def large(size: int) -> str:
    """What is said of a paper of so many bytes that mail and agenda systems may not take, "" of any other."""
    words = parts.too_large(size)
    return Failed("X35", "", "", words).sentence if words else ""


def failures(data: bytes, profile: Profile, name: str = "", most: Most = THEIRS) -> tuple[Failed, ...]:
    """The same of any workbook, part by part. Raises CannotCheckError, also for one that is larger than `most`.

    It opens what it is given with openpyxl, so a file that somebody else made is for a guarded process (`guard`).
    """
    with _opening():
        file = parts.File(parts.read_parts(data, most), profile, data, name)
    try:
        failed = _failed(plain.opened, data, profile, most)
    except NotPlainError:
        failed = _failed(opened.opened, data, profile, most)
    for code, holds, look in _PARTS:
        failed += [(code, fault) for fault in look(file)] if profile in holds else []
    return _gathered(failed)


def _failed(way: _Way, data: bytes, profile: Profile, most: Most) -> list[tuple[str, Fault]]:
    """What fails of the workbook and of its sheets. One sheet after another is read and looked at."""
    with _opening():
        book, coming = way(data, profile, most)
    tests = [(code, test) for code, holds, test in _SHEET if profile in holds]
    met: list[list[tuple[str, Fault]]] = [[] for _ in tests]
    looked: list[Page] = []
    while True:
        with _opening():
            page = next(coming, None)
        if page is None:
            break
        for faults, (code, test) in zip(met, tests, strict=True):
            faults += [(code, fault) for fault in test(page)]
        if looked and "notes" not in page.name.casefold():  # of the cover and of notes, all is looked at again
            page.let_go()
        looked.append(page)
    failed = [(code, fault) for code, holds, rule in _BOOK if profile in holds for fault in rule(book, looked)]
    return failed + [fault for faults in met for fault in faults]


@contextmanager
def _opening() -> Iterator[None]:
    """Whatever is raised in it is said as CannotCheckError."""
    try:
        yield
    except NotPlainError:
        raise
    except TooLargeError as problem:
        raise CannotCheckError(f"The file is too large to check: {problem}.") from problem
    except Exception as problem:  # openpyxl raises a dozen kinds for a broken file; each means the same here
        raise CannotCheckError(_NO_WORKBOOK) from problem


def _gathered(failed: list[tuple[str, Fault]]) -> tuple[Failed, ...]:
    """One for each problem of a sheet, with all its cells, in the order of the list."""
    cells: dict[tuple[str, str, str], list[str]] = {}
    for code, fault in failed:
        cells.setdefault((code, fault.sheet, fault.words), []).append(fault.cell)
    said = []
    for (code, tab, words), places in sorted(cells.items(), key=lambda item: item[0][0]):
        named = [place for place in places if place]
        shown = ", ".join(named[:_SHOWN_CELLS])
        more = f" and {len(named) - _SHOWN_CELLS} more" if len(named) > _SHOWN_CELLS else ""
        said.append(Failed(code, tab, f"{shown}{more}" if shown else "", words))
    return tuple(said)
