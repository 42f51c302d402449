"""How well returns are checked: `python -m benchmarks.validation` judges the whole fault set and writes the table.

The set (`tests/faults`) seeds every rule's faults into clean returns, one at a time and in pairs, and holds clean returns
that only look faulty. What is found, missed, told without a cause or told twice is counted; then every remedy is typed into
the marked-up copy and sent back, and so is each other way that a message names.
The table goes to the screen and into `docs/validation.md`, between its markers.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests import office
from tests.faults.awkward import awkward, by_office
from tests.faults.catalogue import pairs, singles
from tests.faults.measure import run
from tests.faults.mend import otherwise, put_right
from tests.faults.table import Calm, Measured, calm, rendered
from workflow.model import Severity

PAGE = Path(__file__).parents[1] / "docs/validation.md"
START, END = "<!-- measured -->", "<!-- /measured -->"


def measured() -> Measured:
    """Every return of the set judged; those that LibreOffice saves only where it is there."""
    return Measured([run(case) for case in (*singles(), *pairs())], [*_calms()])


def _calms() -> list[Calm]:
    found = [calm(each) for each in awkward() if not each.office]
    if office.available():
        with tempfile.TemporaryDirectory() as folder:
            moved = by_office([each for each in awkward() if each.office], Path(folder))
            found += [calm(each, files) for each, files in moved]
    return found


def mended() -> str:
    """How many remedies were carried out, and how many cleared everything and raised nothing."""
    told = [case for case in singles() if case.faults[0].severity is not Severity.NOTE]
    left = [case.name for case in told if put_right(case)]
    ways = [(f"{case.name} ({way})", after) for case in told for way, after in otherwise(case)]
    lost = [name for name, after in ways if after]
    said = [
        f"- Remedies carried out: {len(told)}; cleared, with nothing new: {len(told) - len(left)}.",
        *(f"  - not cleared: {name}" for name in left),
        f"- Other ways that the messages name, carried out: {len(ways)}; cleared, with nothing new: {len(ways) - len(lost)}.",
        *(f"  - not cleared: {name}" for name in lost),
    ]
    return "\n".join(said)


def write(text: str) -> None:
    """Put the text between the markers of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{START}\n\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    """Measure, print and write."""
    with ProcessPoolExecutor(1) as beside:  # the way back takes as long as the rest, and has nothing to do with it
        back = beside.submit(mended)
        found = measured()
        text = rendered(found, back.result())
    print(text)
    write(text)


if __name__ == "__main__":
    main()
