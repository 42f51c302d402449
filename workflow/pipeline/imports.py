"""Old files into a review workbook: what they hold as rows proposed for the register, for a person to decide on.

The files are only read; so is the register. What is written is `outbox/import/<name>-review.xlsx`, and nothing where a cell
that was read is neither in a row nor set aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from workflow import config, fields, importing, items, oldtables, sources, writer
from workflow.errors import Unreadable, WorkflowError
from workflow.importing import FIGURES, OWN_SHEETS, Balance, Ground, Imported
from workflow.model import Confidence, Form, Source
from workflow.outputs import review
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.proposed import REVIEWS, sealed_outbox
from workflow.pipeline.reviewed import Imports
from workflow.pipeline.state import Asked
from workflow.pipeline.workspace import REGISTER_FORMS, Workspace
from workflow.reader import Limits
from workflow.wording import first_few

_FEW = 8
_INTRO = (
    "What the old files hold, as rows for the register. Nothing of it is in the register yet.",
    "1. On each row choose Take, Change or Leave out in the column Decision. The most doubtful rows stand first on each sheet.",
    "2. Change whatever is not right in the row itself. Please settle says what only a person can answer.",
    "3. Save this file, and give it back with: workflow import --reviewed FILE",
    "Numbers found in texts stand on the sheet Measures proposed. They are left out unless you take them.",
)


def import_files(asked: Asked, files: Sequence[Path]) -> Imports:
    """Read old files and write their review. A file that cannot be read is told of and stops only itself.

    Raises WorkflowError where none can be read, or a cell would be lost.
    """
    workspace = workspaces.load(asked.root)
    own_forms = config.load_forms(asked.root / REGISTER_FORMS)
    read, unread = _read(files)
    if not read:
        raise WorkflowError(" ".join(unread) or "Name at least one file to import.")
    ground = Ground(workspace.register, workspace.forms, own_forms, config.load_meanings(asked.root))
    tables = [t for s in read for t in oldtables.find_tables(s.grids, importing.known_headings(ground))]
    imported = importing.propose(read, tables, ground, asked.today)
    balance = importing.balances(imported)
    data = writer.render_sealed(review.review_book(_review(imported, balance, (workspace, own_forms), asked)))
    written = sealed_outbox(asked).write(f"{REVIEWS}/{_name(read)}-review.xlsx", data)
    lines = [*_tables(imported), *map(_balanced, balance), *_rows(imported, ground)]
    lines.append(
        f'Written to {written.path}. Decide on its rows, save it, and run: workflow import --reviewed "{written.path}"'
    )
    notes = (*unread, *imported.notes, *_open(imported), *filter(None, (written.note,)))
    return Imports(tuple(lines), notes, written.path)


def _read(files: Sequence[Path]) -> tuple[list[Source], list[str]]:
    """The files that can be read, each once under a name of its own, and a sentence for each of the others."""
    read: list[Source] = []
    unread: list[str] = []
    for path in dict.fromkeys(files):
        name = path.name if path.name not in {s.file for s in read} else path.as_posix()
        try:
            if path.stat().st_size > Limits().file_bytes:
                unread.append(f"{name} is larger than {Limits().file_bytes // 2**20} MB, so it was not read.")
                continue
            source = sources.read_source(path.read_bytes(), name)
        except FileNotFoundError:
            unread.append(f"There is no file {path}.")
        except OSError as error:
            unread.append(f"{name} cannot be opened ({error.strerror or error}). Close it in other programs and run again.")
        except Unreadable as error:
            unread.append(f"{name}: {error}")
        else:
            if source.digest in {s.digest for s in read}:
                unread.append(f"{name} is the same as a file before it, so it was read once.")
            else:
                read.append(source)
    return read, unread


def _name(read: Sequence[Source]) -> str:
    """What the review is called, after its first file."""
    stem = re.sub(r"[^\w.-]+", "-", Path(read[0].file).stem).strip("-.") or "import"
    return stem if len(read) == 1 else f"{stem}-and-{len(read) - 1}-more"


def _review(
    imported: Imported, balance: Sequence[Balance], known: tuple[Workspace, Mapping[str, Form]], asked: Asked
) -> review.Review:
    workspace, own_forms = known
    sheets: dict[str, Form] = {}
    for name in dict.fromkeys(p.sheet for p in imported.proposals):
        rows = imported.of(name)
        if name in OWN_SHEETS:
            sheets[name] = review.review_form(name, own_forms[name], rows)
        elif name == FIGURES:
            sheets[name] = review.review_form("figures", own_forms["items"], rows, title=name, sheet=name)
        else:
            form = workspace.forms[name]
            sheets[name] = review.review_form(name, own_forms["items"], rows, title=form.title, sheet=form.sheet)
    files = (
        fields.listed([s.file for s in imported.sources], "and")
        if len(imported.sources) < 5
        else f"{len(imported.sources)} files"
    )
    return review.Review(
        title=f"Review of what was imported from {files}", who=workspace.register.partnership.name, when=asked.today,
        sheets=sheets, proposals=imported.proposals, choices=_choices(imported, workspace), intro=_INTRO, balance=balance,
        found=imported.found, aside=imported.aside, notes=imported.notes,
    )  # fmt: skip


def _choices(imported: Imported, workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """What the drop-downs offer: what the register has, and what would be new."""
    register = workspace.register

    def both(own: Sequence[str], sheet: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*own, *(str(p.values["id"]) for p in imported.of(sheet))]))

    return {
        "partners": both([p.id for p in register.partners], "partners"),
        "plans": both([p.id for p in register.plans], "plans"),
        "theme ids": both([t.id for t in register.themes], "themes"),
        "calendars": tuple(c.id for c in register.calendars),
        "schemes": tuple(dict.fromkeys(level.scheme for level in register.rag)),
        "status": tuple(c.value for c in items.STATUSES),
        "rag": tuple(dict.fromkeys(level.word for level in register.rag if level.rule == "chosen")),
        "measures": register.measure_keys,
    }


def _tables(imported: Imported) -> Iterator[str]:
    for f in imported.found:
        title = f' "{f.title}"' if f.title else ""
        if f.form:
            yield f"{f.file}, {f.sheet}{title}: {f.form.replace('_', ' ')} ({str(f.confidence).lower()}), {f.rows} rows."
        elif f.questions:
            yield f"{f.file}, {f.sheet}{title}: no form fits, so it was set aside."


def _balanced(b: Balance) -> str:
    why = "; ".join(f"{n} {words}" for words, n in sorted(b.why.items(), key=lambda p: -p[1]))
    return f"{b.file}: {b.read} cells read = {b.placed} placed in rows + {b.aside} set aside{f' ({why})' if why else ''}."


def _rows(imported: Imported, ground: Ground) -> Iterator[str]:
    for name in dict.fromkeys(p.sheet for p in imported.proposals):
        rows = imported.of(name)
        counts = [f"{n} {str(c).lower()}" for c in reversed(Confidence) if (n := sum(p.confidence is c for p in rows))]
        called = ground.forms[name].title if name in ground.forms else name.capitalize()
        yield f"  {called}: {len(rows)} ({', '.join(counts)})"


def _open(imported: Imported) -> Iterator[str]:
    """What needs a person before anything can be taken."""
    waiting = [p.number for p in imported.proposals if not p.decision]
    if waiting:
        have = "row of the review has" if len(waiting) == 1 else "rows of the review have"
        yield f"{len(waiting)} {have} no decision yet: {first_few(waiting, _FEW)}."
    lost = [f"{f.file}, {f.sheet}" for f in imported.found if not f.form and f.questions]
    if lost:
        yield f"No form fits {len(lost)} of the tables ({first_few(lost, 3)}); what they hold is on the sheet Set aside."
