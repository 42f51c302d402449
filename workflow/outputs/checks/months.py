"""Months as the box asks for them (Sep 2023), and days in their place; other ways to write them are read on arrival."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from workflow.fields import month_end
from workflow.model import Value
from workflow.outputs.checks.formulas import Number, Row, Test, among, amount, compare, constant, either, looked_up, tidy
from workflow.outputs.checks.table import Table, month_words


class Months:
    """Questions about one month field. Every one of them is "no" where the month is written in another way."""

    def __init__(self, table: Table, name: str) -> None:
        self._table, self._name = table, name
        self._text = f'TRIM(SUBSTITUTE({table.column(name)},"-"," "))'
        self._word = f'LEFT({self._text},FIND(" ",{self._text}&" ")-1)'
        self._year = f'MID({self._text},FIND(" ",{self._text}&" ")+1,9)'
        self._month = looked_up(self._word, lambda row: self._split(row)[0], month_words())
        # "202309": texts of one length, which compare as the months do
        self._moment = Number(f"{self._year}&RIGHT(100+{self._month.formula},2)", self._moment_of)

    def _split(self, row: Row) -> tuple[str, str]:
        word, _, year = row.text(self._name).replace("-", " ").partition(" ")
        return word, year.strip()[:9]

    def _moment_of(self, row: Row) -> str:
        return f"{self._split(row)[1]}{int(str(self._month.of(row))):02d}"

    @property
    def _written(self) -> Test:
        """A text that is a month's name and a year of this century."""
        year = Number(self._year, lambda row: self._split(row)[1])
        century = among(f"LEFT({self._year},2)", lambda row: self._split(row)[1][:2], ("20",))
        long = compare(Number(f"LEN({self._year})", lambda row: amount(len(self._split(row)[1]))), "=", constant(4))
        digits = compare(year, "<", constant("20a"))
        text = ~self._table.is_number(self._name) & compare(self._month, ">", constant(0))
        return text & century & long & digits

    def other_than(self, day: date) -> Test:
        """Another month than the one in which `day` lies."""
        other = compare(self._moment, "<>", constant(f"{day.year}{day.month:02d}"))
        outside = self._table.day(self._name) & ~self._table.between(self._name, day.replace(day=1), month_end(day))
        return either((self._written & other, outside))

    def around(self, fits: Callable[[date], bool]) -> list[date]:
        """The last days of the months, from four years before this quarter to a year after it, that fit."""
        last = self._table.period.end
        months = (divmod(12 * last.year + last.month - 1 + step, 12) for step in range(-48, 13))
        return [end for year, n in months if fits(end := month_end(date(year, n + 1, 1)))]

    def one_of(self, days: Sequence[date]) -> Test:
        """A month in which one of these days lies."""
        words = [f"{word} {day.year}" for day in days for word, n in month_words().items() if n == day.month]
        written = among(self._text, lambda row: tidy(row.text(self._name).replace("-", " ")), words)
        in_days = (self._table.between(self._name, day.replace(day=1), day) for day in days[:1] if len(days) == 1)
        return either((written, *in_days))

    @property
    def future(self) -> Test:
        """A month that has not ended by the day on which the workbook is looked at."""
        tomorrow = self._table.given.today + timedelta(days=1)
        moment = Number("YEAR(TODAY()+1)&RIGHT(100+MONTH(TODAY()+1),2)", lambda row: f"{tomorrow.year}{tomorrow.month:02d}")
        first = Number("DATE(YEAR(TODAY()+1),MONTH(TODAY()+1),1)", lambda row: amount(tomorrow.replace(day=1)))
        day = self._table.day(self._name) & compare(self._table.cell(self._name), ">=", first)
        return either((self._written & compare(self._moment, ">=", moment), day))

    def no_earlier_than(self, before: Mapping[str, Value]) -> Test:
        """A month not before the one that stood there before this period, if any did."""
        told = {key: day for key, day in before.items() if isinstance(day, date)}
        moments = self._table.by_key({key: 100 * day.year + day.month for key, day in told.items()})
        as_text = Number(f'({moments.formula}&"")', lambda row: str(moments.of(row)))
        firsts = self._table.by_key({key: day.replace(day=1) for key, day in told.items()})
        written = self._written & compare(self._moment, ">=", as_text)
        return either((written, self._table.day(self._name) & compare(self._table.cell(self._name), ">=", firsts)))
