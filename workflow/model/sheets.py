"""Sheets to be written, as values: `outputs` says what stands in them, `writer` draws them under a profile."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from workflow.model.forms import Kind
from workflow.model.places import Value


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
    choices_name: str = ""  # instead of `choices`: one of the book's `names`, whose cells are offered as they stand then


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: a title in A1, lines of text in column A, then one table that starts in column A.

    `layout` "table" draws `columns` and `rows`; "record" draws two columns (heading, answer) with one
    line per row, where `line_columns` gives each line's own kind, choices and help; "text" has lines only.
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
