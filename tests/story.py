"""The example after all its days, run once for all test files, and how to look at what it left behind."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from workflow import fields, reader
from workflow.cli import main
from workflow.inbox import hash_of

PERIODS = ("2023-24-Q2", "2023-24-Q3", "2023-24-Q4")
LAST_DAY = "2024-04-29"
PATIENCE = 600  # seconds that a test waits for another process to have run it


def ran_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example stands, as `workflow demo` left it. The first process that asks runs it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "story"
    folder, said = shared / "example", shared / "said.txt"
    try:
        shared.mkdir()
    except FileExistsError:
        until = time.monotonic() + PATIENCE
        while not said.exists() and time.monotonic() < until:
            time.sleep(0.2)
        assert said.exists(), "the example was not run to its end by the process that began it"
        return folder
    done = CliRunner().invoke(main, ["demo", str(folder)])
    assert done.exit_code == 0, done.output
    (shared / "unfinished.txt").write_text(done.output, encoding="utf-8")
    (shared / "unfinished.txt").rename(said)
    return folder


def run(*arguments: str, workspace: Path) -> Result:
    return CliRunner().invoke(main, [*arguments, "--workspace", str(workspace)])


def verdict(demo: Path, period: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((demo / f"outbox/{period}/run.json").read_text(encoding="utf-8"))
    return found


def tracker(demo: Path, period: str) -> Path:
    return demo / f"outbox/{period}/master-tracker-{period}.xlsx"


def rows(path: Path, sheet: str, first: str = "Row key") -> list[dict[str, str]]:
    """A table of one of our workbooks as people read it: heading -> text. `first` heads its first column."""
    found = reader.read_bytes(path.read_bytes()).sheet(sheet)
    assert found, f"{path.name} has no sheet {sheet}"
    top = next(r for (r, c), cell in sorted(found.cells.items()) if c == 1 and cell.value == first)
    heads = {c: str(cell.value) for (r, c), cell in found.cells.items() if r == top}
    lines = sorted({r for r, _ in found.cells if r > top})
    return [{h: fields.raw_text(found.cells[r, c]) for c, h in heads.items() if (r, c) in found.cells} for r in lines]


def everything(demo: Path) -> Mapping[str, str]:
    return {p.relative_to(demo).as_posix(): hash_of(p.read_bytes()) for p in sorted(demo.rglob("*")) if p.is_file()}
