"""What people type becomes a typed value or a problem in words, and nothing is lost on the way (design laws 2, 7, 11)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow import fields
from workflow.model import Cell, CellType, Choice, Field, Kind, Role, Severity, Value
from workflow.model.places import RawValue
from workflow.wording import WORDS, finding

TODAY = date(2023, 10, 20)
RAG = (Choice("Red", ("R",)), Choice("Amber", ("A", "amb")), Choice("Green", ("G",)), Choice("Blue", ("B",)))
NUMBERS = (Kind.WHOLE, Kind.DECIMAL, Kind.PERCENT, Kind.RATE, Kind.MONEY)
TEXTS = (Kind.TEXT, Kind.LONG_TEXT, Kind.LINK)


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


# --- text stays text

@given(st.text(), st.sampled_from(TEXTS))
def test_text_stays_text(text: str, kind: Kind) -> None:
    parsed = parse(kind, text)
    assert parsed.value == (fields.clean(text) or None)
    assert not parsed.problem


@given(st.text(alphabet=st.characters(), max_size=40))
def test_clean_is_final_and_safe_to_write(text: str) -> None:
    cleaned = fields.clean(text)
    assert fields.clean(cleaned) == cleaned
    cleaned.encode("utf-8")  # no lone surrogates
    assert not set(cleaned) & set("\r\x00\x07\x1b\u202e\u200b\ufeff")


def test_clean_alters_nothing_else() -> None:
    assert fields.clean("  =1+1\r\n\t• “two” – ✓ £5 \u200b") == "=1+1\n\t• “two” – ✓ £5"
    assert fields.clean("one\x0btwo\rthree") == "one\ntwo\nthree"


def test_invisible_characters_are_reported_with_their_number() -> None:
    parsed = parse(Kind.TEXT, "mo\u200bre\u202e text\x07")
    assert (parsed.value, parsed.notes, parsed.words["count"]) == ("more text", ("text-invisible",), 3)


def test_long_text_is_kept_whole() -> None:
    parsed = parse(Kind.LONG_TEXT, "x" * 1001, max_length=1000)
    assert (len(str(parsed.value)), parsed.notes) == (1001, ("text-too-long",))
    assert parse(Kind.LONG_TEXT, "x" * 1000, max_length=1000).notes == ()
    assert "1,001 characters; the box is for 1,000" in sentence(Kind.LONG_TEXT, "x" * 1001, max_length=1000)


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (3.0, "General", "3"), (1.1, "0.00", "1.10"), (1.1, "General", "1.1"), (0.364, "0.0%", "36.4%"),
        (0.364, "0%", "36.4%"), (1250.0, '"£"#,##0.00', "£1,250.00"), (True, "General", "TRUE"), (-5.0, "General", "-5"),
        (12345678.9, "#,##0", "12345678.9"), (1e300, "General", "1e+300"), (5.0, "[$£-809]#,##0", "£5"),
    ],
)
def test_a_number_in_a_text_field_becomes_its_plain_text(value: float, format: str, text: str) -> None:
    assert parse(Kind.TEXT, value, format) == fields.Parsed(text)


def test_what_excel_made_a_date_is_noted_in_a_text_field() -> None:
    parsed = parse(Kind.TEXT, date(2024, 1, 2), "d-mmm")
    assert (parsed.value, parsed.notes) == ("2 Jan", ("text-was-date",))


@pytest.mark.parametrize(
    ("value", "format", "shown"),
    [
        (0.364, "0.0%", "36.4%"), (0.364, "0%", "36%"), (0.125, "0%", "13%"), (57.0, '0"%"', "57%"), (1.1, "0.00", "1.10"),
        (1 / 3, "0.00", "0.33"), (-1234.5, "#,##0.0", "-1,234.5"), (0.1 + 0.2, "General", "0.3"), (3.0, "General", "3"),
        (date(2023, 10, 31), "dd/mm/yyyy", "31/10/2023"), (date(2023, 10, 1), "mmm-yy", "Oct 2023"),
        (date(2023, 10, 23), "d-mmm", "23 Oct"), (moment(2023, 10, 31, 14, 30), "dd/mm/yyyy hh:mm", "31/10/2023 14:30"),
        (moment(2023, 10, 31), "[$-F800]dddd, mmmm dd, yyyy", "31/10/2023"), (time(9, 5), "hh:mm", "09:05"),
        (timedelta(hours=36, minutes=5), "[h]:mm", "36:05"), (False, "General", "FALSE"), (" a \u200b", "@", "a"),
        (None, "@", ""),
    ],
)
def test_raw_text_is_what_the_person_saw(value: RawValue, format: str, shown: str) -> None:
    assert fields.raw_text(cell(value, format)) == shown


# --- what is no value

def test_errors_and_uncalculated_formulas_are_never_blank() -> None:
    error = Cell(1, 1, CellType.ERROR, "#REF!", formula="A1/0")
    uncalculated = Cell(1, 1, CellType.UNCALCULATED, None, formula="A1+1")
    for kind in Kind:
        assert fields.parse(field(kind), error, today=TODAY).problem == "cell-error"
        assert fields.parse(field(kind), uncalculated, today=TODAY).problem == "cell-uncalculated"
    assert fields.raw_text(error) == "#REF!"


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("value", ["", "  \n ", "\u00a0", "\u200b\ufeff", None])
def test_white_space_is_blank(kind: Kind, value: str | None) -> None:
    assert parse(kind, value) == fields.Parsed()


def test_a_formula_gives_its_saved_result_and_a_note() -> None:
    parsed = fields.parse(field(Kind.WHOLE), cell(7.0, formula="3+4"), today=TODAY)
    assert (parsed.value, parsed.notes) == (7, ("cell-formula",))
    assert fields.parse(field(Kind.WHOLE), cell("", formula='""'), today=TODAY) == fields.Parsed()


# --- choices

@pytest.mark.parametrize("typed", ["Amber", " amber ", "AMBER", "a", "Amb", "\u200bAmber"])
def test_choices_by_word_or_alias(typed: str) -> None:
    assert parse(Kind.CHOICE, typed, choices=RAG) == fields.Parsed("Amber")


def test_choices_unify_dashes_and_spaces_but_keep_the_forms_own_word() -> None:
    choices = (Choice("Closed – not delivered"),)
    assert parse(Kind.CHOICE, "closed -  NOT delivered", choices=choices).value == "Closed – not delivered"


def test_an_unknown_choice_is_said_in_words() -> None:
    message = sentence(Kind.CHOICE, "Ambar", choices=RAG)
    assert message == 'You entered "Ambar". Enter Red, Amber, Green or Blue. Did you mean Amber?'
    assert "Did you mean" not in sentence(Kind.CHOICE, "Amber/Green", choices=RAG)


def test_choices_given_at_run_time_win_and_none_means_any_text() -> None:
    given_now = fields.parse(field(Kind.CHOICE, choices=RAG), cell("Grey"), choices=(Choice("Grey"),), today=TODAY)
    assert given_now.value == "Grey"
    assert parse(Kind.CHOICE, "Anything").value == "Anything"
    many = [Choice(f"Partner {n}") for n in range(17)]
    assert "one of the 17 entries of the drop-down list" in sentence(Kind.CHOICE, "?", choices=many)


def test_a_cell_of_several_values() -> None:
    parsed = parse(Kind.CHOICE, "red; B\n amber ;", choices=RAG, many=True)
    assert parsed.value == "Red; Blue; Amber"
    assert fields.split_many(str(parsed.value)) == ("Red", "Blue", "Amber")
    assert parse(Kind.CHOICE, "red; purple", choices=RAG, many=True).problem == "choice-unknown"
    assert parse(Kind.TEXT, " ; \n", many=True) == fields.Parsed()


# --- dates

@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31/10/23", (2023, 10, 31)), ("31.10.2023", (2023, 10, 31)), ("31-10-2023", (2023, 10, 31)),
        ("31–10–2023", (2023, 10, 31)), ("2023-10-31", (2023, 10, 31)), ("31 Oct 2023", (2023, 10, 31)),
        ("8th Sept 21", (2021, 9, 8)), ("10 th October 2023", (2023, 10, 10)), ("October 31 2023", (2023, 10, 31)),
        ("Oct 31st, 2023", (2023, 10, 31)), ("31Oct2023", (2023, 10, 31)), ("31-Oct-23", (2023, 10, 31)),
        ("3/4/2023", (2023, 4, 3)), ("03 04 2023", (2023, 4, 3)), ("31/1/24", (2024, 1, 31)), ("31102023", (2023, 10, 31)),
        ("20231031", (2023, 10, 31)), ("1st of March '24", (2024, 3, 1)), ("31/10/2023.", (2023, 10, 31)),
        ("2023-10-31T00:00:00", (2023, 10, 31)), ("2023/10/31 00:00", (2023, 10, 31)), ("29/02/2024", (2024, 2, 29)),
        ("31\u00a0Oct\u00a02023", (2023, 10, 31)),
    ],
)
def test_dates_are_read_day_first_without_question(typed: str, day: tuple[int, int, int]) -> None:
    assert parse(Kind.DATE, typed) == fields.Parsed(date(*day))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("10/31/2023", (2023, 10, 31)), ("Oct 2023", (2023, 10, 31)), ("end Jan 24", (2024, 1, 31)),
        ("by end of February 2024", (2024, 2, 29)), ("Sept '23", (2023, 9, 30)), ("09/2023", (2023, 9, 30)),
        ("2023-09", (2023, 9, 30)), ("2023 October", (2023, 10, 31)),
    ],
)
def test_what_could_mean_another_day_is_read_and_asked(typed: str, day: tuple[int, int, int]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem) == (date(*day), "date-ambiguous")
    assert parsed.words["read"] == fields.show(date(*day))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("Tuesday 31 October 2023", (2023, 10, 31)), ("by 31/10/2023", (2023, 10, 31)), ("31/10/2023 14:30", (2023, 10, 31)),
        ("45230", (2023, 10, 31)), (45230.0, (2023, 10, 31)), (45230.75, (2023, 10, 31)),
    ],
)
def test_what_was_left_out_of_a_date_is_noted(typed: str | float, day: tuple[int, int, int]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem, parsed.notes) == (date(*day), "", ("date-tidied",))


@pytest.mark.parametrize(
    "typed",
    [
        "31/11/2023", "29/02/2023", "00/10/2023", "TBC", "ongoing", "2026", "Q3 2023/24", "autumn term 2023", "2011/12",
        "31/10/23 and 31/12/23", "early Jan 24", "10/23", "31 Smarch 2023", "99999", 19999.0, 80001.0, 31.1, 0.0, True,
        "within 12 months of Royal Assent", "22/24", math.nan, math.inf, "²/³/2023", "31/10/2023/24",
    ],
)
def test_what_is_no_date_is_a_problem(typed: RawValue) -> None:
    parsed = parse(Kind.DATE, typed)
    assert (parsed.value, parsed.problem) == (None, "date-unreadable")


def test_times_are_no_dates() -> None:
    for value in (time(9, 30), timedelta(hours=30)):
        assert parse(Kind.DATE, value, "hh:mm").problem == "date-unreadable"


def test_a_year_or_month_that_is_missing_or_misspelt_is_suggested() -> None:
    assert parse(Kind.DATE, "10 th October").suggestion == "10 Oct 2023"
    assert parse(Kind.DATE, "5/1").suggestion == "5 Jan 2024"
    assert parse(Kind.DATE, "31 Ocotber 2023").suggestion == "31 Oct 2023"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("31/10/1923", ("date-implausible",)), ("10/31/1923", ("date-ambiguous", "date-implausible")),
        ("31/12/1999", ("date-implausible",)), ("1/1/2000", ()), ("31/12/2100", ()), ("1/1/2101", ("date-implausible",)),
        (20000.0, ("date-implausible", "date-tidied")), (80000.0, ("date-implausible", "date-tidied")),
    ],
)
def test_far_years_are_kept_and_asked(typed: RawValue, codes: tuple[str, ...]) -> None:
    parsed = parse(Kind.DATE, typed)
    assert isinstance(parsed.value, date)
    assert parsed.codes == codes


def test_date_cells_as_excel_makes_them() -> None:
    assert parse(Kind.DATE, date(2023, 10, 31), "dd/mm/yyyy") == fields.Parsed(date(2023, 10, 31))
    value = parse(Kind.DATE, moment(2023, 10, 31, 9, 0), "dd/mm/yyyy hh:mm").value
    assert type(value) is date
    # "Oct 2023" typed in Excel is stored as the first of the month; "23 Oct" gets the year it happens to be
    month = parse(Kind.DATE, date(2023, 10, 1), "mmm-yy")
    assert (month.value, month.problem) == (date(2023, 10, 31), "date-ambiguous")
    assert parse(Kind.DATE, date(2023, 10, 23), "d-mmm").problem == "date-ambiguous"
    assert parse(Kind.DATE, date(2023, 10, 15), "mmm-yy") == fields.Parsed(date(2023, 10, 15))


@pytest.mark.parametrize(
    "typed",
    ["Sept 23", "September 2023", "2023-09", "09/2023", "15/09/2023", "end of Sept 2023", date(2023, 9, 1)],
)
def test_a_month_is_its_last_day(typed: RawValue) -> None:
    assert parse(Kind.MONTH, typed, "mmm-yy") == fields.Parsed(date(2023, 9, 30))


def test_date_sentences_read_well() -> None:
    assert sentence(Kind.DATE, "10/31/2023") == (
        'You entered "10/31/2023", which was read as 31 Oct 2023. If you meant another day, enter it like 31 Oct 2023.'
    )
    assert sentence(Kind.DATE, "soon") == (
        'You entered "soon", which cannot be read as a date. Enter it day first, like 31/10/2023.'
    )


# --- numbers

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
    assert str(parsed.words["expected"]).endswith("without a % sign")


def test_numbers_out_of_range_are_kept_and_asked() -> None:
    low = parse(Kind.WHOLE, 0.0, minimum=1, maximum=5)
    assert (low.value, low.problem) == (0, "number-range")
    assert sentence(Kind.WHOLE, 6.0, minimum=1, maximum=5) == (
        'You entered "6". Enter a number from 1 to 5, or tell us why it is right.'
    )
    assert "of 0 or more" in sentence(Kind.DECIMAL, -1.0, minimum=0)
    assert "of 0.5 or less" in sentence(Kind.DECIMAL, 1.0, maximum=0.5)
    assert parse(Kind.WHOLE, "5", minimum=1, maximum=5) == fields.Parsed(5)


# --- yes and no

@pytest.mark.parametrize("typed", ["Yes", "y", "TRUE", "1", "✓", "✔", "✔️", "☑", True, 1.0, "yes."])
def test_yes(typed: RawValue) -> None:
    assert parse(Kind.YES_NO, typed).value is True


@pytest.mark.parametrize("typed", ["No", "n", "False", "0", "✗", False, 0.0])
def test_no(typed: RawValue) -> None:
    assert parse(Kind.YES_NO, typed).value is False


@pytest.mark.parametrize(("typed", "guess"), [("x", "Yes"), ("Yes - see below", "Yes"), ("maybe", ""), ("n/a", ""), (2.0, "")])
def test_neither_yes_nor_no(typed: RawValue, guess: str) -> None:
    parsed = parse(Kind.YES_NO, typed)
    assert (parsed.value, parsed.problem, parsed.suggestion) == (None, "yes-no-unknown", guess)


# --- laws over anything

raw_values = st.one_of(
    st.none(), st.text(), st.booleans(), st.floats(), st.integers(-(10**20), 10**20), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.from_regex(r"[-+£ ]{0,2}[0-9., /%-]{1,12}[a-z%]{0,4}", fullmatch=True),
)
formats = st.one_of(
    st.sampled_from(["General", "0%", "0.0%", "@", "mmm-yy", "#,##0.00", "d-mmm", '0"%"', "", "[h]:mm"]), st.text(max_size=8)
)
cells = st.builds(
    Cell, st.integers(1, 9), st.integers(1, 9), st.sampled_from(CellType), raw_values, formats, st.one_of(st.none(), st.text())
)


@given(cells, st.sampled_from(Kind), st.sampled_from(["", "%", "£"]), st.booleans())
def test_parse_never_raises_and_always_has_the_words(it: Cell, kind: Kind, unit: str, many: bool) -> None:
    form_field = field(kind, many=many, minimum=0, maximum=50.5, max_length=5, choices=RAG if kind is Kind.CHOICE else ())
    parsed = fields.parse(form_field, it, unit=unit, today=TODAY)
    words: dict[str, Any] = dict(parsed.words)
    for code in parsed.codes:
        finding(code, found=fields.raw_text(it), suggestion=parsed.suggestion, **words)
    stops = [c for c in parsed.codes if WORDS[c][0] is Severity.STOP]
    assert len(stops) <= 1
    assert parsed.value is None if stops else parsed.value is not None or parsed == fields.Parsed()
    if isinstance(parsed.value, Decimal):
        assert parsed.value.is_finite()
    assert not isinstance(parsed.value, datetime | float)
    if parsed.value is not None:
        assert fields.decode(fields.encode(parsed.value)) == parsed.value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9).map(lambda f: round(f, 4)))
def test_a_stored_number_is_the_number_that_was_typed(number: float) -> None:
    assert parse(Kind.DECIMAL, number).value == Decimal(repr(number))
    assert parse(Kind.PERCENT, number, "0.00%").value == Decimal(repr(number)) * 100


values = st.one_of(
    st.text(), st.booleans(), st.integers(), st.dates(), st.decimals(allow_nan=False, allow_infinity=False)
)


@given(values)
def test_encode_and_decode_are_exact(value: Value) -> None:
    back = fields.decode(fields.encode(value))
    assert (type(back), str(back), back) == (type(value), str(value), value)


@given(st.sets(values, max_size=8))
def test_different_values_have_different_codes(some: set[Value]) -> None:
    typed = {(type(v), str(v)) for v in some}
    assert len({fields.encode(v) for v in some}) == len(typed)


def test_what_cannot_be_stored_is_refused() -> None:
    for wrong in (1.5, None, moment(2023, 1, 1), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError, match="not a value"):
            fields.encode(wrong)  # type: ignore[arg-type]
    for text in ("", "5", "x:5", "b:2"):
        with pytest.raises(ValueError, match="not an encoded"):
            fields.decode(text)


@given(st.dates())
def test_a_shown_date_is_read_back(day: date) -> None:
    assert parse(Kind.DATE, fields.show(day)).value == day


@given(st.integers(-(10**15), 10**15))
def test_a_shown_whole_number_is_read_back(number: int) -> None:
    assert parse(Kind.WHOLE, fields.show(number)).value == number


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_a_shown_decimal_is_read_back(number: Decimal) -> None:
    assert parse(Kind.DECIMAL, fields.show(number)).value == number


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("1234.50"), None, "1,234.50"), (Decimal("1234.5"), 0, "1,235"), (Decimal("2.5"), 0, "3"), (5, 1, "5.0"),
        (Decimal("-0.04"), 1, "0.0"), (1234, None, "1,234"), (True, None, "Yes"), (False, 2, "No"), (None, None, ""),
        (date(2023, 10, 31), None, "31 Oct 2023"), ("=1+1", None, "=1+1"), (Decimal("1E+3"), None, "1,000"),
    ],
)
def test_show(value: Value | None, decimals: int | None, shown: str) -> None:
    assert fields.show(value, decimals) == shown


@given(st.text())
def test_fold_is_stable_and_blind_to_case(text: str) -> None:
    assert fields.fold(fields.fold(text)) == fields.fold(text)
    assert fields.fold(f"  {text} ") == fields.fold(text)


def test_fold_near_and_listed() -> None:
    assert fields.fold("Children’s  Social\u00a0Care — Thurrock") == "children's social care - thurrock"
    assert fields.near("LCSP", ["LSCP", "SAB"]) == "LSCP"
    assert fields.near("xyz", ["LSCP", "SAB"]) == ""
    assert fields.listed(["a", "b", "c"]) == "a, b or c"
    assert fields.listed(["a"]) == "a"
