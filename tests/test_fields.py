"""What people type becomes a typed value or a problem in words, and nothing is lost on the way (design laws 2, 7, 11)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.field_examples import RAG, TODAY, cell, field, moment, parse, sentence
from workflow import fields
from workflow.model import Cell, CellType, Choice, Kind, Severity, Value
from workflow.model.places import RawValue
from workflow.wording import WORDS, finding

TEXTS = (Kind.TEXT, Kind.LONG_TEXT, Kind.LINK)


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
    assert fields.fold("Children’s  Social\u00a0Care — Estuary") == "children's social care - estuary"
    assert fields.near("LCSP", ["LSCP", "SAB"]) == "LSCP"
    assert fields.near("xyz", ["LSCP", "SAB"]) == ""
    assert fields.listed(["a", "b", "c"]) == "a, b or c"
    assert fields.listed(["a"]) == "a"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("amber - at risk", "Amber"), ("Progress: AMBER.", "Amber"), ("Amber/Green", ""), ("Amber (was Red)", ""),
        ("not red, not amber", ""), ("no longer Amber", ""),
    ],
)
def test_the_one_choice_named_in_a_longer_text_is_suggested(typed: str, meant: str) -> None:
    parsed = fields.parse(field(Kind.CHOICE), cell(typed), choices=RAG, today=TODAY)
    assert (parsed.problem, parsed.suggestion) == ("choice-unknown", meant)
