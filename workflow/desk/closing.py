"""What is asked, less what a reply explains, a decision settles or a waiver covers; and notes that say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflow import fields
from workflow.completeness import whole
from workflow.conflicts import CODES
from workflow.desk.facts import Asked, Closed, decisions, replies
from workflow.desk.follow import Followed, follow, held_by
from workflow.model import Cover, Finding, Severity, Submission, SubmissionState, Waiver
from workflow.validate import Trouble, gather
from workflow.wording import WORDS, Masked, finding


class Desk:
    """Replies, decisions and waivers of one period, worked out once."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._explained = {
            (reply.partner, cover): Closed("query-explained", str(reply.value))
            for reply, covers in replies(asked)
            for cover in (meant for c in covers for meant in _meant(c))
        }
        self.followed: Followed = follow(asked)
        self._let_through()

    @property
    def idle(self) -> bool:
        """Whether there is nothing to hear: no reply, no decision, no waiver."""
        return not (self._explained or decisions(self._asked.standing) or self._asked.waivers)

    @property
    def submissions(self) -> list[Submission]:
        """The period's submissions, those that were held and are accepted as if they had never been held."""
        return [_released(s) if s.sha256 in self.followed.taken else s for s in self._asked.submissions]

    def split(self, found: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Findings of single files -> those still open, and notes about those that are closed."""
        still: list[Finding] = []
        notes: list[Finding] = []
        for f in found:
            reasons = [self._closed(c, f.partner, f.severity) for c in f.problems]
            if f.severity is Severity.NOTE or not all(reasons):
                still.append(f)
                notes.extend(self._expired(f))
            elif reasons[0]:
                notes.append(_note(f, reasons[0]))
        return still, notes

    def ended(self, found: Sequence[Finding]) -> list[Finding]:
        """Notes about the conflicts that a decision ended, so that they are not found any more."""
        names = {f.reference for f in found}
        gone = [f for f in self._asked.findings if f.code in CODES and f.reference not in names]
        return [_note(f, why) for f in gone if (why := self.followed.closed.get((f.partner, f.problems[0])))]

    def split_troubles(self, troubles: Sequence[Trouble], partner: str) -> tuple[list[Finding], list[Finding]]:
        """The problems of a whole return, each by itself -> findings of those still open, and notes about the others."""
        period = self._asked.period.key
        still: list[Trouble] = []
        closed: dict[str, tuple[Closed, list[Trouble]]] = {}
        for t in troubles:
            why = self._closed(t.cover, partner, Severity.NOTE if t.beta else WORDS[t.code][0])
            if why:
                closed.setdefault(str(why), (why, []))[1].append(t)
            else:
                still.append(t)
        found = gather(still, partner, period)
        notes = [_note(f, why) for why, some in closed.values() for f in gather(some, partner, period)]
        return [*found], [*notes, *(n for f in found for n in self._expired(f))]

    def _closed(self, cover: Cover, partner: str, severity: Severity) -> Closed | None:
        """Why a problem is not asked any more; None where it is. A reply alone never releases what is held."""
        settled = self.followed.closed.get((partner, cover))
        if settled or severity is not Severity.QUERY:
            return settled
        return self._explained.get((partner, cover)) or self._waived(cover, partner)

    def _waived(self, cover: Cover, partner: str) -> Closed | None:
        for w in self._asked.waivers:
            if _matches(w, cover, partner) and (w.until is None or w.until >= self._asked.period.due_date):
                until = f"for returns due by {fields.show(w.until)}" if w.until else "until further notice"
                return Closed("query-waived", "", {"until": until, "reason": w.reason, "agreed_by": w.agreed_by})
        return None

    def _let_through(self) -> None:
        """A waiver lets a held answer through where something could be made of it, as for words that only look like a name."""
        for f in self._asked.by_reference.values():
            waived = {c: self._waived(c, f.partner) for c in f.problems}
            if f.severity is Severity.STOP and not whole(f) and all(waived.values()):
                answers = held_by(f, self._asked)
                if answers and all(a.value is not None for _, a in answers):
                    self.followed.accepted |= {(sha, a.place) for sha, a in answers}
                    self.followed.closed.update({(f.partner, c): why for c, why in waived.items() if why})

    def _expired(self, f: Finding) -> Iterable[Finding]:
        """A waiver that would have closed this, and is over, is told once."""
        for w in self._asked.waivers:
            over = w.until is not None and w.until < self._asked.period.due_date
            if over and f.severity is not Severity.NOTE and any(_matches(w, c, f.partner) for c in f.problems):
                told = {"day": fields.show(w.until), "reason": w.reason, "agreed_by": w.agreed_by}
                yield _told("waiver-expired", f, "", told)


def _meant(cover: Cover) -> tuple[Cover, ...]:
    """What a reply about a problem explains: why rows were taken out is why they stay blank in the copy that has them again."""
    taken_out = cover.code in ("row-missing", "form-missing")
    return (cover, cover._replace(code="row-unanswered")) if taken_out else (cover,)


def _note(f: Finding, why: Closed) -> Finding:
    """What the coordinator is told of a query that is closed."""
    cut = f.message.find(f.remedy) if f.remedy else -1
    asked = (f.message[:cut] if cut > 0 else f.message).strip().rstrip(".?")
    return _told(why.code, f, why.found, {"asked": Masked(asked), **why.words})


def _told(code: str, f: Finding, found: str, words: Mapping[str, Any]) -> Finding:
    """A note about a finding, at its places."""
    made = finding(code, found=found, **words)
    return replace(
        made, places=f.places, partner=f.partner, period=f.period, items=f.items, form=f.form, field=f.field, covers=f.problems
    )


def _matches(w: Waiver, cover: Cover, partner: str) -> bool:
    row = not w.item or w.item in cover.key.split("; ")
    return w.rule == cover.code and row and w.partner in ("", partner) and bool(w.item or w.partner)


def _released(s: Submission) -> Submission:
    """A held file that was accepted: its answers count, but for those that are held by themselves."""
    stops = {f.code for f in s.findings if whole(f) and f.severity is Severity.STOP}
    answers = tuple(replace(a, held="") if a.held in stops else a for a in s.answers)
    return replace(s, state=SubmissionState.MERGED, reason="", answers=answers)
