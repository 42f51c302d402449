"""Purge: what should never have come is nowhere any more, and everything else is as if it had never come."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import small
from tests.inbox_files import zipped
from tests.small import ABOUT, Q2, Small
from workflow.cli import main
from workflow.errors import WorkflowError
from workflow.ledger import Ledger
from workflow.model import SubmissionState
from workflow.pipeline import ask
from workflow.pipeline import purge as purging
from workflow.pipeline.state import Asked
from workflow.pipeline.verify import verify

pytestmark = pytest.mark.usefixtures("drawn_once")

SECRET = "Zebedee of the quay was named in this text"  # nobody: a word that stands nowhere else
LATER = datetime(2023, 10, 18, 10, 0, tzinfo=UTC)


def _with_secrets(workspace: Small) -> None:
    small.two_in(workspace)
    told = {**small.good("police"), **small.action("A-1", progress=SECRET), (ABOUT, "", "Comments to the coordinator"): SECRET}
    told |= small.row("Actions", "A-2", RAG_now="Ambar")  # so that a marked-up copy is made of it
    workspace.returns("police", told, sent=LATER, name="never.xlsx")
    workspace.collate()


@pytest.fixture
def kept(tmp_path: Path) -> Small:
    """A quarter with an ordinary return, and a second copy of it that should never have come."""
    return small.begun(tmp_path / "small", _with_secrets)


def asked(workspace: Small) -> Asked:
    return Asked(workspace.root, Q2, small.COLLATED[Q2])


def everywhere(root: Path) -> list[str]:
    """Every file of the workspace, the inbox apart, in which the words still stand: in the open, zipped or in the ledger."""
    word = SECRET.encode()

    def holds(path: Path) -> bool:
        data = path.read_bytes()
        if word in data:
            return True
        if path.suffix == ".xlsx":
            return any(SECRET in text for text in small.texts(data))
        if path.suffix == ".sqlite":
            with Ledger.open(path, read_only=True) as ledger:
                blobs = [row[0] for row in ledger._db.execute("SELECT bytes FROM blob")]
            found = [zlib.decompress(blob) for blob in blobs]
            return any(word in one or (one[:2] == b"PK" and SECRET in " ".join(small.texts(one))) for one in found)
        return False

    files = (p for p in sorted(root.rglob("*")) if p.is_file() and "inbox" not in p.relative_to(root).parts)
    return [p.relative_to(root).as_posix() for p in files if holds(p)]


def purged(workspace: Small) -> purging.Purged:
    return purging.purge(asked(workspace), purging.chosen(asked(workspace), "never.xlsx"), "personal data")


def test_nothing_of_it_is_left_anywhere_but_in_the_inbox(kept: Small) -> None:
    kept.collate(today=date(2023, 10, 24))
    assert {"ledger.sqlite", f"outbox/{Q2}/master-tracker-{Q2}.xlsx"} <= {*everywhere(kept.root)}
    done = purged(kept)
    assert everywhere(kept.root) == []
    assert done.still_here == ("inbox/never.xlsx",)
    assert (kept.root / "inbox/never.xlsx").is_file(), "the inbox is the person's own"


@pytest.mark.long
def test_reports_that_may_repeat_it_go_with_it_but_for_one_that_a_person_has_changed(kept: Small) -> None:
    ask.emit_reports(asked(kept), ["thematic-action-plan", "returns-log"], "restricted")
    folder = kept.root / "outbox" / Q2 / "reports"
    assert f"outbox/{Q2}/reports/thematic-action-plan-{Q2}-restricted.xlsx" in everywhere(kept.root)
    changed = folder / f"returns-log-{Q2}-restricted.xlsx"
    changed.write_bytes(changed.read_bytes() + b" ")
    done = purged(kept)
    assert [p.name for p in folder.iterdir()] == [changed.name]
    assert everywhere(kept.root) == []
    assert any(line.startswith("1 report was removed") for line in done.lines)
    assert any(changed.name in line and "look whether it repeats" in line for line in done.lines)


def test_what_it_had_replaced_stands_again_and_the_tombstone_says_so(kept: Small) -> None:
    purged(kept)
    verdict = kept.collate()
    assert not verdict.fresh
    assert small.value(verdict, ("actions", "A-1", "progress")) == "The work on A-1 went on as planned this quarter."
    (file,) = (f for f in verdict.files if f.code == "purged")
    assert (file.file, file.state) == ("inbox/never.xlsx", SubmissionState.IGNORED)
    assert file.reason == "Removed for good on 23/10/2023 (personal data)."
    (tomb,) = Ledger.open(kept.root / "ledger.sqlite", read_only=True).tombstones.standing().values()
    assert (tomb.reason, tomb.today) == ("personal data", "2023-10-23")
    assert tomb.answers > 10


def test_it_is_as_if_it_had_never_come(kept: Small, tmp_path: Path) -> None:
    other = small.issued(tmp_path / "other")
    other.returns("police", small.good("police"))
    other.returns("housing", small.good("housing"))
    never = other.collate()
    purged(kept)
    (kept.root / "inbox/never.xlsx").unlink()
    verdict = kept.collate()
    assert verdict.quarter.now == never.quarter.now
    assert verdict.quarter.balance == never.quarter.balance
    papers = {f for f in kept.files() if f.startswith(f"outbox/{Q2}/") and "/run." not in f}
    assert {f: kept.files()[f] for f in papers} == {f: h for f, h in other.files().items() if f in papers}


def test_the_archive_still_verifies(kept: Small) -> None:
    purged(kept)
    found = verify(asked(kept))
    assert found.troubles == ()
    assert "1 removed for good" in found.summary


def test_it_is_not_taken_in_again(kept: Small) -> None:
    purged(kept)
    with pytest.raises(WorkflowError, match="cannot be taken in again"):
        kept.collate(retry=["never.xlsx"])
    (sha,) = Ledger.open(kept.root / "ledger.sqlite", read_only=True).tombstones.standing()
    with pytest.raises(WorkflowError, match="was removed already, on 23/10/2023"):
        purging.chosen(asked(kept), sha)


def test_the_same_workbook_in_another_file_goes_with_it(kept: Small) -> None:
    data = (kept.root / "inbox/never.xlsx").read_bytes()
    (kept.root / "inbox/both.zip").write_bytes(zipped(("never again.xlsx", data)))
    kept.collate()
    assert len(purging.chosen(asked(kept), "never.xlsx")) == 2
    purged(kept)
    assert everywhere(kept.root) == []


def test_a_purge_that_fails_changes_nothing(kept: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.files()
    monkeypatch.setattr("workflow.ledger.tombstones.Tombstones._forget_told", _fails)
    with pytest.raises(OSError, match="the disk is full"):
        purged(kept)
    after = {name: file for name, file in kept.files().items() if name != "ledger.lock"}
    assert after == before


def _fails(*_: object) -> None:
    raise OSError("the disk is full")


def test_the_command_shows_what_would_go_and_asks_first(kept: Small) -> None:
    at = ["--workspace", str(kept.root), "--today", "2023-10-23"]
    refused = CliRunner().invoke(main, ["purge", "never.xlsx", *at])
    assert refused.exit_code == 2
    assert "inbox/never.xlsx of police, received on 23/10/2023" in refused.output
    assert everywhere(kept.root)
    done = CliRunner().invoke(main, ["purge", "never.xlsx", "--yes", "--reason", "personal data", *at])
    assert done.exit_code == 1, "the copy in the inbox needs a person"
    assert "Still in your inbox, which is yours: delete inbox/never.xlsx yourself." in done.output
    assert everywhere(kept.root) == []


def test_retention_lists_what_is_older(kept: Small) -> None:
    at = ["--workspace", str(kept.root)]
    none = CliRunner().invoke(main, ["purge", "--due", *at, "--today", "2025-11-01"])
    assert none.exit_code == 2
    assert "no retention period" in none.output
    with (kept.root / "config/workflow.toml").open("a", encoding="utf-8") as file:
        file.write("\n[retention]\nmonths = 24\n")
    young = CliRunner().invoke(main, ["purge", "--due", *at, "--today", "2025-10-22"])
    assert (young.exit_code, young.output) == (0, "Nothing is older than the retention period.\n")
    old = CliRunner().invoke(main, ["purge", "--due", *at, "--today", "2025-10-23"])
    assert old.output.count("received on 23/10/2023") == 3
