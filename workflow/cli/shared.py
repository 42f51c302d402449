"""What every command shares: its options, the group they stand in, what is said at the end, and a progress bar."""

from __future__ import annotations

import gc
import io
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from workflow import __version__
from workflow.errors import WorkflowError

if TYPE_CHECKING:
    from pathlib import Path

    from workflow.pipeline.close import Closed
    from workflow.pipeline.reviewed import Imports
    from workflow.pipeline.roll import Rolled
    from workflow.pipeline.state import Asked
    from workflow.pipeline.takeback import TakenBack

_QUIET_SECONDS = 1.0  # a progress bar appears only when a run takes longer


class Day(click.ParamType[date]):
    """A date as people write it: 2023-10-27 or 27/10/2023."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day that was typed."""
        if isinstance(value, date):
            return value
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                continue
        return self.fail(f"{value} is not a date. Write it like 2023-10-27 or 27/10/2023.", param, ctx)


class File(click.Path):
    """A file or folder, as a `Path`; that is imported when one is given, as `--help` must stay instant."""

    def coerce_path_result(self, value: Any) -> Any:
        """The path that was typed."""
        from pathlib import Path  # noqa: PLC0415 - kept out of start-up

        return Path(value)


class Commands(click.Group):
    """Lists commands in the order of the quarter, and says a problem in one sentence with exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands as they were added."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command."""
        gc.set_threshold(100_000, 20, 100)  # a quarter is a million values, none of them in a ring
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a redirected Windows console may lack a character: never stop for it
                stream.reconfigure(errors="replace")
        try:
            return super().main(*args, **kwargs)
        except WorkflowError as error:
            from workflow.pipeline.verdict import printable  # noqa: PLC0415 - kept out of start-up

            click.echo(f"workflow could not run: {printable(str(error))}", err=True)
            sys.exit(2)


def shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every command takes."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say more."),
        click.option("--today", type=Day(), default=None, help="Act as if it were this day (default: today)."),
        click.option("--period", default=None, help="The period, like 2023-24-Q2 (default: the latest issued and not closed)."),
        click.option(
            "--workspace",
            type=File(file_okay=False),
            default=".",
            help="The workspace folder (default: here).",
        ),
    ):
        command = option(command)
    return command


def asked_with(workspace: Path, period: str | None, today: date | None, also: str = "") -> Asked:
    """What the shared options ask for, and `also_option`."""
    from workflow.pipeline.state import Asked  # noqa: PLC0415 - kept out of start-up

    formats: tuple[str, ...] = ()
    if also:
        from workflow.pipeline.also import chosen  # noqa: PLC0415

        formats = chosen(also)
    return Asked(workspace, period, today or date.today(), formats)  # noqa: DTZ011 - the coordinator's own day


also_option = click.option("--also", default="", metavar="ods,pdf", help="Write the packs in these formats too (LibreOffice).")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workflow")
def main() -> None:
    """Quarterly partner returns: templates out, returns in, one verdict, a tracker, board packs and email drafts.

    A quarter, in order: check, issue, collate (as often as you like), chase, collate.
    """


def say_lines(done: TakenBack | Closed | Imports | Rolled, bar: Bar | None = None) -> None:
    """What a run did, and its notes; exit code 1 where somebody should read them."""
    from workflow.pipeline.verdict import printable  # noqa: PLC0415 - kept out of start-up

    if bar:
        bar.finish()
    for line in done.lines:
        click.echo(printable(line))
    say_written((), tuple(map(printable, done.notes)), verbose=False)
    sys.exit(1 if done.notes else 0)


def say_written(written: tuple[str, ...], notes: tuple[str, ...], verbose: bool) -> None:
    """The files that were written, with -v, and what there is to note."""
    for path in written if verbose else ():
        click.echo(f"  {path}")
    for note in notes:
        click.echo(f"Note: {note}")


def say_verdict(as_json: Mapping[str, Any] | None, text: str) -> None:
    """The verdict, as JSON or in words."""
    if as_json is None:
        click.echo(text)
        return
    from workflow.pipeline.verdict import json_text  # noqa: PLC0415

    click.echo(json_text(as_json))


class Bar:
    """A progress bar that appears only when a run takes more than a second, and only on a terminal."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False

    def __call__(self, what: str, done: int, of: int) -> None:
        """One step more is done."""
        if sys.stderr.isatty() and time.monotonic() - self._started > _QUIET_SECONDS:
            self._shown = True
            filled = 30 * done // of
            click.echo(f"\r{what:<16}{'#' * filled}{'.' * (30 - filled)} {done} of {of}  ", err=True, nl=False)

    def finish(self) -> None:
        """End the line."""
        if self._shown:
            click.echo("", err=True)
