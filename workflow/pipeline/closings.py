"""The periods that were closed, as a run sees them: what stood then, what stands otherwise now, and their papers, kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from workflow import items
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Ledger
from workflow.merge import Merged, fold
from workflow.model import Balance, Slot, Standing
from workflow.outputs import corrections
from workflow.outputs.scope import Scope
from workflow.outputs.view import Restated, View
from workflow.pipeline.quarter import Facts, Quarter, view_of

MANIFEST = "manifest.json"


class Closings:
    """What the ledger has of closed periods, by the runs on or before a day. What stood then is read once, when asked for."""

    def __init__(self, ledger: Ledger, as_at: str = "9999") -> None:
        self._ledger = ledger
        self._closures = {c.period: c for c in ledger.closures.all(as_at)}
        self._stood: dict[int, Mapping[str, Mapping[Slot, Standing]]] = {}
        self._known: dict[int, frozenset[str]] = {}

    def __contains__(self, period: object) -> bool:
        return period in self._closures

    @property
    def ledger(self) -> Ledger:
        """Where they stand."""
        return self._ledger

    @property
    def periods(self) -> frozenset[str]:
        """Their keys."""
        return frozenset(self._closures)

    def day(self, period: str) -> date | None:
        """The day on which a period was closed."""
        closure = self._closures.get(period)
        return date.fromisoformat(closure.today) if closure else None

    def last_told(self, closed: str, periods: Iterable[str]) -> int:
        """The run at which a closed period was last told of: its own closing, or a later one of any of these periods."""
        return max(self._closures[key].run for key in (closed, *periods) if key in self._closures)

    def stood(self, run: int) -> Mapping[str, Mapping[Slot, Standing]]:
        """What each period had given when a run had been made."""
        if run not in self._stood:
            self._stood[run] = self._ledger.standings(upto=run)
        return self._stood[run]

    def known(self, run: int) -> frozenset[str]:
        """The files, by their own hash, that had come in when a run had been made."""
        if run not in self._known:
            first = self._ledger.withdrawals.first_taken()
            self._known[run] = frozenset(sha for (_, sha), taken in first.items() if taken <= run)
        return self._known[run]

    def packs(self, period: str) -> dict[str, bytes]:
        """The packs of a closed period, byte for byte, by name. Raises WorkflowError where the archive has lost one."""
        return {f.name: self._kept(f.sha256, f.name) for f in self._closures[period].files}

    def missing(self, root: Path) -> dict[str, bytes]:
        """What is missing of closed papers, to be put back: every pack where it was published, and all of `closed`.

        A frozen file that somebody has changed is among them: the true one is put beside it.
        """
        files: dict[str, bytes] = {}
        for closure in self._closures.values():
            closed = f"outbox/{closure.period}/closed"
            manifest = closure.manifest.encode()
            if not _stands(root, f"{closed}/{MANIFEST}", hash_of(manifest)):
                files[f"{closed}/{MANIFEST}"] = manifest
            for f in closure.files:
                published = f"outbox/{closure.period}/boards/{f.name}"
                paths = [] if (root / published).exists() else [published]
                paths += [] if _stands(root, f"{closed}/{f.name}", f.sha256) else [f"{closed}/{f.name}"]
                files.update((path, self._kept(f.sha256, f.name)) for path in paths)
        return files

    def altered(self, root: Path) -> list[str]:
        """In words, which frozen files of the outbox are no longer what they were. What is missing can be put back."""
        return [
            f"{path}: it is not as it was when {closure.period} was closed. Remove it, and workflow collate puts it back."
            for closure in self._closures.values()
            for f in closure.files
            if (root / (path := f"outbox/{closure.period}/closed/{f.name}")).is_file() and not _stands(root, path, f.sha256)
        ]

    def _kept(self, sha256: str, name: str) -> bytes:
        data = self._ledger.extract(sha256)
        if data is None:
            raise WorkflowError(
                f"The ledger's copy of the closed paper {name} is lost. Run workflow verify, and restore the last good copy."
            )
        return data


def _stands(root: Path, path: str, sha256: str) -> bool:
    target = root / path
    return target.is_file() and hash_of(target.read_bytes()) == sha256


def view_with(closings: Closings, facts: Facts, quarters: Mapping[str, Quarter], key: str) -> View:
    """One period as its outputs see it, with the closed periods up to it whose papers must be corrected."""
    return replace(view_of(facts, quarters, key), restated=_restated(closings, facts, quarters, key))


def told_otherwise(closings: Closings, facts: Facts, quarters: Mapping[str, Quarter], key: str) -> tuple[str, ...]:
    """In words, how many values the closed papers show otherwise, by period: the corrections of the tracker."""
    restated = _restated(closings, facts, quarters, key)
    if not restated:
        return ()
    view = replace(view_of(facts, quarters, key), restated=restated)
    counts = Counter(c.period.label for c in corrections.corrections(Scope.on(view)))
    return tuple(
        f"{n} value{'' if n == 1 else 's'} of {label} that its closed papers show otherwise" for label, n in counts.items()
    )


def _restated(closings: Closings, facts: Facts, quarters: Mapping[str, Quarter], key: str) -> tuple[Restated, ...]:
    """A correction is told until the next period is closed: its papers have told it then. So each closed period is compared
    with what stood when the last of the periods from it up to this one was closed."""
    upto = [k for k, q in quarters.items() if q.period.start <= quarters[key].period.start]
    found = []
    for n, closed in enumerate(upto):
        if closed not in closings:
            continue
        run = closings.last_told(closed, upto[n:])
        stood, now = closings.stood(run).get(closed, {}), quarters[closed].merged.standing
        if {slot: s.value for slot, s in stood.items()} != {slot: s.value for slot, s in now.items()}:
            then = view_of(facts, _as_it_stood(facts, quarters, closings.stood(run)), closed)
            found.append(Restated(then, view_of(facts, quarters, closed), closings.known(run)))
    return tuple(found)


def _as_it_stood(
    facts: Facts, quarters: Mapping[str, Quarter], stood: Mapping[str, Mapping[Slot, Standing]]
) -> dict[str, Quarter]:
    """Every period with what it had given then, each standing on the ones before it."""
    before = items.opening(facts.register, facts.forms)
    then: dict[str, Quarter] = {}
    for key, quarter in quarters.items():
        merged = Merged(stood.get(key, {}), {}, Balance())
        then[key] = replace(quarter, before=before, merged=merged, submissions=(), findings=())
        before = fold([before, merged.standing])
    return then
