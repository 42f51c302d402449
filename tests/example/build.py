"""Builds the example from its readable sources: `python -m tests.example.build`.

`register/*.toml` become `config/register.xlsx`; `returns/*.toml` become the partners' files in `inbox/`, typed by other
programs than ours: openpyxl fills most templates in, LibreOffice's own application the ones whose story says so. The
quarters are run one after another while building, because each template shows what stood before.
"""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from tests import office
from tests.example import mails
from workflow import config, reader, writer
from workflow.model import Form, Register, column_letters
from workflow.pipeline import workspace as workspaces
from workflow.pipeline.collate import collate
from workflow.pipeline.issue import issue
from workflow.pipeline.state import Asked

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FORMS = ("actions", "commitments", "indicators", "measures", "issues", "activities", "next_year")
# period: issued, collated; the second collation of Q2 takes in what came late
DAYS = {
    "2023-24-Q2": (date(2023, 10, 2), date(2023, 10, 23)),
    "2023-24-Q3": (date(2024, 1, 3), date(2024, 1, 22)),
    "2023-24-Q4": (date(2024, 4, 2), date(2024, 4, 22)),
}
LATE_RUN = date(2023, 10, 31)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of one source file; none where there is no such file."""
    return tomllib.loads(path.read_text(encoding="utf-8")).get("row", []) if path.exists() else []


def register_bytes() -> bytes:
    """The example's register as a workbook."""
    forms = config.load_forms(ROOT / "templates/register")
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in forms:
        found = sorted((HERE / "register").glob(f"{name}.toml")) + sorted((HERE / "register").glob(f"{name}-*.toml"))
        rows[name] = [row for path in found for row in rows_of(path)]
    rows["items"] = [
        {**row, "form": path.stem.removeprefix("items-")}
        for kind in ("actions", "commitments", "indicators", "measures")
        for path in [HERE / "register" / f"items-{kind}.toml"]
        for row in rows_of(path)
    ]
    return writer.render(
        config.register_book(forms, rows, "Register of Estuary Community Safety Partnership", date(2023, 9, 1))
    )


@dataclass(frozen=True)
class Typed:
    """One partner's answers for one period: form -> key -> field -> what is typed."""

    partner: str
    period: str
    about: Mapping[str, Any]
    answers: Mapping[str, Mapping[str, Mapping[str, Any]]]

    @property
    def story(self) -> str:
        return str(self.about["story"])

    @property
    def by(self) -> str:
        """How it comes: "" for a bare workbook, else mail, forwarded, outlook or zip."""
        return str(self.about.get("by", ""))

    @property
    def sent(self) -> datetime:
        sent = self.about["sent"]
        assert isinstance(sent, datetime)
        return sent


def typed_returns(period: str) -> Iterator[Typed]:
    """What every partner typed, faults included."""
    faults = tomllib.loads((HERE / "returns/faults.toml").read_text(encoding="utf-8"))["fault"]
    for about in rows_of(HERE / f"returns/about-{period}.toml"):
        partner = about["partner"]
        answers: dict[str, dict[str, dict[str, Any]]] = {}
        for form in FORMS if about["story"] != "nil" else ():
            for row in rows_of(HERE / f"returns/{form}-{period}.toml"):
                if row["partner"] == partner:
                    values = {k: v for k, v in row.items() if k not in ("partner", "key")}
                    answers.setdefault(form, {})[row["key"]] = values
        for fault in faults:
            if (fault["partner"], fault["period"]) == (partner, period):
                answers.setdefault(fault["form"], {}).setdefault(fault["key"], {})[fault["field"]] = fault["typed"]
        yield Typed(partner, period, about, answers)


def cells_to_type(template: Path, typed: Typed, forms: Mapping[str, Form]) -> Iterator[tuple[str, str, Any]]:
    """(sheet, cell, what is typed) for one template, found by heading and row key as a person would find them."""
    book = reader.read_bytes(template.read_bytes())
    for name, form in forms.items():
        table = reader.read_table(book, form, template.name)
        if not table.found:
            assert name not in typed.answers, f"{typed.partner} has no {name} in {typed.period}"
            continue
        if form.layout == "record":
            yield from record_cells(book, table, typed.about, form)
            continue
        answers = dict(typed.answers.get(name, {}))
        for row in table.rows:
            values = dict(answers.pop(row.key, {}))
            for field, value in values.items():
                if value != "":
                    yield row.sheet, f"{column_letters(row.columns[field])}{row.number}", value
        assert not answers, f"{typed.partner} {typed.period} {name}: no row for {sorted(answers)}"


def record_cells(
    book: reader.Workbook, table: reader.TableRead, about: Mapping[str, Any], form: Form
) -> Iterator[tuple[str, str, Any]]:
    """The lines of the About sheet: the answer stands right of its heading."""
    sheet = next(s for s in book.sheets if s.name == table.sheet)
    lines = {str(cell.value): (row, col) for (row, col), cell in sheet.cells.items() if col == 1}
    for field in form.answers:
        value = about.get(field.name, True if field.name == "nil_return" and about["story"] == "nil" else None)
        if value is not None and field.heading in lines:
            row, col = lines[field.heading]
            yield table.sheet, f"{column_letters(col + 1)}{row}", value


def as_typed(value: Any) -> Any:
    """A value as a person types it into a cell."""
    return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value


def fill_with_openpyxl(template: Path, cells: list[tuple[str, str, Any]]) -> bytes:
    """Type into a template and save it, as a program that is not ours."""
    book = openpyxl.load_workbook(template)
    for sheet, cell, value in cells:
        book[sheet][cell].value = as_typed(value)
        if isinstance(value, str):
            book[sheet][cell].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill_with_libreoffice(template: Path, cells: list[tuple[str, str, Any]], *, moved: bool) -> bytes:
    """Type into a template in LibreOffice Calc; `moved` also inserts rows and columns and moves a column."""
    steps: list[list[object]] = []
    for sheet, cell, value in cells:
        shown = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(as_typed(value))
        steps.append(["type", sheet, cell, shown])
    if moved:
        # a line of their own above the table, a blank line inside it, a column of notes, and a column moved to the left
        steps += [
            ["insert rows", "Actions", 4, 2],
            ["insert columns", "Actions", 6, 1],
            ["insert rows", "Commitments", 3, 1],
            ["insert columns", "Commitments", 2, 2],
        ]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "saved.xlsx")
        office.edit(template, target, steps)
        return target.read_bytes()


def stamp(data: bytes, sent: datetime) -> bytes:
    """The file as saved at `sent`: the modified property says so, and the archive's own times repeat."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                text = part.decode()
                when = f"{sent:%Y-%m-%dT%H:%M:%SZ}"
                text = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{when}", text)
                part = re.sub(r"(<cp:lastModifiedBy>)[^<]*", r"\g<1>", text).encode()
            new.writestr(zipfile.ZipInfo(name, (2023, 9, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


FILE_NAMES = (
    "{short} return {quarter}.xlsx",
    "{quarter} {short}.xlsx",
    "{period} {short} FINAL.xlsx",
    "Copy of {id}-{period}.xlsx",
)


def file_name(typed: Typed, short: str, n: int) -> str:
    """As people name files: not as we did."""
    quarter = typed.period[-2:]
    return FILE_NAMES[n % len(FILE_NAMES)].format(short=short, quarter=quarter, period=typed.period, id=typed.partner)


def build_period(root: Path, inbox: Path, period: str) -> None:
    """Issue, let every partner fill its template in, and put what it sends where it arrives."""
    issued, collated = DAYS[period]
    issue(Asked(root, period, issued))
    workspace = workspaces.load(root)
    zipped: dict[Path, dict[str, bytes]] = {}
    for n, typed in enumerate(typed_returns(period)):
        if typed.story == "never":
            continue
        template = root / f"outbox/{period}/templates/{typed.partner}-{period}.xlsx"
        cells = list(cells_to_type(template, typed, workspace.forms))
        if typed.story in ("resaved-by-libreoffice", "moved-columns-and-inserted-rows"):
            data = fill_with_libreoffice(template, cells, moved=typed.story.startswith("moved"))
        else:
            data = fill_with_openpyxl(template, cells)
        folder = inbox / period / (("late" if typed.story == "late" else "in time") if period == "2023-24-Q2" else "")
        folder.mkdir(parents=True, exist_ok=True)
        partner = workspace.register.partner(typed.partner)
        assert partner
        name, data = file_name(typed, partner.short_name or partner.name, n), stamp(data, typed.sent)
        if typed.by == "zip":
            zipped.setdefault(folder / f"{typed.about['parcel']}.zip", {})[name] = data
        else:
            name, data = posted(typed, workspace.register, name, data)
            (folder / name).write_bytes(data)
    for path, members in zipped.items():
        path.write_bytes(mails.zipped(members))
    bring(inbox / period / ("in time" if period == "2023-24-Q2" else ""), root, inbox)
    collate(Asked(root, period, collated))
    if period == "2023-24-Q2":
        correct_housing(root, inbox)
        bring(inbox / period / "late", root, inbox)
        collate(Asked(root, period, LATE_RUN))


def posted(typed: Typed, register: Register, name: str, data: bytes) -> tuple[str, bytes]:
    """The file that arrives: the workbook itself, or the message that it comes in. Its lead sends it, in reply to our email."""
    if not typed.by:
        return name, data
    lead = next(c for c in register.contacts if c.partner == typed.partner and c.role == "lead")
    period = next(p for p in register.periods if p.key == typed.period)
    subject = f"RE: {register.partnership.short_name}: your return for {period.label} [CSP-{typed.period}-{typed.partner}]"
    when = typed.sent + timedelta(minutes=7)
    sent = mails.Sent(lead.email, lead.post, register.partnership.email, when, subject, name, data)
    make, suffix = {
        "mail": (mails.mail, "eml"), "forwarded": (mails.forwarded, "eml"), "outlook": (mails.outlook, "msg"),
    }[typed.by]  # fmt: skip
    return f"{Path(name).stem}.{suffix}", make(sent)


def correct_housing(root: Path, inbox: Path) -> None:
    """Housing corrects the two cells that were held, in the marked-up copy it was sent, and sends that back."""
    marked = root / "outbox/2023-24-Q2/marked-up/housing-2023-24-Q2-queries.xlsx"
    corrected = Typed(
        "housing",
        "2023-24-Q2",
        {"story": "", "sent": datetime(2023, 10, 26, 14, 5, tzinfo=UTC), "by": "mail"},
        {
            "commitments": {"CP23-DA-5": {"status": "On track"}},
            "actions": {"TR-5.1": {"new_due": date(2024, 2, 29)}},
        },
    )
    forms = {name: form for name, form in workspaces.load(root).forms.items() if form.layout == "table"}
    cells = list(cells_to_type(marked, corrected, forms))
    data = stamp(fill_with_openpyxl(marked, cells), corrected.sent)
    name, data = posted(corrected, workspaces.load(root).register, marked.name, data)
    (inbox / "2023-24-Q2/late" / name).write_bytes(data)


def bring(folder: Path, root: Path, inbox: Path) -> None:
    """Copy what has arrived into the inbox of the workspace that is being run."""
    for path in sorted(folder.glob("*.*")):
        target = root / "inbox" / path.relative_to(inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def build(target: Path) -> None:
    """Write `config/register.xlsx` and `inbox/` below `target`."""
    (target / "config").mkdir(parents=True, exist_ok=True)
    (target / "config/register.xlsx").write_bytes(register_bytes())
    inbox = target / "inbox"
    if inbox.exists():
        shutil.rmtree(inbox)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "example")
        shutil.copytree(ROOT / "templates", root / "templates")
        (root / "config").mkdir()
        shutil.copyfile(ROOT / "config/workflow.toml", root / "config/workflow.toml")
        shutil.copyfile(target / "config/register.xlsx", root / "config/register.xlsx")
        for period in DAYS:
            build_period(root, inbox, period)


if __name__ == "__main__":
    build(ROOT)
