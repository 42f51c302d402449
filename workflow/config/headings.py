"""The words by which the columns of old tables are known (`templates/import/headings.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workflow import fields
from workflow.config.rag import shipped
from workflow.config.register import SHEETS
from workflow.config.toml import Table, read_toml
from workflow.errors import WorkflowError
from workflow.model import Finding, Form

if TYPE_CHECKING:
    from workflow.importing import Meaning

IMPORTS = "templates/import"
_OURS = frozenset({"besides"})  # what a column may mean that is no field of the register


def check_meanings(root: Path, forms: Mapping[str, Form]) -> tuple[Finding, ...]:
    """What is wrong with the words of a workspace: no TOML, or fields and forms that are not there. `forms` are all of them.

    Words for a form that is shipped and that this partnership does not have do no harm.
    """
    faults: list[Finding] = []
    elsewhere = {path.stem for path in (shipped() / "templates/returns").glob("*.toml")} - forms.keys()
    table = read_toml(_path(root), faults)
    for column in table.tables("column") if table else ():
        meaning = _meaning(column)
        if meaning.form in elsewhere:
            continue
        own = forms.get(meaning.form, forms["items"])
        known = {f.name for f in (own if meaning.form in SHEETS else forms["items"]).fields} | _OURS
        if meaning.form and meaning.form not in forms:
            near = fields.near(meaning.form, forms)
            column.fault("toml-word", meaning.form, near, key="form", expected=", ".join(sorted(forms)))
        elif meaning.field not in known:
            near = fields.near(meaning.field, known)
            column.fault("toml-word", meaning.field, near, key="field", expected=", ".join(sorted(known)))
    return tuple(faults)


def _path(root: Path) -> Path:
    """The words of a workspace or, in one that is older than they are, those that are shipped."""
    folder = root / IMPORTS
    return (folder if folder.is_dir() else shipped() / IMPORTS) / "headings.toml"


def load_meanings(root: Path) -> tuple[Meaning, ...]:
    """The words of a workspace or, in one that is older than they are, those that are shipped, in the file's order.

    Raises WorkflowError where the file cannot be used.
    """
    faults: list[Finding] = []
    table = read_toml(_path(root), faults)
    found = tuple(_meaning(column) for column in (table.tables("column") if table else ()))
    if faults:
        raise WorkflowError(faults[0].message)
    return found


def _meaning(table: Table) -> Meaning:
    from workflow.importing import Meaning  # noqa: PLC0415 - a large room, which only an import needs

    name = table.text("field", required=True)
    table.called(f"column {name}")
    table.only(("field", "form", "words"))
    return Meaning(name, table.texts("words"), table.text("form"))
