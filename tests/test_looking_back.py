"""A register may keep a year that is over, and rows that are still to come: no template, paper or letter shows either."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests import small as s
from tests.small import Q2, Q4, Row
from workflow import config, items, reader
from workflow.config import load_forms
from workflow.model import Item, Period, Register, Theme, Value

NEXT = "2024-25-Q1"
OVER: Row = {
    "plan": "OLD", "theme": "R1", "lead": "police", "state": "Closed", "year": "2021/22", "due": date(2022, 3, 31),
    "opening_status": "At risk", "opening_progress": "One bid was made and refused.", "opening_outcome": "Little changed.",
}  # fmt: skip


def plain_rows() -> dict[str, list[Row]]:
    """The small register, and a board of its own for its themes."""
    rows = s.register_rows()
    rows["boards"] = [{"id": "themed", "name": "Themed Board", "audience": "public", "themes": "R1; R2"}]
    return rows


def kept_and_coming() -> dict[str, list[Row]]:
    """The same, with a plan to look back on, a row closed for every period and one asked for from next year on."""
    rows = plain_rows()
    rows["plans"].append({"id": "OLD", "name": "Plan of 2021/22", "rag": "RAG-confidence", "measure_rag": "Target-tolerance"})
    rows["themes"] += [
        {"id": "R1", "plan": "OLD", "number": "7", "title": "Information sharing"},
        {"id": "R2", "plan": "OLD", "number": "8", "title": "Helping early"},
    ]
    rows["items"] += [
        {**OVER, "key": "C21-R1-1", "form": "commitments", "ref": "21-1", "title": "Bid for money"},
        {**OVER, "key": "A21-1", "form": "actions", "ref": "21-2", "title": "Share what is known", "opening_rag": "Red"},
        {"key": "M21-1", "form": "measures", "plan": "OLD", "theme": "R2", "title": "Visits then", "lead": "yos",
         "unit": "number", "counts": "people", "polarity": "Higher is better", "period_type": "Financial year",
         "opening_value": Decimal(3), "opening_period_end": date(2022, 3, 31), "state": "Closed"},
        {"key": "C-9", "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": "C9", "title": "For the coming year",
         "lead": "yos", "year": "2023/24", "asked_from": NEXT},
    ]  # fmt: skip
    return rows


def said(root: Path) -> dict[str, object]:
    """Everything that the small quarter's outputs say, by file: the cells of workbooks, the words of letters."""
    small = s.make(root)
    small.write_register(kept_and_coming() if root.name == "more" else plain_rows())
    small.issue()
    small.returns("police")
    small.collate()
    found: dict[str, object] = {}
    for path in sorted((root / f"outbox/{Q2}").rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".xlsx":
            sheets = reader.read_bytes(path.read_bytes()).sheets
            found[name] = {t.name: {at: c.value for at, c in t.cells.items()} for t in sheets}
        elif path.suffix == ".txt":
            found[name] = path.read_text(encoding="utf-8")
    return found


def test_what_no_period_asks_for_is_in_no_template_paper_or_letter(tmp_path: Path) -> None:
    plain, more = said(tmp_path / "plain"), said(tmp_path / "more")
    assert set(plain) == set(more)
    assert {name for name in plain if plain[name] != more[name]} == set()
    assert any("boards/" in name for name in plain)
    assert any("tracker" in name for name in plain)


def row(**values: Value) -> Item:
    return Item("C-1", "commitments", "REVIEW", "R1", "police", values=values)


@pytest.mark.parametrize(("values", "known"), [
    ({}, (True, True)),
    ({"state": "Closed"}, (False, False)),
    ({"state": "Closed", "closed_after": Q2}, (True, True)),  # what it came to until then stays
    ({"asked_from": Q4}, (False, True)),
    ({"asked_from": NEXT}, (False, False)),
    ({"year": "2024/25"}, (False, False)),
])
def test_which_quarters_know_of_a_row(small_register: Register, values: dict[str, Value], known: tuple[bool, ...]) -> None:
    quarters = [p for key in (Q2, Q4) if (p := small_register.period(key))]
    assert tuple(items.of_period(row(**values), p) for p in quarters) == known


def test_a_row_is_asked_for_from_the_quarter_that_it_names(small_register: Register) -> None:
    forms = load_forms(s.ROOT / "templates/returns")
    q4 = small_register.period(Q4)
    assert q4
    coming = Period(NEXT, "Q1 2024/25", "april", *(date(2024, 6, 30),) * 5, "planned", 1)

    def asked(period: Period) -> list[str]:
        return [i.key for i in items.rows_for(forms["commitments"], "yos", items.Stood(small_register), period)]

    assert (asked(q4), asked(coming)) == ([], ["C-9"])


def test_themes_of_a_plan_that_is_only_looked_back_on_are_taken_and_not_offered(small_register: Register) -> None:
    field = load_forms(s.ROOT / "templates/returns")["issues"].field("theme")
    offered = [c.value for c in items.choices_for(field, None, small_register)]
    assert offered == ["1 Information sharing", "2 Early help"]
    assert {"7 Information sharing", "8 Helping early"} <= {c.value for c in items.former_choices(field, small_register)}


def test_a_plan_with_an_open_row_or_with_none_yet_has_its_themes_offered(small_register: Register) -> None:
    new = Theme("N1", "NEW", "1", "Brand new")
    rows = (*small_register.items, replace(row(), plan="OLD"))
    opened = replace(small_register, themes=(*small_register.themes, new), items=rows)
    assert {t.plan for t in items.live_themes(opened)} == {"REVIEW", "OLD", "NEW"}


@pytest.fixture(scope="module")
def small_register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    small = s.make(tmp_path_factory.mktemp("kept") / "small")
    small.write_register(kept_and_coming())
    forms = load_forms(small.root / "templates/register")
    register, findings = config.load_register((small.root / "config/register.xlsx").read_bytes(), forms, "register.xlsx")
    assert register
    assert findings == ()
    return register
