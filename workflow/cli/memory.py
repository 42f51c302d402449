"""The commands about what was received: its history, taking it back, checking it, giving it back, removing it."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli.shared import Bar, File, asked_with, main, say_lines, say_written, shared
from workflow.errors import WorkflowError

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@click.argument("key")
@shared
def history(key: str, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Tell every value that one item (its KEY or reference) ever had, and where each came from."""
    from workflow.pipeline import ask  # noqa: PLC0415
    from workflow.pipeline.verdict import printable  # noqa: PLC0415

    title, events = ask.history(asked_with(workspace, period, today), key)
    click.echo(title)
    quarter = ""
    for event in events:
        if event.period != quarter:
            quarter = event.period
            click.echo(f"\n{quarter}")
        before = f" (before: {printable(event.replaced)})" if event.replaced else ""
        click.echo(f"  {event.field}: {printable(event.value)}{before}")
        for line in filter(None, (event.source, event.became)):
            click.echo(f"      {printable(line)}")


@main.command()
@shared
def undo(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Take back everything that the last run took in; once more, the run before it. What it had replaced stands again."""
    from workflow.pipeline import takeback  # noqa: PLC0415

    bar = Bar()
    say_lines(takeback.undo(asked_with(workspace, period, today), bar), bar)


@main.command()
@click.argument("file")
@click.option("--reason", default="", help="Why, in a few words: it is kept and shown.")
@shared
def withdraw(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    file: str, reason: str, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Take back one received FILE, from whatever run: its path, its name, its part or the beginning of its hash."""
    from workflow.pipeline import takeback  # noqa: PLC0415

    bar = Bar()
    say_lines(takeback.withdraw(asked_with(workspace, period, today), file, reason, bar), bar)


@main.command()
@shared
def verify(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Check the archive: hash every file received again, replay them into an empty ledger, and compare."""
    from workflow.pipeline.verdict import printable  # noqa: PLC0415
    from workflow.pipeline.verify import verify as verifying  # noqa: PLC0415

    bar = Bar()
    found = verifying(asked_with(workspace, period, today), bar)
    bar.finish()
    for line in (*found.troubles, found.summary):
        click.echo(printable(line))
    sys.exit(1 if found.troubles else 0)


@main.command()
@click.argument("hash_or_file")
@click.option("--to", type=File(), default=None, help="Where to put it (default: in this folder).")
@shared
def extract(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    hash_or_file: str, to: Path | None, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Give back one file that was received, from its HASH (the beginning will do) or its name."""
    from workflow.pipeline.verify import extract as extracting  # noqa: PLC0415

    click.echo(f"Written to {extracting(asked_with(workspace, period, today), hash_or_file, to)}.")


@main.command()
@click.argument("file", required=False)
@click.option("--due", is_flag=True, help="Everything that is older than the settings' retention period.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands on the tombstone.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def purge(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    file: str | None,
    due: bool,
    reason: str,
    yes: bool,
    workspace: Path,
    period: str | None,
    today: date | None,
    verbose: bool,
) -> None:
    """Remove a received FILE for good: its bytes, its values, what was written of them, and backups that hold it.

    FILE is its path, its name, or the beginning of its hash. This cannot be undone: it shows what would go, and asks first.
    """
    from workflow.pipeline import purge as purging  # noqa: PLC0415

    asked = asked_with(workspace, period, today)
    if bool(file) is due:
        raise WorkflowError("Name a received file, or give --due for everything that is older than the retention period.")
    doomed = purging.due(asked) if due else purging.chosen(asked, file or "")
    if not doomed:
        click.echo("Nothing is older than the retention period.")
        return
    for line in purging.shown(doomed):
        click.echo(line)
    if not yes and not sys.stdin.isatty():
        raise WorkflowError("Nothing was removed, because there is nobody to ask. Run it in a terminal, or with --yes.")
    if not yes and not click.confirm("Remove this for good?"):
        click.echo("Nothing was removed.")
        sys.exit(1)
    done = purging.purge(asked, doomed, reason)
    for line in done.lines:
        click.echo(line)
    say_written((), done.notes, verbose)
    sys.exit(1 if done.notes or done.still_here else 0)
