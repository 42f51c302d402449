"""The drafts of every email a coordinator would have had to write. Nothing is sent: a person opens and sends each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_UP, Decimal
from functools import cached_property

from workflow import letters, post
from workflow.model import Board, Contact, Fate, Partner, ReturnStatus, Severity, Submission, SubmissionState
from workflow.pipeline.quarter import Quarter
from workflow.pipeline.questions import Copy, asked_of, question
from workflow.pipeline.senders import partners_of
from workflow.pipeline.workspace import EMAILS, Workspace
from workflow.wording import bare

# Codes of a return that is not the form that we sent this partner for this period.
_ANOTHER_FORM = frozenset({
    "file-no-tables", "identity-missing", "identity-partner-unknown", "identity-period-unknown", "identity-disagrees",
    "identity-token", "identity-layout",
})  # fmt: skip
MINUTES_PER_ROW = Decimal("1.3")  # 11 rows in about 15 minutes (domain.md D4)


@dataclass(frozen=True)
class Mailer:
    """Writes letters for one workspace, period and day."""

    workspace: Workspace
    quarter: Quarter
    today: date

    def issue(self, partner: Partner, rows: Mapping[str, int], template: post.Attachment) -> dict[str, bytes]:
        """The covering email of a template."""
        return self._to_partner(
            "issue",
            partner,
            {
                "rows": [letters.SheetRows(title, n) for title, n in rows.items()],
                "minutes": minutes(sum(rows.values())),
                "template": template.name,
            },
            [template],
        )

    def heard_from(self, partner: Partner) -> bool:
        """Whether anything came from a partner in the period, so that it is owed an answer."""
        return partner.id in self._sent

    def needs_form(self, partner: Partner) -> bool:
        """Whether something came from a partner that is not the form it was sent: a fresh one goes with the answer."""
        return any(cause_of(s) == "template" for s in self._unused(partner))

    def answer(
        self, partner: Partner, status: ReturnStatus, marked: Copy | None, form: post.Attachment | None = None
    ) -> dict[str, bytes]:
        """Receipt, thanks, query or unreadable: what a partner is told about what it sent. Nothing where nothing came.

        `marked` is its marked-up return, where something is asked; `form` a fresh form, where it `needs_form`.
        """
        merged = [s for s in self._sent.get(partner.id, ()) if s.partner and s.state is SubmissionState.MERGED]
        drafts = self._unreadable(partner, form)
        if not merged or status.received is None:
            return drafts
        lines = marked.lines if marked else {}
        queries = [question(f, self.workspace, lines) for f in asked_of(partner.id, self.quarter)]
        receipt: dict[str, object] = {
            "received": status.received,
            "days_late": status.days_late,
            "files": [s.title for s in merged],
            **self._counts(merged),
            "asked": len(queries),
            "queries": letters.in_few_lines(queries, attached=marked is not None),
            "missing": status.missing,
        }
        if marked:
            copy = marked.attachment
            return drafts | self._to_partner("query", partner, {**receipt, "marked_up": copy.name}, [copy])
        if status.state == "nil return":
            words = {"received": status.received, "files": receipt["files"], "rows": status.rows, "missing": status.missing}
            return drafts | self._to_partner("thanks", partner, words)
        return drafts | self._to_partner("receipt", partner, receipt)

    def _unused(self, partner: Partner) -> list[Submission]:
        unused = (SubmissionState.HELD, SubmissionState.REFUSED)
        return [s for s in self._sent.get(partner.id, ()) if s.state in unused and s.place in self._stopped]

    @cached_property
    def _sent(self) -> Mapping[str, list[Submission]]:
        """Every file by whose it is: by what it says, else, where that names no partner of ours, by who sent it."""
        found: dict[str, list[Submission]] = {}
        for s in self.quarter.submissions:
            owners = (s.partner,) if s.partner else partners_of(s.sender, self.workspace.register)
            if len(owners) == 1:
                found.setdefault(owners[0], []).append(s)
        return found

    @cached_property
    def _stopped(self) -> frozenset[str]:
        """The files that a stop is told of."""
        return frozenset(p.file for f in self.quarter.findings if f.severity is Severity.STOP for p in f.places)

    def _unreadable(self, partner: Partner, form: post.Attachment | None) -> dict[str, bytes]:
        unused = self._unused(partner)
        if not unused:
            return {}
        files = [letters.NotUsed(s.title, bare(s.reason, s.place), cause_of(s)) for s in unused]
        words = {
            "files": files,
            "received": max(date.fromisoformat(s.received) for s in unused),
            "template": form.name if form else "",
            "senders": self._senders(partner) if any(f.cause == "sender" for f in files) else (),
        }
        return self._to_partner("unreadable", partner, words, [form] if form else [])

    def _senders(self, partner: Partner) -> tuple[str, ...]:
        """Who may send for a partner, as the register has it: its contacts, and anybody at its domains."""
        known = [c for c in self.workspace.register.contacts if c.partner == partner.id and c.email]
        domains = [f"any address at {d.lstrip('@.')}" for d in partner.domains]
        return (*dict.fromkeys(f"{c.post} ({c.email})" if c.post else c.email for c in known), *domains)

    def chaser(self, partner: Partner, status: ReturnStatus, template: post.Attachment | None) -> dict[str, bytes]:
        """A reminder that names exactly what is missing; the deputy is copied once the return is late."""
        deputy = next(iter(self._contacts(partner.id, "deputy")), None) if status.days_late else None
        states = {"late": "nothing received", "owed": "nothing received", "held": "held", "part returned": "part returned"}
        state = states[status.state]
        if status.state == "part returned" and status.answered >= status.rows and not status.held:
            state = "not signed off"
        late = max(0, (self.today - self.quarter.period.due_date).days)
        return self._to_partner(
            "chaser",
            partner,
            {
                "state": state,
                "missing": status.missing,
                "days_late": late,
                "minutes": minutes(max(1, status.rows - status.answered)),
                "deputy": deputy.post if deputy else "",
                "template": template.name if template else "",
            },
            [template] if template else [],
            cc=[deputy.email] if deputy else [],
        )

    def board(self, board: Board, words: Mapping[str, object], packs: Iterable[post.Attachment]) -> dict[str, bytes]:
        """The summary for a board's chair, with its pack."""
        attached = list(packs)
        context = {**self._common(board.chair), "board": board, **words, "files": [a.name for a in attached]}
        return self._draft("board", board.id, context, [board.email] if board.email else [], attached)

    def clerk(
        self, board: Board, packs: list[post.Attachment], papers: Sequence[letters.PackFile], withheld: int
    ) -> dict[str, bytes]:
        """The note for a board's clerk: the files, their sizes and markings, and how much a public pack leaves out."""
        context = {**self._common(board.clerk), "board": board, "files": papers, "withheld": withheld}
        return self._draft("clerk", board.id, context, [board.email] if board.email else [], packs)

    # --- parts

    def _counts(self, merged: Iterable[Submission]) -> dict[str, int]:
        fates = [fate for s in merged for fate in self.quarter.merged.fates.get(s.sha256, ())]
        return {fate.value: fates.count(fate) for fate in Fate}

    def _common(self, addressee: str) -> dict[str, object]:
        return {
            "partnership": self.workspace.register.partnership,
            "period": self.quarter.period,
            "today": self.today,
            "addressee": addressee,
        }

    def _contacts(self, partner: str, role: str) -> list[Contact]:
        return [c for c in self.workspace.register.contacts if c.partner == partner and c.role == role and c.email]

    def _to_partner(
        self,
        kind: str,
        partner: Partner,
        words: Mapping[str, object],
        attached: Iterable[post.Attachment] = (),
        cc: Iterable[str] = (),
    ) -> dict[str, bytes]:
        leads = self._contacts(partner.id, "lead")
        context = {**self._common(leads[0].post if leads else ""), "partner": partner, **words}
        return self._draft(kind, partner.id, context, [c.email for c in leads], list(attached), list(cc))

    def _draft(  # noqa: PLR0913, PLR0917 - a letter, whom it is for and what goes with it
        self,
        kind: str,
        who: str,
        context: Mapping[str, object],
        to: list[str],
        attached: list[post.Attachment],
        cc: list[str] | None = None,
    ) -> dict[str, bytes]:
        letter = letters.render(kind, context, self.workspace.root / EMAILS)
        partnership = self.workspace.register.partnership
        envelope = post.Envelope(
            to=to,
            when=self.today,
            identity=f"{self.quarter.period.key}/{kind}-{who}",
            cc=cc or [],
            reply_to=partnership.reply_to or partnership.email,
        )
        path = f"outbox/{self.quarter.period.key}/mail/{kind}-{who}"
        return {
            f"{path}.eml": post.draft(letter, envelope, attached),
            f"{path}.txt": post.plain(letter, envelope, attached).encode(),
        }


def cause_of(submission: Submission) -> letters.Cause:
    """Why a file could not be used, as its letter tells it: by the code that refused it, or the one that holds it."""
    held = next((f.code for f in submission.findings if f.severity is Severity.STOP), "")
    code = submission.code or held
    return "sender" if code == "identity-sender" else "template" if code in _ANOTHER_FORM else "file"


def minutes(rows: int) -> int:
    """About how long some rows take, in minutes, rounded up to five."""
    return int((rows * MINUTES_PER_ROW / 5).to_integral_value(rounding=ROUND_UP)) * 5 or 5
