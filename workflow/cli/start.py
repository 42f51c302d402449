"""The commands with which a partnership starts: an empty workspace, the example, and what it has from before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli.shared import Day, File, asked_with, main, say_lines, shared
from workflow.errors import WorkflowError

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@click.argument("folder", type=File())
@click.option("--calendar", default="april", show_default=True, help="april, july, calendar or academic.")
@click.option("--today", type=Day(), default=None, help="Act as if it were this day (default: today).")
def init(folder: Path, calendar: str, today: date | None) -> None:
    """Make an empty workspace in FOLDER: a register to fill in, the forms, inbox and outbox."""
    from workflow.pipeline import start  # noqa: PLC0415

    made = start.init(folder, calendar, today or date.today())  # noqa: DTZ011
    click.echo(f"Made a workspace in {made}.")
    click.echo("Next: fill in config/register.xlsx in Excel, or bring in what you have with workflow import.")
    click.echo("Then run workflow check there.")


@main.command()
@click.argument("folder", type=File())
def demo(folder: Path) -> None:
    """Build the example partnership in FOLDER and run its three quarters one after another."""
    from workflow.pipeline import start  # noqa: PLC0415

    for line in start.demo(folder):
        click.echo(line)


@main.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, type=File())
@click.option("--reviewed", is_flag=True, help="FILE is a review that you filled in: make the proposed register of it.")
@shared
def import_(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    files: tuple[Path, ...], reviewed: bool, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Read old trackers, plans and tables (.xlsx, .csv, .docx) into a review workbook, to be decided row by row.

    Given back with --reviewed it makes config/register-proposed.xlsx; your own register is never written. So does the review
    of a coming year that workflow roll writes.
    """
    from workflow.pipeline import givenback, imports  # noqa: PLC0415

    asked = asked_with(workspace, period, today)
    if not files or (reviewed and len(files) > 1):
        raise WorkflowError(
            "Name the one review workbook to give back."
            if reviewed
            else "Name the old files to import, like tracker.xlsx plan.docx."
        )
    say_lines(givenback.given_back(asked, files[0]) if reviewed else imports.import_files(asked, files))
