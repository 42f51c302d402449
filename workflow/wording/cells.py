"""The sentences about one cell, as it is typed."""

from __future__ import annotations

from workflow.model import Severity

_STOP, _QUERY, _NOTE = Severity.STOP, Severity.QUERY, Severity.NOTE

WORDS: dict[str, tuple[Severity, str, str]] = {
    # --- typing one cell (fields.parse names these codes)
    "choice-unknown": (_STOP, "you entered {found}", "Enter {expected}."),
    "date-unreadable": (_STOP, "you entered {found}, which cannot be read as a date", "Enter it day first, like 31/10/2023."),
    "date-ambiguous": (_QUERY, "you entered {found}, which was read as {read}", "If you meant another day, enter it like 31 Oct 2023."),
    "date-implausible": (_QUERY, "you entered {found}", "Check the year: it is far from this plan's dates."),
    "period-ambiguous": (_QUERY, "you entered {found}, which was read as {read} and could also be {other}", "Enter {expected}."),
    "period-anchored": (_QUERY, "you entered {found}, which was read as {read}", "Enter {expected}."),
    "period-unclear": (_STOP, "you entered {found}, which could be {readings}", "Enter {expected}."),
    "period-no-end": (_STOP, "you entered {found}, which names no date", "Enter {expected}."),
    "period-published": (_STOP, "you entered {found}, which says when a figure was published", "Enter {expected}."),
    "period-type-read": (_NOTE, "{found} was read as {read}", "Nothing to do if that is right."),
    "number-unreadable": (_STOP, "you entered {found}, which cannot be read as {expected}", "Enter digits only, like {example}."),
    "number-inexact": (_STOP, "you entered {found}", "Enter one exact number.{aside}"),
    "number-tidied": (_NOTE, "{found} was read as {read}", "Nothing to do if that is right."),
    "number-range": (_QUERY, "you entered {found}", "Enter a number {expected}, or tell us why it is right."),
    "percent-scale": (_QUERY, "{found} was read as {read}", "If you meant {other}, enter {other}."),
    "yes-no-unknown": (_STOP, "you entered {found}", "Enter Yes or No."),
    "cell-error": (_STOP, "the cell shows {found}, an error of a formula", "Type the value itself."),
    "cell-uncalculated": (_STOP, "the cell holds a formula whose result was never saved", "Open the file in Excel, save it and send it again, or type the value itself."),
    "cell-formula": (_NOTE, "the cell holds a formula ({formula}); its saved result {found} was used", "Nothing to do if that is right. Next time type the value itself."),
    "text-too-long": (_NOTE, "the text has {length} characters; the box is for {limit}", "All of it was kept. Please keep it shorter next time."),
    "text-too-short": (_QUERY, "you entered {found}, which says too little to be reported", "Say what was done and what came of it, in at least {limit} characters."),
    "text-invisible": (_NOTE, "the text held invisible or control characters ({count})", "They were left out. Nothing to do."),
    "text-was-date": (_NOTE, "the cell holds a date; it was read as the text {read}", "Check that it was not something else, such as 2-1, which Excel turns into a date."),
    "date-tidied": (_NOTE, "{found} was read as {read}", "Nothing to do if that is right. Next time enter it like 31/10/2023."),
}
