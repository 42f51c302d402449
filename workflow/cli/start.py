"""The command with which a partnership starts from what it has."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from workflow.cli.shared import asked_with, main, say_written, shared
from workflow.errors import WorkflowError


@main.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--reviewed", is_flag=True, help="FILE is a review that you filled in: make the proposed register of it.")
@shared
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    files: tuple[Path, ...], reviewed: bool, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Read old trackers, plans and tables (.xlsx, .csv, .docx) into a review workbook, to be decided row by row.

    Given back with --reviewed it makes config/register-proposed.xlsx; your own register is never written.
    """
    from workflow.pipeline import imports  # noqa: PLC0415
    from workflow.pipeline import reviewed as reviewing  # noqa: PLC0415
    from workflow.pipeline.verdict import printable  # noqa: PLC0415

    asked = asked_with(workspace, period, today)
    if not files or (reviewed and len(files) > 1):
        raise WorkflowError(
            "Name the one review workbook to give back."
            if reviewed
            else "Name the old files to import, like tracker.xlsx plan.docx."
        )
    done = reviewing.reviewed(asked, files[0]) if reviewed else imports.import_files(asked, files)
    for line in done.lines:
        click.echo(printable(line))
    say_written((), tuple(map(printable, done.notes)), verbose)
    sys.exit(1 if done.notes else 0)
