"""A second partnership, in another sector and in terms, gets its packs from its own register, forms and templates alone."""

from __future__ import annotations

import email
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email import policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import second
from tests.second import AUTUMN, SPRING, SUMMER
from tests.small import Box, Small, box, row, type_in
from workflow import accessible
from workflow.model import Profile
from workflow.pipeline.ask import check, emit_reports
from workflow.pipeline.givenback import given_back
from workflow.pipeline.issue import chase
from workflow.pipeline.reports import known
from workflow.pipeline.roll import roll
from workflow.pipeline.state import Asked
from workflow.pipeline.verdict import Verdict

ISSUED = {AUTUMN: date(2026, 1, 5), SPRING: date(2026, 5, 1)}
COLLATED = {AUTUMN: date(2026, 1, 20), SPRING: date(2026, 5, 18)}
# What only the first partnership says: its sector, its year and its quarters, its forms and their headings.
THEIRS = re.compile(
    r"community safety|\bcsp\b|estuary|borough|police|20?23.24|\bq[1-4]\b(?!-)|quarter|commitment|indicator|measure|thematic"
    r"|recommendation|(?<!form-)\bactions?\b|about this return|nothing to report this|open government"
    r"|comments to the coordinator|changes of lead",
    re.IGNORECASE,
)
# The address of a cell in a formula, and where a cell stands: no word of anybody's.
_ADDRESS = re.compile(r"(?<=[ $:>(])\$?[A-Z]{1,2}\$?\d+\b|\b(?:r|ref|sqref|spans)=\"[^\"]*\"")


def signed(on: date) -> dict[Box, Any]:
    boxes = {"Filled in by (post)": "Planning Officer", "Signed off by (post)": "Principal", "Signed off on": on}
    return {("Signing off", "", heading): value for heading, value in boxes.items()}


def project(key: str, stage: str, done: str, **more: Any) -> dict[Box, Any]:
    return row("Projects", key, Stage_now=stage, Done_this_term=done, **more)


def pledge(key: str, stage: str, told: str) -> dict[Box, Any]:
    return row("Pledges", key, Stage_now=stage, How_it_was_kept_this_term=told)


def figure(key: str, value: float, upto: str, **more: Any) -> dict[Box, Any]:
    return row("Figures", key, Figure=value, Covers_a="Term", Up_to=upto, About_the_figure="As planned for the term.", **more)


def later(until: date, why: str) -> dict[str, Any]:
    return {"Finish_by_instead": until, "Why_later": why, "How_to_catch_up": "A second crew starts after the holidays."}


def autumn(partner: str) -> dict[Box, Any]:
    match partner:
        case "northgate":
            return {
                **project("PR-02", "On track", "Five of the twelve trades have held their week."),
                **pledge("PL-03", "On track", "Workshops are open in four towns."),
                **figure("FG-01", 100, "Dec 2025"),
                **row("Vacancies", "NEW-01", Job="Dry liner", Openings=12, Skills_that_are_lacking="Insulated boards"),
            }
        case "harbour":
            late = later(date(2026, 4, 30), "Money")
            return {
                **project("PR-03", "Off track", "The house front was ordered and has not been built.", **late),
                **project("PR-04", "On track", "The course has been written and approved."),
                **figure("FG-02", 70, "Dec 2025"),
            }
        case "chamber":
            return {
                **project("PR-01", "On track", "The desk has opened and takes calls."),
                **pledge("PL-01", "On track", "Forty firms have signed up for interviews."),
                **figure("FG-04", 3, "Dec 2025"),
            }
    return {
        **project("PR-05", "Complete", "Classes run in all nine libraries.", Where_it_can_be_seen="https://tidewater.example/classes"),
        **project("PR-06", "On track", "Ninety devices have been lent out."),
        **pledge("PL-02", "At risk", "The first trainer has left."),
        **figure("FG-03", 60, "Dec 2025", Part=120, Whole=200),
    }


def spring(partner: str) -> dict[Box, Any]:
    match partner:
        case "northgate":
            wanted = {"Asked_of_the_board": "Agree the new date."}
            late = later(date(2026, 6, 30), "Staff")
            return {
                **project("PR-02", "At risk", "Nine of the twelve trades have held their week.", **late, **wanted),
                **row("Pledges", "PL-03", No_change_this_term="Yes"),
                **figure("FG-01", 130, "Apr 2026"),
            }
        case "harbour":
            return {
                **project("PR-03", "Complete", "The bay has opened.", Where_it_can_be_seen="https://harbour.example/bay"),
                **row("Projects", "PR-04", No_change_this_term="Yes"),
                **figure("FG-02", 85, "Apr 2026"),
            }
    return {
        **project("PR-01", "On track", "Thirty firms have found an apprentice."),
        **row("Pledges", "PL-01", No_change_this_term="Yes"),
        **figure("FG-04", 4, "Apr 2026"),
    }


def run(ws: Small, period: str, typed: dict[str, dict[Box, Any]]) -> Verdict:
    """A term from its templates to its papers."""
    ws.issue(period, ISSUED[period])
    day = COLLATED[period]
    for partner, boxes in typed.items():
        data = type_in(ws.template(partner, period), {**signed(ISSUED[period]), **boxes})
        ws.arrive(f"{partner} {period}.xlsx", data, datetime(day.year, day.month, day.day - 6, 9, tzinfo=UTC))
    return ws.collate(period, day)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Small, Verdict]:
    """The autumn with every return in, then the spring, in which the county sends nothing."""
    ws = second.make(tmp_path_factory.mktemp("second") / "tidewater")
    run(ws, AUTUMN, {p: autumn(p) for p in ("northgate", "harbour", "chamber", "county")})
    told = run(ws, SPRING, {p: spring(p) for p in ("northgate", "harbour", "chamber")})
    chase(Asked(ws.root, SPRING, COLLATED[SPRING]))
    return ws, told


def pack(ws: Small, board: str, period: str = SPRING) -> Any:
    (path,) = (ws.root / f"outbox/{period}/boards").glob(f"{board}-*.xlsx")
    return openpyxl.load_workbook(path)


def table(book: Any, sheet: str, first: str) -> list[dict[str, Any]]:
    """The rows of the one table of a sheet, by heading; `first` heads its first column."""
    lines = [[c.value for c in line] for line in book[sheet].iter_rows()]
    top = next(n for n, line in enumerate(lines) if line[0] == first)
    return [dict(zip(lines[top], line, strict=True)) for line in lines[top + 1 :] if line[0] is not None]


def words(root: Path) -> Iterator[tuple[str, str]]:
    """Every text of every file for people: of a workbook each part as it stands, of a letter its subject and its bodies."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
                for part in parts.namelist():
                    yield f"{name} {part}", _ADDRESS.sub("", parts.read(part).decode("utf-8"))
        elif path.suffix == ".eml":
            letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            yield name, str(letter["subject"])
            for body in letter.walk():
                if body.get_content_maintype() == "text":
                    yield name, body.get_content()
        elif path.is_file():
            yield name, path.read_text(encoding="utf-8")


# --- the tests


def test_its_register_and_forms_are_sound(made: tuple[Small, Verdict]) -> None:
    assert check(made[0].root, ISSUED[AUTUMN]) == ()


def test_every_board_has_its_pack_and_each_passes(made: tuple[Small, Verdict]) -> None:
    ws, _ = made
    for period in (AUTUMN, SPRING):
        packs = sorted((ws.root / f"outbox/{period}/boards").glob("*.xlsx"))
        audiences = {"apprentice-panel": "partnership", "assembly": "public", "steering": "restricted"}
        assert [p.name for p in packs] == [f"{board}-{period}-{audience}.xlsx" for board, audience in audiences.items()]
        for path in packs:
            assert not accessible.check(path.read_bytes(), Profile.PUBLISHED)


def test_its_papers_say_its_own_words(made: tuple[Small, Verdict]) -> None:
    book = pack(made[0], "assembly")
    assert book["Cover"]["A1"].value == "Tidewater Skills Assembly: partner returns, Spring term 2025/26"
    lines = [c.value for c in book["Cover"]["A"]]
    assert "Licence: Creative Commons Attribution 4.0." in lines
    assert {"Projects", "Pledges", "Figures", "Vacancies", "Term by term", "RAG key"} <= set(book.sheetnames)
    (first, *_) = table(book, "Projects", "Row key")
    assert {"Strand", "Project", "Led by", "Finish by", "Done this term"} <= set(first)
    key = {(r["Scheme"], r["Word"]): r["How it is decided"] for r in table(book, "RAG key", "Scheme")}
    assert key["BRAG by lateness", "Blue"] == "Worked out: status is Complete"
    assert key["BRAG by lateness", "Amber"] == "Worked out: days late, from 1 to under 61"
    assert {word for scheme, word in key if scheme == "Distance from the aim"} == {"Far", "Near", "There"}


def test_its_words_and_their_order_are_its_own(made: tuple[Small, Verdict]) -> None:
    book = pack(made[0], "assembly")
    assert book.sheetnames[:2] == ["Cover", "Cover text"]
    assert book["What is counted"]["A1"].value.startswith("What each figure counts: Tidewater Skills Assembly")
    asked = {r["Heading"]: r["Text"] for r in table(book, "Cover text", "Heading")}
    assert list(asked) == ["Why this paper", "What is asked", "In figures", "Who may read it"]
    assert "when Spring term 2025/26 ended" in asked["Why this paper"]
    assert any(str(c.value).startswith("Written for the Tidewater") for c in book["Cover"]["A"])
    assert book["To watch"]["A1"].value.startswith("What to watch: ")
    assert {"Colour now", "Why it is here"} <= set(next(iter(table(book, "To watch", "Row key"))))
    assert {c.value for c in book["One page"]["D"]} & {"To watch"}


def test_no_word_of_the_first_partnership_is_left(made: tuple[Small, Verdict]) -> None:
    left = {
        (name, found[0]): text[max(0, found.start() - 60) : found.end() + 60]
        for name, text in words(made[0].root / "outbox")
        for found in THEIRS.finditer(text)
    }
    assert not left, "\n".join(f"{name}: {told}" for name, told in left.items())


def test_the_numbers_are_those_that_were_typed_in(made: tuple[Small, Verdict]) -> None:
    ws, verdict = made
    typed = sum(len(spring(p)) + len(signed(ISSUED[SPRING])) for p in ("northgate", "harbour", "chamber"))
    assert verdict.quarter.balance.read == typed
    assert {r.partner: r.state for r in verdict.quarter.returns} == {
        "northgate": "returned", "harbour": "returned", "chamber": "returned", "county": "late",
    }  # fmt: skip
    book = pack(ws, "steering")
    rag = {r["Row key"]: str(r["Colour now"]).split(" ")[0] for r in table(book, "Projects", "Row key")}
    assert rag == {"PR-01": "Green", "PR-02": "Amber", "PR-03": "Blue", "PR-04": "Green", "PR-05": "Blue", "PR-06": "Green"}
    figures = {r["Row key"]: r["Figure"] for r in table(book, "Figures", "Row key")}
    assert figures == {"FG-01": 130, "FG-02": 85, "FG-03": "Not reported this term", "FG-04": 4}
    (total,) = (r for r in table(book, "Summary", "Sheet") if r["Sheet"] == "All sheets")
    assert {w: total[w] for w in ("Blue", "Green", "Amber", "Red", "There", "Far")} == {
        "Blue": 2, "Green": 3, "Amber": 1, "Red": 0, "There": 2, "Far": 1,
    }  # fmt: skip


def test_the_term_before_is_there(made: tuple[Small, Verdict]) -> None:
    book = pack(made[0], "steering")
    since = {r["Row key"]: r["Since last time"] for r in table(book, "Projects", "Row key")}
    assert since["PR-03"] == "Better, was Red"
    assert since["PR-02"] == "Worse, was Green"
    assert [r["Term"] for r in table(book, "Term by term", "Term")] == ["Autumn term 2025/26", "Spring term 2025/26"]
    changed = {(r["Row key"], r["Changed"]): (r["Was"], r["Is now"]) for r in table(book, "What changed", "Row key")}
    assert changed["PR-03", "Stage now"] == ("Off track", "Complete")
    (first,) = (r for r in table(book, "Figures", "Row key") if r["Row key"] == "FG-01")
    assert first["Value last time"] == 100
    assert first["Direction and change"] == "Better: up 30.0% on the figure before"
    template = openpyxl.load_workbook(io.BytesIO(made[0].template("northgate", SPRING)))
    assert box(template, ("Projects", "PR-02", "Told last term")).value == "Five of the twelve trades have held their week."


def test_what_the_public_may_not_see_is_left_out(made: tuple[Small, Verdict]) -> None:
    book = pack(made[0], "assembly")
    assert "PR-06" not in {r["Row key"] for r in table(book, "Projects", "Row key")}
    figures = {r["Row key"]: r["Figure"] for r in table(book, "Figures", "Row key")}
    assert (figures["FG-04"], figures["FG-01"]) == ("[c]", 130)


def test_a_board_has_its_sections_in_the_order_in_which_it_asks_for_them(made: tuple[Small, Verdict]) -> None:
    """The panel asks for figures; projects; exceptions; summary; returns; another board asks for nothing and has the usual."""
    asked = ("Figures", "Projects", "To watch", "Summary", "Returns")
    panel = pack(made[0], "apprentice-panel")
    assert tuple(name for name in panel.sheetnames if name in asked) == asked
    assert "Pledges" not in panel.sheetnames
    assert [r["Sheet"] for r in table(panel, "Cover", "Sheet")] == panel.sheetnames[1:]
    usual = pack(made[0], "steering").sheetnames
    assert usual.index("Summary") < usual.index("Projects") < usual.index("Figures")
    assert {r["Strand"] for r in table(panel, "Projects", "Row key")} == {"A Apprenticeships"}


def test_what_is_asked_of_a_member_is_in_its_words(made: tuple[Small, Verdict], tmp_path: Path) -> None:
    """A blank row, a text that says nothing and a figure for another term are asked about by the boxes of its own forms."""
    ws = made[0].copy_to(tmp_path / "tidewater")
    typed = {
        **signed(ISSUED[SPRING]),
        **project("PR-06", "On track", "No further update this term."),
        **row("Pledges", "PL-02", No_change_this_term="Yes"),
        **figure("FG-03", 61, "Dec 2025"),
        ("Projects", "PR-06", "Project"): "Loans of devices to those who learn",
        ("Projects", "PR-06", "Told last term"): "A hundred devices had been lent out.",
    }
    ws.arrive("county.xlsx", type_in(ws.template("county", SPRING), typed), datetime(2026, 5, 14, 9, tzinfo=UTC))
    found = ws.collate(SPRING, COLLATED[SPRING], dry_run=True).quarter.findings
    said = {f.code: f.message for f in found if f.partner == "county"}
    assert "what happened this term" in said["progress-says-nothing"]
    assert said["progress-says-nothing"].endswith("choose Yes under No change this term.")
    assert "covers the term to 30 Apr 2026" in said["period-end-differs"]
    assert said["context-changed"].endswith("If it should change, tell us under Anything else.")
    assert said["previous-changed"].endswith("tell us under Anything else.")
    assert not [m for m in said.values() if THEIRS.search(m)]


def test_the_year_ends_with_its_third_term(tmp_path: Path) -> None:
    """The summer term asks what becomes of a pledge; the coming year is laid out in terms."""
    ws = second.make(tmp_path / "tidewater")
    day = date(2026, 9, 1)
    ws.issue(SUMMER, day)
    told = pledge("PL-03", "Complete", "Every town has its workshop.")
    ended = {**signed(day), **told, **row("Pledges", "PL-03", Next_year="Complete"), **figure("FG-01", 90, "Aug 2026")}
    data = type_in(ws.template("northgate", SUMMER), ended)
    ws.arrive("northgate.xlsx", data, datetime(2026, 9, 8, 9, tzinfo=UTC))
    ws.collate(SUMMER, date(2026, 9, 14))
    tracker = openpyxl.load_workbook(io.BytesIO(ws.tracker(SUMMER)))
    (kept,) = (r for r in table(tracker, "Year end", "Row key") if r["Row key"] == "PL-03")
    assert (kept["Pledge"], kept["Next year"]) == ("Keep one open workshop in each town", "Completed")
    asked = Asked(ws.root, None, date(2026, 9, 14))
    done = roll(asked, "2026-27")
    lines = "\n".join(done.lines)
    assert "ends the year with 3 pledges" in lines
    assert "Periods laid out for 2026/27: 2026-27-T1, 2026-27-T2, 2026-27-T3." in lines
    assert done.written == "outbox/import/roll-2026-27-review.xlsx"
    rows = {r["Row key"]: r["What it is"] for r in table(openpyxl.load_workbook(ws.root / done.written), "Pledges", "Proposal")}
    assert rows["PL-03"] == "Closed"
    given_back(asked, ws.root / done.written)
    proposed = openpyxl.load_workbook(ws.root / "config/register-proposed.xlsx")
    assert [r["Period key"] for r in table(proposed, "Periods", "Period key")][-1] == "2026-27-T3"


def test_it_has_those_of_the_shipped_reports_that_fit_its_forms(made: tuple[Small, Verdict]) -> None:
    ws, _ = made
    fit = [name for name in known(ws.root) if name not in {"reference-tables"}]  # which names plans that it does not have
    assert fit == ["exceptions", "changes", "returns-log", "cover-text"]
    emit_reports(Asked(ws.root, SPRING, COLLATED[SPRING]), fit)
    told = list(words(ws.root / "outbox" / SPRING / "reports"))
    assert told
    assert not [(name, found[0]) for name, text in told for found in THEIRS.finditer(text)]
