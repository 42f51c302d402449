"""Opens received files in a child process with limits. One that kills its child costs itself, and no other file."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow import guard
from workflow.inbox import hash_of
from workflow.model import Form, Submission, SubmissionState
from workflow.pipeline import lanes, wire
from workflow.pipeline.ground import Ground
from workflow.pipeline.judge import beside, refused
from workflow.pipeline.worker import setup_for

CHILD = "workflow.pipeline.worker"  # what answers in the child
_BLAMED = 3  # leaves of one received file that may each cost a child its life; then the rest of it is not read
_ITS_OWN = ("time", "memory", "too much")  # what a fresh child only fails of for the file it is reading
_LANES = 2  # children that read at once where there is much to do, each in a processor of its own
MANY = 100  # received files from which that pays: a second child takes as long to start as to read some forty
_REPLY = 64 * 2**20  # bytes: room for one leaf given back whole


@dataclass(frozen=True, slots=True)
class Parcel:
    """One received file. `settled` are the leaves of it that were refused before and are not opened again, by part."""

    file: str
    sha256: str
    received: date
    settled: Mapping[str | None, Submission] = field(default_factory=dict)


Given = tuple[Parcel, Callable[[], bytes | None]]  # a received file, and how to get its bytes, if they are still there


class Opener:
    """Judges received files on one ground, one after another."""

    def __init__(self, ground: Ground, setup: bytes) -> None:
        self.setup, self.child = setup, CHILD
        self._ground = ground
        g = ground.settings.guard
        limits = guard.GuardLimits(g.seconds, max(g.seconds // 2, 1), g.memory_mb, _REPLY)
        self._workers = [guard.Worker(CHILD, setup, limits) for _ in range(_LANES)]
        self._worker = self._workers[0]  # the others have no child unless there is much to do
        self._stopped = False

    def close(self) -> None:
        """End the children."""
        for worker in self._workers:
            worker.close()

    def open_all(self, waiting: Sequence[Given]) -> Iterator[tuple[Submission, ...] | None]:
        """What `open` says of each received file, in order; None where its bytes are no longer those that were seen.

        Many files are opened by two children at once. Only a few files are held in memory at a time.
        """
        given = ((parcel, get()) for parcel, get in waiting)
        if len(waiting) < MANY or lanes.processors() < _LANES:
            yield from (None if data is None else self.open(parcel, data) for parcel, data in given)
            return
        try:
            yield from lanes.in_order(given, self._in_lane, _LANES, self._stop)
        finally:
            self._stopped = False

    def _in_lane(self, lane: int, given: tuple[Parcel, bytes | None]) -> tuple[Submission, ...] | None:
        parcel, data = given
        return None if data is None else self._open(self._workers[lane], parcel, data)

    def _stop(self) -> None:
        self._stopped = True
        for worker in self._workers:
            worker.interrupt()

    def open(self, parcel: Parcel, data: bytes) -> tuple[Submission, ...]:
        """Every leaf of a received file, judged: at least one."""
        return self._open(self._worker, parcel, data)

    def _open(self, worker: guard.Worker, parcel: Parcel, data: bytes) -> tuple[Submission, ...]:
        opening = _Opening(parcel, self._ground.forms)
        while not opening.complete:
            if self._stopped:
                raise InterruptedError("nobody waits for this file any more")
            fresh = worker.asked == 0
            try:
                opening.begin()
                for frame in worker.ask(wire.request_out(opening.request, data)):
                    opening.take(frame)
                opening.end()
            except (guard.ChildFailed, wire.NotBelievedError) as failure:
                worker.close()
                how = failure.how if isinstance(failure, guard.ChildFailed) else "garbage"
                if opening.is_to_blame(how, fresh=fresh):
                    opening.blame(how, self._sentence(how))
        return beside(opening.leaves)

    def extract(self, data: bytes, file: str, sha256: str) -> bytes | None:
        """The bytes of one leaf of a received file; None where it has none of that hash, or cannot be opened any more."""
        request = wire.request_out(wire.Request(file, date.min, extract=sha256), data)
        try:
            found = next(iter(list(self._worker.ask(request))), None)
        except guard.ChildFailed:
            return None
        return found if found is not None and hash_of(found) == sha256 else None

    def _sentence(self, how: str) -> str:
        g = self._ground.settings.guard
        ran_out = {"time": f"in the {g.seconds} seconds", "memory": f"in the {g.memory_mb:,} MB of memory"}.get(how)
        why = f"{ran_out} that one file is given" if ran_out else "without stopping the program that reads"
        return f"This file could not be read {why}: please copy the answers into a fresh copy of the form and send that."


class _Opening:
    """One received file while it is being opened: which leaves it has, and which of them are done."""

    def __init__(self, parcel: Parcel, forms: Mapping[str, Form]) -> None:
        self._parcel = parcel
        self._forms = forms
        self._listed: tuple[wire.Listed, ...] = ()
        self._done: dict[int, Submission] = {}
        self._reading: int | None = None
        self._blamed = 0
        self._failed: tuple[int | None, str] | None = None  # what a fresh child last failed at, and how

    @property
    def complete(self) -> bool:
        """Whether there is something to say of every leaf."""
        return 0 < len(self._listed) == len(self._done)

    @property
    def leaves(self) -> list[Submission]:
        """The leaves that are done, in order."""
        return [self._done[n] for n in sorted(self._done)]

    @property
    def request(self) -> wire.Request:
        """What is still to be asked."""
        parts = {*self._parcel.settled, *(leaf.part for n, leaf in enumerate(self._listed) if n in self._done)}
        return wire.Request(self._parcel.file, self._parcel.received, tuple(part or "" for part in parts))

    def begin(self) -> None:
        """A child begins on it."""
        self._reading = None

    def take(self, frame: bytes) -> None:
        """One thing that the child says. Raises NotBelievedError."""
        words = wire.said(frame)
        if words[0] == "leaves":
            self._list(wire.listed_in(words))
            return
        n = words[1] if len(words) > 1 else None
        if not isinstance(n, int) or not 0 <= n < len(self._listed):
            raise wire.NotBelievedError("a leaf that was not listed")
        self._reading = n
        if words[0] == "leaf":
            self._done[n] = wire.leaf_in(words, self._blank(self._listed[n]), self._forms)

    def end(self) -> None:
        """The child says that it is done. Raises NotBelievedError where it is not."""
        if not self.complete:
            raise wire.NotBelievedError("leaves that were listed are missing")

    def is_to_blame(self, how: str, *, fresh: bool) -> bool:
        """Whether a child failed for what it was reading, and not for something else.

        What a child had read before may have brought it down, or somebody may have stopped it: then once more, in a new one.
        """
        if not fresh:
            return False
        twice = self._failed == (self._reading, how)
        self._failed = (self._reading, how)
        return twice or how in _ITS_OWN

    def blame(self, how: str, sentence: str) -> None:
        """The leaf that was being read is refused; where that is not known, or happens too often, all that is not done."""
        self._blamed += 1
        if not self._listed:
            self._listed = (wire.Listed(None, self._parcel.sha256),)
        alone = self._reading is not None and self._reading not in self._done and self._blamed <= _BLAMED
        for n in [self._reading] if alone and self._reading is not None else range(len(self._listed)):
            if n not in self._done:
                self._done[n] = refused(self._blank(self._listed[n]), f"reader-{how.replace(' ', '-')}", sentence)

    def _list(self, listed: tuple[wire.Listed, ...]) -> None:
        if self._listed and listed != self._listed:
            raise wire.NotBelievedError("other leaves than the last time")
        self._listed = listed
        for n, leaf in enumerate(listed):
            if leaf.part in self._parcel.settled:
                self._done.setdefault(n, self._parcel.settled[leaf.part])

    def _blank(self, leaf: wire.Listed) -> Submission:
        """The record of a leaf of which nothing is known but where it stands."""
        return Submission(
            sha256=self._parcel.sha256 if leaf.part is None else leaf.sha256,
            file=self._parcel.file,
            part=leaf.part,
            partner="",
            period="",
            sent=self._parcel.received.isoformat(),
            state=SubmissionState.REFUSED,
            received=self._parcel.received.isoformat(),
            container=self._parcel.sha256,
        )


_kept: list[Opener] = []  # at most one: starting a child costs more than reading a return, and a demo has four runs


def opener(ground: Ground) -> Opener:
    """The opener for a ground: that of the last run where it judges on the same, else a new one."""
    setup = setup_for(ground)
    if not _kept or (_kept[0].setup, _kept[0].child) != (setup, CHILD):
        close_opener()
        _kept.append(Opener(ground, setup))
    return _kept[0]


@atexit.register
def close_opener() -> None:
    """End the child that is kept, if there is one."""
    while _kept:
        _kept.pop().close()
