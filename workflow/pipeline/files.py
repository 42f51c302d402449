"""What became of every file of the inbox, and of every part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from workflow.inbox import Received
from workflow.ledger import PURGED
from workflow.model import INSIDE, Submission, SubmissionState
from workflow.pipeline.receive import by_container
from workflow.pipeline.withdrawn import WITHDRAWN
from workflow.wording import bare

_SETTLED = (SubmissionState.MERGED, SubmissionState.DUPLICATE)


@dataclass(frozen=True, slots=True)
class FileState:
    """What became of one file, or of one part of it. `quiet`: ignored as a matter of routine."""

    file: str
    sha256: str
    partner: str
    period: str
    state: SubmissionState
    reason: str = ""
    part: str | None = None
    quiet: bool = False
    sender: str = ""
    code: str = ""  # why it is refused or ignored; stable

    @classmethod
    def of(cls, s: Submission, file: str = "") -> FileState:
        """A leaf as it was judged, under the name that its file now has in the inbox."""
        return cls(file or s.file, s.sha256, s.partner, s.period, s.state, s.reason, s.part, s.quiet, s.sender, s.code)

    @property
    def needs_person(self) -> bool:
        """Whether somebody should look: it was not taken, and that is no matter of routine, nor what a person wanted."""
        return self.state not in _SETTLED and not self.quiet and self.code not in (WITHDRAWN, PURGED)

    @property
    def place(self) -> str:
        """The file, and the part of it."""
        return self.file if self.part is None else f"{self.file}{INSIDE}{self.part}"

    @property
    def words(self) -> str:
        """What became of it, for run.txt."""
        whose = f" ({self.partner}, {self.period})" if self.partner and self.period else ""
        sent = f", from {self.sender} (unverified)" if self.sender else ""
        return f"{self.state.value}{whose}{sent}" + (f". {bare(self.reason, self.place)}" if self.reason else "")


def listing(files: Sequence[FileState]) -> list[str]:
    """Every file and every part of it, a line each, below the file that it came in; routine parts on one line."""
    lines: list[str] = []
    for file, group in groupby(files, key=lambda f: f.file):
        states = tuple(group)
        lines += [f"{file}: {f.words}" for f in states if f.part is None]
        parts = [f for f in states if f.part is not None]
        lines += [f"{file}:"] if parts else []
        lines += [f"    {f.part}: {f.words}" for f in parts if not f.quiet]
        routine = [f for f in parts if f.quiet]
        for reason, alike in groupby(sorted(routine, key=lambda f: f.reason), key=lambda f: f.reason):
            names = dict.fromkeys(str(f.part).rpartition(INSIDE)[2] for f in alike)
            lines.append(f"    {', '.join(names)}: ignored. {reason}")
    return lines


def file_states(received: Iterable[Received], submissions: Iterable[Submission]) -> tuple[FileState, ...]:
    """What became of every file that stands in the inbox, and of every one received before that does not."""
    known = by_container(submissions)
    present = tuple(received)
    names = {r.file for r in present if r.sha256}
    states: list[FileState] = []
    seen: dict[str, str] = {}
    for r in present:
        leaves = known.get(r.sha256, ()) if r.sha256 and r.state is None else ()
        if not leaves:
            states.append(FileState(r.file, r.sha256, "", "", r.state or SubmissionState.NOT_READY, r.reason))
            continue
        first = seen.setdefault(r.sha256, leaves[0].file if leaves[0].file in names else r.file)
        states.extend(_again(r, leaves, first) if first != r.file else [FileState.of(s, r.file) for s in leaves])
    states.extend(FileState.of(s) for sha, leaves in known.items() if sha not in seen for s in leaves)
    return tuple(sorted(states, key=lambda f: f.file))


def _again(r: Received, leaves: Sequence[Submission], first: str) -> list[FileState]:
    """A file that stands in the inbox twice, under two names."""
    s = leaves[0]
    reason = f"The same file as {first}, received on {date.fromisoformat(s.received):%d/%m/%Y}."
    return [FileState(r.file, r.sha256, s.partner, s.period, SubmissionState.DUPLICATE, reason)]
