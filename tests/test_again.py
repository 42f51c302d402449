"""A run with nothing new says what the last one said, at once; and never where anything it rests on is otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import small as s
from tests.small import Q2, Small
from workflow.cli import main
from workflow.pipeline import again
from workflow.pipeline.collate import collate
from workflow.pipeline.state import Asked

TODAY = s.COLLATED[Q2]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.begun(tmp_path / "small", s.two_in)


def asked(small: Small) -> Asked:
    return Asked(small.root, Q2, TODAY)


def test_it_says_what_a_run_would_say_and_touches_nothing(small: Small) -> None:
    before = small.files()
    said = again.said(asked(small))
    assert said is not None
    run = small.collate()
    assert (said.text, said.full, said.needs_person) == (run.as_text(), run.full_text(), run.needs_person)
    assert said.result == run.as_json()
    assert small.files() == before


def test_the_command_says_it_without_working_anything_out(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    told = small.collate().as_text()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a run was made")

    monkeypatch.setattr("workflow.pipeline.collate.collate", never)
    command = ["collate", "--workspace", str(small.root), "--period", Q2, "--today", TODAY.isoformat()]
    for more in ([], ["-v"], ["--json"]):
        assert CliRunner().invoke(main, [*command, *more]).exit_code == 1
    assert CliRunner().invoke(main, command).output.strip() == told.strip()


def register_saved(small: Small) -> None:
    small.write_register({**s.register_rows(), "aliases": [{"alias": "The Force", "partner": "police"}]})


def file_came(small: Small) -> None:
    (small.root / "inbox/notes.txt").write_text("Nothing of ours.", encoding="utf-8")


def file_went(small: Small) -> None:
    next((small.root / "inbox").glob("*.xlsx")).unlink()


def letter_worded(small: Small) -> None:
    path = small.root / "templates/emails/receipt.txt.j2"
    path.write_text(path.read_text(encoding="utf-8") + "\nThe office is closed on Fridays.\n", encoding="utf-8")


def setting_made(small: Small) -> None:
    path = small.root / "config/workflow.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[retention]\nmonths = 12\n", encoding="utf-8")


def pack_gone(small: Small) -> None:
    (small.root / f"outbox/{Q2}/boards/public-{Q2}-public.xlsx").unlink()


def page_changed(small: Small) -> None:
    (small.root / f"outbox/{Q2}/index.html").write_text("Mine now.", encoding="utf-8")


def verdict_gone(small: Small) -> None:
    (small.root / f"outbox/{Q2}/run.json").unlink()


def tracker_typed_in(small: Small) -> None:
    path = small.root / f"outbox/{Q2}/master-tracker-{Q2}.xlsx"
    path.write_bytes(s.type_in(path.read_bytes(), {("Actions", "A-1", "Status now"): "Complete"}))


def ledger_gone(small: Small) -> None:
    (small.root / "ledger.sqlite").unlink()


CHANGES = (
    register_saved, file_came, file_went, letter_worded, setting_made, pack_gone, page_changed, verdict_gone, tracker_typed_in,
    ledger_gone,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_anything_otherwise_and_a_run_is_made(small: Small, change: Callable[[Small], None]) -> None:
    assert again.said(asked(small)) is not None
    change(small)
    assert again.said(asked(small)) is None


def test_another_day_another_period_and_other_formats_are_other_questions(small: Small) -> None:
    later = TODAY + timedelta(days=1)
    assert again.said(Asked(small.root, Q2, later)) is None
    assert again.said(Asked(small.root, s.Q3, TODAY)) is None
    assert again.said(Asked(small.root, Q2, TODAY, ("ods",))) is None
    assert again.said(asked(small)) is not None


def test_a_workspace_that_was_moved_is_the_same(small: Small, tmp_path: Path) -> None:
    there = shutil.move(small.root, tmp_path / "elsewhere")
    assert again.said(Asked(Path(there), Q2, TODAY)) is not None


def test_what_is_in_the_way_of_an_output_is_told_by_each_run(small: Small) -> None:
    (small.root / f"outbox/{Q2}/boards/public-{Q2}-public.xlsx").write_bytes(b"A person's own file.")
    assert small.collate().notes
    assert again.said(asked(small)) is None
    assert collate(asked(small)).notes
