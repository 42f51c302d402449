"""Whether what stands in a box can be read as what the box asks for, whoever leads the row, as `fields.parse` has it.

What a formula cannot know is left to arrival: dates typed as text with figures in them, and whether a number was typed with a
per cent sign, which only its format tells.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from workflow.model import Field, Kind, Role
from workflow.outputs.checks.formulas import ALWAYS, NEVER, Number, Row, Test, compare, constant, either
from workflow.outputs.checks.lines import Part, Topic
from workflow.outputs.checks.table import DATES, FIRST_DAY, LAST_DAY, NUMBERS, Table

# A text that only needs tidying (12,000 or £250 kept as text) is a note on arrival; here it is asked for as a number.
NUMBER_CODES = ("number-unreadable", "number-inexact", "number-tidied", "number-range")
DATE_CODES = (
    "date-unreadable", "date-implausible", "period-no-end", "period-published", "period-unclear", "period-ambiguous",
    "period-anchored",
)  # fmt: skip
KEY_CODES = ("row-key-missing", "row-key-unknown", "row-key-not-yours")


def entries(table: Table) -> Iterable[Part]:
    """A part for each box that takes only certain things, and one for the row key."""
    yield from boxes(table)
    yield _keys(table)


def boxes(table: Table) -> Iterable[Part]:
    """A part for each box that takes only certain things."""
    for f in table.given.fields:
        if f.role is Role.ANSWER:
            yield from _part(table, f, ALWAYS)
        elif f.role is Role.CONTEXT and table.spare is not NEVER:
            yield from _part(table, f, table.spare)


def _part(table: Table, f: Field, scope: Test) -> Iterable[Part]:
    if f.kind in (Kind.CHOICE, Kind.YES_NO):
        codes = ("yes-no-unknown",) if f.kind is Kind.YES_NO else ("choice-unknown", "period-type-read")
        test = table.filled(f.name) & ~table.known_word(f.name)
        yield Part(Topic.ENTRIES, f.name, test, codes, "words from lists", scope)
    elif f.kind in NUMBERS:
        yield Part(Topic.ENTRIES, f.name, _no_number(table, f), NUMBER_CODES, "numbers", scope)
    elif f.kind in DATES:
        yield Part(Topic.ENTRIES, f.name, _no_day(table, f), DATE_CODES, "dates", scope)


def _no_number(table: Table, f: Field) -> Test:
    """A text that is not just digits, or a number that the box does not take."""
    wrong = [~table.is_number(f.name) & table.filled(f.name) & ~_plain(table, f)]
    if f.kind is Kind.WHOLE:
        wrong.append(table.has_fraction(f.name))
    if f.minimum is not None:
        wrong.append(table.is_number(f.name) & compare(table.cell(f.name), "<", constant(Decimal(str(f.minimum)))))
    if f.maximum is not None:
        wrong.append(table.is_number(f.name) & compare(table.cell(f.name), ">", constant(Decimal(str(f.maximum)))))
    return either(wrong)


def _plain(table: Table, f: Field) -> Test:
    """A text of digits, with at most a minus before them, a point between them, and a % behind where the unit is that."""
    text, digits = f"TRIM({table.column(f.name)})", table.digits(f.name)
    shares = table.listed(k for k, i in table.items.items() if i.text("unit") == "%") if f.kind is not Kind.WHOLE else NEVER
    percent = "" if shares is NEVER else f'+{shares.formula}*(RIGHT({text})="%")'
    signs = f'ISNUMBER(FIND(".",{text}))+(LEFT({text})="-"){percent}'

    def others(row: Row) -> Decimal:
        shown = row.text(f.name)
        last = shares.passes(row) and shown.endswith("%")
        return Decimal(str(digits.of(row))) + ("." in shown) + shown.startswith("-") + last

    length = Number(f"LEN({text})", lambda row: Decimal(len(row.text(f.name))))
    return table.has_digit(f.name) & compare(length, "=", Number(f"{digits.formula}+{signs}", others))


def _no_day(table: Table, f: Field) -> Test:
    """A text without any figure, or a number that is no day of these times."""
    far = either((compare(table.cell(f.name), "<", constant(FIRST_DAY)), compare(table.cell(f.name), ">", constant(LAST_DAY))))
    words = ~table.is_number(f.name) & table.filled(f.name) & ~table.has_digit(f.name)
    return either((words, table.is_number(f.name) & far))


def _keys(table: Table) -> Part:
    """A row that has answers under a key that is not the partner's."""
    known = either((table.known, table.spare if table.form.spare_prefix else NEVER))
    key = next(f.name for f in table.given.fields if f.role is Role.KEY)
    return Part(Topic.ENTRIES, key, ~known & table.any_filled(table.answers), KEY_CODES, "row keys")
