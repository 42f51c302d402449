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
    the same again; one about a file as a whole counts until a later file of the partner's was taken. Where nobody can tell
    whose a file is, it counts until what it holds was sent again in a file that was taken.
    """
    latest: dict[str, tuple[str, str]] = {}  # a file that does not say its quarter is counted in this one all the same
    for submission in in_order(submissions):
        if submission.state is SubmissionState.MERGED:
            latest[submission.partner] = _moment(submission)
    kept: list[Finding] = []
    for submission in in_order(submissions):
        answers = {a.place: a for a in submission.answers}
        held = submission.state is SubmissionState.HELD
        taken = latest.get(submission.partner) if submission.partner else None
        current = taken is None or _moment(submission) >= taken
        if held and not submission.partner:
            current = not any(_sent_again(submission, later) for later in submissions)
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


def _sent_again(nobodys: Submission, later: Submission) -> bool:
    """Whether all that a file of nobody's says is answered in a later file that was taken, most of it in the same words.

    Its rows are known by their keys. What its new rows are called depends on whose it is, so they are known by their words;
    and the sign-off is each file's own.
    """
    if later.state is not SubmissionState.MERGED or _moment(later) <= _moment(nobodys):
        return False
    sign_off = f"{later.partner}-{later.period}"
    signed = {a.form for a in later.answers if a.key == sign_off}
    said = {(_box(a), a.raw) for a in later.answers}
    new = {(a.form, _box(a)[2], a.raw) for a in later.answers if a.key.startswith(f"{sign_off}-")}
    answered = {box for box, _ in said}
    same = total = 0
    for answer in nobodys.answers:
        if answer.form in signed:
            continue
        box, total = _box(answer), total + 1
        again = (answer.form, box[2], answer.raw) in new if answer.key.startswith("-") else (box, answer.raw) in said
        if not again and box not in answered:
            return False
        same += again
    return 2 * same > total


def _box(answer: Answer) -> tuple[str, str, str]:
    """Which box of which row an answer stands in, whoever gives it."""
    return answer.form, answer.key, answer.field.partition("@")[0]


def _moment(submission: Submission) -> tuple[str, str]:
    return submission.sent, submission.sha256


def _passed_on(code: str, answer: Answer, of: Submission, submissions: Sequence[Submission]) -> bool:
    """Whether a later file of the partner took over what was asked about an answer.

    It says the same in another spelling, "Dec 2023" for "last 3 months", so that nothing was superseded and yet all is
    answered; or it says the same in the same words, and is asked the same at its own cell. A cell that was left as it was
    issued says nothing new.
    """
    for s in submissions:
        if s.state is not SubmissionState.MERGED or s.partner != of.partner or _moment(s) <= _moment(of):
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
