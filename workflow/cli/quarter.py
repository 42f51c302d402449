"""The commands of a quarter, in order: from a register to a closed period."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

from workflow.cli.shared import Bar, Day, also_option, asked_with, main, say_lines, say_verdict, say_written, shared

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@shared
def check(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Check the register, the forms and the settings, with cell references."""
    from workflow.pipeline import ask  # noqa: PLC0415
    from workflow.pipeline.verdict import printable  # noqa: PLC0415

    findings = ask.check(workspace, today or date.today())  # noqa: DTZ011
    for finding in findings:
        click.echo(f"- {printable(finding.message)}")
    notes = sum(1 for f in findings if f.severity.value == "note")
    faults = len(findings) - notes
    if faults:
        click.echo(f"\n{faults} fault{'s' if faults > 1 else ''} to put right{f' and {notes} to know of' if notes else ''}.")
        sys.exit(1)
    click.echo("The register, the forms and the settings are in order." + (f" {notes} to know of." if notes else ""))


@main.command()
@click.option("--partner", "only", multiple=True, help="Only this partner (its id); may be given more than once.")
@shared
def issue(only: tuple[str, ...], workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Write one return template per partner, and its covering email."""
    from workflow.pipeline import issue as issuing  # noqa: PLC0415

    made = issuing.issue(asked_with(workspace, period, today), only)
    number = len(made.partners)
    click.echo(
        f"{made.period.label}: {number} template{'' if number == 1 else 's'} and covering email{'' if number == 1 else 's'}, "
        f"due {made.period.due_date:%d %b %Y}."
    )
    say_written(made.written, made.notes, verbose)
    click.echo(f"Next: open the drafts in outbox/{made.period.key}/mail and send them.")
    sys.exit(1 if made.notes else 0)


@main.command()
@click.option("--dry-run", is_flag=True, help="Read and check everything; write nothing at all.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.option("--retry", multiple=True, metavar="FILE", help="Take this refused or withdrawn file in again; repeatable.")
@also_option
@shared
def collate(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    dry_run: bool,
    as_json: bool,
    retry: tuple[str, ...],
    also: str,
    workspace: Path,
    period: str | None,
    today: date | None,
    verbose: bool,
) -> None:
    """Take in what stands in inbox, check and merge it, and write the tracker, the packs and the drafts.

    A file that was refused or withdrawn is not taken in again unless --retry names it.
    """
    from workflow.pipeline import again  # noqa: PLC0415

    asked = asked_with(workspace, period, today, also)
    same = None if dry_run or retry else again.said(asked)
    if same:
        say_verdict(same.result if as_json else None, same.full if verbose else same.text)
        sys.exit(1 if same.needs_person else 0)
    from workflow.pipeline import collate as collating  # noqa: PLC0415

    bar = Bar()
    verdict = collating.collate(asked, dry_run=dry_run, retry=retry, progress=bar)
    bar.finish()
    say_verdict(verdict.as_json() if as_json else None, verdict.full_text() if verbose else verdict.as_text())
    sys.exit(1 if verdict.needs_person else 0)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@shared
def status(as_json: bool, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Say who has returned, who is late, what is held and which queries are open. Nothing is written."""
    from workflow.pipeline import ask  # noqa: PLC0415

    verdict = ask.status(asked_with(workspace, period, today))
    say_verdict(verdict.as_json(with_run=False) if as_json else None, verdict.full_text() if verbose else verdict.as_text())
    sys.exit(1 if verdict.needs_person else 0)


@main.command()
@shared
def chase(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Write reminder drafts, only to those who owe something, naming exactly what."""
    from workflow.pipeline import issue as issuing  # noqa: PLC0415

    made = issuing.chase(asked_with(workspace, period, today))
    if made.closed:
        click.echo(f"{made.period.label} is closed, so there is nothing to chase for it.")
        return
    if not made.partners:
        click.echo(f"{made.period.label}: nobody owes anything.")
        return
    plural = "" if len(made.partners) == 1 else "s"
    click.echo(f"{made.period.label}: {len(made.partners)} reminder{plural}, to {', '.join(made.partners)}.")
    say_written(made.written, made.notes, verbose)
    click.echo(f"Next: open the drafts in outbox/{made.period.key}/mail and send those you want to.")
    sys.exit(1 if made.notes else 0)


@main.command()
@click.option("--as-at", type=Day(), default=None, help="As it stood on this day.")
@click.option("--report", "reports", multiple=True, metavar="NAME", help="This report only; repeatable. Or all; or list.")
@click.option("--audience", type=click.Choice(["public", "partnership", "restricted"]), help="Whom reports are for (public).")
@also_option
@shared
def emit(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    as_at: date | None,
    reports: tuple[str, ...],
    audience: str | None,
    also: str,
    workspace: Path,
    period: str | None,
    today: date | None,
    verbose: bool,
) -> None:
    """Write the tracker, the packs and the drafts again from the ledger; with --report, reports and nothing else."""
    from workflow.pipeline import ask  # noqa: PLC0415

    asked = asked_with(workspace, period, today, also)
    if audience and not reports:
        raise click.UsageError("--audience is for reports: name one with --report.")
    if "list" in reports:
        from workflow.pipeline.reports import listing  # noqa: PLC0415

        click.echo("\n".join(("The reports that there are:", *listing(workspace))))
        return
    emitted, folder = ask.emit_reports(asked, reports, audience, as_at) if reports else ask.emit(asked, as_at)
    click.echo(f"{len(emitted.written)} files in {folder}, {emitted.changed} of them written anew.")
    notes = (*emitted.notes, *emitted.once)
    say_written(emitted.written, notes, verbose)
    sys.exit(1 if notes else 0)


@main.command()
@click.option("--anyway", is_flag=True, help="Close it although something of it is still held or asked.")
@shared
def close(anyway: bool, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Close a period: its packs are frozen as published. What changes in it later is told in the next packs."""
    from workflow.pipeline import close as closing  # noqa: PLC0415

    bar = Bar()
    say_lines(closing.close(asked_with(workspace, period, today), anyway=anyway, progress=bar), bar)
