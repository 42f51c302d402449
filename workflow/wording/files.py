"""The sentences about a file: its tables, its rows, and whose it is."""

from __future__ import annotations

from workflow.model import Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- a table's headings and lines (reader)
    "heading-near": (_NOTE, "the heading reads {found} and was taken for \"{meant}\"", "Nothing to do if that is right."),
    "heading-repeated": (_QUERY, "the heading {found} stands on two columns; the first one was read", "Take the other one out, or move its answers into the first."),
    "heading-unknown": (_NOTE, "the column {found} is not one of the form's, so it was not read", "If it holds an answer, put it in the form's own column."),
    "heading-missing": (_QUERY, "the column {found} is not there{besides}", "Put it back with its heading, as it was in the template we sent."),
    "answers-hidden": (_NOTE, "there are answers in hidden rows or columns; they were read like any other", "Nothing to do if they should count."),
    "answers-merged": (_QUERY, "cells are merged, so it is not clear which rows the answer is for", "Unmerge them and fill in each row."),
    "answers-unheaded": (_NOTE, "there is something under no heading, so it was not read", "If it is an answer, put it in the form's own column."),
    "table-unread": (_QUERY, "the headings of {form_title} were not found on this sheet, so nothing on it was read", "Put its row of headings back, or send the answers in the template we sent you."),
    "table-hidden": (_NOTE, "the sheet is hidden; its answers were read like any other", "Nothing to do if they should count."),
    "table-repeated": (_QUERY, "the same table stands here again; only the one on the sheet {first} was read", "Keep one of the two, with all the answers in it, and send the file again."),
    # --- what a workbook holds besides answers
    "workbook-active": (_NOTE, "the workbook holds {what}; nothing of that was run, followed or kept, and only its values were read", "If you did not expect that, ask its sender before you open the file yourself."),
    "sheets-hidden": (_NOTE, "there is something on hidden sheets that are none of the form's, so it was not read", "Unhide them and look if you expected more answers."),
    # --- rows of one file (validate)
    "row-key-missing": (_STOP, "the row key is blank, so its answers were not taken", "Put the row's key back, as it was in the template we sent."),
    "row-key-unknown": (_STOP, "the row key {found} is not one of yours, so its answers were not taken", "Put back the key that was there. For a new row use one of the NEW rows at the end."),
    "row-key-not-yours": (_STOP, "the row {found} belongs to another agency, so its answers were not taken", "If you should answer for it, tell us and we will add it to your return."),
    "row-key-repeated": (_STOP, "the key {found} stands on more than one row, so we cannot tell which answers are meant", "Keep one row for each key."),
    "row-missing": (_QUERY, "some of your rows were taken out of the file ({labels})", "Send them in the template we sent you, or tell us why they were taken out."),
    "context-changed": (_QUERY, "this filled-in text now reads {found}; ours reads \"{expected}\"", "Ours was kept. If it should change, tell us under {lead_changes}."),
    # --- whose and which return it is (identify)
    "identity-missing": (_STOP, "nothing in the file says {what}", "Send the template that we sent you, filled in."),
    "identity-partner-unknown": (_STOP, "the return says it is from {found}, which is not a partner on the register", "Use the template that we sent you, or tell us the agency's name."),
    "identity-period-unknown": (_STOP, "the return says it is for {found}, which is not a period on the register", "Use the template that we sent you for this {period_word}."),
    "identity-disagrees": (_STOP, "the file says two things about whose or which return it is: {found} and \"{other}\"", "Send it again in the template that we sent you, without copying sheets from another."),
    "identity-token": (_STOP, "the Return ID {found} is not one that we issued for this agency and period", "Send it again in the template that we sent you."),
    "identity-layout": (_STOP, "the template has layout {found}; layouts {expected} are accepted", "Please use the template attached to our latest email."),
    "identity-partial": (_NOTE, "whose return it is was told from {found} alone", "Nothing to do if the agency is right."),
    "identity-sender": (_STOP, "this is the return of {partner_name}, but it was sent from {found}, which is an address of {other}", "Send it from an address of {partner_name}, or tell us whose answers these are."),
    "identity-subject": (_STOP, "the email is about the return of {other} for {other_label}, but the workbook in it is that of {partner_name} for {period_label}", "Send the workbook that you meant in reply to our email about it."),
    "sender-unknown": (_QUERY, "the return of {partner_name} was sent from {found}, which is not on our list of your addresses", "Tell us whether this address may send for you."),
    "sender-missing": (_QUERY, "the return of {partner_name} came in a message that does not say who sent it", "Tell us whether you sent it."),
    "file-unreadable": (_STOP, "{sentence}", ""),
    "file-no-tables": (_STOP, "none of the return's tables was found in the file", "Send the template that we sent you, filled in."),
    "form-missing": (_QUERY, "the sheet {sheet} is not in the file", "Send it in the template we sent you, or tell us why it was taken out."),
    "register-changed": (_NOTE, "the register changed since the last run", "Nothing to do."),
}
