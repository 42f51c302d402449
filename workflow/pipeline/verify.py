"""The archive held to its word: each file received hashed again, replayed into an empty ledger, compared; or given back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Ledger, Run
from workflow.model import Submission
from workflow.pipeline import emit
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.closings import Closings
from workflow.pipeline.opener import Parcel, opener
from workflow.pipeline.quarter import work_out
from workflow.pipeline.receive import by_container, named, parts_named
from workflow.pipeline.runs import changes_of
from workflow.pipeline.state import Asked, facts, open_ledger, taken
from workflow.pipeline.workspace import Workspace

_RESTORE = "Restore the ledger from a backup that verifies."


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of it: a sentence for each thing that is wrong, and one that says how much was looked at."""

    troubles: tuple[str, ...]
    summary: str


def verify(asked: Asked, progress: emit.Progress = emit.quiet) -> Verified:
    """Hash every archived file again, judge each as it was judged, merge them into an empty ledger, and compare.

    Raises WorkflowError where there is no run yet, or its register is no longer in the archive.
    """
    with open_ledger(asked.root, read_only=True) as ledger:
        run = ledger.last_run()
        if run is None:
            raise WorkflowError("Nothing has been received yet, so there is nothing to verify.")
        removed = ledger.tombstones.standing()
        known = by_container(s for s in ledger.submissions() if s.container not in removed)
        damaged = dict(_damaged(ledger, _names(ledger, known, run)))
        troubles = list(damaged.values())
        if run.register in damaged or run.forms in damaged:
            return Verified(tuple(troubles), "The rest could not be replayed without it.")
        workspace = workspaces.as_kept(asked.root, _kept(ledger, run.register), _kept(ledger, run.forms))
        replayed, others = _replay(workspace, ledger, known, set(damaged), progress)
        for sha, leaves in replayed.items():
            troubles.extend(_differences(known[sha], leaves))
        if not troubles and not others:
            troubles.extend(_standings(asked, workspace, ledger, [s for leaves in replayed.values() for s in leaves]))
        troubles.extend(Closings(ledger).altered(asked.root))
        blobs = len(ledger.archived())
    cells = sum(len(s.answers) for leaves in replayed.values() for s in leaves)
    said = f"{blobs} archived files hashed; {len(replayed)} received files replayed, {cells:,} cells"
    if removed:
        said += f"; {len(removed)} removed for good"
    if others:
        said += (
            f"; {others} not compared, because the settings or the version have changed since they were judged"
            " (run collate, then verify again)"
        )
    return Verified(tuple(troubles), said + (": all as the ledger has it." if not troubles and not others else "."))


def extract(asked: Asked, name: str, to: Path | None = None) -> Path:
    """Write one received file, or one part of one, to `to` (a file or a folder; default: here). Returns where it stands.

    `name` is its name as the verdict gives it, or the beginning of its hash. Nothing is overwritten.
    """
    workspace = workspaces.load(asked.root)
    with open_ledger(asked.root, read_only=True) as ledger:
        known = by_container(ledger.submissions())
        hits = sorted({(s.container, s.sha256, s.title) for s in _hits(name, known)})
        if len({sha for _, sha, _ in hits}) > 1:
            listed = ", ".join(sorted(f"{sha[:12]} ({title})" for _, sha, title in hits)[:6])
            raise WorkflowError(f"More than one file is called {name}. Name one of these hashes: {listed}.")
        container, sha, title = hits[0]
        data = ledger.extract(container)
    if data is not None and sha != container:
        data = opener(workspace.ground).extract(data, title, sha)
    if data is None:
        raise WorkflowError(f"The archive does not hold the bytes of {name} any more.")
    suffix = re.search(r"\.[A-Za-z0-9]{1,5}$", title)
    target = to or Path()
    if target.is_dir():  # its sender's name is no path: ours says which it is
        target /= f"received-{sha[:12]}{suffix.group().lower() if suffix else '.bin'}"
    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise WorkflowError(f"{target} is there already, and nothing is overwritten. Name another file with --to.") from error
    except OSError as error:
        raise WorkflowError(f"{target} could not be written ({error.strerror or error}).") from error
    return target


def _hits(name: str, known: Mapping[str, Sequence[Submission]]) -> Iterator[Submission]:
    """The leaves that are meant: those of that hash or name; else, of a received file that is named, the file as a whole."""
    if parts := parts_named(name, known):
        yield from parts
        return
    for sha in named([name], (), known):
        first = known[sha][0]
        yield replace(first, part=None, sha256=sha)


# --- the archive


def _names(ledger: Ledger, known: Mapping[str, Sequence[Submission]], last: Run) -> dict[str, str]:
    """What each archived hash is, in words."""
    names = {sha: leaves[0].file for sha, leaves in known.items()}
    names |= {f.sha256: f"the closed pack {f.name}" for closure in ledger.closures.all() for f in closure.files}
    return {**names, last.register: "the register of the last run", last.forms: "the forms of the last run"}


def _damaged(ledger: Ledger, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    archived = ledger.archived()
    for sha in archived:
        try:
            data = ledger.extract(sha)
        except WorkflowError:
            data = None
        if data is None or hash_of(data) != sha:
            what = names.get(sha, "an earlier register or form")
            yield sha, f"{what} ({sha[:12]}): the bytes in the archive are not those that were received. {_RESTORE}"
    for sha, what in names.items():
        if sha not in archived:
            yield sha, f"{what} ({sha[:12]}): its bytes are missing from the archive. {_RESTORE}"


def _kept(ledger: Ledger, sha: str) -> bytes:
    data = ledger.extract(sha)
    if data is None:
        raise WorkflowError("The ledger does not hold the register of its last run, so it cannot be replayed.")
    return data


# --- the replay


def _replay(
    workspace: Workspace,
    ledger: Ledger,
    known: Mapping[str, Sequence[Submission]],
    damaged: set[str],
    progress: emit.Progress,
) -> tuple[dict[str, Sequence[Submission]], int]:
    """Every received file judged again on what the last run judged on; and how many were judged on something else."""
    opening, keys = opener(workspace.ground), ledger.judged()
    whole = [sha for sha in known if sha not in damaged]
    same = [sha for sha in whole if keys[sha] == workspace.ground.key]
    closed = [sha for sha in whole if sha not in same and not any(s.answers for s in known[sha])]
    replayed: dict[str, Sequence[Submission]] = {}
    for n, sha in enumerate(same, 1):
        first = known[sha][0]
        data = ledger.extract(sha)
        if data is not None:
            replayed[sha] = opening.open(Parcel(first.file, sha, date.fromisoformat(first.received)), data)
        progress("Replaying", n, len(same))
    replayed.update({sha: known[sha] for sha in closed})  # refused under an earlier register, and not opened again since
    return replayed, len(whole) - len(replayed)


def _differences(recorded: Sequence[Submission], replayed: Sequence[Submission]) -> Iterator[str]:
    """In words, how a received file reads otherwise than it was recorded."""
    if [s.part for s in recorded] != [s.part for s in replayed]:
        yield f"{recorded[0].file}: it has other parts than were recorded. {_RESTORE}"
        return
    for old, new in zip(recorded, replayed, strict=True):
        if old == new:
            continue
        cells = [a.place for a, b in zip(old.answers, new.answers, strict=False) if a != b]
        where = f" (first at {cells[0].sheet} {cells[0].cell})" if cells else ""
        yield f"{old.place}: read again, it comes to something else than was recorded{where}. {_RESTORE}"


def _standings(asked: Asked, workspace: Workspace, ledger: Ledger, leaves: Sequence[Submission]) -> Iterator[str]:
    """What stands in an empty ledger once everything has been merged into it, held against what stands in ours."""
    run = ledger.last_run()
    if run is None:
        return
    on = replace(asked, period=run.period, today=date.fromisoformat(run.today))
    worked = work_out(facts(workspace, on), taken(ledger, leaves))
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder, "ledger.sqlite")) as empty:
        with empty.transaction():
            empty.add_run(run)
            for s in leaves:
                empty.add_submission(s, workspace.ground.key, run.id)
            for period, changed in changes_of(worked, {}).items():
                empty.add_changes(run.id, period, changed)
        ours, theirs = ledger.standings(), empty.standings()
    for period in sorted({*ours, *theirs}):
        here, there = ours.get(period, {}), theirs.get(period, {})
        slots = sorted(slot for slot in {*here, *there} if here.get(slot) != there.get(slot))
        if slots:
            form, key, name = slots[0]
            yield (
                f"{period}: {len(slots)} values stand otherwise than the files received come to"
                f" (the first: {name} of {key} in {form}). {_RESTORE}"
            )
