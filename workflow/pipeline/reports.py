"""Reports that are asked for by name: which there are, and one period's, made and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workflow import config, fields
from workflow.errors import WorkflowError
from workflow.model import Finding, Form, Report
from workflow.outputs.reports import report_book, unknown, withheld_book
from workflow.outputs.scope import PUBLIC
from workflow.outputs.view import View
from workflow.pipeline.press import checked
from workflow.pipeline.workspace import REGISTER_FORMS, REPORTS, RETURNS

ALL, LIST = "all", "list"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The reports that were asked for, of those that there are. `every`: all were, so one that cannot be made stops nothing."""

    reports: tuple[Report, ...]
    there: tuple[Report, ...]
    every: bool = False


def _forms(root: Path) -> dict[str, Form]:
    return {**config.load_forms(root / RETURNS), **config.load_forms(root / REGISTER_FORMS)}


def known(root: Path) -> dict[str, Report]:
    """Every report of a workspace by name. Raises WorkflowError where a definition of its own is wrong.

    A workspace without definitions has those that came with the program and fit its forms.
    """
    own = root / REPORTS
    if own.is_dir():
        return config.load_reports(own, _forms(root))
    return config.usable_reports(config.shipped() / REPORTS, _forms(root))


def check(root: Path, forms: Mapping[str, Form]) -> tuple[Finding, ...]:
    """Everything that is wrong with a workspace's own definitions."""
    return config.check_reports(root / REPORTS, forms)


def listing(root: Path) -> Iterator[str]:
    """What there is, a line each."""
    reports = known(root)
    width = max(map(len, reports), default=0)
    yield from (f"  {name:<{width}}  {report.about}" for name, report in reports.items())


def choose(root: Path, names: Sequence[str]) -> Chosen:
    """The reports that these names mean, each once. Raises WorkflowError for a name that is none, saying which there are."""
    reports = known(root)
    if any(fields.fold(name) == ALL for name in names):
        return Chosen(tuple(reports.values()), tuple(reports.values()), every=True)
    for name in (n for n in names if n not in reports):
        guess = fields.near(name, reports)
        meant = f" Did you mean {guess}?" if guess else ""
        there = f"There are {', '.join(reports)}; or all." if reports else f"There is none in {REPORTS}."
        raise WorkflowError(f"There is no report {name}.{meant} {there} What each is, workflow emit --report list says.")
    return Chosen(tuple(reports[name] for name in dict.fromkeys(names)), tuple(reports.values()))


def files(view: View, chosen: Chosen, audience: str | None) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The reports of a period by path, and notes on those that could not be made. `audience`: by default each report's own.

    Where one of them is public, what any public report of the period leaves out is listed beside them.

    Raises WorkflowError where a report that was asked for by name names a plan or theme that the register does not have.
    """
    made: dict[str, bytes] = {}
    notes: list[str] = []
    folder, public = f"outbox/{view.period.key}/reports", False
    for report in chosen.reports:
        wrong = next(unknown(report, view.register), None)
        if wrong and not chosen.every:
            raise WorkflowError(wrong)
        if wrong:
            notes.append(f"{report.name} was not made. {wrong}")
            continue
        reader = audience or report.audience
        public = public or reader == PUBLIC
        name = f"{report.name}-{view.period.key}-{reader}.xlsx"
        made[f"{folder}/{name}"] = checked(report_book(view, report, reader), name)
    if public:
        able = [report for report in chosen.there if not any(unknown(report, view.register))]
        name = f"withheld-from-reports-{view.period.key}.xlsx"
        made[f"{folder}/{name}"] = checked(withheld_book(view, able), name)
    return made, tuple(notes)
