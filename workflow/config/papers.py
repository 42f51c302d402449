"""The words of papers (`templates/papers/words.toml`): the shipped ones, and over them what a workspace says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from workflow.config.rag import shipped
from workflow.config.toml import Table, parse_toml, place_of, read_text
from workflow.errors import WorkflowError
from workflow.fields import fold
from workflow.model import Finding, PaperWords, SheetWords

FILE = "templates/papers/words.toml"
EVERYWHERE = frozenset({
    "board", "partnership", "period", "as_at", "papers_date", "next_update", "word", "Word", "measure", "measures"
})  # fmt: skip
# What a text may name besides.
_OF_COVER = frozenset({"scope", "headlines", "returns", "decisions", "exceptions", "publication", "key"})
_OF_SHEET = {
    "picture_measures": frozenset({"plural"}),
    "risk_matrix": frozenset({"issues"}),
    "theme": frozenset({"theme"}),
}
_OF_SAID = {
    "made_on": frozenset({"day"}),
    "sensitive": frozenset({"partners"}),
    "contact": frozenset({"contact"}),
    "licence": frozenset({"licence"}),
    "consider_exceptions": frozenset({"exceptions"}),
    "decide": frozenset({"decision"}),
    "some_exceptions": frozenset({"exceptions", "rows", "reasons"}),
    "open_held": frozenset({"held"}),
    "closed": frozenset({"audience"}),
    "closed_exempt": frozenset({"audience", "held", "reasons"}),
}
_KEYS = ("sheet", "title", "about", "lines", "empty")


def section_name(text: str) -> str:
    """The name of a section of a pack without what people vary: case, spaces, underscores."""
    return " ".join(fold(text).replace("_", " ").split())


def paper_words(root: Path | None = None) -> PaperWords:
    """The words of a workspace's papers; the shipped ones, where it has none of its own or `root` is None.

    Raises WorkflowError where its file cannot be used.
    """
    words, faults = _read(root)
    if faults:
        raise WorkflowError(faults[0].message)
    return words


def check_words(root: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a workspace's words of papers."""
    return _read(root)[1]


def _read(root: Path | None) -> tuple[PaperWords, tuple[Finding, ...]]:
    own = root / FILE if root else None
    if own is None or not own.is_file():
        return _shipped()
    return _words(own, _shipped()[0])


@cache
def _shipped() -> tuple[PaperWords, tuple[Finding, ...]]:
    return _words(shipped() / FILE, None)


def _words(path: Path, base: PaperWords | None) -> tuple[PaperWords, tuple[Finding, ...]]:
    """The words of a file; what it does not say is as in `base`."""
    faults: list[Finding] = []
    text = read_text(path, faults)
    table = None if text is None else parse_toml(text, place_of(path), faults)
    if table is None:
        return PaperWords(), tuple(faults)
    table.only(("order", "sheet", "cover_text", "say", "headings"))
    words = PaperWords(
        order=table.texts("order") or (base.order if base else ()),
        sheets={**(base.sheets if base else {}), **dict(_sheets(table.table("sheet"), base))},
        cover_text=tuple(_cover(table)) or (base.cover_text if base else ()),
        say={**(base.say if base else {}), **dict(_said(table.table("say"), base))},
        headings=_headings(table.table("headings")),
    )
    return words, tuple(faults)


def _sheets(table: Table, base: PaperWords | None) -> Iterator[tuple[str, SheetWords]]:
    if base:
        table.only(base.sheets)
    for name in table.data:
        given, usual = table.table(name), base.sheets.get(name) if base else None
        given.called(f"sheet.{name}")
        given.only(_KEYS)
        words = {key: given.text(key, getattr(usual, key, "")) for key in _KEYS if key != "lines"}
        lines = given.texts("lines") if "lines" in given.data else usual.lines if usual else ()
        _holds(given, [*words.values(), *lines], _OF_SHEET.get(name, frozenset()))
        yield name, SheetWords(words["sheet"], words["title"], words["about"], lines, words["empty"])


def _cover(table: Table) -> Iterator[tuple[str, str]]:
    for row in table.tables("cover_text"):
        row.only(("heading", "text"))
        heading, text = row.text("heading", required=True), row.text("text", required=True)
        row.called(f"cover_text {heading}")
        _holds(row, [text], _OF_COVER)
        yield heading, text


def _said(table: Table, base: PaperWords | None) -> Iterator[tuple[str, str]]:
    if base:
        table.only(base.say)
    for name in table.data:
        text = table.text(name, base.say.get(name, "") if base else "")
        _holds(table, [text], _OF_SAID.get(name, frozenset()))
        yield name, text


def _headings(table: Table) -> dict[str, str]:
    return {name: text for name in table.data if (text := table.text(name, required=True))}


def _holds(table: Table, texts: list[str], more: frozenset[str]) -> None:
    """A fault for each word in braces that nothing is filled in for, and for a brace without its other one."""
    known = sorted(EVERYWHERE | more)
    for text in texts:
        try:
            named = [name for _, name, form, turned in Formatter().parse(text) if name is not None and not form and not turned]
        except ValueError:
            table.fault("words-brace", text)
            continue
        for name in named:
            if name not in known:
                table.fault("words-unknown", f"{{{name}}}", expected=", ".join(f"{{{k}}}" for k in known))
