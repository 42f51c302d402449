"""Receive: every file of the inbox opened and judged in a child process with limits, and nothing it says taken on trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from workflow import inbox
from workflow.errors import WorkflowError
from workflow.inbox import Received
from workflow.ledger import Ledger
from workflow.model import Submission, SubmissionState
from workflow.pipeline import trackers
from workflow.pipeline.ground import Ground
from workflow.pipeline.opener import Parcel, opener
from workflow.wording import first_few

Progress = Callable[[str, int, int], None]

_PREFIX = 6  # characters of a hash that will do


@dataclass(frozen=True, slots=True)
class Intake:
    """What the inbox and the ledger hold together, by the hash of the received file. `fresh` was judged in this run."""

    received: tuple[Received, ...]
    known: Mapping[str, Sequence[Submission]]  # as judged before
    fresh: Mapping[str, Sequence[Submission]]

    @property
    def all(self) -> dict[str, Sequence[Submission]]:
        """Every received file as it now stands judged."""
        return {**self.known, **self.fresh}

    @property
    def leaves(self) -> Iterator[Submission]:
        """Every leaf of every received file."""
        return (s for leaves in self.all.values() for s in leaves)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """One received file that is to be opened, and where its bytes are; None where they are no longer those that were seen."""

    parcel: Parcel
    data: Callable[[], bytes | None]


def receive(place: tuple[Path, date], ground: Ground, ledger: Ledger, retry: Sequence[str], progress: Progress) -> Intake:
    """Look through the inbox of a workspace, on a day, and judge what has not been judged on today's register and forms.

    `place` is the workspace's folder and the day. What was refused is not opened again unless `retry` names it: its file,
    its part or the beginning of its hash. Raises WorkflowError where that names nothing that was ever received.
    """
    root, today = place
    received = present(root, ground.settings.limits.file_bytes, ledger)
    known = by_container(ledger.submissions())
    keys = ledger.judged()
    again = named(retry, received, known)
    if again & ledger.tombstones.standing().keys():
        raise WorkflowError("What was removed for good cannot be taken in again. Ask its sender for a new copy.")
    waiting = list(_waiting(root, received, known, _Judged(ledger, keys, ground.key, again, today)))
    fresh: dict[str, Sequence[Submission]] = {}
    opened = opener(ground).open_all([(one.parcel, one.data) for one in waiting])
    for n, (one, leaves) in enumerate(zip(waiting, opened, strict=True), 1):
        sha = one.parcel.sha256
        if leaves is not None and (keys.get(sha) != ground.key or leaves != tuple(known[sha])):
            fresh[sha] = leaves  # else it was opened again because somebody asked, and is as it was
        progress("Reading returns", n, len(waiting))
    moving = {r.sha256 for r in received if r.sha256 in fresh and not inbox.unchanged(root, r)}
    looked = tuple(_not_ready(r) if r.sha256 in moving or _gone(r, known, fresh) else r for r in received)
    return Intake(looked, known, {sha: leaves for sha, leaves in fresh.items() if sha not in moving})


def present(root: Path, limit: int, ledger: Ledger) -> tuple[Received, ...]:
    """What stands there to be received: the inbox, and the trackers that somebody typed into."""
    return (*inbox.scan(root, limit), *trackers.changed(root, ledger, limit))


def by_container(submissions: Iterable[Submission]) -> dict[str, list[Submission]]:
    """The leaves of each received file, by its hash."""
    known: dict[str, list[Submission]] = {}
    for s in submissions:
        known.setdefault(s.container, []).append(s)
    return known


def _gone(r: Received, known: Mapping[str, object], fresh: Mapping[str, object]) -> bool:
    """Whether a file changed between the first look at it and its being read."""
    return r.state is None and r.sha256 not in known and r.sha256 not in fresh


def _not_ready(r: Received) -> Received:
    reason = "It changed while it was being read. See that it has finished copying, and run collate again."
    return replace(r, sha256="", state=SubmissionState.NOT_READY, reason=reason)


# --- what is to be opened


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was judged before, under which key, and what is asked for again."""

    ledger: Ledger
    keys: Mapping[str, str]  # by received file
    key: str
    again: frozenset[str]
    today: date


def _waiting(
    root: Path, received: Iterable[Received], known: Mapping[str, Sequence[Submission]], before: _Judged
) -> Iterator[_Waiting]:
    here = {r.sha256: r for r in reversed(tuple(received)) if r.sha256 and r.state is None}

    def settled(sha: str) -> dict[str | None, Submission]:
        return {s.part: s for s in known[sha] if s.state is SubmissionState.REFUSED and sha not in before.again}

    for sha, r in sorted(here.items(), key=lambda pair: pair[1].file):
        if sha not in known:
            yield _Waiting(Parcel(r.file, sha, before.today), partial(inbox.read, root, r))
    for sha, leaves in known.items():
        closed = all(s.state in (SubmissionState.REFUSED, SubmissionState.IGNORED) for s in leaves)
        if sha in before.again or (before.keys[sha] != before.key and not closed):
            first = leaves[0]
            day = date.fromisoformat(first.received)
            yield _Waiting(Parcel(first.file, sha, day, settled(sha)), partial(before.ledger.extract, sha))


def named(retry: Sequence[str], received: Iterable[Received], known: Mapping[str, Sequence[Submission]]) -> frozenset[str]:
    """The received files that are named: by file, by its own name, by part, or by the beginning of a hash."""
    found: set[str] = set()
    for name in retry:
        wanted = _plain(name)
        hits = {s.container for group in known.values() for s in group if wanted in _names(s)}
        hits |= {r.sha256 for r in received if r.sha256 in known and wanted in (r.file.casefold(), _own(r.file).casefold())}
        if len(wanted) >= _PREFIX:
            leaves = [s for group in known.values() for s in group]
            hits |= {s.container for s in leaves if s.container.startswith(wanted) or s.sha256.startswith(wanted)}
        if not hits:
            raise WorkflowError(
                f"Nothing that was received is called {name}. Name the file as the verdict does, like inbox/Q2 police.xlsx."
            )
        found |= hits
    return frozenset(found)


def chosen(
    name: str, received: Iterable[Received], known: Mapping[str, Sequence[Submission]], wanted: Callable[[Submission], bool]
) -> list[Submission]:
    """The `wanted` leaves of the one workbook, message or zip file that is named; none where nothing of it is wanted.

    Raises WorkflowError where nothing that was ever received is called so, and where more than one file that is wanted is.
    """
    files = named([name], received, known)
    parts = parts_named(name, known)
    leaves = [s for s in parts or [s for sha in sorted(files) for s in known[sha]] if wanted(s)]
    if len({s.sha256 if parts else s.container for s in leaves}) > 1 and len({s.sha256 for s in leaves}) > 1:
        listed = {(s.sha256, s.place) if parts else (s.container, s.file): s.received for s in reversed(leaves)}
        words = [f"{sha[:12]} ({what}, received on {date.fromisoformat(day):%d/%m/%Y})" for (sha, what), day in listed.items()]
        raise WorkflowError(f"More than one file is called {name}. Name one of these hashes: {first_few(words[::-1], 6)}.")
    return leaves


def parts_named(name: str, known: Mapping[str, Sequence[Submission]]) -> list[Submission]:
    """The leaves that bear a name themselves, or a hash that begins so."""
    wanted = _plain(name)
    leaves = [s for group in known.values() for s in group]
    named_so = [s for s in leaves if wanted in (s.place.casefold(), s.title.casefold())]
    return named_so or [s for s in leaves if len(wanted) >= _PREFIX and s.sha256.startswith(wanted)]


def _plain(name: str) -> str:
    return name.replace("\\", "/").casefold().removeprefix("./")


def _names(s: Submission) -> set[str]:
    return {n.casefold() for n in (s.file, _own(s.file), s.place, s.title)}


def _own(file: str) -> str:
    return file.rpartition("/")[2]
