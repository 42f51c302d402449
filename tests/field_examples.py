"""Fields and cells for the tests of `fields`, and the sentence that a partner gets for a cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from workflow import fields
from workflow.model import Cell, CellType, Choice, Field, Kind, Role
from workflow.model.places import RawValue
from workflow.wording import finding

TODAY = date(2023, 10, 20)
RAG = (Choice("Red", ("R",)), Choice("Amber", ("A", "amb")), Choice("Green", ("G",)), Choice("Blue", ("B",)))


def field(kind: Kind = Kind.TEXT, **more: object) -> Field:
    return Field("f", "Heading", Role.ANSWER, kind, **more)  # type: ignore[arg-type]


def cell(value: RawValue, format: str = "General", formula: str | None = None) -> Cell:
    kinds = {str: CellType.TEXT, bool: CellType.BOOLEAN, float: CellType.NUMBER, int: CellType.NUMBER}
    return Cell(1, 1, kinds.get(type(value), CellType.DATE), value, format, formula)


def parse(kind: Kind, value: RawValue, format: str = "General", unit: str = "", **more: object) -> fields.Parsed:
    return fields.parse(field(kind, **more), cell(value, format), unit=unit, today=TODAY)


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - a cell knows no time zone


def sentence(kind: Kind, value: RawValue, format: str = "General", choices: Sequence[Choice] = (), **more: object) -> str:
    """The message that a partner gets for a cell, by the ordinary way it is made."""
    it = cell(value, format)
    parsed = fields.parse(field(kind, **more), it, choices=choices, today=TODAY)
    words: dict[str, Any] = dict(parsed.words)
    return finding(parsed.codes[0], found=fields.raw_text(it), suggestion=parsed.suggestion, **words).message
