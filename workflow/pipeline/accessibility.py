"""The accessibility list on any workbook (`workflow check-accessible`), and on the packs (`accessibility.txt`), in words.

It says "passes the checks that can be tested", and never more: what no program can test is listed each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow import accessible, guard, reader
from workflow.accessible import BY_PERSON, CHECKLIST, JUDGED, Failed
from workflow.fields import show
from workflow.model import Board, Period, Profile
from workflow.pipeline.checker import request_out
from workflow.pipeline.verdict import printable

CHILD = "workflow.pipeline.checker"  # what answers in the child
PASSES = "passes the checks that can be tested"
_LIMITS = guard.GuardLimits()
_MOST = 200  # problems of one file that are told; whoever has put so many right checks again
_KINDS = {
    Profile.PUBLISHED: "a workbook for publication",
    Profile.RETURN: "a form to be filled in",
    Profile.WORKING: "a working file",
}
_PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: what it was taken for, why it could not be checked ("" where it was), and the checks that it fails."""

    file: str
    profile: Profile
    unread: str = ""
    failed: tuple[Failed, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 passes, 1 does not, 2 cannot be read."""
        return 2 if self.unread else 1 if self.failed else 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The result in words: one line, and where it does not pass, each problem under its sheet."""
        return tuple(printable(line) for line in self._lines())

    def _lines(self) -> Iterator[str]:
        if self.unread:
            yield f"{self.file}: cannot be checked. {self.unread}"
            return
        kind = f"{len(accessible.tested(self.profile))} checks, as {_KINDS[self.profile]}"
        if not self.failed:
            yield f"{self.file}: {PASSES} ({kind})."
            return
        number = len(self.failed)
        yield f"{self.file}: does not pass. {number} problem{'' if number == 1 else 's'} ({kind})."
        shown = self.failed[:_MOST]
        for sheet in dict.fromkeys(f.sheet for f in shown):
            yield ""
            yield f"  Sheet {sheet}" if sheet else "  The workbook as a whole"
            yield from (f"  - {_sentence(f)}" for f in shown if f.sheet == sheet)
        if number > _MOST:
            yield ""
            yield f"  And {number - _MOST} more. Put these right and check again."


def check(names: Sequence[str], profile: Profile) -> Iterator[Checked]:
    """Each file that is named, or that a pattern names (`boards/*.xlsx`, which Windows leaves to programs), once.

    What was made by somebody else is opened in a process with limits, so that a file that is made to do harm costs itself.
    Raises WorkflowError where no such process can be started.
    """
    with guard.Worker(CHILD, b"", _LIMITS) as worker:
        for file in dict.fromkeys(file for name in names for file in _named(name)):
            yield _one(worker, file, profile)


def by_person() -> tuple[str, ...]:
    """What no program can test, and what is tested only for being there."""
    return (
        "What no program can test, so look yourself:",
        *(f"  {code}  {CHECKLIST[code]}. {todo}" for code, todo in BY_PERSON.items()),
        "What a program sees to be there, and cannot tell whether it is right:",
        *(f"  {codes}  {question}" for codes, question in JUDGED.items()),
    )


def paper(period: Period, packs: Sequence[tuple[Board, str, int]], today: date) -> bytes:
    """`accessibility.txt`: what was checked of each pack (its board, name and bytes), for those who publish it.

    A pack that fails is never written, unless it is only large.
    """
    codes = accessible.tested(Profile.PUBLISHED)
    lines = [f"Accessibility checks of the packs of {period.label} ({period.key}), made on {show(today)}", ""]
    for board, name, size in packs:
        words = accessible.large(size)
        lines += [
            name,
            f"  Board     {board.name} ({board.audience})",
            f"  Checks    {len(codes)}, as {_KINDS[Profile.PUBLISHED]}",
            f"  Result    {f'does not pass. {words}' if words else PASSES}",
            "",
        ]
    lines += [] if packs else ["No pack is due.", ""]
    lines += ["What was tested", "", *(f"  {code}  {CHECKLIST[code]}" for code in codes), ""]
    lines += [*by_person(), "", "The numbers are those of the list that workflow check-accessible uses."]
    return ("\n".join(printable(line) for line in lines) + "\n").encode()


def _sentence(failed: Failed) -> str:
    words = failed.words if failed.cells else f"{failed.words[:1].upper()}{failed.words[1:]}"
    return f"{failed.cells}: {words} ({failed.code})" if failed.cells else f"{words} ({failed.code})"


def _named(name: str) -> list[str]:
    """The files that a name or a pattern stands for. One that matches nothing stands for itself, so that this is said."""
    path = Path(name)
    if path.exists() or not _PATTERN & set(name):
        return [name]
    below = Path(path.anchor)
    try:
        found = sorted(below.glob(str(path.relative_to(below))))
    except (ValueError, NotImplementedError):  # no pattern after all, such as **.xlsx
        found = []
    return [str(p) for p in found if p.is_file() and not p.name.startswith("~$")] or [name]


def _one(worker: guard.Worker, file: str, profile: Profile) -> Checked:
    path, most = Path(file), reader.Limits().file_bytes
    try:
        if not path.is_file():
            return Checked(file, profile, _no_file(path))
        with path.open("rb") as opened:
            data = opened.read(most + 1)
    except OSError:
        return Checked(file, profile, "It is locked by another program, or may not be read. Close it there and check again.")
    if len(data) > most:
        return Checked(file, profile, f"It is larger than {most // 2**20} MB.")
    try:
        frames = list(worker.ask(request_out(data, profile, path.name)))
        return _believed(file, profile, b"".join(frames))
    except guard.ChildFailed as failure:
        return Checked(file, profile, _stopped(failure.how))


def _no_file(path: Path) -> str:
    if path.is_dir():
        return f"It is a folder. Name the workbooks in it, like {path / '*.xlsx'}."
    return "No file is called so." if not _PATTERN & set(str(path)) else "No file has a name like that."


def _stopped(how: str) -> str:
    limits = {"time": f"the {_LIMITS.seconds} seconds", "memory": f"the {_LIMITS.memory_mb:,} MB of memory"}
    within = f"It could not be checked in {limits[how]} that one file is given." if how in limits else ""
    return within or "It stopped the program that reads it. Open it in Excel, save it as a new workbook and check that."


def _believed(file: str, profile: Profile, said: bytes) -> Checked:
    """What the child says, looked at before it is used: it had somebody else's file in its hands."""
    try:
        unread, failed = json.loads(said)
        told = tuple(Failed(*map(str, parts)) for parts in failed)
    except (ValueError, TypeError):
        return Checked(file, profile, _stopped("garbage"))
    return Checked(file, profile, str(unread), told)
