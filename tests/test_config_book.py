"""The register as a workbook, the RAG presets, and the days of a planned year."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from dateutil.easter import easter  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from tests.register_rows import FILE, FORMS, REGISTER_FORMS, book_of, clean_rows
from workflow import config, periods, writer
from workflow.config.rag import is_colour, tidy_colour
from workflow.errors import WorkflowError
from workflow.model import Kind, Profile

WHEN = date(2026, 4, 1)


def test_a_new_register_asks_only_for_what_a_coordinator_must_fill_in() -> None:
    data = writer.render(config.empty_register_book(REGISTER_FORMS, WHEN))
    register, findings = config.load_register(data, REGISTER_FORMS, FILE, today=WHEN)
    assert register is not None
    assert {f.code for f in findings} == {"register-fact-blank"}
    assert {f.field for f in findings} == {f.name for f in REGISTER_FORMS["partnership"].fields if f.required}
    assert config.check_register(register, FORMS, WHEN) == ()
    assert [p.key for p in register.periods] == ["2026-27-Q1", "2026-27-Q2", "2026-27-Q3", "2026-27-Q4"]
    assert {p.state for p in register.periods} == {"planned"}
    assert len(register.rag) == len(config.rag_presets())
    assert (register.items, register.partners) == ((), ())


@pytest.mark.parametrize("calendar", periods.CALENDARS)
def test_every_calendar_starts_a_register_without_a_fault(calendar: str) -> None:
    data = writer.render(config.empty_register_book(REGISTER_FORMS, WHEN, calendar, 2026))
    register, _ = config.load_register(data, REGISTER_FORMS, FILE, today=WHEN)
    assert register is not None
    assert config.check_register(register, FORMS, WHEN) == ()
    assert register.periods[0].start == date(2026, periods.CALENDARS[calendar].first_month, 1)


def test_an_unknown_calendar_is_our_mistake() -> None:
    with pytest.raises(KeyError):
        config.empty_register_book(REGISTER_FORMS, WHEN, "lunar")


def test_the_same_register_gives_the_same_bytes() -> None:
    assert writer.render(book_of(clean_rows())) == writer.render(book_of(clean_rows()))


def test_the_book_is_made_to_be_typed_in() -> None:
    book = config.empty_register_book(FORMS, WHEN)
    assert book.profile is Profile.WORKING
    sheets = {s.name: s for s in book.sheets}
    assert [s.name for s in book.sheets] == [f.sheet for f in REGISTER_FORMS.values()]
    assert len(sheets["Items"].rows) == 20
    for form in REGISTER_FORMS.values():
        assert 1 <= len(sheets[form.sheet].lines) <= 2
    columns = {c.heading: c for c in sheets["Items"].columns}
    assert columns["Unit"].choices[:2] == ("number", "%")
    assert not columns["Unit"].lenient
    assert columns["Form"].choices == ("actions", "commitments", "indicators", "measures")
    assert columns["Form"].lenient
    assert columns["Joint leads"].choices == ()
    assert columns["Due date"].kind is Kind.DATE
    assert all(c.answer for c in columns.values())
    plans = {c.heading: c for c in sheets["Plans"].columns}
    assert "RAG-confidence" in plans["RAG scheme"].choices


def test_lists_of_the_register_grow_with_it() -> None:
    book = book_of(clean_rows())
    columns = {c.heading: c for s in book.sheets if s.name == "Items" for c in s.columns}
    names = dict(book.names)
    assert names[columns["Lead"].choices_name] == "reg_partners[Partner id]"
    assert names[columns["Plan"].choices_name] == "reg_plans[Plan id]"
    assert columns["Lead"].lenient
    assert columns["Linked measure"].choices == ("M-REOFF",)


def test_live_lists_stand_in_the_file_as_names() -> None:
    with zipfile.ZipFile(io.BytesIO(writer.render(book_of(clean_rows())))) as package:
        parts = {name: package.read(name).decode() for name in package.namelist() if name.endswith(".xml")}
    assert "reg_partners[Partner id]</definedName>" in parts["xl/workbook.xml"]
    assert any("<formula1>list_of_partners</formula1>" in text for text in parts.values())


def test_presets_are_those_of_the_domain() -> None:
    levels = config.rag_presets()
    schemes = list(dict.fromkeys(x.scheme for x in levels))
    assert schemes == ["RAG-confidence", "BRAG-complete-blue", "RAG-lateness", "BRAG-status", "Target-tolerance"]
    for level in levels:
        assert is_colour(level.colour)
        assert config.contrast(level.colour, level.text_colour) >= 4.5
        assert level.word not in level.meaning


def test_a_broken_preset_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "rag.toml"
    path.write_text('[[scheme]]\nname = "X"\n[[scheme.level]]\nletter = "R"\n')
    with pytest.raises(WorkflowError, match="scheme X"):
        config.rag_presets(path)


# domain.md section C, contrast results T6.
@pytest.mark.parametrize(("ink", "fill", "ratio"), [
    ("FFFFFF", "C00000", 6.48), ("FFFFFF", "FF0000", 4.00), ("000000", "FFC000", 12.79), ("FFFFFF", "FFC000", 1.64),
    ("FFFFFF", "00B050", 2.87), ("000000", "00B050", 7.33), ("FFFFFF", "006100", 7.75), ("FFFFFF", "1D70B8", 5.17),
])
def test_contrast_is_that_of_the_domain_notes(ink: str, fill: str, ratio: float) -> None:
    assert config.contrast(ink, fill) == pytest.approx(ratio, abs=0.011)
    assert config.contrast(fill, ink) == config.contrast(ink, fill)


@pytest.mark.parametrize(("typed", "read"), [("#c00000", "C00000"), ("6100", "006100"), (" ffc000 ", "FFC000"), ("red", "RED")])
def test_colours_are_tidied(typed: str, read: str) -> None:
    assert tidy_colour(typed) == read


def test_days_of_a_quarter_are_those_of_the_domain_example() -> None:
    q3 = config.plan_year(periods.CALENDARS["april"], 2025)[2]
    assert (q3.issue_date, q3.due_date, q3.papers_date) == (date(2026, 1, 5), date(2026, 1, 22), date(2026, 2, 3))


# Days that were given once, and yearly ones that were moved for them.
GIVEN_ONCE = {
    date(2002, 6, 3), date(2002, 6, 4), date(2011, 4, 29), date(2012, 6, 4), date(2012, 6, 5), date(2020, 5, 8),
    date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8),
}  # fmt: skip
MOVED = {2002: date(2002, 5, 27), 2012: date(2012, 5, 28), 2020: date(2020, 5, 4), 2022: date(2022, 5, 30)}


@given(st.integers(2000, 2099))
def test_bank_holidays_are_eight_working_weekdays_and_those_given_once(year: int) -> None:
    days = config.bank_holidays(year)
    once = {d for d in GIVEN_ONCE if d.year == year}
    if year <= 2026:
        assert once <= days
        assert len(days) == 8 + len(once) - (year in MOVED)
        assert MOVED.get(year) not in days
    else:  # a later version of the library may know of more
        assert len(days) >= 8
    assert all(d.weekday() < 5 and d.year == year for d in days)
    assert {easter(year) - timedelta(days=2), easter(year) + timedelta(days=1)} <= days


def test_bank_holidays_known_from_the_calendar() -> None:
    assert config.bank_holidays(2022) >= {date(2022, 1, 3), date(2022, 12, 26), date(2022, 12, 27)}
    assert config.bank_holidays(2021) >= {date(2021, 12, 27), date(2021, 12, 28)}


def test_the_days_of_a_year_know_a_bank_holiday_given_once() -> None:
    last = config.plan_year(periods.CALENDARS["april"], 2022)[3]
    assert last.papers_date == date(2023, 5, 9)  # 8 May 2023 was one


def test_a_day_given_once_moves_the_days_that_are_counted_over_it() -> None:
    """The Monday of the state funeral in 2022 was no working day."""
    before, funeral = date(2022, 9, 16), date(2022, 9, 19)
    assert config.working_days_after(before, 1, config.bank_holidays(2022)) == date(2022, 9, 20)
    assert config.working_days_after(before, 1) == funeral


def test_a_year_that_nobody_knows_the_holidays_of_has_its_weekends() -> None:
    far = config.plan_year(periods.CALENDARS["april"], 2150)
    assert all(d.weekday() < 5 for p in far for d in (p.issue_date, p.due_date, p.papers_date))
    assert [p.issue_date for p in far] == [config.working_days_after(p.end, 2) for p in far]


@given(st.dates(date(2000, 1, 1), date(2098, 1, 1)), st.integers(0, 40))
def test_working_days_after_undoes_working_days_before(day: date, n: int) -> None:
    holidays = config.bank_holidays(day.year) | config.bank_holidays(day.year + 1)
    after = config.working_days_after(day, n, holidays)
    if periods.is_working_day(day, holidays):
        assert periods.working_days_before(after, n, holidays) == day
