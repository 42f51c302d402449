"""The house of design.md section 6: a module imports only rooms that stand earlier, and each outside library has one room.

Type-only and local imports count too: everything that the code names is read from its syntax tree.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "workflow"

# The rooms in order. A room may import itself and any room before it in the list.
ROOMS = (
    "errors",
    "model",
    "fields",
    "periods",
    "wording",  # 0 words
    "names",
    "items",
    "promises",  # what the text of an old cell promises, answers and counts
    "importing",  # old tables as rows proposed for the register
    "yearend",  # what becomes of each item, and of next year's proposals
    "rules",
    "validate",
    "merge",
    "conflicts",  # different answers in copies made side by side
    "completeness",
    "desk",  # replies, decisions and waivers
    "edits",  # what the coordinator changed in the tracker
    "history",  # every value of every field, and what became of it
    "summary",
    "disclosure",
    "oldtables",  # the tables in old files; 1 pure core
    "reader",
    "config",
    "sources",  # old workbooks, CSV files and Word documents
    "writer",
    "ledger",
    "guard",
    "office",
    "post",
    "inbox",
    "outbox",
    "letters",
    "accessible",  # 2 edges
    "outputs",
    "pipeline",  # 3
    "cli",
    "__main__",  # 4
)
# Each outside library, and each part of the standard library that touches the world, with the rooms that may know it.
KNOWN_BY = {
    "xlsxwriter": {"writer"},
    "pandas": {"summary"},
    "sqlite3": {"ledger"},
    "jinja2": {"letters"},
    "openpyxl": {"accessible"},
    "click": {"cli"},
    "tomllib": {"config"},
    "docx": {"sources"},
    "lxml": {"sources"},
    "csv": {"sources"},
    "charset_normalizer": {"sources"},
    "holidays": {"config"},
    "xml": {"reader", "writer", "accessible"},
    "zipfile": {"reader", "writer", "accessible", "office"},
    "email": {"post"},
    "tempfile": {"guard", "office", "outbox", "pipeline"},
    "shutil": {"office", "pipeline"},
    "olefile": {"post"},
    "socket": {"post"},
    "urllib.request": set(),
    "http": set(),
    "smtplib": {"post"},
    "imap_tools": {"post"},
    "imaplib": {"post"},
    "ssl": {"post"},
    "subprocess": {"guard", "office", "post"},  # the child that reads files; LibreOffice; the command that gives a token
    "resource": {"guard"},
    "fcntl": {"ledger"},
    "msvcrt": {"ledger"},
}
HEAVY = {"xlsxwriter", "pandas", "jinja2", "openpyxl", "numpy", "docx", "lxml", "charset_normalizer", "holidays"}
PURE = {
    "model", "fields", "periods", "wording", "names", "items", "promises", "importing", "yearend", "rules", "validate", "merge",
    "conflicts", "completeness", "desk", "edits", "history", "summary", "disclosure", "oldtables",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every import statement of a file with the dotted name of each thing imported."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which room it means"
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def ours(name: str) -> str | None:
    """The room an import of ours means: "workflow.model.places" and "workflow import fields" alike."""
    parts = name.split(".")
    if parts[0] != "workflow" or len(parts) < 2 or parts[1] == "__version__":
        return None
    return parts[1]


def test_every_module_has_a_room() -> None:
    assert {room_of(p) for p in FILES} - {"__init__"} == set(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_rooms_import_only_earlier_rooms(path: Path) -> None:
    own = room_of(path)
    if own == "__init__":
        assert not list(imports(path))
        return
    allowed = set(ROOMS[: ROOMS.index(own) + 1])
    for node, name in imports(path):
        room = ours(name)
        assert room is None or room in allowed, f"{path.name}:{node.lineno} imports {room}, a later room than {own}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_each_outside_library_has_one_room(path: Path) -> None:
    own = room_of(path)
    for node, name in imports(path):
        known = [rooms for library, rooms in KNOWN_BY.items() if f"{name}.".startswith(f"{library}.")]
        assert all(own in rooms for rooms in known), f"{path.name}:{node.lineno} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_heavy_libraries_are_imported_only_when_used(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    eager = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in eager:
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        assert not {n.split(".")[0] for n in names} & HEAVY, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in PURE], ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_core_touches_neither_disk_nor_clock_nor_terminal(path: Path) -> None:
    calls = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    }
    forbidden = {"open", "print", "input", "date.today", "datetime.now", "time.time", "Path"}
    assert not calls & forbidden
    assert not {name.split(".")[0] for _, name in imports(path)} & {"os", "pathlib", "time", "sys", "random"}


def test_help_is_instant() -> None:
    """`workflow --help` imports neither pandas nor openpyxl nor xlsxwriter, nor anything else it does not need."""
    script = (
        "import sys\n"
        "from workflow.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "slow = {'pandas', 'numpy', 'openpyxl', 'xlsxwriter', 'jinja2', 'sqlite3', 'zipfile', 'docx', 'holidays'}\n"
        "print(sorted(loaded & slow))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stdout
    assert "collate" in done.stdout


def test_files_stay_readable() -> None:
    long = {p.name: n for p in FILES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long, f"past 400 lines there is a noun missing: {long}"
