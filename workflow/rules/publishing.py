"""Rules about what may be published, and why something may not be (domain.md A10 V28)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflow import fields
from workflow.rules.registry import Params, Problem, RowFacts, names, rule, same, text

# The paragraphs of Schedule 12A to the Local Government Act 1972 under which a board's row can be exempt: as people write them
# ("Para 3", "paragraphs 1 and 2", "P7", "12A 3", "exempt: 3", or just the number).
_NUMBER = r"(?:[1237]|one|two|three|seven)\b"
_PARAGRAPH = re.compile(
    rf"\b(?:paragraphs?|paras?|pp?)\b\W*(?:no\W*|number )?{_NUMBER}|\b(?:para|p)[1237]\b|\b12a\b\W*(?:part \S+\W*)?{_NUMBER}"
    rf"|\bexempt(?: information)?\W*(?:under )?{_NUMBER}|^\W*[1237](?:\s*(?:,|and|&|or)\s*[1237])*\W*$"
)


@rule(
    "exempt-paragraph", needs=("field", "when"), options=("is",),
    codes=("paragraph-missing",), v=("V28",), reads=("public_safe",),
    says="Where {when} is {is|Part 2}, {field} names the paragraph: 1, 2, 3 or 7.",
)
def exempt_paragraph(facts: RowFacts, params: Params) -> Iterable[Problem]:
    """The reason for Part 2 names a paragraph. That there is no reason at all is for `required-when` to say."""
    name = text(params, "field")
    reason, safe = facts.values.get(name), facts.stands(text(params, "when"))
    exempt = names(params, "is") or ("Part 2",)
    if isinstance(reason, str) and any(same(safe, word) for word in exempt) and not _PARAGRAPH.search(fields.fold(reason)):
        yield Problem("paragraph-missing", name, {}, reason)
