"""What papers say of themselves, as the workspace words it: section order, the words around tables, the covering text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SheetWords:
    """The words around one table: its tab, title, line in the contents list, lines above it, and what stands for no rows."""

    sheet: str
    title: str
    about: str
    lines: tuple[str, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class PaperWords:
    """`templates/papers/words.toml`. Texts may hold `{name}`, which is filled in where they are printed.

    `order` has the sections of a pack by name, `sheets` the words of tables by the table's name, `cover_text` the headings and
    texts of the covering report in their order, `say` the sentences that other texts are made of, `headings` other
    words for the headings of columns in packs.
    """

    order: tuple[str, ...] = ()
    sheets: Mapping[str, SheetWords] = field(default_factory=dict)
    cover_text: tuple[tuple[str, str], ...] = ()
    say: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
