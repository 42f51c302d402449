"""The verdict as it is read: one screen that stays one, and a record that has everything under its partner's name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests import small as s
from tests.small import Small
from tests.test_answers import faults
from workflow.model import ReturnStatus
from workflow.pipeline.verdict import Verdict

pytestmark = pytest.mark.usefixtures("no_packs")

@pytest.fixture
def small(tmp_path: Path) -> Small:
    return s.issued(tmp_path / "small")


def found(verdict: Verdict) -> list[str]:
    """The part of run.txt that lists the findings."""
    return verdict.full_text().split("Every finding\n\n")[1].split("\n\nEvery ")[0].split("\n")


def test_the_record_has_every_finding_once_under_its_partner_with_how_many_there_are(small: Small) -> None:
    small.returns("police", faults(6))
    small.returns("housing", {box: value for box, value in s.good("housing").items() if box[2] != "Approved on"})
    verdict = small.collate()
    lines = found(verdict)
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == ["Housing Service: 1 query", "Police: 18 held"]
    listed = Counter(line.strip() for line in lines if line.startswith("  ["))
    assert listed == Counter(f"[{f.severity.value}] {f.message}" for f in verdict.quarter.findings)
    at = lines.index("Police: 18 held")
    assert all("[stop] Issues" in line for line in lines[at + 1 :])
    assert found(replace(verdict, quarter=replace(verdict.quarter, findings=()))) == ["None."]


def test_many_findings_and_many_partners_stay_one_screen_of_whole_words(small: Small) -> None:
    small.returns("police", faults(6))
    verdict = small.collate()
    names = [f"agency-{n}" for n in range(60)]
    crowd = tuple(ReturnStatus(name, "late", days_late=3) for name in names)
    text = replace(verdict, quarter=replace(verdict.quarter, returns=crowd)).as_text()
    assert max(map(len, text.splitlines())) <= 130
    assert len(text.splitlines()) <= 40
    assert re.findall(r"agency-\d+", text) == names
    assert "and 14 more, in run.txt" in text
