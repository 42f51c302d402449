"""Outputs are made again only where something that they are made from has changed, or they themselves have."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests import small as s
from tests.small import Q2, Small
from workflow import writer
from workflow.ledger import Ledger
from workflow.model import Book


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", s.two_in)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the workbooks that are drawn."""
    titles: list[str] = []
    render = writer.render

    def noted(book: Book) -> bytes:
        titles.append(book.title)
        return render(book)

    monkeypatch.setattr(writer, "render", noted)
    return titles


def test_where_nothing_has_changed_nothing_is_drawn_and_the_report_is_the_same(small: Small, drawn: list[str]) -> None:
    before = small.files()
    verdict = small.collate()
    assert drawn == []
    assert small.files() == before
    assert s.run_json(small)["written"] == list(verdict.written) != []


def letter_reworded(small: Small) -> None:
    path = small.root / "templates/emails/receipt.txt.j2"
    path.write_text(path.read_text(encoding="utf-8") + "\nThe office is closed on Fridays.\n", encoding="utf-8")


def setting_changed(small: Small) -> None:
    path = small.root / "config/workflow.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[retention]\nmonths = 12\n", encoding="utf-8")


def pack_deleted(small: Small) -> None:
    (small.root / f"outbox/{Q2}/boards/public-{Q2}-public.xlsx").unlink()


def letter_cut_short(small: Small) -> None:
    path = small.root / f"outbox/{Q2}/mail/receipt-police.eml"
    path.write_bytes(path.read_bytes()[:-1])


def more_arrived(small: Small) -> None:
    small.returns("yos")


def next_quarter_issued(small: Small) -> None:
    small.issue(s.Q3)


def nothing_but_the_day(_: Small) -> None:
    """A day later."""


def extent(small: Small) -> str:
    """What papers are made from, as the ledger has it."""
    with Ledger.open(small.root / "ledger.sqlite", read_only=True) as ledger:
        return ledger.extent()


@pytest.mark.parametrize(
    "change",
    [letter_reworded, setting_changed, pack_deleted, letter_cut_short, more_arrived, next_quarter_issued, nothing_but_the_day],
)
def test_whatever_changes_they_are_as_made_from_nothing(
    small: Small, drawn: list[str], change: Callable[[Small], None]
) -> None:
    change(small)
    drawn.clear()
    day = date(2023, 10, 24) if change is nothing_but_the_day else s.COLLATED[Q2]
    small.collate(today=day)
    assert drawn
    stood, known = small.files(), extent(small)
    if change is letter_cut_short:  # a person's edit: left alone, and the new one beside it
        assert any("receipt-police" in name and "2023-10-23" in name for name in stood)
        return
    shutil.rmtree(small.root / f"outbox/{Q2}/boards")
    shutil.rmtree(small.root / f"outbox/{Q2}/mail")
    (small.root / f"outbox/{Q2}/master-tracker-{Q2}.xlsx").unlink()
    small.collate(today=day)
    made = small.files()
    issued = {name for name in stood if f"{Q2}/mail/issue-" in name}  # by another command
    assert made.keys() == stood.keys() - issued
    page = f"outbox/{Q2}/index.html"  # it links to what stands there, so not to what only `issue` makes
    ledger = "ledger.sqlite"  # which keeps the hash of every page that it wrote
    assert all(made[name] == stood[name] for name in made if name not in (page, ledger))
    assert extent(small) == known
    small.issue()
    small.collate(today=day)
    assert small.files()[page] == stood[page]


def test_what_stands_in_the_way_is_told_each_time(small: Small, drawn: list[str]) -> None:
    letter_cut_short(small)
    told = [small.collate().notes for _ in range(2)]
    assert told[0] == told[1] != ()
    assert drawn


def test_what_a_killed_run_left_unfinished_is_swept_all_the_same(small: Small, drawn: list[str]) -> None:
    left = small.root / f"outbox/{Q2}/boards/.unfinished-abc.tmp"
    left.write_bytes(b"half")
    small.collate()
    assert not left.exists()
    assert drawn == []


def test_a_newer_program_makes_them_anew(small: Small, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.pipeline.made.program", lambda: "newer")
    small.collate()
    assert drawn
