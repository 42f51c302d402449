"""docs/ledger.md, made from the migrations: `pytest tests/test_ledger_page.py --regenerate` writes it again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from workflow.ledger.schema import COLUMNS, MIGRATIONS, TABLES

_INTRO = """# The ledger

`ledger.sqlite` is one SQLite file that remembers everything. This page is made from the migrations and the words beside them in
`workflow/ledger/schema.py` (`pytest tests/test_ledger_page.py --regenerate`): change those, not the page.

- Tables only grow. What is in force is derived: the latest judgement of a file, the latest change of a field, the latest row
  of a workbook that was taken back. The one exception is `workflow purge`, which removes what must not be kept and leaves a
  tombstone.
- The merge is worked out anew from the submissions of a period; the ledger keeps what they held and what came of it.
- A run commits all that it learned in one transaction, or nothing. Migrations are applied in their order, in one transaction
  with their record. A ledger that has had more of them than the program knows is not opened.
- Days and times are ISO text. Hashes are SHA-256 in hexadecimal.

Look at it with any program for SQLite while nothing is running; do not write to it.
"""


@dataclass(frozen=True)
class Column:
    """One column as SQLite has it. `to` is the table and column that it must be found in, "" for none."""

    table: str
    name: str
    type: str
    required: bool
    key: bool
    to: str

    @property
    def words(self) -> str:
        """What stands in it."""
        return COLUMNS.get(f"{self.table}.{self.name}") or COLUMNS.get(self.name, "")


def columns() -> list[tuple[str, dict[str, list[Column]]]]:
    """For each migration, in order, by table, the columns that it made."""
    made: list[tuple[str, dict[str, list[Column]]]] = []
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE migration (n INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        known: set[tuple[str, str]] = set()
        for name, script in (("", ""), *MIGRATIONS):
            db.executescript(script)
            new = [c for c in _columns(db) if (c.table, c.name) not in known]
            known |= {(c.table, c.name) for c in new}
            tables: dict[str, list[Column]] = {}
            for column in new:
                tables.setdefault(column.table, []).append(column)
            made.append((name, tables))
    return made


def _columns(db: sqlite3.Connection) -> list[Column]:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")]
    found: list[Column] = []
    for table in tables:
        to = {row[3]: f"{row[2]}.{row[4] or 'id'}" for row in db.execute(f"PRAGMA foreign_key_list({table})")}
        for _, name, kind, required, _, key in db.execute(f"PRAGMA table_info({table})"):
            found.append(Column(table, name, kind, bool(required), bool(key), to.get(name, "")))
    return found


def indexes() -> dict[str, list[str]]:
    """By table, the columns of each index that was made for it."""
    found: dict[str, list[str]] = {}
    for _, script in MIGRATIONS:
        for table, names in re.findall(r"CREATE INDEX \w+ ON (\w+) \(([^)]*)\)", script):
            found.setdefault(table, []).append(names)
    return found


def page() -> str:
    """The whole page."""
    parts = [_INTRO]
    for n, (name, tables) in enumerate(columns()):
        parts.append(f"## {f'Migration {n}: {name}' if n else 'Before the first migration'}\n")
        seen = {t for _, earlier in columns()[:n] for t in earlier}
        for table, new in tables.items():
            more = "More columns: " if table in seen else ""
            parts.append(f"### {more}{table}\n\n{fill(TABLES.get(table, ''), 128)}\n\n{_table(new)}")
            if not more and table in indexes():
                parts.append(f"Indexed by {'; '.join(indexes()[table])}.\n")
    return "\n".join(parts)


def _table(new: Sequence[Column]) -> str:
    rows = [f"| `{c.name}` | {_kind(c)} | {_words(c)} |" for c in new]
    return "\n".join(["| column | type | what stands in it |", "|---|---|---|", *rows, ""])


def _kind(c: Column) -> str:
    return ", ".join([c.type.lower(), *(["key"] if c.key else [] if c.required else ["may be empty"])])


def _words(c: Column) -> str:
    to = f" (`{c.to}`)" if c.to else ""
    return f"{c.words}{to}".replace("|", "\\|")
