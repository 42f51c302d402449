"""How received files were judged: one row for each leaf, and one for each answer it held. Rows are only ever added.

In force is the latest batch of a received file (its container): all leaves as the last run that opened it found them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflow.fields import decode, encode
from workflow.ledger.codec import as_json, finding_in, finding_out
from workflow.model import Answer, Grid, Place, Submission, SubmissionState

_COLUMNS = (
    "sha256, judged, run, file, part, partner, period, sent, state, reason, layout, token, sender, received, blanks, extra,"
    " container"
)
_LATEST = (
    "SELECT j.id, j.sha256, j.judged, file, part, partner, period, sent, state, reason, layout, token, sender, received,"
    " blanks, extra, j.container FROM judgement j JOIN"
    " (SELECT container, max(run) AS run FROM judgement WHERE run IN (SELECT id FROM run WHERE today <= ?)"
    " GROUP BY container) last ON last.container = j.container AND last.run = j.run ORDER BY j.id"
)


def judged(db: sqlite3.Connection) -> dict[str, str]:
    """Per received file, what its latest judgement was made under (hash of forms, register, settings and version)."""
    return {row[-1]: row[2] for row in db.execute(_LATEST, ("9999",))}


def add(db: sqlite3.Connection, submission: Submission, judged: str, run: int) -> None:
    """Record how a leaf was judged, with every answer it held."""
    s = submission
    extra = as_json(details_out(s))
    cursor = db.execute(
        f"INSERT INTO judgement ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - ours
        (s.sha256, judged, run, s.file, s.part, s.partner, s.period, s.sent, s.state.value, s.reason, s.layout, s.token,
         s.sender, s.received, s.blanks, extra, s.container or s.sha256),
    )  # fmt: skip
    db.executemany(
        "INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((cursor.lastrowid, n, *answer_out(a)) for n, a in enumerate(s.answers)),
    )


def latest(db: sqlite3.Connection, as_at: str) -> list[Submission]:
    """Every leaf as last judged by runs on or before a day, in the order in which they were first recorded."""
    rows = db.execute(_LATEST, (as_at,)).fetchall()
    return [_submission(db, row) for row in rows]


def _submission(db: sqlite3.Connection, row: Sequence[Any]) -> Submission:
    number, sha, _, file, part, partner, period, sent, state, reason, layout, token, sender, received, *rest = row
    blanks, extra, whole = rest
    blank = Submission(
        sha256=sha,
        file=file,
        part=part,
        partner=partner,
        period=period,
        sent=sent,
        state=SubmissionState(state),
        reason=reason,
        layout=layout,
        token=token,
        blanks=blanks,
        sender=sender,
        received=received,
        container=whole,
    )
    answers = db.execute(
        "SELECT form, key, field, value, raw, sheet, cell, held FROM answer WHERE judgement = ? ORDER BY n", (number,)
    )
    return with_details(blank, json.loads(extra), answers)


# --- as plain values: for the ledger, and for what passes between two processes


def details_out(s: Submission) -> dict[str, Any]:
    """What a submission holds besides its columns and its answers, as plain values."""
    return {
        "findings": [finding_out(f) for f in s.findings],
        "grids": {name: [g.sheet, dict(g.columns), dict(g.rows), _seen(g.seen)] for name, g in s.grids.items()},
        "base": [[*slot, encode(value)] for slot, value in s.base.items()],
        "code": s.code,
        "quiet": s.quiet,
    }


def answer_out(a: Answer) -> tuple[str | None, ...]:
    """An answer as plain values; its file is the submission's."""
    value = None if a.value is None else encode(a.value)
    return (a.form, a.key, a.field, value, a.raw, a.place.sheet, a.place.cell, a.held)


def with_details(blank: Submission, details: Mapping[str, Any], answers: Iterable[Sequence[Any]]) -> Submission:
    """The submission again, from its columns and what `details_out` and `answer_out` gave."""
    return replace(
        blank,
        answers=tuple(
            Answer(form, key, field, None if value is None else decode(value), raw, Place(blank.place, sheet, cell), held)
            for form, key, field, value, raw, sheet, cell, held in answers
        ),
        findings=tuple(finding_in(f) for f in details["findings"]),
        grids={name: Grid(g[0], g[1], g[2], _seen(g[3] if len(g) > 3 else {})) for name, g in details["grids"].items()},
        base={(b[0], b[1], b[2]): decode(b[3]) for b in details["base"]},
        code=details.get("code", ""),  # judgements of the first version have neither
        quiet=details.get("quiet", False),
    )


def _seen(told: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, dict[str, tuple[str, str]]]:
    """What stood in the columns of last time's answers; earlier versions kept none of it."""
    return {key: {name: (str(mark), str(words)) for name, (mark, words) in row.items()} for key, row in told.items()}
