"""The room that knows jinja2: the letters, made from the templates in `templates/emails`, and the page of a quarter (`glance`).

Each kind of letter has a text and an HTML template and one context, described as a TypedDict (`contexts`): plain values, so
that a coordinator can edit the words. Every letter to a partner in one quarter bears the same subject, byte for byte, because
mail programs start a new conversation when it changes (domain.md D3); the subject's template is given only the words that
stay the same all quarter. Everything that a partner typed is printed as one line of escaped text, never as markup.
"""

from workflow.letters.contexts import (
    CONTEXTS,
    BoardLetter,
    Cause,
    Chaser,
    Clerk,
    Common,
    Issue,
    NotUsed,
    PackFile,
    QueryLetter,
    RagRow,
    RagTable,
    Receipt,
    SheetRows,
    Thanks,
    ToPartner,
    Unreadable,
)
from workflow.letters.glance import NAME as PAGE_TEMPLATE
from workflow.letters.glance import Glance, Kind, Link, NotTaken, OfPartner, ReturnLine, Told, page
from workflow.letters.questions import MOST, Query, in_few_lines
from workflow.letters.rendering import KINDS, SUBJECT_WORDS, VALUE_LIMIT, WIDTH, Day, render

__all__ = [
    "CONTEXTS", "KINDS", "MOST", "PAGE_TEMPLATE", "SUBJECT_WORDS", "VALUE_LIMIT", "WIDTH", "BoardLetter", "Cause", "Chaser",
    "Clerk", "Common", "Day", "Glance", "Issue", "Kind", "Link", "NotTaken", "NotUsed", "OfPartner", "PackFile", "Query",
    "QueryLetter", "RagRow", "RagTable", "Receipt", "ReturnLine", "SheetRows", "Thanks", "ToPartner", "Told", "Unreadable",
    "in_few_lines", "page", "render",
]  # fmt: skip
