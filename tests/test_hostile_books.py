"""Every hostile or odd workbook ends as the ledger says: read, refused or held, with its code and its words.

The ledger is `tests/hostile_books.toml`; the files are made by `tests/hostile_books`. A file that must be refused and is
read fails here, and so does one that must be read and is refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import hostile_books as books
from tests import small as s
from workflow import fields, reader
from workflow.errors import Unreadable
from workflow.inbox import hash_of
from workflow.model import Finding, Submission, SubmissionState
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.ground import Arrival, Ground
from workflow.pipeline.judge import judge
from workflow.reader.refusal import REFUSALS

LEDGER = Path(__file__).with_name("hostile_books.toml")
ROWS = range(1, 21)
# Refusals that no case produces, and why.
NOT_PRODUCED = {"unexpected": "stands for a mistake of ours: no file may produce it"}
MOST_MEMORY = 400  # megabytes of one child, field-notes.md section 3, row 3
MOST_SECONDS = 60  # of one child's own time: loose, because machines differ; in truth each takes under 5
ENDINGS = (
    ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".csv", ".pdf", ".html", ".docx", ".zip", ".txt", ".jpg", ".eml", "",
)  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """One line of the ledger."""

    row: int
    outcome: str
    code: str = ""
    says: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    answers: Mapping[str, str] | None = None
    heavy: bool = False


def ledger() -> dict[str, Expected]:
    """The expectations by case. An unknown word in the ledger fails."""
    lines = tomllib.loads(LEDGER.read_text(encoding="utf-8"))
    return {name: Expected(**{key: frozen(value) for key, value in line.items()}) for name, line in lines.items()}


def frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


EXPECTED = ledger()
LIGHT = [name for name, expected in EXPECTED.items() if not expected.heavy]


# --- from bytes to a judged submission: the one place that knows how


@cache
def ground() -> Ground:
    with tempfile.TemporaryDirectory() as folder:
        return workspaces.load(s.issued(Path(folder, "small")).root).ground


def judged(data: bytes, name: str = "police.xlsx") -> Submission:
    return judge(Arrival(f"inbox/{name}", hash_of(data), data, date(2023, 10, 23)), ground())


def told(data: bytes) -> tuple[Finding, ...]:
    """What the coordinator is told of a workbook besides its answers."""
    book = reader.read_bytes(data)
    return reader.remarks(book, reader.read_tables(book, ground().forms, "inbox/police.xlsx").values(), "inbox/police.xlsx")


def answers(submission: Submission) -> dict[str, tuple[str, str]]:
    """Every answer as it is shown and why it is held, by form, key and field."""
    return {
        f"{a.form}/{a.key}/{a.field}": ("" if a.value is None else fields.show(a.value), a.held) for a in submission.answers
    }


@cache
def good_answers() -> dict[str, tuple[str, str]]:
    submission = judged(books.good().data)
    assert submission.state is SubmissionState.MERGED
    assert not submission.findings
    return answers(submission)


# --- the ledger itself


def test_the_ledger_and_the_generator_know_the_same_cases() -> None:
    assert EXPECTED.keys() == books.CASES.keys()
    assert len(EXPECTED) >= 70


def test_every_row_of_the_table_has_its_cases() -> None:
    counts = Counter(expected.row for expected in EXPECTED.values())
    assert set(counts) == set(ROWS)
    assert {expected.outcome for expected in EXPECTED.values()} == {"read", "refused", "held"}


def test_every_refusal_is_produced() -> None:
    produced = {expected.code for expected in EXPECTED.values() if expected.outcome == "refused"}
    assert produced | NOT_PRODUCED.keys() == REFUSALS.keys()
    assert not produced & NOT_PRODUCED.keys()


def test_every_line_says_enough() -> None:
    for name, expected in EXPECTED.items():
        if expected.outcome == "read":
            assert not (expected.code or expected.says or expected.cells), name
        else:
            assert expected.code, name
            assert expected.says, name
            assert bool(expected.cells) == (expected.outcome == "held"), name


@pytest.mark.long
def test_the_cases_are_made_the_same_each_time() -> None:
    assert books.base.good.__wrapped__() == books.good()
    for name in LIGHT:
        assert hash_of(books.made(name)) == hash_of(books.made(name)), name


def test_a_case_is_not_just_the_good_return() -> None:
    files = {hash_of(books.made(name)) for name in LIGHT}
    assert len(files) == len(LIGHT), "two cases are the same file"
    assert hash_of(books.good().data) not in files


def test_they_can_be_written_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {name: books.CASES[name] for name in ("strict", "is-nothing")}
    monkeypatch.setattr(books, "CASES", few)
    assert books.write_all(tmp_path / "out") == 2
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["is-nothing.xlsx", "strict.xlsx"]


# --- what becomes of each


@pytest.mark.parametrize("name", LIGHT)
def test_every_case_ends_as_the_ledger_says(name: str) -> None:
    expected, data = EXPECTED[name], books.made(name)
    try:
        book = reader.read_bytes(data)
    except Unreadable as error:
        assert expected.outcome == "refused", f"refused: {error.code}: {error}"
        check_refused(expected, error.code, str(error))
    else:
        assert expected.outcome != "refused", "read, and must be refused"
        assert set(book.active) == set(expected.active)
    check_judged(expected, judged(data))
    if expected.outcome != "refused":
        check_told(expected, data)


def check_refused(expected: Expected, code: str, sentence: str) -> None:
    assert code == expected.code, sentence
    for words in expected.says:
        assert words in sentence, sentence
    assert sentence.isprintable()
    assert "canary" not in sentence


def check_judged(expected: Expected, submission: Submission) -> None:
    """The state, the answers and the findings."""
    if expected.outcome == "refused":
        assert submission.state is SubmissionState.REFUSED
        assert not submission.answers
        check_refused(expected, submission.code, submission.reason)
        return
    assert submission.state is SubmissionState.MERGED, submission.reason
    found = answers(submission)
    held = {slot: why for slot, (_, why) in found.items() if why}
    assert held == dict.fromkeys(expected.cells, expected.code)
    wanted = {slot: value for slot, (value, _) in good_answers().items()} | dict(expected.answers or {})
    assert found.keys() == wanted.keys()
    for slot, (value, why) in found.items():
        start = wanted[slot].removesuffix("...")
        assert why or (value.startswith(start) if start != wanted[slot] else value == start), slot
    if expected.outcome == "held":
        (message,) = [f.message for f in submission.findings if f.code == expected.code]
        assert all(words in message for words in expected.says), message


def check_told(expected: Expected, data: bytes) -> None:
    """Every finding that the ledger names, and no other; each of them printable."""
    findings = [*judged(data).findings, *told(data)]
    codes = {f.code for f in findings} - {"workbook-active"}
    assert codes == {*expected.notes, expected.code} - {""}, [f.message for f in findings]
    assert all(f.message.isprintable() for f in findings)
    active = {f.message for f in findings if f.code == "workbook-active"}
    assert len(active) == bool(expected.active)
    assert all(words in message for message in active for words in expected.active)


@pytest.mark.parametrize("name", [*books.kinds.KINDS, "strict", "macros-in-an-xlsm", "locked-with-a-password"])
def test_a_name_never_decides(name: str) -> None:
    """Whatever a file is called, it is what its bytes are."""
    data, expected = books.made(name), EXPECTED[name]
    for ending in ENDINGS:
        submission = judged(data, f"police{ending}")
        assert submission.code == (expected.code if expected.outcome == "refused" else "")
        assert (submission.state is SubmissionState.REFUSED) == (expected.outcome == "refused")


def test_a_formula_is_kept_as_text_beside_its_saved_value() -> None:
    """Row 18: nothing is worked out anew, and nothing but the text of the formula is kept."""
    for name, start in (
        ("formula-that-asks-the-web", "WEBSERVICE("),
        ("formula-of-dde", "cmd|'/c calc'!A1"),
        ("formula-of-a-picture", "_xlfn.IMAGE("),
        ("formula-over-a-range", "X1:X2"),
        ("formula-whose-saved-result-lies", "1+1"),
    ):
        cells = [c for sheet in reader.read_bytes(books.made(name)).sheets for c in sheet.cells.values() if c.formula]
        found = [c for c in cells if (c.formula or "").startswith(start)]
        assert found, name
        assert all(c.value in (1_000_000, books.values.TOLD) for c in found)


def test_what_is_strict_says_so() -> None:
    assert reader.read_bytes(books.made("strict")).strict
    assert not reader.read_bytes(books.good().data).strict


def test_our_own_hidden_sheets_are_not_mentioned() -> None:
    book = reader.read_bytes(books.made("another-sheet-that-is-hidden"))
    tables = reader.read_tables(book, ground().forms, "a.xlsx").values()
    assert [p.sheet for f in reader.remarks(book, tables, "a.xlsx") for p in f.places] == ["Own"]
    assert reader.remarks(book, tables, "a.xlsx", ["Own"]) == ()


# --- each in a process of its own

# Reads every file of a folder, each in a fork of its own, and prints a line of JSON for each. What a workbook makes its
# reader do is heard by an audit hook: nothing may be opened, started or connected to.
CHILD = """
import json, os, sys, time
from pathlib import Path
from workflow import config, reader
from workflow.errors import Unreadable

WATCHED = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove", "os.rename",
           "os.mkdir", "os.putenv", "ctypes.", "shutil.", "tempfile.", "urllib.", "http.", "smtplib.", "webbrowser.", "open")
folder, forms = Path(sys.argv[1]), config.load_forms(Path(sys.argv[2]))
reader.read_tables(reader.read_bytes((folder / "strict.xlsx").read_bytes()), forms, "")

def look(data):
    events = []
    def hear(event, args):
        if event.startswith(WATCHED) and not (event == "open" and str(args[0]).startswith((sys.base_prefix, sys.prefix))):
            events.append(f"{event} {args!r}"[:200])
    sys.addaudithook(hear)
    began = time.process_time()
    try:
        book = reader.read_bytes(data)
        reader.read_tables(book, forms, "")
        code = ""
    except Unreadable as error:
        code = error.code
    return {"code": code, "seconds": time.process_time() - began, "events": events}

for path in sorted(folder.iterdir()):
    out, into = os.pipe()
    child = os.fork()
    if not child:
        data = path.read_bytes()
        os.write(into, json.dumps(look(data)).encode())
        os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as pipe:
        said = pipe.read()
    _, status, used = os.wait4(child, 0)
    memory = used.ru_maxrss / (1 if sys.platform == "darwin" else 1024 ** -1) / 2**20
    print(json.dumps({"name": path.stem, "status": status, "memory": memory, **json.loads(said or b"{}")}), flush=True)
"""


def in_children(folder: Path) -> list[dict[str, object]]:
    script = [sys.executable, "-c", CHILD, str(folder), str(s.ROOT / "templates/returns")]
    done = subprocess.run(script, capture_output=True, text=True, check=True, timeout=1800, cwd=s.ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_children(names: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in names:
        (folder / f"{name}.xlsx").write_bytes(books.made(name))
    found = in_children(folder)
    assert sorted(str(child["name"]) for child in found) == sorted(names)
    worst = {unit: max((float(str(c[unit])), str(c["name"])) for c in found) for unit in ("memory", "seconds")}
    with capsys.disabled():
        sys.stderr.write(f"\nhostile workbooks in processes of their own: {len(found)}, at most {worst}\n")
    for child in found:
        expected = EXPECTED[str(child["name"])]
        assert child["status"] == 0, child
        assert child["code"] == (expected.code if expected.outcome == "refused" else ""), child
        assert child["events"] == [], child
        assert float(str(child["memory"])) < MOST_MEMORY, child
        assert float(str(child["seconds"])) < MOST_SECONDS, child


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.long
@needs_fork
def test_nothing_is_opened_or_started_for_a_hostile_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows 4, 17 and 18, where a file asks for it; and the ordinary bombs, for the memory that they take."""
    names = [name for name in LIGHT if EXPECTED[name].row in (3, 4, 17, 18)]
    check_children([*names, "strict"], tmp_path, capsys)


@needs_fork
@pytest.mark.long
def test_every_hostile_workbook_stays_within_its_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_children(list(EXPECTED), tmp_path, capsys)
