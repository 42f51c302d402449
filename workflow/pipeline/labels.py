"""Papers of a year that is over show the names that its plans and themes had then, whatever the register calls them now.

Numbers and titles are labels of a year; the key is permanent (design.md section 3). Everything else of the register counts as
it is now, so that what has been withheld since stays withheld.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from workflow import periods
from workflow.ledger import Ledger
from workflow.model import Period, Register
from workflow.outputs.view import View
from workflow.pipeline import workspace as workspaces


def as_labelled(view: View, ledger: Ledger, root: Path, today: date) -> View:
    """The view with the labels of its own year: those of the last run up to the day on which the year's last papers were due.

    A view of a year that is not over on `today`, or of which no run was made, is left as it is.
    """
    last = _last_of_year(view.period, view.register)
    if last is None or today <= last.papers_date:
        return view
    run = ledger.last_run(last.papers_date.isoformat())
    if run is None or run.register == view.register.sha256:
        return view
    data, forms = ledger.extract(run.register), ledger.extract(run.forms)
    if data is None or forms is None:
        return view
    then = workspaces.as_kept(root, data, forms).register
    return replace(view, register=labelled(view.register, then))


def labelled(now: Register, then: Register) -> Register:
    """The register as it is, with the names that plans and themes had then. What was not there then keeps its name."""
    themes = {(t.id, t.plan): t for t in then.themes}
    plans = {p.id: p for p in then.plans}
    return replace(
        now,
        themes=tuple(
            replace(t, number=old.number, title=old.title) if (old := themes.get((t.id, t.plan))) else t for t in now.themes
        ),
        plans=tuple(replace(p, name=was.name) if (was := plans.get(p.id)) else p for p in now.plans),
    )


def _last_of_year(period: Period, register: Register) -> Period | None:
    """The last quarter of a period's year that the register has; None where the key tells no year."""
    if not periods.is_key(period.key):
        return None
    year = periods.parse_key(period.key)[0]
    own = (p for p in register.periods if periods.is_key(p.key) and periods.parse_key(p.key)[0] == year)
    return max(own, key=lambda p: p.start, default=None)
