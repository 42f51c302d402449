"""How long a quarter takes, beside what a coordinator would use instead: `python -m benchmarks.quarter`.

On the example's own returns: reading them with places, with pandas (openpyxl and calamine), and the whole of `collate`. Every
round runs each way once, in turn; medians of the rounds are printed as ratios to pandas with openpyxl. No test asserts a time.
"""

from __future__ import annotations

import io
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from workflow import config, inbox, reader
from workflow.model import LeafKind
from workflow.pipeline.collate import collate
from workflow.pipeline.opener import close_opener
from workflow.pipeline.state import Asked

ROOT = Path(__file__).parents[1]
RECEIVED = sorted(path for path in (ROOT / "inbox").rglob("*.*") if path.is_file())
# The workbooks alone, taken out of the messages and zip files beforehand: a script would have them saved by hand.
FILES = [
    leaf.data for path in RECEIVED for leaf in inbox.open_file(path.read_bytes()) if leaf.kind is LeafKind.WORKBOOK
]
ROUNDS = 5


def ours() -> int:
    """Every answer cell with its place."""
    forms = config.load_forms(ROOT / "templates/returns")
    cells = 0
    for data in FILES:
        tables = reader.read_tables(reader.read_bytes(data), forms, "return.xlsx")
        cells += sum(len(row.cells) for table in tables.values() for row in table.rows)
    return cells


def with_pandas(engine: str) -> int:
    """The script a user would write: every sheet of every file into one frame, no checks, no places."""
    frames = []
    for n, data in enumerate(FILES):
        for name, frame in pd.read_excel(io.BytesIO(data), sheet_name=None, header=None, engine=engine).items():
            frames.append(frame.assign(sheet=name, file=n))
    return len(pd.concat(frames))


class Quarters:
    """A workspace with the example's inbox, and no memory, or a full one."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "example"
        self.root.mkdir()
        for name in ("config", "templates", "inbox"):
            shutil.copytree(ROOT / name, self.root / name)

    def cold(self) -> int:
        """The whole command, every output of the last quarter written."""
        shutil.rmtree(self.root / "outbox", ignore_errors=True)
        (self.root / "ledger.sqlite").unlink(missing_ok=True)
        return self.again()

    def again(self) -> int:
        """The same command with nothing new. Each run starts its own reading process, as the command does."""
        close_opener()
        return collate(Asked(self.root, None, date(2024, 4, 22))).quarter.balance.read


def main() -> None:
    """Run the rounds and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        quarters = Quarters(Path(folder))
        ways: dict[str, Callable[[], int]] = {
            "pandas with openpyxl, reading only": lambda: with_pandas("openpyxl"),
            "pandas with calamine, reading only": lambda: with_pandas("calamine"),
            "ours, reading with places": ours,
            "collate from cold, every output": quarters.cold,
            "collate again, nothing new": quarters.again,
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for n in range(ROUNDS + 1):
            for name, way in ways.items():
                start = time.perf_counter()
                way()
                if n:  # the first round warms up
                    times[name].append(time.perf_counter() - start)
    base = statistics.median(times["pandas with openpyxl, reading only"])
    print(f"{len(FILES)} returns, {ROUNDS} rounds, Python {sys.version.split()[0]}; medians")
    for name, found in times.items():
        median = statistics.median(found)
        print(f"{name:<40}{median:8.2f} s {median / base:8.2f} of pandas with openpyxl")


if __name__ == "__main__":
    main()
