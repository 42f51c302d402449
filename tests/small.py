"""A small workspace for the tests of the pipeline: three partners, nine rows, two boards, three quarters.

`small.make(folder)` writes it; `Small` issues, fills templates in by sheet, row key and heading as a person would find
the box, puts files in the inbox as saved at a chosen time, and collates.
"""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.example.build import stamp
from workflow import config, fields, periods, writer
from workflow.model import Slot, Value
from workflow.pipeline.collate import collate
from workflow.pipeline.emit import Emitter
from workflow.pipeline.issue import issue
from workflow.pipeline.state import Asked
from workflow.pipeline.verdict import Verdict

ROOT = Path(__file__).parents[1]
Q2, Q3, Q4 = "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"
ISSUED = {Q2: date(2023, 10, 2), Q3: date(2024, 1, 3), Q4: date(2024, 4, 2)}
COLLATED = {Q2: date(2023, 10, 23), Q3: date(2024, 1, 22), Q4: date(2024, 4, 22)}
SENT = datetime(2023, 10, 16, 10, 0, tzinfo=UTC)
ABOUT = "About this return"
Row = dict[str, Value]
Box = tuple[str, str, str]  # sheet, row key ("" on the About sheet), heading
Typed = Mapping[Box, Any]

SETTINGS = 'workspace_id = "small"\nlayouts = ["1"]\n'


def _action(key: str, ref: str, lead: str, **more: Value) -> Row:
    return {
        "key": key, "form": "actions", "plan": "REVIEW", "theme": f"R{ref[0]}", "ref": ref, "title": f"Recommendation {ref}",
        "detail": f"Action {ref}", "lead": lead, "start": date(2023, 4, 1), "due": date(2024, 6, 30), **more,
    }  # fmt: skip


def _commitment(key: str, ref: str, lead: str) -> Row:
    return {
        "key": key, "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": ref, "title": f"Commitment {ref}",
        "lead": lead, "due": date(2024, 3, 31),
    }  # fmt: skip


def register_rows() -> dict[str, list[Row]]:
    """The register as rows by form."""
    told = "The earlier position, as agreed."
    earlier: Row = {"opening_status": "On track", "opening_rag": "Amber", "opening_progress": told}
    return {
        "partnership": [{
            "name": "Small Partnership", "short_name": "SP", "area": "Small Borough", "coordinator": "Partnership Coordinator",
            "email": "office@small.example", "calendar": "april",
        }],
        "calendars": [config.as_row(c) for c in periods.CALENDARS.values()],
        "periods": [
            {"key": key, "start": start, "end": end, "issue_date": ISSUED[key], "due_date": due, "papers_date": papers,
             "state": "open"}
            for key, start, end, due, papers in (
                (Q2, date(2023, 7, 1), date(2023, 9, 30), date(2023, 10, 20), date(2023, 11, 1)),
                (Q3, date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 19), date(2024, 2, 1)),
                (Q4, date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 19), date(2024, 5, 1)),
            )
        ],
        "partners": [
            {"id": "police", "name": "Police", "domains": "police.example"},
            {"id": "housing", "name": "Housing Service", "short_name": "Housing"},
            {"id": "yos", "name": "Youth Offending Service", "short_name": "YOS", "forms": "issues"},
        ],
        "contacts": [
            {"partner": p, "post": "Partnership Lead", "email": f"lead@{p}.example", "role": "lead"}
            for p in ("police", "housing", "yos")
        ],
        "aliases": [{"alias": "YOT", "partner": "yos"}],
        "plans": [{"id": "REVIEW", "name": "Thematic review", "rag": "RAG-confidence", "measure_rag": "Target-tolerance"}],
        "themes": [
            {"id": "R1", "plan": "REVIEW", "number": "1", "title": "Information sharing"},
            {"id": "R2", "plan": "REVIEW", "number": "2", "title": "Early help"},
        ],
        "items": [
            _action("A-1", "1.1", "police", joint_leads="housing", **earlier),
            _action("A-2", "1.2", "police"),
            _action("A-3", "2.1", "housing", **earlier),
            _action("A-4", "2.2", "yos", **earlier),
            _commitment("C-1", "C1", "police"),
            _commitment("C-2", "C2", "housing"),
            {"key": "I-1", "form": "indicators", "plan": "REVIEW", "theme": "R2", "title": "Re-offending", "lead": "yos",
             "term": "Short", "measure": "M-1"},
            {"key": "M-1", "form": "measures", "plan": "REVIEW", "theme": "R2", "title": "Re-offending rate", "lead": "yos",
             "unit": "%", "counts": "people", "decimals": 1, "polarity": "Lower is better", "period_type": "Quarter",
             "opening_value": Decimal("36.4"), "opening_period_end": date(2023, 6, 30)},
            {"key": "M-2", "form": "measures", "plan": "REVIEW", "theme": "R1", "title": "Joint visits made", "lead": "police",
             "unit": "number", "counts": "things", "decimals": 0, "polarity": "Higher is better", "period_type": "Quarter"},
        ],
        "boards": [
            {"id": "exec", "name": "Executive", "audience": "partnership", "email": "clerk@small.example"},
            {"id": "public", "name": "Public Board", "audience": "public", "email": "papers@small.example"},
        ],
        "rag_key": [config.as_row(level) for level in config.rag_presets()],
        "waivers": [],
        "glossary": [{"term": "YOS", "meaning": "Youth Offending Service"}],
    }  # fmt: skip


def signed(by: str = "Partnership Analyst") -> dict[Box, Any]:
    """The About sheet filled in and signed off."""
    return {
        (ABOUT, "", "Completed by (post)"): by,
        (ABOUT, "", "Approved by (post)"): "Head of Service",
        (ABOUT, "", "Approved on"): date(2023, 10, 13),
        (ABOUT, "", "Checked: no names or case details"): "Yes",
    }


def row(sheet: str, key: str, **by_heading: Any) -> dict[Box, Any]:
    """Some boxes of one row: `row("Actions", "A-1", Status_now="On track")`."""
    return {(sheet, key, heading.replace("_", " ")): value for heading, value in by_heading.items()}


def action(key: str, rag: str = "Amber", progress: str = "", status: str = "On track") -> dict[Box, Any]:
    """A whole answer to one action."""
    told = progress or f"The work on {key} went on as planned this quarter."
    return row("Actions", key, Status_now=status, RAG_now=rag, Progress_this_quarter=told)


def commitment(key: str, status: str = "On track") -> dict[Box, Any]:
    """A whole answer to one commitment."""
    told = f"What {key} promises was begun this quarter."
    return row("Commitments", key, Status_now=status, Progress_this_quarter=told)


def good(partner: str) -> dict[Box, Any]:
    """A whole faultless return for the second quarter."""
    match partner:
        case "police":
            visits = row("Measures", "M-2", Value=120, Period_type="Quarter", Period_end="Sep 2023")
            return {**signed(), **action("A-1"), **action("A-2"), **commitment("C-1"), **visits}
        case "housing":
            return {**signed(), **action("A-3"), **commitment("C-2")}
    progress = {"Progress this quarter": "Fewer came back than a year ago.", "Does this answer the indicator?": "Yes"}
    indicator = {("Indicators", "I-1", heading): value for heading, value in progress.items()}
    rate = row("Measures", "M-1", Value=35.2, Period_type="Quarter", Period_end="Sep 2023")
    return {**signed(), **action("A-4"), **indicator, **rate}


# --- typing into workbooks


def type_in(data: bytes, typed: Typed) -> bytes:
    """The workbook with some boxes typed in, saved by openpyxl. A text is stored as text, whatever it begins with."""
    return _typed_in(data, tuple((place, type(value), value) for place, value in typed.items()))  # True is not 1 here


@lru_cache(maxsize=512)  # many tests begin with the same returns
def _typed_in(data: bytes, typed: tuple[tuple[Box, type, Any], ...]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    for place, _, value in typed:
        cell = box(book, place)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook that openpyxl has open."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def box(book: Workbook, place: Box) -> Cell:
    """The box of a sheet, a row key and a heading; on the About sheet, the one beside the heading."""
    sheet, key, heading = place
    ws: Worksheet = book[sheet]
    if not key:
        line = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == heading)
        return _cell(ws, line, 2)
    top = next(r for r in range(1, ws.max_row + 1) if ws.cell(r, 1).value == "Row key")
    column = next((c for c in range(1, ws.max_column + 1) if ws.cell(top, c).value == heading), None)
    assert column, f"{sheet} has no column {heading}: {[c.value for c in ws[top]]}"
    line = next((r for r in range(top + 1, ws.max_row + 1) if ws.cell(r, 1).value == key), 0)
    assert line, f"{sheet} has no row {key}"
    return _cell(ws, line, column)


def _cell(ws: Worksheet, line: int, column: int) -> Cell:
    cell = ws.cell(line, column)
    assert isinstance(cell, Cell)
    return cell


def shown(data: bytes, place: Box) -> Any:
    """What stands in one box of a workbook of ours."""
    return box(openpyxl.load_workbook(io.BytesIO(data)), place).value


# --- the workspace


@dataclass(frozen=True)
class Small:
    """One small workspace on disk."""

    root: Path

    def issue(self, period: str = Q2, today: date | None = None) -> None:
        issue(Asked(self.root, period, today or ISSUED[period]))

    def template(self, partner: str, period: str = Q2) -> bytes:
        """The bytes that `issue` wrote."""
        return (self.root / f"outbox/{period}/templates/{partner}-{period}.xlsx").read_bytes()

    def filled(self, partner: str, typed: Typed | None = None, period: str = Q2) -> bytes:
        """The template with some boxes typed in; by default a whole good return."""
        return type_in(self.template(partner, period), good(partner) if typed is None else typed)

    def arrive(self, name: str, data: bytes, sent: datetime | None = SENT) -> Path:
        """Put a workbook in the inbox, as last saved at `sent` (None: the bytes as they are)."""
        path = self.root / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(stamp(data, sent) if sent else data)
        return path

    def returns(self, partner: str, typed: Typed | None = None, sent: datetime = SENT, name: str = "") -> Path:
        """A partner's filled-in template arrives for the second quarter."""
        return self.arrive(name or f"{partner}.xlsx", self.filled(partner, typed), sent)

    def collate(
        self, period: str = Q2, today: date | None = None, *, dry_run: bool = False, retry: Sequence[str] = ()
    ) -> Verdict:
        """Run the quarter; the books balance, whatever else is so (law 1)."""
        verdict = collate(Asked(self.root, period, today or COLLATED[period]), dry_run=dry_run, retry=retry)
        b = verdict.as_json()["balance"]
        assert b["read"] == b["accepted"] + b["unchanged"] + b["superseded"] + b["held"]
        assert b["read"] == sum(len(s.answers) for s in verdict.quarter.submissions if s.state.value in ("merged", "held"))
        return verdict

    def write_register(self, rows: Mapping[str, Sequence[Mapping[str, Value]]]) -> None:
        forms = {**config.load_forms(self.root / "templates/register"), **config.load_forms(self.root / "templates/returns")}
        book = config.register_book(forms, rows, "Register", date(2023, 9, 1))
        (self.root / "config/register.xlsx").write_bytes(writer.render(book))

    def copy_to(self, root: Path) -> Small:
        """The same workspace in another folder."""
        shutil.copytree(self.root, root)
        return Small(root)

    def tracker(self, period: str = Q2) -> bytes:
        return (self.root / f"outbox/{period}/master-tracker-{period}.xlsx").read_bytes()

    def files(self) -> dict[str, str]:
        """Every file of the workspace with the hash of its bytes."""
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }


@cache
def _kept(build: Callable[[Small], object], _packs: object) -> Small:
    """The workspace after what `build` does, made once for all tests of a process that write the same papers."""
    small = make(Path(tempfile.mkdtemp(prefix="small-"), "small"))
    atexit.register(shutil.rmtree, small.root.parent, ignore_errors=True)
    build(small)
    return small


def begun(root: Path, build: Callable[[Small], object]) -> Small:
    """The workspace in a folder, after what `build` does to an empty one: a function that always does the same."""
    return _kept(build, Emitter._to_boards).copy_to(root)  # some tests leave the packs out (`no_packs`)


def issued(root: Path) -> Small:
    """The workspace in a folder, with the second quarter's templates issued."""
    return begun(root, Small.issue)


def two_in(small: Small) -> None:
    """The second quarter issued, and two good returns of it merged."""
    small.issue()
    small.returns("police")
    small.returns("housing")
    small.collate()


def make(root: Path) -> Small:
    """Write the workspace into a folder that is not there yet."""
    shutil.copytree(ROOT / "templates", root / "templates")
    for name in ("config", "inbox", "outbox"):
        (root / name).mkdir()
    (root / "config/workflow.toml").write_text(SETTINGS, encoding="utf-8")
    small = Small(root)
    small.write_register(register_rows())
    return small


# --- reading verdicts


def value(verdict: Verdict, slot: Slot) -> Value | None:
    """What stands for a slot at the end of the period."""
    standing = verdict.quarter.now.get(slot)
    return standing.value if standing else None


def counts(verdict: Verdict) -> tuple[int, int, int, int]:
    """Accepted, unchanged, superseded, held."""
    b = verdict.quarter.balance
    return b.accepted, b.unchanged, b.superseded, b.held


def codes(verdict: Verdict, partner: str | None = None) -> list[str]:
    """The findings' codes, of one partner or all."""
    return [f.code for f in verdict.quarter.findings if partner in (None, f.partner)]


def told(verdict: Verdict, code: str, partner: str | None = None) -> str:
    """The message of the only finding with a code."""
    messages = [f.message for f in verdict.quarter.findings if f.code == code and partner in (None, f.partner)]
    assert len(messages) == 1, (code, messages, codes(verdict))
    return messages[0]


def states(verdict: Verdict) -> dict[str, str]:
    """The partners' states."""
    return {r.partner: r.state for r in verdict.quarter.returns}


def file_states(verdict: Verdict) -> dict[str, tuple[str, str]]:
    """Per file of the inbox its state and the reason."""
    return {f.file.removeprefix("inbox/"): (f.state.value, f.reason) for f in verdict.files}


def run_json(small: Small, period: str = Q2) -> dict[str, Any]:
    """The verdict as the run left it."""
    found = json.loads((small.root / f"outbox/{period}/run.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def texts(data: bytes) -> Iterable[str]:
    """Every text of a workbook, as openpyxl reads it."""
    for ws in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for line in ws.iter_rows():
            yield from (c.value for c in line if isinstance(c.value, str))


def cleaned(text: str) -> str:
    """What stays of a text that a partner typed."""
    return fields.clean(text)


def with_part(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            part = old.read(entry)
            new.writestr(entry, change(part) if entry == name else part)
    return out.getvalue()
