"""What all tests share: the `--regenerate` option, which writes golden files again instead of comparing with them."""

from __future__ import annotations

import os

os.environ["OPENPYXL_LXML"] = "False"  # before it is imported: hostile workbooks are made by changing what it writes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.once import drawing_once
from workflow.pipeline.emit import Emitter

GOLDEN = Path(__file__).parent / "golden"

settings.register_profile("house", deadline=None)  # how long an example takes says how busy the machine is, no more
settings.load_profile("house")


# Files that take longest, most of them by a quarter that they run first: begun first, so that no worker is left with one.
LONGEST = (
    "test_story.py", "test_close.py", "test_takeback.py", "test_conflicts.py", "test_faults.py", "test_checks_office.py",
    "test_desk.py", "test_tracker_edits.py", "test_purge.py", "test_collate_runs.py",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("libreoffice") or item.get_closest_marker("browser"):
            item.add_marker("long")  # what starts a real program takes its time: `.ci/run` has them, and skips none
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: many tests wait for a child, a server or a clock."""
    return (os.cpu_count() or 1) + 1


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


@pytest.fixture(scope="module")
def drawn_once() -> Iterator[None]:
    """Draw and check a workbook once, however often a module's tests run a quarter that comes to the same workbook.

    For tests of what is found and kept. Those of what a run writes, and of its bytes, draw each workbook anew.
    """
    with drawing_once():
        yield


@pytest.fixture(scope="module")
def no_packs(drawn_once: None) -> Iterator[None]:
    """The same, and no board gets a pack: for tests of what is merged and asked, which look at no pack."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Emitter, "_packs", lambda *_: {})
        patch.setattr(Emitter, "_to_boards", lambda *_: {})
        yield


@pytest.fixture(scope="module")
def worked_once(drawn_once: None) -> Iterator[None]:
    """The same for all that a run works out, so that many runs of one quarter cost little but what they read and write.

    For proofs of the ledger and the disk, which are read and written each time.
    """
    from tests.undisturbed import working_once

    with working_once():
        yield
