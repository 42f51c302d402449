"""The ledger's page says what the migrations make, every table and column of it; and the ledger only grows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.ledger_page import columns, page
from workflow.ledger import Ledger, schema

ROOM = Path(schema.__file__).parent
EVERY = [column for _, tables in columns() for some in tables.values() for column in some]
# `tombstones` is `workflow purge`, which alone forgets; a migration may put what is there into its new columns; a message that
# had to be fetched once more (its file was gone) keeps its row, with the file that it went into last.
CHANGES = {"tombstones.py", "schema.py", "deliveries.py"}


def test_docs_ledger_md_is_what_the_migrations_make(golden: Callable[[str, str], None]) -> None:
    golden("../../docs/ledger.md", page())


def test_every_table_and_column_is_said_and_none_that_is_not_there() -> None:
    assert {c.table for c in EVERY} == set(schema.TABLES)
    unsaid = [f"{c.table}.{c.name}" for c in EVERY if not c.words]
    assert not unsaid, f"workflow/ledger/schema.py has no words for {', '.join(unsaid)}"
    there = {c.name for c in EVERY} | {f"{c.table}.{c.name}" for c in EVERY}
    assert not set(schema.COLUMNS) - there


def test_the_page_has_the_very_tables_of_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Ledger.open(path).close()
    with closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        made = {(table, row[1]) for table in tables for row in db.execute(f"PRAGMA table_info({table})")}
    assert made == {(c.table, c.name) for c in EVERY}
    said = page()
    for table, name in made:
        assert f"\n### {table}\n" in said
        assert f"\n| `{name}` | " in said


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda p: p.name)
def test_no_statement_changes_or_deletes_a_row(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"\b(?:UPDATE \w+ SET|DELETE FROM|DROP TABLE|INSERT OR REPLACE|REPLACE INTO|ON CONFLICT)\b", text)
    assert bool(found) == (path.name in CHANGES), found


def test_a_released_migration_drops_nothing() -> None:
    scripts = " ".join(script for _, script in schema.MIGRATIONS)
    assert not re.findall(r"\b(?:DROP|DELETE)\b", scripts)
