"""Old files imported without a workspace: read, found, proposed, against the example's register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.old.book import as_xlsx
from tests.old.documents import document
from tests.old.word import as_docx
from workflow import config, importing, oldtables, sources
from workflow.importing import Ground, Imported
from workflow.model import Confidence

TODAY = date(2023, 10, 2)
KINDS = ("xlsx", "docx")


@cache
def ground() -> Ground:
    """The example's register and forms."""
    root = config.shipped()
    forms = config.load_forms(root / "templates/returns")
    own = config.load_forms(root / "templates/register")
    register, _ = config.load_register((root / "config/register.xlsx").read_bytes(), {**forms, **own}, "config/register.xlsx")
    assert register is not None
    return Ground(register, forms, own, config.load_meanings(root))


def read(files: Mapping[str, bytes]) -> Imported:
    """Some files as one import."""
    found = tuple(sources.read_source(data, name) for name, data in files.items())
    known = importing.known_headings(ground())
    tables = [t for s in found for t in oldtables.find_tables(s.grids, known)]
    return importing.propose(found, tables, ground(), TODAY)


@cache
def imported(name: str, kind: str) -> Imported:
    """One of the old documents, as a workbook or as a Word document."""
    data = as_xlsx(document(name)) if kind == "xlsx" else as_docx(document(name))
    return read({f"{name}.{kind}": data})


@dataclass(frozen=True)
class Row:
    """A proposal as the truth beside the old documents looks at it."""

    form: str
    values: Mapping[str, object]
    confidence: Confidence
    questions: tuple[str, ...]
    decision: str = ""


def as_rows(told: Imported, sheet: str) -> list[Row]:
    """The proposals of one sheet, from the top."""
    return [Row(p.sheet, p.values, p.confidence, p.questions, p.decision) for p in told.of(sheet)]


def rows(name: str, kind: str, sheet: str) -> list[Row]:
    """The proposals of one sheet of one old document, from the top."""
    return as_rows(imported(name, kind), sheet)
