"""Words that a report's author can paste: purpose, recommendations, headlines, next steps, publication, key (domain.md B6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from workflow import disclosure
from workflow.model import Column, Content, Kind, RagLevel, Sheet
from workflow.outputs import counts, exceptions
from workflow.outputs.front import scope_words, used_for
from workflow.outputs.saying import filled, said, table_sheet, words_of
from workflow.outputs.scope import Scope
from workflow.outputs.sheets import title_words
from workflow.wording import shorten

_LABEL = 120


def cover_text_sheet(scope: Scope) -> Sheet:
    """A heading and a text to a row, as `templates/papers/words.toml` has them, filled in with this paper's counts.

    Part 2 is the proposer's choice and reason: no exemption is claimed (domain.md B6).
    """
    words = {
        "scope": " ".join(scope_words(scope)),
        "headlines": "\n".join(counts.headlines(scope, counts.rated(scope))),
        "returns": counts.returns_words(scope),
        "decisions": _decisions(scope),
        "exceptions": _exceptions(scope),
        "publication": _publication(scope),
        "key": _key(scope),
    }
    rows: list[tuple[Content, ...]] = [
        (heading, text)
        for heading, template in scope.view.words.cover_text
        if (text := filled(scope, template, **words).strip())
    ]
    columns = (Column("Heading", width=20), Column("Text", Kind.LONG_TEXT, 60))
    return table_sheet(scope, words_of(scope, "cover_text"), columns, rows)


def _decisions(scope: Scope) -> str:
    """What the board is recommended to do, numbered: to note, to consider, and to decide what leads ask for."""
    found = exceptions.exceptions(scope)
    wanted = [(e.item, text) for e in found if (text := exceptions.decision_wanted(scope, e.item))]
    steps = [said(scope, "note_position")]
    if found:
        steps.append(said(scope, "consider_exceptions", exceptions=_count(len(found), "exception")))
    steps += [said(scope, "decide", decision=f"{shorten(title_words(i), _LABEL).rstrip('.')}: {text}") for i, text in wanted]
    return "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))


def _exceptions(scope: Scope) -> str:
    found = exceptions.exceptions(scope)
    if not found:
        return said(scope, "no_exceptions")
    reasons = Counter(reason for e in found for reason in e.reasons)
    told = ", ".join(f"{reason[:1].lower()}{reason[1:]} {n}" for reason, n in reasons.items())
    return said(scope, "some_exceptions", exceptions=str(len(found)), rows=_count(len(scope.items), "row"), reasons=told)


def _publication(scope: Scope) -> str:
    if scope.is_public:
        held = sum(len(scope.held(f.name)) for f in scope.forms)
        are = f"{_count(held, 'row')} {'is' if held == 1 else 'are'}"
        return said(scope, "open_held", held=are) if held else said(scope, "open")
    audience = scope.board.audience if scope.board else ""
    marked = [i for i in scope.items if disclosure.hold_back(i.text("public"), scope.now.value(i, "public_safe"))]
    if not marked:
        return said(scope, "closed", audience=audience)
    given = {str(scope.now.value(i, "public_reason") or "none given") for i in marked}
    told = _count(len(marked), "row")
    return said(scope, "closed_exempt", audience=audience, held=told, reasons="; ".join(sorted(given)))


def _key(scope: Scope) -> str:
    """The words of every scheme in use, with their meanings, a scheme to a line."""
    schemes = dict.fromkeys(level.scheme for level in scope.register.rag if used_for(scope, level.scheme))
    return "\n".join(f"{scheme}: {_meanings(scope.register.levels(scheme))}." for scheme in schemes)


def _meanings(levels: Iterable[RagLevel]) -> str:
    return "; ".join(f"{v.word}: {v.meaning[:1].lower()}{v.meaning[1:]}" for v in levels)


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
