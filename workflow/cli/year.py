"""The command of a year's end."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli.shared import asked_with, main, say_lines, shared

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@click.option("--to", required=True, metavar="YEAR", help="The coming year, like 2024-25.")
@click.option("--dry-run", is_flag=True, help="Say what would become of every row; write nothing.")
@shared
def roll(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    to: str, dry_run: bool, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Review the register for the coming year: what ended closed, what goes on kept, each proposal with a new key.

    The review stands in outbox/import/, to be decided row by row. Give it back with workflow import --reviewed FILE: that
    makes config/register-proposed.xlsx. Your own register is never written.
    """
    from workflow.pipeline import roll as rolling  # noqa: PLC0415

    say_lines(rolling.roll(asked_with(workspace, period, today), to, dry_run=dry_run))
