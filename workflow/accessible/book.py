"""Checks on the workbook as a whole: names, properties, hidden things, the cover."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workflow.accessible.page import Fault, Page, at
from workflow.model import Profile
from workflow.writer import LISTS

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_TOOLS = re.compile(r"openpyxl|python|xlsxwriter|user|admin", re.IGNORECASE)
_DEFAULT_TAB = re.compile(r"(?:sheet|chart|table)\s*\d*", re.IGNORECASE)
_NOTE = re.compile(r"\[note (\d+)\]", re.IGNORECASE)
_MORE = "Long texts"  # the writer's own sheet; the cells that lead to it name it
_COVER = (
    ("a contact", re.compile(r"@|\bcontact|\btelephone|\bphone", re.IGNORECASE)),
    ("the publication date", re.compile(r"publi(?:shed|cation)", re.IGNORECASE)),
    ("the next update", re.compile(r"next (?:update|publication|edition|release)", re.IGNORECASE)),
    ("the licence", re.compile(r"licen[cs]e", re.IGNORECASE)),
)
_GUIDE = re.compile(r"guide|instruction|how to|read ?me|about|notes", re.IGNORECASE)


def table_names(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X02: table names that are unique, descriptive and without spaces."""
    seen: set[str] = set()
    for page in found:
        for table in page.sheet.tables.values():
            name = str(table.displayName or table.name or "")
            if name.casefold() in seen:
                yield page.fault(f"the table name {name} is used twice. Give each table its own.")
            seen.add(name.casefold())
            if not name or re.search(r"\s", name) or re.fullmatch(r"Table\d*", name, re.IGNORECASE):
                yield page.fault(f"the table name {name!r} does not say what the table holds. Name it, without spaces.")


def hidden(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X09: nothing hidden; a return may hide its drop-down lists."""
    profile = found[0].profile if found else Profile.PUBLISHED
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible" and not (sheet.title == LISTS and profile is Profile.RETURN):
            yield Fault(str(sheet.title), "", "the sheet is hidden. Show it or delete it.")
    for page in found:
        for number, row in page.sheet.row_dimensions.items():
            if row.hidden or row.height == 0:
                yield page.fault("a row is hidden. Show it or delete it.", f"{number}:{number}")
        for letters, column in page.sheet.column_dimensions.items():
            if column.hidden or (column.customWidth and column.width == 0):
                yield page.fault("a column is hidden. Show it or delete it.", f"{letters}:{letters}")


def tabs(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X16: sheet names that mean something, and no blank sheets."""
    for page in found:
        if _DEFAULT_TAB.fullmatch(page.name) or len(page.name) > 31:
            yield page.fault("the sheet's name does not say what it holds, in at most 31 characters. Rename it.")
        if not page.cells:
            yield page.fault("the sheet is blank. Delete it.")
    names = [page.name.casefold() for page in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Fault(name, "", "two sheets have the same name. Rename one.")


def notes(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X11: notes are marked [note 1], [note 2] in the order of reading, and each is explained on a Notes sheet.

    Titles, lines and headings are looked at; the table's body is other people's text, where the same signs mean nothing.
    """
    order: list[int] = []
    explained = ""
    for page in found:
        is_notes = "notes" in page.name.casefold()
        for cell in page.cells:
            text = str(cell.value)
            if is_notes:
                explained += f" {text.casefold()}"
            if is_notes or page.inside(cell):
                continue
            for number in (int(digits) for digits in _NOTE.findall(text)):
                if number not in order:
                    order.append(number)
            if re.search(r"[†‡]|\w[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?!\w)", text):
                yield page.fault("a note is marked with a raised sign. Write [note 1] instead.", cell.coordinate)
    if order != sorted(order) or (order and order[0] != 1):
        yield Fault("", "", "the notes are not numbered 1, 2, 3 in the order in which they are met. Number them again.")
    for number in order:
        if not re.search(rf"\bnote {number}\b|(?:^|\s){number}(?:\s|$)", explained):
            yield Fault("", "", f"[note {number}] is not explained on a sheet called Notes. Add it there.")


def properties(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X25: title, subject, keywords, an organisation as creator, the language, and no last editor."""
    about = book.properties
    for word, value in (("title", about.title), ("subject", about.subject), ("keywords", about.keywords)):
        if not (value or "").strip():
            yield Fault("", "", f"the document property {word} is blank. Fill it in.")
    if not (about.creator or "").strip() or _TOOLS.fullmatch(about.creator.strip()):
        yield Fault("", "", "the document's author is not an organisation. Fill in its name.")
    if about.language != "en-GB":
        yield Fault("", "", "the document's language is not set to en-GB. Set it.")
    if (about.lastModifiedBy or "").strip():
        yield Fault("", "", "the document says who changed it last. Clear that property.")


def first_view(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X26: the file opens on its first sheet with cell A1 selected everywhere."""
    if book.worksheets and book.active is not book.worksheets[0]:
        yield Fault("", "", "the file does not open on its first sheet. Go to the first sheet and save.")
    for page in found:
        view = page.sheet.sheet_view
        active = view.pane.activePane if view.pane else None  # frozen panes each have a cursor; one is the reader's
        chosen = [selection for selection in view.selection if active is None or selection.pane == active]
        if any((selection.activeCell or "A1") != "A1" for selection in chosen):
            yield page.fault("the cursor is not in cell A1. Go there and save.")


def defined_names(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X34: no defined name that points nowhere."""
    named = [("", *item) for item in book.defined_names.items()]
    for sheet in book.worksheets:
        named += [(str(sheet.title), *item) for item in sheet.defined_names.items()]
    for title, name, defined in named:
        if "#REF!" in (defined.attr_text or "#REF!"):
            yield Fault(title, "", f"the defined name {name} points nowhere. Delete it.")


def cover(book: Workbook, found: Sequence[Page]) -> Iterator[Fault]:
    """X32: a published file opens with a cover that links to every sheet; a return has a sheet that says how to fill it in."""
    if not found:
        return
    if found[0].profile is Profile.RETURN:
        if not any(_GUIDE.search(page.name) or _GUIDE.search(str(page.first.value or "")) for page in found):
            yield Fault("", "", "no sheet says how to fill in the return. Add a guide.")
        return
    first = found[0]
    text = " ".join(str(cell.value) for cell in first.cells)
    for what, pattern in _COVER:
        if not pattern.search(text):
            yield first.fault(f"the cover does not give {what}. Add it.")
    linked = " ".join(first.given.links.values())
    for page in found[1:]:
        if page.name != _MORE and f"{page.name}'!" not in linked and f"{page.name}!" not in linked:
            yield first.fault(f"the cover has no link to the sheet {page.name}. Add one to its contents.", at(1, 1))
