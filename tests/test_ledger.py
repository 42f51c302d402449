"""The ledger: what goes in comes out equal, all or nothing, and nothing is touched by looking."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.errors import WorkflowError
from workflow.ledger import Ledger, Run, store
from workflow.ledger.schema import MIGRATIONS
from workflow.model import Answer, Finding, Grid, Place, Severity, Standing, Submission, SubmissionState, Value

RUN = Run(1, "collate", "2023-24-Q2", "2023-10-23", "r", "f", {"period": "2023-24-Q2"})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS,
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)


def submission(values: list[Value | None], text: str = "x") -> Submission:
    answers = tuple(
        Answer(
            "actions",
            f"TR-{n}",
            "status",
            value,
            text,
            Place("inbox/a.xlsx", "Actions", f"H{n}"),
            "" if value is not None else "x",
        )
        for n, value in enumerate(values)
    )
    finding = Finding(
        "choice-unknown", Severity.STOP, text, (Place("inbox/a.xlsx", "Actions", "H9"),), "police", items=("TR-1",)
    )
    return Submission(
        "ab",
        "inbox/a.xlsx",
        None,
        "police",
        "2023-24-Q2",
        "2023-10-05T10:00:00Z",
        SubmissionState.MERGED,
        text,
        "1",
        "t",
        answers,
        3,
        (finding,),
        {"actions": Grid("Actions", {"status": 8}, {"TR-1": 9})},
        {("actions", "TR-1", "status"): "On track"},
        "",
        "2023-10-05",
        "ab",
        "some-code",
        quiet=bool(values),
    )


@given(st.lists(st.one_of(st.none(), VALUES), max_size=5), TEXTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_submission_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, values: list[Value | None], text: str) -> None:
    given_in = submission(values, text)
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "l.sqlite") as ledger:
        with ledger.transaction():
            ledger.add_run(RUN)
            ledger.add_submission(given_in, "key", 1)
        assert ledger.submissions() == [given_in]
        assert ledger.judged() == {"ab": "key"}


def test_standings_are_the_latest_changes_as_at_a_day(tmp_path: Path) -> None:
    slot = ("measures", "M-1", "value")
    first = Standing(Decimal("36.4"), "2023-24-Q2", "yos", Place("inbox/a.xlsx", "Measures", "K9"), "ab", "2023-10-05")
    with Ledger.open(tmp_path / "l.sqlite") as ledger:
        with ledger.transaction():
            ledger.add_run(RUN)
            ledger.add_changes(1, "2023-24-Q2", {slot: first})
        with ledger.transaction():
            ledger.add_run(Run(2, "collate", "2023-24-Q2", "2023-11-01", "r", "f", {}))
            ledger.add_changes(2, "2023-24-Q2", {slot: None})
        assert ledger.standings("2023-10-31") == {"2023-24-Q2": {slot: first}}
        assert ledger.standings() == {"2023-24-Q2": {}}
        assert [c.run for c in ledger.changes("M-1")] == [1, 2]
        last = ledger.last_run("2023-10-31")
        assert last and last.id == 1


def test_all_or_nothing(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l.sqlite") as ledger:
        with pytest.raises(RuntimeError), ledger.transaction():
            ledger.add_run(RUN)
            raise RuntimeError
        assert ledger.last_run() is None
        assert ledger.next_run() == 1


def test_looking_makes_no_file(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l.sqlite", read_only=True) as ledger:
        assert ledger.submissions() == []
    assert list(tmp_path.iterdir()) == []


def test_looking_changes_no_byte(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with Ledger.open(path) as ledger, ledger.transaction():
        ledger.add_run(RUN)
    before = path.read_bytes()
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.last_run()
        with pytest.raises(sqlite3.OperationalError), ledger.transaction():
            ledger.add_run(RUN)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["l.sqlite"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (PurePosixPath("/home/csp/a b#1.sqlite"), "file:///home/csp/a%20b%231.sqlite"),
        (PureWindowsPath("C:\\CSP\\ledger.sqlite"), "file:///C:/CSP/ledger.sqlite"),
        (PureWindowsPath("\\\\server\\share\\ledger.sqlite"), "file:////server/share/ledger.sqlite"),
    ],
)
def test_a_ledger_on_any_drive_can_be_looked_at(path: PurePath, expected: str) -> None:
    """Windows cannot be tried here: this holds the spelling that SQLite's documentation asks for."""
    assert store.uri(path) == expected


def test_a_folder_with_odd_characters_can_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "Q2 & Q3 #1 100%?" / "l.sqlite"
    path.parent.mkdir()
    with Ledger.open(path) as ledger, ledger.transaction():
        ledger.add_run(RUN)
    with Ledger.open(path, read_only=True) as ledger:
        assert ledger.last_run()


def test_a_damaged_ledger_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(WorkflowError, match="cannot be opened"):
        Ledger.open(path)


def test_a_newer_ledger_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "l.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(store, "MIGRATIONS", (*MIGRATIONS, ("a later one", "CREATE TABLE later (x TEXT)")))
        Ledger.open(path).close()
    with pytest.raises(WorkflowError, match="newer version"):
        Ledger.open(path)


def test_the_archive_gives_bytes_back(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "l.sqlite") as ledger:
        with ledger.transaction():
            ledger.archive("ab", b"\x00\xffbytes")
            ledger.archive("ab", b"\x00\xffbytes")
        assert ledger.extract("ab") == b"\x00\xffbytes"
        assert ledger.extract("cd") is None


def test_a_ledger_of_the_first_version_is_read_without_touching_it_and_upgraded_when_written(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("CREATE TABLE migration (n INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        for statement in MIGRATIONS[0][1].split(";"):
            db.execute(statement)
        db.execute("INSERT INTO migration VALUES (1, 'first tables')")
        db.execute("INSERT INTO run VALUES (1, 'collate', '2023-24-Q2', '2023-10-05', 'r', 'f', '{}')")
        row = ("ab", "key", 1, "inbox/a.xlsx", "police", '{"findings": [], "grids": {}, "base": []}')
        db.execute(
            "INSERT INTO judgement (sha256, judged, run, file, partner, extra, period, sent, state, reason, layout, token,"
            " sender, received, blanks) VALUES (?, ?, ?, ?, ?, ?, '', '', 'merged', '', '', '', '', '2023-10-05', 0)",
            row,
        )
    before = path.read_bytes()
    with Ledger.open(path, read_only=True) as ledger:
        (found,) = ledger.submissions()
    assert (found.container, found.sha256, found.part, found.quiet) == ("ab", "ab", None, False)
    assert path.read_bytes() == before
    with Ledger.open(path) as ledger:
        assert ledger.submissions() == [found]
    assert path.read_bytes() != before
