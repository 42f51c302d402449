"""The archive: verified on what is whole, and told of which file it is where one byte is not."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import small as s
from tests.example import mails
from tests.small import Q2, SENT, Small
from workflow.cli import main
from workflow.errors import WorkflowError
from workflow.inbox import hash_of


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """A workspace with a bare return, one in a message, a held, a refused and a doubled one, in two runs."""
    small = s.issued(tmp_path_factory.mktemp("taken") / "small")
    small.returns("police", {**s.good("police"), **s.action("A-1", rag="Ambar")})
    small.collate()
    sent = mails.Sent("lead@housing.example", "Partnership Lead", "office@small.example", SENT, "Return", "h.xlsx",
                      small.filled("housing"))  # fmt: skip
    small.arrive("housing.eml", mails.mail(sent), None)
    small.arrive("yos from elsewhere.msg", mails.outlook(mails.Sent(
        "lead@housing.example", "Partnership Lead", "", SENT, "Return", "y.xlsx", small.filled("yos"))), None)  # fmt: skip
    small.arrive("notes.txt", b"some notes", None)
    small.returns("police", s.action("A-1", rag="Red"), SENT.replace(day=18), "police again.xlsx")
    small.collate()
    return small


def run(small: Small, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--workspace", str(small.root), "--period", Q2, "--today", "2023-10-23"])


def copy_of(small: Small, root: Path) -> Small:
    for name in small.files():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((small.root / name).read_bytes())
    return Small(root)


def change(small: Small, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(small.root / "ledger.sqlite")) as db, db:
        assert db.execute(sql, values).rowcount > 0


def test_what_is_whole_verifies_and_nothing_is_written(taken: Small) -> None:
    before = taken.files()
    done = run(taken, "verify")
    assert done.exit_code == 0, done.output
    assert "5 received files replayed" in done.output
    assert done.output.strip().endswith("all as the ledger has it.")
    assert taken.files() == before


def test_one_changed_byte_is_told_with_the_file(taken: Small, tmp_path: Path) -> None:
    for n, name in enumerate(("police.xlsx", "housing.eml", "notes.txt")):
        small = copy_of(taken, tmp_path / str(n))
        sha = hash_of((small.root / "inbox" / name).read_bytes())
        with closing(sqlite3.connect(small.root / "ledger.sqlite")) as db:
            packed = db.execute("SELECT bytes FROM blob WHERE sha256 = ?", (sha,)).fetchone()[0]
        whole = bytearray(zlib.decompress(packed))
        whole[len(whole) // 2] ^= 1
        change(small, "UPDATE blob SET bytes = ? WHERE sha256 = ?", zlib.compress(bytes(whole)), sha)
        done = run(small, "verify")
        assert done.exit_code == 1
        assert f"inbox/{name} ({sha[:12]}): the bytes in the archive are not those that were received." in done.output
        broken = bytearray(packed)
        broken[len(broken) // 2] ^= 1
        change(small, "UPDATE blob SET bytes = ? WHERE sha256 = ?", bytes(broken), sha)
        assert f"inbox/{name}" in run(small, "verify").output
        change(small, "DELETE FROM blob WHERE sha256 = ?", sha)
        assert f"inbox/{name} ({sha[:12]}): its bytes are missing" in run(small, "verify").output


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE answer SET value = 's:Green' WHERE value = 's:Red' AND field = 'rag'", "inbox/police again.xlsx: read again"),
        ("DELETE FROM answer WHERE judgement = (SELECT max(judgement) FROM answer)", "read again, it comes to something else"),
        ("UPDATE change SET value = 's:Green' WHERE value = 's:Red'", "1 values stand otherwise"),
        ("UPDATE judgement SET state = 'merged' WHERE state = 'held'", "read again, it comes to something else"),
    ],
)
def test_what_the_ledger_says_otherwise_than_the_archive_is_told(taken: Small, tmp_path: Path, sql: str, told: str) -> None:
    small = copy_of(taken, tmp_path / "copy")
    change(small, sql)
    done = run(small, "verify")
    assert done.exit_code == 1
    assert told in done.output


def test_nothing_to_verify_is_said(tmp_path: Path) -> None:
    done = run(s.issued(tmp_path / "small"), "verify")
    assert done.exit_code == 2
    assert "Nothing has been received yet" in done.output


def test_every_file_and_every_part_is_given_back_by_its_hash(taken: Small, tmp_path: Path) -> None:
    verdict = taken.collate(dry_run=True)
    for n, found in enumerate(f for f in verdict.files if f.sha256):
        to = tmp_path / f"{n}.bin"
        done = run(taken, "extract", found.sha256[:16], "--to", str(to))
        assert done.exit_code == 0, done.output
        assert hash_of(to.read_bytes()) == found.sha256
    run(taken, "extract", "h.xlsx", "--to", str(tmp_path / "part.xlsx"))
    assert hash_of((tmp_path / "part.xlsx").read_bytes()) in {f.sha256 for f in verdict.files if f.part == "h.xlsx"}
    whole = (taken.root / "inbox/housing.eml").read_bytes()
    run(taken, "extract", "housing.eml", "--to", str(tmp_path / "whole.eml"))
    assert (tmp_path / "whole.eml").read_bytes() == whole


def test_extract_overwrites_nothing_and_says_what_it_cannot_find(taken: Small, tmp_path: Path) -> None:
    there = tmp_path / "there.xlsx"
    there.write_bytes(b"mine")
    for words, told in (
        (("police.xlsx", "--to", str(there)), "nothing is overwritten"),
        (("0000000000", "--to", str(there)), "Nothing that was received is called"),
    ):
        done = run(taken, "extract", *words)
        assert done.exit_code == 2
        assert told in done.output
    assert there.read_bytes() == b"mine"
    folder = tmp_path / "folder"
    folder.mkdir()
    assert run(taken, "extract", "police.xlsx", "--to", str(folder)).exit_code == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("received-")
    assert made.suffix == ".xlsx"


def test_a_judgement_under_other_settings_is_not_called_wrong(taken: Small, tmp_path: Path) -> None:
    small = copy_of(taken, tmp_path / "copy")
    (small.root / "config/workflow.toml").write_text(s.SETTINGS + "[limits]\ncells = 5000\n", encoding="utf-8")
    done = run(small, "verify")
    assert done.exit_code == 0
    assert "4 not compared" in done.output


def test_a_ledger_that_is_damaged_is_one_sentence(taken: Small, tmp_path: Path) -> None:
    small = copy_of(taken, tmp_path / "copy")
    (small.root / "ledger.sqlite").write_bytes(b"no ledger at all" * 400)
    done = run(small, "verify")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not isinstance(done.exception, WorkflowError)
