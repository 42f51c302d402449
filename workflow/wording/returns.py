"""The sentences about a return as a whole."""

from __future__ import annotations

from workflow.model import Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- the whole return (completeness)
    "row-unanswered": (_QUERY, "nothing was entered on {rows} of yours: {labels}", "Fill {them} in{unless}."),
    "answer-missing": (_QUERY, "this is blank", "Please complete it."),
    "sign-off-missing": (_QUERY, "this is blank", "Please complete it so that the return counts as signed off."),
    "nil-with-answers": (_QUERY, "you said there is nothing to report, but {count} than last time", "The answers were taken. If they should stand, change this to No."),
    "no-change-nothing": (_QUERY, "you chose No change, but there is no earlier answer to carry forward", "Please fill in the row this once."),
    "resubmission": (_NOTE, "a later file from this agency changed answers sent earlier ({count}: {labels})", "The later answers were taken. Nothing to do if that is right."),
    "conflict": (_QUERY, "copies that were filled in side by side differ here: {values}. For now {stands} stands", "Enter the right one.{besides}"),
    "conflict-held": (_STOP, "copies that were filled in side by side differ here: {values}. For now none of them is used", "Enter the right one.{besides}"),
    "row-sent-twice": (_NOTE, "the same new row came in two copies ({files})", "It was taken once. Nothing to do if that is right."),
    "joint-differs": (_QUERY, "{other} entered {found}; the lead, {lead}, entered {expected}", "The lead's answer stands. Agree between you which is right, and tell us."),
    "previous-changed": (_QUERY, "last time's answer now reads {found}; ours reads \"{expected}\"", "Ours was kept. Put what is new in the yellow boxes; if the earlier answer was wrong, tell us under {comments}."),
    "previous-changed-rows": (_QUERY, "last time's answers on these rows are not as we sent them", "Ours were kept. Put what is new in the yellow boxes; if earlier answers were wrong, tell us under {comments}."),
}
