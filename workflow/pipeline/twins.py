"""The same workbook received more than once counts once, whichever way it came and in whatever order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from workflow.model import Submission, SubmissionState

_COUNTED = (SubmissionState.MERGED, SubmissionState.HELD)


def settle(submissions: Iterable[Submission]) -> list[Submission]:
    """The same leaves; of those with the same bytes one stands, and the others are duplicates that name it.

    A merged one stands before a held one (the same file may come again from an address that is known), one with a sender
    before a bare file, then the one sent first. That does not depend on the order in which they came.
    """
    groups: dict[str, list[Submission]] = {}
    everything = list(submissions)
    for s in everything:
        if s.state in _COUNTED:
            groups.setdefault(s.sha256, []).append(s)
    stands = {sha: min(group, key=_rank) for sha, group in groups.items()}
    return [_duplicate(s, stands[s.sha256]) if s.state in _COUNTED and stands[s.sha256] is not s else s for s in everything]


def _rank(s: Submission) -> tuple[bool, bool, str, str, str, str]:
    return (s.state is not SubmissionState.MERGED, not s.sender, s.sent, s.file, s.part or "", s.container)


def _duplicate(s: Submission, first: Submission) -> Submission:
    reason = f"The same workbook as {first.place}, received on {date.fromisoformat(first.received):%d/%m/%Y}."
    bare = replace(s, answers=(), blanks=0, findings=(), grids={}, base={})
    return replace(bare, state=SubmissionState.DUPLICATE, reason=reason, code="same-bytes")
