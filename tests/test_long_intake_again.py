"""The second half of the kills of the intake (see test_long_intake.py), which runs beside the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import test_long_intake
from tests.test_long_intake import SHARDS, killed_again_and_again
from tests.undisturbed import Undisturbed

pytestmark = test_long_intake.pytestmark
undisturbed = test_long_intake.undisturbed


def test_intake_that_is_killed_again_and_again_comes_right_here_too(
    undisturbed: Undisturbed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert SHARDS == 2
    killed_again_and_again(undisturbed, tmp_path, capsys, 1)
