"""The command that looks at papers, ours or anybody's."""

from __future__ import annotations

import sys

import click

from workflow.cli.shared import main


@main.command("check-accessible")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--profile",
    type=click.Choice(["published", "working", "return"]),
    default="published",
    show_default=True,
    help="What it is to be: a workbook for publication, a working file, or a form to be filled in.",
)
def check_accessible(files: tuple[str, ...], profile: str) -> None:
    """Check any Excel workbook against the accessibility list: where, what is wrong, what to do.

    Exit code 0: each passes the checks that can be tested; 1: one does not; 2: one cannot be read.
    """
    from workflow.model import Profile  # noqa: PLC0415 - kept out of start-up
    from workflow.pipeline import accessibility  # noqa: PLC0415

    codes = []
    for checked in accessibility.check(files, Profile(profile)):
        click.echo("\n".join(checked.lines) + ("\n" if checked.failed else ""))
        codes.append(checked.exit_code)
    if min(codes) < 2:
        click.echo("\n" + "\n".join(accessibility.by_person()))
    sys.exit(max(codes))
