"""The proposed register: where it stands, how new rows look in it, what it is made from, and what must be true of it.

`config/register.xlsx` is the coordinator's and is only read. What is proposed stands beside it; a person makes it the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from workflow import config, fields, outbox, writer
from workflow.errors import WorkflowError
from workflow.model import Content, Form
from workflow.outputs.review import plain
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace

PROPOSED = "config/register-proposed.xlsx"
REVIEWS = "outbox/import"  # where the reviews stand that it is made of
# What tells a row of each sheet from every other one; its first field is its sheet's first column.
IDS: Mapping[str, tuple[str, ...]] = {
    "items": ("key",), "plans": ("id",), "themes": ("id", "plan"), "periods": ("key",), "partners": ("id",),
    "aliases": ("alias", "partner"), "contacts": ("partner", "email"), "glossary": ("term",),
}  # fmt: skip
NEW_FILL, NEW_INK = "FFF2CC", "000000"  # behind what is new; the note says it in words


def own_rows(workspace: Workspace, today: date) -> config.Kept:
    """The register's own rows. Raises WorkflowError where some of it could not be read, because that would be lost."""
    forms = config.load_forms(workspace.root / REGISTER_FORMS)
    kept = config.keep_register(workspace.register_bytes, forms, workspace.register, REGISTER, today)
    if kept.lost:
        first = kept.lost[0]
        told = next((f.message for f in workspace.register_findings if first in f.places), "")
        raise WorkflowError(
            f"What stands in {REGISTER}, {first.sheet}, cell {first.cell} cannot be read, and a new register would lose it. "
            f"{told or 'Put it right first.'}"
        )
    return kept


def row_id(sheet: str, row: Mapping[str, Content]) -> tuple[str, ...]:
    """What tells a row from every other one of its sheet."""
    return tuple(fields.fold(plain(row, n)) for n in IDS[sheet])


def must_read(data: bytes, forms: Mapping[str, Form], workspace: Workspace) -> None:
    """Raises WorkflowError where the new file cannot be read as well as the register: that would be our fault."""
    read, found = config.load_register(data, forms, PROPOSED)
    if read is None or len(read.items) < len(workspace.register.items):
        told = f" {found[0].message}" if found else ""
        raise WorkflowError(f"The proposed register could not be read back, so it was not written.{told}")


def not_kept(kept: config.Kept) -> list[str]:
    """What a new register file will lack, for its coordinator to copy over."""
    if not kept.sheets:
        return []
    return [f"Sheets that are none of the register's are not in the new file: {', '.join(kept.sheets)}. Copy them over."]


def sealed_outbox(asked: Asked) -> outbox.Outbox:
    """An outbox that knows a file of ours by the mark in it, for what no ledger has the hash of."""
    return outbox.Outbox(asked.root, asked.today, lambda path, _: writer.is_sealed((asked.root / path).read_bytes()))
