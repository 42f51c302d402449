"""What is imported: tables as they stand in old files, with the place of everything, before any form gives them a meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.model.places import Place, Value


class Confidence(StrEnum):
    """How sure a proposal is, in the words that the review workbook uses."""

    SURE = "Sure"  # what the file itself says: a number, a heading, a name that is known
    LIKELY = "Likely"  # one reading fits better than the others
    CHECK = "Please check"  # a guess, or nothing to go by

    @property
    def doubt(self) -> int:
        """0 for what is sure, more for what is less so: the order of a review, most doubtful first, is by this."""
        return (Confidence.SURE, Confidence.LIKELY, Confidence.CHECK).index(self)


@dataclass(frozen=True, slots=True)
class SourceCell:
    """One cell of an old table, or one paragraph outside any table. Only what is not blank, and blanks that a colour fills.

    `place` is where a person finds it: file; sheet, or "Table 3" or "Text" of a document; cell `B7`, or "Paragraph 12".
    """

    place: Place
    row: int  # in its grid, from 1
    col: int
    text: str  # as written: the lines of a list stand on lines of their own, with the marks that were shown before them
    value: Value | None = None  # typed, where the file has a type: a date, a number, yes or no; otherwise the text
    fill: str = ""  # RRGGBB of a background that a person chose; "" for none, white and automatic
    hidden: bool = False  # its row, column or sheet is hidden, or its text is
    rows: int = 1  # how many rows and columns a merged cell covers
    cols: int = 1
    bold: bool = False


class GridKind(StrEnum):
    """What a grid is made of."""

    TABLE = "table"  # a worksheet, a CSV file, a table of a document
    PROSE = "prose"  # the paragraphs of a document outside its tables, one a row, in column 1
    FURNITURE = "furniture"  # page headers and footers, footnotes


@dataclass(frozen=True, slots=True)
class OldGrid:
    """Cells that stand together: a worksheet, a CSV file, one table of a document, or the document's text outside tables.

    In prose, a row number is passed over where a table stands between two paragraphs.
    """

    file: str
    name: str  # the sheet's name, "Table 3", "Text"
    cells: tuple[SourceCell, ...]  # by row, then column
    under: tuple[str, ...] = ()  # the headings of the document that it stands under, outermost first
    hidden: bool = False
    kind: GridKind = GridKind.TABLE
    heads: tuple[int, ...] = ()  # rows that the file itself calls headings: repeated on each page, or a document's headings
    goes_on: bool = False  # a table with nothing but blank lines between it and the table before


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read. `notes` tell what a person should know: hidden rows, comments or tracked changes left out."""

    file: str
    digest: str  # SHA-256 of its bytes, hexadecimal
    grids: tuple[OldGrid, ...]
    notes: tuple[str, ...] = ()


class Aside(StrEnum):
    """Why a cell is no row's: kept and shown, never dropped."""

    TITLE = "a title or note beside a table"
    HEADING = "a column heading"
    REPEATED = "a heading repeated on a new page"
    TOTAL = "a total or count below a table"
    FURNITURE = "page furniture or a footnote mark"
    OUTSIDE = "text outside any table"
    UNKNOWN = "in a table that no form fits"
    COLUMN = "in a column that no field fits"
    EMPTY = "a form's own empty box"


@dataclass(frozen=True, slots=True)
class SetAside:
    """One cell that is no row's, and why."""

    cell: SourceCell
    why: Aside


@dataclass(frozen=True, slots=True)
class OldHeading:
    """One column of an old table: its heading, of two rows joined by " / " where it is two deep; "" for an unlabelled one."""

    col: int
    text: str
    cells: tuple[SourceCell, ...] = ()


@dataclass(frozen=True, slots=True)
class OldRow:
    """One row of an old table. A merged cell stands in every row that it covers. `band` are the full-width titles, and the
    merged labels at the left, that it stands under, outermost first."""

    cells: Mapping[int, SourceCell]  # by column
    band: tuple[SourceCell, ...] = ()
    more: Mapping[int, tuple[SourceCell, ...]] = field(default_factory=dict)  # what goes on after a page break, by column

    def text(self, col: int) -> str:
        """What stands in a column, "" for nothing; what goes on after a page break follows on a line of its own."""
        first = (self.cells[col],) if col in self.cells else ()
        return "\n".join(cell.text for cell in (*first, *self.more.get(col, ())))


@dataclass(frozen=True, slots=True)
class OldTable:
    """One table found in a grid. Every cell of a grid is in the headings, rows or asides of exactly one table.

    A merged cell may stand in several headings or rows of its table. `also` are the grids that the table goes on in, after
    a page break; their columns are counted as in `grid`.
    """

    grid: OldGrid
    headings: tuple[OldHeading, ...]
    rows: tuple[OldRow, ...]
    aside: tuple[SetAside, ...] = field(default=())
    title: str = ""  # the titles above it, joined by " / "; without any, the document heading that it stands under
    also: tuple[OldGrid, ...] = ()
