"""The packs in other formats (`--also ods,pdf`): made by LibreOffice beside each pack, and kept in step with it.

What the ledger has of such a file (in `made`, under its path) is the pack that it was made from. So it is made again only where
the pack has changed, or the program that makes it; and one whose pack has changed since is removed rather than left to mislead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from workflow import office, outbox
from workflow.errors import WorkflowError
from workflow.inbox import hash_of
from workflow.ledger import Ledger
from workflow.pipeline import made
from workflow.pipeline.emit import Emitted, Progress, quiet, write

KINDS = office.KINDS


def chosen(wanted: str) -> tuple[str, ...]:
    """The formats that a list like "ods,pdf" names. Raises WorkflowError where it names another."""
    names = tuple(dict.fromkeys(name.strip().lower() for name in wanted.split(",") if name.strip()))
    other = next((name for name in names if name not in KINDS), None)
    if other:
        raise WorkflowError(f"A pack cannot be had as {other}. Choose from {', '.join(KINDS)}, like --also {','.join(KINDS)}.")
    return names


@dataclass(frozen=True, slots=True)
class Beside:
    """The packs of one folder of the outbox, and what is to stand beside each."""

    root: Path
    folder: str  # "outbox/2023-24-Q4"
    today: date
    ledger: Ledger
    progress: Progress = quiet

    def emitted(self, emitted: Emitted, wanted: Sequence[str]) -> Emitted:
        """What was emitted, with the packs as `wanted` too; and without any such file that is out of date."""
        done = self._renew(wanted) if wanted else Emitted((), (), 0)
        gone, stuck = self._remove_stale()
        told = [f"{path} is out of date and could not be removed: close it, and run again." for path in stuck]
        once = (*done.notes, *_told_removed(gone))
        return replace(
            emitted,
            written=(*emitted.written, *self._standing()),
            notes=(*emitted.notes, *told),
            changed=emitted.changed + done.changed,
            left=(*emitted.left, *stuck),
            once=(*emitted.once, *once),
        )

    # --- what there is

    def _paths(self, suffix: str) -> list[str]:
        found = sorted((self.root / self.folder / "boards").glob(f"*.{suffix}"))
        return [path.relative_to(self.root).as_posix() for path in found if path.is_file()]

    def _packs(self) -> Iterator[tuple[str, bytes]]:
        """The packs as we wrote them, by path. What somebody has changed, or put there, is given to no other program."""
        for path in self._paths("xlsx"):
            data = (self.root / path).read_bytes()
            if self.ledger.wrote(path, hash_of(data)):
                yield path, data

    def _fresh(self, path: str) -> bool:
        """Whether a file in another format is as it was made, of the pack that still stands."""
        last = self.ledger.made(path)
        return bool(last) and bool(made.stand(self.root, self.ledger, path, last[0] if last else ""))

    def _standing(self) -> tuple[str, ...]:
        return tuple(path for kind in KINDS for path in self._paths(kind) if self._fresh(path))

    # --- what is made

    def _renew(self, wanted: Sequence[str]) -> Emitted:
        program = office.find()
        names = " and ".join(kind.upper() for kind in wanted)
        if program is None:
            again = f"workflow emit --also {','.join(wanted)}"
            told = f"LibreOffice was not found on this computer, so no {names} was made. Install it and run {again}."
            return Emitted((), (f"{told} Everything else is done.",), 0)
        packs, notes, changed = dict(self._packs()), list(self._not_ours(names)), 0
        for n, kind in enumerate(wanted):
            self.progress("Other formats", n, len(wanted))
            done = self._made(program, packs, kind)
            notes += done.notes
            changed += done.changed
        self.progress("Other formats", len(wanted), len(wanted))
        return Emitted((), tuple(notes), changed)

    def _not_ours(self, names: str) -> Iterator[str]:
        """A copy that the outbox put beside a file is not told of: the file that it stands beside is."""
        ours = {path for path, _ in self._packs()}
        for path in self._paths("xlsx"):
            if path not in ours and " (new " not in path:
                yield f"{path} is not as it was written here, so no {names} was made of it."

    def _made(self, program: office.Office, packs: dict[str, bytes], kind: str) -> Emitted:
        origin = hash_of("|".join((kind, program.version, made.program())).encode())
        targets = {pack: f"{pack.removesuffix('.xlsx')}.{kind}" for pack in packs}
        due = {pack: data for pack, data in packs.items() if not made.stand(self.root, self.ledger, targets[pack], origin)}
        came = program.convert(due, kind) if due else {}
        files = {targets[pack]: result for pack, result in came.items() if isinstance(result, bytes)}
        emitted = write(self.root, files, self.today, self.ledger)
        with self.ledger.transaction():
            for pack, data in due.items():
                path = targets[pack]
                if path in files and path in emitted.written:  # else it stands elsewhere, which must be told each time
                    self.ledger.add_made(path, origin, {path: hash_of(files[path]), pack: hash_of(data)})
        failed = (f"{pack} could not be made into {kind.upper()}: {why}." for pack, why in came.items() if isinstance(why, str))
        return Emitted((), (*emitted.notes, *failed), emitted.changed)

    # --- what is out of date

    def _remove_stale(self) -> tuple[list[str], list[str]]:
        """Remove what was made of a pack that is no longer so. A person's edit is left. What went, and what could not go."""
        box = outbox.Outbox(self.root, self.today, self.ledger.wrote)
        stale = [path for kind in KINDS for path in self._paths(kind) if not self._fresh(path) and box.is_ours(path)]
        gone = [path for path in stale if box.remove(path)]
        return gone, [path for path in stale if path not in gone]


def _told_removed(gone: Sequence[str]) -> tuple[str, ...]:
    if not gone:
        return ()
    kinds = ",".join(kind for kind in KINDS if any(path.endswith(f".{kind}") for path in gone))
    verb = "was removed, as its pack has" if len(gone) == 1 else "were removed, as their packs have"
    names = gone[0] if len(gone) == 1 else f"{len(gone)} files ({kinds.replace(',', ' and ')}) in {gone[0].rpartition('/')[0]}"
    return (f"{names} {verb} changed since. To have {'it' if len(gone) == 1 else 'them'} again, add --also {kinds}.",)
