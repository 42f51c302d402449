"""The merge: many submissions of one period -> what stands, and what became of every cell that was read.

It is a pure function of the period's submissions and of what stood before, so the order in which files arrive, and
how often they are sent, changes nothing (design laws 1, 3 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from workflow.model import Answer, Balance, Fate, Place, Slot, Standing, Submission, SubmissionState
from workflow.rules.texts import says_nothing

# A row that a partner may confirm as a whole: (form, key) -> the fields that "no change" carries forward.
Carried = Mapping[tuple[str, str], tuple[str, ...]]


InFile = tuple[str, Place]  # the hash of a file, and a cell of it


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the coordinator decided about answers (`desk`), by the cell of the file they stand in: another version of that
    file, under the same name, is another file.

    `accepted` are held answers that are taken as they stand, `rejected` answers that are set aside, `moved` those of a row
    whose key was put right, with the slot they belong to. `values` are those that stand instead from the decision on, by
    the hash of the file that it came in.
    """

    accepted: frozenset[InFile] = frozenset()
    rejected: frozenset[InFile] = frozenset()
    moved: Mapping[InFile, Slot] = field(default_factory=dict)
    values: Mapping[str, Sequence[tuple[Slot, Standing]]] = field(default_factory=dict)

    def on(self, sha256: str, answer: Answer) -> Answer:
        """An answer of a file, as it was decided to count."""
        cell = (sha256, answer.place)
        if cell in self.moved:
            form, key, name = self.moved[cell]
            return replace(answer, form=form, key=key, field=name, held="")
        return replace(answer, held="") if cell in self.accepted else answer


@dataclass(frozen=True, slots=True)
class Merged:
    """What a period's submissions come to. `standing` holds only what this period itself gave or confirmed.

    `fates` gives, per submission hash, one fate for each of its answers, in order.
    """

    standing: Mapping[Slot, Standing]
    fates: Mapping[str, tuple[Fate, ...]]
    balance: Balance


NO_RULINGS = Rulings()


def in_order(submissions: Sequence[Submission]) -> list[Submission]:
    """By when they were sent, ties by hash; never by a file system's time."""
    return sorted(submissions, key=lambda s: (s.sent, s.sha256))


def merge(
    submissions: Sequence[Submission],
    before: Mapping[Slot, Standing],
    carried: Mapping[str, Carried],
    rulings: Rulings = NO_RULINGS,
    contested: frozenset[InFile] = frozenset(),
) -> Merged:
    """Merge one period. `before` is what stood at its start; `carried` gives per partner the rows it may confirm.

    `contested` are answers in conflict of which none is to stand (`conflicts`): they are held until that is settled.
    """
    counted = [s for s in in_order(submissions) if s.state in (SubmissionState.MERGED, SubmissionState.HELD)]
    standing: dict[Slot, Standing] = {}
    fates: dict[str, list[Fate]] = {s.sha256: [Fate.HELD] * len(s.answers) for s in counted}
    open_cells: dict[Slot, list[tuple[str, int]]] = {}  # accepted or held cells that a later answer would supersede
    decided: dict[Slot, Standing] = {}
    for submission in counted:
        given = fates[submission.sha256]
        if submission.state is SubmissionState.HELD:
            aside = [(submission.sha256, a.place) in rulings.rejected for a in submission.answers]
            given[:] = [Fate.SUPERSEDED if one else Fate.HELD for one in aside]
            continue
        for n, read in enumerate(submission.answers):
            answer = rulings.on(submission.sha256, read)
            if (submission.sha256, answer.place) in rulings.rejected:
                given[n] = Fate.SUPERSEDED
                continue
            if (submission.sha256, answer.place) in contested:  # held already; what it would have replaced is replaced
                _supersede(open_cells.pop(answer.slot, []), fates)
                _set_back(answer.slot, standing, decided)
                continue
            given[n] = _judge(answer, submission, standing, before)
            _replace(open_cells, answer, (submission.sha256, n), fates, as_issued(answer, submission))
            if given[n] is not Fate.HELD and answer.value is not None and not as_issued(answer, submission):
                standing[answer.slot] = Standing(
                    value=answer.value,
                    period=submission.period,
                    partner=submission.partner,
                    place=answer.place,
                    sha256=submission.sha256,
                    sent=submission.sent,
                )
        for slot, instead in rulings.values.get(submission.sha256, ()):
            standing[slot] = decided[slot] = instead
            _supersede(open_cells.pop(slot, []), fates)
    _set_aside(_confirm(standing, before, counted, carried), counted, fates)
    return Merged(standing, {sha: tuple(given) for sha, given in fates.items()}, _count(counted, fates))


def as_issued(answer: Answer, submission: Submission) -> bool:
    """Whether the cell was left as it was issued: it then never overrides what another copy changed (law 3)."""
    return answer.value is not None and submission.base.get(answer.slot) == answer.value


def _supersede(cells: Sequence[tuple[str, int]], fates: Mapping[str, list[Fate]]) -> None:
    for sha, n in cells:
        fates[sha][n] = Fate.SUPERSEDED


def _set_back(slot: Slot, standing: dict[Slot, Standing], decided: Mapping[Slot, Standing]) -> None:
    """What stood before any copy said something of a cell: what was decided in this period, else nothing of this period."""
    standing.pop(slot, None)
    if slot in decided:
        standing[slot] = decided[slot]


def _judge(answer: Answer, submission: Submission, standing: Mapping[Slot, Standing], before: Mapping[Slot, Standing]) -> Fate:
    if answer.held or answer.value is None:
        return Fate.HELD
    current = standing.get(answer.slot) or before.get(answer.slot)
    if as_issued(answer, submission) or (current is not None and current.value == answer.value):
        return Fate.UNCHANGED
    return Fate.ACCEPTED


def _replace(
    open_cells: dict[Slot, list[tuple[str, int]]],
    answer: Answer,
    cell: tuple[str, int],
    fates: dict[str, list[Fate]],
    as_issued: bool,
) -> None:
    """A good answer supersedes the earlier ones to its cell, accepted or held; a held one only an earlier held one.

    One that was left as it was issued supersedes nothing, unless it was issued as held: then it is the same answer again.
    """
    if not answer.key or (as_issued and not answer.held):
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
) -> set[InFile]:
    """ "No change" on a row, or a nil return on all of them, confirms what stood before, field by field.

    A text that says no more than that ("As above", "No update") says the same as "no change", which stands in its place.
    Returns the cells of such texts.
    """
    aside: set[InFile] = set()
    for submission in submissions:
        if submission.state is not SubmissionState.MERGED:
            continue
        ticked = {(a.form, a.key): a for a in submission.answers if a.field == "no_change" and a.value is True and not a.held}
        nil = next((a for a in submission.answers if a.field == "nil_return" and a.value is True and not a.held), None)
        for (form, key), fields in carried.get(submission.partner, {}).items():
            answer = ticked.get((form, key)) or nil
            for name in fields if answer else ():
                slot = (form, key, name)
                given = standing.get(slot)
                if given and isinstance(given.value, str) and says_nothing(given.value) and slot in before:
                    aside.add((given.sha256, given.place))
                    del standing[slot]
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
    return aside


def _set_aside(cells: set[InFile], submissions: Sequence[Submission], fates: Mapping[str, list[Fate]]) -> None:
    for submission in submissions if cells else ():
        for n, answer in enumerate(submission.answers):
            if (submission.sha256, answer.place) in cells:
                fates[submission.sha256][n] = Fate.SUPERSEDED


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
