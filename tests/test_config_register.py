"""The register: what is written is what is read, each fault is found at its cell, and one bad row stops only itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.register_rows import FILE, FORMS, REGISTER_FORMS, TODAY, Row, address, book_of, clean_rows, everything, load, put
from workflow import config, writer
from workflow.model import Place, Severity


def test_a_register_without_a_fault_has_no_finding() -> None:
    assert [f.message for f in everything(clean_rows())] == []


def test_what_is_written_is_what_is_read() -> None:
    rows = clean_rows()
    register, _ = load(rows)
    who = register.partnership
    assert (who.name, who.short_name, who.email, who.calendar) == tuple(
        rows["partnership"][0][n] for n in ("name", "short_name", "email", "calendar")
    )
    q2, q3 = register.periods
    assert (q2.key, q2.label, q2.quarter, q2.state, q2.calendar) == ("2023-24-Q2", "Q2 2023/24", 2, "open", "april")
    assert (q2.start, q2.end, q2.issue_date, q2.due_date, q2.papers_date) == (
        date(2023, 7, 1), date(2023, 9, 30), date(2023, 10, 2), date(2023, 10, 20), date(2023, 11, 1)
    )
    assert q3.state == "planned"
    assert [p.id for p in register.partners] == ["police", "yos", "icb"]
    assert register.partners[0].domains == ("police.example", "pnn.police.example")
    assert register.partners[1].forms == ("issues", "activities")
    assert register.partners[2].active_from == date(2022, 7, 1)
    contacts = [("police", "lead"), ("yos", "lead"), ("icb", "lead"), ("icb", "sender")]
    assert [(c.partner, c.role) for c in register.contacts] == contacts
    assert (register.aliases[1].alias, register.aliases[1].valid_from) == ("Health commissioner", date(2022, 7, 1))
    assert (register.plans[0].calendar, register.plans[1].measure_rag) == ("april", "Target-tolerance")
    assert register.themes[1].number == "6A"
    action, indicator, measure = register.items
    assert (action.key, action.form, action.lead, action.joint_leads, action.contributors) == (
        "TR-1.1", "actions", "police", ("yos",), ("icb",)
    )
    assert (action.label, action.day("due"), action.text("opening_rag")) == ("1.1", date(2023, 10, 31), "Amber")
    assert indicator.text("measure") == "M-REOFF"
    assert measure.values["target"] == Decimal("32.3")
    assert measure.values["opening_period_end"] == date(2023, 6, 30)
    assert register.boards[1].quarters == (2, 4)
    assert register.boards[1].forms == ("indicators", "measures")
    assert tuple(replace(x, place=Place()) for x in register.rag) == config.rag_presets()
    assert register.waivers[0].until == date(2024, 3, 31)
    assert [t.term for t in register.glossary] == ["YOS", "ICB"]
    assert (register.themes[1].why, register.themes[1].aims.splitlines()) == (
        "Too many are.", ["Fewer children are used; harmed", "More are helped"]
    )
    assert (action.text("opening_outcome"), action.text("asked_from")) == ("Less is lost between agencies", "2023-24-Q2")
    assert [b.reports_to for b in register.boards] == ["", "Council"]
    plan, other = register.strategies
    assert (plan.name, plan.owner, plan.years, plan.about) == tuple(rows["strategies"][0].values())
    assert (other.name, other.owner, other.place.sheet) == ("Local Plan", "", "Strategies")


def test_every_cell_has_a_place_blank_ones_too() -> None:
    rows = clean_rows()
    register, _ = load(rows)
    for form, field, index, key in (
        ("items", "lead", 1, "HWB-6A-S"), ("items", "revised_due", 0, "TR-1.1"), ("boards", "email", 0, "csp-board"),
        ("periods", "papers_date", 1, "2023-24-Q3"), ("partnership", "email", 0, ""), ("partnership", "phone", 0, ""),
    ):
        place = register.places[form, key, field]
        assert place == Place(FILE, REGISTER_FORMS[form].sheet, address(rows, form, field, index))
    assert register.items[2].place.cell == address(rows, "items", "key", 2)


def test_the_hash_is_that_of_the_file() -> None:
    data = writer.render(book_of(clean_rows()))
    register, _ = config.load_register(data, REGISTER_FORMS, FILE)
    assert register is not None
    assert register.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("typed", "lead", "joint", "others", "codes"), [
    ("police", "police", (), (), []),
    ("POLICE", "police", (), (), []),
    ("Youth Offending Service", "yos", (), (), []),
    ("youth  offending service", "yos", (), (), []),
    ("YOT", "yos", (), (), []),
    ("Health Commissioner", "icb", (), (), []),
    ("YOT and ICB", "yos", ("icb",), (), ["register-lead-split"]),
    ("Police / YOS & ICB", "police", ("yos", "icb"), (), ["register-lead-split"]),
    ("Police, YOS to include ICB", "police", ("yos",), ("icb",), ["register-lead-split"]),
    ("Private Landlords", "Private Landlords", (), (), ["register-lead-unknown"]),
    ("Police and Private Landlords", "Police and Private Landlords", (), (), ["register-lead-unknown"]),
])
def test_a_lead_is_found_by_any_name(
    typed: str, lead: str, joint: tuple[str, ...], others: tuple[str, ...], codes: list[str]
) -> None:
    rows = clean_rows()
    put("items", 0, lead=typed, joint_leads=None, contributors=None)(rows)
    register, _ = load(rows)
    item = register.items[0]
    assert (item.lead, item.joint_leads, item.contributors) == (lead, joint, others)
    assert [f.code for f in everything(rows)] == codes


def test_what_a_name_meant_depends_on_the_day() -> None:
    rows = clean_rows()
    rows["aliases"] += [
        {"alias": "Reducing harm team", "partner": "police", "valid_to": date(2023, 9, 30)},
        {"alias": "Reducing harm team", "partner": "yos", "valid_from": date(2023, 10, 1)},
    ]
    put("items", 0, lead="Reducing Harm Team", joint_leads=None)(rows)
    assert load(rows, date(2023, 9, 30))[0].items[0].lead == "police"
    assert load(rows, date(2023, 10, 1))[0].items[0].lead == "yos"
    assert everything(rows) == ()


def test_a_bad_row_stops_only_itself() -> None:
    rows = clean_rows()
    put("items", 0, lead=None)(rows)
    put("partners", 2, name=None)(rows)
    register, findings = load(rows)
    assert [i.key for i in register.items] == ["HWB-6A-S", "M-REOFF"]
    assert [p.id for p in register.partners] == ["police", "yos"]
    assert {f.severity for f in findings} == {Severity.STOP}
    assert not [f.message for f in config.check_register(register, FORMS, TODAY) if "icb" in f.message or "TR-1.1" in f.message]


def test_a_stop_in_a_cell_that_may_be_blank_keeps_the_row() -> None:
    rows = clean_rows()
    put("items", 2, target="lots")(rows)
    register, findings = load(rows)
    assert [i.key for i in register.items] == ["TR-1.1", "HWB-6A-S", "M-REOFF"]
    assert "target" not in register.items[2].values
    assert len(findings) == 1


def test_blank_rows_are_passed_over() -> None:
    rows = clean_rows()
    rows["items"].insert(1, {})
    rows["glossary"] = []
    register, findings = load(rows)
    assert len(register.items) == 3
    assert register.glossary == ()
    assert findings == ()


def test_what_is_no_workbook_gives_none_and_one_sentence() -> None:
    for data in (b"", b"not a workbook", b"PK\x03\x04 broken"):
        register, (found,) = config.load_register(data, REGISTER_FORMS, FILE)
        assert register is None
        assert found.code == "register-unreadable"
        assert found.message.startswith(FILE)


@pytest.mark.parametrize("name", [n for n in config.SHEETS if n != "strategies"])
def test_only_an_essential_sheet_that_is_missing_gives_none(name: str) -> None:
    book = book_of(clean_rows())
    kept = tuple(s for s in book.sheets if s.name != REGISTER_FORMS[name].sheet)
    register, findings = config.load_register(writer.render(replace(book, sheets=kept)), REGISTER_FORMS, FILE)
    code, severity = findings[0].code, findings[0].severity
    if name in ("partnership", "periods", "partners", "plans", "themes", "items"):
        assert (register, code, severity) == (None, "register-sheet-missing", Severity.STOP)
    else:
        assert register is not None
        assert (code, severity) == ("register-sheet-absent", Severity.QUERY)
    assert REGISTER_FORMS[name].sheet in findings[0].message


def test_a_register_older_than_a_sheet_or_a_column_is_read_without_a_word() -> None:
    book = book_of(clean_rows())
    newer = {"Opening outcome", "Asked from", "Why", "Aims", "Reports to"}
    sheets = []
    for sheet in (s for s in book.sheets if s.name != "Strategies"):
        kept = [n for n, c in enumerate(sheet.columns) if c.heading not in newer]
        cells = tuple(tuple(r[n] for n in kept) for r in sheet.rows) if sheet.layout == "table" else sheet.rows
        sheets.append(replace(sheet, columns=tuple(sheet.columns[n] for n in kept), rows=cells))
    data = writer.render(replace(book, sheets=tuple(sheets)))
    older = {n: replace(f, fields=tuple(x for x in f.fields if x.heading not in newer)) for n, f in REGISTER_FORMS.items()}
    del older["strategies"]
    for forms in (REGISTER_FORMS, older):  # a workspace may have its own forms, from before
        register, findings = config.load_register(data, forms, FILE, today=TODAY)
        assert register is not None
        assert findings == ()
        assert (register.strategies, register.themes[1].why, register.boards[1].reports_to) == ((), "", "")
        assert len(register.items) == 3
        kept_rows = config.keep_register(data, forms, register, FILE, TODAY)
        assert (kept_rows.lost, kept_rows.sheets) == ((), ())
        again = config.register_book(forms, kept_rows.rows, "Register", TODAY)
        assert ("Strategies" in [s.name for s in again.sheets]) is (forms is REGISTER_FORMS)


def test_a_needed_heading_that_is_gone_is_said_once() -> None:
    book = book_of(clean_rows())
    sheets = tuple(
        replace(s, columns=tuple(replace(c, heading="Whatever") if c.heading == "Due date" else c for c in s.columns))
        if s.name == "Periods" else s
        for s in book.sheets
    )
    register, findings = config.load_register(writer.render(replace(book, sheets=sheets)), REGISTER_FORMS, FILE)
    assert register is not None
    assert register.periods == ()
    (found,) = [f for f in findings if f.severity is not Severity.NOTE]
    assert (found.code, found.severity) == ("register-column-missing", Severity.STOP)
    assert "Due date" in found.message


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")), min_size=1, max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=1, max_size=5), st.lists(st.decimals(-(10**6), 10**6, places=3), min_size=5, max_size=5))
def test_whatever_stands_in_a_register_is_read_as_it_stands(titles: list[str], numbers: list[Decimal]) -> None:
    rows = clean_rows()
    base: Row = rows["items"][2]
    rows["items"] = [
        {**base, "key": f"M-{n}", "title": title, "unit": "number", "target": numbers[n]} for n, title in enumerate(titles)
    ]
    register, _ = load(rows)
    assert [i.text("title") for i in register.items] == titles
    assert [i.values["target"] for i in register.items] == numbers[: len(titles)]
