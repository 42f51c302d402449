"""The verdict of a run: one object for programs, one screen for people (design.md sections 1 and 7)."""

from __future__ import annotations

import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.fields import clean, show
from workflow.model import Finding, Register, ReturnStatus, Severity, SubmissionState
from workflow.pipeline.files import FileState, listing
from workflow.pipeline.quarter import Quarter
from workflow.wording import shorten

_WIDTH = 118  # characters of a line on the screen, after its heading
_SHOWN = 4  # of what can be long, the screen shows so many and run.txt all
_NAMED = {Severity.STOP: ("held", "held"), Severity.QUERY: ("query", "queries"), Severity.NOTE: ("note", "notes")}
IN = ("returned", "nil return", "part returned")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One period after a run. `run` is None for `status` and for a dry run."""

    register: Register
    quarter: Quarter
    files: tuple[FileState, ...]
    run: int | None
    today: str
    written: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # plain sentences about outputs, the ledger or the register
    fresh: bool = True  # whether this run changed anything
    dry: bool = False
    others: tuple[Quarter, ...] = ()  # other quarters in which something is still held or asked
    closed: date | None = None  # the day on which the period was closed
    corrected: tuple[str, ...] = ()  # what stands otherwise than in closed papers, in words
    left: tuple[str, ...] = ()  # files of the outbox that are out of date and could not be removed
    once: tuple[str, ...] = ()  # the notes that are of this run alone

    @property
    def needs_person(self) -> bool:
        """Whether anything needs a person (exit code 1): a hold, a query, a file not taken, a return not in when due."""
        late = any(r.state in ("late", "held", "part returned") for r in self.quarter.returns)
        told = any(f.severity is not Severity.NOTE for f in self.quarter.findings)
        files = any(f.needs_person for f in self.files)
        return late or told or files or bool(self.notes)

    def as_json(self, *, with_run: bool = True) -> dict[str, Any]:
        """The object of design.md section 7. `status` leaves `run` out."""
        b = self.quarter.balance
        result: dict[str, Any] = {"period": self.quarter.period.key}
        if with_run:
            result["run"] = self.run
        result.update(
            {
                "partners": [_return_json(r) for r in self.quarter.returns],
                "submissions": [
                    {
                        "file": f.file,
                        "part": f.part,
                        "sha256": f.sha256 or None,
                        "partner": f.partner or None,
                        "period": f.period or None,
                        "state": f.state.value,
                        "reason": f.reason or None,
                    }
                    for f in self.files
                ],
                "balance": {
                    "read": b.read,
                    "accepted": b.accepted,
                    "unchanged": b.unchanged,
                    "superseded": b.superseded,
                    "held": b.held,
                },
                "findings": [finding_json(f) for f in self.quarter.findings],
                "blank": b.blank,
                "written": list(self.written),
                "notes": [*self.notes, *self.corrected],
            }
        )
        return result

    def as_text(self) -> str:
        """The verdict on one screen."""
        lines = [
            self._heading(),
            "",
            *self._returns(),
            *self._cells(),
            *self._held(),
            *(_line("Corrected" if n == 0 else "", told) for n, told in enumerate(self.corrected)),
            *self._files(),
            *self._outputs(),
            *(_line("Next" if n == 0 else "", step) for n, step in enumerate(self.next_steps)),
        ]
        return "\n".join(printable(line) for line in lines)

    def full_text(self) -> str:
        """The verdict with every finding, for run.txt."""
        parts = [*self.as_text().splitlines(), "", "Every finding", "", *self._findings()]
        if len(self.notes) > _SHOWN:
            parts += ["", "Every note", "", *self.notes]
        parts += ["", "Every file, and every part of it", "", *listing(self.files)]
        return "\n".join(printable(line) for line in parts) + "\n"

    def _findings(self) -> list[str]:
        """Every finding under its partner's name, with how many there are, so that a long list has its landmarks."""
        lines: list[str] = []
        for partner in dict.fromkeys(f.partner for f in self.quarter.findings):
            own = [f for f in self.quarter.findings if f.partner == partner]
            counts = Counter(f.severity for f in own)
            words = [_count(counts[severity], *named) for severity, named in _NAMED.items() if counts[severity]]
            name = self.register.partner_name(partner) if partner else "Not known whose"
            lines += [f"{name}: {', '.join(words)}", *(f"  [{f.severity.value}] {f.message}" for f in own), ""]
        return lines[:-1] or ["None."]

    # --- the parts of the screen

    def _heading(self) -> str:
        period = self.quarter.period
        who = self.register.partnership.short_name or self.register.partnership.name
        run = "dry run: nothing was written" if self.dry else f"run {self.run}" if self.run else "no run yet"
        if not self.fresh and not self.dry and self.run:
            run = f"nothing new since run {self.run}"
        closed = f" (closed on {show(self.closed)})" if self.closed else ""
        return f"{who}, {period.label} ({period.key}), on {self.today}: {run}{closed}"

    def _returns(self) -> list[str]:
        asked = [r for r in self.quarter.returns if r.state != "not due"]
        received = [r for r in asked if r.state in IN]
        lines = [_line("Returns", f"{len(received)} of {len(asked)} in")]
        for state, words in (
            ("returned", "Complete"),
            ("nil return", "Nil"),
            ("part returned", "In part"),
            ("held", "Held"),
            ("late", "Late"),
            ("owed", "Owed"),
        ):
            some = [r for r in asked if r.state == state]
            if some:
                lines += _wrapped(f"  {words}", f"{len(some)}: " + ", ".join(self._name(r) for r in some))
        return lines

    def _name(self, r: ReturnStatus) -> str:
        found = self.register.partner(r.partner)
        name = (found.short_name or found.name) if found else r.partner
        if r.state == "part returned":
            return f"{name} ({r.answered} of {r.rows} rows{'' if r.signed_off else ', not signed off'})"
        if r.days_late and r.state in (*IN, "late"):
            return f"{name} ({r.days_late} day{'' if r.days_late == 1 else 's'} late)"
        return name

    def _cells(self) -> list[str]:
        b = self.quarter.balance
        sums = f"{b.accepted:,} accepted + {b.unchanged:,} unchanged + {b.superseded:,} superseded + {b.held:,} held"
        verb = "balances" if b.holds else "DOES NOT BALANCE"
        return [_line("Cells", f"{b.read:,} read = {sums} ({verb}; {b.blank:,} blank)")]

    def _held(self) -> list[str]:
        stops = [f for f in self.quarter.findings if f.severity is Severity.STOP]
        queries = [f for f in self.quarter.findings if f.severity is Severity.QUERY]
        notes = len(self.quarter.findings) - len(stops) - len(queries)
        lines = []
        for n, f in enumerate(stops[:_SHOWN]):
            who = self.register.partner_name(f.partner) + ": " if f.partner else ""
            lines += _wrapped("Held" if n == 0 else "", shorten(f"{who}{f.message}", 330))
        if len(stops) > _SHOWN:
            lines.append(_line("", f"and {len(stops) - _SHOWN} more, in run.txt"))
        told = f"{len(queries)} for partners, {notes} note{'' if notes == 1 else 's'} for you (run.txt has them all)"
        lines.append(_line("Queries", told))
        return lines + [_line("Also" if n == 0 else "", other) for n, other in enumerate(self.other_quarters[-_SHOWN:])]

    @property
    def other_quarters(self) -> tuple[str, ...]:
        """The other quarters in which something is still held or asked, one sentence each."""
        return tuple(_other(q) for q in self.others)

    @property
    def not_taken(self) -> tuple[FileState, ...]:
        """The files that need a person and of which no finding tells: one cause, one message."""
        told = {p.file for f in self.quarter.findings if f.severity is Severity.STOP for p in f.places if not p.cell}
        return tuple(f for f in self.files if f.needs_person and f.place not in told)

    def _files(self) -> list[str]:
        odd = self.not_taken
        same = sum(1 for f in self.files if f.state is SubmissionState.DUPLICATE)
        lines: list[str] = []
        for n, f in enumerate(odd[:_SHOWN]):
            lines += _wrapped("Files" if n == 0 else "", shorten(f"{f.place}: {f.state.value}. {f.reason}", 330))
        if len(odd) > _SHOWN:
            lines.append(_line("", f"and {len(odd) - _SHOWN} more files not taken"))
        if same:
            lines.append(_line("" if odd else "Files", f"{same} received before with the same content"))
        return lines

    def _outputs(self) -> list[str]:
        lines = []
        if self.written:
            kinds = _kinds(self.written)
            lines.append(_line("Written", f"outbox/{self.quarter.period.key}/: {', '.join(kinds)}"))
        lines.extend(_line("Note" if n == 0 else "", shorten(note, 200)) for n, note in enumerate(self.notes[:_SHOWN]))
        if len(self.notes) > _SHOWN:
            lines.append(_line("", f"and {len(self.notes) - _SHOWN} more such notes, in run.txt"))
        return lines

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do next, one sentence each."""
        steps: list[str] = []
        if self.dry:
            steps.append("Run it again without --dry-run to keep this.")
        if any(f.severity is not Severity.NOTE for f in self.quarter.findings):
            steps.append(
                "Read the drafts in mail/ (each query letter has its marked-up return attached) and send those you agree with."
            )
        if self.closed:
            steps.append("The packs of this period are frozen. What changes in it is told in the papers of the next.")
        elif any(r.state in ("late", "owed", "part returned") for r in self.quarter.returns):
            steps.append("Run workflow chase for reminders to those who still owe something.")
        if not steps:
            steps.append("Everything is in. Look through the packs in boards/ and send the board drafts in mail/.")
        return tuple(steps)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _line(head: str, text: str) -> str:
    return f"{head:<11}{text}"


def _wrapped(head: str, text: str) -> list[str]:
    """A long sentence over as many lines as it needs: what to do stands at its end."""
    parts = textwrap.wrap(printable(text), _WIDTH) or [""]
    return [_line(head if n == 0 else "", part) for n, part in enumerate(parts)]


def _other(q: Quarter) -> str:
    queries = sum(1 for f in q.findings if f.severity is Severity.QUERY)
    cells = f"{q.balance.read:,} cells read, {q.balance.held:,} held, {queries} open quer{'y' if queries == 1 else 'ies'}"
    return f"{q.period.label}: {cells} (workflow status --period {q.period.key})"


def _kinds(written: Sequence[str]) -> list[str]:
    counts: dict[str, int] = {}
    for path in written:
        folder = path.split("/")[2] if path.count("/") > 2 else ""
        name = {
            "boards": "board pack",
            "marked-up": "marked-up return",
            "mail": "draft",
            "templates": "template",
        }.get(folder, "master tracker" if "master-tracker" in path else "")
        if folder == "mail" and not path.endswith(".eml"):
            continue
        if folder == "boards" and not path.endswith(".xlsx"):
            name = f"{path.rpartition('.')[2].upper()} file"
        if name:
            counts[name] = counts.get(name, 0) + 1
    return [
        f"{n} {name}{'s' if n > 1 else ''}" if name != "master tracker" else "the master tracker" for name, n in counts.items()
    ]


def _return_json(r: ReturnStatus) -> dict[str, Any]:
    return {
        "partner": r.partner,
        "state": r.state,
        "rows": r.rows,
        "answered": r.answered,
        "days_late": r.days_late,
        "signed_off": r.signed_off,
        "queries": r.queries,
        "held": r.held,
        "missing": list(r.missing),
        "received": r.received.isoformat() if r.received else None,
    }


def finding_json(f: Finding) -> dict[str, Any]:
    """A finding as design.md section 7 prints it."""
    first = f.places[0] if f.places else None
    return {
        "code": f.code,
        "severity": f.severity.value,
        "partner": f.partner or None,
        "file": first.file if first else None,
        "sheet": first.sheet if first else None,
        "cells": [p.cell for p in f.places if p.cell],
        "items": list(f.items),
        "field": f.field or None,
        "message": f.message,
    }


def json_text(value: object) -> str:
    """A JSON object as text that a terminal can show: readable, with nothing of a file in it that a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def printable(line: str) -> str:
    """One line for a terminal or a log: no control characters from any file."""
    indent = len(line) - len(line.lstrip(" "))
    return " " * indent + clean(line).replace("\n", " ")
