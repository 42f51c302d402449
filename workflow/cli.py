"""The command line: what is asked for, what is said, and the exit code. Everything else is in `pipeline`.

Exit codes: 0 clean; 1 done, something needs a person; 2 could not run.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflow import __version__
from workflow.errors import WorkflowError

if TYPE_CHECKING:
    from workflow.pipeline.state import Asked

_QUIET_SECONDS = 1.0  # a progress bar appears only when a run takes longer


class _Day(click.ParamType[date]):
    """A date as people write it: 2023-10-27 or 27/10/2023."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                continue
        return self.fail(f"{value} is not a date. Write it like 2023-10-27 or 27/10/2023.", param, ctx)


class _Commands(click.Group):
    """Lists commands in the order of the quarter, and says a problem in one sentence with exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a redirected Windows console may lack a character: never stop for it
                stream.reconfigure(errors="replace")
        try:
            return super().main(*args, **kwargs)
        except WorkflowError as error:
            from workflow.pipeline.verdict import printable  # noqa: PLC0415 - kept out of start-up

            click.echo(f"workflow could not run: {printable(str(error))}", err=True)
            sys.exit(2)


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command takes."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("--today", type=_Day(), default=None, help="Act as if it were this day (default: today)."),
        click.option("--period", default=None, help="The period, like 2023-24-Q2 (default: the latest issued and not closed)."),
        click.option(
            "--workspace",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path(),
            help="The workspace folder (default: here).",
        ),
    ):
        command = option(command)
    return command


def _asked(workspace: Path, period: str | None, today: date | None) -> Asked:
    from workflow.pipeline.state import Asked  # noqa: PLC0415 - kept out of start-up

    return Asked(workspace, period, today or date.today())  # noqa: DTZ011 - the coordinator's own day


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workflow")
def main() -> None:
    """Quarterly partner returns: templates out, returns in, one verdict, a tracker, board packs and email drafts.

    A quarter, in order: check, issue, collate (as often as you like), chase, collate.
    """


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--calendar", default="april", show_default=True, help="april, july, calendar or academic.")
@click.option("--today", type=_Day(), default=None, help="Act as if it were this day (default: today).")
def init(folder: Path, calendar: str, today: date | None) -> None:
    """Make an empty workspace in FOLDER: a register to fill in, the forms, inbox and outbox."""
    from workflow.pipeline import start  # noqa: PLC0415

    made = start.init(folder, calendar, today or date.today())  # noqa: DTZ011
    click.echo(f"Made a workspace in {made}.")
    click.echo("Next: fill in config/register.xlsx in Excel, then run workflow check there.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def demo(folder: Path) -> None:
    """Build the example partnership in FOLDER and run its three quarters one after another."""
    from workflow.pipeline import start  # noqa: PLC0415

    for line in start.demo(folder):
        click.echo(line)


@main.command()
@_shared
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
@_shared
def issue(only: tuple[str, ...], workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Write one return template per partner, and its covering email."""
    from workflow.pipeline import issue as issuing  # noqa: PLC0415

    made = issuing.issue(_asked(workspace, period, today), only)
    number = len(made.partners)
    click.echo(
        f"{made.period.label}: {number} template{'' if number == 1 else 's'} and covering email{'' if number == 1 else 's'}, "
        f"due {made.period.due_date:%d %b %Y}."
    )
    _say_written(made.written, made.notes, verbose)
    click.echo(f"Next: open the drafts in outbox/{made.period.key}/mail and send them.")
    sys.exit(1 if made.notes else 0)


@main.command()
@click.option("--dry-run", is_flag=True, help="Read and check everything; write nothing at all.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@click.option("--retry", multiple=True, metavar="FILE", help="Open this refused file again; may be given more than once.")
@_shared
def collate(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    dry_run: bool,
    as_json: bool,
    retry: tuple[str, ...],
    workspace: Path,
    period: str | None,
    today: date | None,
    verbose: bool,
) -> None:
    """Take in what stands in inbox, check and merge it, and write the tracker, the packs and the drafts.

    A file that was refused is not opened again unless --retry names it.
    """
    from workflow.pipeline import collate as collating  # noqa: PLC0415

    bar = _Bar()
    verdict = collating.collate(_asked(workspace, period, today), dry_run=dry_run, retry=retry, progress=bar)
    bar.finish()
    _say_verdict(verdict.as_json() if as_json else None, verdict.full_text() if verbose else verdict.as_text())
    sys.exit(1 if verdict.needs_person else 0)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@_shared
def status(as_json: bool, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Say who has returned, who is late, what is held and which queries are open. Nothing is written."""
    from workflow.pipeline import ask  # noqa: PLC0415

    verdict = ask.status(_asked(workspace, period, today))
    _say_verdict(verdict.as_json(with_run=False) if as_json else None, verdict.full_text() if verbose else verdict.as_text())
    sys.exit(1 if verdict.needs_person else 0)


@main.command()
@_shared
def chase(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Write reminder drafts, only to those who owe something, naming exactly what."""
    from workflow.pipeline import issue as issuing  # noqa: PLC0415

    made = issuing.chase(_asked(workspace, period, today))
    if not made.partners:
        click.echo(f"{made.period.label}: nobody owes anything.")
        return
    plural = "" if len(made.partners) == 1 else "s"
    click.echo(f"{made.period.label}: {len(made.partners)} reminder{plural}, to {', '.join(made.partners)}.")
    _say_written(made.written, made.notes, verbose)
    click.echo(f"Next: open the drafts in outbox/{made.period.key}/mail and send those you want to.")
    sys.exit(1 if made.notes else 0)


@main.command()
@click.option("--as-at", type=_Day(), default=None, help="As it stood on this day.")
@_shared
def emit(as_at: date | None, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Write the tracker, the packs and the drafts again from the ledger."""
    from workflow.pipeline import ask  # noqa: PLC0415

    emitted, folder = ask.emit(_asked(workspace, period, today), as_at)
    click.echo(f"{len(emitted.written)} files in {folder}, {emitted.changed} of them written anew.")
    _say_written(emitted.written, emitted.notes, verbose)
    sys.exit(1 if emitted.notes else 0)


@main.command()
@click.argument("key")
@_shared
def history(key: str, workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Tell every value that one item (its KEY or reference) ever had, and where each came from."""
    from workflow.pipeline import ask  # noqa: PLC0415
    from workflow.pipeline.verdict import printable  # noqa: PLC0415

    title, events = ask.history(_asked(workspace, period, today), key)
    click.echo(title)
    quarter = ""
    for event in events:
        if event.period != quarter:
            quarter = event.period
            click.echo(f"\n{quarter}")
        click.echo(
            f"  {event.field}: {printable(event.value)}" + (f" (before: {printable(event.replaced)})" if event.replaced else "")
        )
        click.echo(f"      {printable(event.source)}")


@main.command()
@_shared
def verify(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Check the archive: hash every file received again, replay them into an empty ledger, and compare."""
    from workflow.pipeline.verdict import printable  # noqa: PLC0415
    from workflow.pipeline.verify import verify as verifying  # noqa: PLC0415

    bar = _Bar()
    found = verifying(_asked(workspace, period, today), bar)
    bar.finish()
    for line in (*found.troubles, found.summary):
        click.echo(printable(line))
    sys.exit(1 if found.troubles else 0)


@main.command()
@click.argument("hash_or_file")
@click.option("--to", type=click.Path(path_type=Path), default=None, help="Where to put it (default: in this folder).")
@_shared
def extract(  # noqa: PLR0913, PLR0917 - one parameter per option, which click passes by name
    hash_or_file: str, to: Path | None, workspace: Path, period: str | None, today: date | None, verbose: bool
) -> None:
    """Give back one file that was received, from its HASH (the beginning will do) or its name."""
    from workflow.pipeline.verify import extract as extracting  # noqa: PLC0415

    click.echo(f"Written to {extracting(_asked(workspace, period, today), hash_or_file, to)}.")


@main.command()
@_shared
def fetch(workspace: Path, period: str | None, today: date | None, verbose: bool) -> None:
    """Read the mailbox into inbox/mail. Nothing in it is marked, moved or deleted unless the settings say so."""
    from workflow.pipeline import fetch as fetching  # noqa: PLC0415

    done = fetching.fetch(_asked(workspace, period, today))
    number = len(done.new)
    earlier = f" {done.before} had been fetched before." if done.before else ""
    click.echo(f"{number or 'No'} new message{'' if number == 1 else 's'} in the mailbox.{earlier}")
    _say_written(tuple(done.new), tuple(done.told), verbose)
    if number:
        click.echo("Next: run workflow collate.")
    sys.exit(1 if done.told else 0)


@main.command()
@click.option("--only", "kinds", multiple=True, metavar="KIND", help="Only drafts of this kind; may be given more than once.")
@click.option("--again", multiple=True, metavar="FILE", help="Only this draft, even though it went before, or may have.")
@click.option("--sent", "by_hand", multiple=True, metavar="FILE", help="Send nothing; remember that you sent this draft.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@_shared
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

    asked = _asked(workspace, period, today)
    if by_hand:
        click.echo(f"Remembered as sent: {', '.join(sending.by_hand(asked, by_hand))}.")
        return
    unknown = [kind for kind in kinds if kind not in sending.KINDS]
    if unknown:
        raise WorkflowError(f"There is no kind of letter {unknown[0]}. Use one of {', '.join(sending.KINDS)}.")
    plan = sending.plan(asked, sending.Wanted(kinds, again))
    click.echo("\n".join(plan.lines()))
    _say_written((), tuple(plan.told), verbose)
    if plan.letters and not dry_run:
        if not yes and not sys.stdin.isatty():
            raise WorkflowError("Nothing was sent, because there is nobody to ask. Run it in a terminal, or with --yes.")
        if not yes and not click.confirm("Send them now?"):
            click.echo("Nothing was sent.")
            sys.exit(1)
        done = sending.send(asked, plan)
        click.echo(f"{done.sent} of {len(plan.letters)} sent.")
        _say_written((), tuple(done.told), verbose)
        plan.told += done.told
    sys.exit(1 if plan.told else 0)


def _say_written(written: tuple[str, ...], notes: tuple[str, ...], verbose: bool) -> None:
    for path in written if verbose else ():
        click.echo(f"  {path}")
    for note in notes:
        click.echo(f"Note: {note}")


def _say_verdict(as_json: dict[str, Any] | None, text: str) -> None:
    if as_json is None:
        click.echo(text)
        return
    from workflow.pipeline.verdict import json_text  # noqa: PLC0415

    click.echo(json_text(as_json))


class _Bar:
    """A progress bar that appears only when a run takes more than a second, and only on a terminal."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False

    def __call__(self, what: str, done: int, of: int) -> None:
        if sys.stderr.isatty() and time.monotonic() - self._started > _QUIET_SECONDS:
            self._shown = True
            filled = 30 * done // of
            click.echo(f"\r{what:<16}{'#' * filled}{'.' * (30 - filled)} {done} of {of}  ", err=True, nl=False)

    def finish(self) -> None:
        """End the line."""
        if self._shown:
            click.echo("", err=True)
