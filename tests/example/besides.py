"""What comes besides a first return (`returns/besides.toml`): typed into our own workbooks as they stand by then."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
MADE_FROM = {
    "template": "templates/{partner}-{period}.xlsx",
    "marked-up": "marked-up/{partner}-{period}-queries.xlsx",
    "tracker": "master-tracker-{period}.xlsx",
    "decisions": "decisions-{period}.xlsx",
}
SENT = "what was sent"


@dataclass(frozen=True)
class Besides:
    """One such file: `typed` is sheet -> row -> heading -> what is typed."""

    partner: str
    period: str
    of: str
    folder: str
    name: str
    sent: datetime
    typed: Mapping[str, Mapping[str, Mapping[str, Any]]]
    by: str = ""
    sender: str = ""
    sent_before: str = ""

    def filled(self, root: Path) -> bytes:
        """The workbook with what was typed, saved by another program than ours."""
        if self.of == SENT:
            path = root / "inbox" / self.sent_before
        else:
            path = root / "outbox" / self.period / MADE_FROM[self.of].format(partner=self.partner, period=self.period)
        book = openpyxl.load_workbook(path)
        for sheet, rows in self.typed.items():
            for row, by_heading in rows.items():
                for heading, value in by_heading.items():
                    _type(book[sheet], row, heading, value)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def besides() -> Iterator[Besides]:
    """All of them, in the order of the file."""
    for row in tomllib.loads((HERE / "returns/besides.toml").read_text(encoding="utf-8"))["file"]:
        yield Besides(**row)


def _type(sheet: Worksheet, row: str, heading: str, value: object) -> None:
    """Type into the one cell of a heading in the row that has that key, or in whose cells those words stand."""
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    top = next(c for c in cells if c.value == heading)
    lines = {c.row for c in cells if c.row > top.row and (c.value == row or (" " in row and row in str(c.value)))}
    assert len(lines) == 1, (sheet.title, row, heading, lines)
    cell = sheet.cell(lines.pop(), top.column)
    cell.value = value  # type: ignore[assignment]  # a plain cell
    if isinstance(value, str):
        cell.data_type = "s"
