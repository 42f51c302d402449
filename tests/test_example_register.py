"""The example's register has what the source documents count (domain.md A4): years, replies, aims, strategies, short forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflow import config, items
from workflow.model import Item, Register

ROOT = Path(__file__).parents[1]
RETURNS = config.load_forms(ROOT / "templates/returns")
SECTIONS = ("VAWG", "VIOLENCE", "HATE", "SLAVERY", "ASB", "ENGAGE", "OFFEND", "PREVENT")
GOALS = ("6A", "6B", "6C", "6D")
AIMS = {"VAWG": 2, "DA": 3, "VIOLENCE": 3, "PREVENT": 3, "HATE": 2, "ASB": 3, "SLAVERY": 5, "ENGAGE": 3, "OFFEND": 2}
ACRONYMS = {
    "APHR", "ASB", "CCTV", "CSP", "DA", "DAHA", "ECSP", "HMO", "HT", "IDVA", "IOM", "MDS", "PFCC", "PSPO", "SET", "SVA", "VAWG",
}  # fmt: skip
LONGEST = 180  # of what was written for it: a paper's cell is no place for more


@pytest.fixture(scope="module")
def register() -> Register:
    data = (ROOT / "config/register.xlsx").read_bytes()
    found, findings = config.load_register(data, config.load_forms(ROOT / "templates/register"), "config/register.xlsx")
    assert found
    assert findings == ()
    return found


def of(register: Register, plan: str, year: str) -> list[Item]:
    return [i for i in register.items if i.form == "commitments" and i.plan == plan and i.text("year") == year]


def by_theme(rows: list[Item], counts: Callable[[Item], bool] = lambda _: True) -> list[int]:
    found = Counter(i.theme for i in rows if counts(i))
    return [found[theme] for theme in (SECTIONS if rows[0].plan == "CSP21" else GOALS)]


def test_the_year_2021_22_has_its_promises_replies_and_outcomes(register: Register) -> None:
    rows = of(register, "CSP21", "2021/22")
    assert by_theme(rows) == [15, 10, 6, 5, 11, 5, 9, 8]
    assert by_theme(rows, lambda i: bool(i.text("opening_progress"))) == [15, 10, 5, 5, 10, 4, 7, 8]
    assert by_theme(rows, lambda i: bool(i.text("opening_outcome"))) == [9, 8, 1, 1, 6, 5, 3, 5]
    assert len(rows) == 69
    assert sum(bool(i.text("opening_progress")) for i in rows) == 64
    assert sum(bool(i.text("opening_outcome")) for i in rows) == 38


def test_what_bore_a_tick_in_2021_22_is_complete(register: Register) -> None:
    complete = {i.text("ref") for i in of(register, "CSP21", "2021/22") if i.text("opening_status") == "Complete"}
    assert complete >= {*(f"21-2.2.{n}" for n in (1, 3, 4, 6)), *(f"21-3.2.{n}" for n in (1, 2, 3, 5))}


def test_the_numbers_of_2021_22_are_labels_of_that_plan(register: Register) -> None:
    labels = {t.id: t.number for t in register.themes if t.plan == "CSP21"}
    assert labels == dict(zip(SECTIONS, ("1", "2.1", "2.2", "2.3", "3.1", "3.2", "4", "5"), strict=True))
    assert set(labels) < {t.id for t in register.themes if t.plan == "CSP23"}


def test_the_strategys_first_year_is_answered_and_its_second_is_listed(register: Register) -> None:
    first, second = of(register, "HWB6", "2022/23"), of(register, "HWB6", "2023/24")
    assert (by_theme(first), by_theme(second)) == ([4, 2, 2, 3], [6, 4, 2, 4])
    assert (len(first), len(second)) == (11, 16)
    assert all(i.text("opening_status") and i.text("opening_progress") for i in first)
    assert not any(name.startswith("opening_") for i in second for name in i.values)


def test_nobody_is_asked_about_either_in_the_three_quarters(register: Register) -> None:
    still = {i.key for p in register.periods for i in register.items if items.of_period(i, p)}
    assert len(still) == 174
    for period in register.periods:
        for partner in register.partners:
            for form in RETURNS.values():
                assert {i.key for i in items.rows_for(form, partner.id, items.Stood(register), period)} <= still
    assert not still & {i.key for year in ("2021/22", "2022/23") for i in register.items if i.text("year") == year}
    assert not still & {i.key for i in of(register, "HWB6", "2023/24")}


def test_no_list_that_partners_choose_from_has_the_old_plan(register: Register) -> None:
    themes = [f for form in RETURNS.values() for f in form.fields if f.choices_from == "themes"]
    assert themes
    for field in themes:
        words = {c.value for c in items.choices_for(field, None, register, date(2023, 9, 30))}
        assert words == {t.label for t in register.themes if t.plan != "CSP21"}


def test_each_priority_says_why_and_what_for(register: Register) -> None:
    themes = [t for t in register.themes if t.plan == "CSP23"]
    assert {t.id: len(t.aims.splitlines()) for t in themes} == AIMS
    assert all(t.why for t in themes)
    assert all(len(text) <= LONGEST for t in themes for text in (t.why, *t.aims.splitlines()))


def test_four_boards_report_to_the_strategic_board(register: Register) -> None:
    reporting = {b.id: b.reports_to for b in register.boards if b.reports_to}
    assert reporting == dict.fromkeys(("csp-exec", "prevent-board", "vawg-board", "vv-board"), "CSP Strategic Board")


def test_strategies_and_short_forms_are_listed(register: Register) -> None:
    assert len(register.strategies) >= 20
    assert all(s.owner and s.about and len(s.about) <= LONGEST for s in register.strategies)
    assert len(register.glossary) == 17
    assert {t.term for t in register.glossary} == ACRONYMS
