"""The sentences about the rules that forms name."""

from __future__ import annotations

from workflow.model import Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- rules
    "rule-crashed": (_NOTE, "the check {rule} could not be made on this row ({why})", "Look at the row yourself, and tell whoever keeps the tool."),
    "progress-says-nothing": (_QUERY, "you entered {found}, {why}", "Say what was done and what came of it.{otherwise}"),
    "required-when": (_QUERY, "this is blank, and {other} is {value}", "Please fill it in."),
    "required-in-quarter": (_QUERY, "this is blank, and it is needed in {period_word} {quarter}", "Please fill it in."),
    "no-change-with-answers": (_QUERY, "you chose No change, but also filled in {boxes}", "What you filled in was taken. If there is news, choose No here and complete the row. If nothing changed, tell us."),
    "smart": (_NOTE, "this could be easier to follow: {gaps}", "Agree the wording with the lead before it goes into next year's plan."),
    "date-after-limit": (_QUERY, "you entered {found}, which is after {limit}", "Check the date, or tell us why it is right."),
    "date-not-later": (_QUERY, "you entered {found}, which is not later than {day} ({other})", "Enter a later date."),
    "date-outside-plan": (_QUERY, "you entered {found}, which is more than {edge}", "Check the year, or tell us why it is right."),
    "overdue-no-plan": (_QUERY, "this row was due on {day} and is not complete", "Fill in {boxes}. If it is done, {done}."),
    "rag-green-overdue": (_QUERY, "you chose {found}, but the row was due on {day} and is not complete", "Choose the colour that fits. If it is done, {done}."),
    "rag-status-disagree": (_QUERY, "you chose {found}, but the status is {status}", "Change one of the two so that they agree, or tell us why both are right."),
    "rag-better-later": (_QUERY, "you chose {found}, which is better than {before} last time, and proposed a later date too", "Check both, or tell us why the outlook is better."),
    "completed-not-complete": (_QUERY, "you entered {found}, but the status is {status}", "If it is done, {done}. If it is not, tell us and we will clear the date."),
    "value-and-reason": (_QUERY, "you chose {found}, but also gave a value, {value}", "Tell us which of the two is right, and we will clear the other."),
    "value-missing": (_QUERY, "there is no value, and no reason under {other}", "Enter the value, or choose the reason why there is none."),
    "fraction-over": (_QUERY, "you entered {found}, which is more than the {value} under {other}", "Check both numbers."),
    "fraction-of-nothing": (_QUERY, "you entered {found}, and nothing can be a share of that", "Check the number. If there was nothing to divide, tell us and we will clear both parts."),
    "fraction-disagrees": (_QUERY, "you entered {found}, but {n} out of {d} is {worked}", "Correct the value or its parts."),
    "count-not-whole": (_QUERY, "you entered {found}, which is not a whole number of {counts}", "Enter a whole number."),
    "percent-range": (_QUERY, "you entered {found}, which is not between 0% and 100%", "Enter a percentage from 0 to 100, or tell us if it is a percentage change."),
    "period-missing": (_QUERY, "there is a value, but not the period that it covers", "Fill in {boxes}."),
    "period-type-differs": (_QUERY, "you chose {found}; the usual period of this {one} is {usual}", "Give the usual figure if you have it: figures for unlike periods cannot be compared."),
    "period-end-differs": (_QUERY, "you entered {found}, but this return covers the {period_word} to {day}", "Give this {period_word}'s figure, or tell us why it is for another."),
    "period-end-early": (_QUERY, "you entered {found}, but this return covers the {period_word} from {start} to {end}", "Give the year to date as it stands in this {period_word}, or tell us why there is no later figure."),
    "period-end-not-year": (_QUERY, "you entered {found}, but a {kind} ends in {month}", "Enter the last month of the year, like {like}, or tell us which period the figure is for."),
    "period-old": (_QUERY, "you entered {found}, which is more than {long} before the end of this {period_word}, {day}", "Check the year. If it is right, tell us why there is no later figure."),
    "value-moved": (_QUERY, "you entered {found}; last time it was {before}, so it is {change}", "Say why in {comment}, or correct it."),
    "target-missed": (_QUERY, "you entered {found}, which misses the target of {target}", "Say why, and what is being done about it, in {comment}."),
    # --- what happens next year
    "next-year-disagrees": (_QUERY, "you chose {found}, but the status is {status}", "Change one of the two so that they agree, or tell us why both are right."),
    "merge-target-unknown": (_QUERY, "you chose {choice} and entered {found}, which {why}", "Name the one row that this goes into, by its row key or its reference."),
    "merge-circle": (_QUERY, "you chose {choice} and entered {found}, and so {rows} are merged into each other and none goes on", "Choose Continue for the one that goes on."),
    "merge-target-ended": (_QUERY, "you chose {choice} and entered {found}, but {other} {fate}", "Name a row that goes on next year, or choose what else happens to this one."),
    "merge-target-others": (_QUERY, "you chose {choice} and entered {found}, and {other} is led by {lead}", "Agree it with them and tell us that you have, or name a row of yours."),
    # --- figures across quarters, rows and partners
    "count-negative": (_QUERY, "you entered {found}, and a number of {counts} is not below 0", "Enter a number from 0 up, or tell us if it is a change."),
    "part-over": (_QUERY, "you entered {found}, which is more than the {value} under {other}", "Check both numbers, or tell us why there are more."),
    "value-off-pace": (_QUERY, "you entered {found} for {months} months; last time it was {before} for {earlier} months, and at that pace it would be about {expected}", "Say why in {comment}, or correct it."),
    "value-fell": (_QUERY, "you entered {found}; last time it was {before}, and a {kind} figure does not fall", "Correct it, or say in {comment} why it is lower."),
    "parts-not-whole": (_QUERY, "the shares of {whole} add up to {sum}, not 100%", "Correct them, or say in {comment} of one of these rows what the rest is or why they overlap."),
    "parts-exceed": (_QUERY, "{adds} {sum}, which is more than the {total} under {whole}", "Correct the figures, or say in {comment} of one of these rows why they overlap."),
    "parts-not-total": (_QUERY, "{adds} {sum}, and not the {total} under {whole}", "Correct the figures, or say in {comment} of one of these rows what the rest is."),
    "measure-differs": (_QUERY, "the same {one} stands as {figures} for the same period", "Agree on one figure, or say in {comment} why they differ."),
    "rank-repeated": (_NOTE, "rank {rank} stands {count} times in the list {list}: {rows}", "Ask which is right, or whether two lists are mixed: each needs a name of its own."),
    # --- people who could be recognised
    "personal-data": (_STOP, "this looks like it holds {kinds} (\"{near}\")", "Take {it} out and {instead} instead. If it is nothing of the kind, tell us what it is."),
    "personal-data-likely": (_QUERY, "this may hold {kinds} (\"{near}\")", "Take {it} out and {instead} instead. If it is nothing of the kind, tell us what it is."),
    "small-number-text": (_QUERY, "you wrote {said}, by which one person could be recognised", "Reword it so that nobody could be, like \"fewer than 5 pupils\", or {way}."),
    "small-number": (_QUERY, "this is a number of {counts} below {threshold}, which papers for the public will show as [c]", "If it is right, say so in {comment}. If not, correct it."),
    "small-number-part": (_QUERY, "you entered {found} out of {base}, which gives away a number of {counts} below {threshold} ({part}), so papers for the public will show [c]", "If it is right, say so in {comment}. If not, correct it."),
    "acronym-unexplained": (_NOTE, "{found} is explained neither in the glossary nor in the text", "Add it to the Glossary sheet, or ask for it in full where it is first used."),
    # --- figures in text
    "change-differs": (_QUERY, "you wrote {found} as the change from {before} to {after}, but it is {worked}", "Correct the change, or the figure that is wrong."),
    "points-not-percent": (_QUERY, "you wrote {found} as the change from {before} to {after}, but it is {worked}", "Write {points} percentage points, or give the change in per cent."),
    "shares-not-whole": (_QUERY, "the shares {found} add up to {sum}, not 100%", "Correct them, or say what the rest is or why they overlap."),
    "change-one-figure": (_QUERY, "you gave {found} and said that it changed, but not what it was before or is now", "Give both figures, each with its period."),
    "figure-no-period": (_QUERY, "you wrote {found}, but not for which period", "Say which months are meant, and what they are compared with."),
    # --- texts, statuses in words, dates moved again, exemption, leads
    "text-status-disagree": (_QUERY, "you chose {found}, but {text} says \"{said}\", which reads like {meaning}", "Change one of the two so that they agree, or tell us why both are right."),
    "drafting-note": (_QUERY, "the text holds what looks like a note to yourself: \"{note}\"", "Finish it or take it out, so that the text can be reported."),
    "text-refers-elsewhere": (_QUERY, "the text says \"{said}\", but each row is printed by itself", "Write out what is meant, so that the row can be read alone."),
    "link-missing": (_QUERY, "the text says \"{said}\", but no link came with it", "Enter the web address under {where}, or take those words out."),
    "date-moved-again": (_QUERY, "{before} had already been given as a new date, and you now entered {found}", "Say under {help} what you want the board to decide."),
    "paragraph-missing": (_QUERY, "you entered {found}, which names no paragraph", "Name it, like Paragraph 3: 1 about a person, 2 likely to show who a person is, 3 money or business affairs, 7 preventing or prosecuting crime."),
    "lead-unknown": (_NOTE, "{found} is not a partner on the register, nor another name of one", "Ask which agency is meant, or add the name on the Aliases sheet."),
    "lead-renamed": (_NOTE, "{found} is a name that {other} bore until {day}", "Use the name of today, {other}, in the plan."),
    "lead-closed": (_NOTE, "{other}, which is named here, stopped being a partner on {day}", "Agree which agency leads it now."),
}
