"""The sentences about replies, decisions and waivers."""

from __future__ import annotations

from workflow.model import Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- what comes back: replies and decisions
    "query-unknown": (_STOP, "{found} is not a query of ours, so what stands on its row was not taken", "Put the query's number back as it was, or write under {comments}."),
    "decisions-sender": (_STOP, "decisions came from {found}, which is not the partnership's own address", "Nothing in them was taken. If they are yours, put the workbook itself into inbox/."),
    "decisions-unsure": (_STOP, "the file does not say which decisions workbook of ours it is", "Make your decisions in the decisions workbook of the {period_word}, save it and put that into inbox/."),
    # --- what the office types in
    "typed-by-office": (_NOTE, "the office typed these answers in for the partner, from: {found}", "Nothing to do. The history says so beside each of them."),
    # --- edits in the tracker
    "identity-tracker": (_STOP, "this is no tracker that was written here, so nobody can tell what was changed in it", "Make the changes in the tracker that stands in outbox, and save it there or put a copy of it into inbox/."),
    "tracker-edits": (_NOTE, "what you changed in the tracker was taken in", "Nothing to do. The tracker written since has it, too."),
    "tracker-row": (_STOP, "{found} is no row of the tracker, so what was changed on it was not taken", "Put the row key back as it was. New rows come in with returns."),
    "tracker-joined": (_STOP, "this cell shows words of ours with the partner's, so what you changed in it was not taken", "Change it in the return of the partner whose words they are, and put that into inbox/."),
    # --- what became of them, for the coordinator
    "query-explained": (_NOTE, "{asked}; the reply is: {found}", "Nothing to do if that explains it. If not, settle it in the decisions workbook."),
    "query-settled": (_NOTE, "{asked}; {decided}", "Nothing to do."),
    "query-waived": (_NOTE, "{asked}; this is waived {until} ({reason}; agreed by {agreed_by})", "Nothing to do."),
    "waiver-expired": (_NOTE, "the waiver for this ended on {day} ({reason}; agreed by {agreed_by}), so it was asked again", "Give it a new day on the Waivers sheet of the register if it should still hold."),
    "decision-value": (_STOP, "you chose Use this value for {asked}, but {found} is not {expected}", "Enter the value as the partner should have typed it."),
    "decision-accept": (_STOP, "you chose Accept for {asked}, but nothing can be made of what was typed there", "Choose Use this value and enter it, or Reject."),
    "decision-key": (_STOP, "you gave {found} as the row key for {asked}, which is not a row of that partner's", "Enter the key of one of its rows, or choose Reject."),
}
