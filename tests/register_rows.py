"""A small register without a fault, as rows by form and field; tests change one thing in it at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from workflow import config, periods, writer
from workflow.model import Book, Finding, Form, Profile, Register, Value, column_letters

ROOT = Path(__file__).parents[1]
FILE = "config/register.xlsx"
TODAY = date(2023, 10, 2)
Row = dict[str, Value]
Rows = dict[str, list[Row]]
REGISTER_FORMS: Mapping[str, Form] = config.load_forms(ROOT / "templates" / "register")
RETURN_FORMS: Mapping[str, Form] = config.load_forms(ROOT / "templates" / "returns")
FORMS: Mapping[str, Form] = {**RETURN_FORMS, **REGISTER_FORMS}


def clean_rows() -> Rows:
    """Two quarters, three partners, one row of each kind."""
    return {
        "partnership": [{
            "name": "Estuary Borough Community Safety Partnership", "short_name": "CSP", "area": "Estuary Borough",
            "coordinator": "Partnership Coordinator", "email": "csp@estuary.example", "calendar": "april",
        }],
        "calendars": [config.as_row(c) for c in periods.CALENDARS.values()],
        "periods": [
            {"key": "2023-24-Q2", "start": date(2023, 7, 1), "end": date(2023, 9, 30), "issue_date": date(2023, 10, 2),
             "due_date": date(2023, 10, 20), "papers_date": date(2023, 11, 1), "state": "open"},
            {"key": "2023-24-Q3", "start": date(2023, 10, 1), "end": date(2023, 12, 31), "issue_date": date(2024, 1, 3),
             "due_date": date(2024, 1, 22), "papers_date": date(2024, 2, 1)},
        ],
        "partners": [
            {"id": "police", "name": "Police", "domains": "police.example; pnn.police.example"},
            {"id": "yos", "name": "Youth Offending Service", "short_name": "YOS", "forms": "issues; activities"},
            {"id": "icb", "name": "Integrated Care Board", "short_name": "ICB", "active_from": date(2022, 7, 1)},
        ],
        "contacts": [
            {"partner": "police", "post": "Partnership Inspector", "email": "partnership@police.example", "role": "lead"},
            {"partner": "yos", "post": "Service Manager", "email": "yos@estuary.example", "role": "lead"},
            {"partner": "icb", "post": "Safeguarding Lead", "email": "safeguarding@icb.example", "role": "lead"},
            {"partner": "icb", "post": "Business Support", "email": "support@icb.example", "role": "sender"},
        ],
        "aliases": [
            {"alias": "YOT", "partner": "yos"},
            {"alias": "Health commissioner", "partner": "icb", "valid_from": date(2022, 7, 1)},
        ],
        "plans": [
            {"id": "REVIEW", "name": "Thematic review", "rag": "RAG-confidence"},
            {"id": "HWB6", "name": "Strategy, Domain 6", "calendar": "july", "rag": "BRAG-status",
             "measure_rag": "Target-tolerance", "start": date(2022, 7, 1), "end": date(2026, 6, 30)},
        ],
        "themes": [
            {"id": "R1", "plan": "REVIEW", "number": "1", "title": "Information sharing"},
            {"id": "6A", "plan": "HWB6", "number": "6A", "title": "Fewer children drawn into crime",
             "why": "Too many are.", "aims": "Fewer children are used; harmed\nMore are helped"},
        ],
        "items": [
            {"key": "TR-1.1", "form": "actions", "plan": "REVIEW", "theme": "R1", "ref": "1.1", "title": "Share information",
             "detail": "Agree a protocol", "lead": "police", "joint_leads": "yos", "contributors": "icb",
             "start": date(2023, 4, 1), "due": date(2023, 10, 31), "opening_status": "On track", "opening_rag": "Amber",
             "opening_outcome": "Less is lost between agencies", "asked_from": "2023-24-Q2"},
            {"key": "HWB-6A-S", "form": "indicators", "plan": "HWB6", "theme": "6A", "title": "Re-offending", "lead": "yos",
             "term": "Short", "measure": "M-REOFF"},
            {"key": "M-REOFF", "form": "measures", "plan": "HWB6", "theme": "6A", "title": "Re-offending rate", "lead": "yos",
             "unit": "%", "counts": "people", "decimals": 1, "polarity": "Lower is better", "target": Decimal("32.3"),
             "period_type": "Rolling 12 months", "opening_value": Decimal("36.4"), "opening_period_end": date(2023, 6, 30)},
        ],
        "boards": [
            {"id": "csp-board", "name": "CSP Strategic Board", "audience": "partnership", "frequency": "Quarterly"},
            {"id": "hwb", "name": "Health and Wellbeing Board", "audience": "public", "frequency": "Yearly", "plans": "HWB6",
             "themes": "6A", "forms": "indicators; measures", "quarters": "2; 4", "email": "clerk@estuary.example",
             "reports_to": "Council"},
        ],
        "rag_key": [config.as_row(level) for level in config.rag_presets()],
        "waivers": [{"rule": "answer-missing", "item": "TR-1.1", "reason": "Agreed", "agreed_by": "Executive chair",
                     "until": date(2024, 3, 31)}],
        "glossary": [
            {"term": "YOS", "meaning": "Youth Offending Service"}, {"term": "ICB", "meaning": "Integrated Care Board"},
        ],
        "strategies": [
            {"name": "Youth Justice Plan", "owner": "Youth Offending Service", "years": "2021 to 2024", "about": "Less crime"},
            {"name": "Local Plan"},
        ],
    }


Change = Callable[[Rows], None]


def put(sheet: str, row_number: int, /, **values: Value | None) -> Change:
    """A change of some fields of one row; None empties a field."""

    def change(rows: Rows) -> None:
        row = rows[sheet][row_number]
        for name, value in values.items():
            row.pop(name, None)
            if value is not None:
                row[name] = value

    return change


def book_of(rows: Rows) -> Book:
    """The rows as the workbook that a coordinator keeps."""
    return config.register_book(FORMS, rows, "Register", TODAY)


def load(rows: Rows, today: date = TODAY) -> tuple[Register, tuple[Finding, ...]]:
    """Write the rows as a register and read it again."""
    register, findings = config.load_register(writer.render(book_of(rows)), REGISTER_FORMS, FILE, today=today)
    assert register is not None, [f.message for f in findings]
    return register, findings


def everything(rows: Rows, today: date = TODAY) -> tuple[Finding, ...]:
    """All that reading and checking the rows finds."""
    register, findings = load(rows, today)
    return (*findings, *config.check_register(register, FORMS, today))


def address(rows: Rows, form: str, field: str, index: int = 0) -> str:
    """Where a field of a form's `index`-th row stands on its sheet."""
    sheet = next(s for s in book_of(rows).sheets if s.name == REGISTER_FORMS[form].sheet)
    names = [f.name for f in REGISTER_FORMS[form].fields]
    first = writer.heading_row(sheet, Profile.WORKING) + 1
    if REGISTER_FORMS[form].layout == "record":
        return f"B{first + names.index(field)}"
    return f"{column_letters(names.index(field) + 1)}{first + index}"
