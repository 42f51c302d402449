"""How fast the quarter is, beside what a user would pick instead: `python -m benchmarks.speed [PARTNERS ...]`.

For each number of returns (30 by default) a workspace is made (`benchmarks.many`) and every way is run once in each round, in
turn, each in a process of its own, so that no way profits from what another has loaded. Printed are medians of the rounds in
seconds, by the clock and of the processors, as ratios, and the peak memory of our own processes. Ours reads as the product does
(`benchmarks.reading`). Nothing here asserts a time.

The ways:
  (a)  the script that a user would write: pandas with openpyxl, every sheet of every file into one frame; no checks
  (b)  the same with the calamine engine
  (c)  datamaps from PyPI, on a datamap for the same cells; `--datamaps PROGRAM` says where it is installed
  (d)  the floors: unzip alone; expat with handlers that do nothing
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROUNDS = 5
COLLATED, ISSUED = "2023-10-23", "2023-10-02"
HERE = Path(__file__).parents[1]
# Compiled sources are kept, ours as the others': a program that is installed is not compiled at every start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

# Each way is a piece of code that is given a folder of workbooks (reading) or a workspace, and a number of partners.
READING = {
    "(a) pandas with openpyxl": """
import pandas as pd
frames = [f.assign(file=p.name, sheet=n) for p in files for n, f in pd.read_excel(p, sheet_name=None, header=None).items()]
pd.concat(frames)
""",
    "(b) pandas with calamine": """
import pandas as pd
read = lambda p: pd.read_excel(p, sheet_name=None, header=None, engine="calamine")
frames = [f.assign(file=p.name, sheet=n) for p in files for n, f in read(p).items()]
pd.concat(frames)
""",
    "(d) unzip alone": """
import zipfile
for p in files:
    with zipfile.ZipFile(p) as z:
        for n in z.namelist():
            if n.startswith("xl/worksheets/sheet") or n in ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
                z.read(n)
""",
    "(d) expat, no-op handlers": """
import zipfile
from xml.parsers import expat
def parse(data):
    p = expat.ParserCreate()
    p.StartElementHandler = lambda n, a: None
    p.EndElementHandler = lambda n: None
    p.CharacterDataHandler = lambda d: None
    p.Parse(data, True)
for f in files:
    with zipfile.ZipFile(f) as z:
        for n in z.namelist():
            if n.startswith("xl/worksheets/sheet") or n in ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"):
                parse(z.read(n))
""",
    "ours: reading with places": """
from benchmarks.reading import read_all
assert read_all(root) > 30 * len(files)
""",
}
# Ours are the commands themselves, as somebody types them.
_SAID = """
import contextlib, io
from workflow.cli import main
said = io.StringIO()
try:
    with contextlib.redirect_stdout(said):
        main([*words, "--workspace", str(root), "--today", today], standalone_mode=False)
except SystemExit as end:
    assert end.code in (0, 1), said.getvalue()  # 1: something needs a person
"""
COLLATE = f"""
words, today = ["collate"], "{COLLATED}"
{_SAID}
read = said.getvalue().split("Cells")[1].split()[0]
assert int(read.replace(",", "")) >= 30 * partners, said.getvalue()
"""
STATUS = f"""
words, today = ["status"], "{COLLATED}"
{_SAID}
"""
NO_OUTPUTS = """
from workflow.pipeline.runs import Going
Going.publish = lambda self, verdict, *_: verdict
"""
EMIT = f"""
words, today = ["emit"], "{COLLATED}"
{_SAID}
"""
ISSUE = f"""
words, today = ["issue"], "{ISSUED}"
{_SAID}
"""
_BEFORE = """
import sys
from pathlib import Path
root, partners = Path(sys.argv[1]), int(sys.argv[2])
files = sorted((root / "inbox").glob("*.xlsx"))
"""
_AFTER = """
import json, resource
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
if "workflow.pipeline.opener" in sys.modules:
    sys.modules["workflow.pipeline.opener"].close_opener()  # what a child has used is known when it has ended
used = [resource.getrusage(which) for which in (RUSAGE_SELF, RUSAGE_CHILDREN)]
print(json.dumps([u.ru_maxrss // 1024 for u in used]))
"""


@dataclass
class Way:
    """One way, with what has to be put right before each run and what came of the runs."""

    name: str
    command: list[str]
    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None
    rounds: int = ROUNDS

    def __post_init__(self) -> None:
        self.seconds: list[float] = []
        self.processor: list[float] = []
        self.memory = (0, 0)

    def run(self) -> None:
        """Run it once more, in a process of its own."""
        if len(self.seconds) >= self.rounds:
            return
        self.before()
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(self.command, cwd=HERE, capture_output=True, text=True, check=False, env=ENVIRONMENT)
        self.seconds.append(time.perf_counter() - start)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor.append(now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime)
        if done.returncode:
            raise SystemExit(f"{self.name} came to nothing:\n{done.stderr[-2000:]}")
        last = done.stdout.splitlines()[-1:]
        if last and last[0].startswith("["):
            self.memory = tuple(json.loads(last[0]))
        self.after()

    @property
    def median(self) -> float:
        """Seconds."""
        return statistics.median(self.seconds)

    @property
    def worked(self) -> float:
        """Seconds of processor time, those of its children among them: on a machine that others use, what to compare."""
        return statistics.median(self.processor)


def coded(name: str, code: str, root: Path, partners: int, *around: Callable[[], object]) -> Way:
    """A way that is a piece of Python. `around`: what is to be done before each run, and what after."""
    return Way(name, [sys.executable, "-c", _BEFORE + code + _AFTER, str(root), str(partners)], *around)


class Workspace:
    """A workspace of so many partners, kept as it was when its returns had just come in."""

    def __init__(self, folder: Path, partners: int) -> None:
        from benchmarks.many import make  # noqa: PLC0415 - heavy, and not needed by those who read only

        self.partners = partners
        self.kept = folder / f"kept-{partners}"
        if not self.kept.exists():
            make(self.kept, partners, office=True)
        self.root = folder / f"work-{partners}"
        self.done = folder / f"done-{partners}"
        shutil.rmtree(self.done, ignore_errors=True)  # of another version of the program

    def fresh(self) -> None:
        """As when the returns had just come in: nothing collated."""
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.kept, self.root)

    def keep(self) -> None:
        """Keep the workspace as a first run left it."""
        if not self.done.exists():
            shutil.copytree(self.root, self.done)

    def collated(self) -> None:
        """As after a first run."""
        if not self.done.exists():
            self.fresh()
            subprocess.run([sys.executable, "-m", "workflow", "collate", "--workspace", str(self.root), "--today", COLLATED],
                           cwd=HERE, check=False, capture_output=True)  # fmt: skip
            self.keep()
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.done, self.root)

    def one_more(self) -> None:
        """As after a first run, with one return more that says something else."""
        from benchmarks.many import fill  # noqa: PLC0415
        from tests.small import Small  # noqa: PLC0415

        self.collated()
        fill(Small(self.root), range(1), "Since then: ")

    def _datamaps(self, program: str) -> Way:
        """The collation tool, with a datamap of the cells that the first return's answers stand in."""
        from workflow import config, reader  # noqa: PLC0415
        from workflow.model import column_letters  # noqa: PLC0415

        home = self.kept.with_name(f"datamaps-{self.partners}")
        home.mkdir(exist_ok=True)
        first = min((self.kept / "inbox").glob("*.xlsx"))
        tables = reader.read_tables(reader.read_bytes(first.read_bytes()), config.load_forms(HERE / "templates/returns"), "")
        lines = ["cell_key,template_sheet,cell_reference"]
        for name, found in tables.items():
            for row in found.rows:
                lines += [f"{name} {row.key} {f},{row.sheet},{column_letters(row.columns[f])}{row.number}" for f in row.cells]
        (home / "datamap.csv").write_text("\n".join(lines), encoding="utf-8")
        told = [program, "import", "templates", "--to-master", "-d", str(home / "datamap.csv"), "--inputdir"]
        return Way("(c) datamaps", ["env", f"HOME={home}", *told, str(self.kept / "inbox")])

    def ways(self, datamaps: str) -> Iterator[Way]:
        """Everything that is measured of this size."""
        root, n = self.root, self.partners
        for name, code in READING.items():
            yield coded(name, code, self.kept, n)
        if datamaps:
            yield self._datamaps(datamaps)
        yield coded("ours: read, validate, merge, commit", NO_OUTPUTS + COLLATE, root, n, self.fresh)
        yield coded("ours: collate from cold, every output", COLLATE, root, n, self.fresh, self.keep)
        yield coded("ours: collate again, nothing new", COLLATE, root, n, self.collated)
        yield coded("ours: collate again, one new return", COLLATE, root, n, self.one_more)
        yield coded("ours: emit", EMIT, root, n, self.collated)
        yield coded("ours: issue", ISSUE, root, n, self.fresh)
        yield coded("ours: status", STATUS, root, n, self.collated)


def start_up() -> Iterator[Way]:
    """How long it takes until something is said."""
    yield Way("python -c pass", [sys.executable, "-c", "pass"])
    yield Way("import click", [sys.executable, "-c", "import click"])
    yield Way("workflow --help", [sys.executable, "-m", "workflow", "--help"])


def table(ways: list[Way], base: str) -> str:
    """The medians, each beside that of the base, with the peak memory of ours."""
    by_name = {way.name: way for way in ways}
    first = by_name[base]
    lines = [
        f"| way | seconds | of {base} | processor seconds | of {base} | peak MB: itself + its largest child |",
        "|---|---|---|---|---|---|",
    ]
    for way in ways:
        memory = " + ".join(map(str, way.memory)) if way.name.startswith("ours") else ""
        took = f"{way.median:.3f} | {way.median / first.median:.2f} | {way.worked:.3f} | {way.worked / first.worked:.2f}"
        lines.append(f"| {way.name} | {took} | {memory} |")
    return "\n".join(lines)


def growth(sizes: dict[int, list[Way]]) -> str:
    """Milliseconds that each way takes for a return, and the peak memory of ours, at each size."""
    lines = [
        "| way | " + " | ".join(f"{n:,}: ms a return | peak MB" for n in sizes) + " |",
        "|---" * (1 + 2 * len(sizes)) + "|",
    ]
    named = [{way.name: way for way in ways} for ways in sizes.values()]
    for name in named[0]:
        told = [(ways[name].median * 1000 / n, ways[name].memory) for n, ways in zip(sizes, named, strict=True) if name in ways]
        if len(told) == len(sizes):
            cells = (f"{each:.1f} | {' + '.join(map(str, memory)) if name.startswith('ours') else ''}" for each, memory in told)
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the tables."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("partners", nargs="*", type=int, default=[30])
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--only", default="", metavar="WORDS", help="only ways whose names hold any of these, with commas")
    asked.add_argument("--datamaps", default=shutil.which("datamaps") or "", metavar="PROGRAM")
    asked.add_argument("--folder", type=Path, metavar="FOLDER", help="keep the workspaces here, and use those that are there")
    given = asked.parse_args()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("openpyxl", "pandas", "python-calamine", "xlsxwriter"))
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}")
    print(f"Medians of {given.rounds} rounds.\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        groups = [("Start-up", list(start_up()), "python -c pass")]
        sizes: dict[int, list[Way]] = {}
        for partners in given.partners:
            ways = list(Workspace(folder, partners).ways(given.datamaps))
            words = given.only.split(",")
            ways = [way for way in ways if way.name.startswith("(a)") or any(word in way.name for word in words)]
            groups.append((f"{partners:,} returns", ways, "(a) pandas with openpyxl"))
            sizes[partners] = ways
        for title, ways, base in groups:
            for way in ways:
                way.rounds = given.rounds
            for _ in range(given.rounds):
                for way in ways:
                    way.run()
            print(f"## {title}\n\n{table(ways, base)}\n", flush=True)
        if len(sizes) > 1:
            print(f"## How it grows\n\n{growth(sizes)}\n")


if __name__ == "__main__":
    main()
