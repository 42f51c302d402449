"""Which findings of single files still matter once later files have come."""

from __future__ import annotations

from collections.abc import Sequence

from workflow.merge import InFile, in_order
from workflow.model import Answer, Finding, Submission, SubmissionState


def whole(finding: Finding) -> bool:
    """Whether a finding is about whose or which return a file is: such a stop holds all of it."""
    return finding.code.startswith(("identity-", "sender-", "decisions-", "file-", "workbook-", "sheets-"))


def open_findings(submissions: Sequence[Submission], superseded: frozenset[InFile]) -> tuple[Finding, ...]:
    """The findings of single files that still matter.

    A finding about answer cells is closed once later answers replaced all of them, said the same in other words, or are asked
    the same again; one about a file as a whole counts until a later file of the partner's was taken.
    """
    latest: dict[str, tuple[str, str]] = {}  # a file that does not say its quarter is counted in this one all the same
    for submission in in_order(submissions):
        if submission.state is SubmissionState.MERGED:
            latest[submission.partner] = (submission.sent, submission.sha256)
    kept: list[Finding] = []
    for submission in in_order(submissions):
        answers = {a.place: a for a in submission.answers}
        held = submission.state is SubmissionState.HELD
        taken = latest.get(submission.partner) if submission.partner else None
        current = taken is None or (submission.sent, submission.sha256) >= taken
        for finding in submission.findings:
            if held and not whole(finding):
                continue  # what is odd inside a return that was not taken
            about_cells = [p for p in finding.places if p in answers]
            replaced = all(
                (submission.sha256, p) in superseded or _passed_on(finding.code, answers[p], submission, submissions)
                for p in about_cells
            )
            if (about_cells and replaced) or (not about_cells and not current):
                continue
            kept.append(finding)
    return tuple(kept)


def _passed_on(code: str, answer: Answer, of: Submission, submissions: Sequence[Submission]) -> bool:
    """Whether a later file of the partner took over what was asked about an answer.

    It says the same in another spelling, "Dec 2023" for "last 3 months", so that nothing was superseded and yet all is
    answered; or it says the same in the same words, and is asked the same at its own cell. A cell that was left as it was
    issued says nothing new.
    """
    for s in submissions:
        if s.state is not SubmissionState.MERGED or s.partner != of.partner or (s.sent, s.sha256) <= (of.sent, of.sha256):
            continue
        for a in s.answers:
            if a.slot != answer.slot:
                continue
            if a.raw == answer.raw:
                if any(f.code == code and a.place in f.places for f in s.findings):
                    return True
            elif not a.held and a.value is not None and s.base.get(a.slot) != a.value:
                return True
    return False
