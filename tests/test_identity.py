"""Whose return a workbook is: told from places that agree, queried or held where they do not, never from a file name."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests import small as s
from tests.small import ABOUT, Q2, Q3, Small
from workflow.fields import fold

pytestmark = pytest.mark.usefixtures("no_packs")

STORED = ("return_id", "partner", "period", "layout", "issue")
Change = Callable[[Workbook], None]


def said(**lines: str | None) -> Change:
    """What the About sheet says, line by line; None empties the line."""

    def change(book: Workbook) -> None:
        for heading, value in lines.items():
            s.box(book, (ABOUT, "", heading.replace("_", " "))).value = value

    return change


def properties_of(book: Workbook) -> Any:
    """The custom document properties (openpyxl's types do not know them)."""
    return book.custom_doc_props  # type: ignore[attr-defined]


def stored(**properties: str) -> Change:
    """What the document properties say."""

    def change(book: Workbook) -> None:
        for name, value in properties.items():
            properties_of(book)[name].value = value

    return change


def forget(book: Workbook) -> None:
    """The properties are lost, as when a program that does not keep them saves the file."""
    for name in STORED:
        del properties_of(book)[name]
    book.properties.keywords = None


def without_about(book: Workbook) -> None:
    book.remove(book[ABOUT])


def untitled(book: Workbook) -> None:
    """Only the tables themselves were copied: the lines above them are gone."""
    for ws in book.worksheets:
        ws["A1"].value = None


def renamed_sheets(book: Workbook) -> None:
    for n, ws in enumerate(book.worksheets):
        ws.title = f"Sheet{n}"


def other_keys(book: Workbook) -> None:
    """Every action and commitment is another agency's."""
    for sheet, key, other in (("Actions", "A-1", "A-3"), ("Actions", "A-2", "A-4"), ("Commitments", "C-1", "C-2")):
        s.box(book, (sheet, key, "Row key")).value = other


def one_of_housings(book: Workbook) -> None:
    """Rows of two agencies, so that the keys do not tell whose it is."""
    s.box(book, ("Actions", "A-2", "Row key")).value = "A-3"


@dataclass(frozen=True)
class Case:
    """Changes to the police's good return, and what becomes of it. `code`: what is said of its identity, if anything."""

    name: str
    changes: tuple[Change, ...]
    state: str = "merged"
    code: str = ""
    words: str = ""
    period: str = Q2  # the one it says, and so the one where it is counted


NOT_KNOWN = 'it is from "The Constabulary", which is not a partner on the register'
CASES = (
    Case("as issued", ()),
    Case("said in another spelling", (said(Partner="  POLICE ", Period="Q2 2023/24"),)),
    Case("the sheet says another partner", (said(Partner="Housing"),), "held", "identity-disagrees", '"Housing" and "police"'),
    Case(
        "the sheet says no partner of ours",
        (said(Partner="The Constabulary"),),
        "held",
        "identity-disagrees",
        "The Constabulary",
    ),
    Case("the sheet says another period", (said(Period=Q3),), "held", "identity-disagrees", f'"{Q3}" and "{Q2}"'),
    Case(
        "the properties say another partner",
        (stored(partner="housing"),),
        "held",
        "identity-disagrees",
        '"Police" and "housing"',
    ),
    Case("the properties say another period", (stored(period=Q3),), "held", "identity-disagrees", f'"{Q2}" and "{Q3}"'),
    Case(
        "an unknown partner, properties lost",
        (forget, said(Partner="The Constabulary")),
        "held",
        "identity-partner-unknown",
        NOT_KNOWN,
    ),
    Case("an unknown period, properties lost", (forget, said(Period="Q9")), "held", "identity-period-unknown", 'is for "Q9"'),
    Case(
        "the token of another partner", (said(Partner="Housing Service"), stored(partner="housing")), "held", "identity-token"
    ),
    Case("the token of another period", (said(Period=Q3), stored(period=Q3)), "held", "identity-token", Q2, Q3),
    Case(
        "a token that was typed over",
        (said(Return_ID="SP-2023-24-Q2-police-00000000"),),
        "held",
        "identity-token",
        "police-00000000",
    ),
    Case("an old layout", (said(Layout_version="0"), stored(layout="0")), "held", "identity-layout", "layouts 1 are accepted"),
    Case("an old layout, only in the properties", (without_about, stored(layout="0")), "held", "identity-layout"),
    Case("the About sheet deleted", (without_about,)),
    Case("the properties lost", (forget,)),
    Case("both lost", (without_about, forget), "merged", "identity-partial", "the titles of its sheets"),
    Case("both lost, and the titles", (without_about, forget, untitled), "held", "identity-missing", "for which quarter it is"),
    Case(
        "the partner's line emptied, properties lost",
        (forget, said(Partner=None)),
        "merged",
        "identity-partial",
        "the titles of its sheets",
    ),
    Case("the period's line emptied, properties lost", (forget, said(Period=None)), "merged", "identity-partial", "titles"),
    Case(
        "the period's line emptied, titles too", (forget, untitled, said(Period=None)), "held", "identity-missing",
        "nothing in the file says for which quarter it is",
    ),
    Case(
        "nothing says either", (without_about, forget, untitled, one_of_housings), "held", "identity-missing",
        "nothing in the file says whose return it is and for which quarter",
    ),
    Case("both lines emptied, properties there", (said(Partner=None, Period=None),)),
    Case("no Return ID anywhere", (said(Return_ID=None), forget)),
    Case("the sheets renamed", (renamed_sheets,)),
    Case("the sheets renamed, properties lost", (renamed_sheets, forget)),
    Case("another agency's rows", (other_keys,)),
)


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_whose_return_it_is(small: Small, case: Case) -> None:
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    for change in case.changes:
        change(book)
    small.arrive("FINAL (2).xlsx", s.saved(book))
    verdict = small.collate(case.period, dry_run=True)
    (found,) = verdict.files
    (submission,) = verdict.quarter.submissions
    about = [f for f in verdict.quarter.findings if f.code.startswith(("identity-", "file-"))]
    assert found.state.value == case.state, found.reason
    assert [f.code for f in about] == ([case.code] if case.code else [])
    assert case.words in (about[0].message if about else "")
    if case.state == "merged":
        assert (found.partner, found.period, found.reason) == ("police", Q2, "")
        assert s.states(verdict)["police"] in ("returned", "part returned")
    else:
        assert found.reason == about[0].message
        assert s.counts(verdict) == (0, 0, 0, len(submission.answers))
        assert submission.answers
        assert not verdict.quarter.merged.standing
        assert all(r.state in ("held", "late", "owed") for r in verdict.quarter.returns)


def test_a_file_name_decides_nothing(small: Small) -> None:
    small.returns("police", name="Housing 2024-25 Q1 return (copy).xlsx")
    assert s.states(small.collate(dry_run=True)) == {"police": "returned", "housing": "late", "yos": "late"}


def test_another_agencys_rows_are_held_one_by_one(small: Small) -> None:
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    other_keys(book)
    small.arrive("police.xlsx", s.saved(book))
    verdict = small.collate(dry_run=True)
    assert s.codes(verdict, "police").count("row-key-not-yours") == 3
    assert s.counts(verdict)[3] == 8
    assert s.value(verdict, ("measures", "M-2", "value")) == 120


def copied(data: bytes, names: tuple[str, ...], prefix: str = "") -> bytes:
    """Some sheets copied by their values into a workbook of one's own: no tables, no names, no properties."""
    source, book = openpyxl.load_workbook(io.BytesIO(data)), Workbook()
    assert book.active
    book.remove(book.active)
    for name in names:
        ws = book.create_sheet(f"{prefix}{names.index(name)}" if prefix else name)
        for line in source[name].iter_rows():
            for cell in line:
                if cell.value is not None:
                    ws.cell(cell.row + 2, cell.column, cell.value)
    return s.saved(book)


@pytest.mark.parametrize("prefix", ["", "Sheet"])
def test_sheets_copied_into_a_workbook_of_ones_own_still_read(small: Small, prefix: str) -> None:
    filled = small.filled("police")
    small.arrive("ours.xlsx", filled)
    as_issued = small.collate(dry_run=True)
    small.arrive("ours.xlsx", copied(filled, ("Measures", "Commitments", "Actions", ABOUT), prefix))
    verdict = small.collate(dry_run=True)
    assert s.counts(verdict) == s.counts(as_issued)
    assert s.states(verdict)["police"] == "returned"
    small.arrive("ours.xlsx", copied(filled, ("Actions", "Commitments"), prefix))
    verdict = small.collate(dry_run=True)
    assert "the titles of its sheets" in s.told(verdict, "identity-partial", "police")
    assert s.counts(verdict) == (6, 2, 0, 0)


def test_the_template_of_another_workspace_is_held(small: Small, tmp_path: Path) -> None:
    other = s.make(tmp_path / "other")
    (other.root / "config/workflow.toml").write_text('workspace_id = "another"\n', encoding="utf-8")
    other.issue()
    small.arrive("police.xlsx", other.filled("police"))
    verdict = small.collate(dry_run=True)
    assert s.file_states(verdict)["police.xlsx"][0] == "held"
    assert "identity-token" in s.codes(verdict)


def test_last_quarters_template_is_last_quarters_return(small: Small) -> None:
    """A return belongs to its own period, whichever is being collated."""
    small.returns("police")
    verdict = small.collate(Q3, dry_run=True)
    assert verdict.files[0].period == Q2
    assert not verdict.quarter.merged.standing
    assert verdict.quarter.before["actions", "A-1", "rag"].period == Q2


@pytest.mark.parametrize("name", ["YOT", "Youth Offending Service", "YOS", "yos", "youth  offending   service"])
def test_an_agency_goes_by_any_of_its_names(small: Small, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(small.filled("yos")))
    forget(book)
    said(Partner=name)(book)
    small.arrive("a.xlsx", s.saved(book))
    verdict = small.collate(dry_run=True)
    assert verdict.files[0].partner == "yos", fold(name)
    assert s.states(verdict)["yos"] == "returned"


def test_a_workbook_that_is_no_return_is_refused(small: Small) -> None:
    book = Workbook()
    assert book.active
    book.active["A1"] = "Rota for October"
    small.arrive("rota.xlsx", s.saved(book))
    small.returns("police")
    verdict = small.collate(dry_run=True)
    assert s.file_states(verdict)["rota.xlsx"] == (
        "refused",
        "inbox/rota.xlsx: none of the return's tables was found in the file. Send the template that we sent you, filled in.",
    )
    assert s.states(verdict)["police"] == "returned"


# --- a file of which nobody can tell whose it is, and what is sent after it

NOBODYS: dict[str, tuple[Change, ...]] = {
    "two names": (said(Partner="Housing"),),
    "an unknown name": (forget, said(Partner="The Constabulary")),
    "nothing": (without_about, forget, untitled),
}


def _nobodys(small: Small, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(small.filled("police")))
    for change in NOBODYS[name]:
        change(book)
    small.arrive("whose.xlsx", s.saved(book))


def _whole(small: Small) -> list[str]:
    return [f.code for f in small.collate(dry_run=True).quarter.findings if f.code.startswith("identity-")]


LATER = s.SENT + timedelta(hours=1)


@pytest.mark.parametrize("name", NOBODYS)
def test_sent_again_in_the_template_it_is_asked_about_no_more(small: Small, name: str) -> None:
    _nobodys(small, name)
    assert len(_whole(small)) == 1
    small.returns("police", sent=LATER)
    assert _whole(small) == []
    verdict = small.collate(dry_run=True)
    assert (s.states(verdict)["police"], s.file_states(verdict)["whose.xlsx"][0]) == ("returned", "held")


@pytest.mark.parametrize("name", ["two names", "an unknown name"])  # the keys of the third tell whose it is
def test_it_stays_open_while_something_of_it_has_not_been_sent_again(small: Small, name: str) -> None:
    _nobodys(small, name)
    small.returns("housing", sent=LATER)  # another agency's return
    assert len(_whole(small)) == 1
    part = {place: value for place, value in s.good("police").items() if place[1] != "A-1"}
    small.returns("police", part, sent=LATER)  # one row is left out
    assert len(_whole(small)) == 1
    other = {**s.good("police"), **s.action("A-1", rag="Red", progress="Put off to the spring.", status="At risk")}
    small.returns("police", other, sent=LATER)  # corrected on the way
    assert _whole(small) == []
    small.returns("police", other, sent=s.SENT - timedelta(hours=1))  # what came before it says nothing of it
    assert len(_whole(small)) == 1
