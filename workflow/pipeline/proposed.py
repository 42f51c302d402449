"""The proposed register: where it stands, how new rows look in it, and what it is made from.

`config/register.xlsx` is the coordinator's and is only read. What is proposed stands beside it; a person makes it the register.
"""

from __future__ import annotations

from datetime import date

from workflow import config, outbox, writer
from workflow.errors import WorkflowError
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER, REGISTER_FORMS, Workspace

PROPOSED = "config/register-proposed.xlsx"
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


def not_kept(kept: config.Kept) -> list[str]:
    """What a new register file will lack, for its coordinator to copy over."""
    if not kept.sheets:
        return []
    return [f"Sheets that are none of the register's are not in the new file: {', '.join(kept.sheets)}. Copy them over."]


def sealed_outbox(asked: Asked) -> outbox.Outbox:
    """An outbox that knows a file of ours by the mark in it, for what no ledger has the hash of."""
    return outbox.Outbox(asked.root, asked.today, lambda path, _: writer.is_sealed((asked.root / path).read_bytes()))
