"""The guide to the first hour: its own commands, typed one after another, say what it says that they say."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from tests.old.documents import document
from tests.old.word import as_docx
from tests.test_import_story import about_us, boxes, edited
from workflow.cli import main

GUIDE = Path(__file__).parents[1] / "docs/first-hour.md"
TODAY = "2023-10-04"  # the guide names the day
DRIVE = "C:\\CSP"
_BLOCK = re.compile(r"^```(powershell|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_WORDS = re.compile(r'"([^"]*)"|(\S+)')
# What the guide says are second names of another partner.
SAME = {
    "estuary-yos": "yos", "estuary-csc": "csc", "estuary-housing-council": "estuary-housing",
    "estuary-lscp-business": "lscp-business-team",
}  # fmt: skip


def blocks(text: str) -> list[tuple[str, str]]:
    """Each command of the guide with what it says about its answer ("" for nothing)."""
    found: list[tuple[str, str]] = []
    for kind, body in _BLOCK.findall(text):
        if kind == "powershell":
            found += [(line, "") for line in body.splitlines()]
        else:
            found[-1] = (found[-1][0], body)
    return found


def words(command: str) -> list[str]:
    """A line as PowerShell takes it apart."""
    return [quoted or bare for quoted, bare in _WORDS.findall(command)]


def review_by_hand(book: openpyxl.Workbook) -> None:
    """Step 4: decide, put one name for two, say whom to write to."""
    for row in boxes(book, "Actions"):
        row["Decision"].value = row["Decision"].value or "Take"
        for heading in ("Lead", "Joint leads", "Contributors"):
            named = [SAME.get(w.strip(), w.strip()) for w in str(row[heading].value or "").split(";")]
            row[heading].value = "; ".join(named) or None
    for row in boxes(book, "Partners"):
        partner = str(row["Partner id"].value)
        if partner in SAME:
            row["Decision"].value = "Leave out"
        else:
            row["Contact post"].value, row["Contact email"].value = "Partnership Lead", f"lead@{partner}.example"


def by_hand(step: str, folder: Path) -> None:
    """What a person does in Excel before a command."""
    done: dict[str, Callable[[], Any]] = {
        "import --reviewed": lambda: edited(next((folder / "outbox/import").glob("*.xlsx")), review_by_hand),
        "check": lambda: shutil.copyfile(
            edited(folder / "config/register-proposed.xlsx", about_us), folder / "config/register.xlsx"
        ),
    }
    for start, act in done.items():
        if step.startswith(f"workflow {start}"):
            act()


def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str, str]]:
    """Every command of the guide with what it says, and what was said."""
    for command, says in blocks(GUIDE.read_text(encoding="utf-8")):
        here = [w.replace(DRIVE, str(tmp_path)).replace("\\", "/") for w in words(command)]
        if here[0] == "cd":
            monkeypatch.chdir(here[1])
            continue
        by_hand(command, tmp_path / "returns")
        result = CliRunner().invoke(main, [*here[1:], "--today", TODAY], catch_exceptions=False)
        assert result.exit_code in (0, 1), result.output
        yield command, says, result.output.replace(str(tmp_path.resolve()) + "/", f"{DRIVE}\\")


def test_the_commands_of_the_guide_lead_to_templates_and_say_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/Action plan.docx").write_bytes(as_docx(document("action_plan")))
    commands: list[str] = []
    for command, says, said in typed(tmp_path, monkeypatch):
        commands.append(" ".join(words(command)[1:2]))
        assert says.strip(), f"the guide does not say what {command} says"
        lines = {line.strip() for line in said.splitlines()}
        assert [line for line in says.splitlines() if line.strip() not in lines] == [], f"{command} said:\n{said}"
    assert commands == ["init", "import", "import", "check", "issue", "status"]
    folder = tmp_path / "returns/outbox/2023-24-Q2"
    assert len(list((folder / "templates").glob("*.xlsx"))) == len(list((folder / "mail").glob("issue-*.eml"))) == 12
    assert {"issue-csc.txt", "issue-csc.eml"} <= {p.name for p in (folder / "mail").iterdir()}


def test_what_the_guide_quotes_of_a_fault_is_what_check_says(tmp_path: Path) -> None:
    runner = CliRunner()
    runner.invoke(main, ["init", str(tmp_path / "returns"), "--today", TODAY])
    said = runner.invoke(main, ["check", "--workspace", str(tmp_path / "returns"), "--today", TODAY]).output
    (quoted,) = re.findall(r'"(Partnership, cell [^"]*)"', GUIDE.read_text(encoding="utf-8").replace("\n", " "))
    assert quoted in said


def test_the_guide_is_linked_and_its_links_lead_somewhere() -> None:
    root = GUIDE.parents[1]
    assert "docs/first-hour.md" in (root / "README.md").read_text(encoding="utf-8")
    assert "(first-hour.md)" in (root / "docs/coordinator.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")
        heads = re.findall(r"^#+ (.+)$", (GUIDE.parent / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {h.lower().replace(" ", "-") for h in heads}
