"""Every sentence of every finding, in one place (design.md section 9).

A finding is addressed to the person who can act: where, what we found, what to do, and a suggestion if there is a near
one. The code is never shown first. To add one, add a line to `WORDS` in its section.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.model import Finding, Place, Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

# code -> (severity, what we found, what to do). Both parts are str.format templates over the words given to `finding`.
# The found part follows "Actions, cell H9 (RAG now for 1.3.1): " and so starts in lower case.
WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- typing one cell (fields.parse names these codes)
    "choice-unknown": (_STOP, "you entered {found}", "Enter {expected}."),
    "date-unreadable": (_STOP, "you entered {found}, which cannot be read as a date", "Enter it day first, like 31/10/2023."),
    "date-ambiguous": (_QUERY, "you entered {found}, which was read as {read}", "If you meant another day, enter it like 31 Oct 2023."),
    "date-implausible": (_QUERY, "you entered {found}", "Check the year: it is far from this plan's dates."),
    "number-unreadable": (_STOP, "you entered {found}, which cannot be read as {expected}", "Enter digits only, like {example}."),
    "number-inexact": (_STOP, "you entered {found}", "Enter one exact number. Put words such as about, or a range, in the comment."),
    "number-tidied": (_NOTE, "{found} was read as {read}", "Nothing to do if that is right."),
    "number-range": (_QUERY, "you entered {found}", "Enter a number {expected}, or tell us why it is right."),
    "percent-scale": (_QUERY, "{found} was read as {read}", "If you meant {other}, enter {other}."),
    "yes-no-unknown": (_STOP, "you entered {found}", "Enter Yes or No."),
    "cell-error": (_STOP, "the cell shows {found}, an error of a formula", "Type the value itself."),
    "cell-uncalculated": (_STOP, "the cell holds a formula whose result was never saved", "Open the file in Excel, save it and send it again, or type the value itself."),
    "cell-formula": (_NOTE, "the cell holds a formula ({formula}); its saved result {found} was used", "Nothing to do if that is right. Next time type the value itself."),
    "text-too-long": (_NOTE, "the text has {length} characters; the box is for {limit}", "All of it was kept. Please keep it shorter next time."),
    "text-too-short": (_QUERY, "you entered {found}, which says too little to be reported", "Say what was done and what came of it, in at least {limit} characters."),
    "text-invisible": (_NOTE, "the text held {count} invisible or control characters", "They were left out. Nothing to do."),
    "text-was-date": (_NOTE, "the cell holds a date; it was read as the text {read}", "Check that it was not something else, such as 2-1, which Excel turns into a date."),
    "date-tidied": (_NOTE, "{found} was read as {read}", "Nothing to do if that is right. Next time enter it like 31/10/2023."),
    # --- a table's headings and lines (reader)
    "heading-near": (_NOTE, "the heading reads {found} and was taken for \"{meant}\"", "Nothing to do if that is right."),
    "heading-repeated": (_QUERY, "the heading {found} stands on two columns; the first one was read", "Take the other one out, or move its answers into the first."),
    "heading-unknown": (_NOTE, "the column {found} is not one of the form's, so it was not read", "If it holds an answer, put it in the form's own column."),
    "heading-missing": (_QUERY, "the column {found} is not there", "Put it back with its heading, as it was in the template we sent."),
    "answers-hidden": (_NOTE, "there are answers in hidden rows or columns; they were read like any other", "Nothing to do if they should count."),
    "answers-merged": (_QUERY, "cells are merged, so it is not clear which rows the answer is for", "Unmerge them and fill in each row."),
    "answers-unheaded": (_NOTE, "there is something under no heading, so it was not read", "If it is an answer, put it in the form's own column."),
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
    "context-changed": (_QUERY, "this filled-in text now reads {found}; ours reads \"{expected}\"", "Ours was kept. If it should change, tell us under Changes of lead or contact."),
    # --- the whole return (completeness)
    "row-unanswered": (_QUERY, "nothing was entered on these rows of yours: {labels}", "Fill them in, or choose Yes under No change this quarter."),
    "answer-missing": (_QUERY, "this is blank", "Please complete it."),
    "sign-off-missing": (_QUERY, "this is blank", "Please complete it so that the return counts as signed off."),
    "nil-with-answers": (_QUERY, "you said there is nothing to report, but {count} answers are other than last time", "The answers were taken. If they should stand, change this to No."),
    "no-change-nothing": (_QUERY, "you chose No change, but there is no earlier answer to carry forward", "Please fill in the row this once."),
    "resubmission": (_NOTE, "a later file from this agency changed answers sent earlier ({count}: {labels})", "The later answers were taken. Nothing to do if that is right."),
    "joint-differs": (_QUERY, "{other} entered {found}; the lead, {lead}, entered {expected}", "The lead's answer stands. Agree between you which is right, and tell us."),
    "returned-late": (_NOTE, "the return came {days} days after the due date", "Nothing to do."),
    # --- whose and which return it is (identify)
    "identity-missing": (_STOP, "nothing in the file says whose return it is", "Send the template that we sent you, filled in."),
    "identity-partner-unknown": (_STOP, "the return says it is from {found}, which is not a partner on the register", "Use the template that we sent you, or tell us the agency's name."),
    "identity-period-unknown": (_STOP, "the return says it is for {found}, which is not a period on the register", "Use the template that we sent you for this quarter."),
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
    # --- forms and settings (TOML)
    "toml-unreadable": (_STOP, "the file cannot be read: {why}", "Put that line right, or put back the last good copy of the file."),
    "toml-key-unknown": (_STOP, "{found} is not known here", "Use one of these: {expected}."),
    "toml-key-missing": (_STOP, "{key} is missing", "Add it."),
    "toml-type": (_STOP, "{key} is {found}", "Give {expected}."),
    "toml-word": (_STOP, "{key} is {found}", "Use one of these: {expected}."),
    "setting-unknown": (_QUERY, "{found} is not a setting and does nothing", "Remove it, or use one of these: {expected}."),
    "form-none": (_STOP, "there is no form in the folder", "Put the forms back: one .toml file for each."),
    "form-duplicate": (_STOP, "the {what} {found} stands more than once, in {where}", "Give each its own."),
    "form-sheet-name": (_STOP, "the sheet name {found} cannot be a tab's name", "Use at most {limit} characters, without [ ] : * ? / and \\, and not History."),
    "form-table-name": (_STOP, "the table name {found} cannot be a table's name", "Use letters, digits and _ without spaces, like ret_actions."),
    "form-spare-prefix": (_STOP, "spare rows are asked for, but spare_prefix is {found}", "Give one word in small letters, like issue."),
    "form-key": (_STOP, "the key fields are {found}", "Give exactly one field with role key, and put it first."),
    "form-key-record": (_STOP, "{found} has role key, but a record has no rows to tell apart", "Give it another role."),
    "form-field-name": (_STOP, "{found} cannot be a field's name", "Use small letters, digits and _, like new_due."),
    "form-help-long": (_STOP, "the help has {length} characters; Excel shows at most {limit}", "Shorten it."),
    "form-range": (_STOP, "{key} is {found}", "Make it {expected}."),
    "form-source-missing": (_STOP, "a field with role previous must say which answer it repeats", "Add source, one of these: {expected}."),
    "form-source-unknown": (_STOP, "source is {found}, which is not an answer field of this form", "Use one of these: {expected}."),
    "form-carry": (_STOP, "carry is set on a field that is not an answer", "Remove it: only answers are carried forward."),
    "form-choices-both": (_STOP, "both choices and choices_from are given", "Keep one of them."),
    "form-choices-none": (_STOP, "a choice field has nothing to choose from", "Add [[field.choice]] entries or choices_from."),
    "form-choices-kind": (_STOP, "choices are given, but the kind is {found}", "Make the kind choice, or remove the choices."),
    "form-choice-duplicate": (_STOP, "the choice or alias {found} stands more than once", "Let each word mean one choice."),
    "form-rule-unknown": (_STOP, "there is no rule called {found}", "Use one of these: {expected}."),
    "form-rule-field": (_STOP, "{key} is {found}, which is not a field of this form", "Name one of the form's fields."),
    # --- register
    "register-unreadable": (_STOP, "the register cannot be read: {why}", "Put that right, or put back the last good copy of the file."),
    "register-sheet-missing": (_STOP, "the sheet {sheet} was not found, and nothing can be done without it", "Put it back with its headings, from a copy or from a new register."),
    "register-sheet-absent": (_QUERY, "the sheet {sheet} was not found, so nothing on it was read", "Put it back with its headings, or leave it out if you do not use it."),
    "register-column-missing": (_STOP, "the heading {found} was not found", "Put it back as it was."),
    "register-blank": (_STOP, "nothing is entered, so the row was left out", "Enter {expected}."),
    "register-fact-blank": (_STOP, "nothing is entered", "Enter {expected}."),
    "register-lead-split": (_NOTE, "{found} names several agencies and was read as {read}", "Nothing to do if that is right."),
    "register-id": (_STOP, "{found} cannot be an id, because it stands in file names", "Use small letters, digits and hyphens, like {example}."),
    "register-key-reserved": (_STOP, "{found} looks like the key of a spare row", "Use a key that does not start with NEW-."),
    "register-duplicate": (_STOP, "{found} stands more than once", "Keep one row for each {what}."),
    "register-unknown": (_STOP, "{found} is not {what}", "Enter {expected}."),
    "register-link-unknown": (_QUERY, "{found} is not {what}", "Enter {expected}, or clear the cell."),
    "register-number": (_STOP, "{found} is not {expected}", "Enter {expected}."),
    "register-quarters": (_STOP, "the quarters are not all numbers from 1 to 4", "Enter them like 2; 4, or leave the cell blank for every quarter."),
    "register-lead-unknown": (_STOP, "{found} is not a partner, nor another name of one", "Enter a partner's id, or add the name on the Aliases sheet."),
    "register-lead-twice": (_QUERY, "{found} stands twice among the leads of this row", "Name each partner once."),
    "register-alias-outdated": (_QUERY, "{found} stopped meaning {other} on {day}", "Enter the partner that it means now."),
    "register-alias-clash": (_STOP, "{found} means more than one partner at the same time: {partners}", "Give each meaning its own dates, or remove one."),
    "register-partner-inactive": (_QUERY, "{found} is no longer an active partner", "Enter the partner that leads it now."),
    "register-contact-missing": (_QUERY, "{found} has rows to return but no contact with the role lead", "Add one on the Contacts sheet, so that there is someone to write to."),
    "register-email": (_STOP, "{found} is not one plain email address", "Enter one address, like post@council.example."),
    "register-domain": (_STOP, "{found} is not an email domain", "Enter the part after the @, like council.example."),
    "register-date-before": (_STOP, "{found} is before {what}, {other}", "Put the dates in order."),
    "register-date-not-after": (_STOP, "{found} is not after {what}, {other}", "Put the dates in order."),
    "register-period-form": (_STOP, "{found} is not a period's key", "Write it like {example}."),
    "register-period-key": (_QUERY, "the first day of {found} belongs to {expected}", "Correct the key or the dates, unless this is meant."),
    "register-period-overlap": (_STOP, "{found} begins before {other} has ended, on {day}", "Let each period begin on the day after the one before."),
    "register-period-gap": (_QUERY, "no period covers {first} to {last}", "Let each period begin on the day after the one before, or add the missing one."),
    "register-measure-blank": (_QUERY, "nothing is entered for a measure", "Enter {expected}."),
    "register-colour": (_STOP, "{found} is not a colour", "Enter six characters RRGGBB, like C00000."),
    "register-contrast": (_STOP, "text in {found} on {other} has a contrast of {ratio} to 1 and is hard to read", "Choose colours with at least 4.5 to 1."),
    "register-rag-bounds": (_STOP, "At least is {found}, which is not below {other}", "Make At least the smaller of the two."),
    "register-rag-gap": (_STOP, "no colour of {scheme} covers {missing}", "Let the colours of a scheme cover everything, each once."),
    "register-rag-overlap": (_STOP, "more than one colour of {scheme} covers {shared}", "Let the colours of a scheme cover everything, each once."),
    "register-waiver-expired": (_NOTE, "this waiver ended on {day} and no longer counts", "Nothing to do, or give it a new day."),
    "register-waiver-wide": (_QUERY, "this waiver names no row and no partner, so it does nothing", "Name the row or the partner that it is for."),
    # --- rules
    "rule-crashed": (_NOTE, "the check {rule} could not be made on this row ({why})", "Look at the row yourself, and tell whoever keeps the tool."),
    "progress-says-nothing": (_QUERY, "you entered {found}, {why}", "Say what was done and what came of it. If nothing changed, choose Yes under No change this quarter."),
    "required-when": (_QUERY, "this is blank, and {other} is {value}", "Please fill it in."),
    "required-in-quarter": (_QUERY, "this is blank, and it is needed in quarter {quarter}", "Please fill it in."),
    "no-change-with-answers": (_QUERY, "you chose No change, but also filled in {boxes}", "What you filled in was taken. If nothing changed, tell us."),
    "smart": (_NOTE, "this commitment could be easier to follow: {gaps}", "Agree the wording with the lead before it goes into next year's plan."),
    "date-after-limit": (_QUERY, "you entered {found}, which is after {limit}", "Check the date, or tell us why it is right."),
    "date-not-later": (_QUERY, "you entered {found}, which is not later than {day} ({other})", "Enter a later date."),
    "overdue-no-plan": (_QUERY, "this row was due on {day} and is not complete", "Fill in {boxes}, or change the status if it is done."),
    "rag-green-overdue": (_QUERY, "you chose {found}, but the row was due on {day} and is not complete", "Choose the colour that fits, or change the status if it is done."),
    "rag-status-disagree": (_QUERY, "you chose {found}, but the status is {status}", "Change one of the two so that they agree, or tell us why both are right."),
    "rag-better-later": (_QUERY, "you chose {found}, which is better than {before} last time, and proposed a later date too", "Check both, or say in the progress why the outlook is better."),
    "completed-not-complete": (_QUERY, "you entered {found}, but the status is {status}", "Choose Complete if it is done. If it is not, tell us and we will clear the date."),
    "value-and-reason": (_QUERY, "you chose {found}, but also gave a value, {value}", "Keep one of them: the value, or the reason why there is none."),
    "value-missing": (_QUERY, "there is no value, and no reason under {other}", "Enter the value, or choose the reason why there is none."),
    "fraction-over": (_QUERY, "you entered {found}, which is more than the {value} under {other}", "Check both numbers."),
    "fraction-of-nothing": (_QUERY, "you entered {found}, and nothing can be a share of that", "Check the number, or leave both parts of the fraction blank."),
    "fraction-disagrees": (_QUERY, "you entered {found}, but {n} out of {d} is {worked}", "Correct the value or its parts."),
    "count-not-whole": (_QUERY, "you entered {found}, which is not a whole number of {counts}", "Enter a whole number."),
    "percent-range": (_QUERY, "you entered {found}, which is not between 0% and 100%", "Enter a percentage from 0 to 100, or tell us if it is a percentage change."),
    "period-missing": (_QUERY, "there is a value, but not the period that it covers", "Fill in {boxes}."),
    "period-type-differs": (_QUERY, "you chose {found}; the usual period of this measure is {usual}", "Give the usual figure if you have it: figures for unlike periods cannot be compared."),
    "period-end-differs": (_QUERY, "you entered {found}, but this return covers the quarter to {day}", "Give this quarter's figure, or say in the comment why it is for another."),
    "value-moved": (_QUERY, "you entered {found}; last time it was {before}, so it is {change}", "Say why in {comment}, or correct it."),
    "target-missed": (_QUERY, "you entered {found}, which misses the target of {target}", "Say why, and what is being done about it, in {comment}."),
}


def where(places: Sequence[Place], heading: str = "", item: str = "") -> str:
    """The start of a message: "Actions, cells H9 and H12 (RAG now for 1.3.1)"; "" where there is no place."""
    text = ""
    if places:
        text = places[0].sheet or places[0].file
        cells = [p.cell for p in places if p.cell]
        if len(cells) == 1:
            text += f", cell {cells[0]}"
        elif cells:
            text += f", cells {first_few(cells, 6)}"
    about = f"{heading} for {item}" if heading and item else heading or item
    if about:
        text = f"{text} ({about})" if text else about
    return text


def bare(message: str, place: str) -> str:
    """A message that begins with a place, without it: for where the place stands beside it."""
    said = message.removeprefix(f"{place}: ")
    return f"{said[:1].upper()}{said[1:]}"


def finding(  # noqa: PLR0913 - a finding has this many independent parts; every one is optional but the code
    code: str,
    places: Sequence[Place] = (),
    *,
    heading: str = "",
    item: str = "",
    partner: str = "",
    period: str = "",
    items: tuple[str, ...] = (),
    form: str = "",
    field: str = "",
    found: str = "",
    suggestion: str = "",
    **words: object,
) -> Finding:
    """Make a finding in the house style. `code` must be in `WORDS` (KeyError otherwise: our mistake).

    `found` is what stands there, as the person typed it, quoted here. `item` is what people call the row
    ("1.3.1"), `heading` the field's heading, `items` the keys concerned. Other words fill the templates.
    """
    severity, what, remedy = WORDS[code]
    quoted = f'"{shorten(found)}"' if found else "nothing"
    values = {**words, "found": quoted}
    start = where(places, heading, item)
    said = what.format_map(values)
    done = remedy.format_map(values)
    message = f"{start}: {said}. {done}" if start else f"{said[:1].upper()}{said[1:]}. {done}"
    if suggestion:
        message += f" Did you mean {suggestion}?"
    return Finding(
        code=code, severity=severity, message=message.strip(), places=tuple(places), partner=partner, period=period,
        items=items, form=form, field=field, found=found, remedy=done, suggestion=suggestion,
    )


def first_few(labels: Sequence[str], limit: int) -> str:
    """"1.1, 1.2 and 3 more": at most `limit` of them by name."""
    return ", ".join(labels[:limit]) + (f" and {len(labels) - limit} more" if len(labels) > limit else "")


def shorten(text: str, limit: int = 80) -> str:
    """One line of at most `limit` characters, for quoting inside a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
