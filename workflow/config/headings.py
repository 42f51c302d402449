"""The words by which the columns of old tables are known (`templates/import/headings.toml`)."""

from __future__ import annotations

from pathlib import Path

from workflow.config.rag import shipped
from workflow.config.toml import Table, read_toml
from workflow.errors import WorkflowError
from workflow.importing import Meaning
from workflow.model import Finding

IMPORTS = "templates/import"


def load_meanings(root: Path) -> tuple[Meaning, ...]:
    """The words of a workspace or, in one that is older than they are, those that are shipped, in the file's order.

    Raises WorkflowError where the file cannot be used.
    """
    folder = root / IMPORTS
    path = (folder if folder.is_dir() else shipped() / IMPORTS) / "headings.toml"
    faults: list[Finding] = []
    table = read_toml(path, faults)
    found = tuple(_meaning(column) for column in (table.tables("column") if table else ()))
    if faults:
        raise WorkflowError(faults[0].message)
    return found


def _meaning(table: Table) -> Meaning:
    name = table.text("field", required=True)
    table.called(f"column {name}")
    table.only(("field", "form", "words"))
    return Meaning(name, table.texts("words"), table.text("form"))
