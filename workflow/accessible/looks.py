"""A cell as the checks see it, and how it looks: what follows from a cell's style is worked out once for each style."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from workflow.model import column_letters

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as OpenedCell
    from openpyxl.styles.colors import Color
    from openpyxl.worksheet.worksheet import Worksheet


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How a cell looks. Cells of one style share one, so the check of a look is made once for all of them."""

    font: str
    size: float
    bold: bool
    plain: bool  # upright, level, not struck out
    underlined: bool
    wrapped: bool
    indent: float
    side: str | None
    locked: bool
    colour: str
    fill: str
    number_format: str
    style: str  # the name of the cell style, "" where it has none


class Cell(NamedTuple):
    """One cell; row and column count from 1."""

    row: int
    column: int
    value: Any
    look: Look

    @property
    def coordinate(self) -> str:
        """Its address."""
        return f"{column_letters(self.column)}{self.row}"


class Looks:
    """The looks of a workbook, by the place of their style in it."""

    def __init__(self) -> None:
        self._known: dict[int, Look] = {}

    def of(self, cell: OpenedCell) -> Look:
        """How a cell that openpyxl made looks."""
        style = int(cell.style_id)
        if style not in self._known:
            self._known[style] = _look(cell)
        return self._known[style]

    def numbered(self, sheet: Worksheet, style: int) -> Look:
        """How a cell of the style that stands at that place of the file looks. Raises IndexError where there is none."""
        book: Any = sheet.parent
        from openpyxl.cell.cell import Cell as Opened  # noqa: PLC0415 - heavy

        return self.of(Opened(sheet, row=1, column=1, style_array=book._cell_styles[style]))

    def blank(self, sheet: Worksheet) -> Look:
        """How a cell looks that the file does not mention."""
        from openpyxl.cell.cell import Cell as Opened  # noqa: PLC0415 - heavy

        return self.of(Opened(sheet, row=1, column=1))


def _look(cell: OpenedCell) -> Look:
    font, alignment = cell.font, cell.alignment
    return Look(
        font=str(font.name or ""),
        size=float(font.sz or 11),
        bold=bool(font.b),
        plain=not (font.i or font.strike or alignment.textRotation),
        underlined=bool(font.u),
        wrapped=bool(alignment.wrap_text),
        indent=float(alignment.indent or 0),
        side=alignment.horizontal,
        locked=bool(cell.protection.locked),
        colour=_colour(font.color, "000000"),
        fill=_colour(cell.fill.fgColor, "FFFFFF") if cell.fill and cell.fill.fill_type else "",
        number_format=str(cell.number_format),
        style=_style(cell),
    )


def _style(cell: OpenedCell) -> str:
    try:
        return str(cell.style)
    except IndexError:  # a style that the file does not have
        return ""


def _colour(found: Color | None, default: str) -> str:
    """A colour as RRGGBB; `default` where it is automatic or left to a theme that we do not read."""
    if found is None or found.type != "rgb" or not isinstance(found.rgb, str):
        return "FFFFFF" if found is not None and found.type == "theme" and found.theme == 0 else default
    return found.rgb[-6:]
