"""Makes a workspace of any size with its returns: `python -m benchmarks.many FOLDER PARTNERS`.

Each partner has twelve rows (as the example's have on average), says something on every one, in texts of which some are long,
and signs off: about forty answers. Every twentieth workbook can be saved again by LibreOffice, if that is installed. The
workbooks are ours, filled in before they are rendered, so that ten thousand take minutes and not hours.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import small as s
from tests.small import Q2, Row, Small
from workflow import writer
from workflow.ledger import Issue
from workflow.model import Item, Slot, Value
from workflow.outputs.template import return_book
from workflow.pipeline import book as books
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.book import template_for
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.state import Asked, quarters, writing
from workflow.pipeline.workspace import Workspace
from workflow.validate import record_key

ACTIONS, COMMITMENTS, MEASURES = 6, 4, 2
ISSUED, COLLATED = date(2023, 10, 2), date(2023, 10, 23)
EVERY = 20  # of so many workbooks one is saved again by LibreOffice
_SENTENCE = "The work went on in all wards, and the group that looks after it met with the schools and the housing service. "


def rows(partners: int) -> dict[str, list[Row]]:
    """The register of so many partners."""
    made = s.register_rows()
    names = [_name(n) for n in range(partners)]
    items: list[Row] = []
    for n, name in enumerate(names):
        for k in range(ACTIONS):
            items.append({
                "key": f"A-{n}-{k}", "form": "actions", "plan": "REVIEW", "theme": "R1" if k % 2 else "R2", "ref": f"{n}.{k}",
                "title": f"Recommendation {k} to agency {n}", "detail": "What is to be done about it.", "lead": name,
                "due": date(2024, 6, 30),
            })  # fmt: skip
        for k in range(COMMITMENTS):
            items.append({
                "key": f"C-{n}-{k}", "form": "commitments", "plan": "REVIEW", "theme": "R1", "ref": f"C{n}.{k}",
                "title": f"Commitment {k} of agency {n}", "lead": name, "due": date(2024, 3, 31),
            })  # fmt: skip
        for k in range(MEASURES):
            items.append({
                "key": f"M-{n}-{k}", "form": "measures", "plan": "REVIEW", "theme": "R2", "title": f"Figure {k} of agency {n}",
                "lead": name, "unit": "number", "counts": "things", "decimals": 0, "polarity": "Higher is better",
                "period_type": "Quarter",
            })  # fmt: skip
    contact = {"post": "Partnership Lead", "role": "lead"}
    called = [{"id": name, "name": name.replace("-", " ").title()} for name in names]
    return {
        **made, "items": items, "aliases": [], "partners": called,
        "contacts": [{"partner": name, "email": f"lead@{name}.example", **contact} for name in names],
    }  # fmt: skip


def answers(partner: str, given: Mapping[str, tuple[Item, ...]], n: int) -> dict[Slot, Value]:
    """What a partner says: something on every row, now and then at length, and the sign-off."""
    found: dict[Slot, Value] = {}
    key = record_key(partner, Q2)
    signed: dict[str, Any] = {
        "completed_by": "Partnership Analyst", "approved_by": "Head of Service", "approved_on": date(2023, 10, 13),
        "no_personal_data": True, "nil_return": False,
    }  # fmt: skip
    found |= {("about", key, name): value for name, value in signed.items()}
    for form, items in given.items():
        for k, item in enumerate(items):
            slot = (form, item.key)
            if form == "measures":
                found |= {(*slot, "value"): Decimal(100 + n % 50 + k), (*slot, "period_type"): "Quarter"}
                found |= {(*slot, "period_end"): date(2023, 9, 30)}
            elif form in ("actions", "commitments"):
                text = f"{item.key}: {_SENTENCE * (1 + (n + k) % 4)}".strip()
                found |= {(*slot, "status"): "On track", (*slot, "progress"): text}
                found |= {(*slot, "rag"): "Amber" if (n + k) % 3 else "Green"} if form == "actions" else {}
    return found


def make(root: Path, partners: int, *, office: bool = False) -> Small:
    """The workspace as when every return had come in: what was issued is in its ledger, the returns are in its inbox."""
    small = s.make(root)
    small.write_register(rows(partners))
    workspace, quarter = _worked(root)
    with writing(root) as ledger, ledger.transaction():
        for n in range(partners):
            made = template_for(workspace, quarter, _name(n), ISSUED)  # not drawn: only what it shows is kept
            ledger.add_issue(Issue(made.issue, _name(n), Q2, "template", ISSUED.isoformat()), made.cells)
    half = partners // 2
    with ProcessPoolExecutor(1) as beside:  # on the second processor
        other = beside.submit(fill, small, range(half, partners))
        fill(small, range(half))
        other.result()
    if office and shutil.which("soffice"):
        saved_by_office(sorted((root / "inbox").glob("*.xlsx"))[::EVERY])
    return small


def _name(n: int) -> str:
    return f"agency-{n:05d}"


def _worked(root: Path) -> tuple[Workspace, Quarter]:
    workspace = workspaces.load(root)
    return workspace, quarters(workspace, Asked(root, Q2, ISSUED), [])[Q2]


def fill(small: Small, which: range, said: str = "") -> None:
    """Put the returns of some partners into the inbox. `said` stands before each progress, to make another return of it."""
    workspace, quarter = _worked(small.root)
    sent = datetime(2023, 10, 16, 10, 0, tzinfo=UTC)
    for n in which:
        partner = _name(n)
        told = answers(partner, quarter.given[partner], n)
        told = {slot: f"{said}{v}" if slot[2] == "progress" else v for slot, v in told.items()}
        token = template_for(workspace, quarter, partner, ISSUED).issue
        template = replace(books._template(workspace, quarter, partner, ISSUED), answers=told, issue=token)
        small.arrive(f"{partner}{said and '-again'}.xlsx", writer.render(return_book(template)), sent)


def saved_by_office(paths: list[Path]) -> None:
    """Save workbooks again with LibreOffice, as a partner without Excel does."""
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(paths), 100):
            some = [str(path) for path in paths[start : start + 100]]
            profile, kind = f"-env:UserInstallation=file://{folder}/profile", "xlsx:Calc MS Excel 2007 XML"
            command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", f"{folder}/out", *some]
            subprocess.run(command, check=True, capture_output=True)
        for path in paths:
            path.write_bytes(Path(folder, "out", path.name).read_bytes())


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), int(sys.argv[2]), office=True)
    total = sum(path.stat().st_size for path in (made.root / "inbox").glob("*.xlsx"))
    print(f"{sys.argv[2]} returns, {total / 1e6:.1f} MB in {made.root}")
