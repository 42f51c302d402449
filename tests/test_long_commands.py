"""Law 5 for every other command that changes the ledger: undo, withdraw, retry, close, purge, and a tracker taken in.

Each is made to fail at operations of every kind, and is killed, at operations and at moments by the clock. Then the ledger is
as before the command or as after it, and what comes next ends with the ledger and the outbox of a command that nobody
disturbed: the same command where nothing of it was kept, and the ordinary run where it was.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from functools import cache, partial
from pathlib import Path

import pytest

from tests import small as s
from tests.example.build import stamp
from tests.small import ABOUT, COLLATED, Q2, Q3, SENT, Small
from tests.trapping import TRAPS, Trap, each_failing, ended, killed
from tests.undisturbed import CORE, Command, Dump, Forked, Undisturbed, arrived, dump, outputs, posix, reported, undisturbed_in
from workflow.errors import WorkflowError
from workflow.pipeline import purge, takeback
from workflow.pipeline.close import close
from workflow.pipeline.state import Asked

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("worked_once")]
MOST: Mapping[str, int] = {"ledger": 20, "": 7}  # operations that are made to fail, of each kind
KILLS = 24  # of each command: half of them at an operation, half at a moment by the clock
AGAIN = "police again.xlsx"
SECRET = "Zebedee of the quay was named in this text"  # nobody: a word that stands nowhere else


def _asked(small: Small, period: str = Q2) -> Asked:
    return Asked(small.root, period, COLLATED[period])


def _merged(root: Path) -> Small:
    small = arrived(root)
    small.collate()
    return small


def _withdrawn(root: Path) -> Small:
    small = _merged(root)
    _withdraw(small)
    return small


def _edited(root: Path) -> Small:
    small = _merged(root)
    typed = s.type_in(small.tracker(), {("Actions", "A-2", "Progress this quarter"): "The board heard more of it."})
    path = small.root / f"outbox/{Q2}/master-tracker-{Q2}.xlsx"
    path.write_bytes(stamp(typed, datetime(2023, 10, 20, 9, 0, tzinfo=UTC)))
    return small


def _two_quarters(root: Path) -> Small:
    """What the second quarter says is confirmed in the third: taking it back changes both."""
    small = _merged(root)
    small.issue(Q3)
    typed = s.row("Actions", "A-1", No_change_this_quarter="Yes")
    small.arrive("q3.xlsx", small.filled("police", typed, Q3), SENT.replace(year=2024, month=1))
    small.collate(Q3)
    return small


def _withdraw(small: Small, period: str = Q2) -> None:
    takeback.withdraw(_asked(small, period), AGAIN, "sent in error")


@dataclass(frozen=True)
class Scene:
    """A command, the workspace that it begins with, and the period of the run that follows it."""

    made: Callable[[Path], Small]
    command: Command
    period: str = Q2


SCENES = {
    "undo": Scene(_merged, lambda small: takeback.undo(_asked(small))),
    "withdraw": Scene(_merged, _withdraw),
    "withdraw, of two quarters": Scene(_two_quarters, partial(_withdraw, period=Q3), Q3),
    "retry": Scene(_withdrawn, lambda small: small.collate(retry=[AGAIN])),
    "close": Scene(_merged, lambda small: close(_asked(small), anyway=True)),
    "tracker": Scene(_edited, Small.collate),
}


@dataclass(frozen=True)
class Done:
    """A command that nobody disturbed, and the ordinary run after it."""

    scene: Scene
    itself: Undisturbed
    ledger: Dump
    files: dict[str, str]

    def comes_right(self, small: Small) -> str:
        """How the ledger stood; and what comes next ends as it did undisturbed."""
        stood = self.itself.holds(dump(small.root))
        if stood == "before":
            self.scene.command(small)
            assert outputs(small) == self.itself.files
        small.collate(self.scene.period)
        then = dump(small.root)
        assert {t: then[t] for t in CORE} == {t: self.ledger[t] for t in CORE}
        assert outputs(small) == self.files
        return stood


@pytest.fixture(scope="module")
def undisturbed(worked_once: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Done]:
    """The commands, each made once and then known."""
    known: dict[str, Done] = {}

    def done(name: str) -> Done:
        if name not in known:
            folder, scene = tmp_path_factory.mktemp("undisturbed"), SCENES[name]
            start = scene.made(folder / "start")
            once, small = undisturbed_in(folder, start, scene.command)
            small.collate(scene.period)
            known[name] = Done(scene, once, dump(small.root), outputs(small))
        return known[name]

    return done


def _killed(begin: Callable[[Path], Small], folder: Path, command: Command, seconds: float) -> Iterator[Small | None]:
    """The workspace after each kill; None where the command had ended before it."""
    rng = random.Random(folder.name)
    operations = {kind: ended(begin(folder / kind), lay, 0, command)[1] for kind, lay in TRAPS.items()}
    kinds = [kind for kind, number in operations.items() if number]
    for n in range(KILLS):
        small, kind = begin(folder / f"kill-{n}"), rng.choice(kinds)
        trap = Trap(rng.randint(1, operations[kind]), failure=killed)

        def at_an_operation(small: Small = small, kind: str = kind, trap: Trap = trap) -> None:
            TRAPS[kind](pytest.MonkeyPatch(), trap)
            command(small)

        if n % 2:
            code = Forked(at_an_operation).wait()
        else:
            running = Forked(partial(command, small))
            time.sleep(rng.uniform(0, 0.95) * seconds)
            code = running.kill()
        yield small if code < 0 else None
        shutil.rmtree(small.root)


@pytest.mark.parametrize("name", SCENES)
def test_a_command_whose_nth_operation_fails_comes_right(
    undisturbed: Callable[[str], Done], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done, counts = undisturbed(name), Counter[str]()
    for small in each_failing(done.itself.begin, tmp_path, done.scene.command, MOST, counts):
        counts[f"ledger {done.comes_right(small)}"] += 1
    reported(capsys, f"{name}, failing", counts)
    assert counts["ledger before"]
    assert counts["ledger after"]


@posix
@pytest.mark.parametrize("name", SCENES)
def test_a_command_that_is_killed_comes_right(
    undisturbed: Callable[[str], Done], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done, counts = undisturbed(name), Counter[str]()
    for small in _killed(done.itself.begin, tmp_path, done.scene.command, done.itself.seconds):
        counts[f"ledger {done.comes_right(small)}" if small else "had ended"] += 1
    reported(capsys, f"{name}, killed", counts)
    assert sum(counts.values()) == KILLS
    assert counts["had ended"] < KILLS // 3


# --- removed for good


def _kept(root: Path) -> Small:
    """Two quarters and backups in which a secret stands; the second quarter's papers have it, and the third's confirm it."""
    small = s.issued(root)
    small.returns("police")
    small.collate()
    small.issue(Q3)
    typed = s.row("Actions", "A-1", No_change_this_quarter="Yes")
    third = small.filled("police", typed, Q3)  # made before, so that it does not show the secret itself
    told = {**s.good("police"), **s.action("A-1", progress=SECRET), (ABOUT, "", "Comments to the coordinator"): SECRET}
    small.returns("police", {**told, **s.row("Actions", "A-2", RAG_now="Ambar")}, SENT.replace(day=18), "never.xlsx")
    small.returns("housing")
    small.collate()
    small.issue(Q3, COLLATED[Q3])
    small.arrive("q3.xlsx", third, SENT.replace(year=2024, month=1))
    small.collate(Q3)
    (small.root / "inbox/never.xlsx").unlink()
    issued = (f"outbox/{Q3}/templates/*", f"outbox/{Q3}/mail/issue-*")
    for path in [path for pattern in issued for path in small.root.glob(pattern)]:  # a person issues those again
        path.unlink()
    return small


def _purge(small: Small) -> None:
    asked = _asked(small, Q3)
    purge.purge(asked, purge.chosen(asked, "never.xlsx"), "personal data")


@cache
def _says(data: bytes) -> bool:
    """Whether the secret stands in a file: in the open, in a workbook, or in a letter with a workbook."""
    if SECRET.encode() in data or (data[:2] == b"PK" and any(SECRET in text for text in s.texts(data))):
        return True
    parts = message_from_bytes(data).walk() if data.startswith((b"From:", b"To:", b"Subject:", b"X-Unsent:")) else ()
    return any(_says(part.get_payload(decode=True) or b"") for part in parts if not part.is_multipart())


def _where(small: Small) -> list[str]:
    """Every file outside the inbox in which the secret stands: in the open, in a workbook, or in a ledger or a copy of one."""

    def holds(path: Path) -> bool:
        if ".sqlite" not in path.name:
            return _says(path.read_bytes())
        with closing(sqlite3.connect(path)) as db:
            return SECRET.encode() in path.read_bytes() or any(
                _says(zlib.decompress(blob)) for (blob,) in db.execute("SELECT bytes FROM blob")
            )

    files = [p for p in small.root.rglob("*") if p.is_file() and "inbox" not in p.parts and not p.name.endswith("-journal")]
    return sorted(p.relative_to(small.root).as_posix() for p in files if holds(p))


def _finish(small: Small, papers: Mapping[str, str]) -> str:
    """Purge again; whether it was there to be done. Then nothing is left, and the papers are those of one undisturbed."""
    try:
        try:
            _purge(small)
        except WorkflowError as error:
            if "cut short while it was writing. Run workflow collate" not in str(error):
                raise
            small.collate(Q3)  # as it says
            _purge(small)
    except WorkflowError as error:
        assert "removed already" in str(error) or "Nothing that was received" in str(error)
        again = "was finished"
    else:
        again = "is finished by purging again"
    assert _where(small) == []
    small.collate(Q3)
    assert _papers(small) == papers
    return again


def _papers(small: Small) -> dict[str, str]:
    """The outputs, without the report of the run itself."""
    return {name: sha for name, sha in outputs(small).items() if name.startswith("outbox/") and "/run." not in name}


@pytest.fixture(scope="module")
def purged(worked_once: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Undisturbed, dict[str, str]]:
    folder = tmp_path_factory.mktemp("purged")
    start = _kept(folder / "start")
    once, small = undisturbed_in(folder, start, _purge)
    assert _where(start)
    assert _where(small) == []
    small.collate(Q3)
    return once, _papers(small)


def test_a_purge_of_which_an_operation_fails_is_finished_by_purging_again(
    purged: tuple[Undisturbed, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (once, papers), counts = purged, Counter[str]()
    for small in each_failing(once.begin, tmp_path, _purge, MOST, counts):
        counts[f"ledger {once.holds(dump(small.root))}, {_finish(small, papers)}"] += 1
    reported(capsys, "purge, failing", counts)
    assert counts["ledger before, is finished by purging again"]
    assert counts["ledger after, is finished by purging again"]


@posix
def test_a_purge_that_is_killed_is_finished_by_purging_again(
    purged: tuple[Undisturbed, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (once, papers), counts = purged, Counter[str]()
    for small in _killed(once.begin, tmp_path, _purge, once.seconds):
        counts[f"ledger {once.holds(dump(small.root))}, {_finish(small, papers)}" if small else "had ended"] += 1
    reported(capsys, "purge, killed", counts)
    assert counts["had ended"] < KILLS // 3
