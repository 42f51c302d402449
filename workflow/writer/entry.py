"""Data validation: the drop-downs, limits and messages of cells that people type into (domain.md E2).

They help a person while typing; what comes back is checked again anyway, because pasting removes them (E3).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow.model import Column, Kind
from workflow.writer.grid import Grid
from workflow.writer.values import NUMBERS, clean, clip, units

LISTS = "Lists"
_INLINE = 255
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 12, 31)
_FAR = 10**15  # any number: the rule only refuses words
_YES_NO = ("Yes", "No")


class Lists:
    """The drop-down lists that do not fit into a rule itself; they stand on a hidden sheet, each under a defined name."""

    def __init__(self) -> None:
        self.named: dict[tuple[str, ...], str] = {}

    def source(self, choices: tuple[str, ...]) -> list[str] | str:
        """What a rule names as its list: the choices themselves, or a reference to their name."""
        joined = ",".join(choices)
        if units(joined) <= _INLINE and not any(set(choice) & set(',"\n') or choice != choice.strip() for choice in choices):
            return list(choices)
        name = self.named.setdefault(choices, f"drop_down_list_{len(self.named) + 1}")
        return f"={name}"


def rules(grid: Grid, lists: Lists) -> Iterator[tuple[int, int, int, dict[str, object]]]:
    """Every rule of a sheet as (first body row, last body row, column, options); runs of alike cells share one."""
    alike = not grid.look.typed_in and not grid.record  # all cells of a column
    for col in range(len(grid.columns)):
        start, current = 0, _kind_of(grid, 0, col)
        for row in range(len(grid.rows) if alike else 1, len(grid.rows) + 1):
            following = _kind_of(grid, row, col) if row < len(grid.rows) else None
            if row < len(grid.rows) and following == current:
                continue
            options = _rule(current[0], current[1], lists)
            if options:
                yield start, row - 1, col, options
            if following:
                start, current = row, following


def _kind_of(grid: Grid, row: int, col: int) -> tuple[Column, bool]:
    column = grid.column_at(row, col)
    return column, grid.typed_in(row, col) if grid.look.typed_in else column.answer


def _rule(column: Column, typed_in: bool, lists: Lists) -> dict[str, object]:
    """The options of one rule, {} where there is nothing to say or to check."""
    options: dict[str, object] = _limits(column, lists) if typed_in else {}
    said = clean(column.help)
    if not options and not said:
        return {}
    options.setdefault("validate", "any")
    if said:
        options["input_title"] = clip(column.heading, 32)
        options["input_message"] = clip(said, 255)
    if options["validate"] != "any":
        options["show_error"] = True
        options["error_title"] = clip(column.heading, 32)
        options["error_message"] = clip(str(options["error_message"]), 255)
    return options


def _limits(column: Column, lists: Lists) -> dict[str, object]:
    if column.choices_name:
        return {
            "validate": "list", "source": f"={column.choices_name}", "error_type": "warning" if column.lenient else "stop",
            "error_message": "Choose from the list.",
        }
    choices = column.choices or (_YES_NO if column.kind is Kind.YES_NO else ())
    if choices:
        words = tuple(clean(choice) for choice in choices)
        return {
            "validate": "list", "source": lists.source(words), "error_type": "warning" if column.lenient else "stop",
            "error_message": "Choose from the list: " + ", ".join(words) + ".",
        }
    if column.kind is Kind.DATE:
        return {
            "validate": "date", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST, "error_type": "stop",
            "error_message": "Enter a date such as 31 Oct 2023.",  # the one way that every regional setting understands
        }
    if column.kind in NUMBERS:
        return _number_limits(column)
    if column.max_length:
        return {
            "validate": "length", "criteria": "<=", "value": column.max_length, "error_type": "warning",
            "error_message": f"This is longer than {column.max_length:,} characters. You can keep it, but shorter is better.",
        }
    return {}


def _number_limits(column: Column) -> dict[str, object]:
    """Words are refused. A number outside the limits is asked about, as the check on return does (`number-range`)."""
    low, high = column.minimum, column.maximum
    limited = low is not None or high is not None
    what = "a whole number" if column.kind is Kind.WHOLE else "a number"
    if low is not None and high is not None:
        what += f" from {low:,g} to {high:,g}"
    elif low is not None:
        what += f" of {low:,g} or more"
    elif high is not None:
        what += f" of {high:,g} or less"
    return {
        "validate": "integer" if column.kind is Kind.WHOLE else "decimal", "criteria": "between",
        "minimum": -_FAR if low is None else low, "maximum": _FAR if high is None else high,
        "error_type": "warning" if limited else "stop",
        "error_message": f"Enter {what}, in digits only, such as 1234. Put any words in the comment.",
    }
