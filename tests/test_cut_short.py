"""What a run that is cut short leaves to the next: papers of another period, letters that are open, a removal half done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import small as s
from tests.small import COLLATED, Q2, Q3, SENT, Small
from workflow.errors import WorkflowError
from workflow.ledger import Ledger
from workflow.ledger.tombstones import Tombstones
from workflow.pipeline import purge, takeback
from workflow.pipeline.runs import Going
from workflow.pipeline.state import Asked

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("drawn_once")]
SECRET = "Zebedee of the quay was named in this text"  # nobody: a word that stands nowhere else


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """What the second quarter said last is confirmed in the third, in a copy that shows it."""
    made = s.issued(tmp_path / "small")
    made.returns("police")
    made.collate()
    made.returns("police", {**s.action("A-1", progress=SECRET), **s.row("Actions", "A-2", RAG_now="Ambar")},
                 SENT.replace(day=18), "never.xlsx")  # fmt: skip
    made.collate()
    made.issue(Q3)
    confirmed = s.row("Actions", "A-1", No_change_this_quarter="Yes")
    made.arrive("q3.xlsx", made.filled("police", confirmed, Q3), SENT.replace(year=2024, month=1))
    made.collate(Q3)
    return made


def asked(small: Small) -> Asked:
    return Asked(small.root, Q3, COLLATED[Q3])


def purged(small: Small) -> purge.Purged:
    return purge.purge(asked(small), purge.chosen(asked(small), "never.xlsx"))


def papers(small: Small, period: str) -> dict[str, str]:
    return {name: sha for name, sha in small.files().items() if name.startswith(f"outbox/{period}/")}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_papers_of_another_period_are_put_right_by_the_next_run(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    before = papers(small, Q2)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Going, "publish", _killed)
        takeback.withdraw(asked(small), "never.xlsx")
    assert papers(small, Q2) == before
    small.collate(Q3)
    after = papers(small, Q2)
    assert after != before
    small.collate(Q2, COLLATED[Q3])
    assert {n: h for n, h in papers(small, Q2).items() if "/run." not in n} == {
        n: h for n, h in after.items() if "/run." not in n
    }


def test_a_stale_letter_that_is_open_is_told_and_removed_by_the_next_run(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = f"outbox/{Q2}/mail/query-police.eml"
    unlink = os.unlink

    def is_open(path: str, *more: object, **other: object) -> None:
        if str(path).endswith("query-police.eml"):
            raise PermissionError(13, "in use")
        unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", is_open)
        done = takeback.withdraw(asked(small), "never.xlsx")
    assert f"{letter} is out of date and could not be removed: close it, and run again." in done.notes
    assert (small.root / letter).exists()
    small.collate(Q3)
    assert not (small.root / letter).exists()


def test_a_removal_that_was_cut_short_is_finished_by_the_same_command(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Tombstones, "tidy", _killed)
        purged(small)
    (small.root / "inbox/never.xlsx").unlink()
    (note,) = small.collate(Q3).notes
    assert note.startswith("A workflow purge was cut short")
    done = purged(small)
    assert done.backups > 0
    assert done.files[0].answers > 2
    assert not small.collate(Q3).notes
    with pytest.raises(WorkflowError, match="Nothing that was received is called never"):
        purged(small)


def test_a_backup_that_cannot_be_removed_is_said_and_the_removal_is_not_finished(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        monkeypatch.context() as patch,
        pytest.raises(WorkflowError, match=r"The backup ledger-before-run-\d+.sqlite may hold"),
    ):
        patch.setattr(os, "unlink", lambda *_a, **_k: (_ for _ in ()).throw(PermissionError(13, "in use")))
        purged(small)
    assert purged(small).backups > 0


def test_what_later_periods_confirmed_and_showed_of_it_goes_too(small: Small) -> None:
    done = purged(small)
    assert done.repeating == ("inbox/q3.xlsx",)
    assert any(line.startswith("inbox/q3.xlsx shows some of it among last time's answers") for line in done.lines)
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        for table in ("change", "issue", "judgement", "answer", "run"):
            rows = ledger._db.execute(f"SELECT * FROM {table}").fetchall()
            assert not [row for row in rows if SECRET in repr(row)], table
