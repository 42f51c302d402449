"""Numbers and percentages as people type them: tidied, asked or refused, never guessed and never dusty."""

from __future__ import annotations

import math
from datetime import date, time
from decimal import Decimal

import pytest

from tests.field_examples import parse, sentence
from workflow import fields
from workflow.model import Kind
from workflow.model.places import RawValue

NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.MONEY)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,234", "1234"), ("1 234 567", "1234567"), ("1\u00a0234.5", "1234.5"), ("- 10.6", "-10.6"), ("+ 7.3", "7.3"),
        ("\u221210.6", "-10.6"), ("–5", "-5"), ("£1,250.50", "1250.50"), ("-£5", "-5"), ("£ -5", "-5"), ("5.", "5"),
    ],
)
def test_numbers_are_tidied_with_a_note(typed: str, number: str) -> None:
    parsed = parse(Kind.DECIMAL, typed)
    assert (parsed.value, parsed.notes, parsed.problem) == (Decimal(number), ("number-tidied",), "")
    assert type(parsed.value) is Decimal


@pytest.mark.parametrize("typed", ["12", "1.10", "-3", "0", "007", ".5"])
def test_plain_digits_are_nothing_to_report(typed: str) -> None:
    assert parse(Kind.DECIMAL, typed) == fields.Parsed(Decimal(typed))


def test_decimals_stay_as_they_were_typed() -> None:
    assert str(parse(Kind.DECIMAL, "1.10").value) == "1.10"
    assert str(parse(Kind.DECIMAL, 1.1).value) == "1.1"
    assert str(parse(Kind.DECIMAL, 0.1 + 0.2).value) == "0.3"
    assert str(parse(Kind.DECIMAL, 100.0).value) == "100"
    assert parse(Kind.DECIMAL, 5.551115123125783e-17).value == 0


@pytest.mark.parametrize(
    "typed",
    ["circa 5", "about 10", "<5", ">25%", "5-10", "5 – 10", "5 to 10", "c. 40", "c40", "20,000+", "over 50", "up to 16", "5?"],
)
@pytest.mark.parametrize("kind", NUMBERS)
def test_a_guess_or_range_is_not_a_number(typed: str, kind: Kind) -> None:
    assert (parse(kind, typed).value, parse(kind, typed).problem) == (None, "number-inexact")


@pytest.mark.parametrize(
    "typed",
    ["n/a", "-", "nil", "2 of 11", "20k", "1,23,456", "12 34", "1.2.3", "--5", "+-5", "1e5", "12 days", "5²", "(5)", True,
     date(2023, 1, 2), time(1, 2), math.nan, math.inf, -math.inf, 1e300, "9" * 40],
)
@pytest.mark.parametrize("kind", NUMBERS)
def test_what_is_no_number_is_a_problem(typed: RawValue, kind: Kind) -> None:
    parsed = parse(kind, typed)
    assert (parsed.value, parsed.problem) == (None, "number-unreadable")
    assert str(parsed.words["expected"]).startswith(("a ", "an "))


def test_a_comma_for_a_point_is_suggested_never_guessed() -> None:
    assert (parse(Kind.DECIMAL, "1,5").value, parse(Kind.DECIMAL, "1,5").suggestion) == (None, "1.5")


def test_whole_numbers_are_whole() -> None:
    assert (parse(Kind.WHOLE, 3.0).value, type(parse(Kind.WHOLE, 3.0).value)) == (3, int)
    assert parse(Kind.WHOLE, "3.0").value == 3
    assert parse(Kind.WHOLE, 3.5).problem == "number-unreadable"
    assert sentence(Kind.WHOLE, 3.5) == 'You entered "3.5", which cannot be read as a whole number. Enter digits only, like 12.'


@pytest.mark.parametrize(
    ("value", "format", "number"),
    [
        (0.364, "0.0%", "36.4"), (0.57, "0%", "57"), (0.07, "0.00%", "7"), (0.285, "0%", "28.5"), (1.0, "0%", "100"),
        (57.0, '0"%"', "57"),
    ],
)
def test_percentages_come_from_the_cells_format_without_dust(value: float, format: str, number: str) -> None:
    for parsed in (parse(Kind.PERCENT, value, format), parse(Kind.DECIMAL, value, format, "%")):
        assert parsed == fields.Parsed(Decimal(number))
        assert str(parsed.value) == number


@pytest.mark.parametrize(
    ("typed", "number", "tidied"),
    [("36.4%", "36.4", False), ("0.57%", "0.57", False), ("- 10.6%", "-10.6", True), ("36.4 per cent", "36.4", True)],
)
def test_typed_percentages(typed: str, number: str, tidied: bool) -> None:
    parsed = parse(Kind.PERCENT, typed)
    assert (parsed.value, parsed.problem, parsed.notes) == (Decimal(number), "", ("number-tidied",) if tidied else ())


@pytest.mark.parametrize("typed", [0.57, "0.57"])
def test_a_fraction_in_a_percentage_is_kept_and_asked(typed: RawValue) -> None:
    parsed = parse(Kind.PERCENT, typed)
    assert (parsed.value, parsed.problem) == (Decimal("0.57"), "percent-scale")
    assert sentence(Kind.PERCENT, typed) == '"0.57" was read as 0.57%. If you meant 57%, enter 57%.'


@pytest.mark.parametrize("typed", [0.0, 1.0, 57.0, "1"])
def test_other_plain_percentages_are_not_asked(typed: RawValue) -> None:
    assert parse(Kind.PERCENT, typed).problem == ""


@pytest.mark.parametrize(("typed", "format"), [("36.4%", "General"), (0.364, "0.0%"), (5.0, '0"%"')])
@pytest.mark.parametrize("kind", [Kind.WHOLE, Kind.DECIMAL, Kind.RATE, Kind.MONEY])
def test_a_percentage_where_none_belongs_is_a_problem(typed: RawValue, format: str, kind: Kind) -> None:
    parsed = parse(kind, typed, format)
    assert (parsed.value, parsed.problem) == (None, "number-unreadable")
    assert str(parsed.words["expected"]).endswith("no % sign belongs here")


def test_numbers_out_of_range_are_kept_and_asked() -> None:
    low = parse(Kind.WHOLE, 0.0, minimum=1, maximum=5)
    assert (low.value, low.problem) == (0, "number-range")
    assert sentence(Kind.WHOLE, 6.0, minimum=1, maximum=5) == (
        'You entered "6". Enter a number from 1 to 5, or tell us why it is right.'
    )
    assert "of 0 or more" in sentence(Kind.DECIMAL, -1.0, minimum=0)
    assert "of 0.5 or less" in sentence(Kind.DECIMAL, 1.0, maximum=0.5)
    assert parse(Kind.WHOLE, "5", minimum=1, maximum=5) == fields.Parsed(5)
