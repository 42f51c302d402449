"""`outbox/<period>/index.html`: the verdict of a run as a page, with a link to everything that stands beside it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from workflow import config, conflicts, letters
from workflow.letters import Glance, Kind, Link, NotTaken, OfPartner, ReturnLine, Told
from workflow.model import Finding, Register, ReturnStatus, Severity
from workflow.pipeline.verdict import IN, Verdict

PAGE = "index.html"
PAGES = "templates/pages"
_LAST = ("run.txt", "run.json")  # written after the page, and always there
# The kinds of files, by how their paths begin, in the order in which they are told.
_KINDS = (
    ("Papers", ("master-tracker-", "decisions-", "withheld-", "accessibility.txt")),
    ("Board packs", ("boards/",)),
    ("Reports", ("reports/",)),
    ("Letters to boards and clerks", ("mail/board-", "mail/clerk-")),
    ("Letters to partners: queries", ("mail/query-",)),
    ("Letters to partners: files that could not be used", ("mail/unreadable-",)),
    ("Letters to partners: reminders", ("mail/chaser-",)),
    ("Letters to partners: receipts and thanks", ("mail/receipt-", "mail/thanks-")),
    ("Letters to partners: covering emails", ("mail/issue-",)),
    ("Marked-up returns", ("marked-up/",)),
    ("Return templates", ("templates/",)),
    ("Frozen packs", ("closed/",)),
    ("The verdict", ("run.",)),
    ("Other files", ("",)),
)
_ORDER = ("late", "held", "owed", "part returned", "returned", "nil return", "not due")  # who needs a person first
_STATES = {
    "late": "Late", "held": "Held", "owed": "Owed", "part returned": "In part", "returned": "In", "nil return": "Nil return",
    "not due": "Not due",
}  # fmt: skip


def page(root: Path, verdict: Verdict) -> bytes:
    """The page of a verdict, whose other papers have been written. The same state gives the same bytes.

    Raises WorkflowError where the workspace's own template cannot be filled.
    """
    quarter, register = verdict.quarter, verdict.register
    asked = [r for r in quarter.returns if r.state != "not due"]
    apart = [f for f in quarter.findings if f.code in conflicts.CODES and f.severity is not Severity.NOTE]
    others = [f for f in quarter.findings if f not in apart]
    by_severity = {s: [f for f in others if f.severity is s] for s in Severity}
    told = Glance(
        partnership=register.partnership,
        period=quarter.period,
        closed=verdict.closed,
        today=verdict.today,
        received=sum(1 for r in asked if r.state in IN),
        asked=len(asked),
        balance=quarter.balance,
        steps=verdict.next_steps,
        returns=[_return(r, register) for r in sorted(quarter.returns, key=lambda r: _ORDER.index(r.state))],
        held=_by_partner(by_severity[Severity.STOP], register),
        queries=_by_partner(by_severity[Severity.QUERY], register),
        notes=_by_partner(by_severity[Severity.NOTE], register),
        conflicts=_by_partner(apart, register),
        corrections=verdict.corrected,
        others=verdict.other_quarters,
        remarks=verdict.notes,
        unread=[NotTaken(f.place, f.state.value, f.reason) for f in verdict.not_taken],
        links=_links(root / "outbox" / quarter.period.key),
    )
    return letters.page(told, _templates(root)).encode()


def _templates(root: Path) -> Path:
    """Where the page's template stands: here, or, in a workspace that lacks it, with the program."""
    own = root / PAGES
    return own if (own / letters.PAGE_TEMPLATE).is_file() else config.shipped() / PAGES


def _return(r: ReturnStatus, register: Register) -> ReturnLine:
    words = []
    if r.days_late:
        words.append(f"{r.days_late} day{'' if r.days_late == 1 else 's'} late")
    if r.rows and r.state not in ("returned", "nil return", "not due"):
        words.append(f"{r.answered} of {r.rows} rows")
        words += [] if r.signed_off or not r.received else ["not signed off"]
    missing = r.missing if r.state not in ("not due", "late", "owed") or r.received else ()  # of nothing, all is missing
    return ReturnLine(
        register.partner_name(r.partner), _STATES[r.state], ", ".join(words), r.state == "late", r.held, r.queries, missing
    )


def _by_partner(findings: Iterable[Finding], register: Register) -> tuple[OfPartner, ...]:
    groups: dict[str, list[Told]] = {}
    for f in findings:
        groups.setdefault(f.partner, []).append(Told(f.reference, f.message, f.severity is Severity.STOP))
    return tuple(
        OfPartner(register.partner_name(partner) if partner else "Not known whose", tuple(told))
        for partner, told in groups.items()
    )


def _links(folder: Path) -> list[Kind]:
    """Every file of the period's folder but the page itself, by kind; what begins with a dot or "~$" is nobody's paper."""
    standing = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    paths = sorted({p for p in standing if not _passing(p)} | set(_LAST))
    kinds: dict[str, list[Link]] = {title: [] for title, _ in _KINDS}
    for path in paths:
        title = next(title for title, starts in _KINDS if path.startswith(starts))
        kinds[title].append(Link(path.rpartition("/")[2], quote(os.fsencode(path))))
    return [Kind(title, tuple(links)) for title, links in kinds.items() if links]


def _passing(path: str) -> bool:
    """Whether it is the page, one that was put beside it, or a file that stands there only for a moment."""
    name = path.rpartition("/")[2]
    return name.startswith((".", "~$")) or (path == name and name.startswith("index") and name.endswith(".html"))
