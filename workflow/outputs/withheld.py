"""What was left out of public packs and why, for the coordinator (design law 10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from workflow import rules
from workflow.disclosure import Withheld
from workflow.model import Board, Book, Column, Kind, Profile, Purpose, Sheet, with_purpose
from workflow.outputs import front
from workflow.outputs.scope import PUBLIC, Scope
from workflow.outputs.sheets import Words, data_sheet, text_of, title_words
from workflow.outputs.view import View

_COLUMNS = (
    Column("Row key", width=16, key=True),
    Column("Sheet", width=14),
    Column("What it is", Kind.LONG_TEXT, 34),
    Column("Lead", width=20),
    Column("What is left out", width=24),
    Column("Why", width=28),
    Column("The proposer's reason", width=22),
    Column("Left out of", width=28),
)


def withheld(view: View) -> dict[Withheld, tuple[Board, ...]]:
    """Each thing that is left out, with the public packs of this quarter that it is left out of."""
    found: dict[Withheld, tuple[Board, ...]] = {}
    for board in public_boards(view):
        for entry in Scope.on(view, board).withheld:
            found[entry] = (*found.get(entry, ()), board)
    return found


def public_boards(view: View) -> tuple[Board, ...]:
    """The boards whose pack anyone may read and that get one this quarter."""
    return tuple(
        b for b in view.register.boards if b.audience == PUBLIC and (not b.quarters or view.period.quarter in b.quarters)
    )


def withheld_book(view: View, packs: Mapping[str, Book] | None = None) -> Book:
    """`withheld-<period>.xlsx`: one row per thing left out, under the `working` profile. Not for publication.

    With the quarter's packs, by board, also the abbreviations in them that nothing explains.
    """
    scope = Scope.on(view)
    items = {(i.form, i.key): i for rows in view.rows.values() for i in rows}
    rows = []
    for entry, boards in withheld(view).items():
        item = items[entry.form, entry.key]
        rows.append(
            (
                entry.key,
                view.forms[entry.form].title,
                title_words(item),
                view.register.partner_name(item.lead),
                entry.what,
                entry.why,
                entry.given or None,
                "\n".join(b.name for b in boards),
            )
        )
    marked = front.sensitive_partners(scope)
    lines = [
        f"What public packs leave out this {view.period.word}. The tool claims no exemption: Part 2 is the proposer's choice,"
        " for the Monitoring Officer to confirm.",
        *searched(view),
    ]
    if marked:
        lines.append(f"Returns marked Official-Sensitive: {'; '.join(marked)}. Check their rows before you publish.")
    sheet = data_sheet(
        scope,
        "Withheld",
        _COLUMNS,
        rows,
        Words(
            lines=tuple(lines),
            empty="Nothing is held back." if public_boards(view) else f"No public pack is due this {view.period.word}.",
        ),
    )
    sheet = replace(sheet, title=f"Withheld from public packs, {view.period.label}")
    who = view.register.partnership
    return Book(
        title=sheet.title,
        subject=f"{who.name}: what public packs leave out",
        creator=who.name,
        when=view.today,
        sheets=(sheet, _unexplained(scope, packs)) if packs else (sheet,),
        profile=Profile.WORKING,
        keywords=view.period.key,
    )


def _unexplained(scope: Scope, packs: Mapping[str, Book]) -> Sheet:
    """Each abbreviation that neither the glossary nor a pack's own words explain, with the packs (domain.md A4.7)."""
    found: dict[str, list[str]] = {}
    for board, book in packs.items():
        texts = (text_of(cell) for sheet in book.sheets for row in sheet.rows for cell in row)
        for short in rules.unexplained(texts, scope.register):
            found.setdefault(short, []).append(board)
    words = Words(
        title="Abbreviations that nothing explains",
        lines=("Add what they stand for to the register's Glossary sheet, and the next packs explain them.",),
        empty="Every abbreviation in the packs is explained.",
    )
    columns = (Column("Abbreviation", width=18), Column("In the packs of", Kind.LONG_TEXT, 60))
    rows = [(short, "\n".join(boards)) for short, boards in sorted(found.items())]
    return data_sheet(scope, "Abbreviations", columns, rows, words)


def searched(view: View) -> Iterable[str]:
    """Which words are searched for a hidden figure: those of rows that are linked to a measure, where a form has such rows."""
    linked = next((form.one for form in view.forms.values() if form.items and form.has("measure")), "")
    measures = with_purpose(view.forms, Purpose.MEASURES)
    if linked and measures:
        row = f"{'an' if linked[0] in 'aeiou' else 'a'} {linked}"
        yield (
            f"Of all words only those of {row} whose {measures.one} is hidden are searched for its number: read the rest before"
            " you publish."
        )
