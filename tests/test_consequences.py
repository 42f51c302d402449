"""One cause, one message: what follows from a held answer, a lost column, a wrong form or a rule on trial is not asked."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.small import Q2, Small
from workflow.model import Severity
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

@pytest.fixture
def office(tmp_path: Path) -> Small:
    return small.issued(tmp_path / "small")


def asked(verdict: Verdict, partner: str = "police") -> list[str]:
    return [f.code for f in verdict.quarter.findings if f.partner == partner and f.severity is not Severity.NOTE]


def without_column(data: bytes, sheet: str, heading: str) -> bytes:
    """The workbook with a column taken out, as a person deletes it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    ws = book[sheet]
    cell = small.box(book, (sheet, next(str(c.value) for c in ws["A"] if str(c.value).startswith(("A-", "M-"))), heading))
    for table in list(ws.tables):
        del ws.tables[table]  # openpyxl cannot move a table's columns
    ws.delete_cols(cell.column)
    return small.saved(book)


def test_while_a_status_is_held_nothing_is_judged_by_it(office: Small) -> None:
    typed = {
        **small.good("police"),
        **small.action("A-1", status="Compleet", rag="Green"),
        **small.row("Actions", "A-1", Completed_on=date(2023, 9, 20), Evidence_or_link="Minute 4 of the September meeting"),
    }
    office.returns("police", typed)
    assert asked(office.collate()) == ["choice-unknown"]


def test_a_held_reason_counts_as_given(office: Small) -> None:
    typed = {**small.good("police"), ("Measures", "M-2", "Value"): None, ("Measures", "M-2", "No figure because"): "we forgot"}
    office.returns("police", typed)
    assert asked(office.collate()) == ["choice-unknown"]


LOST = [("Actions", "RAG now"), ("Actions", "Progress this quarter"), ("Measures", "Value")]


@pytest.mark.parametrize(("sheet", "heading"), LOST)
def test_a_lost_column_is_asked_about_once(office: Small, sheet: str, heading: str) -> None:
    office.arrive("police.xlsx", without_column(office.filled("police"), sheet, heading))
    verdict = office.collate()
    assert asked(verdict) == ["heading-missing"]
    assert f'"{heading}"' in small.told(verdict, "heading-missing")


def test_a_column_that_another_file_has_is_not_lost(office: Small) -> None:
    office.arrive("a.xlsx", without_column(office.filled("police"), "Actions", "RAG now"))
    office.returns("police", sent=datetime(2023, 10, 17, tzinfo=UTC), name="b.xlsx")
    assert asked(office.collate()) == []


def test_a_file_that_is_no_form_of_ours_makes_one_message(office: Small) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Police return"  # type: ignore[index]  # a new workbook has a sheet
    office.arrive("police.xlsx", small.saved(book))
    verdict = office.collate()
    assert [f.code for f in verdict.quarter.findings] == ["file-no-tables"]


def test_the_same_name_again_is_another_version(office: Small) -> None:
    """A partner saves over its own file: what was wrong with the first version is not asked again, what is wrong now is."""
    office.returns("police", {**small.good("police"), **small.action("A-1", rag="Purple")})
    assert asked(office.collate()) == ["choice-unknown"]
    office.returns("police", {**small.good("police"), **small.action("A-1", rag="Mauve")}, datetime(2023, 10, 17, tzinfo=UTC))
    verdict = office.collate()
    assert asked(verdict) == ["choice-unknown"]
    assert '"Mauve"' in small.told(verdict, "choice-unknown")


def test_a_rule_on_trial_is_told_to_the_coordinator_alone_for_one_quarter(tmp_path: Path) -> None:
    made = small.make(tmp_path / "small")
    form = made.root / "templates/returns/actions.toml"
    text = form.read_text(encoding="utf-8")
    on_trial = text.replace('name = "progress-text"\n', f'name = "progress-text"\nbeta = "{Q2}"\n')
    assert on_trial != text
    form.write_text(on_trial, encoding="utf-8")
    made.issue()
    made.returns("police", {**small.good("police"), **small.action("A-1", progress="As above")})
    verdict = made.collate()
    assert asked(verdict) == []
    told = small.told(verdict, "progress-says-nothing")
    assert told.endswith("This check is on trial: the partner was not asked.")
    assert not (made.root / f"outbox/{Q2}/marked-up/police-{Q2}-queries.xlsx").exists()
    form.write_text(on_trial.replace(Q2, small.Q3), encoding="utf-8")
    assert asked(made.collate()) == ["progress-says-nothing"]


def test_a_trial_names_a_period(tmp_path: Path) -> None:
    from workflow import config

    made = small.make(tmp_path / "small")
    form = made.root / "templates/returns/actions.toml"
    text = form.read_text(encoding="utf-8").replace('name = "progress-text"\n', 'name = "progress-text"\nbeta = "next"\n')
    form.write_text(text, encoding="utf-8")
    found = config.check_forms(made.root / "templates/returns")
    assert ['beta is "next". Give a period, like 2023-24-Q2.' in f.message for f in found] == [True]
