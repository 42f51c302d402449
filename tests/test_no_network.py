"""No command but `fetch` and `send` touches a network (design law 9): nothing else even imports what could."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests import small as s
from tests.old.build import as_docx
from tests.old.documents import document
from tests.small import Q2, Q4
from workflow.cli import main

PACKAGE = Path(__file__).parents[1] / "workflow"
NETWORK = {"smtplib", "imaplib", "imap_tools", "workflow.post.mailbox", "workflow.post.sending", "workflow.post.network"}
OURS = {"fetch", "send"}
NOWHERE = {"init", "check-accessible"}  # need no workspace
ARGUMENTS = {
    "init": ["{}/new"],
    "history": ["A-1"],
    "extract": ["inbox/police.xlsx", "--to", "{}/out.xlsx"],
    "withdraw": ["police.xlsx"],
    "purge": ["police.xlsx", "--yes"],
    "roll": ["--to", "2024-25"],
    "import": ["{}/old.csv", "{}/old.docx"],
    "check-accessible": ["{}/small/config/register.xlsx", "--profile", "working"],
}

# Runs one command as its own process would, and prints what it has loaded. A socket that is opened ends it with a trace.
SCRIPT = """
import json, socket, sys
def forbidden(*_args, **_named):
    raise AssertionError("a socket")
socket.socket.connect = socket.socket.bind = socket.getaddrinfo = forbidden
from workflow.cli import main
try:
    main(sys.argv[1:])
except SystemExit as ended:
    print()
    print(json.dumps([ended.code, sorted(sys.modules)]))
"""


def run(*arguments: str) -> tuple[object, set[str], str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False, timeout=600)
    assert "a socket" not in done.stderr, done.stderr
    code, modules = json.loads(done.stdout.splitlines()[-1])
    return code, set(modules), done.stdout


def commands() -> list[str]:
    assert isinstance(main, click.Group)
    return sorted(set(main.commands) - OURS - {"demo"})  # the demo is its commands, one after another, in one long run


@pytest.mark.long
@pytest.mark.parametrize("name", commands())
def test_no_other_command_imports_what_touches_a_network(tmp_path: Path, name: str) -> None:
    small = s.issued(tmp_path / "small")
    small.returns("police")
    small.collate()
    period, today = Q2, "2023-10-23"
    if name == "roll":  # a year ends with its last quarter
        period, today = Q4, "2024-05-13"
        small.issue(Q4)
        small.arrive("last.xlsx", small.filled("police", period=Q4))
        small.collate(Q4)
    if name == "import":
        (tmp_path / "old.csv").write_text("Ref,Action,Lead\n1.1,Write the guide,Police\n", encoding="utf-8")
        (tmp_path / "old.docx").write_bytes(as_docx(document("action_plan")))
    here = ["--workspace", str(small.root), "--period", period, "--today", today]
    given = [one.format(tmp_path) for one in ARGUMENTS.get(name, [])]
    code, modules, said = run(name, *given, *([] if name in NOWHERE else here))
    assert code in (0, 1, None), said
    assert "workflow.pipeline.workspace" in modules or name in NOWHERE, "it did not run at all"
    assert not modules & NETWORK


def test_help_loads_nothing_of_it() -> None:
    for arguments in (["--help"], ["fetch", "--help"], ["send", "--help"]):
        code, modules, _ = run(*arguments)
        assert code == 0
        assert not modules & {*NETWORK, "ssl", "subprocess", "email", "sqlite3"}


@pytest.mark.long
def test_only_the_two_commands_name_the_network() -> None:
    """Read from the syntax, local imports included: only `pipeline/fetch` and `pipeline/send` (and its words) reach it."""
    reach = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if named(path) & NETWORK}
    post = {f"post/{name}.py" for name in ("mailbox", "network", "sending")}
    assert reach - post == {"pipeline/fetch.py", "pipeline/send.py", "pipeline/send_words.py"}
    callers = {
        name: {path.name for path in PACKAGE.rglob("*.py") if f"workflow.pipeline.{name}" in named(path)}
        for name in ("fetch", "send", "send_words")
    }
    assert callers == {"fetch": {"mail.py"}, "send": {"mail.py"}, "send_words": {"send.py"}}


def named(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
