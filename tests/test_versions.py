"""Two versions of one board's pack: both are written, named, marked, attached, and say the same of what both show."""

from __future__ import annotations

import io
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small as s
from tests.small import Q2, Small

VERSIONS = [f"public-{Q2}-{audience}.xlsx" for audience in ("public", "restricted")]
HELD = {
    ("Actions", "A-1", "Safe to publish?"): "Part 2",
    ("Actions", "A-1", "Why not published"): "Paragraph 7",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    made = s.make(tmp_path_factory.mktemp("versions") / "small")
    rows = s.register_rows()
    rows["boards"] = [{**row, "also_for": "restricted"} if row["id"] == "public" else row for row in rows["boards"]]
    made.write_register(rows)
    made.issue()
    made.returns("police", {**s.good("police"), **HELD})
    made.collate()
    return made


def pack(small: Small, name: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO((small.root / f"outbox/{Q2}/boards" / name).read_bytes()))


def rows(book: openpyxl.Workbook, tab: str) -> dict[str, dict[str, Any]]:
    """A sheet's rows by their key."""
    lines = list(book[tab].iter_rows(values_only=True))
    top = next(n for n, line in enumerate(lines) if line[0] == "Row key")
    named = [dict(zip(map(str, lines[top]), line, strict=True)) for line in lines[top + 1 :]]
    return {str(row["Row key"]): row for row in named}


def said(book: openpyxl.Workbook) -> str:
    return "\n".join(str(c.value) for sheet in book for line in sheet.iter_rows() for c in line if c.value is not None)


def test_both_are_written_and_marked_in_cells(small: Small) -> None:
    assert sorted(p.name for p in small.root.glob(f"outbox/{Q2}/boards/public-*")) == VERSIONS
    public, restricted = (pack(small, name) for name in VERSIONS)
    for sheet in restricted:
        assert any("Audience: restricted" in str(c.value) for c in sheet["A"]), sheet.title
    assert "Audience: restricted" not in said(public)


def test_what_is_held_back_stands_in_the_restricted_one_alone(small: Small) -> None:
    public, restricted = (rows(pack(small, name), "Actions") for name in VERSIONS)
    assert "A-1" not in public
    assert "A-1" in restricted
    assert "Paragraph 7" not in said(pack(small, VERSIONS[0]))
    assert "Paragraph 7" in said(pack(small, VERSIONS[1]))


def test_they_agree_in_every_cell_that_both_have(small: Small) -> None:
    public, restricted = (pack(small, name) for name in VERSIONS)
    for tab in ("Actions", "Measures", "Definitions"):
        full = rows(restricted, tab)
        for key, row in rows(public, tab).items():
            assert {h: v for h, v in row.items() if v != "[c]" and h in full[key] and full[key][h] != v} == {}


@pytest.mark.parametrize("kind", ["board", "clerk"])
def test_both_go_out_with_the_letters_that_name_them(small: Small, kind: str) -> None:
    letter = message_from_bytes((small.root / f"outbox/{Q2}/mail/{kind}-public.eml").read_bytes(), policy=policy.default)
    assert [part.get_filename() for part in letter.iter_attachments()] == VERSIONS
    text = Path(small.root, f"outbox/{Q2}/mail/{kind}-public.txt").read_text(encoding="utf-8")
    assert all(name in text for name in VERSIONS)
    if kind == "clerk":
        assert "Marking: restricted" in text
        assert "not for publication" in text
        assert "1 entry is left out of the published files" in " ".join(text.split())


def test_accessibility_is_told_of_each(small: Small) -> None:
    told = (small.root / f"outbox/{Q2}/accessibility.txt").read_text(encoding="utf-8")
    assert all(name in told for name in VERSIONS)
