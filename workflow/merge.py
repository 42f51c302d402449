"""The merge: many submissions of one period -> what stands, and what became of every cell that was read.

It is a pure function of the period's submissions and of what stood before, so the order in which files arrive, and
how often they are sent, changes nothing (design laws 1, 3 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.model import Answer, Balance, Fate, Slot, Standing, Submission, SubmissionState

# A row that a partner may confirm as a whole: (form, key) -> the fields that "no change" carries forward.
Carried = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a period's submissions come to. `standing` holds only what this period itself gave or confirmed.

    `fates` gives, per submission hash, one fate for each of its answers, in order.
    """

    standing: Mapping[Slot, Standing]
    fates: Mapping[str, tuple[Fate, ...]]
    balance: Balance


def in_order(submissions: Sequence[Submission]) -> list[Submission]:
    """By when they were sent, ties by hash; never by a file system's time."""
    return sorted(submissions, key=lambda s: (s.sent, s.sha256))


def merge(submissions: Sequence[Submission], before: Mapping[Slot, Standing], carried: Mapping[str, Carried]) -> Merged:
    """Merge one period. `before` is what stood at its start; `carried` gives per partner the rows it may confirm."""
    counted = [s for s in in_order(submissions) if s.state in (SubmissionState.MERGED, SubmissionState.HELD)]
    standing: dict[Slot, Standing] = {}
    fates: dict[str, list[Fate]] = {s.sha256: [Fate.HELD] * len(s.answers) for s in counted}
    open_cells: dict[Slot, list[tuple[str, int]]] = {}  # accepted or held cells that a later answer would supersede
    for submission in counted:
        if submission.state is SubmissionState.HELD:
            continue
        given = fates[submission.sha256]
        for n, answer in enumerate(submission.answers):
            given[n] = _judge(answer, submission, standing, before)
            _replace(open_cells, answer, (submission.sha256, n), fates, _as_issued(answer, submission))
            if given[n] is not Fate.HELD and answer.value is not None and not _as_issued(answer, submission):
                standing[answer.slot] = Standing(
                    value=answer.value,
                    period=submission.period,
                    partner=submission.partner,
                    place=answer.place,
                    sha256=submission.sha256,
                    sent=submission.sent,
                )
    _confirm(standing, before, counted, carried)
    return Merged(standing, {sha: tuple(given) for sha, given in fates.items()}, _count(counted, fates))


def _as_issued(answer: Answer, submission: Submission) -> bool:
    """Whether the cell was left as it was issued: it then never overrides what another copy changed (law 3)."""
    return answer.value is not None and submission.base.get(answer.slot) == answer.value


def _judge(answer: Answer, submission: Submission, standing: Mapping[Slot, Standing], before: Mapping[Slot, Standing]) -> Fate:
    if answer.held or answer.value is None:
        return Fate.HELD
    current = standing.get(answer.slot) or before.get(answer.slot)
    if _as_issued(answer, submission) or (current is not None and current.value == answer.value):
        return Fate.UNCHANGED
    return Fate.ACCEPTED


def _replace(
    open_cells: dict[Slot, list[tuple[str, int]]],
    answer: Answer,
    cell: tuple[str, int],
    fates: dict[str, list[Fate]],
    as_issued: bool,
) -> None:
    """A good answer supersedes the earlier ones to its cell, accepted or held; a held one only an earlier held one."""
    if not answer.key or as_issued:
        return
    fate = fates[cell[0]][cell[1]]
    kept: list[tuple[str, int]] = []
    for sha, n in open_cells.get(answer.slot, []):
        twins = sha == cell[0] and fate is Fate.HELD  # a key that stands twice in one file: neither replaces the other
        if (fates[sha][n] is Fate.HELD or fate is Fate.ACCEPTED) and not twins:
            fates[sha][n] = Fate.SUPERSEDED
        else:
            kept.append((sha, n))
    if fate is not Fate.UNCHANGED:
        kept.append(cell)
    open_cells[answer.slot] = kept


def _confirm(
    standing: dict[Slot, Standing],
    before: Mapping[Slot, Standing],
    submissions: Sequence[Submission],
    carried: Mapping[str, Carried],
) -> None:
    """ "No change" on a row, or a nil return on all of them, confirms what stood before, field by field."""
    for submission in submissions:
        if submission.state is not SubmissionState.MERGED:
            continue
        ticked = {(a.form, a.key): a for a in submission.answers if a.field == "no_change" and a.value is True and not a.held}
        nil = next((a for a in submission.answers if a.field == "nil_return" and a.value is True and not a.held), None)
        for (form, key), fields in carried.get(submission.partner, {}).items():
            answer = ticked.get((form, key)) or nil
            for name in fields if answer else ():
                slot = (form, key, name)
                if answer and slot in before and slot not in standing:
                    standing[slot] = Standing(
                        value=before[slot].value,
                        period=submission.period,
                        partner=submission.partner,
                        place=answer.place,
                        sha256=submission.sha256,
                        sent=submission.sent,
                        carried=True,
                    )


def _count(submissions: Sequence[Submission], fates: Mapping[str, Sequence[Fate]]) -> Balance:
    given = [fate for sha in fates for fate in fates[sha]]
    return Balance(
        read=sum(len(s.answers) for s in submissions),
        accepted=given.count(Fate.ACCEPTED),
        unchanged=given.count(Fate.UNCHANGED),
        superseded=given.count(Fate.SUPERSEDED),
        held=given.count(Fate.HELD),
        blank=sum(s.blanks for s in submissions),
    )


def fold(periods: Sequence[Mapping[Slot, Standing]]) -> dict[Slot, Standing]:
    """What stands after several periods, earliest first: the latest standing of each slot."""
    now: dict[Slot, Standing] = {}
    for standing in periods:
        now.update(standing)
    return now
