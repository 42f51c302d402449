"""What a partner is asked, and a finding as a letter asks it: with what the partner calls the column and the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workflow import post, wording
from workflow.letters import Query
from workflow.model import INSIDE, Finding, Place
from workflow.outputs import queries
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.workspace import Workspace
from workflow.validate import SPARE

Lines = Mapping[str, tuple[queries.Query, Sequence[str]]]  # of a Queries sheet: by reference, with the cells of each


@dataclass(frozen=True, slots=True)
class Copy:
    """A marked-up return as it goes with a letter, and what it asks."""

    attachment: post.Attachment
    lines: Lines


def asked_of(partner: str, quarter: Quarter) -> list[Finding]:
    """What a partner is asked about the answers that were taken from it, in reading order.

    A file that could not be used is told of in a letter of its own, and not asked about here again.
    """
    return [f for f in quarter.asked.get(partner, ()) if not f.places or not {p.file for p in f.places} <= quarter.unused]


def question(f: Finding, workspace: Workspace, lines: Lines) -> Query:
    """The finding as a question of a letter: as it stands in the marked-up copy that goes with it, at the cells of that."""
    form = workspace.forms.get(f.form)
    heading, rows = "", list[str]()
    if form and form.layout == "table":
        heading = form.field(f.field).heading if form.has(f.field) else ""
        rows = [label(key, f, workspace) for key in f.items]
    asked = Query.of(f, heading, rows)
    there = lines.get(f.reference)
    if there is None:
        return asked
    query, cells = there
    place = wording.where([Place(sheet=query.sheet, cell=cell) for cell in cells]) if cells else ""
    about = asked.where.removeprefix(wording.where(f.places))  # " (RAG now for 1.3.1)"
    return replace(
        asked,
        sheet=query.sheet if cells else asked.sheet,
        where=f"{place}{about}" if place else _named(asked.where),
        message=f"{query.found} {query.remedy}",
        todo=query.remedy,
    )


def _named(where: str) -> str:
    """A file by the name that its sender gave it, and not by where it lies here."""
    return where.rpartition(INSIDE)[2].rpartition("/")[2]


def label(key: str, f: Finding, workspace: Workspace) -> str:
    """What a row is called in the partner's workbook: its reference, or the spare row it stands on."""
    item = workspace.register.item(key)
    spare = f"{f.partner}-{f.period}-"
    if item is None and key.startswith(spare):
        return f"{SPARE}{key.rpartition('-')[2]}"
    return item.label if item else key
