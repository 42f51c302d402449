"""What all tests share: the `--regenerate` option, which writes golden files again instead of comparing with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("house", deadline=None)  # how long an example takes says how busy the machine is, no more
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the golden files under tests/golden again")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """`golden("letters/issue.txt", text)`: the text equals that golden file; with --regenerate it becomes it."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--regenerate"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"{path} is missing: run pytest --regenerate and read what it wrote"
        assert text == path.read_bytes().decode(), f"{path} differs: read the change, then run pytest --regenerate"

    return compare
