"""What a partner is asked, and a finding as a letter asks it: with what the partner calls the column and the rows."""

from __future__ import annotations

from workflow.letters import Query
from workflow.model import Finding, Severity, SubmissionState
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.workspace import Workspace
from workflow.validate import SPARE


def asked_of(partner: str, quarter: Quarter) -> list[Finding]:
    """What a partner is asked about the answers that were taken from it, in reading order.

    A file that could not be used is told of in a letter of its own, and not asked about here again.
    """
    unused = {s.place for s in quarter.submissions if s.state in (SubmissionState.HELD, SubmissionState.REFUSED)}
    own = [f for f in quarter.findings if f.partner == partner and f.severity is not Severity.NOTE]
    return [f for f in own if not f.places or not {p.file for p in f.places} <= unused]


def question(f: Finding, workspace: Workspace) -> Query:
    """The finding as a question of a letter."""
    form = workspace.forms.get(f.form)
    if form is None or form.layout != "table":
        return Query.of(f)
    heading = form.field(f.field).heading if form.has(f.field) else ""
    return Query.of(f, heading, [label(key, f, workspace) for key in f.items])


def label(key: str, f: Finding, workspace: Workspace) -> str:
    """What a row is called in the partner's workbook: its reference, or the spare row it stands on."""
    item = workspace.register.item(key)
    spare = f"{f.partner}-{f.period}-"
    if item is None and key.startswith(spare):
        return f"{SPARE}{key.rpartition('-')[2]}"
    return item.label if item else key
