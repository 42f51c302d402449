"""The only two commands that touch a network: the mailbox in, the drafts out."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli.shared import asked_with, main, say_written, shared
from workflow.errors import WorkflowError

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@shared
def fetch(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Read the mailbox into inbox/mail. Nothing in it is marked, moved or deleted unless the settings say so."""
    from workflow.pipeline import fetch as fetching  # noqa: PLC0415

    done = fetching.fetch(asked_with(workspace, period, today))
    number = len(done.new)
    earlier = f" {done.before} had been fetched before." if done.before else ""
    click.echo(f"{number or 'No'} new message{'' if number == 1 else 's'} in the mailbox.{earlier}")
    say_written(tuple(done.new), tuple(done.told), verbose)
    if number:
        click.echo("Next: run workflow collate.")
    sys.exit(1 if done.told else 0)


@main.command()
@click.option("--only", "kinds", multiple=True, metavar="KIND", help="Only drafts of this kind; may be given more than once.")
@click.option("--again", multiple=True, metavar="FILE", help="Only this draft, even though it went before, or may have.")
@click.option("--sent", "by_hand", multiple=True, metavar="FILE", help="Send nothing; remember that you sent this draft.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@shared
def send(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    kinds: tuple[str, ...],
    again: tuple[str, ...],
    by_hand: tuple[str, ...],
    yes: bool,
    dry_run: bool,
    workspace: Path,
    period: str | None,
    today: date | None,
    verbose: bool,
) -> None:
    """Send the drafts of a period, each letter once, to people on the register only. Shows them first, and asks.

    KIND is issue, chaser, receipt, query, thanks, unreadable, board or clerk.
    """
    from workflow.pipeline import send as sending  # noqa: PLC0415

    asked = asked_with(workspace, period, today)
    if by_hand:
        click.echo(f"Remembered as sent: {', '.join(sending.by_hand(asked, by_hand))}.")
        return
    unknown = [kind for kind in kinds if kind not in sending.KINDS]
    if unknown:
        raise WorkflowError(f"There is no kind of letter {unknown[0]}. Use one of {', '.join(sending.KINDS)}.")
    plan = sending.plan(asked, sending.Wanted(kinds, again))
    click.echo("\n".join(plan.lines()))
    say_written((), tuple(plan.told), verbose)
    if plan.letters and not dry_run:
        if not yes and not sys.stdin.isatty():
            raise WorkflowError("Nothing was sent, because there is nobody to ask. Run it in a terminal, or with --yes.")
        if not yes and not click.confirm("Send them now?"):
            click.echo("Nothing was sent.")
            sys.exit(1)
        done = sending.send(asked, plan)
        click.echo(f"{done.sent} of {len(plan.letters)} sent.")
        say_written((), tuple(done.told), verbose)
        plan.told += done.told
    sys.exit(1 if plan.told else 0)
