"""Sheets to be written, as values: `outputs` says what stands in them, `writer` draws them under a profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflow.model.forms import Kind
from workflow.model.places import Value

# Who fills a cell in, in words beside or above it in a return: colour alone says it to nobody who cannot see it.
COMPLETE, TO_CHANGE = "Please complete", "Yours to change"
FILLED, FOR_OFFICE = "Filled in for you", "For the office"
ASKS_WHOM = frozenset({COMPLETE, TO_CHANGE, FILLED, FOR_OFFICE})
CONTINUES = "[continues: the whole text is on the sheet Long texts]"  # how a text ends that its cell cannot show


class Profile(StrEnum):
    """How a workbook is drawn (design.md section 6): to be typed in, to be worked on, to be published."""

    RETURN = "return"
    WORKING = "working"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell that is more than its value. `fill` and `ink` are RRGGBB; `link` is an internal target such as
    `#'Actions'!A1`; `formula` is our own (never partner text) and `value` its saved result; `note` a cell note."""

    value: Value | None
    fill: str = ""
    ink: str = ""
    bold: bool = False
    link: str = ""
    formula: str = ""
    note: str = ""
    attention: bool = False  # a marked-up return's problem cell: shown by words (`note`) and shading


Content = Value | Mark | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table sheet. `answer` cells are unlocked and shaded in the `return` profile."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 16
    answer: bool = False
    key: bool = False
    choices: tuple[str, ...] = ()  # a drop-down that enforces, in the `return` profile
    lenient: bool = False  # the drop-down warns instead of stopping
    help: str = ""
    min_length: int = 0
    max_length: int = 0
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None  # None: as many as the value has
    office: bool = False  # an answer that the partnership's office gives, and no partner is asked for
    proposed: bool = False  # an answer that is proposed: its boxes are to be changed where that is not right
    choices_name: str = ""  # instead of `choices`: one of the book's `names`, whose cells are offered as they stand then


class Draws(StrEnum):
    """How a chart draws its series: in bars that lie, with long names beside them; in columns; each from nought, piled up."""

    BARS = "bars"
    COLUMNS = "columns"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: the column of the table with this heading, called `name` in the legend.

    `look` chooses a pattern (or, of a line, a dash) that no other series of the chart has, so that it reads in black and
    white; `colour` (RRGGBB) only repeats it. A `line` runs over the columns, as a target does.
    """

    heading: str
    name: str
    look: int
    colour: str = "FFFFFF"
    line: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart of some rows of one table of the same book. The table stays the source: nothing is drawn that it lacks.

    `names` is the heading of the column that names the bars; `first` and `count` choose rows of the table's body, from 0.
    A cell that holds no number is a gap. `alt` says in words what the picture shows, with the gist of its figures.
    """

    draws: Draws
    title: str
    sheet: str
    names: str
    series: tuple[Series, ...]
    first: int
    count: int
    alt: str
    names_title: str
    values_title: str  # with its unit


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: a title in A1, lines of text in column A, then one table that starts in column A.

    `layout` "table" draws `columns` and `rows`; "record" draws two columns (heading, answer) with one
    line per row, where `line_columns` gives each line's own kind, choices and help; "text" has lines only, and below them
    its `chart`, where it has one.
    """

    name: str
    title: str
    lines: tuple[Content, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Content, ...], ...] = ()
    table: str = ""
    layout: str = "table"
    line_columns: tuple[Column, ...] = ()
    protect: bool = False
    spare_from: int | None = None  # index of the first spare row, for the words beside it
    empty: str = ""  # what to say instead of a table with no rows
    description: str = ""  # the table's alternative text
    chart: Chart | None = None
    # How many of the last lines above the table every printed page repeats with its headings. It is no part of what a sheet
    # says, so a tracker that is out is known by its sheets all the same.
    repeated: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class Book:
    """A whole workbook to be written. `when` is the date inside the file (from --today), so bytes repeat."""

    title: str
    subject: str
    creator: str  # an organisation, never a person
    when: date
    sheets: tuple[Sheet, ...]
    profile: Profile
    keywords: str = ""
    properties: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # custom document properties
    names: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # defined name -> reference
