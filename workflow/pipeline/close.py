"""Close: the papers of a period are frozen as they were published. What changes in it later is told in the next ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Closure, Frozen, Ledger, backup
from workflow.model import Finding, Period, Register, Severity
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.closings import Closings
from workflow.pipeline.files import FileState
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked, taken, writing
from workflow.pipeline.verdict import printable
from workflow.pipeline.workspace import CLOSED, LEDGER
from workflow.wording import shorten

_LISTED = 4  # of what is still held or asked


@dataclass(frozen=True, slots=True)
class Closed:
    """What was closed: the period, by which run, the files that were frozen, and who had not returned everything."""

    period: Period
    run: int
    files: tuple[Frozen, ...]
    owing: tuple[str, ...]  # names of partners
    next: str
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it in sentences; the notes apart."""
        number = len(self.files)
        what = f"{number} pack{'' if number == 1 else 's'} frozen in outbox/{self.period.key}/closed, with manifest.json"
        owing = (f"Closed without all of the returns of {', '.join(self.owing)}.",) if self.owing else ()
        lines = (
            f"Run {self.run}: {self.period.label} is closed. {what if number else 'No pack was due, so none is frozen.'}",
            *(f"  {f.name}  {f.size:,} bytes  {f.sha256[:12]}" for f in self.files),
            *owing,
            f"A return that still comes for {self.period.label} is taken in as ever. What it changes is told in the next packs,"
            " under Corrections to earlier papers.",
            self.next,
        )
        return tuple(printable(line) for line in lines)


def close(asked: Asked, *, anyway: bool = False, progress: emit.Progress = emit.quiet) -> Closed:
    """Freeze a period's packs as they now are. `anyway` also where something of it is still held or asked.

    Raises WorkflowError where it cannot be closed, saying what to do first.
    """
    workspace = workspaces.load(asked.root)
    workspace.period(asked.period, asked.today)  # one that is not there is said before anything is opened
    with writing(asked.root) as ledger:
        closings = Closings(ledger)
        period = workspace.closing(closings.periods).period(asked.period, asked.today)
        asked = replace(asked, period=period.key)
        _refuse_twice(period, closings)
        going = Going.of(asked, workspace, ledger, taken(ledger, ledger.submissions()))
        quarter = going.worked[period.key]
        _refuse_early(going, quarter, closings)
        if not anyway:
            _refuse_unsettled(quarter, workspace.register)
        backup(asked.root / LEDGER, going.number)
        packs, notes = _published(going, progress, closings)
        closure = Closure(period.key, going.number, asked.today.isoformat(), tuple(_frozen(packs)))
        verdict = replace(going.verdict(tuple(FileState.of(s) for s in quarter.submissions), fresh=True), run=going.number)
        going.record("close", verdict, lambda _run: _freeze(ledger, closure, packs))
        done = going.publish(verdict, progress)
        following = next((p for p in going.workspace.periods if p.start > period.start and p.state != CLOSED), None)
        return Closed(
            period,
            closure.run,
            closure.files,
            tuple(workspace.register.partner_name(r.partner) for r in quarter.returns if emit.owes(r)),
            _next(following, asked.today),
            tuple(dict.fromkeys((*notes, *done.notes))),
        )


# --- when it is refused


def _refuse_twice(period: Period, closings: Closings) -> None:
    if day := closings.day(period.key):
        raise WorkflowError(
            f"{period.label} was closed on {day:%d/%m/%Y} already. What has changed in it since is told in the next packs."
        )


def _refuse_early(going: Going, quarter: Quarter, closings: Closings) -> None:
    """Before anything of it was collated; and while an earlier period is open, as its later answers change this one too."""
    period = quarter.period
    told = going.asked.root / "outbox" / period.key / "run.json"  # a collate that finds nothing new is no run, but says so
    if not quarter.submissions and going.ledger.last_run(period=period.key) is None and not told.is_file():
        raise WorkflowError(
            f"Nothing has been collated for {period.label} yet, so there is nothing to close."
            f" Run workflow collate --period {period.key} first, or name another period with --period."
        )
    earlier = [q.period for q in going.worked.values() if q.period.start < period.start and q.submissions]
    still = next((p for p in earlier if p.key not in closings and p.state != CLOSED), None)
    if still:
        raise WorkflowError(
            f"{still.label} has returns and is still open, so {period.label} cannot be closed yet."
            f" Run workflow close --period {still.key} first."
        )


def _refuse_unsettled(quarter: Quarter, register: Register) -> None:
    stops = [f for f in quarter.findings if f.severity is Severity.STOP]
    queries = [f for f in quarter.findings if f.severity is Severity.QUERY]
    if not (stops or queries):
        return
    number = [f"{len(stops)} held" if stops else "", f"{len(queries)} asked" if queries else ""]
    listed = "; ".join(_listed(f, register) for f in (*stops, *queries)[:_LISTED])
    more = len(stops) + len(queries) - _LISTED
    raise WorkflowError(
        f"{quarter.period.label} cannot be closed while something of it is open ({' and '.join(n for n in number if n)}):"
        f" {listed}{f'; and {more} more' if more > 0 else ''}. Settle them in decisions-{quarter.period.key}.xlsx and run"
        " workflow collate, or close it all the same with --anyway."
    )


def _listed(f: Finding, register: Register) -> str:
    who = f"{register.partner_name(f.partner)}: " if f.partner else ""
    said = f.message.removesuffix(f.remedy).strip() if f.remedy and f.message.endswith(f.remedy) else f.message
    return f"({f.reference}) {who}{shorten(said, 120).rstrip('.')}"


# --- what is frozen


def _published(going: Going, progress: emit.Progress, closings: Closings) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Write the outputs as `emit` does; the packs by name, as they then stand, with what could not be put in its place.

    One that a person has changed is frozen as that person left it: it is what was published.
    """
    root, key = going.asked.root, going.asked.period or ""
    papers = going.emitter(progress, closings).outputs(key)
    papers.remember(going.ledger)
    emitted = emit.write(root, papers.files, going.asked.today, going.ledger)
    folder = f"outbox/{key}/boards/"
    packs: dict[str, bytes] = {}
    notes = list(emitted.notes)
    for path, data in papers.files.items():
        if path.startswith(folder):
            name, standing = path.removeprefix(folder), (root / path).read_bytes() if (root / path).is_file() else data
            packs[name] = standing
            if standing != data:
                notes.append(f"{path} is not as it was written here, and is frozen as it stands.")
    return packs, tuple(notes)


def _frozen(packs: Mapping[str, bytes]) -> list[Frozen]:
    return [Frozen(name, hash_of(data), len(data)) for name, data in sorted(packs.items())]


def _freeze(ledger: Ledger, closure: Closure, packs: Mapping[str, bytes]) -> None:
    for f in closure.files:
        ledger.archive(f.sha256, packs[f.name])
    ledger.closures.add(closure)


def _next(following: Period | None, today: date) -> str:
    if following is None:
        return "Next: add the next period to the register's Periods sheet, then run workflow issue."
    if following.issue_date <= today:
        return f"Next: {following.label}, which is open: run workflow collate --period {following.key}."
    when = f"{following.issue_date:%d/%m/%Y}"
    return f"Next: {following.label}. Its templates go out on {when}: run workflow issue --period {following.key}."
