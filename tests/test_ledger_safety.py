"""The ledger's safety: a damaged one is never built on, a copy stands before every run, and two runs never meet."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.test_ledger import RUN, submission
from workflow.errors import WorkflowError
from workflow.ledger import Issue, Ledger, backup, safety, store
from workflow.model import Place, Standing

PAGE = 4096
SHAS = [f"{n:02d}" * 32 for n in range(3)]


def written(path: Path) -> bytes:
    """A small ledger with something in every table that a run fills, some of it longer than a page."""
    slots = {("actions", f"A-{n}", "rag"): Standing("x" * 50, "Q", "p", Place("f", "s", "A1"), "00", "2023") for n in range(40)}
    with Ledger.open(path) as ledger, ledger.transaction():
        ledger.add_run(RUN)
        for n, sha in enumerate(SHAS):
            one = submission(["Green", None, Decimal(5), True] * 4, "text " * 300)
            ledger.add_submission(replace(one, sha256=sha, container=sha), "key", 1)
            ledger.archive(sha, random.Random(n).randbytes(9000))
        ledger.add_changes(1, "2023-24-Q2", slots)
        ledger.add_issue(Issue("t", "p", "q", "template", "2023-01-01"), {("a", "k", "f"): "v" * 5000})
        ledger.add_outputs([(f"outbox/{n}", "ab" * 32) for n in range(30)])
    return path.read_bytes()


def everything(ledger: Ledger) -> tuple[Any, ...]:
    bytes_of = [ledger.extract(sha) for sha in SHAS]
    return (
        ledger.last_run(), ledger.submissions(), ledger.standings(), list(ledger.changes("A-3")), ledger.issue_base("t"),
        bytes_of, ledger.judged(), ledger.wrote("outbox/1", "ab" * 32), ledger.next_run(),
    )  # fmt: skip


def read(path: Path, *, read_only: bool = True) -> tuple[Any, ...] | str:
    """All that the ledger says, or the sentence that something is wrong with it. Anything else fails the test."""
    try:
        with Ledger.open(path, read_only=read_only) as ledger:
            return everything(ledger)
    except WorkflowError as error:
        assert "\n" not in str(error)
        return str(error)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return list(db.iterdump())


# --- a damaged ledger


@pytest.mark.parametrize("read_only", [True, False])
def test_noise_in_any_page_is_said_at_once(tmp_path: Path, read_only: bool) -> None:
    path = tmp_path / "ledger.sqlite"
    good = written(path)
    for n in range(len(good) // PAGE):
        path.write_bytes(good[: n * PAGE] + random.Random(n).randbytes(PAGE) + good[(n + 1) * PAGE :])
        with pytest.raises(WorkflowError, match="is damaged and cannot be opened") as said:
            Ledger.open(path, read_only=read_only)
        assert "\n" not in str(said.value), f"page {n + 1}"


def test_one_wrong_bit_anywhere_is_never_a_traceback(tmp_path: Path) -> None:
    """What SQLite cannot see of it, `workflow verify` is for."""
    path = tmp_path / "ledger.sqlite"
    good = written(path)
    chance = random.Random(7)
    said = 0
    for _ in range(600):
        data = bytearray(good)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        said += isinstance(read(path), str)
    assert said


@pytest.mark.parametrize("wrong", ["{", "[]", '{"findings": 1}', "\x00"])
def test_a_row_that_was_never_written_so_is_a_sentence(tmp_path: Path, wrong: str) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE judgement SET extra = ? WHERE id = 2", (wrong,))
    assert "damaged" in str(read(path))


def test_half_a_ledger_is_said(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    good = written(path)
    for kept in (100, PAGE, len(good) // 2, len(good) - PAGE, len(good) - 1):
        path.write_bytes(good[:kept])
        assert "damaged" in str(read(path))


def test_a_damaged_ledger_names_the_newest_good_backup(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    good = written(path)
    for run in (2, 3, 4):
        made = backup(path, run)
        assert made
        os.utime(made, (run, run))
    (tmp_path / "backups" / "ledger-before-run-0004.sqlite").write_bytes(good[: len(good) // 2])
    path.write_bytes(good[:PAGE] + bytes(PAGE) + good[2 * PAGE :])
    said = str(read(path))
    assert "copy backups/ledger-before-run-0003.sqlite into its place as ledger.sqlite" in said
    assert "Rename it, copy" in said
    (tmp_path / "ledger.sqlite-journal").write_bytes(b"")
    assert "Rename it and ledger.sqlite-journal" in str(read(path)), "a journal would be played back onto the good copy"


def test_a_damaged_ledger_without_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(written(path)[:PAGE])
    assert "no good copy" in str(read(path))


def test_what_the_newest_backup_holds_goes_on_from_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    right, made = read(path), backup(path, 2)
    path.write_bytes(b"damaged" * 1000)
    assert made and made.name in str(read(path))
    path.write_bytes(made.read_bytes())
    assert read(path) == right


def test_a_ledger_that_a_killed_run_left_is_explained_to_those_who_only_look(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    right = read(path)
    code = f"""
        import os, signal, sqlite3
        db = sqlite3.connect({str(path)!r}, isolation_level=None)
        db.execute("PRAGMA cache_size=1")
        db.execute("BEGIN IMMEDIATE")
        for n in range(500):
            db.execute("INSERT INTO blob VALUES (?, 3000, ?)", (str(n), b"x" * 3000))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert path.with_name("ledger.sqlite-journal").exists()
    with pytest.raises(WorkflowError, match=r"cut short.*Run workflow collate"):
        Ledger.open(path, read_only=True)
    assert read(path, read_only=False) == right


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkflowError, match="disk is full"), Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        ledger._db.execute("PRAGMA max_page_count=30")
        with ledger.transaction():
            ledger.archive("ab", random.Random(1).randbytes(10**6))


# --- copies


def test_a_copy_is_the_ledger_as_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    before = written(path)
    path.chmod(0o600)
    with Ledger.open(path) as ledger:
        ledger.submissions()
        made = backup(path, ledger.next_run())
        with ledger.transaction():
            ledger.add_run(replace(RUN, id=2))
    assert made == tmp_path / "backups" / "ledger-before-run-0002.sqlite"
    assert made.read_bytes() != path.read_bytes()
    path.write_bytes(before)
    assert dump(made) == dump(path)
    assert made.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in made.parent.iterdir()] == [made.name]


def test_no_ledger_no_copy(tmp_path: Path) -> None:
    assert backup(tmp_path / "ledger.sqlite", 1) is None
    assert list(tmp_path.iterdir()) == []


def test_the_newest_copies_are_kept_and_nothing_else_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    folder = tmp_path / "backups"
    folder.mkdir()
    others = [
        "mine.sqlite", "ledger-before-run-1.sqlite", "ledger-before-run-0001.sqlite.bak", "ledger-before-run-0001 (2).sqlite",
        "xledger-before-run-0001.sqlite", "ledger-before-run-0001.sqlite.unfinished.txt", "LEDGER-before-run-0001.sqlite",
    ]  # fmt: skip
    for name in others:
        (folder / name).write_bytes(b"a person's")
    (folder / "ledger-before-run-0900.sqlite").mkdir()
    (folder / "ledger-before-run-0003.sqlite.unfinished").write_bytes(b"of a killed run")
    (folder / "ledger-before-run-0003.sqlite.unfinished-journal").write_bytes(b"")
    for run in range(1, 9):
        made = backup(path, run, keep=3)
        assert made
        os.utime(made, (10**9 + run, 10**9 + run))
    kept = [f"ledger-before-run-{run:04d}.sqlite" for run in (6, 7, 8)]
    assert sorted(p.name for p in folder.iterdir()) == sorted([*others, "ledger-before-run-0900.sqlite", *kept])
    assert all((folder / name).read_bytes() == b"a person's" for name in others)


def test_after_a_copy_was_put_back_numbers_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    for run in range(11, 15):
        made = backup(path, run, keep=4)
        assert made
        os.utime(made, (10**9 + run, 10**9 + run))
    again = [backup(path, run, keep=4) for run in (3, 4)]
    assert safety.backups(path)[-2:] == again
    assert [p.name[18:22] for p in safety.backups(path)] == ["0013", "0014", "0003", "0004"]
    assert backup(path, 1, keep=1) == safety.backups(path)[0]


def test_a_run_that_was_killed_before_it_committed_has_its_copy_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    assert backup(path, 2) == backup(path, 2)
    assert len(safety.backups(path)) == 1


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    def fail(*_: object, **__: object) -> None:
        raise PermissionError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(safety, "_PAUSES", (0.0,))
        target: Any = {"replace": Path, "fsync": os, "chmod": Path, "mkdir": Path}[name]
        patch.setattr(target, name, fail)
        yield


@pytest.mark.parametrize("name", ["replace", "fsync", "chmod", "mkdir"])
def test_where_no_copy_can_be_made_the_run_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    first = backup(path, 2)
    assert first
    before = first.read_bytes()
    with failing(monkeypatch, name), pytest.raises(WorkflowError, match=r"No copy of the ledger.*so nothing was kept"):
        backup(path, 3)
    assert [p.name for p in first.parent.iterdir()] == [first.name]
    assert first.read_bytes() == before


def test_nobody_writes_while_a_copy_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    tried: list[str] = []

    class Watched(sqlite3.Connection):
        def backup(self, *args: Any, **named: Any) -> None:
            with closing(connect(path, timeout=0, isolation_level=None)) as other:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("BEGIN EXCLUSIVE")
                tried.append("yes")
            super().backup(*args, **named)

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, **named, factory=Watched))
    assert backup(path, 2)
    assert tried == ["yes"]


def test_a_writer_is_waited_for_and_then_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    monkeypatch.setattr(safety, "_PATIENCE", 0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkflowError, match="another run is going"):
            backup(path, 2)
    assert backup(path, 2)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_copy_is_whole_or_not_there_whenever_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.executemany("INSERT INTO blob VALUES (?, 1, ?)", ((str(n), os.urandom(3000)) for n in range(300)))
    right = dump(path)
    # Each says so after its first copy, and each begins with another run's, so that however slow the machine is, copies of
    # seven runs have been made in the end.
    code = (
        "import sys\nfrom pathlib import Path\nfrom workflow.ledger import backup\n"
        f"path, first = Path({str(path)!r}), int(sys.argv[1])\n"
        "for n in range(10**6): backup(path, 1 + (first + n) % 7, keep=4) and n or print('on', flush=True)"
    )
    chance = random.Random(3)
    for first in range(12):
        with subprocess.Popen([sys.executable, "-c", code, str(first)], stdout=subprocess.PIPE) as running:
            assert running.stdout and running.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            running.send_signal(signal.SIGKILL)
        assert all(dump(made) == right for made in safety.backups(path))
    assert backup(path, 9, keep=4)
    assert len(safety.backups(path)) == 4
    assert sorted((tmp_path / "backups").iterdir()) == sorted(safety.backups(path)), "what the killed ones left is swept"


# --- on a network drive


@pytest.mark.parametrize("shared", [True, False])
def test_a_shared_ledger_is_locked_from_the_first_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    monkeypatch.setattr(store, "network_warning", lambda _: "WARNING: shared" if shared else "")

    def others_may_read() -> bool:
        with closing(sqlite3.connect(path, timeout=0)) as other:
            try:
                return bool(other.execute("SELECT count(*) FROM run").fetchone())
            except sqlite3.OperationalError:
                return False

    with Ledger.open(path) as ledger:
        assert ledger._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert ledger._db.execute("PRAGMA synchronous").fetchone() == (2,)
        ledger.submissions()
        assert others_may_read()
        assert backup(path, 2), "a copy can be made of a ledger that is open and not yet written to"
        with ledger.transaction():
            ledger.add_run(replace(RUN, id=2))
        assert others_may_read() is not shared
    assert others_may_read()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backups", "ledger.sqlite"]


def test_a_second_run_on_a_shared_ledger_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite"
    written(path)
    monkeypatch.setattr(store, "network_warning", lambda _: "WARNING: shared")
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, **{**named, "timeout": 0}))
    with Ledger.open(path) as ledger:
        with ledger.transaction():
            ledger.add_run(replace(RUN, id=2))
        with pytest.raises(WorkflowError, match="in use by another run"):
            Ledger.open(path, read_only=True)
