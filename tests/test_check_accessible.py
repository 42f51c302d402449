"""`workflow check-accessible` on any workbook, the hostile ones too, and `accessibility.txt` beside the packs."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests import writer_books as books
from tests.small import Q2, Small
from workflow import accessible, guard, reader, writer
from workflow.cli import main
from workflow.model import Profile
from workflow.pipeline import accessibility

PASSES = "passes the checks that can be tested"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["check-accessible", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good workbook of each kind, and one of somebody's own."""
    root = tmp_path_factory.mktemp("papers")
    for profile, book in books.BOOKS.items():
        (root / f"{profile.value}.xlsx").write_bytes(writer.render(book))
    own = openpyxl.Workbook()
    sheet = own.active
    assert sheet is not None
    sheet.title = "Budget"
    sheet.append(["Heading", "Other"])
    sheet.append(["a", 1])
    sheet.merge_cells("A4:B4")
    own.save(root / "own.xlsx")
    return root


@dataclass(frozen=True)
class Done:
    """What one run of the command said, by file, and its whole."""

    output: str
    exit_code: int

    def about(self, name: str) -> list[str]:
        """The lines about one file."""
        lines = self.output.splitlines()
        start = next(n for n, line in enumerate(lines) if f"{os.sep}{name}: " in line)
        end = next((n for n in range(start + 1, len(lines)) if lines[n][:1].strip()), len(lines))
        return lines[start:end]


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    """One run on all that is there, and on what is not: starting the process that reads costs most."""
    for name, (make, _) in HOSTILE.items():
        (folder / f"{name}.bad").write_bytes(make())
    first = [folder / f"{name}.bad" for name in HOSTILE]
    result = run(*first, folder / "gone.xlsx", folder, folder / "*.xlsx", folder / "published.xlsx")
    return Done(result.output, result.exit_code)


@pytest.mark.parametrize("profile", [Profile.RETURN, Profile.WORKING])
def test_our_own_pass_as_what_they_are(folder: Path, profile: Profile) -> None:
    result = run(folder / f"{profile.value}.xlsx", "--profile", profile.value)
    assert result.exit_code == 0, result.output
    checks = len(accessible.tested(profile))
    assert result.output.splitlines()[0].startswith(f"{folder / profile.value}.xlsx: {PASSES} ({checks} checks, as a")
    assert "What no program can test" in result.output


def test_published_is_what_is_meant_unless_it_is_said(done: Done) -> None:
    assert done.about("published.xlsx")[0].endswith(f": {PASSES} (34 checks, as a workbook for publication).")
    assert "does not pass" in done.about("working.xlsx")[0]


def test_somebody_elses_says_where_what_and_what_to_do(done: Done) -> None:
    lines = done.about("own.xlsx")
    assert ": does not pass. " in lines[0]
    whole, sheet = lines.index("  The workbook as a whole"), lines.index("  Sheet Budget")
    assert whole < lines.index("  - The document property title is blank. Fill it in. (X25)") < sheet
    assert "  - A4:B4: cells are merged. Unmerge them. (X03)" in lines[sheet:]
    assert "  - B1: the data is not an Excel table. Use Insert, Table. (X01)" in lines[sheet:]


def test_it_says_what_no_program_can_test_and_never_that_anything_is_accessible(done: Done) -> None:
    assert "is accessible" not in done.output
    told = done.output.partition("What no program can test")[2]
    assert all(f"  {code}  " in told for code in accessible.BY_PERSON)


def test_each_file_is_told_of_once(done: Done, folder: Path) -> None:
    heads = [line for line in done.output.splitlines() if line.startswith(str(folder))]
    assert len(heads) == len(set(heads)) == len(HOSTILE) + 2 + len(list(folder.glob("*.xlsx")))


@pytest.mark.parametrize("codes", [(0,), (0, 1), (1, 0), (2, 0, 1), (1, 2), (2,)])
def test_the_worst_of_several_is_the_exit_code(codes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    failed = (accessible.Failed("X03", "", "", "x."),)
    kinds = [accessibility.Checked(str(c), Profile.RETURN, "No." * (c == 2), failed * (c == 1)) for c in codes]
    monkeypatch.setattr(accessibility, "check", lambda files, profile: iter(kinds))
    result = run("x")
    assert result.exit_code == max(codes)
    assert ("What no program can test" in result.output) is (min(codes) < 2)  # nothing was tested else


def test_no_file_at_all_is_a_mistake() -> None:
    assert run().exit_code == 2


def unasked(monkeypatch: pytest.MonkeyPatch, said: bytes = b'["", []]') -> None:
    """The process that reads is not started; it would say this."""
    monkeypatch.setattr(guard.Worker, "ask", lambda self, request: iter([said]))


def test_patterns_are_ours_to_expand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unasked(monkeypatch)
    for name in ("a.xlsx", "own.xlsx", "~$own.xlsx", "[2].xlsx", "notes.txt"):
        (tmp_path / name).write_bytes(b"PK")
    (tmp_path / "z.xlsx").mkdir()

    def told(*names: str) -> list[str]:
        return [c.file for c in accessibility.check(names, Profile.PUBLISHED)]

    assert told(str(tmp_path / "*.xlsx")) == [str(tmp_path / name) for name in ("[2].xlsx", "a.xlsx", "own.xlsx")]
    assert told(str(tmp_path / "[2].xlsx")) == [str(tmp_path / "[2].xlsx")]
    monkeypatch.chdir(tmp_path)
    assert told("o*.xlsx", "own.xlsx") == ["own.xlsx"]
    for odd in ("none*.xlsx", "**.xlsx/x", "["):
        (only,) = accessibility.check([odd], Profile.PUBLISHED)
        assert (only.file, only.exit_code) == (odd, 2)


def bomb() -> bytes:
    """A sheet that unpacks to far more than a person's workbook."""
    out = io.BytesIO()
    good = io.BytesIO(writer.render(books.BOOKS[Profile.PUBLISHED]))
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b" " * 30_000_000 if name == "xl/worksheets/sheet2.xml" else old.read(name))
    return out.getvalue()


def entities() -> bytes:
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    good = writer.render(books.BOOKS[Profile.PUBLISHED])
    return s.with_part(good, "xl/workbook.xml", lambda part: part.replace(b"?>", b"?>" + laughs, 1))


def strict() -> bytes:
    good = writer.render(books.BOOKS[Profile.PUBLISHED])
    ns = (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    return s.with_part(good, "xl/workbook.xml", lambda part: part.replace(*ns))


HOSTILE = {
    "bomb": (bomb, "This workbook unpacks to far more than a return can hold"),
    "entities": (entities, "This workbook holds a document type declaration"),
    "strict": (strict, "This is a Strict Open XML workbook"),
    "nothing": (lambda: b"", "This file is empty"),
    "pdf": (lambda: b"%PDF-1.7 ", "This is a PDF"),
    "cut": (lambda: writer.render(books.BOOKS[Profile.PUBLISHED])[:4000], "Only part of this workbook arrived"),
    "huge": (lambda: b"PK\x03\x04" + bytes(33 * 2**20), "It is larger than 32 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_says_so_and_costs_only_itself(name: str, done: Done, folder: Path) -> None:
    told = done.about(f"{name}.bad")
    assert told[0].startswith(f"{folder / name}.bad: cannot be checked. {HOSTILE[name][1]}")
    assert "please" not in told[0]  # nobody is to send it again
    assert done.exit_code == 2
    assert PASSES in done.about("published.xlsx")[0]  # which came after it


def test_what_is_no_file_says_so(done: Done, folder: Path) -> None:
    assert done.about("gone.xlsx") == [f"{folder / 'gone.xlsx'}: cannot be checked. No file is called so."]
    assert f"{folder}: cannot be checked. It is a folder. Name the workbooks in it" in done.output


def test_no_workbook_is_opened_in_our_own_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("opened here")

    monkeypatch.setattr(accessible, "failures", refuse)
    monkeypatch.setattr(reader, "read_bytes", refuse)
    unasked(monkeypatch)
    assert run(folder / "published.xlsx").exit_code == 0


@pytest.mark.parametrize(("how", "said"), [("time", "60 seconds"), ("memory", "1,024 MB"), ("died", "stopped the program")])
def test_a_child_that_fails_is_a_file_that_cannot_be_checked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, how: str, said: str
) -> None:
    def ask(self: guard.Worker, request: bytes) -> Iterator[bytes]:
        raise guard.ChildFailed(how, "")
        yield b""

    monkeypatch.setattr(guard.Worker, "ask", ask)
    (only,) = accessibility.check([str(folder / "published.xlsx")], Profile.PUBLISHED)
    assert only.exit_code == 2
    assert said in only.unread


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b'["", [["X01"]]]', b'["", 7]', b'["", [7]]', b"\xff", b"3"])
def test_a_child_is_not_believed(folder: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    unasked(monkeypatch, said)
    (only,) = accessibility.check([str(folder / "published.xlsx")], Profile.PUBLISHED)
    assert only.exit_code == 2


def test_nothing_of_a_file_is_obeyed_by_a_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = [["X03", "Bad\x1b[2J\u202e", "A1\nB2", "cells are merged\x07. Unmerge them."]]
    unasked(monkeypatch, json.dumps(["", failed]).encode())
    lines = run(folder / "published.xlsx").output
    assert all(c.isprintable() or c == "\n" for c in lines)
    assert "  - A1 B2: cells are merged. Unmerge them. (X03)" in lines.splitlines()


def test_a_great_many_problems_are_not_all_told() -> None:
    failed = tuple(accessible.Failed("X10", f"S{n}", "A:A", "a column is 3 wide.") for n in range(250))
    lines = accessibility.Checked("x.xlsx", Profile.PUBLISHED, "", failed).lines
    assert lines[0].startswith("x.xlsx: does not pass. 250 problems")
    assert sum("(X10)" in line for line in lines) == 200
    assert lines[-1] == "  And 50 more. Put these right and check again."


def test_a_file_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(self: Path, mode: str = "r") -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", locked)
    (only,) = accessibility.check([str(folder / "published.xlsx")], Profile.PUBLISHED)
    assert (only.exit_code, only.unread.startswith("It is locked")) == (2, True)


# --- beside the packs


@pytest.fixture(scope="module")
def collated(tmp_path_factory: pytest.TempPathFactory) -> Small:
    small = s.make(tmp_path_factory.mktemp("small"))
    small.collate()
    return small


def test_every_pack_is_told_of_beside_the_papers(collated: Small) -> None:
    text = (collated.root / f"outbox/{Q2}/accessibility.txt").read_text(encoding="utf-8")
    packs = sorted(p.name for p in (collated.root / f"outbox/{Q2}/boards").glob("*.xlsx"))
    assert len(packs) == 2
    assert [line for line in text.splitlines() if line.endswith(".xlsx")] == packs
    assert text.count(f"  Result    {PASSES}\n") == 2
    assert f"outbox/{Q2}/accessibility.txt" in s.run_json(collated)["written"]
    assert "is accessible" not in text
    for code, words in accessible.CHECKLIST.items():
        assert f"  {code}  {words}" in text


def test_a_pack_that_mail_may_not_take_is_written_and_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = s.issued(tmp_path / "small")
    small.returns("police")
    monkeypatch.setattr("workflow.accessible.parts._LARGEST", 5_000)
    words = ["collate", "--workspace", str(small.root), "--period", Q2, "--today", "2023-10-23"]
    first, second = (CliRunner().invoke(main, words) for _ in range(2))
    packs = sorted((small.root / f"outbox/{Q2}/boards").glob("*.xlsx"))
    assert packs
    told = "MB. Keep it under 2 MB. (X35) Give the board fewer plans, themes or sections (sheet Boards of the register)."
    for done in (first, second):
        assert " ".join(done.output.split()).count(told) == len(packs)
    checks = (small.root / f"outbox/{Q2}/accessibility.txt").read_text("utf-8")
    assert checks.count("does not pass. The file is") == len(packs)
    drafts = list((small.root / f"outbox/{Q2}/mail").glob("clerk-*.txt"))
    assert len(drafts) == len(packs)
    assert all("does not pass 1 check: The file is" in " ".join(path.read_text("utf-8").split()) for path in drafts)
